"""Looking after the node itself."""

import os
from pathlib import Path
from typing import Any

from node.house import House
from schema.errors import StateError


async def snapshot(house: House) -> dict[str, Any]:
    """Copy the embedded database, as it is at this moment, to a new file beside it; whoever asked removes it."""
    database = house.store.engine.url.database
    if house.store.engine.dialect.name != "sqlite" or database is None:
        raise StateError("Only the embedded database is copied this way.")
    there = Path(database)
    copy = there.with_name(f".{there.name}.{house.new_id()}")
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    await house.store.copy_to(copy)
    return {"path": str(copy)}
