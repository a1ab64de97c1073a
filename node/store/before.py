"""The database as it was before an upgrade, kept until somebody says that all is well, so that there is a way back.

Rule 1  PostgreSQL: the tables of before move into a schema of their own, untouched, and what is brought up to date is a
        copy of them. All of that is one transaction, and so is the way back.
Rule 2  SQLite: the files are copied. The copy has its name when it is whole, and is there until the way back is done.
Rule 3  What was said since is known elsewhere: after the way back the revisions of our posts go on from far beyond.
Rule 4  Newer code knows the tables of older code, and not the reverse: the version that brought the database up to date
        is the one that puts it back.
"""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, MetaData, delete, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateSchema, DropSchema

from node.newfile import sync
from node.store import proposals
from node.store.calls import check_stopped
from node.store.counters import count_on
from node.store.engine import Store, create_engine
from node.store.tables import metadata, node
from schema.errors import ConfigError

ASIDE: Final = "qafila_before"
ALEMBIC: Final = "alembic_version"
FOLDER: Final = "before-upgrade"
BESIDE: Final = ("", "-wal", "-shm", "-journal")  # how its files end (SQLite, "Temporary Files", 2)
WAIT: Final = "10s"  # for others who use the tables: then the upgrade fails, and nothing was changed


def set_aside(connection: Connection) -> MetaData:
    """Move our tables into the other schema, which is not there yet."""
    connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT}'"))
    try:
        connection.execute(CreateSchema(ASIDE))
    except ProgrammingError as error:
        where = connection.engine.url
        raise ConfigError(
            "The database's user may not make a schema, in which the tables of before are kept. As the administrator "
            f"of PostgreSQL: GRANT CREATE ON DATABASE {where.database} TO {where.username};"
        ) from error
    for name in _ours(connection):
        connection.execute(text(f"ALTER TABLE {name} SET SCHEMA {ASIDE}"))
    moved = MetaData()
    moved.reflect(connection, ASIDE)
    return moved


def copy_back(connection: Connection, moved: MetaData) -> None:
    """Fill tables of the same make with the rows of those that were moved."""
    connection.execute(delete(node))  # as it was made
    for one in moved.sorted_tables:
        if one.name != ALEMBIC:
            names = ", ".join(f'"{column.name}"' for column in one.columns)
            connection.execute(text(f"INSERT INTO {one.name} ({names}) SELECT {names} FROM {ASIDE}.{one.name}"))  # noqa: S608
    count_on(connection, {one.name for one in moved.sorted_tables})


def put_back(connection: Connection) -> bool:
    """Put the tables of before in the place of those of now; False where none were kept."""
    kept = _tables_kept(connection)
    if not kept:
        return False
    connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT}'"))
    connection.execute(text(f"DROP TABLE {', '.join(_ours(connection))}"))
    for name in kept:
        connection.execute(text(f"ALTER TABLE {ASIDE}.{name} SET SCHEMA {_here(connection)}"))
    connection.execute(DropSchema(ASIDE))
    return True


def forget(connection: Connection) -> bool:
    """Remove what was kept; False where nothing was."""
    if not _is_aside(connection):
        return False
    connection.execute(DropSchema(ASIDE, cascade=True))
    return True


def _is_aside(connection: Connection) -> bool:
    return ASIDE in inspect(connection).get_schema_names()


def _tables_kept(connection: Connection) -> list[str]:
    kept = inspect(connection).get_table_names(ASIDE)
    return kept if ALEMBIC in kept else []


def _ours(connection: Connection) -> list[str]:
    """Our tables in the schema where we live; others may live there too."""
    known = {*metadata.tables, ALEMBIC}
    return [name for name in inspect(connection).get_table_names() if name in known]


def _here(connection: Connection) -> str:
    here = str(connection.execute(text("SELECT current_schema()")).scalar_one())
    return connection.dialect.identifier_preparer.quote(here)


async def go_back(url: str, owner: str) -> bool:
    """Put the database of before in the place of the one at `url`, which nobody has open; False where none was kept.

    `owner` is our actor (rule 3). `ConfigError` where one was kept and processes of the node run on the other, on
    whatever machine.
    """
    embedded = _embedded(url)
    if embedded is not None and not put_back_files(embedded):
        return False
    store = Store(create_engine(url))
    try:
        async with store.transaction() as connection:
            if embedded is None and not await _put_back_alone(connection):
                return False
            await proposals.leap(connection, owner)
    finally:
        await store.close()
    if embedded is not None:
        forget_files(embedded)
    return True


async def let_go(url: str) -> bool:
    """Forget the database of before; False where none was kept."""
    return await _either(url, forget_files, lambda connection: connection.run_sync(forget))


async def is_kept(url: str) -> bool:
    """Whether the database of before is still there."""
    return await _either(
        url, lambda database: _kept(database).is_dir(), lambda connection: connection.run_sync(_is_aside)
    )


async def _put_back_alone(connection: AsyncConnection) -> bool:
    if await connection.run_sync(_tables_kept):
        await check_stopped(connection)
    return await connection.run_sync(put_back)


def _embedded(url: str) -> Path | None:
    made = make_url(url)
    return Path(str(made.database)) if made.get_backend_name() == "sqlite" else None


async def _either(
    url: str, embedded: Callable[[Path], bool], server: Callable[[AsyncConnection], Awaitable[bool]]
) -> bool:
    if (database := _embedded(url)) is not None:
        return embedded(database)
    store = Store(create_engine(url))
    try:
        async with store.transaction() as connection:
            return await server(connection)
    finally:
        await store.close()


def keep_files(database: Path) -> None:
    """Copy the files of an embedded database that nobody has open, of which no copy is kept yet."""
    kept, partial = _kept(database), database.with_name(f".{FOLDER}")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(mode=0o700)
        for file in _files(database):
            _copy(file, partial / file.name)
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    partial.replace(kept)
    sync(database.parent)


def put_back_files(database: Path) -> bool:
    """Put the files of before in the place of those of now, and keep them still; False where none were kept."""
    kept = _kept(database)
    if not kept.is_dir():
        return False
    for file in _files(database):
        file.unlink()
    for file in kept.iterdir():
        _copy(file, database.with_name(file.name))
    sync(database.parent)
    return True


def forget_files(database: Path) -> bool:
    """Remove what was kept; False where nothing was."""
    kept, going = _kept(database), database.with_name(f".{FOLDER}.going")
    if there := kept.is_dir():
        kept.replace(going)  # so that half of it is never taken for the whole
    shutil.rmtree(going, ignore_errors=True)
    return there


def _kept(database: Path) -> Path:
    return database.with_name(FOLDER)


def _files(database: Path) -> list[Path]:
    """The database, and what SQLite keeps beside it."""
    named = (database.with_name(f"{database.name}{end}") for end in BESIDE)
    return [file for file in named if file.exists()]


def _copy(file: Path, to: Path) -> None:
    shutil.copy2(file, to)
    sync(to)
