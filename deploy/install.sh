#!/bin/sh
# Installs this checkout of Qafila as a service of Debian 12. Run again from a newer checkout, it upgrades the node and
# goes back by itself if that fails. See deploy/README.md.
set -eu
PATH=$PATH:/usr/sbin:/sbin # `su` leaves them out
umask 022 # whatever root's is: the account qafila runs what is put here. What is private is made so on the spot
trap 'exit 129' HUP INT PIPE TERM # or dash would go without what stands below as: trap ... EXIT

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
to date, the node is started again if it ran, and looked at. If anything fails, or you end it with Ctrl-C, everything is
put back as it was.

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
command=$root/usr/local/bin/qafila
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
    setpriv --reuid=qafila --regid=qafila --init-groups env QAFILA_DATA="$data" "$@"
  fi
}
# A signal is heeded when that is done.
node_undisturbed() { (trap '' HUP INT PIPE TERM && node "$@"); }
# Systemd may not be the only one that starts nodes. A backup lets go after some seconds.
check_alone() {
  node flock -w 5 "$data/lock" true ||
    fail "a node runs on $data that systemd did not start. Stop it, and say this again. Nothing was changed."
}

install_program() {
  version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$source/pyproject.toml")
  new=$prefix/$version-$(date +%Y%m%d%H%M%S)
  say "Qafila $version into $new (about a minute)"
  install -d -m 755 "$prefix"
  trap 'rm -rf "$new"' EXIT
  "$python" -m venv "$new"
  pip="$new/bin/python -m pip --disable-pip-version-check --quiet --no-input"
  $pip install --require-hashes --only-binary :all: -r "$source/requirements/run.txt"
  mkdir "$new/wheel"
  $pip wheel --no-deps --no-build-isolation --wheel-dir "$new/wheel" "$source"
  $pip install --no-deps "$new"/wheel/qafila-*.whl
  install -m 644 "$source/deploy/service.env" "$source/deploy/README.md" "$new/"
  node "$new/bin/qafila" --version >/dev/null ||
    fail "the account qafila cannot run $python. Choose one that it can: --python /usr/bin/python3. Nothing was changed."
}

switch_to() { # atomically: there is no moment without a program
  ln -sfn "$1" "$current.new"
  mv -T "$current.new" "$current"
}

install_services() {
  mkdir -p "$units" "${command%/*}"
  install -m 644 "$source"/deploy/systemd/qafila* "$units/"
  # The node may not dial private addresses, but a name server often has one.
  servers=$(sed -n 's/^nameserver \([0-9a-fA-F.:]*\).*$/\1/p' "$root/etc/resolv.conf" 2>/dev/null | tr '\n' ' ')
  if [ -n "$servers" ]; then
    mkdir -p "$units/qafila.service.d"
    printf '# The name servers of this machine.\n[Service]\nIPAddressAllow=%s\n' "$servers" >"$units/qafila.service.d/dns.conf"
  fi
  cat >"$command" <<EOF
#!/bin/sh
# The node's command line. Root speaks as the account that the node runs as.
export QAFILA_DATA="\${QAFILA_DATA:-$data}"
if [ "\$(id -u)" = 0 ] && id qafila >/dev/null 2>&1; then
  exec setpriv --reuid=qafila --regid=qafila --init-groups "$current/bin/qafila" "\$@"
fi
exec "$current/bin/qafila" "\$@"
EOF
  chmod 755 "$command"
  service daemon-reload
}

keep_services() {
  mkdir "$new/before"
  for file in "$units"/qafila* "$command"; do
    [ ! -e "$file" ] || cp -a "$file" "$new/before/"
  done
}

put_services_back() {
  for file in "$source"/deploy/systemd/qafila*; do rm -f "$units/${file##*/}"; done
  rm -f "$units/qafila.service.d/dns.conf" "$command"
  cp -a "$new"/before/qafila?* "$units/"
  cp -a "$new/before/qafila" "$command"
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
  trap '' HUP INT PIPE TERM
  set +e
  echo "It did not work. Everything is put back as it was ..." >&2 || exec >/dev/null 2>&1 # the connection was lost
  service stop qafila
  switch_to "$old"
  put_services_back
  if [ "$migrated" = no ]; then
    node "$new/bin/qafila" migrate --forget >&2
  elif ! node "$new/bin/qafila" migrate --back --yes >&2; then
    fail "the upgrade failed, and so did the way back of the database. Put right what stands above, then type:
  runuser -u qafila -- env QAFILA_DATA=$data $new/bin/qafila migrate --back
  systemctl start qafila"
  fi
  [ "$ran" = no ] || service start qafila
  rm -rf "$new"
  fail "the upgrade failed, and the old version is in place again. What went wrong stands above, or in: journalctl -u qafila"
}

no_backup="without a backup there is no upgrade. Do what stands above, or say --no-backup. Nothing was changed."

upgrade() {
  old=$(readlink "$current")
  migrated=no
  case $(service show --property=ActiveState --value qafila) in
    active | activating | reloading) ran=yes ;;
    *) ran=no && check_alone ;;
  esac
  if [ "$backup" = yes ]; then
    say "a backup"
    # 3: an upgrade that was cut off has changed the tables, and the new version alone can make one.
    node "$current/bin/qafila" backup || { [ $? = 3 ] || fail "$no_backup" && backup=later; }
  fi
  install_program
  [ "$backup" != later ] || node "$new/bin/qafila" backup || fail "$no_backup"
  node "$new/bin/qafila" migrate --forget >/dev/null # what an upgrade left that was cut off
  keep_services
  say "stopping the node"
  trap go_back EXIT
  service stop qafila
  check_alone
  say "the database is brought up to date, and kept as it was until the new version runs"
  migrated=yes
  node_undisturbed "$new/bin/qafila" migrate --keep || { migrated=no && exit 1; } # wholly or not at all
  switch_to "$new"
  install_services
  if [ "$ran" = yes ]; then
    say "starting the node"
    service start qafila
  fi
  node "$current/bin/qafila" status
  trap - EXIT
  node "$new/bin/qafila" migrate --forget
  find "$prefix" -mindepth 1 -maxdepth 1 -type d ! -path "$new" ! -path "$old" -exec rm -rf {} +
  echo
  if [ "$ran" = yes ]; then
    echo "The node runs the new version."
  else
    echo "The new version is in place. The node did not run before, and does not now: systemctl start qafila"
  fi
  cat <<EOF
The version of before is still there, in
  $old
To go back to it, stop the node, restore the backup from before, and point $current at it:
see "Upgrading, and going back" in $current/README.md
EOF
}

make_account
if [ -L "$current" ] && [ -f "$data/folder.json" ]; then
  upgrade
else
  install_program
  trap - EXIT
  switch_to "$new"
  install_services
  cat <<EOF

Qafila is installed. What to do next:
  1. qafila init                              makes the collective; it asks a few questions
  2. systemctl enable --now qafila            starts the node, now and after each start of the machine
  3. put your domain into a copy of deploy/Caddyfile as /etc/caddy/Caddyfile, and: systemctl restart caddy
  4. qafila doctor                            says what is missing still
  5. a key for backups, and one each night: see "Backups" in $current/README.md
EOF
fi
