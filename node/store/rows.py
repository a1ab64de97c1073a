"""Whole tables, row by row: the same from SQLite and from PostgreSQL, for backups and for moves.

Rule 1: values are taken and given as they lie in the database: text, whole numbers, true or false, bytes, null.
Rule 2: rows have one order, that of their key by code point, whatever language a server speaks.
Rule 3: a row as a line is a JSON array, bytes in base64; a table is proven by how many lines and their SHA-256.
Rule 4: marks of a move (`node.store.marks`) belong to a database, so they are no rows of it here.
"""

from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    Row,
    Select,
    Table,
    TableClause,
    Text,
    collate,
    column,
    func,
    select,
    table,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from node.store.marks import MARKS
from node.store.tables import Moment, metadata, node

BATCH: Final = 100
"""How many rows are in memory at a time. Of the largest, a document, each may have some hundred KiB."""
PLAIN: Final[Mapping[str, TypeEngine[Any]]] = {
    "text": Text(),
    "integer": BigInteger(),
    "boolean": Boolean(),
    "bytes": LargeBinary(),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows a table has, and the SHA-256 of their lines."""

    rows: int
    sha256: str


def kinds_of(one: Table) -> dict[str, str]:
    """The columns of a table, each with its kind, a key of `PLAIN`."""
    return {str(each.name): _kind(each) for each in one.columns}


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


def plain(name: str, kinds: Mapping[str, str]) -> TableClause:
    """A table whose values are taken and given as they lie in the database (Rule 1)."""
    return table(name, *(column(one, PLAIN[kind]) for one, kind in kinds.items()))


def lines_of(rows: Iterable[Row[Any]]) -> bytes:
    """Rows as lines (Rule 3)."""
    return b"".join(write_line([_written(value) for value in row]) for row in rows)


def write_line(value: Any) -> bytes:
    """JSON on a line of its own."""
    return orjson.dumps(value) + b"\n"


def _written(value: Any) -> Any:
    return b64encode(value).decode() if isinstance(value, bytes) else value


async def count(connection: AsyncConnection) -> int:
    """How many rows there are in all tables."""
    total = 0
    for one in metadata.sorted_tables:
        wanted = _unmarked(one, select(func.count()).select_from(plain(one.name, {})))
        total += (await connection.execute(wanted)).scalar_one()
    return total


async def read(
    connection: AsyncConnection, one: Table, *, after: Row[Any] | None = None, batch: int = BATCH
) -> AsyncIterator[Sequence[Row[Any]]]:
    """The rows of a table in their order, so many at a time; `after` is the key of the last one not to be given."""
    source, order = _ordered(connection, one)
    wanted = _unmarked(one, select(source)).order_by(*order).execution_options(yield_per=batch)
    if after is not None:
        wanted = wanted.where(tuple_(*order) > tuple_(*after))
    async with connection.stream(wanted) as result:
        async for rows in result.partitions():
            yield rows


def _unmarked(one: Table, wanted: Select[Any]) -> Select[Any]:
    """Leave marks out (Rule 4)."""
    return wanted.where(column("key").not_in(MARKS)) if one is node else wanted


async def last_key(connection: AsyncConnection, one: Table) -> Row[Any] | None:
    """The key of the last row in that order; None where there is no row."""
    source, order = _ordered(connection, one)
    keys = [source.c[key.name] for key in one.primary_key]
    last = select(*keys).order_by(*(key.desc() for key in order)).limit(1)
    return (await connection.execute(last)).first()


def _ordered(connection: AsyncConnection, one: Table) -> tuple[TableClause, list[Any]]:
    """A table, and what puts it in its order (Rule 2)."""
    source = plain(one.name, kinds_of(one))
    by_name = connection.dialect.name == "postgresql"
    keys = [source.c[key.name] for key in one.primary_key]
    return source, [collate(key, "C") if by_name and isinstance(key.type, Text) else key for key in keys]


async def tally(connection: AsyncConnection, one: Table, advance: Callable[[int], None]) -> Tally:
    """Count and hash a table as it is here; `advance` hears of each piece's rows."""
    digest, total = sha256(), 0
    async for rows in read(connection, one):
        digest.update(lines_of(rows))
        total += len(rows)
        advance(len(rows))
    return Tally(total, digest.hexdigest())
