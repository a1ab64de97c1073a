"""Real nodes for tests: each in a lab folder of its own, speaking HTTP over loopback."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp.abc import AbstractResolver

from activitypub.signatures.keys import SigningKeys
from federation.delivery import DeliveryWorker
from node import clock
from node.aid.allies import ally_add, ally_look
from node.app import started
from node.folder import DataFolder, Maker
from node.house import House, open_house
from node.settings import Settings, read_settings, toml_text
from node.store.migrations import upgrade_database

# In tests everyone comes from loopback, thousands in a moment. The limits are tried where a test sets them.
NO_LIMITS = {
    "stranger_messages_per_minute": 0,
    "ally_messages_per_minute": 0,
    "stranger_fetches_per_minute": 0,
}


def free_port() -> int:
    """A port of loopback that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def make_folder(
    path: Path, name: str, *, database: str = "sqlite", maker: Maker = "lab", **others: Any
) -> DataFolder:
    """A folder with keys, settings and an empty database, in the lab unless it is said to be made otherwise."""
    folder = DataFolder(path)
    port = others.pop("port", None) or free_port()
    values = {
        "name": name,
        "title": f"{name.title()} Collective",
        "url": f"http://{name}.localhost:{port}",
        "listen": f"127.0.0.1:{port}",
        "database": database,
        "delivery_delay_seconds": 0,
        **NO_LIMITS,
        **others,
    }
    with folder.making(maker):
        folder.write(folder.settings_file, toml_text(values).encode())
        folder.write_keys(SigningKeys.generate().dump())
        settings = read_settings(folder.settings_file, {}, {}, lab=maker == "lab")
        await upgrade_database(settings.database_url(folder.database))
    return folder


def settings_of(folder: DataFolder) -> Settings:
    """The settings of a folder that `make_folder` made."""
    return read_settings(folder.settings_file, {}, {}, lab=folder.is_lab)


@asynccontextmanager
async def running(
    folder: DataFolder, now: Callable[[], datetime] = clock.now, *, resolver: AbstractResolver | None = None
) -> AsyncIterator[tuple[House, DeliveryWorker]]:
    """A node that serves, in this process."""
    settings = settings_of(folder)
    with folder.lock(shared=settings.shared):
        async with open_house(folder, settings, now, resolver=resolver) as house, started(house) as worker:
            yield house, worker


@asynccontextmanager
async def collectives(path: Path, *names: str, **settings: Any) -> AsyncIterator[list[House]]:
    """Several running nodes, each an ally of each."""
    async with AsyncExitStack() as stack:
        houses = []
        for name in names:
            folder = await make_folder(path / name, name, **settings)
            house, _ = await stack.enter_async_context(running(folder))
            houses.append(house)
        for house in houses:
            for other in houses:
                if other is not house:
                    await befriend(house, other)
        yield houses


async def befriend(house: House, other: House) -> None:
    """A person at `house` compares the words of `other` and adds it."""
    seen = await ally_look(house, f"@{other.ids.acct}")
    await ally_add(house, seen["actor"], " ".join(other.own_words()), "a steward")


async def told(house: House, what: str, number: int = 1, seconds: float = 10) -> list[dict[str, Any]]:
    """The first `number` events of this kind; an AssertionError where they do not come in time."""
    found: list[dict[str, Any]] = []
    after = 0
    while len(found) < number:
        events, after_now = await house.events.after(after, seconds)
        assert after_now > after, f"{what}: {len(found)} of {number} came"
        after = after_now
        found += [event for event in events if event["what"] == what]
    return found
