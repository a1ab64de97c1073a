"""Every setting of a node: one table feeds flags, environment, `qafila.toml` and the manual.

Rule 1: a flag wins over the environment (`QAFILA_…`), that over `qafila.toml` in the data folder, that over a default.
Rule 2: what is unknown or not allowed is refused, with its source and with what is allowed; nothing is guessed.
Rule 3: where everything is to go through Tor, and nobody says where Tor is, nothing starts.
Rule 4: addresses of plain http, and ports in addresses, are for the lab on one machine alone (onion services apart).

`python -m node.settings > docs/settings.md` writes the manual.
"""

import dataclasses
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from datetime import UTC, timedelta, tzinfo
from pathlib import Path
from typing import Any

from activitypub.onion import TOP
from node import allowed
from node.allowed import Rule
from node.setting import PREFIX, Setting
from node.toml import toml_value
from node.visitor import Network
from schema.errors import ConfigError

NOT_SETTINGS = frozenset({"QAFILA_DATA", "QAFILA_DEBUG"})  # they say where and how, before any setting is read
SQLITE = "sqlite"


def _setting(rule: Rule[Any], text: str, default: Any = MISSING, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"rule": rule, "help": text, "secret": secret})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one node, each checked. This class is the table; `SETTINGS` lists its rows."""

    name: str = _setting(
        allowed.NAME,
        "The short name in the collective's address, @name@host. It can never change: others know it by that name.",
    )
    title: str = _setting(allowed.line(100), "The name of the collective as people say it.")
    url: str = _setting(
        allowed.URL,
        "The public address of the node, without a path. It can never change: every post carries it.",
    )
    onion: str = _setting(
        allowed.ONION,
        "A second name of the node, that of an onion service which leads to it. Under both it is the same collective, "
        "whose address stays `url`. It may change.",
        "",
    )
    summary: str = _setting(allowed.text(500), "A few words about the collective, readable by anyone.", "")
    security_contact: str = _setting(
        allowed.CONTACT, "Whom to tell of a weakness of this node, shown to anyone in `/.well-known/security.txt`.", ""
    )
    search_engines: str = _setting(
        allowed.choice("no", "yes"),
        "Whether search engines may list the public pages. `yes` also serves a sitemap.",
        "no",
    )
    language: str = _setting(
        allowed.LANGUAGE, "The language that posts are written in unless they say otherwise.", "en"
    )
    zone: str = _setting(allowed.ZONE, "The time zone meant by dates that people type.", "UTC")
    mode: str = _setting(
        allowed.choice("allies", "open"),
        "Who may write to the node. `allies`: only collectives that a person here chose to trust. `open`: public posts "
        "also go to anyone who follows.",
        "allies",
    )
    listen: str = _setting(
        allowed.LISTEN, "Where the node waits for a web server (Caddy, nginx) to hand requests on.", "127.0.0.1:8400"
    )
    trusted_proxy: str = _setting(
        allowed.NETWORKS,
        "Which web servers of your own are believed about who is asking, in `X-Forwarded-For` and in no other header, "
        "so that limits tell strangers from each other. They have a door of their own, `proxy_listen`, which is open "
        "where this names somebody. Empty: nobody is believed, and strangers behind a web server share the limits.",
        "",
    )
    proxy_listen: str = _setting(
        allowed.LISTEN,
        "The door of those web servers. Give it to nobody else: an onion service belongs at `listen`, for its visitors "
        "can write into headers what they like.",
        "127.0.0.1:8410",
    )
    stranger_messages_per_minute: int = _setting(
        allowed.whole(0, 100_000),
        "How many messages a minute are taken from one address, of those that no ally signed; a third of that at once. "
        "Where strangers cannot be told apart, they have ten times as many together, and all strangers of the node a "
        "hundred times as many. 0 is no limit.",
        60,
    )
    ally_messages_per_minute: int = _setting(
        allowed.whole(0, 100_000),
        "How many messages a minute are taken from one ally; a third of that at once. More are told to come later, and "
        "do. 0 is no limit.",
        300,
    )
    stranger_fetches_per_minute: int = _setting(
        allowed.whole(0, 100_000),
        "How often in a minute other nodes are asked who a stranger is, all in all; a third of that at once. 0 is no "
        "limit.",
        60,
    )
    socks: str = _setting(
        allowed.SOCKS,
        "Where Tor takes what the node dials: its SOCKS port, on this machine or on a network that nobody else listens "
        "on. Without it no onion service is reached.",
        "",
    )
    tor: str = _setting(
        allowed.choice("onions", "everything"),
        "What the node dials through Tor. `onions`: onion services, and all else directly. `everything`: where Tor "
        "does not answer, nothing is dialled. It is always everything where `url` is an onion service, so that nobody "
        "learns where the node is.",
        "onions",
    )
    database: str = _setting(
        allowed.DATABASE,
        "Where posts are kept. `sqlite`: one file in the data folder. PostgreSQL is for a node that outgrew it. On "
        "another machine, the services must be let dial it: With PostgreSQL, in deploy/README.md.",
        SQLITE,
        secret=True,
    )
    delivery_delay_seconds: int = _setting(
        allowed.whole(0, 3600),
        "A post leaves after a random wait of up to this long, so that its moment tells nothing. 0 sends at once.",
        60,
    )
    delivery_peers_at_once: int = _setting(allowed.whole(1, 500), "How many nodes are sent to at the same time.", 50)
    fetch_timeout_seconds: int = _setting(
        allowed.whole(0, 120), "How long another node may take to answer. 0 is 10, or 60 where `socks` is set.", 0
    )
    signature_window_minutes: int = _setting(
        allowed.whole(1, 720), "How far the date of a signed request may be from our clock, either way.", 60
    )
    replay_memory_hours: int = _setting(
        allowed.whole(1, 8760),
        "How long the messages of strangers are remembered, so that one sent twice takes effect once. Never less than "
        "twice the time above and an hour; those of allies, and of those we follow, are remembered for ever.",
        3,
    )
    key_overlap_days: int = _setting(
        allowed.whole(1, 90),
        "How long the old keys are still taken after `qafila keys rotate`, so that nothing on its way is lost.",
        7,
    )
    max_body_kib: int = _setting(allowed.whole(16, 4096), "The largest message taken from another node, in KiB.", 256)
    body_timeout_seconds: int = _setting(allowed.whole(1, 300), "How long a message may take to come in.", 15)
    header_timeout_seconds: int = _setting(
        allowed.whole(1, 60),
        "How long a connection may take until it has sent the whole header of a request. Then it is closed.",
        15,
    )
    answer_timeout_seconds: int = _setting(
        allowed.whole(1, 300), "How long whoever asked may take to read the answer. Then the connection is cut.", 30
    )
    connections: int = _setting(
        allowed.whole(10, 100_000),
        "How many may be connected at a time, if so many files may be open. When all places are taken, a newcomer gets "
        "that of whoever was slow for longest.",
        2000,
    )
    drain_seconds: int = _setting(
        allowed.whole(0, 20),
        "How long the node goes on serving after it was told to stop, while `/health` says 503: so that a web server "
        "which asks there sends no more here. 0 where nobody asks.",
        0,
    )
    connections_of_one_address: int = _setting(
        allowed.whole(0, 100_000),
        "How many of these may come from one address. 0 is no limit of its own, which is right behind a web server: "
        "there all come from the same address.",
        0,
    )
    inbox_group: int = _setting(
        allowed.whole(1, 1000), "How many messages that came in together are stored in one transaction, at most.", 100
    )
    link_minutes: int = _setting(allowed.whole(1, 120), "How long the link of `qafila open` can be used, once.", 10)
    sign_in_hours: int = _setting(allowed.whole(1, 168), "How long a browser stays signed in after that.", 12)
    backup_recipient: str = _setting(
        allowed.RECIPIENT, "For whose key backups are encrypted. `qafila backup key` writes it here.", ""
    )
    backup_folder: str = _setting(
        allowed.FOLDER,
        "Where backups are kept, counted from the data folder. Copy them to another machine from there. Outside of the "
        "data folder, the service that makes them each night must be let write: Backups, in deploy/README.md.",
        "",
    )
    backup_keep: int = _setting(allowed.whole(1, 1000), "How many backups are kept there; older ones are removed.", 14)
    log_level: str = _setting(allowed.choice("debug", "info", "warning", "error"), "The least that is logged.", "info")
    metrics_listen: str = _setting(
        allowed.METRICS,
        "Where Prometheus may ask how much the node does. Choose an address that only this machine or your own network "
        "reaches.",
        "",
    )
    log_file: str = _setting(
        allowed.FILE,
        "A file for the log, in place of standard error. It is begun anew at 1 MiB, and the last five are kept.",
        "",
    )
    log_format: str = _setting(
        allowed.choice("auto", "json", "text"),
        "How log lines look. `auto`: text on a terminal, JSON elsewhere.",
        "auto",
    )

    @property
    def shared(self) -> bool:
        """Whether several processes may have the database open."""
        return self.database != SQLITE

    @property
    def timezone(self) -> tzinfo:
        """The zone of typed dates."""
        return allowed.time_zone(self.zone) or UTC

    @property
    def listen_address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        return _address(self.listen)

    @property
    def tor_address(self) -> tuple[str, int] | None:
        """Host and port of Tor, None where nobody says."""
        return _address(self.socks) if self.socks else None

    @property
    def tor_alone(self) -> bool:
        """Whether nothing is dialled but through Tor."""
        return self.tor == "everything" or self.url.endswith(TOP)

    @property
    def proxy_address(self) -> tuple[str, int]:
        """Host and port where a web server is believed."""
        return _address(self.proxy_listen)

    @property
    def trusted_networks(self) -> tuple[Network, ...]:
        """Who is believed there."""
        return allowed.networks(self.trusted_proxy) or ()

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Host and port for metrics, None where nobody may ask."""
        return _address(self.metrics_listen) if self.metrics_listen else None

    @property
    def fetch_deadline(self) -> timedelta:
        """How long another node may take to answer; through Tor everything takes longer."""
        return timedelta(seconds=self.fetch_timeout_seconds or (60 if self.socks else 10))

    def database_url(self, sqlite_file: Path) -> str:
        """The database as SQLAlchemy writes it; `sqlite_file` is where the embedded one lies."""
        if self.database == SQLITE:
            return f"sqlite+aiosqlite:///{sqlite_file}"
        return self.database.replace("postgresql://", "postgresql+asyncpg://", 1)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def _row(column: dataclasses.Field[Any]) -> Setting:
    default = None if column.default is MISSING else column.default
    return Setting(column.name, column.metadata["rule"], default, column.metadata["help"], column.metadata["secret"])


