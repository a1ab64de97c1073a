"""From a handle to an actor and back: what loops back counts, anything else is not believed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from activitypub.ids import webfinger_url
from activitypub.webfinger import build_jrd
from federation.fetch import Fetcher, Members
from federation.transport import Reason, Response, Unreached
from schema.errors import RemoteError
from tests.rig.fetching import fetcher_of
from tests.rig.onions import onion_of
from tests.rig.sender import Sender, collective

BIRCH = collective("birch", 1)
MALLORY = collective("mallory", 1, BIRCH.keys)
OTHER = "birch@elsewhere.localhost"


class Net:
    """A transport of which each address gives one answer; a node that is not there for every other."""

    def __init__(self) -> None:
        self.answers: dict[str, Response] = {}
        self.asked: list[str] = []
        self.accepted: list[str] = []
        self.serve(BIRCH)
        self.point(BIRCH.ids.acct, build_jrd(BIRCH.ids))

    def serve(self, sender: Sender, **changes: Any) -> None:
        """Give an actor, changed."""
        self.give(sender.ids.actor, sender.actor(**changes), "application/activity+json")

    def point(self, acct: str, jrd: dict[str, Any], status: int = 200, kind: str = "application/jrd+json") -> None:
        """Give an answer of WebFinger."""
        self.give(webfinger_url(acct, allow_http=True), jrd, kind, status)

    def give(self, url: str, document: dict[str, Any], kind: str, status: int = 200) -> None:
        """Give a document at an address; the header that would lead elsewhere is there always."""
        headers = (("content-type", kind), ("location", "http://mallory.localhost:1/"))
        self.answers[url] = Response(status, headers, orjson.dumps(document), None)

    async def get(self, url: str, headers: Mapping[str, str]) -> Response:
        """One answer."""
        self.asked.append(url)
        self.accepted.append(headers["Accept"])
        if url not in self.answers:
            raise Unreached(Reason.CONNECT)
        return self.answers[url]


@pytest.fixture
def net() -> Net:
    """Birch is there, by its address and its handle."""
    return Net()


@pytest.fixture
def fetcher(net: Net) -> Fetcher:
    """Asks in the name of a collective that answers nobody."""
    return fetcher_of(net, MALLORY.signer, lambda: datetime(2026, 11, 23, 9, tzinfo=UTC))


async def handle_of(fetcher: Fetcher, sender: Sender) -> str | None:
    return await fetcher.handle((await fetcher.find(sender.ids.actor)).actor)


def jrd(acct: str, *actors: str) -> dict[str, Any]:
    """An answer about a handle."""
    links = [{"rel": "self", "type": "application/activity+json", "href": actor} for actor in actors]
    return {"subject": f"acct:{acct}", "links": links}


async def test_a_handle_that_loops_back_is_shown(net: Net, fetcher: Fetcher) -> None:
    """Whoever is found by its address has the handle that leads back to it, with or without FEP-2c59."""
    assert await handle_of(fetcher, BIRCH) == BIRCH.ids.acct
    net.serve(BIRCH, webfinger=None)
    assert await handle_of(fetcher, BIRCH) == BIRCH.ids.acct
    assert (await fetcher.find(f"@{BIRCH.ids.acct}")).actor.id == BIRCH.ids.actor


async def test_documents_are_asked_for_by_their_names(net: Net, fetcher: Fetcher) -> None:
    """ActivityPub 7: the media type with its profile comes first, the short one beside it; a handle is asked as JRD."""
    await fetcher.find(BIRCH.ids.acct)
    profiled = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
    assert net.accepted == ["application/jrd+json", f"{profiled}, application/activity+json"]


async def test_a_handle_on_another_host(net: Net, fetcher: Fetcher) -> None:
    """FEP-2c59: the handle that an actor gives itself comes first, and may lie elsewhere where that leads back."""
    net.serve(BIRCH, webfinger=OTHER)
    assert await handle_of(fetcher, BIRCH) is None
    net.point(OTHER, jrd(OTHER, BIRCH.ids.actor))
    assert await handle_of(fetcher, BIRCH) == OTHER
    assert (await fetcher.find(OTHER)).actor.id == BIRCH.ids.actor


async def test_the_second_name_of_a_node(net: Net, fetcher: Fetcher) -> None:
    """An onion service may tell the handle that is its node's own: what counts is the answer there, and one step."""
    second, third = (f"birch@{onion_of(name)}" for name in ("second", "third"))
    net.point(second, build_jrd(BIRCH.ids))
    assert (await fetcher.find(f"@{second}")).actor.id == BIRCH.ids.actor
    net.point(second, jrd(third, BIRCH.ids.actor))
    net.point(third, build_jrd(BIRCH.ids))
    with pytest.raises(RemoteError, match="not the account that was asked for"):
        await fetcher.find(second)
    net.point(third, jrd(third, BIRCH.ids.actor))
    with pytest.raises(RemoteError, match="another handle"):
        await fetcher.find(second)
    net.point(second, {"subject": BIRCH.ids.home})
    with pytest.raises(RemoteError, match="no account"):
        await fetcher.find(second)
    net.point(OTHER, build_jrd(BIRCH.ids))
    with pytest.raises(RemoteError, match="not the account that was asked for"):
        await fetcher.find(OTHER)


async def test_nobody_takes_the_handle_of_another(net: Net, fetcher: Fetcher) -> None:
    """V14: a handle that leads to another actor is not shown, and one that its actor does not know is not taken."""
    net.serve(MALLORY, webfinger=BIRCH.ids.acct)
    assert await handle_of(fetcher, MALLORY) is None
    net.point(OTHER, jrd(OTHER, BIRCH.ids.actor))
    with pytest.raises(RemoteError, match="another handle"):
        await fetcher.find(OTHER)


