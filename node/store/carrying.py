"""Everything from one open database into another, in steps that may be cut off anywhere.

Rule 1: nothing is written over. The new database is empty, or holds what an earlier try of this very node left there.
Rule 2: rows go over in one order, a batch in a transaction. So what is in the new one is always a beginning of what is
        in the old one, and a try that was killed goes on after it. Where the old one has changed since, it begins anew.
Rule 3: both sides are counted and hashed, each on its own. Unless all tables are the same, the old one stays in use.
Rule 4: at no moment can both be opened (`node.store.marks`): the old one is marked as left before the new one is whole.
Rule 5: the old one is read at one go, however long that takes, and nobody else has a turn in it meanwhile. None is
        taken in the new one, where there is nobody yet: where both are the same by mistake, it would never come.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Insert, delete, insert, inspect
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store import marks, rows
from node.store.calls import check_stopped
from node.store.counters import count_on
from node.store.engine import Store, take_turn, wait_long
from node.store.identity import Identity, settle
from node.store.marks import Arriving, Marks
from node.store.migrations import upgrade
from node.store.reaching import refusal
from node.store.rows import Tally
from node.store.tables import metadata
from node.store.tables import node as about
from node.store.versions import REVISIONS, check_schema, stored_revision
from schema.errors import ConfigError, StateError

Advance = Callable[[int], None]
Begin = Callable[[str, int], Advance]
"""Told what begins and how many rows there will be; gives what is told of each piece's rows."""
Tallies = Mapping[str, Tally]


def total(tables: Tallies) -> int:
    """How many rows there are in all tables."""
    return sum(tally.rows for tally in tables.values())


async def survey(source: AsyncConnection, node: Identity, begin: Begin) -> tuple[Arriving, Tallies]:
    """What is in the old database, and the mark that stands for it.

    Raises `ConfigError` for a database of another node or of other code, and for one that its processes are using.
    """
    await check_schema(source)
    if (await marks.read(source)).arriving is not None:
        await marks.check(source)
    await settle(source, node)
    await _alone(source)
    revision = await stored_revision(source)
    if revision not in REVISIONS:
        raise ConfigError("This database was written by a newer Qafila. Install that version again.")
    tables = await _tallies(source, begin("Reading", await rows.count(source)))
    said = [revision, *((name, tally.rows, tally.sha256) for name, tally in tables.items())]
    return Arriving(node, sha256(orjson.dumps(said)).hexdigest()), tables


async def is_begun(target: AsyncConnection, mark: Arriving) -> bool:
    """Whether an earlier try left its beginning here, and the old database is as it was then.

    Raises `StateError` for a database that holds anything else, `ConfigError` where newer code began.
    """
    found = (await marks.read(target)).arriving
    if found is None:
        if await target.run_sync(lambda sync: inspect(sync).get_table_names()):
            raise StateError("There is something in that database, and nothing is written over. It must be empty.")
        return False
    if found.node != mark.node:
        raise StateError("That database holds an unfinished move of another node, and nothing is written over.")
    if await stored_revision(target) not in REVISIONS:
        raise ConfigError("A newer Qafila began this move. Install that version again, or take an empty database.")
    return found == mark


async def carry(old: Store, new: Store, node: Identity, begin: Begin, batch: int) -> tuple[Tallies, int]:
    """Bring everything over, prove it, and mark the old one as left; what there is, and how much was there before.

    Errors as `survey` and `is_begun`; `StateError` also where the two differ at the end.
    """
    async with old.claiming() as source:
        await wait_long(source)
        mark, tables = await survey(source, node, begin)
        is_left = (await marks.read(source)).left is not None
        async with new.claiming() as target:
            if is_left and await _is_whole(target, tables, begin):
                return tables, total(tables)
            if not await is_begun(target, mark):
                if is_left:
                    raise StateError(
                        "This node was moved already, and not to there. To go on from the old database all the same, "
                        "say first: qafila move-database, and the address of the old one (or sqlite)."
                    )
                await _prepare(target, mark)
            before = await rows.count(target)
        carried = total(tables) - tables[about.name].rows
        await _copy(source, new, begin("Copying", carried - before), batch)
        columns = rows.kinds_of(about)
        about_it = [dict(zip(columns, row, strict=True)) async for piece in rows.read(source, about) for row in piece]
    await _check(new, mark, tables, begin("Checking", carried))
    async with new.claiming() as target:
        await target.run_sync(count_on, tables)
        await target.execute(delete(about))
        await target.execute(insert(about), about_it)
        if await rows.tally(target, about, lambda _: None) != tables[about.name]:
            raise _difference([about.name])
        async with old.claiming() as source:
            await _alone(source)
            await marks.say_left(source, mark.source)
    return tables, before


async def _alone(source: AsyncConnection) -> None:
    """See that nobody else is there, and let nobody else have a turn until the transaction ends."""
    await take_turn(source)
    await check_stopped(source)


async def _tallies(connection: AsyncConnection, advance: Advance) -> Tallies:
    return {one.name: await rows.tally(connection, one, advance) for one in metadata.sorted_tables}


async def _is_whole(target: AsyncConnection, tables: Tallies, begin: Begin) -> bool:
    """Whether everything is there, and no mark: an earlier try came to its end, and nobody has opened it since."""
    there = await target.run_sync(lambda sync: inspect(sync).has_table(about.name))
    if not there or await marks.read(target) != Marks():
        return False
    return await _tallies(target, begin("Checking", total(tables))) == tables


async def _prepare(target: AsyncConnection, mark: Arriving) -> None:
    """Make the tables, empty but for the mark, whatever an earlier try of this node had brought."""
    try:
        await target.run_sync(upgrade)
    except DBAPIError as error:
        if target.dialect.name != "postgresql":
            raise
        raise refusal(error) from None
    for one in reversed(metadata.sorted_tables):
        await target.execute(delete(one))
    await marks.say_arriving(target, mark)


async def _copy(source: AsyncConnection, new: Store, advance: Advance, batch: int) -> None:
    """Bring over what is not there yet, but for the rows about the database itself: they come last, in one step."""
    for one in metadata.sorted_tables:
        if one is about:
            continue
        kinds = rows.kinds_of(one)
        into = insert(rows.plain(one.name, kinds))
        async with new.claiming() as target:
            last = await rows.last_key(target, one)
        async for piece in rows.read(source, one, after=last, batch=batch):
            values = [dict(zip(kinds, row, strict=True)) for row in piece]
            async with new.claiming() as target:
                await _insert(target, into, values)
            advance(len(values))


async def _insert(target: AsyncConnection, into: Insert, values: list[dict[str, Any]]) -> None:
    try:
        await target.execute(into, values)
    except OperationalError:
        raise  # the database's own trouble
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        raise StateError(
            f"A row of {into.table.name} cannot be kept in the new database ({type(error.orig).__name__}). Nothing was "
            "switched: the node may go on where it was."
        ) from error


async def _check(new: Store, mark: Arriving, tables: Tallies, advance: Advance) -> None:
    """Rule 3. Where something differs the mark stands for nothing any more, so that the next try begins anew."""
    async with new.claiming() as target:
        there = await _tallies(target, advance)
        differing = [name for name, tally in tables.items() if name != about.name and there[name] != tally]
        if differing:
            await marks.say_arriving(target, Arriving(mark.node, ""))
    if differing:
        raise _difference(differing)


def _difference(names: list[str]) -> StateError:
    return StateError(
        f"What is in the new database is not what was brought there ({', '.join(names)}). Nothing was switched: the "
        "node may go on where it was. Look who else writes to the new one. The next try begins anew."
    )
