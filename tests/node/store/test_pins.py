"""What is kept of the keys of allies, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from activitypub.actor import read_actor
from activitypub.document import read_document
from federation.pins import Alarm, Pin, keys_in_force
from node.store import pins, relations
from node.store.engine import Store
from tests.rig.clock import NOW
from tests.rig.paper import actor_bytes, address_of

BIRCH = address_of("birch")


def pin(which: str, name: str = "birch") -> Pin:
    document = actor_bytes(name, which)
    return Pin(read_actor(read_document(document), address_of(name), allow_http=True), document)


async def befriend(connection: AsyncConnection, name: str = "birch") -> None:
    document = actor_bytes(name, "old")
    await relations.pin(connection, actor=address_of(name), document=document, by="Amal", now=NOW)


async def test_a_pin_moves_from_where_it_was(store: Store) -> None:
    """Of two that would move it at once the first one does; what changed is remembered with who decided it."""
    old, new = pin("old"), replace(pin("new"), statements=b"[1]")
    async with store.transaction() as connection:
        await befriend(connection)
        assert await pins.change(connection, old, new, by=None, now=NOW)
        assert not await pins.change(connection, old, pin("other"), by=None, now=NOW)
        row = await relations.ally(connection, BIRCH)
        assert row is not None
        assert (row.document, row.statements, row.added_by) == (new.document, b"[1]", "Amal")
        assert await pins.change(connection, new, replace(new, statements=b"[1,2]"), by=None, now=NOW)
        [change] = await pins.changes(connection)
        words = [pins.words(BIRCH, keys_in_force(one.actor)) for one in (old, new)]
        assert (change.by, change.at, change.before, change.after) == (None, NOW, *words)
        assert await pins.change(connection, new, old, by="Noor", now=NOW)
        assert [one.by for one in await pins.changes(connection)] == ["Noor", None]


async def test_an_alarm_is_raised_once_for_the_same_keys(store: Store) -> None:
    """It stays until a person has seen to it, and does not come back then."""
    alarm = Alarm(frozenset({"a", "b"}), "unstated")
    async with store.transaction() as connection:
        assert await pins.add_alarm(connection, BIRCH, alarm, NOW)
        assert not await pins.add_alarm(connection, BIRCH, replace(alarm, why="fork"), NOW + timedelta(days=1))
        assert await pins.add_alarm(connection, BIRCH, Alarm(frozenset(), "unreadable"), NOW + timedelta(days=1))
        assert [(one.why, len(one.words.split())) for one in await pins.alarms(connection)] == [
            ("unstated", 8),
            ("unreadable", 0),
        ]
        assert await pins.dismiss(connection, BIRCH, by="Amal", now=NOW) == 2
        assert await pins.dismiss(connection, BIRCH, by="Amal", now=NOW) == 0
        assert not await pins.add_alarm(connection, BIRCH, alarm, NOW)
        assert await pins.count_alarms(connection) == 0


async def test_alarms_are_few_and_end(store: Store) -> None:
    """Whoever shows new keys every hour fills nothing, and the alarms about another ally stay."""
    async with store.transaction() as connection:
        await pins.add_alarm(connection, address_of("cedar"), Alarm(frozenset({"c"}), "unstated"), NOW)
        for hour in range(20):
            keys = frozenset({f"key {hour}"})
            await pins.add_alarm(connection, BIRCH, Alarm(keys, "unstated"), NOW + timedelta(hours=hour))
        found = await pins.alarms(connection)
        assert [one.actor for one in found] == [address_of("cedar")] + [BIRCH] * pins.MOST_ALARMS
        assert found[1].at == NOW + timedelta(hours=20 - pins.MOST_ALARMS)
        await pins.sweep(connection, NOW + pins.KEPT)
        assert await pins.count_alarms(connection) == pins.MOST_ALARMS
        await pins.forget(connection, BIRCH)
        assert await pins.count_alarms(connection) == 0


@pytest.mark.parametrize(("by", "left"), [(None, 1), ("Amal", 0)])
async def test_the_alarm_about_keys_that_are_trusted_is_over(store: Store, by: str | None, left: int) -> None:
    """Where statements led to them the other alarms stay; where a person compared words, all are over."""
    old, new = pin("old"), pin("new")
    async with store.transaction() as connection:
        await befriend(connection)
        await pins.add_alarm(connection, BIRCH, Alarm(keys_in_force(new.actor), "unstated"), NOW)
        await pins.add_alarm(connection, BIRCH, Alarm(frozenset({"others"}), "unstated"), NOW)
        await pins.change(connection, old, new, by=by, now=NOW)
        assert await pins.count_alarms(connection) == left


async def test_changes_are_few(store: Store) -> None:
    """Of an ally that changes its keys without end, the newest changes are kept."""
    one, other = pin("old"), pin("new")
    async with store.transaction() as connection:
        await befriend(connection)
        for number in range(pins.MOST_CHANGES + 5):
            now = NOW + timedelta(hours=number)
            await pins.change(connection, *((one, other) if number % 2 == 0 else (other, one)), by=None, now=now)
        found = await pins.changes(connection)
        assert len(found) == pins.MOST_CHANGES
        assert found[0].at == NOW + timedelta(hours=pins.MOST_CHANGES + 4)
