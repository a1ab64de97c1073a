"""Looking after the node itself."""

import os
from typing import Any

from node.house import House, words_of
from schema.errors import InputError, RemoteError, StateError


async def snapshot(house: House) -> dict[str, Any]:
    """Copy the embedded database, as it is at this moment, to a new file beside it; whoever asked removes it."""
    if house.store.engine.dialect.name != "sqlite":
        raise StateError("Only the embedded database is copied this way.")
    copy = house.folder.path / f"{house.folder.snapshot_prefix}{house.new_id()}"
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    await house.store.copy_to(copy)
    return {"path": str(copy)}


async def database_health(house: House) -> dict[str, Any]:
    """Look at every page of the database; `problems` are the database's own words, none where all is well."""
    async with house.store.transaction() as connection:
        if house.store.engine.dialect.name != "sqlite":
            product = (await connection.exec_driver_sql("SHOW server_version")).scalar_one()
            return {"product": f"PostgreSQL {product}", "journal": "its own journal", "problems": []}
        said = list((await connection.exec_driver_sql("PRAGMA integrity_check(10)")).scalars())
        broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).scalars().all()
        journal = (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar_one()
        product = (await connection.exec_driver_sql("SELECT sqlite_version()")).scalar_one()
    problems = [*(line for line in said if line != "ok"), *(f"{name} lacks a row" for name in broken)]
    one = "one connection, since this version can lose writes with several"
    return {"product": f"SQLite {product}", "journal": f"journal {journal}, {one}", "problems": problems}


async def own_address(house: House) -> dict[str, Any]:
    """Look ourselves up as a stranger would: name, certificate, web server, WebFinger, actor and key."""
    said = {"url": house.ids.home, "handle": f"@{house.ids.acct}", "reached": False, "reason": "", "text": ""}
    try:
        found = (await house.fetcher.find(house.ids.acct)).actor
    except (RemoteError, InputError) as error:
        return said | {"reason": getattr(error, "reason", "answer"), "text": str(error)}
    if words_of(found) != house.own_words():
        return said | {"reason": "stranger", "text": "another node answers, with other keys."}
    return said | {"reached": True}
