"""The small tables: what came in, lines that were imported, links and browser sessions."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from node.store import doors, imports, inbox, relations, tables
from node.store.engine import Store
from node.store.imports import Imported
from node.store.inbox import Memory
from node.store.relations import AllyState, Direction, Follow, FollowState
from schema.errors import Unavailable
from tests.rig.clock import NOW

LATER = NOW + timedelta(minutes=10)


async def remember(store: Store, actor: str, activity: str, digest: bytes = b"1") -> None:
    async with store.transaction() as connection:
        memory = await Memory.read(connection, [(actor, activity)])
        memory.remember(actor=actor, activity=activity, digest=digest, kind="Create", effect="stored", at=NOW)
        await memory.write(connection)


async def test_what_came_in_is_known_by_actor_and_id(store: Store) -> None:
    """An activity is remembered under who sent it and its id, and never twice."""
    await remember(store, "birch", "1")
    await remember(store, "cedar", "1", b"2")
    async with store.transaction() as connection:
        memory = await Memory.read(connection, [("birch", "1"), ("cedar", "1"), ("birch", "2")])
    assert memory.digest("birch", "1") == b"1"
    assert memory.digest("cedar", "1") == b"2"
    assert memory.digest("birch", "2") is None
    with pytest.raises(Unavailable, match=r"IntegrityError|UniqueViolationError"):
        await remember(store, "birch", "1", b"3")


async def test_strangers_are_forgotten(store: Store) -> None:
    """What strangers sent goes once its date refuses it; of allies and those we follow, also on hold, all is kept."""
    window = timedelta(minutes=60)
    async with store.transaction() as connection:
        await relations.pin(connection, actor="birch", document=b"{}", by="Amal", now=NOW)
        await relations.set_ally_state(connection, "birch", AllyState.SUSPENDED)
        for direction, actor in ((Direction.OUT, "cedar"), (Direction.IN, "mallory")):
            await relations.keep_follow(connection, Follow(direction, actor, "1", FollowState.PENDING, b"", b"", NOW))

    async def left(later: timedelta, at_least: timedelta = timedelta()) -> list[tuple[str, str]]:
        async with store.transaction() as connection:
            await inbox.forget_strangers(connection, NOW + later, window=window, at_least=at_least)
            found = await connection.execute(select(tables.inbox.c.actor, tables.inbox.c.id).order_by("actor", "id"))
            return [(actor, activity) for actor, activity in found]

    assert await left(3 * window) == []
    senders = ["ash", "birch", "cedar", "mallory", "zinnia"]
    sent = [(actor, number) for actor in senders for number in "12"]
    for one in sent:
        await remember(store, *one)
    assert await left(3 * window - timedelta(seconds=1)) == sent
    assert await left(5 * window - timedelta(seconds=1), 5 * window) == sent
    assert await left(3 * window) == [one for one in sent if one[0] in {"birch", "cedar"}]


async def test_imported_lines_are_known(store: Store) -> None:
    """A line is known by its key with what it last said, however many keys are asked for."""
    lines = [Imported(f"key {number}", "old", f"post {number}") for number in range(1_200)]
    newer = Imported("key 7", "new", "post 7")
    async with store.transaction() as connection:
        for line in (*lines, newer):
            await imports.keep(connection, line, NOW)
        known = await imports.known(connection, [*(line.key for line in lines), "never"])
    assert known == {line.key: line for line in lines} | {"key 7": newer}


async def test_a_link_is_used_once_and_in_time(store: Store) -> None:
    """A link opens one session before it expires; looking at it does not use it up."""
    async with store.transaction() as connection:
        await doors.add_link(connection, b"link", LATER)
        assert not await doors.is_open(connection, b"another", NOW)
        assert not await doors.is_open(connection, b"link", LATER)
        assert not await doors.use_link(connection, b"link", LATER)
        for _ in range(2):
            assert await doors.is_open(connection, b"link", NOW)
        assert await doors.use_link(connection, b"link", NOW)
        assert not await doors.is_open(connection, b"link", NOW)
        assert not await doors.use_link(connection, b"link", NOW)


async def test_of_many_uses_at_once_one_wins(store: Store) -> None:
    """A link that is used by many at the same moment is used by one."""
    async with store.transaction() as connection:
        await doors.add_link(connection, b"link", LATER)

    async def use() -> bool:
        async with store.transaction() as connection:
            return await doors.use_link(connection, b"link", NOW)

    assert sum(await asyncio.gather(*(use() for _ in range(20)))) == 1


async def test_a_session_lasts_until_it_ends(store: Store) -> None:
    """A session goes on until it expires or is ended, and what is over is forgotten."""
    async with store.transaction() as connection:
        for token in (b"one", b"two"):
            await doors.add_session(connection, token, LATER)
        await doors.end_session(connection, b"two")
        await doors.sweep(connection, NOW)
        assert await doors.is_signed_in(connection, b"one", NOW)
        assert not await doors.is_signed_in(connection, b"one", LATER)
        assert not await doors.is_signed_in(connection, b"two", NOW)
        await doors.sweep(connection, LATER)
        assert not await doors.is_signed_in(connection, b"one", NOW)
