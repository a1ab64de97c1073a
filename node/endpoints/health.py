"""Whether the node works, for the web server in front of it and for programs that watch: a yes, or 503."""

from aiohttp import web
from sqlalchemy import text

from node.endpoints.wire import HOUSE


async def health(request: web.Request) -> web.Response:
    """The database answers. Nothing else is said, for anyone may ask."""
    async with request.app[HOUSE].store.transaction() as connection:
        await connection.execute(text("SELECT 1"))
    return web.Response(text="ok\n")
