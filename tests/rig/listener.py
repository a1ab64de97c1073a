"""A small real server that takes what is delivered, and answers as it is told to."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(slots=True)
class Listener:
    """`answers` are given one after the other, then `otherwise` for ever; while `stalled` it does not answer at all."""

    peer: str = ""
    answers: list[int] = field(default_factory=list)
    otherwise: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    got: list[str] = field(default_factory=list)
    requests: list[Mapping[str, str]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    free: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        """Take one delivery."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self.got.append(await request.text())
            self.requests.append(request.headers)
            await self.free.wait()
            status = self.answers.pop(0) if self.answers else self.otherwise
            return web.Response(status=status, headers=self.headers)
        finally:
            self.at_once -= 1


@asynccontextmanager
async def listening(name: str, *answers: int, stalled: bool = False) -> AsyncIterator[Listener]:
    """A listener at `http://<name>.localhost:<port>`."""
    listener = Listener(answers=list(answers))
    if not stalled:
        listener.free.set()
    app = web.Application()
    app.router.add_post("/inbox", listener.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    listener.peer = f"http://{name}.localhost:{runner.addresses[0][1]}"
    try:
        yield listener
    finally:
        listener.free.set()
        await runner.cleanup()
