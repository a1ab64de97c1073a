"""A database as lines of JSON, the same from SQLite and from PostgreSQL.

    {"table": "imports", "columns": {"key": "text", "at": "integer"}}
    ["3fe1…", 1795510800000]
    {"rows": 1, "sha256": "…"}

Rule 1: the lines of rows are those of `node.store.rows`.
Rule 2: the columns stand in the lines, so what an older version wrote is read without knowing its tables.
Rule 3: each table ends with how many rows it had and the SHA-256 of their lines; what does not fit is refused.
"""

from base64 import b64decode
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any, Final

import orjson
from sqlalchemy import Connection, TableClause, insert, inspect
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from node.store.counters import count_on
from node.store.rows import BATCH, PLAIN, Tally, kinds_of, lines_of, plain, read, write_line
from node.store.tables import metadata
from schema.errors import InputError

HEAVY: Final = 8 * 1024 * 1024  # bytes of lines: that many are put down before the batch is full
WRITTEN_AS: Final[Mapping[str, type[Any]]] = {"text": str, "integer": int, "boolean": bool, "bytes": str}
DAMAGED: Final = "This backup is damaged. Nothing was restored from it."


async def dump(connection: AsyncConnection) -> AsyncIterator[tuple[bytes, int]]:
    """Lines of every table, and how many rows are in them; the transaction of `connection` makes it one moment."""
    for one in metadata.sorted_tables:
        yield write_line({"table": str(one.name), "columns": kinds_of(one)}), 0
        digest, total = sha256(), 0
        async for rows in read(connection, one):
            lines = lines_of(rows)
            digest.update(lines)
            total += len(rows)
            yield lines, len(rows)
        yield write_line(asdict(Tally(total, digest.hexdigest()))), 0


async def load(connection: AsyncConnection, lines: Iterable[bytes]) -> AsyncIterator[Tally]:
    """Put the lines back into tables that are there and empty, one table after the other.

    Raises `InputError` where they are not what was dumped; the caller takes everything back then.
    """
    tables = iter(lines)
    seen: set[str] = set()
    for head in tables:
        name, kinds = await _begin(connection, head, seen)
        seen.add(name)
        yield await _fill(connection, plain(name, kinds), kinds, tables)
    await connection.run_sync(count_on, seen)


async def _begin(connection: AsyncConnection, head: bytes, seen: set[str]) -> tuple[str, dict[str, str]]:
    match _read_line(head):
        case {"table": str(name), "columns": dict(kinds)} if name not in seen and set(kinds.values()) <= set(PLAIN):
            if await connection.run_sync(_columns, name) == set(kinds):
                return name, kinds
    raise InputError(DAMAGED)


def _columns(connection: Connection, name: str) -> set[str]:
    found = inspect(connection)
    return {one["name"] for one in found.get_columns(name)} if found.has_table(name) else set()


async def _fill(
    connection: AsyncConnection, target: TableClause, kinds: Mapping[str, str], lines: Iterable[bytes]
) -> Tally:
    digest, total, weight, batch = sha256(), 0, 0, list[dict[str, Any]]()
    for line in lines:
        said = _read_line(line)
        if isinstance(said, list) and len(said) == len(kinds):
            digest.update(line)
            total += 1
            weight += len(line)
            batch.append({name: _read(value, kind) for (name, kind), value in zip(kinds.items(), said, strict=True)})
        if batch and (len(batch) == BATCH or weight > HEAVY or not isinstance(said, list)):
            await _insert(connection, target, batch)
            batch, weight = [], 0
        if not isinstance(said, list):
            if said != {"rows": total, "sha256": digest.hexdigest()}:
                break
            return Tally(total, digest.hexdigest())
    raise InputError(DAMAGED)


def _read_line(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        raise InputError(DAMAGED) from None


def _read(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if type(value) is not WRITTEN_AS[kind]:
        raise InputError(DAMAGED)
    try:
        meant: Any = b64decode(value, validate=True) if kind == "bytes" else value
    except ValueError:
        raise InputError(DAMAGED) from None
    return meant


async def _insert(connection: AsyncConnection, target: TableClause, batch: list[dict[str, Any]]) -> None:
    try:
        await connection.execute(insert(target), batch)
    except OperationalError:
        raise  # the database's own trouble
    except StatementError as error:
        raise InputError(DAMAGED) from error
