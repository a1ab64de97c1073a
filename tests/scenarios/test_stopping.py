"""How a node ends that was told to: what is in front of it hears of that first."""

import time
from pathlib import Path
from signal import Signals

from tests.conftest import NewDatabase
from tests.rig.alone import offer
from tests.rig.http import ask
from tests.rig.nodes import free_port, make_folder, settings_of
from tests.rig.processes import NodeProcess, processes
from tests.rig.twins import twin_folders
from tests.rig.waiting import answered


async def test_it_says_so_and_goes_on_for_a_while(tmp_path: Path) -> None:
    """After SIGTERM `/health` says 503 at once, pages are served on until the time is over, and a second one ends it.

    Connections end with their answer then, so that the next request goes elsewhere.
    """
    folder = await make_folder(tmp_path / "alder", "alder", drain_seconds=20)
    url = settings_of(folder).url
    async with processes(folder) as [node]:
        await node.start()
        await node.ready()
        assert (await ask(f"{url}/health")).status == 200
        node.signal(Signals.SIGTERM)
        assert (await answered(lambda: ask(f"{url}/health"), lambda said: said.status != 200, 5)).status == 503
        page = await ask(f"{url}/", {"Connection": "keep-alive"})
        assert (page.status, page.headers["connection"]) == (200, "close")
        began = time.monotonic()
        assert await node.stop() == 0
        assert time.monotonic() - began < 10


async def test_without_a_time_it_ends_at_once(tmp_path: Path) -> None:
    """Where nobody asks `/health`, nothing is waited for."""
    folder = await make_folder(tmp_path / "alder", "alder")
    async with processes(folder) as [node]:
        await node.start()
        await node.ready()
        began = time.monotonic()
        assert await node.stop() == 0
        assert time.monotonic() - began < 5


async def test_two_share_a_folder(tmp_path: Path, postgres_url: NewDatabase) -> None:
    """The first of two processes on one folder takes verbs; when it is gone, each command opens the database itself.

    `qafila migrate` and the like, which need the folder for themselves, are refused while one of them runs.
    """
    [folder] = await twin_folders(tmp_path, await postgres_url(), 1)
    first, second = NodeProcess(folder), NodeProcess(folder, "run", "--listen", f"127.0.0.1:{free_port()}")
    status = NodeProcess(folder, "status", "--json")
    async with processes(first, second, status, NodeProcess(folder, "migrate")) as [*_, migrate]:
        await first.start()
        await first.ready()
        await second.start()
        await second.up()
        said = await answered(lambda: first.ask("status"), lambda said: said["processes"]["run"] == 2)
        assert said["processes"] == {"run": 2, "work": 0}
        await first.ask("publish", draft=offer("Rice"))
        assert await first.stop() == 0
        await status.start()
        assert await status.ended() == 0
        await migrate.start()
        assert await migrate.ended() == 1
        assert "Stop it first" in migrate.log.read_text()
        assert await second.stop() == 0


async def test_a_machine_with_older_keys_stops_by_itself(tmp_path: Path, postgres_url: NewDatabase) -> None:
    """When keys change on one machine, processes on another stop at once, and say which file to copy from where."""
    folders = await twin_folders(tmp_path, await postgres_url(), 2, drain_seconds=20)
    async with processes(folders[0], NodeProcess(folders[1], "work"), folders[1]) as (here, work, run):
        for node in (here, work, run):
            await node.start()
        for node in (here, work, run):
            await node.up()
        began = time.monotonic()
        await here.ask("keys_rotate", by="Amal")
        for node in (work, run):
            assert await node.ended() == 3
            assert f"{folders[1].keys_file} does not hold the keys" in node.log.read_text()
        assert time.monotonic() - began < 10
        folders[1].replace_keys(folders[0].read_keys())
        await run.start()
        await run.up()
        assert await run.stop() == 0
