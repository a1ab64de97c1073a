"""One connection to the HTTP server: what it is answered where no request could be read from it, and how it ends.

Rule 1  The answer is made of our own words alone: no byte of what came is repeated, and no version is told.
Rule 2  Nothing of it is logged: what is no HTTP may be anything, and who sent it is nobody's business.
Rule 3  An answer that was given before the whole request was there is the last one: where the next request would begin
        is a guess (request smuggling). The same after CONNECT, and with HTTP/1.0.
Rule 4  The answer must be taken: who does not read it in time is cut off, and who still talks is heard for a moment
        only, so that the answer is not lost in a reset.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from aiohttp import StreamReader, web
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong
from aiohttp.http_writer import HttpVersion11

from node.log import get_log
from node.room import Room, address_of
from node.visitor import Network

LONGEST_LINE: Final = 8_190  # bytes of the request line
LONGEST_FIELD: Final = 8_192  # bytes of each header; another number, so that an error tells which of the two it was
MOST_UNHEARD: Final = 64 * 1024  # bytes that are still taken after the answer
PARTING_SECONDS: Final = 1.0
LIMITS: Final[Mapping[str, Any]] = {
    "access_log": None,
    "auto_decompress": False,
    "max_line_size": LONGEST_LINE,
    "max_field_size": LONGEST_FIELD,
    "read_bufsize": MOST_UNHEARD // 2,
    "lingering_time": 0,  # rule 4 is ours
}
FULL: Final = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
log = get_log(__name__)


class Connection(web.RequestHandler):
    """What aiohttp makes of a connection, with the rules above."""

    def __init__(
        self,
        manager: web.Server,
        room: Room,
        *,
        answer_seconds: float,
        trusted: Sequence[Network] = (),
        **limits: Any,
    ) -> None:
        """`answer_seconds` is how long an answer may take to be read; `limits` are aiohttp's own.

        `trusted` is who is believed at this door about who asks (`node.visitor`).
        """
        super().__init__(manager, **LIMITS, **limits)
        self.trusted = trusted
        self._room = room
        self._answer_seconds = answer_seconds
        self._gone = asyncio.Event()

    @property
    def is_waited_for(self) -> bool:
        """Whether it is this connection's turn: to send a request, or the rest of one, or to take the answer."""
        request = self._current_request
        return self.writing_paused or (not self._messages if request is None else not request.content.is_eof())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Come in, where there is room."""
        super().connection_made(transport)
        if self.transport is not None:
            self.transport.set_write_buffer_limits(0)  # so that an answer counts as taken when none of it waits here
            if not self._room.enter(self, address_of(transport.get_extra_info("peername"))):
                self.transport.write(FULL)
                self.force_close()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Leave."""
        self._room.leave(self)
        self._gone.set()
        super().connection_lost(exc)

    def cut(self) -> None:
        """End it at once, whatever is still to be said."""
        if self.transport is not None:
            self.transport.abort()
        self.force_close()

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
        return _refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if _too_much_header(exc) else status)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Give the answer (rules 3 and 4)."""
        if resp.status == HTTPStatus.EXPECTATION_FAILED:
            resp = _refusal(resp.status)  # aiohttp's own repeats what was expected
        content = request.content
        unheard = request.method == "UNKNOWN" or not content.is_eof() or content.exception() is not None
        if unheard or request.method == "CONNECT" or request.version < HttpVersion11:
            resp.force_close()
        try:
            async with asyncio.timeout(self._answer_seconds):
                answered = await super().finish_response(request, resp, start_time)
        except TimeoutError:
            self.cut()
            return resp, True
        if unheard:
            await self._part(content)
        return answered

    async def _part(self, content: StreamReader) -> None:
        """Say that no more will come from us, and give the other side a moment to hear it."""
        if self.transport is None:
            return
        spare = MOST_UNHEARD
        with suppress(TimeoutError, OSError, web.RequestPayloadError):
            self.transport.write_eof()
            async with asyncio.timeout(PARTING_SECONDS):
                while spare > 0 and not content.at_eof():
                    spare -= len(await content.readany())
                await self._gone.wait()


def _too_much_header(error: BaseException | None) -> bool:
    """Whether aiohttp's parser gave up on a header that is too long, or on too many."""
    if isinstance(error, LineTooLong):
        return bool(error.args[1] == LONGEST_FIELD)
    return isinstance(error, BadHttpMessage) and error.message.startswith("Too many headers")


def _refusal(status: int) -> web.Response:
    """What kind of error it was, in one line; then the connection is closed."""
    answer = web.Response(status=status, text=f"{HTTPStatus(status).phrase}.\n", headers={"Server": "Qafila"})
    answer.force_close()
    return answer
