"""How commands reach a running node: a socket in its data folder, one JSON object a line each way.

    -> {"verb": "close", "arguments": {"id": "01J9…"}}
    <- {"ok": {"post": {…}}}   or   {"error": {"class": "NotFound", "text": "…", "shown": "…", "field": ""}}

Rule 1: only the folder's owner and root may speak, asked of the kernel (unix(7), SO_PEERCRED) beside the file's 0600.
Rule 2: an error arrives as the class that it left as. What nobody foresaw leaves as `Unavailable`, without its text.
Rule 3: a line is bounded. A verb that was begun is finished even if whoever asked has gone.
"""

import asyncio
import json
import os
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias

from node.folder import DataFolder, HeldFolder, bind_socket
from node.log import get_log
from schema import errors
from schema.errors import DomainError, Forbidden, InputError, QafilaError, StateError, Unavailable

MAX_REQUEST = 16 * 1024 * 1024  # bytes: an import of 20,000 rows
MAX_ANSWER = 64 * 1024 * 1024
TOO_MUCH = "That is too much for a running node to hand over. Stop it, do this again, and start it after that."
Dispatch: TypeAlias = Callable[[str, dict[str, Any]], Awaitable[Any]]
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid
_CLASSES = {
    name: found for name, found in vars(errors).items() if isinstance(found, type) and issubclass(found, QafilaError)
}
log = get_log(__name__)


class NotRunning(Unavailable):
    """No node is running on this folder."""


def dump_error(error: QafilaError) -> dict[str, str]:
    """An error as it travels, as the nearest class of the common tree."""
    name = next(ancestor.__name__ for ancestor in type(error).__mro__ if ancestor.__name__ in _CLASSES)
    return {"class": name, "text": str(error), "shown": error.shown, "field": getattr(error, "field", "")}


def load_error(values: Mapping[str, str]) -> QafilaError:
    """The reverse of `dump_error`."""
    kind = _CLASSES.get(values["class"], Unavailable)
    if issubclass(kind, DomainError):
        return kind(values["text"], field=values["field"], shown=values["shown"])
    return kind(values["text"], shown=values["shown"])


def _line(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def _read(line: bytes) -> tuple[str, dict[str, Any]]:
    try:
        match json.loads(line):
            case {"verb": str(verb), "arguments": dict(arguments)}:
                return verb, arguments
    except (ValueError, RecursionError):
        pass
    raise InputError("A request is one JSON object with a verb and its arguments.")


async def _answer(line: bytes, dispatch: Dispatch) -> bytes:
    try:
        verb, arguments = _read(line)
        return _line({"ok": await dispatch(verb, arguments)})
    except QafilaError as error:
        return _line({"error": dump_error(error)})
    except Exception as error:  # noqa: BLE001 (whatever a verb stumbles over, the node goes on)
        log.crash("a command failed", error)
        return _line({"error": dump_error(Unavailable(f"The node stumbled ({type(error).__name__}). See its log."))})


class _Door:
    """The conversations of one listening socket."""

    def __init__(self, dispatch: Dispatch, allowed: Collection[int]) -> None:
        self.dispatch = dispatch
        self.allowed = allowed
        self.open: set[asyncio.Task[None]] = set()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer line by line until the other side is gone."""
        task = asyncio.current_task()
        if task is not None:
            self.open.add(task)
            task.add_done_callback(self.open.discard)
        try:
            with suppress(ConnectionError, asyncio.CancelledError):  # it left before its answer, or we do
                await self._talk(reader, writer)
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        if _CREDENTIALS.unpack(credentials)[1] not in self.allowed:
            writer.write(_line({"error": dump_error(Forbidden("The node belongs to another account."))}))
            await writer.drain()
            return
        while True:
            try:
                line = await reader.readline()
            except ValueError:  # what StreamReader raises over its limit
                writer.write(_line({"error": dump_error(InputError("That is too much at once: send it in parts."))}))
                await writer.drain()
                return
            if not line:
                return
            answer = await _answer(line, self.dispatch)
            writer.write(answer if len(answer) <= MAX_ANSWER else _line({"error": dump_error(StateError(TOO_MUCH))}))
            await writer.drain()


@asynccontextmanager
async def serve(held: HeldFolder, dispatch: Dispatch, allowed: Collection[int] | None = None) -> AsyncIterator[None]:
    """Take verbs on the folder's socket for the length of the block. `allowed` are user ids: ours and root's.

    Where another process takes them already, this one does not.
    """
    with held.folder.socket_lock() as ours:
        if not ours:
            yield
            return
        door = _Door(dispatch, {0, os.geteuid()} if allowed is None else allowed)
        server = await asyncio.start_unix_server(door.talk, sock=bind_socket(held), limit=MAX_REQUEST)
        try:
            yield
        finally:
            server.close()
            for task in door.open:
                task.cancel()
            await asyncio.gather(*door.open, return_exceptions=True)
            with held.folder.socket_address() as address, suppress(FileNotFoundError):
                os.unlink(address)  # noqa: PTH108 (an address of a socket, not a path to work with)


async def call(folder: DataFolder, verb: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What the running node answers to `verb`; its errors as they are, `NotRunning` where nothing listens."""
    line = _line({"verb": verb, "arguments": arguments})
    if len(line) > MAX_REQUEST:
        raise InputError("That is too much at once: send it in parts.")
    try:
        with folder.socket_address() as address:
            reader, writer = await asyncio.open_unix_connection(address, limit=MAX_ANSWER)
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        raise NotRunning("No node is running on this folder.", shown="The node is not running.") from None
    except OSError as error:
        raise Unavailable(f"The node's socket {folder.socket} cannot be used: {error.strerror}.") from None
    try:
        writer.write(line)
        await writer.drain()
        answer = await reader.readline()
    except (ConnectionError, ValueError):
        answer = b""
    finally:
        writer.close()
    if not answer.endswith(b"\n"):  # nothing, or a part of it
        raise Unavailable("The node stopped before it answered. Look whether it was done before you try again.")
    reply = json.loads(answer)
    if "error" in reply:
        raise load_error(reply["error"])
    result: dict[str, Any] = reply["ok"]
    return result
