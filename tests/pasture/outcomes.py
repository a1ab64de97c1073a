"""What becomes of each example at a node, and the page that tells it."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import orjson

from activitypub.activity import read_activity
from activitypub.document import read_document
from activitypub.translate.dialects import read_proposal
from schema.errors import RemoteError
from tests.hostile.world import World
from tests.pasture.examples import Example
from tests.rig.sender import Sender, now

AT_ONCE: Final = 25
TAKEN: Final = "taken"
NOTED: Final = "noted"
_HEAD: Final = """\
# What other servers say, and what we make of it

The project [Fediverse Pasture](https://funfedi.dev/) collects examples of what servers send each other, to compare how
they understand it. Here each of its {count} examples was said to a node by an ally, as a real request.

Each was said twice: as it is, and as a proposal, which means with `purpose` and `publishes` of [FEP-0837] added.

- *noted*: understood, answered with 202, and no matter of ours. A plain post is none.
- *taken*: it is here now as an offer.
- *refused*: the answer, and why.

A collective that we follow, and that is no ally, is heard in the same way. From everyone else each is refused, and
nothing is kept. An unknown `@context` changes nothing: none is ever fetched.

This page is made by the tests. Write it anew with `make pasture`.

| examples | numbers | as it is | as a proposal |
| --- | --- | --- | --- |
"""
_FOOT: Final = """
[FEP-0837]: https://codeberg.org/fediverse/fep/src/branch/main/fep/0837/fep-0837.md
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one example: as it is, and as a proposal."""

    example: Example
    plain: str
    proposal: str


async def hear(world: World, sender: Sender, said: Iterable[Example]) -> list[Outcome]:
    """Say all of it, several at once; in the order of the examples."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(example: Example) -> Outcome:
        async with places:
            plain, proposal = [
                await _become(world, sender, example.create(sender, world.node.ids.actor, proposal=made))
                for made in (False, True)
            ]
            return Outcome(example, plain, proposal)

    return list(await asyncio.gather(*map(one, said)))


async def _become(world: World, sender: Sender, activity: dict[str, Any]) -> str:
    body = orjson.dumps(activity)
    status = await world.status(body, by=sender)
    if status == 202:
        address = activity["object"].get("id")
        return TAKEN if address and await world.proposal(address) else NOTED
    return f"refused, {status}: {_reason(body, sender, status)}"


def _reason(body: bytes, sender: Sender, status: int) -> str:
    """Why it is refused, which only the log of a node would say: asked of the readers themselves."""
    try:
        activity = read_activity(read_document(body), allow_http=True)
        read_proposal(activity.object or {}, owner=sender.ids.actor, received=now())
    except RemoteError as error:
        return str(error) if error.status == status else "for another reason than its shape"
    return "by who says it"


def page(outcomes: Sequence[Outcome]) -> str:
    """The table, one line for equal results in a category."""
    rows = []
    for category, those in groupby(outcomes, lambda outcome: outcome.example.category):
        results: dict[tuple[str, str], list[int]] = {}
        for outcome in those:
            results.setdefault((outcome.plain, outcome.proposal), []).append(outcome.example.number)
        rows += [f"| {category} | {_spans(numbers)} | {' | '.join(result)} |\n" for result, numbers in results.items()]
    return _HEAD.format(count=len(outcomes)) + "".join(rows) + _FOOT


def _spans(numbers: Sequence[int]) -> str:
    """`1-4, 7`: ascending numbers, those that follow each other taken together."""
    return ", ".join(_runs(numbers))


def _runs(numbers: Sequence[int]) -> Iterator[str]:
    for _, those in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in those]
        yield str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}"
