"""One parser of URLs, one notion of origin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.origin import Origin, check_activity_id, check_key_id, check_owner, check_url, origin_of, same_origin
from schema.errors import Forbidden, Malformed, Unauthenticated
from tests.rig.onions import onion_of, written

ONION = onion_of("alder")


@pytest.mark.parametrize(
    "url",
    [
        "https://alder.example/",
        "https://alder.example/actors/alder",
        "https://alder.example:8443/x",
        "https://alder.example/@alder/1?page=2&a=b/?c",
        "https://alder.example/%D9%84//~x/a:b@c;d=e,f!$&'()*+",
        "https://xn--bcher-kva.example/",
        "https://192.0.2.1/",
        "https://[2001:db8::1]:8443/",
        f"https://{ONION}/",
        f"http://{ONION}/x",
        "https://localhost/",
        "https://alder.example/..a/.b/c..",
    ],
)
def test_takes_normal_form(url: str) -> None:
    """A URL in normal form comes back as it is."""
    assert check_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://alder.example/", id="http"),
        pytest.param(f"http://{ONION[1:]}/", id="http to a short onion name"),
        pytest.param(f"https://{ONION[1:]}/", id="https to a short onion name"),
        pytest.param("http://expyuzz4wqqyqhjn.onion/", id="onion of version 2"),
        pytest.param(f"http://{written(bytes(32), version=bytes([4]))}/", id="onion of a later version"),
        pytest.param(f"https://{'a' * 56}.onion/", id="onion with a wrong checksum"),
        pytest.param(f"http://{ONION.translate(str.maketrans('abc', 'bca'))}/", id="onion with letters swapped"),
        pytest.param(f"http://{ONION}./", id="onion with a trailing dot"),
        pytest.param(f"http://{ONION.upper()}/", id="onion in capitals"),
        pytest.param(f"http://www.{ONION}/", id="a label before an onion"),
        pytest.param(f"https://www.{ONION}/", id="a label before an onion, with https"),
        pytest.param("https://onion/", id="the top of the onions alone"),
        pytest.param("http://" + ONION + ".example/", id="http to a name that looks like an onion"),
        pytest.param("ftp://alder.example/", id="ftp"),
        pytest.param("file:///etc/passwd", id="file"),
        pytest.param("data:text/plain,x", id="data"),
        pytest.param("HTTPS://alder.example/", id="scheme in capitals"),
        pytest.param("//alder.example/", id="no scheme"),
        pytest.param("https:///x", id="no host"),
        pytest.param("https://alder.example", id="no path"),
        pytest.param("https://Alder.example/", id="A25 capitals"),
        pytest.param("https://alder.example./", id="A25 trailing dot"),
        pytest.param("https://alder.example:443/", id="A25 default port"),
        pytest.param("https://\u0430lder.example/", id="A25 homograph"),
        pytest.param("https://victim\u3002example/", id="ideographic full stop"),
        pytest.param("https://\uff11\uff12\uff17.0.0.1/", id="fullwidth digits"),
        pytest.param("https://alder..example/", id="empty label"),
        pytest.param("https://-alder.example/", id="label begins with a hyphen"),
        pytest.param("https://a_b.example/", id="underscore"),
        pytest.param("https://" + "a" * 64 + ".example/", id="long label"),
        pytest.param("https://" + "a." * 127 + "example/", id="long host"),
        pytest.param("https://xn--a.example/", id="punycode of nothing"),
        pytest.param("https://xn--alder-.example/", id="punycode of plain letters"),
        pytest.param("https://alder.example:0/", id="port 0"),
        pytest.param("https://alder.example:08443/", id="port with a zero before it"),
        pytest.param("https://alder.example:70000/", id="port beyond 65,535"),
        pytest.param("https://alder.example:/", id="empty port"),
        pytest.param("https://user@alder.example/", id="user"),
        pytest.param("https://alder.example:x@birch.example/", id="password"),
        pytest.param("https://alder.example\\@birch.example/", id="backslash"),
        pytest.param("https://evil.example\t.victim.example/", id="tab"),
        pytest.param("https://alder.example/a b", id="space"),
        pytest.param(" https://alder.example/", id="space before"),
        pytest.param("https://alder.example/\n", id="newline"),
        pytest.param("https://alder.example/\x7f", id="control"),
        pytest.param("https://alder.example/é", id="not ASCII"),
        pytest.param("https://alder.example/a/../b", id="dot segment"),
        pytest.param("https://alder.example/.", id="dot segment at the end"),
        pytest.param("https://alder.example/%2e%2e/b", id="dot segment encoded"),
        pytest.param("https://alder.example/%2E%2E/b", id="dot segment encoded in capitals"),
        pytest.param("https://alder.example/%61", id="letter encoded"),
        pytest.param("https://alder.example/%d9%84", id="small hex digits"),
        pytest.param("https://alder.example/%0D%0A", id="line break encoded"),
        pytest.param("https://alder.example/%00", id="NUL encoded"),
        pytest.param("https://alder.example/%", id="percent alone"),
        pytest.param("https://alder.example/?", id="empty query"),
        pytest.param("https://alder.example/#", id="empty fragment"),
        pytest.param("https://alder.example/#main-key", id="fragment"),
        pytest.param("https://alder.example/x[1]", id="brackets"),
        pytest.param("https://0x7f000001/", id="hexadecimal address"),
        pytest.param("https://127.1/", id="short address"),
        pytest.param("https://2130706433/", id="address as a number"),
        pytest.param("https://0177.0.0.1/", id="octal address"),
        pytest.param("https://1.2.3.256/", id="address out of range"),
        pytest.param("https://alder.0x1/", id="name that ends like a number"),
        pytest.param("https://[::0001]/", id="IPv6 not shortened"),
        pytest.param("https://[2001:DB8::1]/", id="IPv6 in capitals"),
        pytest.param("https://[::ffff:7f00:1]/", id="IPv4 in IPv6"),
        pytest.param("https://[::ffff:127.0.0.1]/", id="IPv4 in IPv6, dotted"),
        pytest.param("https://[fe80::1%25eth0]/", id="IPv6 with a zone"),
        pytest.param("https://[::1/", id="open bracket"),
        pytest.param("https://alder.example/" + "x" * 2048, id="too long"),
        pytest.param("", id="empty"),
        pytest.param(None, id="nothing"),
        pytest.param(["https://alder.example/"], id="list"),
    ],
)
def test_refuses_any_other_form(url: object) -> None:
    """A25, V13: what is not in normal form is malformed, never repaired."""
    with pytest.raises(Malformed):
        check_url(url)


def test_fragments_and_http_only_where_asked_for() -> None:
    """A fragment is taken for keys, http in the lab."""
    assert check_url("https://alder.example/a#main-key", allow_fragment=True)
    assert check_url("http://alder.localhost:8401/", allow_http=True)
    assert check_url("http://127.0.0.1:8401/", allow_http=True)
    with pytest.raises(Malformed):
        check_url("http://alder.localhost:80/", allow_http=True)


def test_origin_fills_in_the_port() -> None:
    """An origin has the effective port, and writes it only where it is not the default."""
    assert origin_of("https://alder.example/x") == Origin("https", "alder.example", 443)
    assert str(origin_of("https://alder.example/x")) == "https://alder.example"
    assert str(origin_of("http://alder.localhost:8401/x#y")) == "http://alder.localhost:8401"


@pytest.mark.parametrize(
    "other",
    [
        "https://alder.example:8443/x",
        "http://alder.example/x",
        "https://www.alder.example/x",
        "https://alder.example.evil.example/x",
        "https://evil.example/alder.example",
    ],
)
def test_another_origin_speaks_for_nobody(other: str) -> None:
    """FEP-fe34: objects and activities elsewhere are forbidden, keys elsewhere prove nothing."""
    actor = "https://alder.example/actors/alder"
    assert not same_origin(other, actor)
    with pytest.raises(Forbidden):
        check_owner(other, actor)
    with pytest.raises(Forbidden):
        check_activity_id(other, actor)
    with pytest.raises(Unauthenticated):
        check_key_id(other, actor)


def test_the_same_origin_may_speak() -> None:
    """Objects, activities and keys on the actor's origin pass."""
    actor = "https://alder.example/actors/alder"
    check_owner("https://alder.example/proposals/1", actor)
    check_activity_id("https://alder.example/proposals/1#delete", actor)
    check_key_id("https://alder.example/actors/alder#main-key", actor)


@given(st.text(max_size=40) | st.from_regex(r"https://[a-z0-9.\[\]:%-]{1,20}(:\d{1,6})?/[ -~]{0,12}", fullmatch=True))
def test_only_malformed_leaves_the_parser(url: str) -> None:
    """Any string is a URL with an origin that is part of it, or malformed."""
    try:
        assert check_url(url) == url
    except Malformed:
        return
    assert url.startswith(f"{origin_of(url)}/")
    assert url.isascii()
