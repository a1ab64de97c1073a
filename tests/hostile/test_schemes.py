"""Requests signed by RFC 9421, to a real node: what holds is taken, and what does not is refused."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from tests.hostile.world import World
from tests.rig.sender import Sender, now

pytestmark = pytest.mark.asyncio(loop_scope="package")


@pytest.mark.parametrize("rsa", [False, True], ids=["ed25519", "rsa"])
async def test_a_signature_of_the_standard_is_taken(world: World, friend: Sender, rsa: bool) -> None:  # noqa: FBT001
    """An ally may sign its requests by RFC 9421, with either of its keys."""
    assert (await world.say(friend.post_standard(world.inbox, friend.create(), rsa=rsa))).status == 202


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"spoken": "http://cedar.localhost:1/inbox"}, 401),
        ({"signed_body": b"{}"}, 401),
        ({"date": now() - timedelta(minutes=90)}, 401),
        ({"date": now() + timedelta(minutes=90)}, 401),
        ({"key_id": "http://birch.localhost:1/actors/birch#another"}, 403),
    ],
    ids=["for another node", "another body", "too old", "too new", "the key of another"],
)
async def test_one_that_does_not_hold_changes_nothing(
    world: World, friend: Sender, changes: dict[str, Any], status: int
) -> None:
    """Host, body, time and key are what the signature is about; without them nothing is stored."""
    before = await world.dump()
    body = orjson.dumps(friend.create())
    answer = await world.say(friend.post_standard(world.inbox, body, **changes))
    assert (answer.status, await world.dump()) == (status, before)


async def test_one_scheme_counts(world: World, friend: Sender) -> None:
    """A good signature of the draft beside one of the standard that fails does not save the request."""
    body = orjson.dumps(friend.create())
    said = world.post(body, by=friend)
    head, rest = said.split(b"\r\n\r\n", 1)
    line = b'\r\nSignature-Input: sig1=("@method");created=1;keyid="x"'
    assert (await world.say(head + line + b"\r\n\r\n" + rest)).status == 401
