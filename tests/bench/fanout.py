"""What goes out: posts to many hosts, with and without the durable queue."""

import asyncio
import time
from pathlib import Path

from node.control import call
from schema.plain import dump_draft
from tests.bench.children import answer_of, node, server
from tests.bench.figures import Figure
from tests.bench.inbox import NOTE, pin
from tests.rig.nodes import free_port, make_folder
from tests.rig.sender import collective, keys_of

HOSTS = 200
POSTS = 15
COUNT = HOSTS * POSTS
SETTLE_SECONDS = 0.5  # until what the last hosts answered is written down
SINK = "tests.bench.sink"


async def measure(scratch: Path) -> list[Figure]:
    """The ceiling, then a node. Each host is a name of its own under localhost."""
    ceiling = await _ceiling()
    return [ceiling, await _fan_out(scratch, ceiling)]


async def _ceiling() -> Figure:
    port = free_port()
    async with server(port, SINK, port, COUNT):
        took = await answer_of("tests.bench.sending", port, HOSTS, POSTS)
    return Figure("ceiling: signed with RSA and sent", COUNT / took["seconds"], "/s", took["cpu"] / COUNT * 1000)


async def _fan_out(scratch: Path, ceiling: Figure) -> Figure:
    port, keys = free_port(), keys_of("the hosts")
    folder = await make_folder(scratch / "alder", "alder", log_level="warning")
    await pin(folder, [collective(f"h{number}", port, keys) for number in range(HOSTS)])
    draft = dump_draft(collective("alder", port).proposal(note=NOTE, language="en").draft)
    async with server(port, SINK, port, COUNT) as sink, node(folder) as served:
        began, before = time.monotonic(), served.cpu_seconds
        for _ in range(POSTS):
            await call(folder, "publish", {"draft": draft})
        ended = float(await sink.process.stdout.readline()) if sink.process.stdout else 0.0
        await asyncio.sleep(SETTLE_SECONDS)
        cpu_ms = (served.cpu_seconds - before) / COUNT * 1000
        status = await call(folder, "status", {})
    if status["waiting"] or status["refused"]:
        raise SystemExit(f"{status['waiting']} deliveries still wait, {status['refused']} were refused")
    return Figure(
        "fan-out: sent through the durable queue",
        COUNT / (ended - began),
        "/s",
        cpu_ms,
        None if ceiling.cpu_ms is None else cpu_ms / ceiling.cpu_ms,
        f"{POSTS} posts to {HOSTS} hosts",
    )
