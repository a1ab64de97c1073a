import subprocess
import sys

import pytest

from node.room import Room, address_of

ASK = """
import resource, sys
from node.room import room_for
soft, hard, wanted = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print(room_for(wanted), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


class Caller:
    """A connection that knows whose turn it is, and notices when it is cut off."""

    def __init__(self, *, is_waited_for: bool) -> None:
        self._is_waited_for = is_waited_for
        self.is_cut = False

    @property
    def is_waited_for(self) -> bool:
        """What it was made with."""
        return self._is_waited_for

    def cut(self) -> None:
        """Remember it."""
        self.is_cut = True


def silent() -> Caller:
    return Caller(is_waited_for=True)


def busy() -> Caller:
    return Caller(is_waited_for=False)


def test_there_is_room_for_as_many_as_it_says() -> None:
    """While there is room everyone comes in, and nobody is cut off."""
    room, callers = Room(3), [silent(), silent(), busy()]
    assert [room.enter(one, "192.0.2.1") for one in callers] == [True] * 3
    assert (len(room), [one.is_cut for one in callers]) == (3, [False] * 3)


def test_the_first_that_is_waited_for_gives_way() -> None:
    """Where it is full, a newcomer gets the place of whoever came first of those that are slow."""
    room, callers = Room(3), [busy(), silent(), silent()]
    for one in callers:
        room.enter(one, "192.0.2.1")
    assert room.enter(busy(), "192.0.2.2")
    assert [one.is_cut for one in callers] == [False, True, False]
    assert len(room) == 3


def test_a_newcomer_is_turned_away_where_all_are_served() -> None:
    """Nobody who is being served is cut off for another."""
    room, callers = Room(2), [busy(), busy()]
    for one in callers:
        room.enter(one, "192.0.2.1")
    assert not room.enter(silent(), "192.0.2.2")
    assert (len(room), [one.is_cut for one in callers]) == (2, [False] * 2)


def test_one_address_has_its_own_limit() -> None:
    """Who has as many places as one address may have takes those of the same address, not those of others."""
    room = Room(10, 2)
    other, first, second = silent(), busy(), silent()
    room.enter(other, "192.0.2.9")
    assert room.enter(first, "192.0.2.1")
    assert room.enter(second, "192.0.2.1")
    assert room.enter(busy(), "192.0.2.1")
    assert [one.is_cut for one in (other, first, second)] == [False, False, True]
    assert not room.enter(silent(), "192.0.2.1")
    assert room.enter(silent(), "192.0.2.2")


def test_a_place_that_was_given_back_is_free() -> None:
    """Leaving makes room, also when it happens twice or without having come in."""
    room, first = Room(1, 1), busy()
    assert room.enter(first, "192.0.2.1")
    room.leave(first)
    room.leave(first)
    room.leave(busy())
    assert room.enter(busy(), "192.0.2.1")


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        (("192.0.2.1", 4711), "192.0.2.1"),
        (("2001:db8:1:2:3:4:5:6", 4711, 0, 0), "2001:db8:1:2::"),
        (("fe80::1%eth0", 4711, 0, 2), "fe80::"),
        (("::ffff:192.0.2.1", 4711, 0, 0), "192.0.2.1"),
        (("::1", 4711, 0, 0), "::"),
        (None, ""),
        ("a socket", ""),
    ],
)
def test_what_counts_as_one_address(peer: object, address: str) -> None:
    """An IPv4 host is one address, and so is a whole IPv6 network of 64 bits."""
    assert address_of(peer) == address


def room(soft: int, hard: int, wanted: int) -> tuple[int, int]:
    """How much room a process with these limits finds, and its limit afterwards."""
    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", ASK, str(soft), str(hard), str(wanted)], capture_output=True, text=True, check=True
    )
    places, limit = map(int, done.stdout.split())
    return places, limit


def test_each_connection_takes_a_file() -> None:
    """As many files are asked for as are needed and allowed, and some are left for everything else."""
    assert room(256, 4_096, 2_000) == (2_000, 2_200)
    assert room(256, 1_024, 2_000) == (824, 1_024)
    assert room(4_096, 4_096, 2_000) == (2_000, 4_096)
    assert room(100, 100, 2_000) == (1, 100)
