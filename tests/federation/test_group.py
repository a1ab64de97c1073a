import asyncio
from collections.abc import Sequence

import pytest

from federation.group import GroupCommit
from schema.errors import Conflict, Malformed, QafilaError, Unavailable


class Writer:
    """Writes numbers: refuses odd ones, and the whole group while `fault` is set; waits while `gate` is closed."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.fault: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, items: Sequence[int]) -> Sequence[int | QafilaError]:
        """One group."""
        await self.gate.wait()
        self.groups.append(list(items))
        if self.fault is not None:
            raise self.fault
        return [Conflict("odd") if item % 2 else item * 10 for item in items]


async def test_alone() -> None:
    """An item that comes alone is written at once."""
    writer = Writer()
    async with GroupCommit(writer) as groups:
        assert await groups.submit(2) == 20
    assert writer.groups == [[2]]


async def test_together() -> None:
    """What comes while a group is being written makes the next one; each gets its own answer."""
    writer = Writer()
    writer.gate.clear()
    async with GroupCommit(writer, largest=3) as groups:
        waiting = [asyncio.create_task(groups.submit(item)) for item in (2, 3, 4, 5, 6)]
        await asyncio.sleep(0)
        writer.gate.set()
        answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [answer if isinstance(answer, int) else type(answer) for answer in answers] == [
        20,
        Conflict,
        40,
        Conflict,
        60,
    ]
    assert writer.groups == [[2, 3, 4], [5, 6]]


@pytest.mark.parametrize(("fault", "told"), [(Malformed("x"), Malformed), (RuntimeError("x"), Unavailable)])
async def test_a_group_that_fails(fault: Exception, told: type[QafilaError]) -> None:
    """An error of the whole group reaches each of it, and the next group is written all the same."""
    writer = Writer()
    async with GroupCommit(writer) as groups:
        writer.fault = fault
        answers = await asyncio.gather(*map(groups.submit, (2, 4)), return_exceptions=True)
        assert {type(answer) for answer in answers} == {told}
        writer.fault = None
        assert await groups.submit(6) == 60


async def test_too_many() -> None:
    """With more waiting than it takes, a further item is turned away with `Unavailable`."""
    writer = Writer()
    writer.gate.clear()
    async with GroupCommit(writer, largest=1, waiting=2) as groups:
        waiting = [asyncio.create_task(groups.submit(2))]
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # the first one is being written now
        waiting += [asyncio.create_task(groups.submit(item)) for item in (4, 6)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await groups.submit(8)
        writer.gate.set()
        assert await asyncio.gather(*waiting) == [20, 40, 60]


async def test_leaving() -> None:
    """Leaving writes what has been gathered; whoever went away in the meantime disturbs nobody."""
    writer = Writer()
    writer.gate.clear()
    async with GroupCommit(writer) as groups:
        gone, stays = (asyncio.create_task(groups.submit(item)) for item in (2, 4))
        await asyncio.sleep(0)
        gone.cancel()
        asyncio.get_running_loop().call_soon(writer.gate.set)
    assert await stays == 40
