"""The ceiling of what comes in: aiohttp and uvloop, one Ed25519 signature, one insert, groups committed to SQLite.

`python -m tests.bench.bare PORT FILE KEY`: the key in hex, the signature of the body in hex in `X-Signature`.
"""

import asyncio
import sqlite3
import sys
from collections.abc import Sequence

import orjson
import uvloop
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from federation.group import GroupCommit
from node.store.engine import PRAGMAS


def _write(connection: sqlite3.Connection, group: Sequence[tuple[str, bytes]]) -> Sequence[None]:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO inbox VALUES (?, ?)", group)
    connection.execute("COMMIT")
    return [None] * len(group)


async def _serve(port: int, file: str, key: Ed25519PublicKey) -> None:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    connection.execute("CREATE TABLE inbox (id TEXT PRIMARY KEY, document BLOB NOT NULL)")

    async def write(group: Sequence[tuple[str, bytes]]) -> Sequence[None]:
        return await asyncio.to_thread(_write, connection, group)

    groups: GroupCommit[tuple[str, bytes], None] = GroupCommit(write)

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        key.verify(bytes.fromhex(request.headers["X-Signature"]), body)
        await groups.submit((orjson.loads(body)["id"], body))
        return web.Response(status=202)

    app = web.Application()
    app.router.add_post("/actors/{name}/inbox", receive)
    runner = web.AppRunner(app, access_log=None)
    async with groups:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()


def main() -> None:
    port, file, key = sys.argv[1:]
    uvloop.run(_serve(int(port), file, Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))))


if __name__ == "__main__":
    main()
