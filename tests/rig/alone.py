"""One house without a server and without a network: its allies exist on paper alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from federation.delivery import DeliveryState
from node.aid import delivering
from node.house import House, open_house
from node.store import relations
from schema.category import Category
from schema.plain import dump_draft
from schema.proposal import Draft, Kind
from schema.visibility import Audience
from tests.rig.clock import Clock
from tests.rig.nodes import make_folder, settings_of
from tests.rig.paper import actor_bytes, address_of, ids_of


@asynccontextmanager
async def alone(path: Path, database: str = "sqlite", *allies: str, **settings: Any) -> AsyncIterator[House]:
    """An open house whose clock stands still, with allies on paper."""
    folder = await make_folder(path / "alder", "alder", database=database, **settings)
    async with open_house(folder, settings_of(folder)) as house:
        house.now = Clock()
        for name in allies:
            await befriend_on_paper(house, name)
        yield house


async def befriend_on_paper(house: House, name: str) -> None:
    """Pin a collective that has no node."""
    async with house.relating() as connection:
        await relations.pin(
            connection, actor=address_of(name), document=actor_bytes(name), by="a steward", now=house.now()
        )


def offer(title: str = "20 kg rice", audience: Audience = Audience.ALLIES, **more: Any) -> dict[str, Any]:
    """An offer as the use cases take it."""
    values = {"kind": Kind.OFFER, "category": Category.FOOD_DRY} | more
    return dump_draft(Draft(title=title, audience=audience, **values))


async def rows(house: House, table: Table) -> list[dict[str, Any]]:
    """Every row of a table."""
    async with house.store.transaction() as connection:
        found = await connection.execute(select(table))
        return [dict(row) for row in found.mappings()]


async def sent(house: House, state: str | None = DeliveryState.WAITING) -> list[tuple[str, str]]:
    """Type and receiving collective of each delivery in this state, oldest first."""
    lines = (await delivering.deliveries(house, state=state))["deliveries"]
    return [(line["activity"], name_of(line["peer"])) for line in reversed(lines)]


def name_of(peer: str) -> str:
    """The first label of the host: `birch`."""
    return peer.partition("//")[2].partition(".")[0]


def peer_of(name: str) -> str:
    return ids_of(name).base
