"""What comes in: a bare handler, and a node that proves, understands and keeps each activity."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from activitypub.activity import build_create
from activitypub.message import ACTIVITY_JSON
from activitypub.translate.proposal import build_note
from node.control import call
from node.folder import DataFolder
from node.house import open_house
from node.store import relations
from tests.bench.children import Served, answer_of, node, server
from tests.bench.figures import Figure
from tests.bench.load import write_requests
from tests.rig.nodes import free_port, make_folder, settings_of
from tests.rig.sender import Sender, collective, http, now

REQUESTS = 5_000
WARM_UP = 500
CONNECTIONS = 64


NOTE = "Long grain, dry and unopened. Come to the side door, there is a bell.\nWe can carry it to the bus stop."


async def pin(folder: DataFolder, allies: Sequence[Sender]) -> None:
    """Make them allies of the collective in a folder that no node holds."""
    with folder.lock():
        async with open_house(folder, settings_of(folder)) as house, house.relating() as connection:
            for ally in allies:
                document = orjson.dumps(ally.actor())
                await relations.pin(
                    connection, actor=ally.ids.actor, document=document, by="the bench", now=house.now()
                )


CHECKS = {
    1: "its HTTP signature",
    2: "that and the proof of the object",
    3: "that and the proof of the activity",
}


async def measure(scratch: Path) -> list[Figure]:
    """The ceiling, then the inbox: as many requests over as many connections, with one to three signatures each."""
    birch = collective("birch", 8402)
    ceiling = await _ceiling(scratch, _bodies(birch, 1), birch)
    figures = [ceiling]
    for checks in CHECKS:
        folder = scratch / str(checks)
        folder.mkdir()
        figures.append(await _inbox(folder, _bodies(birch, checks), birch, ceiling, checks))
    return figures


def _bodies(sender: Sender, checks: int) -> list[bytes]:
    """Posts that take this many signature checks."""
    notes = (build_note(sender.proposal(note=NOTE, language="en"), sender.ids) for _ in range(REQUESTS))
    return [orjson.dumps(_create(sender, sender.prove(note) if checks > 1 else note, checks)) for note in notes]


def _create(sender: Sender, note: dict[str, Any], checks: int) -> dict[str, Any]:
    create = build_create(sender.ids, secrets.token_hex(8), note, to=[sender.ids.allies], published=now())
    return sender.prove(create) if checks == len(CHECKS) else create


async def _ceiling(scratch: Path, bodies: Sequence[bytes], sender: Sender) -> Figure:
    port, file = free_port(), scratch / "bare"
    key, public = sender.keys.ed25519, sender.keys.ed25519_public.public_bytes_raw().hex()
    headers = [("Host", f"alder.localhost:{port}"), ("Content-Type", ACTIVITY_JSON)]
    target = "/actors/alder/inbox"
    write_requests(file, (http(target, [*headers, ("X-Signature", key.sign(body).hex())], body) for body in bodies))
    async with server(port, "tests.bench.bare", port, scratch / "bare.db", public) as served:
        return await _timed("ceiling: one signature, one insert", served, port, file)


async def _inbox(scratch: Path, bodies: Sequence[bytes], sender: Sender, ceiling: Figure, checks: int) -> Figure:
    file = scratch / "signed"
    folder = await make_folder(scratch / "alder", "alder", log_level="warning")
    await pin(folder, [sender])
    settings = settings_of(folder)
    write_requests(file, (sender.post(f"{settings.url}/actors/alder/inbox", body) for body in bodies))
    async with node(folder) as served:
        figure = await _timed(f"inbox: a post, {CHECKS[checks]}", served, settings.listen_address[1], file, ceiling)
        kept = (await call(folder, "status", {}))["proposals"]["others"]
    if kept != REQUESTS:
        raise SystemExit(f"{kept} of {REQUESTS} posts were kept")
    return figure


async def _timed(what: str, served: Served, port: int, file: Path, ceiling: Figure | None = None) -> Figure:
    """Send some requests to warm up and the rest against the clock. Each must be answered with 202."""
    await answer_of("tests.bench.load", port, file, CONNECTIONS, 0, WARM_UP)
    before = served.cpu_seconds
    answer = await answer_of("tests.bench.load", port, file, CONNECTIONS, WARM_UP, REQUESTS)
    count = REQUESTS - WARM_UP
    cpu_ms = (served.cpu_seconds - before) / count * 1000
    if answer["statuses"] != {"202": count}:
        raise SystemExit(f"{what}: answered with {answer['statuses']}")
    return Figure(
        what,
        count / answer["seconds"],
        "/s",
        cpu_ms,
        None if ceiling is None or ceiling.cpu_ms is None else cpu_ms / ceiling.cpu_ms,
        f"{CONNECTIONS} connections, p50 {answer['p50_ms']:.0f} ms, p99 {answer['p99_ms']:.0f} ms",
    )
