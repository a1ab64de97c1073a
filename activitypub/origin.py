"""Whose a URL is: one parser, one notion of origin (FEP-fe34).

Rule 1  A URL is taken only in normal form (RFC 3986, 6.2.2): writing it anew would give the same characters. Nothing is
        repaired, so no two parsers can disagree about its host, and no second spelling becomes a second peer.
Rule 2  An origin is scheme, host and effective port; two are compared exactly, and nowhere else.
Rule 3  https alone, with two exceptions: http to an onion service (its name is its key), and http where `allow_http`
        says so (the lab on this machine). What ends like an onion service and is none is refused with any scheme.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Any

import idna

from activitypub.onion import TOP, is_onion_service
from schema.errors import Forbidden, Malformed, Unauthenticated

MAX_URL = 2048  # characters
MAX_HOST = 253  # RFC 1035, 2.3.4, without the last dot
MAX_PORT = 65_535
_REMEMBERED = 512
DEFAULT_PORTS = {"http": 80, "https": 443}

_PCHAR = r"A-Za-z0-9\-._~!$&'()*+,;=:@"  # RFC 3986, 3.3, without percent-encodings
_PATH = rf"[{_PCHAR}/]*(?:%[0-9A-F]{{2}}[{_PCHAR}/]*)*"
_QUERY = rf"(?=[^#])[{_PCHAR}/?]*(?:%[0-9A-F]{{2}}[{_PCHAR}/?]*)*"
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::(?P<port>[1-9][0-9]{0,4}))?"
    rf"(?P<path>/{_PATH})(?:\?{_QUERY})?(?P<fragment>\#(?=.){_QUERY})?"
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # a last label like this makes a host an IPv4 address (WHATWG URL, 3.5)
_NEEDLESS = re.compile(r"%(?:[01][0-9A-F]|7F|2[DE]|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F|7E)")  # controls and unreserved


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port, the default port filled in."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """`host`, or `host:port` where the port is not the scheme's own: what stands in a URL and in a handle."""
        return self.host if self.port == DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


def check_host(host: str) -> str:
    """The host itself, where it is a name or an address in its only spelling; `Malformed` otherwise."""
    if host.startswith("["):
        _check_ipv6(host[1:-1])
        return host
    labels = host.split(".")
    if len(host) > MAX_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise Malformed("the host of a URL is no valid name")
    if _NUMBER.fullmatch(labels[-1]):
        _check_ipv4(host)
    if f".{host}".endswith(TOP) and not is_onion_service(host):
        raise Malformed("the host of a URL ends like an onion service, and is none")
    for label in labels:
        if label.startswith("xn--"):
            _check_punycode(label)
    return host


def _check_ipv4(host: str) -> None:
    try:
        IPv4Address(host)  # refuses hexadecimal, octal, short and whole-number forms
    except AddressValueError:
        raise Malformed("the host of a URL is an IPv4 address in an unusual spelling") from None


def _check_ipv6(host: str) -> None:
    try:
        address = IPv6Address(host)
    except AddressValueError:
        raise Malformed("the host of a URL is no IPv6 address") from None
    if address.ipv4_mapped is not None or address.compressed != host:
        raise Malformed("the host of a URL is an IPv6 address in an unusual spelling")


def _check_punycode(label: str) -> None:
    try:
        normal = idna.alabel(idna.ulabel(label)) == label.encode()
    except UnicodeError:
        normal = False
    if not normal:
        raise Malformed("the host of a URL holds punycode that stands for no valid label")


def _parse(url: Any, *, allow_http: bool, allow_fragment: bool) -> Origin:
    if not isinstance(url, str) or len(url) > MAX_URL:
        raise Malformed("a URL is missing, no string or too long")
    return _parse_text(url, allow_http=allow_http, allow_fragment=allow_fragment)


@lru_cache(_REMEMBERED)  # one activity names the same addresses several times
def _parse_text(url: str, *, allow_http: bool, allow_fragment: bool) -> Origin:
    match = _URL.fullmatch(url)
    if match is None:
        raise Malformed("not a URL in normal form")
    scheme, host, port, path, fragment = match.group("scheme", "host", "port", "path", "fragment")
    if fragment is not None and not allow_fragment:
        raise Malformed("a URL has a fragment where none may be")
    if _NEEDLESS.search(url):
        raise Malformed("a URL encodes characters that stand for themselves, or control characters")
    if "/." in path and not {".", ".."}.isdisjoint(path.split("/")):
        raise Malformed("a URL holds dot segments")
    check_host(host)
    if scheme == "http" and not allow_http and not is_onion_service(host):
        raise Malformed("a URL is not https")
    number = DEFAULT_PORTS[scheme] if port is None else int(port)
    if number > MAX_PORT or (port is not None and number == DEFAULT_PORTS[scheme]):
        raise Malformed("a URL has a needless or impossible port")
    return Origin(scheme, host, number)


def check_url(url: Any, *, allow_http: bool = False, allow_fragment: bool = False) -> str:
    """The URL itself, where the three rules above hold; `Malformed` otherwise."""
    _parse(url, allow_http=allow_http, allow_fragment=allow_fragment)
    return str(url)


def origin_of(url: str) -> Origin:
    """The origin of a URL in normal form, of http and with a fragment too; `Malformed` where it has none."""
    return _parse(url, allow_http=True, allow_fragment=True)


def same_origin(first: str, second: str) -> bool:
    """Whether two URLs share scheme, host and port."""
    return origin_of(first) == origin_of(second)


def check_owner(object_id: str, owner: str) -> None:
    """FEP-fe34: the id of an object and the id of its owner share an origin; `Forbidden` where they do not."""
    if not same_origin(object_id, owner):
        raise Forbidden("an object lies on another origin than its owner")


def check_activity_id(activity_id: str, actor: str) -> None:
    """The same for an activity, whose owner is its actor."""
    if not same_origin(activity_id, actor):
        raise Forbidden("an activity's id lies on another origin than its actor")


def check_key_id(key_id: str, owner: str) -> None:
    """The same for a key, whose owner is the actor that signs with it; `Unauthenticated` where they do not."""
    if not same_origin(key_id, owner):
        raise Unauthenticated("a key lies on another origin than its owner")
