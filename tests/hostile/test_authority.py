import pytest
from sqlalchemy import select

from node.aid import following
from node.store.tables import follows
from tests.hostile.world import World
from tests.rig.nodes import told
from tests.rig.sender import Sender, address_of, collective

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_borrowed_activity_id(world: World, friend: Sender) -> None:
    """A02: an id taken from another's origin is refused, and the genuine activity with that id still takes effect."""
    genuine = friend.create()
    assert await world.status(world.ally.create(id=genuine["id"])) == 403
    assert await world.status(genuine, by=friend) == 202
    assert await world.proposal(genuine["object"]["id"]) is not None


async def test_a_borrowed_id_on_the_same_host(world: World) -> None:
    """A02: what a neighbour says under an id does not make the genuine activity with that id a repetition."""
    genuine = world.neighbour.create()
    assert await world.status(world.ally.create(id=genuine["id"])) == 202
    assert await world.status(genuine, by=world.neighbour) == 202
    assert await world.proposal(genuine["object"]["id"]) is not None


async def test_delete_is_exact(world: World, friend: Sender) -> None:
    """A08: deleting /7 leaves /77."""
    for local in ("7", "77"):
        assert await world.status(friend.create(friend.note(friend.proposal(local))), by=friend) == 202
    assert await world.status(friend.delete(friend.ids.proposal("7")), by=friend) == 202
    assert await world.proposal(friend.ids.proposal("7")) is None
    assert await world.proposal(friend.ids.proposal("77")) is not None


async def test_no_resurrection(world: World, friend: Sender) -> None:
    """A10: a Create or a higher revision after the Delete is answered with 202 and changes nothing."""
    note = friend.note()
    local = note["id"].rpartition("/")[2]
    for document in (friend.create(note), friend.delete(note["id"]), friend.create(note)):
        assert await world.status(document, by=friend) == 202
    assert await world.status(friend.update(friend.note(friend.proposal(local, revision=2))), by=friend) == 202
    assert await world.proposal(note["id"]) is None


async def test_hidden_addressees(world: World, friend: Sender) -> None:
    """A23: `bto` and `bcc` are kept nowhere."""
    hidden = "http://somebody.localhost/who-asked-not-to-be-named"
    note = friend.note(bto=[hidden], bcc=hidden)
    assert await world.status(friend.create(note, bto=[hidden], bcc=hidden), by=friend) == 202
    assert await world.proposal(note["id"]) is not None
    rows = repr(await world.dump())
    assert hidden not in rows
    assert hidden.encode().hex() not in rows


async def test_answers_count_once(world: World) -> None:
    """A16: of answers to a request, only the first that fits counts: from whom it went to, to the id it has."""
    willow, ash = (collective(name, world.peers.port) for name in ("willow", "ash"))
    for one in (willow, ash):
        world.peers.serve(one.ids.actor, one.actor())
        world.peers.serve(one.ids.shared_inbox, {}, status=202)
    await following.follow(world.node, willow.ids.actor)
    await told(world.node, "delivered")
    async with world.node.store.transaction() as connection:
        request = (
            await connection.execute(select(follows.c.id).where(follows.c.actor == willow.ids.actor))
        ).scalar_one()

    async def says(sender: Sender, kind: str, thing: str | dict[str, str]) -> int:
        return await world.status(sender.activity(kind, thing), by=sender)

    assert await says(world.ally, "Accept", request) == 403
    assert await says(willow, "Accept", f"{request}x") == 403
    for parties in ({"actor": world.ally.ids.actor}, {"actor": world.node.ids.actor, "object": ash.ids.actor}):
        assert await says(willow, "Accept", {"id": request, "type": "Follow", **parties}) == 403
    assert willow.ids.actor in world.node.roster.asked
    assert await says(willow, "Accept", request) == 202
    assert willow.ids.actor in world.node.roster.following
    assert await says(willow, "Accept", request) == 422
    assert await says(willow, "Reject", request) == 202
    assert willow.ids.actor not in world.node.roster.following
    assert await says(willow, "Accept", request) == 403
    assert address_of(ash.ids.actor)[1] not in world.peers.asked
