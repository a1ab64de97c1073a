"""WebFinger answers that lie about whose handle it is, to a person who looks for a collective (A26)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import orjson
import pytest

from activitypub.ids import webfinger_url
from activitypub.webfinger import build_jrd
from node.aid.allies import ally_look
from schema.errors import InputError, RemoteError
from tests.hostile.world import LONGEST_ANSWER, World, echoed
from tests.rig.dials import DIALS
from tests.rig.sender import Sender, address_of, collective, http, keys_of

pytestmark = pytest.mark.asyncio(loop_scope="package")
NAMES: Iterator[str] = (f"tarragon{number}" for number in range(1_000_000))
JRD: Final = "application/jrd+json"
Jrd = dict[str, Any]


def link(href: Any, **members: Any) -> Jrd:
    """A link to an actor."""
    return {"rel": "self", "type": "application/activity+json", "href": href, **members}


def links(*some: Any) -> Callable[[World, Sender, Jrd], Jrd]:
    """The right answer with other links; ACTOR stands for the right address."""

    def answer(_: World, one: Sender, jrd: Jrd) -> Jrd:
        text = orjson.dumps(some).replace(b"ACTOR", one.ids.actor.encode())
        return {**jrd, "links": orjson.loads(text)}

    return answer


def subject(text: Any) -> Callable[[World, Sender, Jrd], Jrd]:
    """The right answer about somebody else."""
    return lambda _world, _sender, jrd: {**jrd, "subject": text}


# What WebFinger says, and whether the actor is asked for then.
ANSWERS: Final[Mapping[str, tuple[Callable[[World, Sender, Jrd], Jrd], bool]]] = {
    "subject-of-an-ally": (lambda w, _, jrd: {**jrd, "subject": w.ally.ids.webfinger_address}, False),
    "subject-elsewhere": (subject("acct:tarragon@evil.example"), False),
    "subject-missing": (subject(None), False),
    "subject-a-list": (lambda _, one, jrd: {**jrd, "subject": [one.ids.webfinger_address]}, False),
    "subject-the-actor": (lambda _, one, jrd: {**jrd, "subject": one.ids.actor}, False),
    "subject-with-a-dot": (lambda _, one, jrd: {**jrd, "subject": f"{one.ids.webfinger_address}."}, False),
    "subject-without-acct": (lambda _, one, jrd: {**jrd, "subject": one.ids.acct}, False),
    "two-actors": (links(link("ACTOR"), link("ACTOR/x")), False),
    "two-hosts": (links(link("ACTOR"), link("http://birch.localhost/actors/birch")), False),
    "no-links": (links(), False),
    "links-no-list": (lambda _, one, jrd: {**jrd, "links": link(one.ids.actor)}, False),
    "links-of-text": (links("ACTOR"), False),
    "page": (links(link("ACTOR", type="text/html")), False),
    "no-type": (links(link("ACTOR", type=None)), False),
    "other-relation": (links(link("ACTOR", rel="http://webfinger.net/rel/profile-page")), False),
    "file": (links(link("file:///etc/passwd")), False),
    "data": (links(link("data:application/activity+json,{}")), False),
    "user": (links(link("http://evil@birch.localhost/actors/birch")), False),
    "no-address": (links(link("actors/tarragon")), False),
    "a-number": (links(link(7)), False),
    "address-in-capitals": (links(link("HTTP://BIRCH.localhost/")), False),
    "metadata": (links(link("http://169.254.169.254/latest/meta-data")), False),
    "public-address": (links(link("http://1.1.1.1/actors/x")), False),
    "graph": (lambda _world, _one, jrd: {"@graph": [jrd]}, False),
    "deep": (
        lambda _world, _one, jrd: {**jrd, "properties": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {}}}}}}}}}},
        False,
    ),
    "1-mib": (lambda _world, _one, jrd: {**jrd, "aliases": ["x" * 1_000] * 1_100}, False),
    "100-kib": (lambda _world, _one, jrd: {**jrd, "aliases": ["x" * 1_000] * 100}, False),
    "actor-of-an-ally": (lambda w, _, jrd: {**jrd, "links": [link(w.ally.ids.actor)]}, True),
    "our-actor": (lambda w, _, jrd: {**jrd, "links": [link(w.node.ids.actor)]}, False),
    "actor-that-is-not-there": (lambda _, one, jrd: {**jrd, "links": [link(f"{one.ids.actor}x")]}, True),
}


def target(one: Sender) -> str:
    """Where WebFinger is asked for this handle."""
    return address_of(webfinger_url(one.ids.acct, allow_http=True))[1]


async def looked(world: World, one: Sender) -> list[str]:
    """What was asked while a person looked for this handle in vain; nothing changes, nobody else is dialled."""
    asked, before, mark = len(world.peers.asked), await world.dump(), DIALS.mark
    with pytest.raises((RemoteError, InputError)):
        await ally_look(world.node, f"@{one.ids.acct}")
    assert await world.dump() == before
    assert set(DIALS.since(mark, but=world.port)) <= {world.peers.port}
    return world.peers.asked[asked:]


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_handle_that_leads_elsewhere(world: World, name: str) -> None:
    """A26, V14: what does not answer for the handle asked, with one actor that bears it, leads to nobody."""
    answer, on = ANSWERS[name]
    one = collective(next(NAMES), world.peers.port, keys_of("a stranger"))
    for known in (one, world.ally):
        world.peers.serve(known.ids.actor, known.actor())
    world.peers.documents[target(one)] = 200, JRD, orjson.dumps(answer(world, one, build_jrd(one.ids)))
    asked = await looked(world, one)
    assert asked[0] == target(one)
    assert len(asked) == (2 if on else 1)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(302, JRD), (301, JRD), (404, JRD), (410, JRD), (500, JRD), (204, JRD), (200, "text/html"), (200, "text/plain"),
     (200, "application/activity+json"), (200, "application/xrd+xml"), (200, f"text/html; x={JRD}")],
)  # fmt: skip
async def test_an_answer_that_is_none(world: World, status: int, kind: str) -> None:
    """A26: another status or media type is no answer; a redirect is not followed."""
    one = collective(next(NAMES), world.peers.port, keys_of("a stranger"))
    world.peers.serve(one.ids.actor, one.actor())
    world.peers.documents[target(one)] = status, kind, orjson.dumps(build_jrd(one.ids))
    assert await looked(world, one) == [target(one)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xef\xbb\xbf{}",
        b'{"subject":"a","subject":"b"}',
        b"[" * 10_000,
        b"\xff\xfe",
        b"NaN",
    ],
    ids=["empty", "cut-off", "list", "null", "mark", "twice", "deep", "not-utf-8", "nan"],
)
async def test_an_answer_that_is_no_document(world: World, body: bytes) -> None:
    """A26: what cannot be read is no answer."""
    one = collective(next(NAMES), world.peers.port, keys_of("a stranger"))
    world.peers.documents[target(one)] = 200, JRD, body
    assert await looked(world, one) == [target(one)]


@pytest.mark.parametrize(
    "changes", [{"preferredUsername": "birch"}, {"preferredUsername": None}, {"webfinger": "birch@evil.example"}]
)
async def test_an_actor_that_bears_another_handle(world: World, changes: dict[str, Any]) -> None:
    """A26: an actor found by its address is shown with no handle that does not lead back to it."""
    one = collective(next(NAMES), world.peers.port, keys_of("a stranger"))
    world.peers.serve(one.ids.actor, one.actor(**{"webfinger": None, **changes}))
    world.peers.documents[target(one)] = 200, JRD, orjson.dumps(build_jrd(one.ids))
    mark = DIALS.mark
    seen = await ally_look(world.node, one.ids.actor)
    assert seen["handle_verified"] is False
    assert set(DIALS.since(mark, but=world.port)) <= {world.peers.port}


RESOURCES: Final = (
    "", "acct:", "acct:@", "acct:alder", "acct:alder@", "acct:@HOST", "acct:alder@HOST@HOST", "acct:alder@HOST:80",
    "acct:alder@HOST/", "acct:alder@HOST%00", "acct:al%2564er@HOST", "acct:alder@evil@HOST", "acct:alder%2540HOST",
    "alder@HOST", "@alder@HOST", "https://HOST/actors/alder", "http://HOST/actors/../actors/alder", "http://evil@HOST/",
    "http://HOST/actors/alder%23x", "file:///etc/passwd", "data:,x", "acct:alder@127.1", "acct:alder@[::1]",
    "acct:alder@xn--a", "acct:" + "a" * 1_500 + "@HOST", "acct:%D0%B0lder@HOST", "acct:alder@HOST%0d%0aX-Y: z",
)  # fmt: skip


@pytest.mark.parametrize("resource", RESOURCES)
async def test_a_question_for_no_name_of_ours(world: World, resource: str) -> None:
    """A26: asked for what is no name, or none of ours, our WebFinger says so with 400 or 404, and repeats nothing."""
    asked = resource.replace("HOST", world.node.ids.origin.authority).replace(" ", "%20")
    before = await world.dump()
    said = http(f"/.well-known/webfinger?resource={asked}", [("Host", world.node.ids.origin.authority)], method="GET")
    answer = await world.say(said)
    assert answer.status in {400, 404}
    assert len(answer.body) <= LONGEST_ANSWER
    assert not echoed(said, answer.body)
    assert await world.dump() == before
