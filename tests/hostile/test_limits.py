"""Who asks too much: it is turned away before it costs anything, and allies do not notice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from activitypub.actor import build_actor
from activitypub.ids import Ids
from activitypub.signatures.keyring import Keyring
from activitypub.signatures.keys import write_multikey, write_pem
from activitypub.signatures.statements import build_history
from federation.pins import ANY_KEY
from node import clock
from node.aid.door import open_link
from schema.errors import StateError
from tests.hostile.framing import FORM, page
from tests.hostile.world import World, living
from tests.rig.clock import Clock
from tests.rig.nodes import free_port, make_folder, running
from tests.rig.sender import Answer, Sender, address_of, collective, http, keys_of, say

pytestmark = pytest.mark.asyncio(loop_scope="package")
AT_ONCE = 5  # messages of one stranger
OF_ALL = 50  # of all whom nobody tells apart
ALLYS = 40  # messages of one ally
TELLING = "X-Forwarded-For"
OTHERS = (
    "Forwarded",
    "X-Real-IP",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "True-Client-IP",
    "CF-Connecting-IP",
    "Via",
)


@dataclass(frozen=True, slots=True)
class Limited:
    """A node with small limits and a clock that stands still.

    At `port` it believes nobody, at `door` whoever is on this machine.
    """

    world: World
    port: int
    door: int
    clock: Clock

    async def say(self, said: bytes, *told: tuple[str, str], past: bool = False) -> Answer:
        """Say something, with headers about who asks; `past` is past the web server."""
        start, line, rest = said.partition(b"\r\n")
        lines = b"".join(f"{name}: {value}\r\n".encode() for name, value in told)
        return await say(self.port if past else self.door, start + line + lines + rest)

    async def heard(self, said: Sequence[bytes], *told: tuple[str, str], past: bool = False) -> Counter[int]:
        """What is said to many messages at once."""
        return Counter([one.status for one in await asyncio.gather(*(self.say(x, *told, past=past) for x in said))])

    def ally(self, by: Sender | None = None, number: int = 1) -> list[bytes]:
        """Messages of an ally."""
        by = by or self.world.canary
        return [self.world.post(by.create(), by=by) for _ in range(number)]

    def unsigned(self, number: int = 1) -> list[bytes]:
        """Messages that nobody signed."""
        lines = self.ally()[0].split(b"\r\n")
        return [b"\r\n".join(line for line in lines if not line.startswith(b"Signature"))] * number

    def forged(self, number: int = 1, **said: Any) -> list[bytes]:
        """Messages that name an ally's key, or one at its origin, and are by another."""
        by = self.world.canary
        return [self.world.post(by.create(), by=by, keys=keys_of("forger"), **said)] * number


@pytest_asyncio.fixture(loop_scope="package")
async def limited(tmp_path: Path) -> AsyncIterator[Limited]:
    """A new node for each test, since what was used up is gone."""
    door, moment = free_port(), Clock(clock.now())
    settings: dict[str, Any] = {
        "trusted_proxy": "127.0.0.1",
        "proxy_listen": f"127.0.0.1:{door}",
        "stranger_messages_per_minute": 3 * AT_ONCE,
        "ally_messages_per_minute": 3 * ALLYS,
        "stranger_fetches_per_minute": 9,
    }
    async with living(tmp_path / "alder", "sqlite", now=moment, **settings) as made:
        yield Limited(made, made.port, door, moment)


def names(first: str, second: str) -> tuple[tuple[str, str], ...]:
    """One address as our web server tells it, and others in every header that it does not tell it in."""
    return ((TELLING, first), *((name, second) for name in OTHERS))


async def test_no_stranger_becomes_a_new_one(limited: Limited) -> None:
    """V36: whatever other headers say, one address is one; and past the web server no header means anything."""
    said = limited.unsigned()
    through = [
        await limited.heard(said, *names("203.0.113.7", f"198.51.100.{number}")) for number in range(AT_ONCE + 3)
    ]
    assert sum(through, Counter()) == {401: AT_ONCE, 429: 3}
    assert await limited.heard(said, (TELLING, "198.51.100.1, 203.0.113.7")) == {429: 1}
    assert await limited.heard(said, (TELLING, "203.0.113.7, 127.0.0.1")) == {429: 1}
    assert await limited.heard(said, (TELLING, "::ffff:203.0.113.7")) == {429: 1}
    assert await limited.heard(said, (TELLING, "203.0.113.8")) == {401: 1}
    past = [await limited.heard(said, (TELLING, f"203.0.113.{number}"), past=True) for number in range(OF_ALL + 3)]
    assert sum(past, Counter()) == {401: OF_ALL, 429: 3}


