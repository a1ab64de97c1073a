"""Whether the node works, for the web server in front of it and for programs that watch: a yes, or 503."""

from aiohttp import web
from sqlalchemy import text

from node.endpoints.wire import HOUSE
from schema.errors import Unavailable


async def health(request: web.Request) -> web.Response:
    """The database answers, and we are not about to stop. Nothing else is said, for anyone may ask."""
    if request.app[HOUSE].leaving:
        raise Unavailable("the node is about to stop")
    async with request.app[HOUSE].store.reading() as connection:
        await connection.execute(text("SELECT 1"))
    return web.Response(text="ok\n")