@pytest.mark.parametrize("username", [None, "birch crew", "birch@birch", "\u202ebirch"])
async def test_a_name_that_makes_no_handle(net: Net, fetcher: Fetcher, username: str | None) -> None:
    """An actor whose name cannot stand in a handle has none, and nobody is asked about it."""
    net.serve(BIRCH, webfinger=None, preferredUsername=username)
    assert await handle_of(fetcher, BIRCH) is None
    assert net.asked == [BIRCH.ids.actor]


RIGHT = build_jrd(BIRCH.ids)
SELF = RIGHT["links"][0]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"status": 404}, id="unknown there"),
        pytest.param({"status": 302}, id="A26 redirect"),
        pytest.param({"status": 500}, id="broken there"),
        pytest.param({"kind": "text/html"}, id="V14 media type"),
        pytest.param({"jrd": RIGHT | {"subject": f"acct:{OTHER}"}}, id="A26 subject"),
        pytest.param({"jrd": RIGHT | {"links": []}}, id="no link"),
        pytest.param({"jrd": RIGHT | {"links": [SELF, SELF | {"href": MALLORY.ids.actor}]}}, id="A26 two links"),
        pytest.param({"jrd": RIGHT | {"links": [SELF | {"href": "ftp://birch.localhost/"}]}}, id="A26 scheme"),
        pytest.param({"jrd": RIGHT | {"x": "x" * 2**20}}, id="A26 a mebibyte"),
        pytest.param({"jrd": RIGHT | {"x": [[[[[[[[[1]]]]]]]]]}}, id="deep"),
    ],
)
async def test_what_does_not_loop_back_is_not_shown(net: Net, fetcher: Fetcher, answer: dict[str, Any]) -> None:
    """A26: the actor is there under its address; its handle is not shown, and does not find it."""
    net.point(**{"acct": BIRCH.ids.acct, "jrd": RIGHT} | answer)
    assert await handle_of(fetcher, BIRCH) is None
    with pytest.raises(RemoteError):
        await fetcher.find(BIRCH.ids.acct)


async def test_a_handle_of_a_host_that_is_not_there(net: Net, fetcher: Fetcher) -> None:
    """Where nobody answers about the handle, the actor is shown and the handle is not."""
    del net.answers[webfinger_url(BIRCH.ids.acct, allow_http=True)]
    assert await handle_of(fetcher, BIRCH) is None


async def test_an_http_link_is_for_the_lab_alone(net: Net) -> None:
    """A26: on the open net the handle of an actor that is found by http leads nowhere."""
    abroad = fetcher_of(net, MALLORY.signer, lambda: datetime(2026, 11, 23, 9, tzinfo=UTC), allow_http=False)
    net.give(webfinger_url("birch@birch.example"), jrd("birch@birch.example", BIRCH.ids.actor), "application/jrd+json")
    with pytest.raises(RemoteError):
        await abroad.find("birch@birch.example")
    assert net.asked == ["https://birch.example/.well-known/webfinger?resource=acct:birch@birch.example"]


FOLLOWERS = BIRCH.ids.followers
PART = BIRCH.ids.followers_of_reader
PAGE = f"{PART}?cursor=0"
ONE, TWO = (f"http://alder.localhost:1/{name}" for name in ("one", "two"))
KIND = "application/activity+json"


def held(identifier: str, *items: str, kind: str = "OrderedCollection", **more: Any) -> dict[str, Any]:
    """A collection or a page with these members."""
    return {"id": identifier, "type": kind, "orderedItems": list(items), **more}


@pytest.mark.parametrize(
    ("collection", "page", "members"),
    [
        (held(PART, ONE, TWO), None, Members(frozenset({ONE, TWO}), whole=True)),
        (held(PART, ONE, totalItems=5), None, Members(frozenset({ONE}), whole=True)),
        (held(FOLLOWERS, ONE), None, Members(frozenset({ONE}), whole=True)),
        (held(PART, first=held(PAGE, ONE)), None, Members(frozenset({ONE}), whole=True)),
        (held(PART, first=held(PAGE, ONE, next=PAGE)), None, Members(frozenset({ONE}), whole=False)),
        (held(PART, first=PAGE), held(PAGE, ONE), Members(frozenset({ONE}), whole=True)),
        (held(PART, first=PAGE), held(PAGE, ONE, next=PAGE), Members(frozenset({ONE}), whole=False)),
    ],
)
async def test_members_are_read(
    net: Net, fetcher: Fetcher, collection: dict[str, Any], page: dict[str, Any] | None, members: Members
) -> None:
    """A list is read from its document, under its own id or that of the whole, or from its first page: no further."""
    net.give(PART, collection, KIND)
    if page is not None:
        net.give(PAGE, page, KIND)
    assert await fetcher.members(PART, part_of=FOLLOWERS) == members
    assert net.asked == ([PART] if page is None else [PART, PAGE])


@pytest.mark.parametrize(
    "collection",
    [
        held(BIRCH.ids.following, ONE),
        held(PART, ONE, kind="Note"),
        held(PART, first="http://mallory.localhost:1/page"),
        held(PART, first="not a URL"),
        held(PART, first=held(PAGE, ONE, kind="Person")),
        {"id": PART, "type": "Collection", "items": [{"name": "no id"}]},
        {"id": PART, "type": "Collection", "items": [ONE] * 1_001},
    ],
)
async def test_what_is_no_list_is_not_read(net: Net, fetcher: Fetcher, collection: dict[str, Any]) -> None:
    """Another document, a page elsewhere, members without an id, and more of them than we take, are refused."""
    net.give(PART, collection, KIND)
    with pytest.raises(RemoteError):
        await fetcher.members(PART, part_of=FOLLOWERS)
    assert net.asked == [PART]