async def test_what_the_web_server_cannot_have_said(limited: Limited) -> None:
    """V36: two headers, none, and what is no address are nobody in particular, all of whom share one measure."""
    bad = [(), (("Forwarded", "for=203.0.113.7"),), ((TELLING, "203.0.113.7"), (TELLING, "203.0.113.8"))]
    bad += [((TELLING, text),) for text in ("unknown", "fe80::1%lo", "203.0.113.7:80", "9" * 5_000, "127.0.0.1")]
    heard = [(await limited.say(limited.unsigned()[0], *bad[number % len(bad)])).status for number in range(OF_ALL + 8)]
    assert heard == [401] * OF_ALL + [429] * 8


@pytest.mark.parametrize("told", [(), ((TELLING, "203.0.113.7"),)], ids=["nobody-told-apart", "from-its-own-address"])
@pytest.mark.parametrize("past", [False, True], ids=["by-the-door", "past-it"])
async def test_a_flood_of_strangers(limited: Limited, told: tuple[tuple[str, str], ...], *, past: bool) -> None:
    """V36: while strangers flood the inbox, from wherever, everything that an ally has arrives."""
    before = await limited.world.forget(limited.world.canary)
    flood = limited.heard(limited.unsigned(300), *told, past=past)
    theirs = limited.heard(limited.ally(number=ALLYS), *told, past=past)
    strangers, ally = await asyncio.gather(flood, theirs)
    assert (before, ally) == (0, {202: ALLYS})
    taken = AT_ONCE if told and not past else OF_ALL
    assert strangers == {401: taken, 429: 300 - taken}
    assert await limited.world.forget(limited.world.canary) == ALLYS


@pytest.mark.parametrize("told", [(), ((TELLING, "203.0.113.7"),)], ids=["nobody-told-apart", "from-its-own-address"])
@pytest.mark.parametrize("key", [None, "#unknown"], ids=["its-key", "an-unknown-key"])
async def test_a_flood_of_false_claims(limited: Limited, told: tuple[tuple[str, str], ...], key: str | None) -> None:
    """V36: a thousand lies in its name, from its own address, keep no ally out, not even one that never came before."""
    said = {"key_id": limited.world.canary.ids.actor + key} if key else {}
    mark = len(limited.world.peers.asked)
    assert await limited.heard(limited.forged(1_000, **said), *told) == {401: 1_000}
    assert await limited.heard(limited.ally(number=ALLYS), *told) == {202: ALLYS}
    limited.clock.move(minutes=16)
    assert await limited.heard([*limited.forged(100, **said), *limited.ally()], *told) == {401: 100, 202: 1}
    assert await limited.heard(limited.unsigned(), *told) == {401: 1}  # nor strangers
    assert len(limited.world.peers.asked) - mark <= 2


async def test_new_keys_beside_a_liar(limited: Limited) -> None:
    """V36: an ally that took new keys is heard from where others name keys that it never had."""
    world, told = limited.world, (TELLING, "203.0.113.7")
    ids, began = world.canary.ids, limited.clock()
    ring = Keyring(world.canary.keys).rotated(ids, keys_of("new"), now=began, overlap=timedelta(days=7), by="")
    liar = limited.forged(300, key_id=f"{ids.actor}#unknown")
    assert await limited.heard(liar, told) == {401: 300}
    one = Sender(ids, ring.current)
    world.peers.serve(
        ids.actor,
        build_actor(
            ids,
            name="Cedar Collective",
            summary="",
            public_key_pem=write_pem(one.keys.rsa_public),
            ed25519_multikey=write_multikey(one.keys.ed25519_public),
            generation=one.keys.generation,
            earlier=ring.lineage(ids).listed(began),
            last_statement=ring.sequence,
        ),
    )
    world.peers.serve(ids.key_history, build_history(ids, ring.statements))
    limited.clock.move(seconds=ANY_KEY.total_seconds())
    said = one.post_standard(world.inbox, one.create(), key_id=ids.ed25519_key_of(one.keys.generation))
    assert await limited.heard([*liar, said], told) == {401: 300, 202: 1}


async def test_what_an_ally_says_wrongly_is_its_own(limited: Limited) -> None:
    """What an ally signed counts for it, also where a proof inside does not hold."""
    create = limited.world.canary.create()
    broken = limited.world.post(create | {"published": "2020-01-01T00:00:00Z"}, by=limited.world.canary)
    assert await limited.heard([broken] * ALLYS) == {401: ALLYS}
    assert await limited.heard([broken, *limited.ally()]) == {429: 2}


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
async def test_who_only_seems_to_claim(limited: Limited, scheme: str) -> None:
    """V36: a key id is read as the verifier reads it: in no other parameter, and in no header that it does not heed."""
    world, told = limited.world, (TELLING, "203.0.113.7")
    ally, mine = world.canary.ids.main_key, world.stranger.ids.main_key
    follow = world.stranger.follow(world.node.ids.actor)
    if scheme == "cavage":
        said = world.stranger.post(world.inbox, follow)
        said = said.replace(b"Signature: ", f'Signature: xkeyid="{ally}",'.encode())
    else:
        said = world.stranger.post_standard(world.inbox, follow)
        said = said.replace(b";keyid=", f';xkeyid="{ally}";keyid='.encode())
    assert ally.encode() in said
    assert mine.partition("#")[0].encode() in said
    head = said.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    await limited.heard(limited.unsigned(AT_ONCE), told)
    assert (await limited.say(head, told)).status == 429  # before its body
    assert world.peers.asked == []


