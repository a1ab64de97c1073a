"""Random acts are said to a living node, and after each of them everything that must always hold is held."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import orjson
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import Row, delete, select

from activitypub.signatures.proof import read_proof, verify_proof
from node.aid import door, publishing, reading
from node.store.actors import StoredActors
from node.store.tables import metadata
from schema.errors import PeerUnreachable
from schema.visibility import Audience
from tests.fuzz.acts import Act, series
from tests.fuzz.requests import Raw, requests
from tests.hostile.world import World, living
from tests.rig.alone import offer
from tests.rig.dials import DIALS
from tests.rig.nodes import told
from tests.rig.sender import Sender

# What others may change by what they say, and the column that tells whose it is.
OWNERS: Final = {"proposals": "owner", "tombstones": "owner", "inbox": "actor", "follows": "actor", "actors": "id"}
OTHERS: Final = tuple(metadata.tables.keys() - OWNERS.keys())
OF_A_STRANGER: Final = frozenset({"follows", "inbox", "actors"})
KEPT: Final = frozenset({"tombstones", "inbox"})  # what never goes away
Thing = TypeVar("Thing")
Line = tuple[str, str | None, str]  # its table, whose it is, and all of it


@asynccontextmanager
async def weathered(path: Path, database: str) -> AsyncIterator["Weather"]:
    """A node with something of its own, whose stranger has been looked up before."""
    async with living(path, database) as world:
        world.peers.serve(world.ally.ids.shared_inbox, {}, status=202)
        await publishing.publish(world.node, offer(audience=Audience.CIRCLE))
        published = await publishing.publish(world.node, offer(audience=Audience.PUBLIC))
        await told(world.node, "delivered", number=2)
        stranger = orjson.dumps(world.stranger.actor())
        await StoredActors(world.node.store).keep(world.stranger.ids.actor, stranger, world.node.now())
        token = (await door.open_link(world.node))["url"].rpartition("/")[2]
        session = await door.sign_in(world.node, token)
        assert session is not None
        yield Weather(world, session, published["post"]["id"].rpartition("/")[2])


def throw(
    made: st.SearchStrategy[Thing],
    hold: Callable[[Thing], Coroutine[Any, Any, None]],
    runner: asyncio.Runner,
    *,
    examples: int,
    random_seed: int | None = None,
) -> None:
    """Let hypothesis make this many things and hold each; the same ones each time where there is no seed."""

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=random_seed is None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(made)
    def blow(thing: Thing) -> None:
        runner.run(hold(thing))

    (blow if random_seed is None else seed(random_seed)(blow))()


def storm(runner: asyncio.Runner, weather: "Weather", *, examples: int, random_seed: int | None = None) -> None:
    """Say this many series of acts, then half as many series of up to eight requests of any kind."""
    throw(series, weather.acts, runner, examples=examples, random_seed=random_seed)
    asked = st.lists(requests, min_size=1, max_size=8)
    throw(asked, weather.requests, runner, examples=examples // 2, random_seed=random_seed)


@dataclass(slots=True)
class Weather:
    """A world and what has been said to it.

    `session` is the cookie of an operator, `post` the local id of a public post of the node's own; `rest` are the rows
    that nothing said may change, `versions` what stands of the sender's proposals.
    """

    world: World
    session: str
    post: str
    rest: set[Line] = field(default_factory=set)
    versions: dict[str, "_Version"] = field(default_factory=dict)

    async def acts(self, said: list[Act]) -> None:
        """Several acts, each to the node as the ones before left it."""
        await self._begin()
        self.versions = {}
        rows, mark = await self._rows(OWNERS), DIALS.mark
        for number, act in enumerate(said):
            rows = await self._act(act, number, rows)
        rest = await self._rows(OTHERS)
        assert rest == (self.rest or rest), "it changed what nobody says anything about"
        self.rest = rest
        dialled = DIALS.since(mark, but=self.world.port)
        assert not [name for name in dialled if isinstance(name, str)], "it looked a name up"
        await reading.feed(self.world.node)
        assert await self.world.serves(), "others are not served any more"

    async def requests(self, said: list[Raw]) -> None:
        """Several requests that ask for pages, or post to what takes forms: none of them changes anything."""
        before = await self._rows(metadata.tables)
        for raw in said:
            answer = await self.world.say(raw.on_the_wire(self.world, self.session, self.post))
            assert 200 <= answer.status < 500, answer
        assert await self._rows(metadata.tables) == before, "it changed something"

    async def _act(self, act: Act, number: int, before: set[Line]) -> set[Line]:
        document, signer = act.document(self.world, number), act.signer(self.world)
        answer = await self.world.say(act.request(self.world, document))
        after = await self._rows(OWNERS)
        changed = {(table, owner) for table, owner, _ in before ^ after}
        if answer.status == PeerUnreachable.status:
            assert answer.body.decode().strip() == PeerUnreachable.default_shown
        else:
            assert 200 <= answer.status < 500, answer
        if answer.status != 202:
            assert changed <= {("actors", self.world.stranger.ids.actor)}, "it was refused and changed something"
            return after
        assert signer is not None, "it was taken without a signature that holds"
        assert _actor(document) == signer.ids.actor, "it was taken from another than its actor"
        assert signer.ids.actor != self.world.suspended.ids.actor, "it was taken from one that is suspended"
        assert {owner for _, owner in changed} <= {signer.ids.actor}, "it changed what is another's"
        if signer.ids.actor == self.world.stranger.ids.actor:
            assert {table for table, _ in changed} <= OF_A_STRANGER, "it changed more than a stranger may"
        assert not {table for table, _, _ in before - after} & KEPT, "what must be kept is gone"
        if "proposals" in {table for table, _ in changed}:
            await self._newest_stands(signer)
        return after

    async def _begin(self) -> None:
        """Take out what was said before, so that each series meets the same node."""
        world = self.world
        speakers = [one.ids.actor for one in (world.ally, world.stranger, world.suspended, world.canary)]
        async with world.node.store.transaction() as connection:
            for name in OWNERS.keys() - {"actors"}:
                table = metadata.tables[name]
                await connection.execute(delete(table).where(table.c[OWNERS[name]].in_(speakers)))
        if {*speakers} & {*world.node.roster.asking}:
            await world.node.refresh_roster()

    async def _rows(self, tables: Iterable[str]) -> set[Line]:
        rows = set()
        async with self.world.node.store.transaction() as connection:
            for name in tables:
                owner = OWNERS.get(name)
                for row in await connection.execute(select(metadata.tables[name])):
                    rows.add((name, row._mapping[owner] if owner else None, repr(row)))
        return rows

    async def _newest_stands(self, sender: Sender) -> None:
        """Of its proposals nothing is older than before, and what is kept as proven is so, over the bytes kept."""
        table, graves = metadata.tables["proposals"], metadata.tables["tombstones"]
        async with self.world.node.store.transaction() as connection:
            kept = (await connection.execute(select(table).where(table.c.owner == sender.ids.actor))).all()
            buried = {row.id for row in await connection.execute(select(graves.c.id))}
        for row in kept:
            assert row.id not in buried, "what was withdrawn is back"
            assert _Version.of(row).may_follow(self.versions.get(row.id)), "an older or an unproven version stands"
            if row.proven_by is not None:
                document = orjson.loads(row.document)
                proof = read_proof(document)
                assert proof is not None
                verify_proof(document, proof, sender.keys.ed25519_public)
        self.versions |= {row.id: _Version.of(row) for row in kept}


@dataclass(frozen=True, slots=True)
class _Version:
    """What of a proposal may only grow."""

    revision: int | None
    proven: bool

    @classmethod
    def of(cls, row: Row[Any]) -> "_Version":
        return cls(orjson.loads(row.data)["revision"], row.proven_by is not None)

    def may_follow(self, old: "_Version | None") -> bool:
        if old is None or self == old:
            return True
        older = None not in (self.revision, old.revision) and (self.revision or 0) <= (old.revision or 0)
        return not older and (self.proven or not old.proven)


def _actor(document: Any) -> Any:
    actor = document.get("actor")
    return actor.get("id") if isinstance(actor, dict) else actor
