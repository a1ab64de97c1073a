from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Any, TypeVar

import pytest

from federation.buckets import MOST
from node.limits import ALL, LINKS, MANY, Limits
from node.settings import Settings
from node.visitor import Address
from schema.errors import TooMany
from tests.rig.clock import Clock

HERE, THERE = ip_address("203.0.113.7"), ip_address("198.51.100.1")
NOBODY = None
AT_ONCE = 3  # messages of a stranger
ALLY = "https://birch.example/actors/birch"
Who = TypeVar("Who")


class Counted:
    """Limits with their clock, and what was told of them."""

    def __init__(self, **settings: Any) -> None:
        values = {"stranger_messages_per_minute": 3 * AT_ONCE, "ally_messages_per_minute": 30} | settings
        self.clock = Clock()
        self.told: list[str] = []
        said = Settings(name="alder", title="Alder", url="https://alder.example", **values)
        self.limits = Limits(said, self.clock, self.told.append)


@pytest.fixture
def here() -> Counted:
    """Limits that nobody met yet."""
    return Counted()


def taken(one: Callable[[Who], None], who: Who) -> int:
    """How often somebody gets through until it is too much; -1 where it never is."""
    for number in range(10_000):
        try:
            one(who)
        except TooMany as error:
            assert error.retry_after  # noqa: PT017 (how often it got through counts too)
            return number
    return -1


def networks(number: int, *, first: str = "2001:db8::") -> list[Address]:
    """An address in each of so many networks."""
    return [IPv6Address(int(ip_address(first)) + (one << 64)) for one in range(number)]


def test_each_address_has_its_measure(here: Counted) -> None:
    """V36: of each address so many messages of strangers are taken; nobody in particular has that of many."""
    assert [taken(here.limits.stranger, who) for who in (HERE, THERE, HERE)] == [AT_ONCE, AT_ONCE, 0]
    assert taken(here.limits.stranger, NOBODY) == MANY * AT_ONCE
    here.clock.move(minutes=1 / 9)
    assert taken(here.limits.stranger, HERE) == 1
    assert set(here.told) == {"strangers"}


def test_of_ipv6_a_network_is_one(here: Counted) -> None:
    """Whoever has a /64 has no more than one address."""
    first = int(ip_address("2001:db8:1:2::"))
    assert sum(taken(here.limits.stranger, IPv6Address(first + number)) for number in range(50)) == AT_ONCE
    assert taken(here.limits.stranger, ip_address("2001:db8:1:3::")) == AT_ONCE


def test_all_strangers_together(here: Counted) -> None:
    """V36: whoever has thousands of networks has no more than so many; allies do not notice."""
    assert sum(taken(here.limits.stranger, who) for who in networks(4_096)) == ALL * AT_ONCE
    assert taken(here.limits.stranger, NOBODY) == 0
    assert taken(here.limits.ally, ALLY) == 10
    here.clock.move(minutes=1 / 9)
    assert [taken(here.limits.stranger, who) for who in (HERE, NOBODY)] == [AT_ONCE, MANY * AT_ONCE]


def test_what_is_refused_costs_nothing(here: Counted) -> None:
    """Of the measure of all nothing is gone where an address is over its own, and the other way round."""
    for _ in range(ALL):
        taken(here.limits.stranger, HERE)
    for who in networks(ALL - 1):
        taken(here.limits.stranger, who)
    assert taken(here.limits.stranger, THERE) == 0
    here.clock.move(minutes=1)
    assert taken(here.limits.stranger, THERE) == AT_ONCE


def test_an_ally_has_a_measure_of_its_own(here: Counted) -> None:
    """An ally gets through so often, and later again; another ally does not notice, nor does it matter who floods."""
    assert taken(here.limits.stranger, HERE) == AT_ONCE
    assert taken(here.limits.ally, ALLY) == 10
    here.limits.ally("https://cedar.example/actors/cedar")
    here.clock.move(seconds=10)
    assert taken(here.limits.ally, ALLY) == 5
    assert set(here.told) == {"strangers", "ally"}


def test_guessing_links(here: Counted) -> None:
    """U10: an address has so many tries, nobody in particular many, and all together no more than so many."""
    assert [taken(here.limits.wrong_link, who) for who in (HERE, THERE, HERE)] == [LINKS.burst, LINKS.burst, 0]
    assert taken(here.limits.wrong_link, NOBODY) == MANY * LINKS.burst
    assert sum(taken(here.limits.wrong_link, who) for who in networks(200)) == (ALL - MANY - 2) * LINKS.burst
    assert set(here.told) == {"links"}


def test_no_limits() -> None:
    """With nought in the settings everyone gets through."""
    here = Counted(stranger_messages_per_minute=0, ally_messages_per_minute=0)
    assert [taken(here.limits.stranger, HERE), taken(here.limits.ally, ALLY)] == [-1, -1]


def test_no_address_is_kept() -> None:
    """P05: in memory lie hashes with a key of this start, no more than there is room for, a few minutes long."""
    here, others = (Counted(stranger_messages_per_minute=3 * MOST) for _ in range(2))
    for one in (here, others):
        for number in range(MOST + 10):
            one.limits.stranger(ip_address(0x0B000000 + number))
            one.limits.ally(f"{ALLY}{number}")
        for number in range(ALL):
            one.limits.wrong_link(ip_address(0x0B000000 + number))
    kept = [keys(one.limits) for one in (here, others)]
    assert [len(names) for names in kept[0]] == [MOST, ALL, MOST]
    assert not kept[0][0] & kept[1][0]
    assert not [name for names in kept[0] for name in names if isinstance(name, bytes) and len(name) != 16]
    here.clock.move(minutes=5)
    here.limits.forget()
    assert not any(keys(here.limits))


def keys(limits: Limits) -> list[set[Any]]:
    """Everything by which somebody is remembered, in each of its memories."""
    return [set(one._full_at) for one in (limits._strangers.each, limits._links.each, limits._allies)]
