"""How many may be connected at a time, all in all and from one address.

Rule 1  Where there is no room, whoever is waited for gives way, the one that came first before others: slow senders so
        never keep out those who speak. Only where all are being served is a newcomer turned away.
Rule 2  From one address there is a limit only where the settings have one. Behind a web server, and for an onion
        service, everyone comes from the same address.
Rule 3  There are never more than there can be open files; as many of those are asked for as are needed.
Rule 4  Addresses are kept for as long as the connection lasts, in memory alone. Of IPv6 it is the network that counts
        (the first 64 bits), for whoever has one address has all of it.
"""

import resource
from collections import Counter
from typing import Any, Protocol

from node.visitor import network_of, peer_address

OTHER_FILES = 200  # of the database, and of what we say to others


class Guest(Protocol):
    """A connection, as far as it matters here."""

    @property
    def is_waited_for(self) -> bool:
        """Whether nothing is done for it until it sends or takes something."""

    def cut(self) -> None:
        """End it at once."""


class Room:
    """Those who are connected, in the order in which they came."""

    def __init__(self, most: int, most_of_one: int = 0) -> None:
        """`most_of_one` is how many may come from one address; 0 is as many as there is room for."""
        self._most = most
        self._most_of_one = most_of_one or most
        self._here: dict[Guest, str] = {}
        self._of_one: Counter[str] = Counter()

    def __len__(self) -> int:
        """How many there are."""
        return len(self._here)

    def enter(self, guest: Guest, address: str) -> bool:
        """Whether there was room for one more, or somebody gave way."""
        if self._of_one[address] >= self._most_of_one and not self._make_room(address):
            return False
        if len(self._here) >= self._most and not self._make_room():
            return False
        self._here[guest] = address
        self._of_one[address] += 1
        return True

    def leave(self, guest: Guest) -> None:
        """Give the place back, if it has one."""
        address = self._here.pop(guest, None)
        if address is not None:
            self._of_one[address] -= 1
            if not self._of_one[address]:
                del self._of_one[address]

    def _make_room(self, address: str | None = None) -> bool:
        """Whether somebody gave way, of those from `address` where it is given."""
        for guest, where in self._here.items():
            if address in {None, where} and guest.is_waited_for:
                self.leave(guest)
                guest.cut()
                return True
        return False


def address_of(peer: Any) -> str:
    """What counts as one address: that of an IPv4 host, or an IPv6 network."""
    address = peer_address(peer)
    return "" if address is None else str(network_of(address))


def room_for(wanted: int) -> int:
    """How many connections there can be, at most `wanted`: each takes one of the files that a process may open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    if soft < wanted + OTHER_FILES:
        soft = wanted + OTHER_FILES if hard == resource.RLIM_INFINITY else min(wanted + OTHER_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(wanted, soft - OTHER_FILES))
