"""A house to which activities come as if over the wire, in groups, and what became of them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

from activitypub.message import Request
from federation.verify import VerifiedActivity
from node.house import House, open_house
from node.inbound.apply import apply_group
from node.inbound.effect import Effect
from node.store import relations
from node.store.actors import StoredActors
from tests.rig.nodes import make_folder, settings_of
from tests.rig.sender import Sender, address_of, collective

BIRCH, CEDAR = collective("birch", 8402), collective("cedar", 8403)


@asynccontextmanager
async def receiving(path: Path, database: str, **settings: Any) -> AsyncIterator[House]:
    """A house with two allies, in which nothing runs."""
    folder = await make_folder(path / "alder", "alder", database=database, **settings)
    with folder.lock():
        async with open_house(folder, settings_of(folder)) as house:
            async with house.relating() as connection:
                for ally in (BIRCH, CEDAR):
                    document = orjson.dumps(ally.actor())
                    await relations.pin(
                        connection, actor=ally.ids.actor, document=document, by="a steward", now=house.now()
                    )
            yield house


async def introduce(house: House, *strangers: Sender, **changes: Any) -> None:
    """Let the house have fetched these actors a moment ago."""
    for one in strangers:
        await StoredActors(house.store).keep(one.ids.actor, orjson.dumps(one.actor(**changes)), house.now())


async def proven(house: House, *sent: tuple[Sender, dict[str, Any]]) -> list[VerifiedActivity]:
    """Activities that came together and wait to take effect."""
    inbox = f"{house.settings.url}/inbox"
    group = []
    for sender, activity in sent:
        body = orjson.dumps(activity)
        headers = tuple((name.lower(), value) for name, value in sender.headers(inbox, body))
        group.append(await house.verifier.activity(Request("POST", address_of(inbox)[1], headers, body)))
    return group


async def take_effect(house: House, group: Sequence[VerifiedActivity]) -> list[str]:
    """What became of each: what it did, or the name of the error."""
    results = await apply_group(house, group)
    return [result.did.value if isinstance(result, Effect) else type(result).__name__ for result in results]


async def arrive(house: House, *sent: tuple[Sender, dict[str, Any]]) -> list[str]:
    """The same of activities that come together."""
    return await take_effect(house, await proven(house, *sent))