async def test_nothing_is_read_of_it(limited: Limited) -> None:
    """V36: who is over the limit is told so before its body came, when to come again, and in a few words."""
    told = (TELLING, "203.0.113.7")
    await limited.heard(limited.unsigned(AT_ONCE), told)
    head = limited.unsigned()[0].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    answer = await limited.say(head, told)
    assert (answer.status, answer.body) == (429, b"Too many requests.\n")
    assert b"\r\nretry-after: 4\r\n" in answer.headers.lower()
    assert answer.seconds < 1
    assert await limited.world.serves()


async def test_a_stranger_of_an_allys_server(limited: Limited) -> None:
    """Its key is at the origin of an ally, and it is counted as the stranger it is, before it is asked who it is."""
    peers = limited.world.peers
    told = (TELLING, "203.0.113.7")
    stranger, another = (Sender(Ids(limited.world.ally.ids.base, name), keys_of(name)) for name in ("bryony", "briar"))
    for one in (stranger, another):
        peers.serve(one.ids.actor, one.actor())
    follows = [limited.world.post(one.follow(limited.world.node.ids.actor), by=one) for one in (stranger, another)]
    heard = [(await limited.say(follows[0], told)).status for _ in range(AT_ONCE + 1)]
    assert heard == [202] * AT_ONCE + [429]
    assert (await limited.say(follows[1], told)).status == 429
    assert len(peers.asked) == 1


async def test_an_ally_that_sends_too_much(limited: Limited) -> None:
    """V36: of an ally so many a minute are taken; the rest is told when to come, and what comes then is taken."""
    said = limited.ally(number=ALLYS + 20)
    answers = [await limited.say(one, past=True) for one in said]
    assert [answer.status for answer in answers] == [202] * ALLYS + [429] * 20
    assert all(b"\r\nretry-after: 1\r\n" in answer.headers.lower() for answer in answers[ALLYS:])
    assert await limited.heard(limited.ally(limited.world.ally), past=True) == {202: 1}
    limited.clock.move(seconds=10)
    assert await limited.heard(said[ALLYS:], past=True) == {202: 20}
    assert await limited.world.forget(limited.world.canary) == len(said)


async def test_strangers_make_us_ask_few(limited: Limited) -> None:
    """V29: however many servers strangers name, few are asked in a minute, and an ally does not notice."""
    names = [collective(f"teasel{number}", limited.world.peers.port, keys_of("a stranger")) for number in range(12)]
    for one in names:
        limited.world.peers.serve(one.ids.actor, one.actor())
    asked = limited.world.node.ids.actor
    answers = [await limited.say(limited.world.post(one.follow(asked), by=one), past=True) for one in names]
    assert [answer.status for answer in answers] == [202] * 3 + [429] * 9
    assert all(b"retry-after: " in answer.headers.lower() for answer in answers[3:])
    assert len(limited.world.peers.asked) == 3
    assert await limited.world.serves()


async def test_guessing_sign_in_links(limited: Limited) -> None:
    """U10: an address that tried many links is told to come later; the right one lets in, even from there."""
    url = (await open_link(limited.world.node))["url"]
    right = page(limited.world, url.removeprefix(limited.world.node.ids.base))
    host, target = address_of(f"{limited.world.node.ids.home}open")
    headers = [("Host", host), FORM]
    used = [http(target, headers, f"token={secret}".encode()) for secret in ("AAAA", url.rpartition("/")[2])]
    wrong, theirs = page(limited.world, "/open/AAAA"), (TELLING, "203.0.113.7")
    heard = [(await limited.say(wrong, theirs)).status for _ in range(13)]
    assert heard == [410] * 10 + [429] * 3
    heard = [(await limited.say(wrong, past=True)).status for _ in range(103)]
    assert heard == [410] * 100 + [429] * 3
    for told, past in ((theirs,), False), ((), True):
        assert (await limited.say(right, *told, past=past)).status == 200
    assert [(await limited.say(one, theirs)).status for one in used] == [429, 303]


async def test_the_door_is_a_place_of_its_own(tmp_path: Path) -> None:
    """A web server's door that is the other one is refused, with the flag that moves it."""
    port = free_port()
    address: dict[str, Any] = {"trusted_proxy": "127.0.0.1", "proxy_listen": f"127.0.0.1:{port}"}
    folder = await make_folder(tmp_path / "alder", "alder", port=port, **address)
    with pytest.raises(StateError, match="--proxy-listen"):
        async with running(folder):
            raise AssertionError("it runs")
