"""Keys of an ally over time: what its node must show for them to be followed, and how often it is asked."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from activitypub.activity import build_actor_update
from activitypub.actor import build_actor
from activitypub.message import Request
from activitypub.signatures.keyring import Keyring
from activitypub.signatures.keys import SigningKeys, write_multikey, write_pem
from activitypub.signatures.statements import build_history
from federation.directory import ActorDirectory
from federation.outbox import Signer
from federation.pins import (
    ANY_KEY,
    MOST_REMEMBERED,
    UNREADABLE,
    UNSTATED,
    Alarm,
    KeyWatch,
    Pin,
    first_pin,
    judge,
    keys_in_force,
    with_statements,
)
from federation.roster import Roster
from federation.signing import Manner, sign_request
from federation.transport import Reason, Response, Unreached
from federation.verify import Look, Verifier
from schema.errors import Forbidden, PeerUnreachable, QafilaError, Unauthenticated
from schema.lineage import Why
from tests.federation.test_verify import Nobody
from tests.rig.clock import NOW, Clock
from tests.rig.fetching import fetcher_of
from tests.rig.paper import ids_of, keys_of
from tests.rig.sender import Sender

IDS = ids_of("birch")
WEEK = timedelta(days=7)
THIEF = keys_of("birch", "thief")


def ring(number: int) -> Keyring:
    """Birch's keys after some rotations, each a day after the one before."""
    found = Keyring(keys_of("birch"))
    for one in range(1, number + 1):
        found = found.rotated(IDS, keys_of("birch", str(one)), now=NOW + timedelta(days=one), overlap=WEEK, by="")
    return found


def documents(keyring: Keyring) -> dict[str, dict[str, Any]]:
    """What birch's node serves."""
    keys = keyring.current
    actor = build_actor(
        IDS,
        name="Birch Collective",
        summary="",
        public_key_pem=write_pem(keys.rsa_public),
        ed25519_multikey=write_multikey(keys.ed25519_public),
        generation=keys.generation,
        earlier=keyring.lineage(IDS).listed(NOW),
        last_statement=keyring.sequence,
    )
    return {IDS.actor: actor, IDS.key_history: build_history(IDS, keyring.statements)}


@dataclass(slots=True)
class Net:
    """Serves documents, or nobody is there; what was asked for is kept."""

    documents: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    away: bool = False
    asked: list[str] = field(default_factory=list)

    async def get(self, url: str, headers: Mapping[str, str]) -> Response:
        """One answer."""
        del headers
        self.asked.append(url)
        await asyncio.sleep(0)
        if self.away:
            raise Unreached(Reason.CONNECT)
        found = self.documents.get(url)
        kind = (("content-type", "application/activity+json"),)
        return Response(404, (), b"", None) if found is None else Response(200, kind, orjson.dumps(found), None)


@dataclass(slots=True)
class Pins:
    """One pin in memory, and the alarms about it."""

    pin: Pin
    alarms: list[Alarm] = field(default_factory=list)

    async def find(self, actor: str) -> Pin | None:
        """The pin, if it is this ally's."""
        return self.pin if actor == self.pin.actor.id else None

    async def move(self, old: Pin, new: Pin) -> None:
        """Take the new one."""
        assert old == self.pin
        self.pin = new

    async def raise_alarm(self, pin: Pin, alarm: Alarm) -> None:
        """Keep it."""
        assert pin == self.pin
        self.alarms.append(alarm)


async def shown(keyring: Keyring, **changes: dict[str, Any]) -> Pin:
    """What comes of asking birch's node; `changes` are to its `actor` and its `history`."""
    served = documents(keyring)
    served[IDS.actor] |= changes.get("actor", {})
    served[IDS.key_history] |= changes.get("history", {})
    net = fetcher_of(Net(served), Signer(ids_of("alder"), keys_of("alder")), Clock())
    return await with_statements(net, await net.actor(IDS.actor))


async def test_keys_that_the_old_ones_led_to_are_followed() -> None:
    """Over one rotation or several at once, and whoever met them later knows which keys were theirs before."""
    pin = await shown(ring(0))
    for number in (1, 3):
        found = judge(pin, await shown(ring(number)))
        assert isinstance(found, Pin)
        assert keys_in_force(found.trusted) == ring(number).lineage(IDS).current
        assert found.trusted.ending.keys() == ring(number).lineage(IDS).replaced.keys()
        assert judge(found, await shown(ring(number))) == found
        assert first_pin(await shown(ring(number))) == found
        pin = found


