"""Keys over time between three nodes that speak HTTP: what follows by itself, what is refused, and what is an alarm."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from activitypub.activity import build_create
from activitypub.signatures.keyring import Keyring
from activitypub.signatures.keys import SigningKeys, write_multikey
from activitypub.translate.proposal import build_note
from federation.outbox import Signer
from federation.signing import Manner, sign_request
from node.aid.allies import ally_dismiss, ally_list, ally_repin, ally_resume, ally_suspend
from node.aid.keys import keys_revoke, keys_rotate
from node.aid.proving import verify
from node.aid.publishing import publish
from node.aid.reading import document, feed, status
from node.folder import DataFolder
from node.house import House
from schema.category import Category
from schema.errors import StateError
from schema.proposal import Draft, Kind
from schema.proposal import publish as first_version
from tests.rig.alone import offer
from tests.rig.clock import Clock
from tests.rig.http import ask
from tests.rig.nodes import befriend, make_folder, running
from tests.rig.waiting import answered

BY = "Amal"


async def titles(house: House) -> dict[str, Any]:
    """The posts at a node by title."""
    return {post["title"]: post for post in (await feed(house))["posts"]}


async def arrived(house: House, title: str) -> dict[str, Any]:
    """A post, once it is here."""
    found = await answered(partial(titles, house), lambda posts: title in posts)
    post: dict[str, Any] = found[title]
    return post


async def pinned(house: House, other: House) -> dict[str, Any]:
    """How `house` lists its ally."""
    found: dict[str, Any]
    [found] = [one for one in (await ally_list(house))["allies"] if one["actor"] == other.ids.actor]
    return found


async def follows(house: House, other: House) -> None:
    """Wait until `house` trusts the keys that `other` has."""
    await answered(partial(pinned, house, other), lambda one: one["words"] == list(other.own_words()))


async def forged(victim: House, keys: SigningKeys, at: House, *, back: timedelta = timedelta()) -> int:
    """What `at` answers to a post in the name of `victim`, signed with these keys, its proofs dated `back`."""
    signer, now = Signer(victim.ids, keys), victim.now()
    draft = Draft(kind=Kind.OFFER, title="A forgery", category=Category.FOOD_DRY)
    proposal = first_version(draft, id=victim.ids.proposal(victim.new_id()), owner=victim.ids.actor, now=now - back)
    note = signer.document(build_note(proposal, victim.ids), now - back)
    create = build_create(victim.ids, victim.new_id(), note, to=note["to"], published=now - back)
    body = orjson.dumps(signer.document(create, now - back))
    headers = sign_request(signer, "POST", at.ids.inbox, body, now, manner=Manner.RFC_9421_ED25519)
    headers = {name: value for name, value in headers.items() if name.lower() != "host"}
    return (await ask(at.ids.inbox, headers, method="POST", body=body)).status


@asynccontextmanager
async def allies(
    path: Path, clock: Clock, *names: str
) -> AsyncIterator[list[tuple[House, DataFolder, AsyncExitStack]]]:
    """Nodes that trust each other, each with what stops it."""
    async with AsyncExitStack() as all_of_them:
        found = []
        for name in names:
            folder = await make_folder(path / name, name)
            stop = await all_of_them.enter_async_context(AsyncExitStack())
            house, _ = await stop.enter_async_context(running(folder, clock))
            found.append((house, folder, stop))
        for house, _, _ in found:
            for other, _, _ in found:
                if other is not house:
                    await befriend(house, other)
        yield found


async def test_allies_follow_and_thieves_do_not(tmp_path: Path) -> None:
    """New keys are followed by whoever was there and by whoever was away; old ones, whoever has them, prove nothing."""
    clock = Clock()
    async with allies(tmp_path, clock, "alder", "birch", "cedar") as [(alder, _, _), (birch, _, _), (_, home, leave)]:
        first = alder.signer.keys
        await publish(alder, offer("Rice"))
        assert (await arrived(birch, "Rice"))["proven_by"] == write_multikey(first.ed25519_public)
        await leave.aclose()
        await publish(alder, offer("Lentils"))
        for number, title in ((2, "Flour"), (3, "Oil")):
            said = await keys_rotate(alder, BY)
            assert said["generation"] == number
            assert await forged(alder, first, birch) == 202  # what was on its way when the keys changed
            await follows(birch, alder)  # or the next keys would be news within the seconds that are between two looks
            clock.move(hours=1)
            await publish(alder, offer(title))
            post = await arrived(birch, title)
            assert post["proven_by"] == write_multikey(alder.signer.keys.ed25519_public)
        second = alder.keyring.earlier[1].keys
        await follows(birch, alder)
        clock.move(hours=1)
        async with running(home, clock) as (cedar, _):
            await publish(cedar, offer("Here again"))
            for title in ("Lentils", "Flour", "Oil"):
                await arrived(cedar, title)
            await follows(cedar, alder)
            [change] = (await pinned(cedar, alder))["key_changes"]
            assert (change["by"], change["after"]) == (None, list(alder.own_words()))
            assert (await status(cedar))["key_alarms"] == 0
        clock.move(days=8)
        assert [await forged(alder, keys, birch) for keys in (first, second)] == [401, 401]
        assert [await forged(alder, keys, birch, back=timedelta(days=9)) for keys in (first, second)] == [401, 401]
        assert "A forgery" in await titles(birch)
        assert (await status(birch))["key_alarms"] == 0


async def test_a_stolen_key(tmp_path: Path) -> None:
    """What a revoked key signs is refused whatever time it claims; what was here before is to be checked by hand."""
    clock = Clock()
    async with allies(tmp_path, clock, "alder", "birch") as [(alder, _, _), (birch, _, _)]:
        stolen = alder.signer.keys
        await publish(alder, offer("Rice"))
        old = await arrived(birch, "Rice")
        theft = clock.now + timedelta(hours=1)
        clock.move(hours=2)
        assert await forged(alder, stolen, birch) == 202
        kept = {title: (await document(birch, post["id"]))["document"] for title, post in (await titles(birch)).items()}
        said = await keys_revoke(alder, "ed25519-key", theft.isoformat(), BY)
        assert (said["replaced"], said["generation"], said["overlap"]) == (True, 2, [])
        await follows(birch, alder)
        await answered(partial(titles, birch), lambda posts: posts["Rice"]["revision"] > old["revision"])
        for back in (timedelta(), timedelta(hours=3)):
            assert await forged(alder, stolen, birch, back=back) == 401
        by_hand, forgery = [(await verify(birch, kept[title])) for title in ("Rice", "A forgery")]
        assert (by_hand["holds"], by_hand["findings"][0]["by_hand"]) == (False, True)
        assert (forgery["holds"], forgery["findings"][0]["by_hand"]) == (False, False)
        posts = await titles(birch)
        assert {title: post["proof"] for title, post in posts.items()} == {"Rice": "holds", "A forgery": "revoked"}
        assert posts["Rice"]["proven_by"] == write_multikey(alder.signer.keys.ed25519_public)
        assert (await status(birch))["key_alarms"] == 0


async def test_whoever_has_the_node_and_not_the_key(tmp_path: Path) -> None:
    """Keys that nothing leads to are refused and are one alarm, with both words, until a person has seen to them."""
    clock = Clock()
    async with allies(tmp_path, clock, "alder", "birch") as [(alder, home, leave), (birch, _, _)]:
        words = list(alder.own_words())
        await leave.aclose()
        home.replace_keys(Keyring(SigningKeys.generate()).dump())
        async with running(home, clock) as (impostor, _):
            assert [await forged(alder, impostor.signer.keys, birch) for _ in range(3)] == [401, 401, 401]
            clock.move(hours=2)
            await keys_rotate(impostor, BY)
            assert await forged(alder, impostor.signer.keys, birch) == 401
            found = await pinned(birch, alder)
            assert found["words"] == words
            assert [alarm["why"] for alarm in found["alarms"]] == ["unstated", "elsewhere"]
            assert found["alarms"][-1]["words"] == list(impostor.own_words())
            assert (await status(birch))["key_alarms"] == 2
            await ally_dismiss(birch, alder.ids.actor, BY)
            clock.move(hours=2)
            assert await forged(alder, impostor.signer.keys, birch) == 401
            assert (await status(birch))["key_alarms"] == 0
            with pytest.raises(StateError):
                await ally_repin(birch, alder.ids.actor, " ".join(words), BY)
            await ally_repin(birch, alder.ids.actor, " ".join(impostor.own_words()), BY)
            assert await forged(alder, impostor.signer.keys, birch) == 202
            [change] = (await pinned(birch, alder))["key_changes"]
            assert (change["by"], change["before"], change["after"]) == (BY, words, list(impostor.own_words()))


async def test_an_ally_that_was_on_hold_is_looked_at(tmp_path: Path) -> None:
    """New keys that were not heard of while an ally was on hold are followed when it is an ally again."""
    clock = Clock()
    async with allies(tmp_path, clock, "alder", "birch") as [(alder, _, _), (birch, _, _)]:
        await ally_suspend(birch, alder.ids.actor)
        await keys_rotate(alder, BY)
        assert (await pinned(birch, alder))["words"] != list(alder.own_words())
        await ally_resume(birch, alder.ids.actor)
        assert (await pinned(birch, alder))["words"] == list(alder.own_words())
