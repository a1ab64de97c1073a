from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import cast

import orjson
import pytest

from activitypub.activity import build_follow
from node.aid import allies, following, publishing, reading
from node.aid.reconciling import set_right
from node.house import House
from node.store.relations import Direction, Follow, FollowState, keep_follow
from schema.errors import InputError, NotFound, StateError
from schema.visibility import Audience
from tests.rig.alone import offer
from tests.rig.clock import Clock
from tests.rig.nodes import befriend, make_folder, running, told
from tests.rig.paper import actor_bytes, address_of

Pair = tuple[House, House]


@asynccontextmanager
async def two(path: Path, mode: str) -> AsyncIterator[Pair]:
    """Alder in this mode, and birch; they do not know each other."""
    async with AsyncExitStack() as stack:
        alder, _ = await stack.enter_async_context(running(await make_folder(path / "alder", "alder", mode=mode)))
        birch, _ = await stack.enter_async_context(running(await make_folder(path / "birch", "birch")))
        yield alder, birch


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    """Two running nodes that do not know each other."""
    async with two(tmp_path, "allies") as houses:
        yield houses


async def relations(alder: House, birch: House) -> tuple[list[str], list[str]]:
    """How alder's follower and birch's following stand."""
    followers = (await following.followers(alder))["followers"]
    followed = (await following.following(birch))["following"]
    assert {one["actor"] for one in followers} <= {birch.ids.actor}
    assert {one["actor"] for one in followed} <= {alder.ids.actor}
    return [one["state"] for one in followers], [one["state"] for one in followed]


async def publish_each(house: House) -> None:
    """One post for each audience, the public one last."""
    for audience in Audience:
        await publishing.publish(house, offer(audience.value, audience))


async def titles(house: House) -> list[str]:
    return [post["title"] for post in (await reading.feed(house))["posts"]]


async def test_a_follower_gets_what_is_public(pair: Pair) -> None:
    """A Follow waits for a person; after the yes public posts arrive, and posts for allies and the circle do not."""
    alder, birch = pair
    assert (await following.follow(birch, f"@{alder.ids.acct}"))["state"] == "pending"
    await told(birch, "delivered")
    assert await relations(alder, birch) == (["pending"], ["pending"])
    await publish_each(alder)
    assert (await reading.status(alder))["waiting"] == 0  # who only asks gets nothing
    await following.follower_accept(alder, birch.ids.actor)
    await told(alder, "delivered")
    assert await relations(alder, birch) == (["accepted"], ["accepted"])
    await publish_each(alder)
    await told(alder, "delivered", 2)
    assert await titles(birch) == ["public"]
    with pytest.raises(StateError, match="follows us already"):
        await following.follower_accept(alder, birch.ids.actor)
    with pytest.raises(StateError, match="already"):
        await following.follow(birch, alder.ids.actor)


async def accepted(alder: House, birch: House) -> None:
    """Birch follows alder, who said yes."""
    await following.follow(birch, alder.ids.actor)
    await told(birch, "delivered")
    await following.follower_accept(alder, birch.ids.acct)
    await told(alder, "delivered")


async def test_unfollowing(pair: Pair) -> None:
    """After an Undo nothing more is sent, what came stays, and whoever follows again is asked again."""
    alder, birch = pair
    await accepted(alder, birch)
    assert (await following.unfollow(birch, alder.ids.acct))["state"] == "stopped"
    await told(birch, "delivered", 2)
    assert await relations(alder, birch) == ([], [])
    await publish_each(alder)
    assert (await reading.status(alder))["waiting"] == 0
    with pytest.raises(NotFound, match="qafila following"):
        await following.unfollow(birch, alder.ids.actor)
    await following.follow(birch, alder.ids.actor)
    await told(birch, "delivered", 3)
    assert await relations(alder, birch) == (["pending"], ["pending"])


@pytest.mark.parametrize("first", [False, True])
async def test_a_follower_is_turned_away(pair: Pair, *, first: bool) -> None:
    """A follower can be let go, at once or later: it gets nothing more, sees that it was said no, and may ask again."""
    alder, birch = pair
    if first:
        await accepted(alder, birch)
    else:
        await following.follow(birch, alder.ids.actor)
        await told(birch, "delivered")
    await following.follower_remove(alder, f"@{birch.ids.acct}")
    await told(alder, "delivered", 1 + first)
    assert await relations(alder, birch) == ([], ["rejected"])
    await publish_each(alder)
    assert (await reading.status(alder))["waiting"] == 0
    with pytest.raises(NotFound, match="qafila followers list"):
        await following.follower_accept(alder, birch.ids.actor)
    assert (await following.follow(birch, alder.ids.actor))["state"] == "pending"


async def test_an_open_node_needs_no_person(tmp_path: Path) -> None:
    """In the mode `open` a Follow is accepted at once, and leads to what is public alone."""
    async with two(tmp_path, "open") as (alder, birch):
        await following.follow(birch, alder.ids.actor)
        await told(alder, "delivered")
        assert await relations(alder, birch) == (["accepted"], ["accepted"])
        await publish_each(alder)
        await told(alder, "delivered", 2)
        assert await titles(birch) == ["public"]


async def test_an_ally_that_follows_gets_a_post_once(pair: Pair) -> None:
    """Who is ally and follower gets each post once; put on hold, it gets none, as a follower neither."""
    alder, birch = pair
    await accepted(alder, birch)
    await befriend(alder, birch)
    await befriend(birch, alder)
    await publish_each(alder)
    await told(alder, "delivered", 3)
    assert sorted(await titles(birch)) == ["allies", "public"]
    await allies.ally_suspend(alder, birch.ids.actor)
    await publish_each(alder)
    assert (await reading.status(alder))["waiting"] == 0


async def test_ourselves_we_cannot_follow(pair: Pair) -> None:
    """Following our own collective is refused before anything is written."""
    alder, _ = pair
    with pytest.raises(InputError, match="our own"):
        await following.follow(alder, alder.ids.actor)
    assert (await following.following(alder))["following"] == []


async def test_a_follow_that_was_lost_is_shown_as_that(house: House) -> None:
    """Until the other side says yes again, it is seen when it was asked anew, beside since when we follow."""
    birch, cedar = address_of("birch"), address_of("cedar")
    began = house.now()
    for name, state in (("birch", FollowState.ACCEPTED), ("cedar", FollowState.PENDING)):
        actor = address_of(name)
        request = house.signer.document(build_follow(house.ids, house.new_id(), actor), began)
        kept = Follow(Direction.OUT, actor, request["id"], state, orjson.dumps(request), actor_bytes(name), began)
        async with house.relating() as connection:
            await keep_follow(connection, kept)
    cast("Clock", house.now).move(hours=3)
    assert await set_right(house, birch, listed=False)
    shown = {one["actor"]: one for one in (await following.following(house))["following"]}
    assert [(one["state"], one["at"]) for one in shown.values()] == [("pending", began.isoformat())] * 2
    assert shown[birch]["asked_again"] == (began + timedelta(hours=3)).isoformat()
    assert shown[cedar]["asked_again"] is None
