import asyncio
import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop

from node.control import MAX_ANSWER, MAX_REQUEST, Dispatch, NotRunning, call, dump_error, load_error, serve
from node.folder import DataFolder
from schema import errors
from schema.errors import DomainError, Forbidden, InputError, NotFound, QafilaError, StateError, Unavailable
from tests.node.test_folder import made


async def echo(verb: str, arguments: dict[str, Any]) -> Any:
    return {"verb": verb, **arguments}


@asynccontextmanager
async def running(folder: DataFolder, dispatch: Dispatch = echo) -> AsyncIterator[None]:
    with folder.lock() as held:
        async with serve(held, dispatch):
            yield


async def say(folder: DataFolder, line: bytes) -> dict[str, Any]:
    """Send a line as it is, and read one."""
    reader, writer = await asyncio.open_unix_connection(str(folder.socket), limit=MAX_REQUEST)
    writer.write(line)
    answer = await reader.readline()
    writer.close()
    result: dict[str, Any] = json.loads(answer)
    return result


async def test_another_account_is_refused(tmp_path: Path) -> None:
    """The kernel says who speaks; whoever is not on the list learns nothing and nothing is done for them."""
    folder = made(tmp_path / "birch")
    with folder.lock() as held:
        async with serve(held, echo, allowed={1_234_567}):
            with pytest.raises(Forbidden):
                await call(folder, "status", {})


async def test_the_socket_is_its_owners_alone_and_goes_with_the_node(tmp_path: Path) -> None:
    """It has 0600 while the node runs, and is gone afterwards."""
    folder = made(tmp_path / "birch")
    async with running(folder):
        assert stat.S_IMODE(folder.socket.stat().st_mode) == 0o600
    assert not folder.socket.exists()


async def test_a_verb_and_its_result_travel_whole(tmp_path: Path) -> None:
    """Text of any script and line ends in it arrive as they were, several times over one node."""
    folder = made(tmp_path / "birch")
    async with running(folder):
        results = await asyncio.gather(*(call(folder, "say", {"text": "أرز\n20 kg", "n": n}) for n in range(20)))
    assert results == [{"verb": "say", "text": "أرز\n20 kg", "n": n} for n in range(20)]


async def test_a_folder_however_deep_can_be_reached(tmp_path: Path) -> None:
    """A path longer than a socket's address allows works the same."""
    folder = made(tmp_path.joinpath(*["a-folder-with-quite-a-long-name"] * 8))
    assert len(str(folder.socket)) > 200
    with pytest.raises(NotRunning):
        await call(folder, "status", {})
    async with running(folder):
        assert await call(folder, "status", {}) == {"verb": "status"}
    assert not folder.socket.exists()


async def test_where_no_node_runs_that_is_said(tmp_path: Path) -> None:
    """Without a socket, and with one that a killed node left behind; the next node takes its place."""
    folder = made(tmp_path / "birch")
    with pytest.raises(NotRunning):
        await call(folder, "status", {})
    with folder.lock() as held:
        left = serve(held, echo)
        await left.__aenter__()
        kept = folder.socket.rename(folder.path / "kept")
        await left.__aexit__(None, None, None)
    kept.rename(folder.socket)
    with pytest.raises(NotRunning):
        await call(folder, "status", {})
    async with running(folder):
        assert await call(folder, "status", {}) == {"verb": "status"}


@pytest.mark.parametrize("name", [name for name, found in vars(errors).items() if isinstance(found, type)])
def test_every_error_of_the_tree_arrives_as_itself(name: str) -> None:
    """Class, both texts and the field survive the way."""
    kind = getattr(errors, name)
    if not issubclass(kind, QafilaError):
        return
    left = kind("for the log", shown="for anyone")
    arrived = load_error(json.loads(json.dumps(dump_error(left))))
    assert (type(arrived), str(arrived), arrived.shown) == (kind, "for the log", "for anyone")


