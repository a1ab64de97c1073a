"""Respelling in a process of its own: it costs the node's loop nothing, and nobody can hold it up."""

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from federation import respelling
from federation.respelling import MOST_OF_ONE, MOST_WAITING, Respeller
from schema.errors import Malformed, QafilaError, TooLarge, TooMany, Unavailable
from tests.activitypub.foreign import OWNER, VALUEFLOWS
from tests.rig.waiting import until

SAYS_READY = (
    f"import sys,time; sys.stdout.buffer.write({len(respelling.READY).to_bytes(4, 'big') + respelling.READY!r});"
)
SILENT = (sys.executable, "-c", f"{SAYS_READY} sys.stdout.flush(); time.sleep(600)")
DYING = (sys.executable, "-c", f"{SAYS_READY} sys.stdout.flush(); sys.stdin.buffer.read(9)")
BROKEN = (sys.executable, "-c", "raise SystemExit(1)")


async def ask(respeller: Respeller, document: dict[str, Any] = VALUEFLOWS, sender: str = OWNER) -> dict[str, Any]:
    return await respeller.respell({}, document, sender)


def lives(process: int) -> bool:
    """Whether a process of ours is there and was not ended."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def test_in_bare_terms() -> None:
    """An object comes back in bare terms, again and again from one child, which ends with the node."""
    async with Respeller() as respeller:
        assert respeller.child is None
        for _ in range(3):
            found = await ask(respeller)
            assert (found["purpose"], found["id"], found["content"]) == (
                "request",
                VALUEFLOWS["id"],
                VALUEFLOWS["content"],
            )
            assert found["publishes"]["resourceQuantity"] == {"hasUnit": "kilogram", "hasNumericalValue": "12.5"}
        child = respeller.child
        assert child is not None
    assert not lives(child)


async def test_what_has_no_meaning() -> None:
    """What JSON-LD has no meaning for is refused, and what comes after it is read."""
    async with Respeller() as respeller:
        with pytest.raises(Malformed):
            await ask(respeller, {**VALUEFLOWS, "@context": {"p": "q:x", "q": "p:x"}, "p": 1})
        assert (await ask(respeller))["purpose"] == "request"


async def test_the_loop_goes_on() -> None:
    """While an object takes its time, the node's loop turns as ever."""
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.01)
            turns += 1

    turning = asyncio.create_task(turn())
    async with Respeller(seconds=0.3, command=SILENT) as respeller:
        with pytest.raises(TooLarge):
            await ask(respeller)
    turning.cancel()
    assert turns >= 10


@pytest.mark.parametrize(
    ("command", "error"),
    [(SILENT, TooLarge), (DYING, TooLarge), (BROKEN, Unavailable), (["/nowhere/python"], Unavailable)],
    ids=["silent", "dies", "broken", "not there"],
)
async def test_a_child_that_fails(command: Sequence[str], error: type[QafilaError]) -> None:
    """A child that takes too long is ended, and one that dies is missed at once; the next object gets a new one."""
    async with Respeller(seconds=0.3, command=command) as respeller:
        for _ in range(2):
            with pytest.raises(error):
                await ask(respeller)
            assert respeller.child is None


async def test_few_wait() -> None:
    """Of one sender a few wait and of all some more; further ones are told to come later, and all places come free."""
    async with Respeller(seconds=0.2, command=SILENT) as respeller:

        def asked(number: int, sender: str) -> list["asyncio.Task[dict[str, Any]]"]:
            return [asyncio.create_task(ask(respeller, sender=sender)) for _ in range(number)]

        first = asked(MOST_OF_ONE + 1, OWNER)
        others = [task for number in range(MOST_WAITING) for task in asked(1, f"{OWNER}{number}")]
        await asyncio.sleep(0.05)
        refused = [task for task in (*first, *others) if task.done() and isinstance(task.exception(), TooMany)]
        assert first[-1] in refused
        assert len(refused) == 1 + MOST_OF_ONE
        for task in (*first, *others):
            task.cancel()
        await asyncio.gather(*first, *others, return_exceptions=True)
        with pytest.raises(TooLarge):
            await ask(respeller)


async def test_who_goes_away_leaves_no_answer() -> None:
    """Whoever stops waiting does not leave its answer to the next."""
    async with Respeller() as respeller:
        await ask(respeller)
        for _ in range(3):
            leaving = asyncio.create_task(ask(respeller, {**VALUEFLOWS, "vf:purpose": "offer"}))
            await asyncio.sleep(0.001)
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)
            assert (await ask(respeller))["purpose"] == "request"


async def test_nothing_to_do() -> None:
    """A child that had nothing to do for a while ends by itself, and the next object starts another."""
    async with Respeller(idle=0.05) as respeller:
        await ask(respeller)
        child = respeller.child
        assert child is not None
        await until(lambda: respeller.child is None)
        await ask(respeller)
        assert respeller.child not in {None, child}
