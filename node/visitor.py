"""Who asks, as far as limits need it: an address, or nobody in particular.

Rule 1  A header about who asks is believed only in a request that came in at the door of our own web server (the
        setting `proxy_listen`), and there only from an address that the setting `trusted_proxy` names. Everywhere else
        the address at the other end of the connection counts, whatever headers say.
Rule 2  The door is what makes it safe on one machine: visitors of an onion service come from loopback too, by Tor, with
        headers of their own making, and nothing in a request tells them from our web server, not even the host they
        ask for. So Tor is given the other door (`listen`), which believes nothing. A web server that comes in there is
        not believed either: all that is lost then is telling its visitors apart.
Rule 3  Only `X-Forwarded-For` is read, where it stands exactly once. Its entries are read from the right: the last is
        what our web server wrote. Those that are trusted are passed over, and the first that is not is who asks.
        What stands left of that is the visitor's own writing: it is not looked at.
Rule 4  An entry is one address in its normal spelling (RFC 5952; IPv4 in IPv6 counts as IPv4), without port, brackets
        or zone. For anything else, for no entry and for two headers, nobody in particular asks. It is not refused: then
        a mistake in the set-up of a web server would close the node, and a visitor can cause it only where the web
        server hands on what visitors write.
Rule 5  Nobody in particular is also whoever comes from an address that stands for many: from loopback or a private
        network comes what a web server or Tor hands on and tells us nothing of, and what a trusted web server says came
        from its own machine came by Tor, if by anything.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
MOST_PROXIES: Final = 8  # in a row
MACHINE: Final = (None, IPv4Address("127.0.0.1"), IPv6Address("::1"))  # where programs of a machine come from
LONGEST_ADDRESS: Final = 45  # characters
_INTERFACE: Final = (1 << 64) - 1


def visitor(peer: Any, forwarded: Sequence[str], trusted: Sequence[Network]) -> Address | None:
    """Who asks; None for nobody in particular.

    `peer` is the other end as a socket tells it, `forwarded` each `X-Forwarded-For`, `trusted` who is believed at the
    door where it came in.
    """
    here = peer_address(peer)
    if here is None:
        return None
    if not _among(here, trusted):
        return here if here.is_global else None
    if len(forwarded) != 1:
        return None
    for entry in reversed(forwarded[0].rsplit(",", MOST_PROXIES)):
        address = read_address(entry.strip(" \t"))
        if address is None or not _among(address, trusted):
            return None if address in MACHINE else address
    return None


def read_address(text: str) -> Address | None:
    """An address in its normal spelling; None for any other text."""
    if len(text) > LONGEST_ADDRESS or "%" in text:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = _mapped(address)
    return mapped if text in {str(mapped), str(address), f"::ffff:{mapped}"} else None


def peer_address(peer: Any) -> Address | None:
    """The address of the other end of a connection; None where it is none of the internet's."""
    return _mapped(ip_address(str(peer[0]).partition("%")[0])) if isinstance(peer, tuple) else None


def network_of(address: Address) -> Address:
    """What counts as one address: of IPv6 the network (the first 64 bits), for whoever has one has all of it."""
    return IPv6Address(int(address) & ~_INTERFACE) if isinstance(address, IPv6Address) else address


def _mapped(address: Address) -> Address:
    """IPv4 that came as IPv6 is IPv4."""
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def _among(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