async def test_an_error_of_a_verb_is_raised_where_it_was_called(tmp_path: Path) -> None:
    """With its field; a class of our own arrives as the nearest one of the tree."""

    class OddQuantity(DomainError):
        pass

    async def refuse(verb: str, _arguments: dict[str, Any]) -> Any:
        if verb == "show":
            raise NotFound("There is no such post.")
        raise OddQuantity("Too much.", field="quantity")

    folder = made(tmp_path / "birch")
    async with running(folder, refuse):
        with pytest.raises(NotFound, match=r"^There is no such post\.$"):
            await call(folder, "show", {})
        with pytest.raises(DomainError) as caught:
            await call(folder, "publish", {})
    assert caught.value.field == "quantity"


async def test_what_nobody_foresaw_leaves_without_its_text_and_the_node_goes_on(tmp_path: Path) -> None:
    """A fault in one verb neither ends the node nor tells what was in hand."""

    async def stumble(verb: str, arguments: dict[str, Any]) -> Any:
        if verb == "stumble":
            raise KeyError(arguments["word"])
        return object() if verb == "odd" else {}

    folder = made(tmp_path / "birch")
    async with running(folder, stumble):
        with pytest.raises(Unavailable, match="KeyError") as caught:
            await call(folder, "stumble", {"word": "private"})
        assert "private" not in str(caught.value)
        with pytest.raises(Unavailable, match="TypeError"):
            await call(folder, "odd", {})
        assert await call(folder, "fine", {}) == {}


@pytest.mark.parametrize(
    "line",
    [b"\n", b"{\n", b"[]\n", b'{"verb": 1, "arguments": {}}\n', b'{"verb": "x"}\n', b"[" * 5000 + b"\n", b"\xff\n"],
)
async def test_a_line_that_is_no_request_is_refused(tmp_path: Path, line: bytes) -> None:
    """It is answered as a fault of whoever wrote it."""
    folder = made(tmp_path / "birch")
    async with running(folder):
        assert (await say(folder, line))["error"]["class"] == "InputError"


async def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    """Neither side takes more than its limit."""
    folder = made(tmp_path / "birch")
    async with running(folder):
        with pytest.raises(InputError, match="in parts"):
            await call(folder, "import_rows", {"rows": "x" * MAX_REQUEST})
        reader, writer = await asyncio.open_unix_connection(str(folder.socket))
        writer.write(b"x" * (MAX_REQUEST + 70_000))
        answer = json.loads(await reader.readline())
        writer.close()
    assert answer["error"]["class"] == "InputError"


async def test_a_large_import_fits(tmp_path: Path) -> None:
    """Several megabytes each way."""
    folder = made(tmp_path / "birch")
    async with running(folder):
        text = "x" * (MAX_REQUEST - 1000)
        assert (await call(folder, "say", {"text": text}))["text"] == text


async def test_an_answer_that_is_too_long_says_what_to_do(tmp_path: Path) -> None:
    """It is not cut off in the middle."""

    async def answer(_verb: str, _arguments: dict[str, Any]) -> Any:
        return {"text": "x" * MAX_ANSWER}

    folder = made(tmp_path / "birch")
    async with running(folder, answer):
        with pytest.raises(StateError, match="Stop it, do this again"):
            await call(folder, "export", {})


async def test_a_node_that_stops_ends_its_conversations(tmp_path: Path) -> None:
    """Whoever waits for an answer hears that there will be none."""
    begun = asyncio.Event()

    async def wait(_verb: str, _arguments: dict[str, Any]) -> Any:
        begun.set()
        await asyncio.sleep(3600)

    folder = made(tmp_path / "birch")
    async with running(folder, wait):
        waiting = asyncio.create_task(call(folder, "events", {}))
        await begun.wait()
    with pytest.raises(Unavailable, match="stopped before it answered"):
        await waiting


def test_it_works_the_same_on_uvloop(tmp_path: Path) -> None:
    """The node runs on uvloop where there is one; the account is asked for there too."""
    folder = made(tmp_path / "birch")

    async def talk() -> dict[str, Any]:
        async with running(folder):
            return await call(folder, "status", {"n": 1})

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(talk()) == {"verb": "status", "n": 1}
