"""Which addresses this node may dial.

Rule 1  What is not allowed is refused: a range that nobody has thought of is closed.
Rule 2  The tables below decide, not `ipaddress.is_global`, which calls multicast, NAT64 and 6to4 global.
Rule 3  A prefix that carries an IPv4 address inside (mapped, NAT64, 6to4, Teredo ...) is refused whole.
Rule 4  An address has one spelling: `127.1`, `0x7f000001`, `2130706433` and digits of other scripts are refused.
Rule 5  Names that a resolver would look for at home (`localhost`, `nas.local`, `intranet`) are refused unasked.
Rule 6  The name of an onion service is never looked up. It is dialled where Tor takes it (`onions`), on port 80 for
        http and on 443 for https.
Rule 7  Where everything goes through Tor, no address at all may be dialled: a name goes to Tor as it is.

Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), the IANA IPv6 Address Space, and the
RFC of each row.
Pure: no look-up and no socket happens here.
"""

import re
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple, Self

from activitypub.onion import is_onion_service
from activitypub.origin import DEFAULT_PORTS
from schema.errors import PeerUnreachable

HIGHEST_PORT = 65_535
LONGEST_NAME = 253

# RFC 1123, 2.1: letters, digits and hyphens; the underscore is met in the wild. No trailing dot, no upper case.
_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.ASCII)

# WHATWG URL, "ends in a number": such a host is an IPv4 address to every resolver, whatever its spelling.
_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$", re.ASCII | re.IGNORECASE)

# Names that never belong to the public DNS; asking for one would tell a stranger, or reach a machine next door.
_HOME_NAMES = (
    "localhost",  # RFC 6761, 6.3
    "local",      # RFC 6762, multicast DNS
    "internal",   # ICANN resolution 2024.07.29.06, private use
    "home.arpa",  # RFC 8375, home networks
    "onion",      # RFC 7686, never to be looked up in the DNS
    "alt",        # RFC 9476, names outside the DNS
    "invalid",    # RFC 6761, 6.4
)  # fmt: skip


class UnsafeAddress(PeerUnreachable):
    """We refuse to dial this: the rules in force do not allow the scheme, the port, the name or the address."""


class NeedsTor(UnsafeAddress):
    """An onion service, and nobody said where Tor is."""


class Range(NamedTuple):
    """One row of a registry."""

    network: IPv4Network | IPv6Network
    name: str
    source: str


def _table(*rows: tuple[str, str, str]) -> tuple[Range, ...]:
    """Read rows of (network, name, source); a network with host bits set is a ValueError when this module loads."""
    return tuple(Range(ip_network(network), name, source) for network, name, source in rows)


# The first row that holds an address names it, so narrow rows stand above wide ones.
SPECIAL_PURPOSE = _table(
    ("0.0.0.0/8", "this host, this network", "RFC 1122, 3.2.1.3"),
    ("10.0.0.0/8", "private use", "RFC 1918"),
    ("100.64.0.0/10", "shared address space of carriers", "RFC 6598"),
    ("127.0.0.0/8", "loopback", "RFC 1122, 3.2.1.3"),
    ("169.254.0.0/16", "link-local, cloud metadata", "RFC 3927"),
    ("172.16.0.0/12", "private use", "RFC 1918"),
    ("192.0.0.0/24", "IETF protocol assignments", "RFC 6890"),
    ("192.0.2.0/24", "documentation, TEST-NET-1", "RFC 5737"),
    ("192.31.196.0/24", "AS112-v4, a sink for DNS", "RFC 7535"),
    ("192.52.193.0/24", "multicast tunnelling, AMT", "RFC 7450"),
    ("192.88.99.0/24", "6to4 relay anycast, deprecated", "RFC 7526"),
    ("192.168.0.0/16", "private use", "RFC 1918"),
    ("192.175.48.0/24", "AS112 direct delegation, a sink for DNS", "RFC 7534"),
    ("198.18.0.0/15", "benchmarking", "RFC 2544"),
    ("198.51.100.0/24", "documentation, TEST-NET-2", "RFC 5737"),
    ("203.0.113.0/24", "documentation, TEST-NET-3", "RFC 5737"),
    ("224.0.0.0/4", "multicast", "RFC 5771"),
    ("255.255.255.255/32", "limited broadcast", "RFC 8190"),
    ("240.0.0.0/4", "reserved", "RFC 1112, 4"),
    ("::/128", "unspecified", "RFC 4291, 2.5.2"),
    ("::1/128", "loopback", "RFC 4291, 2.5.3"),
    ("::/96", "IPv4-compatible, deprecated", "RFC 4291, 2.5.5.1"),
    ("::ffff:0:0/96", "IPv4-mapped", "RFC 4291, 2.5.5.2"),
    ("::ffff:0:0:0/96", "IPv4-translated", "RFC 2765, 2.1"),
    ("64:ff9b::/96", "NAT64, well-known prefix", "RFC 6052"),
    ("64:ff9b:1::/48", "NAT64, local use", "RFC 8215"),
    ("100::/64", "discard only", "RFC 6666"),
    ("100:0:0:1::/64", "dummy prefix", "RFC 9780"),
    ("200::/7", "OSI NSAP, deprecated", "RFC 4048"),
    ("2001::/32", "Teredo", "RFC 4380"),
    ("2001:2::/48", "benchmarking", "RFC 5180"),
    ("2001:3::/32", "multicast tunnelling, AMT", "RFC 7450"),
    ("2001:4:112::/48", "AS112-v6, a sink for DNS", "RFC 7535"),
    ("2001:10::/28", "ORCHID, deprecated", "RFC 4843"),
    ("2001:20::/28", "ORCHIDv2", "RFC 7343"),
    ("2001:30::/28", "drone remote identification", "RFC 9374"),
    ("2001::/23", "IETF protocol assignments", "RFC 2928"),
    ("2001:db8::/32", "documentation", "RFC 3849"),
    ("2002::/16", "6to4", "RFC 3056"),
    ("2620:4f:8000::/48", "AS112 direct delegation, a sink for DNS", "RFC 7534"),
    ("3ffe::/16", "6bone, returned", "RFC 3701"),
    ("3fff::/20", "documentation", "RFC 9637"),
    ("5f00::/16", "segment routing identifiers", "RFC 9602"),
    ("fc00::/7", "unique local", "RFC 4193"),
    ("fe80::/10", "link-local", "RFC 4291, 2.5.6"),
    ("fec0::/10", "site-local, deprecated", "RFC 3879"),
    ("ff00::/8", "multicast", "RFC 4291, 2.7"),
)

