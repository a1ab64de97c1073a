"""What is promised of everything that reads an address, a handle or an answer about one."""

import socket
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

import orjson
from yarl import URL

from activitypub.ids import Ids, check_acct, read_handle, webfinger_url
from activitypub.origin import check_url, origin_of
from activitypub.webfinger import build_jrd, build_node_jrd, find_jrd, read_jrd, read_resource, read_subject
from federation.addresses import PUBLIC_INTERNET
from schema.errors import InputError
from tests.activitypub.documents import ALDER
from tests.rig.onions import onion_of

UNICAST: Final = ip_network("2000::/3")


def text(data: bytes) -> str:
    """Any text that JSON or a form can bring."""
    return data.decode("utf-8", "replace")


def url(data: bytes) -> None:
    """A URL that we take is read by the client that dials, and by Python's own parser, as leading to the same place."""
    address = text(data)
    assert check_url(address, allow_http=True, allow_fragment=True) == address
    origin = origin_of(address)
    dialled, split = URL(address, encoded=True), urlsplit(address)
    assert str(dialled) == address
    host = origin.host.strip("[]")
    assert (dialled.scheme, dialled.raw_host, dialled.port) == (origin.scheme, host, origin.port)
    assert (split.scheme, split.hostname, split.port or origin.port) == (origin.scheme, host, origin.port)
    assert address.startswith(f"{origin}/")
    local = ALDER.local_proposal(address)
    assert local is None or ALDER.proposal(local) == address


def target(data: bytes) -> None:
    """A host that may be dialled is a public unicast address, or a name that no resolver takes for an address."""
    host = text(data)
    PUBLIC_INTERNET.check_target("https", host, 443)
    try:
        address = ip_address(host)
    except ValueError:
        assert not _is_an_address(host)
        return
    assert address.is_global
    assert not address.is_multicast
    assert not isinstance(address, IPv6Address) or address in UNICAST


def _is_an_address(host: str) -> bool:
    """Whether the C library reads an IPv4 address in it, in any of its spellings."""
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True


def handle(data: bytes) -> None:
    """A handle in normal form is its own normal form, and can be asked for; so is what a person types."""
    typed = text(data)
    read = read_handle(typed, allow_http=True)
    assert read_handle(read, allow_http=True) == read
    account = check_acct(typed.strip())
    assert check_acct(account) == account
    assert webfinger_url(account).startswith("https://")


def resource(data: bytes) -> None:
    """What somebody asks WebFinger for is answered with ourselves or with nothing."""
    asked = read_resource(text(data))
    assert read_resource(asked) == asked
    found = find_jrd(ALDER, asked)
    assert found is None or str(found["subject"]) in {ALDER.webfinger_address, ALDER.node_webfinger_address, ALDER.home}


def webfinger(data: bytes) -> None:
    """The actor in an answer is a URL that stands in it."""
    actor = read_jrd(data, ALDER.acct)
    assert check_url(actor) == actor
    assert actor in orjson.dumps(orjson.loads(data)).decode()


def subject(data: bytes) -> None:
    """Whom an answer is about is a handle in normal form."""
    acct = read_subject(data)
    assert check_acct(acct) == acct


def own_address(data: bytes) -> None:
    """The address of a node that can be made has the origin that it says, and ids in normal form."""
    base, _, name = text(data).partition(" ")
    try:
        ids = Ids(base, name)
    except InputError:
        return
    assert str(ids.origin) == base
    for address in (ids.actor, ids.inbox, ids.proposal("a1"), ids.tag(name), ids.webfinger_template.split("?")[0]):
        assert check_url(address, allow_http=True) == address
    assert check_acct(ids.acct) == ids.acct


def url_seeds() -> list[str]:
    """Of every shape."""
    return [
        "https://alder.example:8443/@alder/1?page=2&a=b/?c#main-key",
        "https://xn--bcher-kva.example/%D9%84//~x",
        "http://192.0.2.1/",
        "https://[2001:db8::1]:8443/",
        f"http://{onion_of('alder')}/x",
        ALDER.proposal("a1"),
    ]


def target_seeds() -> list[str]:
    """Names and addresses, in good and in odd spellings."""
    return ["alder.example", "1.1.1.1", "2606:4700:4700::1111", "0x7f.1", "127.1", "64:ff9b::7f00:1", "a_b.c-d.example"]


def handle_seeds() -> list[str]:
    """Handles and URLs."""
    return ["@alder@alder.example", "acct:Alder@b\u00fccher.example:8443", "alder@[2001:db8::1]", ALDER.actor]


def resource_seeds() -> list[str]:
    """What is asked for."""
    return [ALDER.webfinger_address, ALDER.node_webfinger_address, ALDER.home, ALDER.actor]


def webfinger_seeds() -> list[str]:
    """Answers of ours, and one as Mastodon writes it."""
    jrd = build_jrd(ALDER)
    subscribe = {"rel": "http://ostatus.org/schema/1.0/subscribe", "template": "https://alder.example/i?uri={uri}"}
    theirs = jrd | {"links": [*jrd["links"], subscribe]}
    return [orjson.dumps(one).decode() for one in (jrd, build_node_jrd(ALDER), theirs)]


def own_seeds() -> list[str]:
    """Address and name."""
    return ["https://alder.example alder", "http://alder.localhost:8401 al.der-1"]
