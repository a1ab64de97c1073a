"""Our node as others find it: WebFinger, host-meta, NodeInfo and the node actor, of a node that runs."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import orjson
import pytest
import pytest_asyncio

from activitypub.actor import read_actor
from activitypub.capabilities import RFC_9421, RFC_9421_ED25519
from activitypub.jsonld import dropped_terms
from activitypub.signatures.keys import write_pem
from node.house import House
from tests.rig.http import Answer, ask
from tests.rig.nodes import make_folder, running

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A node that runs, the same for every test: none of them changes it."""
    async with running(await make_folder(tmp_path_factory.mktemp("discovery") / "alder", "alder")) as (house, _):
        yield house


async def get(house: House, target: str, accept: str = "*/*") -> Answer:
    return await ask(house.ids.base + target, {"Accept": accept, "Origin": "https://elsewhere.example"})


async def finger(house: House, resource: str, more: str = "") -> Answer:
    return await get(house, f"/.well-known/webfinger?resource={quote(resource, safe='')}{more}")


def read(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200
    document: dict[str, Any] = orjson.loads(answer.body)
    return document


async def test_webfinger_answers_about_each_name(house: House) -> None:
    """The handle in any spelling, the actor, the node and the node actor are found, from any page; others are not."""
    ids = house.ids
    for resource, subject, actor in (
        (f"acct:{ids.acct}", ids.webfinger_address, ids.actor),
        (f"acct:{ids.acct}".upper().replace("ACCT:", "acct:"), ids.webfinger_address, ids.actor),
        (ids.actor, ids.webfinger_address, ids.actor),
        (ids.home, ids.home, ids.actor),
        (f"acct:{ids.node_acct}", ids.node_webfinger_address, ids.node_actor),
        (ids.node_actor, ids.node_webfinger_address, ids.node_actor),
    ):
        answer = await finger(house, resource, "&rel=self")
        assert answer.headers["content-type"] == "application/jrd+json"
        assert answer.headers["access-control-allow-origin"] == "*"
        document = read(answer)
        assert document["subject"] == subject
        assert [link["href"] for link in document["links"]] == [actor]
    assert (await finger(house, f"acct:birch@{ids.origin.authority}")).status == 404
    for wrong in ("", "?resource=", "?resource=alder", "?resource=acct:a@b.example&resource=acct:a@b.example"):
        assert (await get(house, f"/.well-known/webfinger{wrong}")).status == 400


async def test_host_meta_leads_to_webfinger(house: House) -> None:
    """Both forms have their media type, may be read from any page, and name the place where WebFinger answers."""
    xrd, jrd = await get(house, "/.well-known/host-meta"), await get(house, "/.well-known/host-meta.json")
    assert xrd.headers["content-type"] == "application/xrd+xml; charset=utf-8"
    assert jrd.headers["content-type"] == "application/json"
    assert {one.headers["access-control-allow-origin"] for one in (xrd, jrd)} == {"*"}
    template = read(jrd)["links"][0]["template"]
    assert f'template="{template}"'.encode() in xrd.body
    answer = await ask(template.replace("{uri}", quote(house.ids.webfinger_address, safe="")))
    assert read(answer)["subject"] == house.ids.webfinger_address


async def test_nodeinfo_leads_to_the_node(house: House) -> None:
    """Its links lead to a document without a count and to an actor of type Application."""
    links = {link["rel"]: link["href"] for link in read(await get(house, "/.well-known/nodeinfo"))["links"]}
    schema = "http://nodeinfo.diaspora.software/ns/schema/2.1"
    answer = await ask(links[schema])
    assert answer.headers["content-type"].startswith(f'application/json; profile="{schema}#"')
    assert answer.headers["access-control-allow-origin"] == "*"
    document = read(answer)
    assert document["metadata"] == {"nodeName": "Alder Collective", "nodeDescription": ""}
    assert (document["usage"], document["openRegistrations"]) == ({"users": {}}, False)
    assert read(await ask(links["https://www.w3.org/ns/activitystreams#Application"]))["type"] == "Application"


@pytest.mark.parametrize("accept", ["application/activity+json", "text/html", "*/*"])
async def test_the_node_actor_is_served_to_anyone(house: House, accept: str) -> None:
    """FEP-2677: without a signature; it has an id, a handle and a key id of its own and lends the collective's key."""
    answer = await get(house, "/actor", accept)
    assert answer.headers["content-type"] == "application/activity+json"
    document = read(answer)
    assert dropped_terms(document) == set()
    node = read_actor(document, house.ids.node_actor, allow_http=True)
    assert (node.type, node.inbox, node.webfinger) == ("Application", house.ids.shared_inbox, house.ids.node_acct)
    assert node.main_key_id == f"{house.ids.node_actor}#main-key"
    assert node.main_key_pem == write_pem(house.signer.keys.rsa_public)
    assert node.implements == {RFC_9421, RFC_9421_ED25519}
    assert read(await get(house, "/actor/outbox"))["type"] == "OrderedCollection"


async def test_both_actors_loop_back(house: House) -> None:
    """Each of our actors is found by the handle that it gives itself, and the handle by its actor."""
    for address in (house.ids.actor, house.ids.node_actor):
        actor = (await house.fetcher.find(address)).actor
        assert actor.webfinger is not None
        assert await house.fetcher.handle(actor) == actor.webfinger
        assert (await house.fetcher.find(actor.webfinger)).actor == actor