SETTINGS: tuple[Setting, ...] = tuple(map(_row, dataclasses.fields(Settings)))
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def _known(name: str, source: str) -> Setting:
    if name not in _BY_NAME:
        raise ConfigError(f"{source}: there is no setting called {name!r:.80}. There are: {', '.join(_BY_NAME)}.")
    return _BY_NAME[name]


def read_settings(
    file: Path, environment: Mapping[str, str], flags: Mapping[str, str | int | None], *, lab: bool = False
) -> Settings:
    """The settings of the node whose `qafila.toml` is `file`; arguments and errors as those of `parse_settings`."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        data = b""
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error}.") from None
    return parse_settings(data, str(file), environment, flags, lab=lab)


def parse_settings(
    data: bytes,
    file: str,
    environment: Mapping[str, str],
    flags: Mapping[str, str | int | None],
    *,
    lab: bool = False,
) -> Settings:
    """The settings in the bytes of a `qafila.toml`; `flags` are by name, None for one that was not given.

    An empty variable of the environment counts as not set. Raises `ConfigError`. Only a lab's folder passes `lab`.
    """
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    try:
        given: list[tuple[str, str, Any]] = [
            (file, name, value) for name, value in tomllib.loads(data.decode()).items()
        ]
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}.") from None
    for variable, text in environment.items():
        if variable.startswith(PREFIX) and variable not in NOT_SETTINGS and text:
            given.append((f"environment variable {variable}", variable.removeprefix(PREFIX).lower(), text))
    given.extend(
        (f"flag --{name.replace('_', '-')}", name, value) for name, value in flags.items() if value is not None
    )
    for source, name, value in given:
        values[name] = _known(name, source).read(value, source)
        sources[name] = source
    for setting in SETTINGS:
        if setting.default is None and setting.name not in values:
            raise ConfigError(
                f"{file}: the setting {setting.name} is missing. Allowed: {setting.rule.allowed}. "
                "A new collective gets one with: qafila init"
            )
    if not lab and not allowed.is_public(values["url"]):
        raise ConfigError(f"{sources['url']}: {values['url']!r:.80} is not allowed for url. Allowed: {allowed.PUBLIC}.")
    settings = Settings(**values)
    if settings.tor_alone and not settings.socks and not lab:
        raise ConfigError(
            f"{sources.get('tor', sources['url'])}: everything goes through Tor, and socks does not say where Tor is. "
            "On Debian it is 127.0.0.1:9050; the flag is --socks."
        )
    return settings


def toml_text(values: Mapping[str, str | int]) -> str:
    """A `qafila.toml` that sets `values` and shows every other setting as a comment with its default."""
    lines = ["# Settings of this node. A flag or a variable QAFILA_… in the environment wins over this file."]
    for setting in SETTINGS:
        lines += ["", f"# {setting.help}", f"# Allowed: {setting.rule.allowed}."]
        if setting.name in values:
            lines.append(f"{setting.name} = {toml_value(values[setting.name])}")
        elif setting.default is not None:
            lines.append(f"# {setting.name} = {toml_value(setting.default)}")
    return "\n".join(lines) + "\n"


HEAD = """# Settings

<!-- Made by: python -m node.settings > docs/settings.md -->

A node needs three settings, and `qafila init` asks for them: `name`, `title` and `url`. Everything else has a default
that fits a small collective.

Each setting can stand in four places; the first that has it wins:

1. a flag of `qafila run`, such as `--listen`
2. a variable in the environment, such as `QAFILA_LISTEN` (an empty one counts as not set)
3. the file `qafila.toml` in the data folder, such as `listen = "127.0.0.1:8400"`
4. the default

What is unknown or not allowed stops the node before it does anything, and the message says where it stands and what is
allowed. Two variables say where and how, before any setting is read: `QAFILA_DATA` is the data folder, and
`QAFILA_DEBUG=1` shows where in the code an error came up.
"""


def manual() -> str:
    """The text of docs/settings.md."""
    parts = [HEAD]
    for setting in SETTINGS:
        default = "none, `qafila init` asks" if setting.default is None else f"`{toml_value(setting.default)}`"
        parts.append(
            f"## {setting.name}\n\n{setting.help}{setting.warning}\n\n"
            f"| allowed | default | flag | environment |\n| --- | --- | --- | --- |\n"
            f"| {setting.rule.allowed} | {default} | `{setting.flag}` | `{setting.variable}` |\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(manual())