@pytest.mark.parametrize(
    ("known", "served", "why"),
    [
        (0, Keyring(THIEF), UNSTATED),
        (1, Keyring(THIEF), UNSTATED),
        (1, ring(0), UNSTATED),
        (0, Keyring(THIEF).rotated(IDS, keys_of("birch", "1"), now=NOW, overlap=WEEK, by=""), Why.ELSEWHERE),
        (1, ring(0).rotated(IDS, THIEF, now=NOW, overlap=WEEK, by=""), Why.FORK),
        (0, replace(ring(3), statements=ring(3).statements[1:]), Why.ELSEWHERE),
        (1, replace(ring(4), statements=ring(4).statements[2:]), Why.GAP),
    ],
    ids=["other-keys", "no-word-of-them", "back-to-old-keys", "own-chain", "fork", "beginning-missing", "gap"],
)
async def test_what_does_not_lead_on_is_an_alarm(known: int, served: Keyring, why: str) -> None:
    """Other keys without a way to them from those that are trusted change nothing."""
    pin = first_pin(await shown(ring(known)))
    found = judge(pin, await shown(served))
    assert isinstance(found, Alarm)
    assert found.why == why


@pytest.mark.parametrize(
    "changes",
    [
        {"history": {"orderedItems": [ring(1).statements[0] | {"nextKey": write_multikey(THIEF.ed25519_public)}]}},
        {"history": {"orderedItems": [{}]}},
        {"actor": {"publicKey": {"id": IDS.main_key, "owner": IDS.actor, "publicKeyPem": "none"}}},
    ],
)
async def test_what_cannot_be_read_is_an_alarm(changes: dict[str, Any]) -> None:
    """A statement or a key that does not hold together is no reason to follow."""
    found = judge(await shown(ring(0)), await shown(ring(1), **changes))
    assert isinstance(found, Alarm)
    assert found.why == UNREADABLE


@pytest.mark.parametrize("number", [0, 1])
async def test_a_key_that_only_the_document_says_handed_over_is_none(number: int) -> None:
    """Whoever has the node and no key cannot list one of their own with an end, which the words leave out."""
    listed = documents(ring(number))[IDS.actor]["assertionMethod"]
    slipped_in = listed[0] | {
        "id": f"{IDS.actor}#slipped-in",
        "publicKeyMultibase": write_multikey(THIEF.ed25519_public),
        "expires": "2099-01-01T00:00:00Z",
    }
    changed = await shown(ring(number), actor={"assertionMethod": [*listed, slipped_in]})
    for pin in (judge(first_pin(await shown(ring(number))), changed), first_pin(changed)):
        assert isinstance(pin, Pin)
        assert pin.trusted.ed25519_keys == first_pin(await shown(ring(number))).trusted.ed25519_keys
        assert write_multikey(THIEF.ed25519_public) not in pin.trusted.ending


async def test_half_of_new_keys_is_not_enough() -> None:
    """An RSA key that no statement names is as unknown as any."""
    pem = {"id": IDS.main_key_of(2), "owner": IDS.actor, "publicKeyPem": write_pem(THIEF.rsa_public)}
    found = judge(await shown(ring(0)), await shown(ring(1), actor={"publicKey": pem}))
    assert isinstance(found, Alarm)
    assert found.why == UNSTATED


async def test_a_revocation_is_learnt_and_stays_learnt() -> None:
    """A node that serves less than it once did unsays nothing."""
    key = write_multikey(keys_of("birch").ed25519_public)
    revoked = ring(1).revoked(IDS, key, since=NOW, now=NOW + WEEK)
    pin = judge(await shown(ring(1)), await shown(revoked))
    assert isinstance(pin, Pin)
    assert pin.trusted.revoked.keys() == {key}
    found = judge(pin, await shown(ring(1)))
    assert isinstance(found, Pin)
    assert found.trusted.revoked.keys() == {key}


async def test_an_ally_is_asked_seldom_and_once_at_a_time() -> None:
    """Whatever many strangers say in its name, its node is asked once in a while, and a failure is remembered."""
    clock, net, pins = Clock(), Net(documents(ring(1))), Pins(await shown(ring(0)))
    watch = KeyWatch(fetcher_of(net, Signer(ids_of("alder"), keys_of("alder")), clock), pins, clock)
    about, other = IDS.ed25519_key_of(2), IDS.ed25519_key_of(3)
    await asyncio.gather(*(watch.look(IDS.actor, about=about) for _ in range(20)))
    await watch.look(IDS.actor, about=other)
    assert net.asked == [IDS.actor, IDS.key_history]
    assert keys_in_force(pins.pin.actor) == ring(1).lineage(IDS).current
    clock.move(minutes=2)
    await watch.look(IDS.actor, about=about)  # the same key, within the hour
    assert len(net.asked) == 2
    net.away = True
    for _ in range(3):
        with pytest.raises(PeerUnreachable):
            await watch.look(IDS.actor, about=other)
    assert len(net.asked) == 3
    net.away = False
    await watch.look(IDS.actor)  # the ally says so itself
    assert (len(net.asked), pins.alarms) == (5, [])
    clock.move(seconds=16)
    await watch.look(IDS.actor, about=other)  # what failed is no look at that key
    clock.move(minutes=59)
    for key in (about, other):
        await watch.look(IDS.actor, about=key)
    assert len(net.asked) == 9
    with pytest.raises(Unauthenticated):
        await watch.look("http://cedar.localhost:9/actors/cedar", about=about)


