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
        """One line, as below."""
        del message  # it quotes the request
        if request.writer.output_size > 0:
            raise ConnectionError("an answer had begun, so no other can be given")
        if isinstance(exc, UnicodeEncodeError) and "Expect" in request.headers:
            return _refusal(HTTPStatus.EXPECTATION_FAILED)  # aiohttp would repeat what is expected, which is no text
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR and exc is not None:
            log.crash("an answer failed", exc)
        return _refusal(status)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """An `Expect` that nobody knows is refused before our application sees it, by repeating it: not so here."""
        if resp.status == HTTPStatus.EXPECTATION_FAILED:
            resp = _refusal(resp.status)
        return await super().finish_response(request, resp, start_time)


def _refusal(status: int) -> web.Response:
    """What kind of error it was, in one line; then the connection is closed."""
    answer = web.Response(status=status, text=f"{HTTPStatus(status).phrase}.\n", headers={"Server": "Qafila"})
    answer.force_close()
    return answer
