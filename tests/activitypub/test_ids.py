"""The one place where URLs and handles are made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.ids import Ids, check_acct, read_handle, webfinger_url
from activitypub.origin import check_url, origin_of
from schema.errors import InputError
from tests.activitypub.documents import ALDER

LAB = Ids("http://alder.localhost:8401", "alder")


def test_every_url_of_a_collective() -> None:
    """Each URL stands where others learnt to find it; they never change."""
    assert {
        name: getattr(ALDER, name)
        for name in dir(ALDER)
        if not name.startswith("_") and isinstance(getattr(ALDER, name), str)
    } == {
        "base": "https://alder.example",
        "name": "alder",
        "home": "https://alder.example/",
        "actor": "https://alder.example/actors/alder",
        "inbox": "https://alder.example/actors/alder/inbox",
        "outbox": "https://alder.example/actors/alder/outbox",
        "followers": "https://alder.example/actors/alder/followers",
        "followers_of_reader": "https://alder.example/actors/alder/followers_synchronization",
        "following": "https://alder.example/actors/alder/following",
        "allies": "https://alder.example/actors/alder/allies",
        "shared_inbox": "https://alder.example/inbox",
        "main_key": "https://alder.example/actors/alder#main-key",
        "ed25519_key": "https://alder.example/actors/alder#ed25519-key",
        "key_history": "https://alder.example/actors/alder/keys",
        "context": "https://alder.example/ns/qafila",
        "acct": "alder@alder.example",
        "webfinger_address": "acct:alder@alder.example",
        "node_actor": "https://alder.example/actor",
        "node_outbox": "https://alder.example/actor/outbox",
        "node_key": "https://alder.example/actor#main-key",
        "node_acct": "alder.example@alder.example",
        "node_webfinger_address": "acct:alder.example@alder.example",
        "webfinger_template": "https://alder.example/.well-known/webfinger?resource={uri}",
        "nodeinfo": "https://alder.example/nodeinfo/2.1",
    }
    proposal = ALDER.proposal("7k2")
    assert proposal == "https://alder.example/proposals/7k2"
    assert ALDER.intent(proposal) == "https://alder.example/proposals/7k2#primary"
    assert ALDER.conversation(proposal) == "https://alder.example/proposals/7k2/conversation"
    assert ALDER.replies(proposal) == "https://alder.example/proposals/7k2/replies"
    assert ALDER.main_key_of(2) == "https://alder.example/actors/alder#main-key-2"
    assert ALDER.ed25519_key_of(2) == "https://alder.example/actors/alder#ed25519-2"
    assert ALDER.node_key_of(2) == "https://alder.example/actor#main-key-2"
    assert ALDER.key_statement(1) == "https://alder.example/actors/alder/keys#1"
    assert ALDER.activity("9") == "https://alder.example/activities/9"
    assert ALDER.page(ALDER.outbox, "3f") == "https://alder.example/actors/alder/outbox?page=3f"


def test_the_port_belongs_to_the_handle() -> None:
    """Where the port is not the usual one, it stands in the handle as in the URL."""
    assert LAB.acct == "alder@alder.localhost:8401"
    assert LAB.actor == "http://alder.localhost:8401/actors/alder"
    assert LAB.node_acct == "alder.localhost@alder.localhost:8401"


@given(st.text(min_size=1, max_size=20).filter(lambda tag: tag.encode("utf-8", "ignore").decode() == tag))
def test_tags_of_any_script_make_urls_in_normal_form(tag: str) -> None:
    """The page of a hashtag has a URL in normal form, whatever the script; a tag never leaves its folder."""
    url = ALDER.tag(f"t{tag}")
    if not any(ord(sign) < 0x20 or ord(sign) == 0x7F for sign in tag):
        assert check_url(url) == url
    assert "/" not in url.removeprefix("https://alder.example/tags/")


@pytest.mark.parametrize("local_id", ["", "A", "a/b", "../x", "a b", "x" * 65, "é", "a\n"])
def test_refuses_local_ids_that_could_lead_elsewhere(local_id: str) -> None:
    """A local id is opaque: small letters and digits."""
    for make in (ALDER.proposal, ALDER.activity):
        with pytest.raises(InputError):
            make(local_id)


@given(st.from_regex(r"[a-z0-9]{1,64}", fullmatch=True))
def test_local_ids_come_back(local_id: str) -> None:
    """The way back finds exactly what the way there was given, of the same kind."""
    proposal, activity = ALDER.proposal(local_id), ALDER.activity(local_id)
    assert (ALDER.local_proposal(proposal), ALDER.local_proposal(activity)) == (local_id, None)
    assert (ALDER.local_activity(activity), ALDER.local_activity(proposal)) == (local_id, None)


@pytest.mark.parametrize(
    "url",
    [
        "https://birch.example/proposals/7",
        "https://alder.example:8443/proposals/7",
        "https://alder.example/proposals/",
        "https://alder.example/proposals/7/x",
        "https://alder.example/proposals/7#primary",
        "https://alder.example/proposals/7\n",
        "https://alder.example/actors/alder",
        "",
    ],
)
def test_no_other_url_is_ours(url: str) -> None:
    """A08: only the exact URL of a thing of ours has a local id."""
    assert ALDER.local_proposal(url) is None
    assert ALDER.local_activity(url) is None


@pytest.mark.parametrize(
    "base",
    [
        "https://alder.example/",
        "https://Alder.example",
        "alder.example",
        "https://alder.example/x",
        "https://a.b?c",
        "",
    ],
)
def test_refuses_a_base_that_is_no_origin(base: str) -> None:
    """A node lives at an origin in normal form, nothing more and nothing less."""
    with pytest.raises(InputError):
        Ids(base, "alder")


@pytest.mark.parametrize("name", ["", "Alder", "al der", "-alder", "alder.", "a/b", "é", "x" * 65, "alder\n"])
def test_refuses_names_that_other_servers_refuse(name: str) -> None:
    """The name in a handle is one that Mastodon takes as preferredUsername."""
    with pytest.raises(InputError):
        Ids("https://alder.example", name)


@pytest.mark.parametrize(
    ("typed", "handle"),
    [
        ("@alder@alder.example", "alder@alder.example"),
        ("alder@alder.example", "alder@alder.example"),
        ("acct:alder@alder.example", "alder@alder.example"),
        ("  @Alder@ALDER.Example ", "Alder@alder.example"),
        ("@alder@alder.localhost:8401", "alder@alder.localhost:8401"),
        ("@alder@Bücher.example", "alder@xn--bcher-kva.example"),
        ("@lajna@قافلة.example", "lajna@xn--mgbe5ecm.example"),
        ("https://alder.example/actors/alder", "https://alder.example/actors/alder"),
    ],
)
def test_reads_what_people_type(typed: str, handle: str) -> None:
    """A25: a handle is brought into normal form, so that one collective has one handle."""
    assert read_handle(typed) == handle


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "alder",
        "@alder",
        "alder@",
        "@@alder.example",
        "a@b@c.example",
        "alder@alder.example/x",
        "alder@alder.example:0",
        "alder@alder.example:443",
        "alder@alder.example:65536",
        "alder@a_b.example",
        "alder@127.1",
        "al der@alder.example",
        "http://alder.example/",
        "https://ALDER.example/",
        "javascript://alder.example/",
    ],
)
def test_refuses_what_names_nobody(typed: str) -> None:
    """Anything else is refused with a sentence that says how to write it."""
    with pytest.raises(InputError):
        read_handle(typed)


def test_a_handle_is_looked_up_at_its_own_host() -> None:
    """WebFinger asks the host of the handle over https, and over http only in the lab."""
    assert (
        webfinger_url("alder@alder.example")
        == "https://alder.example/.well-known/webfinger?resource=acct:alder@alder.example"
    )
    assert webfinger_url(LAB.acct, allow_http=True).startswith("http://alder.localhost:8401/.well-known/webfinger?")
    assert check_url(webfinger_url("@alder@alder.example"))


@given(st.text(max_size=30) | st.from_regex(r"@?[a-z.]{1,5}@[ -~é]{1,12}(:[0-9]{1,6})?", fullmatch=True))
def test_a_handle_always_has_a_host(typed: str) -> None:
    """Whatever is typed is refused or names a host in normal form."""
    try:
        acct = check_acct(typed)
    except InputError:
        return
    assert origin_of(webfinger_url(acct)).authority == acct.partition("@")[2]