async def test_many_names_are_one_cause() -> None:
    """However many keys are named while it is asked, an ally's node is not asked again at once."""
    clock, net, pins = Clock(), Net(documents(ring(0))), Pins(await shown(ring(0)))
    watch = KeyWatch(fetcher_of(net, Signer(ids_of("alder"), keys_of("alder")), clock), pins, clock)
    names = [IDS.ed25519_key_of(number) for number in range(MOST_REMEMBERED + 10)]
    await asyncio.gather(*(watch.look(IDS.actor, about=name) for name in names))
    asked = len(net.asked)
    clock.move(seconds=ANY_KEY.total_seconds() - 1)
    await watch.look(IDS.actor, about="another")
    assert len(net.asked) == asked


@dataclass(slots=True)
class Door:
    """A node's door whose one ally is birch, and why it looked at its keys."""

    pins: Pins
    clock: Clock = field(default_factory=Clock)
    away: bool = False
    becomes: Pin | None = None
    looks: list[Look] = field(default_factory=list)

    async def renew(self, actor: str, about: str | None) -> Any:
        """What birch's node shows is `becomes`."""
        assert actor == IDS.actor
        known = dict(self.pins.pin.trusted.ed25519_keys)
        self.looks.append(Look.TOLD if about is None else Look.DOUBT if about in known else Look.UNKNOWN)
        if self.away:
            raise Unreached(Reason.CONNECT)
        self.pins.pin = self.becomes or self.pins.pin
        return self.pins.pin.trusted

    async def take(self, keys: SigningKeys, proof_by: SigningKeys | None = None, back: timedelta = timedelta()) -> str:
        """What becomes of a post whose request is signed with `keys`: the Multikey of its proof."""
        return await self.bring(self.post(proof_by or keys, back), keys)

    async def bring(self, body: bytes, keys: SigningKeys) -> str:
        """The same of any activity."""
        nobody = Nobody()
        fetcher = fetcher_of(nobody, Signer(ids_of("alder"), keys_of("alder")), self.clock)
        directory = ActorDirectory(fetcher, nobody, self.clock)
        roster = Roster(allies={IDS.actor: self.pins.pin.trusted})
        verifier = Verifier(lambda: roster, directory, self.clock, scheme="http", allow_http=True, renew=self.renew)
        inbox = ids_of("alder").inbox
        headers = sign_request(Signer(IDS, keys), "POST", inbox, body, self.clock.now, manner=Manner.RFC_9421_ED25519)
        given = tuple((name.lower(), value) for name, value in headers.items())
        path = inbox.removeprefix(ids_of("alder").base)
        verified = await verifier.activity(Request("POST", path, given, body))
        assert verified.proven_by is not None
        return verified.proven_by

    def post(self, keys: SigningKeys, back: timedelta) -> bytes:
        """A Create with a proof by these keys."""
        create = Sender(IDS, keys).create()
        unsigned = {name: value for name, value in create.items() if name != "proof"}
        unsigned["object"] = {name: value for name, value in create["object"].items() if name != "proof"}
        return orjson.dumps(Signer(IDS, keys).document(unsigned, self.clock.now - back))


NEW = ring(1)
OLD_KEYS = keys_of("birch")


async def test_new_keys_are_looked_for_when_they_are_first_used() -> None:
    """What is signed with a key that we never heard of is taken once the ally's own node shows what leads to it."""
    door = Door(Pins(await shown(ring(0))), becomes=first_pin(await shown(NEW)))
    assert await door.take(NEW.current) == write_multikey(NEW.current.ed25519_public)
    assert await door.take(NEW.current) == write_multikey(NEW.current.ed25519_public)
    assert door.looks == [Look.UNKNOWN]


