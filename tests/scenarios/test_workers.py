"""Several `qafila work` at one queue: each delivery goes out once and in order, however one of them ends."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from federation.delivery import BATCH
from federation.outbox import Outgoing, Recipient
from node.folder import DataFolder
from node.store import outbox
from tests.conftest import NewDatabase
from tests.rig.listener import Listener, listening
from tests.rig.nodes import make_folder
from tests.rig.processes import NodeProcess, processes
from tests.rig.twins import ask_database, opened, twin_folders
from tests.rig.waiting import answered, until

PEERS = 24
EACH = 45  # more than two turns
LEASE_SECONDS = 15
UNDONE = "SELECT count(*) FROM deliveries WHERE state <> 'delivered'"
TRIED = "SELECT count(*), max(attempts) FROM deliveries"


@asynccontextmanager
async def peers(number: int) -> AsyncIterator[list[Listener]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(listening(f"peer{n}")) for n in range(number)]


async def fill(folder: DataFolder, listeners: Sequence[Listener]) -> list[str]:
    """Queue the same for everyone; the bodies in their order."""
    bodies = [f"{number:03}" for number in range(EACH)]
    to = [Recipient(one.peer, f"{one.peer}/inbox") for one in listeners]
    async with opened(folder) as [house], house.store.transaction() as connection:
        for body in bodies:
            address = house.ids.activity(body)
            outgoing = Outgoing(address, "Create", address, "public", body.encode())
            await outbox.enqueue(connection, outgoing, to, now=house.now(), not_before=house.now())
    return bodies


async def delivered(folder: DataFolder, seconds: float) -> None:
    """Wait until nothing waits any more."""
    assert await answered(lambda: ask_database(folder, UNDONE), lambda said: said == [(0,)], seconds) == [(0,)]


async def test_each_delivery_goes_out_once(tmp_path: Path, postgres_url: NewDatabase) -> None:
    """Three workers share what waits for many peers: each peer gets each thing once, in order, one at a time."""
    folders = await twin_folders(tmp_path, await postgres_url(), 3)
    async with peers(PEERS) as listeners, processes(*(NodeProcess(one, "work") for one in folders)) as workers:
        for worker in workers:
            await worker.start()
        for worker in workers:
            await worker.up()
        bodies = await fill(folders[0], listeners)
        await delivered(folders[0], 30)
        for one in listeners:
            assert (one.got, one.most_at_once) == (bodies, 1)
        assert await ask_database(folders[0], TRIED) == [(PEERS * EACH, 1)]
        for worker in workers:
            assert await worker.stop() == 0


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hung"])
async def test_what_a_worker_had_goes_out_all_the_same(
    tmp_path: Path, postgres_url: NewDatabase, end: signal.Signals
) -> None:
    """Killed or hung in the middle, a worker loses nothing: its peers get all of it in order, at most one batch twice.

    They need not wait for longer than its turns last. One that hung, and goes on, ends what it had begun to
    send, and sends nothing more of those.
    """
    folders = await twin_folders(tmp_path, await postgres_url(), 2)
    async with peers(PEERS) as listeners, processes(*(NodeProcess(one, "work") for one in folders)) as (killed, left):
        for worker in (killed, left):
            await worker.start()
            await worker.up()
        bodies = await fill(folders[0], listeners)
        await until(lambda: sum(len(one.got) for one in listeners) > PEERS * EACH // 4, 20)
        killed.signal(end)
        await delivered(folders[0], LEASE_SECONDS + 15)
        got = [len(one.got) for one in listeners]
        killed.signal(signal.SIGCONT)
        await asyncio.sleep(1)
        assert all(len(one.got) <= before + 1 for one, before in zip(listeners, got, strict=True))
        for one in listeners:
            assert list(dict.fromkeys(one.got)) == bodies
            again = [body for body, times in Counter(one.got).items() if times > 1]
            assert len(again) <= BATCH
            assert max(Counter(one.got).values()) <= 2
        assert await left.stop() == 0


async def test_a_worker_needs_a_database_of_several(tmp_path: Path) -> None:
    """With SQLite `qafila work` is refused, and says why and what to do."""
    folder = await make_folder(tmp_path / "alder", "alder")
    async with processes(NodeProcess(folder, "work")) as [worker]:
        await worker.start()
        assert await worker.ended() == 3
        assert "`qafila run` delivers as well" in worker.log.read_text()
