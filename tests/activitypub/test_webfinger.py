"""From a handle to an actor."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.ids import Ids
from activitypub.webfinger import (
    build_home_jrd,
    build_jrd,
    build_node_jrd,
    find_jrd,
    keep_links,
    read_jrd,
    read_resource,
)
from schema.errors import Malformed, TooLarge
from tests.activitypub.documents import ALDER, BIRCH, as_bytes, broken

LD_JSON = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
JRD = build_jrd(ALDER)
SELF = JRD["links"][0]


def test_builds_the_whole_answer() -> None:
    """The answer names the handle, the actor and the page for people."""
    assert JRD == {
        "subject": "acct:alder@alder.example",
        "aliases": ["https://alder.example/actors/alder", "https://alder.example/"],
        "links": [
            {"rel": "self", "type": "application/activity+json", "href": "https://alder.example/actors/alder"},
            {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": "https://alder.example/"},
        ],
    }


@pytest.mark.parametrize(
    "resource",
    ["acct:alder@alder.example", "acct:alder@ALDER.example", "acct:Alder@Alder.Example"],
)
def test_a_handle_in_any_spelling_has_one_answer(resource: str) -> None:
    """The subject is the handle that was asked for, in its normal form, with the collective behind it."""
    assert find_jrd(ALDER, read_resource(resource)) == JRD


def test_the_url_of_the_actor_leads_to_the_handle() -> None:
    """Who starts from the URL learns the handle, from which the way leads back to this very URL."""
    found = find_jrd(ALDER, read_resource(ALDER.actor))
    assert found == JRD
    assert found["subject"] == ALDER.webfinger_address
    assert ALDER.actor in found["aliases"]
    assert read_jrd(as_bytes(found), ALDER.acct) == ALDER.actor


def test_the_address_of_the_node_leads_to_its_actor() -> None:
    """FEP-d556: the node is found by its address; the one collective that lives there stands beside it."""
    page = {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": "https://alder.example/"}
    assert find_jrd(ALDER, read_resource("https://alder.example/")) == {
        "subject": "https://alder.example/",
        "links": [
            {
                "rel": "https://www.w3.org/ns/activitystreams#Service",
                "type": "application/activity+json",
                "href": "https://alder.example/actor",
            },
            SELF,
            page,
        ],
    }


@pytest.mark.parametrize(
    "resource",
    ["acct:alder.example@alder.example", "acct:ALDER.example@alder.EXAMPLE", "https://alder.example/actor"],
)
def test_the_node_actor_loops_back(resource: str) -> None:
    """The node actor is found by its handle and its URL, and its handle leads back to it."""
    found = find_jrd(ALDER, read_resource(resource))
    assert found == build_node_jrd(ALDER)
    assert found["subject"] == "acct:alder.example@alder.example"
    assert read_jrd(as_bytes(found), ALDER.node_acct) == "https://alder.example/actor"


def test_a_collective_called_like_its_host_keeps_its_handle() -> None:
    """Where both handles are the same, it leads to the collective."""
    ids = Ids("https://alder.example", "alder.example")
    assert ids.acct == ids.node_acct
    assert find_jrd(ids, ids.webfinger_address) == build_jrd(ids)
    assert find_jrd(ids, ids.node_actor) == build_node_jrd(ids)


def test_links_of_one_relation() -> None:
    """RFC 7033, 4.3: who asks for one relation gets that one, and the rest of the answer; for an unknown one, none."""
    answer = build_home_jrd(ALDER)
    assert keep_links(answer, []) == answer
    assert keep_links(answer, ["self"]) == answer | {"links": [SELF]}
    assert keep_links(answer, ["self", "x"]) == answer | {"links": [SELF]}
    assert keep_links(answer, ["x"]) == answer | {"links": []}


@pytest.mark.parametrize(
    "resource",
    [
        "acct:birch@alder.example",
        "acct:alder@birch.example",
        "acct:birch.example@alder.example",
        "https://alder.example/actors/birch",
        "https://alder.example/actors/Alder",
        "https://alder.example/Actor",
        BIRCH.actor,
        BIRCH.home,
        BIRCH.node_actor,
    ],
)
def test_knows_no_others(resource: str) -> None:
    """Names of others, and names that do not exist, are not ours."""
    assert find_jrd(ALDER, read_resource(resource)) is None


@pytest.mark.parametrize(
    "resource", ["", "alder", "acct:", "acct:alder", "acct:a@b@c", "mailto:a@b.example", "http://a.b/"]
)
def test_refuses_questions_about_nothing(resource: str) -> None:
    """A resource is an acct: URI or an https URL."""
    with pytest.raises(Malformed):
        read_resource(resource)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"subject": "acct:Alder@alder.example"},
        {"links": [SELF, SELF | {"type": LD_JSON}]},
        {"links": [SELF | {"type": "text/html", "href": BIRCH.actor}, SELF]},
        {"links": [{"rel": "subscribe", "template": "https://alder.example/x?uri={uri}"}, SELF]},
        {"properties": {"https://x.example/": None}},
    ],
)
def test_finds_the_actor(change: dict[str, Any]) -> None:
    """The actor behind the one self link is found, whatever else stands there."""
    assert read_jrd(as_bytes(JRD | change), "alder@alder.example") == ALDER.actor


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"subject": "acct:alder@birch.example"}, id="V14 another host"),
        pytest.param({"subject": "acct:mallory@alder.example"}, id="V14 another name"),
        pytest.param({"subject": ALDER.actor}, id="A26 subject is a URL"),
        pytest.param({"subject": None}, id="A26 no subject"),
        pytest.param({"links": [SELF, SELF | {"href": BIRCH.actor}]}, id="A26 two actors"),
        pytest.param({"links": [SELF | {"href": "http://alder.example/actors/alder"}]}, id="A26 http"),
        pytest.param({"links": [SELF | {"href": None}]}, id="no href"),
        pytest.param({"links": [SELF | {"type": "text/html"}]}, id="another type"),
        pytest.param({"links": [SELF | {"type": 'application/ld+json; profile="https://evil.example"'}]}, id="profile"),
        pytest.param({"links": [SELF | {"rel": "alternate"}]}, id="another relation"),
        pytest.param({"links": []}, id="no links"),
        pytest.param({"links": {"self": SELF}}, id="links as an object"),
        pytest.param({"links": ["self"]}, id="links as strings"),
    ],
)
def test_refuses_what_it_cannot_trust(change: dict[str, Any]) -> None:
    """V14, A26: another subject, or anything but one https actor, is not believed."""
    with pytest.raises(Malformed):
        read_jrd(as_bytes(JRD | change), "alder@alder.example")


def test_refuses_a_large_answer() -> None:
    """A26: an answer of a mebibyte is too large."""
    with pytest.raises(TooLarge):
        read_jrd(as_bytes(JRD | {"x": "x" * 2**20}), "alder@alder.example")


def test_the_lab_speaks_http() -> None:
    """On this machine alone the actor may be reached by http, at its port."""
    lab = Ids("http://alder.localhost:8401", "alder")
    assert read_jrd(as_bytes(build_jrd(lab)), lab.acct, allow_http=True) == lab.actor


@given(broken(JRD))
def test_only_errors_of_the_tree_leave_the_reader(document: dict[str, Any]) -> None:
    """Any answer leads to a URL of an actor, or is malformed or too large."""
    try:
        actor = read_jrd(as_bytes(document), "alder@alder.example")
    except (Malformed, TooLarge):
        return
    assert actor.startswith("https://")


@given(st.text(max_size=20) | st.from_regex(r"acct:[!-~]{0,9}@[!-~é]{0,9}", fullmatch=True))
def test_any_question_has_an_answer(resource: str) -> None:
    """Any text as a resource is malformed, or a name that stays as it is when read again."""
    try:
        name = read_resource(resource)
    except Malformed:
        return
    assert read_resource(name) == name
