"""The address of its own where metrics are asked for, beside the one that the world sees."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from node.aid import reading
from node.house import House
from node.watching.prometheus import CONTENT_TYPE, Prometheus


@asynccontextmanager
async def showing(house: House, meter: Prometheus, host: str, port: int) -> AsyncIterator[None]:
    """Answer `GET /metrics` there for the length of the block. `OSError` where that address cannot be had."""

    async def metrics(_: web.Request) -> web.Response:
        there = await reading.status(house)
        posts = there["proposals"]
        now = {
            "waiting": there["waiting"],
            "refused": there["refused"],
            "own_posts": posts["own"],
            "other_posts": posts["others"],
        }
        return web.Response(body=meter.text(now), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()