@pytest.mark.parametrize(
    ("keys", "away", "looks", "error"),
    [
        (NEW.current, False, [Look.UNKNOWN], Unauthenticated),
        (NEW.current, True, [Look.UNKNOWN], PeerUnreachable),
        (THIEF, False, [Look.DOUBT], Unauthenticated),
        (THIEF, True, [Look.DOUBT], Unauthenticated),
    ],
    ids=["unknown-key", "unknown-key-and-away", "other-key-under-a-known-name", "the-same-and-away"],
)
async def test_without_a_way_to_them_other_keys_are_refused(
    keys: SigningKeys,
    away: bool,  # noqa: FBT001 (a case)
    looks: list[Look],
    error: type[QafilaError],
) -> None:
    """The ally's node is looked at, and what it does not show is refused; only a new name may come again later."""
    door = Door(Pins(await shown(ring(0))), away=away)
    with pytest.raises(error):
        await door.take(keys)
    assert door.looks == looks


@pytest.mark.parametrize(
    ("days", "keys", "proof_by", "back", "taken"),
    [
        (2, OLD_KEYS, None, 0, True),
        (9, OLD_KEYS, None, 0, False),
        (9, OLD_KEYS, None, 8, False),
        (9, NEW.current, OLD_KEYS, 8, True),
        (9, NEW.current, OLD_KEYS, 0, False),
    ],
    ids=["overlap", "after", "after-and-dated-back", "vouched-for", "made-after-its-time"],
)
async def test_an_old_key_counts_for_its_time(
    days: int,
    keys: SigningKeys,
    proof_by: SigningKeys | None,
    back: int,
    taken: bool,  # noqa: FBT001 (a case)
) -> None:
    """It signs requests while it overlaps; after that, what it made in its time counts where the new key brings it."""
    door = Door(Pins(first_pin(await shown(NEW))), Clock(NOW + timedelta(days=days)))
    if taken:
        signed_by = proof_by or keys
        assert await door.take(keys, proof_by, timedelta(days=back)) == write_multikey(signed_by.ed25519_public)
        return
    with pytest.raises(Unauthenticated):
        await door.take(keys, proof_by, timedelta(days=back))


async def test_a_request_by_a_key_that_handed_over_is_looked_into() -> None:
    """Whoever still signs requests with it has a copy from before, or stole it: it may be revoked already."""
    door = Door(Pins(first_pin(await shown(NEW))), Clock(NOW + timedelta(days=2)))
    await door.take(NEW.current, OLD_KEYS)
    assert door.looks == []
    await door.take(OLD_KEYS)
    assert door.looks == [Look.DOUBT]
    door.becomes = first_pin(await shown(NEW.revoked(IDS, write_multikey(OLD_KEYS.ed25519_public), since=NOW, now=NOW)))
    with pytest.raises(Unauthenticated):
        await door.take(OLD_KEYS)


@pytest.mark.parametrize("back", [0, 3])
async def test_a_stolen_key_counts_for_nothing(back: int) -> None:
    """What a revoked key signed is refused whatever time it claims, also where another key brings it."""
    stolen = NEW.revoked(IDS, write_multikey(OLD_KEYS.ed25519_public), since=NOW, now=NOW)
    door = Door(Pins(first_pin(await shown(stolen))), Clock(NOW + timedelta(days=1)))
    for keys in (OLD_KEYS, NEW.current):
        with pytest.raises((Unauthenticated, Forbidden)):
            await door.take(keys, OLD_KEYS, timedelta(days=back))


@pytest.mark.parametrize(
    ("told", "looks"),
    [
        ({}, []),
        ({"name": "Birch and Friends"}, [Look.TOLD]),
        ({"summary": "<p>New</p>"}, []),
        ({"keyHistory": IDS.key_statement(2)}, [Look.TOLD]),
        ({"assertionMethod": []}, [Look.TOLD]),
        ({"inbox": None}, [Look.TOLD]),
    ],
    ids=["nothing-new", "a-new-name", "new-words", "a-statement", "other-keys", "unreadable"],
)
async def test_an_ally_that_tells_of_itself_is_looked_at(told: dict[str, Any], looks: list[Look]) -> None:
    """An Update of itself is answered once its node was looked at, if it tells of new keys or statements, or a name."""
    door = Door(Pins(first_pin(await shown(NEW))), Clock(NOW + timedelta(days=2)))
    actor = documents(NEW)[IDS.actor] | told
    update = build_actor_update(IDS, "1", actor, published=door.clock.now)
    body = orjson.dumps(Signer(IDS, NEW.current).document(update, door.clock.now))
    assert await door.bring(body, NEW.current) == write_multikey(NEW.current.ed25519_public)
    assert door.looks == looks
    door.away = bool(looks)
    if looks:
        with pytest.raises(PeerUnreachable):
            await door.bring(body, NEW.current)
