"""The counters of PostgreSQL, which know nothing of rows that came with their numbers. SQLite counts by itself."""

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from node.store.tables import metadata


def count_on(connection: Connection, names: Collection[str]) -> None:
    """Let the counters of these tables go on after the highest number."""
    if connection.dialect.name != "postgresql":
        return
    for one in (one for one in metadata.sorted_tables if one.name in names):
        for key in (key for key in one.primary_key if key.autoincrement is True):
            counter = func.pg_get_serial_sequence(one.name, key.name)
            following = select(func.coalesce(func.max(key), 0) + 1).scalar_subquery()
            connection.execute(select(func.setval(counter, following, False)))  # noqa: FBT003 (SQL's own form)
