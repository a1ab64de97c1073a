"""One connection to the HTTP server: what is answered where no request could be read from it.

Rule 1  The answer is made of our own words alone: no byte of what came is repeated, and no version is told.
Rule 2  Nothing of it is logged: what is no HTTP may be anything, and who sent it is nobody's business.
"""

from http import HTTPStatus

from aiohttp import web

from node.log import get_log

log = get_log(__name__)


class Connection(web.RequestHandler):
    """What aiohttp makes of a connection, with the rules above."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """A line that says what kind of error it was; then the connection is closed."""
        del message  # it quotes the request
        if request.writer.output_size > 0:
            raise ConnectionError("an answer had begun, so no other can be given")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR and exc is not None:
            log.crash("an answer failed", exc)
        answer = web.Response(status=status, text=f"{HTTPStatus(status).phrase}.\n", headers={"Server": "Qafila"})
        answer.force_close()
        return answer
