#!/bin/sh
# Installs this checkout of Qafila as a service of Debian 12. Run again from a newer checkout, it upgrades the node and
# goes back by itself if that fails. See deploy/README.md.
set -eu

source=$(cd "$(dirname "$0")/.." && pwd)
root=
python=python3
backup=yes

usage() {
  cat <<'EOF'
Usage: deploy/install.sh [--python PROGRAM] [--no-backup] [--root FOLDER]

Puts Qafila into /opt/qafila, its services into /etc/systemd/system and the command qafila into /usr/local/bin, and makes
the account qafila, which the node runs as. It makes no collective: `qafila init` does.

Where a collective is there already this is an upgrade: a backup is made, the node is stopped, its database is brought up
to date, the node is started, and looked at. If anything fails, everything is put back as it was.

  --python PROGRAM  the Python to use, 3.11 or newer (python3)
  --no-backup       upgrade without a backup
  --root FOLDER     put everything below FOLDER, make no account and start nothing (to try it out)
EOF
}

say() { echo "- $1"; }
fail() {
  echo "Error: $1" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --python) [ $# -gt 1 ] || fail "--python needs a program." && python=$2 && shift ;;
    --root) [ $# -gt 1 ] || fail "--root needs a folder." && mkdir -p "$2" && root=$(cd "$2" && pwd) && shift ;;
    --no-backup) backup=no ;;
    -h | --help) usage && exit 0 ;;
    *) fail "there is no option $1. See: deploy/install.sh --help" ;;
  esac
  shift
done

prefix=$root/opt/qafila
data=$root/var/lib/qafila
units=$root/etc/systemd/system
current=$prefix/current

[ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "this needs root. Try: sudo deploy/install.sh"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Qafila needs Python 3.11 or newer: --python."
"$python" -c 'import ensurepip' 2>/dev/null || fail "Python's venv module is missing. Try: apt install python3-venv"
[ -f "$source/requirements/run.txt" ] || fail "$source is no whole checkout of Qafila."

# Whether systemd runs here, and what is done with its help.
service() { if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemctl --quiet "$@"; fi; }
# The node's own command line, as the account that the node runs as.
node() {
  if [ -n "$root" ]; then
    QAFILA_DATA=$data "$@"
  else
    runuser -u qafila -- env QAFILA_DATA="$data" "$@"
  fi
}

install_program() {
  version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$source/pyproject.toml")
  new=$prefix/$version-$(date +%Y%m%d%H%M%S)
  say "Qafila $version into $new (about a minute)"
  mkdir -p "$prefix"
  trap 'rm -rf "$new"' EXIT
  "$python" -m venv "$new"
  pip="$new/bin/python -m pip --disable-pip-version-check --quiet --no-input"
  $pip install --require-hashes --only-binary :all: -r "$source/requirements/run.txt"
  mkdir "$new/wheel"
  $pip wheel --no-deps --no-build-isolation --wheel-dir "$new/wheel" "$source"
  $pip install --no-deps "$new"/wheel/qafila-*.whl
  cp "$source/deploy/service.env" "$new/"
  "$new/bin/qafila" --version >/dev/null
  trap - EXIT
}

switch_to() { # atomically: there is no moment without a program
  ln -sfn "$1" "$current.new"
  mv -T "$current.new" "$current"
}

install_services() {
  mkdir -p "$units" "$root/usr/local/bin"
  cp "$source"/deploy/systemd/qafila* "$units/"
  # The node may not dial private addresses, but a name server often has one.
  servers=$(sed -n 's/^nameserver \([0-9a-fA-F.:]*\).*$/\1/p' "$root/etc/resolv.conf" 2>/dev/null | tr '\n' ' ')
  if [ -n "$servers" ]; then
    mkdir -p "$units/qafila.service.d"
    printf '# The name servers of this machine.\n[Service]\nIPAddressAllow=%s\n' "$servers" >"$units/qafila.service.d/dns.conf"
  fi
  cat >"$root/usr/local/bin/qafila" <<EOF
#!/bin/sh
# The node's command line. Root speaks as the account that the node runs as.
export QAFILA_DATA="\${QAFILA_DATA:-$data}"
if [ "\$(id -u)" = 0 ] && id qafila >/dev/null 2>&1; then
  exec runuser -u qafila -- "$current/bin/qafila" "\$@"
fi
exec "$current/bin/qafila" "\$@"
EOF
  chmod 755 "$root/usr/local/bin/qafila"
  service daemon-reload
}

make_account() {
  [ -z "$root" ] || return 0
  id qafila >/dev/null 2>&1 ||
    useradd --system --home-dir "$data" --no-create-home --shell /usr/sbin/nologin --user-group qafila
  install -d -m 0700 -o qafila -g qafila "$data"
}

go_back() {
  trap - EXIT
  echo "It did not work. Everything is put back as it was ..." >&2
  service stop qafila || true
  switch_to "$old"
  if ! node "$new/bin/qafila" migrate --back >&2 && [ "$migrated" = yes ]; then
    fail "the upgrade failed, and so did the way back of the database. Put right what stands above, then type:
  runuser -u qafila -- env QAFILA_DATA=$data $new/bin/qafila migrate --back
  systemctl start qafila"
  fi
  service start qafila || true
  fail "the upgrade failed, and the old version is in place again. What went wrong stands above, or in: journalctl -u qafila"
}

upgrade() {
  old=$(readlink "$current")
  migrated=no
  if [ "$backup" = yes ]; then
    say "a backup"
    node "$current/bin/qafila" backup ||
      fail "without a backup there is no upgrade. Do what stands above, or say --no-backup. Nothing was changed."
  fi
  install_program
  node "$new/bin/qafila" migrate --forget >/dev/null # what an upgrade left that was cut off
  say "stopping the node"
  service stop qafila
  trap go_back EXIT
  say "the database is brought up to date, and kept as it was until the new version runs"
  node "$new/bin/qafila" migrate --keep # wholly or not at all
  migrated=yes
  switch_to "$new"
  install_services
  say "starting the node"
  service start qafila
  node "$current/bin/qafila" status
  trap - EXIT
  node "$new/bin/qafila" migrate --forget
  find "$prefix" -mindepth 1 -maxdepth 1 -type d ! -path "$new" ! -path "$old" -exec rm -rf {} +
  cat <<EOF

The node runs the new version. The one before is still there, in
  $old
To go back to it, stop the node, restore the backup from before, and point $current at it: see deploy/README.md.
EOF
}

if [ -L "$current" ] && [ -f "$data/folder.json" ]; then
  make_account
  upgrade
else
  install_program
  switch_to "$new"
  make_account
  install_services
  cat <<EOF

Qafila is installed. What to do next:
  1. qafila init                              makes the collective; it asks a few questions
  2. systemctl enable --now qafila            starts the node, now and after each start of the machine
  3. qafila backup key FILE                   take FILE away from this machine; then, for a backup each night:
     systemctl enable --now qafila-backup.timer
  4. put your domain into deploy/Caddyfile, copy it to /etc/caddy/Caddyfile, and: systemctl restart caddy
EOF
fi
