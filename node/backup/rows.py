"""A database as lines of JSON, the same from SQLite and from PostgreSQL.

    {"table": "imports", "columns": {"key": "text", "at": "integer"}}
    ["3fe1…", 1795510800000]
    {"rows": 1, "sha256": "…"}

Rule 1: values travel as they lie in the database: text, whole numbers, true or false, bytes in base64, null.
Rule 2: the columns stand in the lines, so what an older version wrote is read without knowing its tables.
Rule 3: each table ends with how many rows it had and the SHA-256 of their lines; what does not fit is refused.
"""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    LargeBinary,
    TableClause,
    Text,
    collate,
    column,
    func,
    insert,
    inspect,
    select,
    table,
)
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from node.store.tables import Moment, metadata
from schema.errors import InputError

BATCH: Final = 500
PLAIN: Final[Mapping[str, TypeEngine[Any]]] = {
    "text": Text(),
    "integer": BigInteger(),
    "boolean": Boolean(),
    "bytes": LargeBinary(),
}
WRITTEN_AS: Final[Mapping[str, type[Any]]] = {"text": str, "integer": int, "boolean": bool, "bytes": str}
DAMAGED: Final = "This backup is damaged. Nothing was restored from it."


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows a table has, and the SHA-256 of their lines."""

    rows: int
    sha256: str


def _kind(one: Column[Any]) -> str:
    match one.type:
        case LargeBinary():
            return "bytes"
        case Boolean():
            return "boolean"
        case Integer() | Moment():
            return "integer"
        case _:
            return "text"


def _plain(name: str, kinds: Mapping[str, str]) -> TableClause:
    return table(name, *(column(one, PLAIN[kind]) for one, kind in kinds.items()))


async def count(connection: AsyncConnection) -> int:
    """How many rows there are in all tables."""
    total = 0
    for one in metadata.sorted_tables:
        total += (await connection.execute(select(func.count()).select_from(one))).scalar_one()
    return total


async def dump(connection: AsyncConnection) -> AsyncIterator[tuple[bytes, int]]:
    """Lines of every table, and how many rows are in them; the transaction of `connection` makes it one moment."""
    for one in metadata.sorted_tables:
        kinds = {str(each.name): _kind(each) for each in one.columns}
        source = _plain(one.name, kinds)
        yield _line({"table": str(one.name), "columns": kinds}), 0
        digest, total = sha256(), 0
        order = [_by_code_point(connection, source.c[key.name]) for key in one.primary_key]
        async with connection.stream(select(source).order_by(*order)) as result:
            async for rows in result.partitions(BATCH):
                lines = b"".join(_line([_written(value) for value in row]) for row in rows)
                digest.update(lines)
                total += len(rows)
                yield lines, len(rows)
        yield _line({"rows": total, "sha256": digest.hexdigest()}), 0


def _by_code_point(connection: AsyncConnection, key: Any) -> Any:
    """One order on every database, whatever language a server speaks."""
    return collate(key, "C") if isinstance(key.type, Text) and connection.dialect.name == "postgresql" else key


def _line(value: Any) -> bytes:
    return orjson.dumps(value) + b"\n"


def _written(value: Any) -> Any:
    return b64encode(value).decode() if isinstance(value, bytes) else value


async def load(connection: AsyncConnection, lines: Iterable[bytes]) -> AsyncIterator[Tally]:
    """Put the lines back into tables that are there and empty, one table after the other.

    Raises `InputError` where they are not what was dumped; the caller takes everything back then.
    """
    tables = iter(lines)
    seen: set[str] = set()
    for head in tables:
        name, kinds = await _begin(connection, head, seen)
        seen.add(name)
        yield await _fill(connection, _plain(name, kinds), kinds, tables)
    if connection.dialect.name == "postgresql":
        await _count_on(connection)


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
    digest, total, batch = sha256(), 0, list[dict[str, Any]]()
    for line in lines:
        said = _read_line(line)
        if isinstance(said, list) and len(said) == len(kinds):
            digest.update(line)
            total += 1
            batch.append({name: _read(value, kind) for (name, kind), value in zip(kinds.items(), said, strict=True)})
        if batch and (len(batch) == BATCH or not isinstance(said, list)):
            await _insert(connection, target, batch)
            batch = []
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


async def _count_on(connection: AsyncConnection) -> None:
    """Let PostgreSQL's counters go on after the highest number; SQLite does so by itself."""
    for one in metadata.sorted_tables:
        for key in (key for key in one.primary_key if key.autoincrement is True):
            counter = func.pg_get_serial_sequence(one.name, key.name)
            following = select(func.coalesce(func.max(key), 0) + 1).scalar_subquery()
            await connection.execute(select(func.setval(counter, following, False)))  # noqa: FBT003 (SQL's own form)
