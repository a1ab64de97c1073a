"""The way of a command to its node: over the socket where one runs, else in a house that is opened for a moment.

There is one owner of SQLite at any time; whoever holds the folder's lock is it. PostgreSQL can be opened beside a node,
which hears of what was done (`node.together`).
"""

import asyncio
import importlib
from collections.abc import Mapping
from typing import Any

from node.control import NotRunning, call
from node.folder import Busy, DataFolder
from node.settings import Settings
from schema.errors import InputError, Unavailable

TRIES = 50
PAUSE = 0.1  # seconds: another command, or a node that is just starting, soon lets go or listens


async def perform(
    folder: DataFolder, settings: Settings, verb: str, arguments: Mapping[str, Any], *, tries: int = TRIES
) -> dict[str, Any]:
    """The result of `verb`; errors are those of the verb, or `Unavailable` where the folder stays busy."""
    for _ in range(tries):
        try:
            return await call(folder, verb, arguments)
        except NotRunning:
            try:
                with folder.lock(shared=settings.shared):
                    return await _in_a_house_of_our_own(folder, settings, verb, arguments)
            except Busy:
                await asyncio.sleep(PAUSE)
    raise Unavailable(f"Another process is busy in {folder.path} and does not answer. Try again, or stop it.")


async def _in_a_house_of_our_own(
    folder: DataFolder, settings: Settings, verb: str, arguments: Mapping[str, Any]
) -> dict[str, Any]:
    house = importlib.import_module("node.house")  # most of the program: loaded only where no node runs
    verbs = importlib.import_module("node.aid.verbs")
    if verb not in verbs.VERBS:
        raise InputError(f"There is no verb called {verb!r:.60}.")
    async with house.open_house(folder, settings) as opened:
        result: dict[str, Any] = await verbs.VERBS[verb](opened, **arguments)
        return result