UNICAST = _table(
    ("0.0.0.0/0", "IPv4", "RFC 791"),
    ("2000::/3", "IPv6 global unicast", "RFC 4291, 2.4 and IANA IPv6 Address Space"),
)

LOOPBACK = _table(
    ("127.0.0.0/8", "loopback", "RFC 1122, 3.2.1.3"),
    ("::1/128", "loopback", "RFC 4291, 2.5.3"),
)


@dataclass(frozen=True, slots=True)
class AddressRules:
    """What may be dialled: `ports` None means any; `refused` wins over `allowed`; `public_names` is rule 5.

    `onions` is whether Tor takes onion services (rule 6).
    """

    schemes: frozenset[str]
    ports: frozenset[int] | None
    allowed: tuple[Range, ...]
    refused: tuple[Range, ...]
    public_names: bool
    onions: bool = False

    @property
    def direct(self) -> bool:
        """Whether anything is dialled without Tor (rule 7)."""
        return bool(self.allowed)

    def with_ports(self, *ports: int) -> Self:
        """Return the same rules with these ports beside the ones they have."""
        return self if self.ports is None else replace(self, ports=self.ports.union(ports))

    def check_address(self, text: str) -> IPv4Address | IPv6Address:
        """Return the address that this text spells, or raise UnsafeAddress.

        A zone (`fe80::1%eth0`, RFC 4007) is refused with any address: it names a link of this machine.
        """
        try:
            address = ip_address(text)
        except ValueError as error:
            raise UnsafeAddress("not an IP address in its normal spelling") from error
        if "%" in text:
            raise UnsafeAddress("an address with a zone belongs to one link (RFC 4007)")
        for network, name, source in self.refused:
            if address in network:
                raise UnsafeAddress(f"{address} is not to be dialled: {name} ({source})")
        if not any(address in network for network, _, _ in self.allowed):
            raise UnsafeAddress(f"{address} is outside the ranges that may be dialled")
        return address

    def check_port(self, port: int) -> None:
        """Raise UnsafeAddress unless this port may be dialled."""
        if not (0 < port <= HIGHEST_PORT and (self.ports is None or port in self.ports)):
            raise UnsafeAddress(f"port {port} is not to be dialled")

    def check_target(self, scheme: str, host: str, port: int) -> None:
        """Raise UnsafeAddress unless a URL with these parts may be tried.

        `host` is a name, or an address without brackets. A name that passes is not yet safe: each address that it
        resolves to has to pass `check_address`.
        """
        if is_onion_service(host):
            self._check_onion(scheme, port)
            return
        if scheme not in self.schemes:
            raise UnsafeAddress("this scheme is not to be dialled")
        self.check_port(port)
        if ":" in host or _ENDS_IN_NUMBER.search(host):
            self.check_address(host)
        elif len(host) > LONGEST_NAME or not _NAME.fullmatch(host):
            raise UnsafeAddress("not a host name in its normal spelling")
        elif self.public_names and _is_home_name(host):
            raise UnsafeAddress("a name of the local network is not to be dialled")

    def _check_onion(self, scheme: str, port: int) -> None:
        """Rule 6; its public key is the name, so http is as good as https there."""
        if not self.onions:
            raise NeedsTor("an onion service is reached through Tor alone")
        if port != DEFAULT_PORTS.get(scheme):
            raise UnsafeAddress(f"port {port} of an onion service is not to be dialled")


def _is_home_name(host: str) -> bool:
    """Tell whether a resolver would look for this name at home: one bare label, or under a name that is not public."""
    return "." not in host or f".{host}".endswith(tuple(f".{name}" for name in _HOME_NAMES))


PUBLIC_INTERNET = AddressRules(
    schemes=frozenset({"https"}),
    ports=frozenset({443}),
    allowed=UNICAST,
    refused=SPECIAL_PURPOSE,
    public_names=True,
)

BESIDE_TOR = replace(PUBLIC_INTERNET, onions=True)  # onion services through Tor, all else directly
THROUGH_TOR = replace(BESIDE_TOR, allowed=())  # rule 7

LOOPBACK_LAB = AddressRules(
    schemes=frozenset({"http", "https"}),
    ports=None,
    allowed=LOOPBACK,
    refused=(),
    public_names=False,
)
