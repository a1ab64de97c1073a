from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Any

import pytest

from federation.buckets import MOST
from node.limits import LINKS, MANY, PROVEN_FOR, Limits
from node.settings import Settings
from node.visitor import Address
from schema.errors import TooMany
from tests.rig.clock import Clock

HERE, THERE = ip_address("203.0.113.7"), ip_address("198.51.100.1")
NOBODY = None
AT_ONCE = 3  # messages of a stranger
ALLY = "https://birch.example/actors/birch"


class Counted:
    """Limits with their clock, and what was told of them."""

    def __init__(self, **settings: Any) -> None:
        values = {"stranger_messages_per_minute": 3 * AT_ONCE, "ally_messages_per_minute": 30} | settings
        self.clock = Clock()
        self.told: list[str] = []
        said = Settings(name="alder", title="Alder", url="https://alder.example", **values)
        self.limits = Limits(said, self.clock, self.told.append)

    def stranger(self, who: Address | None) -> None:
        """A message that no ally signed."""
        self.limits.knock(who, claims=False)

    def liar(self, who: Address | None) -> None:
        """One that names an ally's key, and is not by it."""
        self.limits.knock(who, claims=True)
        self.limits.lied(who)

    def ally(self, who: Address | None) -> None:
        """One that is."""
        self.limits.knock(who, claims=True)
        self.limits.ally(who, ALLY)

    def guesser(self, who: Address | None) -> None:
        """A sign-in link that is not right."""
        self.limits.try_link(who)
        self.limits.wrong_link(who)


@pytest.fixture
def here() -> Counted:
    """Limits that nobody met yet."""
    return Counted()


def taken(one: Callable[[Address | None], None], who: Address | None) -> int:
    """How often somebody gets through until it is too much; -1 where it never is."""
    for number in range(10_000):
        try:
            one(who)
        except TooMany as error:
            assert error.retry_after  # noqa: PT017 (how often it got through counts too)
            return number
    return -1


def test_each_address_has_its_measure(here: Counted) -> None:
    """V36: of each address so many messages of strangers are taken; nobody in particular has that of many."""
    assert [taken(here.stranger, who) for who in (HERE, THERE, HERE)] == [AT_ONCE, AT_ONCE, 0]
    assert taken(here.stranger, NOBODY) == MANY * AT_ONCE
    here.clock.move(minutes=1 / 9)
    assert taken(here.stranger, HERE) == 1
    assert set(here.told) == {"strangers"}


def test_of_ipv6_a_network_is_one(here: Counted) -> None:
    """Whoever has a /64 has no more than one address."""
    first = int(ip_address("2001:db8:1:2::"))
    assert sum(taken(here.stranger, IPv6Address(first + number)) for number in range(50)) == AT_ONCE
    assert taken(here.stranger, ip_address("2001:db8:1:3::")) == AT_ONCE


def test_an_ally_is_no_stranger(here: Counted) -> None:
    """Strangers keep no ally out: neither from elsewhere, nor from its own address, nor where nobody is told apart."""
    for who in (HERE, NOBODY):
        assert taken(here.stranger, who) > 0
    here.ally(THERE)
    here.ally(HERE)
    here.ally(NOBODY)


def test_claims_that_are_false(here: Counted) -> None:
    """Who often named an ally's key in vain is not looked at, but from where an ally proved itself, all are."""
    assert taken(here.liar, HERE) == AT_ONCE
    assert taken(here.ally, HERE) == 0
    here.ally(THERE)
    assert taken(here.liar, THERE) == -1
    here.ally(THERE)
    here.clock.move(seconds=PROVEN_FOR.total_seconds())
    for _ in range(AT_ONCE):
        here.limits.lied(THERE)
    assert taken(here.liar, THERE) == 0
    assert set(here.told) == {"claims"}


def test_claims_of_nobody_in_particular(here: Counted) -> None:
    """Where nobody is told apart each claim is looked at: what is false counts against strangers alone."""
    assert taken(here.liar, NOBODY) == -1
    here.ally(NOBODY)
    assert taken(here.stranger, NOBODY) == 0


def test_an_ally_has_a_measure_of_its_own(here: Counted) -> None:
    """An ally gets through so often, from wherever, and later again; another ally does not notice."""
    assert taken(here.ally, NOBODY) == 10
    assert taken(here.ally, HERE) == 0
    here.limits.ally(HERE, "https://cedar.example/actors/cedar")
    here.clock.move(seconds=10)
    assert taken(here.ally, HERE) == 5
    assert set(here.told) == {"ally"}


def test_guessing_links(here: Counted) -> None:
    """U10: an address has so many tries; where nobody is told apart a right link is looked at, however many are not."""
    assert [taken(here.guesser, who) for who in (HERE, THERE)] == [LINKS.burst, LINKS.burst]
    assert taken(here.limits.try_link, HERE) == 0
    assert taken(here.guesser, NOBODY) == MANY * LINKS.burst
    assert taken(here.limits.try_link, NOBODY) == -1
    assert set(here.told) == {"links"}


def test_no_limits() -> None:
    """With nought in the settings everyone gets through."""
    here = Counted(stranger_messages_per_minute=0, ally_messages_per_minute=0)
    assert [taken(one, HERE) for one in (here.stranger, here.liar, here.ally)] == [-1, -1, -1]


def test_no_address_is_kept(here: Counted) -> None:
    """P05: in memory lie hashes with a key of this start, no more than there is room for, a quarter of an hour long."""
    others = Counted()
    for one in (here, others):
        for number in range(MOST + 10):
            who = ip_address(0x0B000000 + number)
            one.stranger(who)
            one.limits.lied(who)
            one.limits.ally(who, f"{ALLY}{number}")
            one.limits.wrong_link(who)
    kept = [keys(one.limits) for one in (here, others)]
    assert all(len(names) == MOST for names in kept[0])
    assert not kept[0][0] & kept[1][0]
    assert not [name for names in kept[0] for name in names if isinstance(name, bytes) and len(name) != 16]
    here.clock.move(minutes=15)
    here.limits.forget()
    assert not any(keys(here.limits))


def keys(limits: Limits) -> list[set[Any]]:
    """Everything by which somebody is remembered, in each of its memories."""
    buckets = (limits._strangers, limits._claims, limits._allies, limits._links)
    return [set(one._full_at) for one in buckets] + [set(limits._proven)]
