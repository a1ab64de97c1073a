"""What a setting may be: rules that read a value, and say in words what they allow."""

import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from ipaddress import ip_address, ip_network
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from activitypub.onion import TOP, is_onion_service
from activitypub.origin import check_url, origin_of
from node.visitor import Network
from schema.errors import DomainError, Malformed
from schema.text import language_tag, plain_line, plain_text

T = TypeVar("T")
MAX_PORT = 65_535
PUBLIC = "https://host without port or path, or http://….onion (version 3)"
_NAMED = re.compile(r".+\.[a-z][a-z0-9-]*")  # a host with a name: neither an address in numbers nor `localhost`
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """`meaning` gives None for a value that is not allowed; `allowed` says in words what is; `kind` is int or str."""

    allowed: str
    meaning: Callable[[str], T | None]
    kind: type[int] | type[str] = str

    def read(self, value: Any) -> T | None:
        """What `value` means: text from everywhere, and from TOML a number where a number is meant."""
        if isinstance(value, bool) or not isinstance(value, str | self.kind):
            return None
        return self.meaning(str(value))


def _checked(check: Callable[[str], str]) -> Callable[[str], str | None]:
    def meaning(text: str) -> str | None:
        try:
            return check(text)
        except (DomainError, Malformed):
            return None

    return meaning


def matching(pattern: str, words: str) -> Rule[str]:
    """Text of a certain make."""
    return Rule(words, lambda text: text if re.fullmatch(pattern, text) else None)


def line(longest: int) -> Rule[str]:
    """One line of text that is not empty."""
    return Rule(f"a line of up to {longest} characters", _checked(lambda text: plain_line(text, "text", longest)))


def text(longest: int) -> Rule[str]:
    """Several lines, perhaps none."""
    return Rule(f"up to {longest} characters", _checked(lambda text: plain_text(text, "text", longest)))


def choice(*names: str) -> Rule[str]:
    """One of a few words."""
    return Rule(f"{', '.join(names[:-1])} or {names[-1]}", lambda text: text if text in names else None)


def whole(lowest: int, highest: int) -> Rule[int]:
    """A whole number."""

    def meaning(text: str) -> int | None:
        return int(text) if _NUMBER.fullmatch(text) and lowest <= int(text) <= highest else None

    return Rule(f"a whole number from {lowest} to {highest}", meaning, int)


def _base(text: str) -> str:
    origin = str(origin_of(check_url(text.removesuffix("/") + "/", allow_http=True)))
    if origin != text.removesuffix("/"):
        raise Malformed("a base address with a path")
    return origin


def is_public(url: str) -> bool:
    """Whether others can reach this base address: https without a port, or http to an onion service.

    A handle at an onion service is looked up by http, so there https would be a name that nobody finds.
    """
    try:
        check_url(url + "/")
    except Malformed:
        return False
    origin = origin_of(url + "/")
    if origin.host.endswith(TOP) and origin.scheme == "https":
        return False
    return origin.authority == origin.host and _NAMED.fullmatch(origin.host) is not None


def _listen(text: str) -> str | None:
    host, colon, port = text.rpartition(":")
    if not colon or not _NUMBER.fullmatch(port) or int(port) > MAX_PORT:
        return None
    if host == "localhost":
        return text
    inner = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        address = ip_address(inner)
    except ValueError:
        return None
    return text if (address.version == 6) == (inner != host) else None  # noqa: PLR2004 (IPv6 stands in brackets)


def _numbers(text: str) -> str | None:
    """`_listen` without `localhost`: an address that nobody has to look up, and a port that is one."""
    host, _, port = text.rpartition(":")
    return _listen(text) if host != "localhost" and "%" not in host and port != "0" else None


def networks(text: str) -> tuple[Network, ...] | None:
    """The addresses and networks of a list; None where one is none, or is everyone."""
    try:
        found = tuple(map(ip_network, text.split()))
    except ValueError:
        return None
    return None if any(not network.prefixlen for network in found) else found


def _database(text: str) -> str | None:
    if text == "sqlite":
        return text
    plain = text.replace("postgres://", "postgresql://", 1).replace("postgresql+asyncpg://", "postgresql://", 1)
    try:
        parts = urlsplit(plain)
        usable = parts.scheme == "postgresql" and len(parts.path) > 1 and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return plain if usable and plain.isprintable() else None


def time_zone(name: str) -> tzinfo | None:
    """The zone of this IANA name, or None. UTC needs no table of zones on the machine."""
    if name == "UTC":
        return UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


NAME = matching(r"[a-z0-9_]{1,30}", "1 to 30 of the characters a-z, 0-9 and _")
LANGUAGE = Rule("a language tag such as en, ar or pt-BR", _checked(language_tag))
ZONE = Rule("UTC or a name such as Europe/Istanbul", lambda text: text if time_zone(text) else None)
URL = Rule(PUBLIC, _checked(_base))
LISTEN = Rule("address:port, such as 127.0.0.1:8400, [::1]:8400 or localhost:8400; port 0 is any free one", _listen)
NETWORKS = Rule(
    "empty for nobody, or addresses and networks with spaces between them, such as 127.0.0.1 or 10.89.0.0/24",
    lambda text: None if networks(text) is None else text,
)
METRICS = Rule(
    "empty for nowhere, or address:port such as 127.0.0.1:9400", lambda text: text if not text else _listen(text)
)
SOCKS = Rule(
    "empty for none, or an address in numbers and a port, such as 127.0.0.1:9050",
    lambda text: text if not text else _numbers(text),
)
ONION = Rule(
    "empty, or 56 letters and digits and .onion (version 3)",
    lambda text: text if not text or is_onion_service(text) else None,
)
CONTACT = matching(r"|(?:mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+[0-9-]+)", "empty, or mailto:…, https://… or tel:+…")
FILE = Rule("a file; empty for none", lambda text: text if text.isprintable() else None)
RECIPIENT = matching(r"|age1[02-9ac-hj-np-z]{58}", "a line age1…, as `qafila backup key` makes it; empty for none")
FOLDER = Rule("a folder; empty for `backups`", lambda text: text if text.isprintable() else None)
DATABASE = Rule("sqlite, or postgresql://user:password@host:port/database", _database)
