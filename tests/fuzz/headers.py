"""What is promised of everything that reads a header, for any header at all."""

import contextlib
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Final

import http_sf

from activitypub.message import (
    ACTIVITY_JSON,
    Request,
    is_activity_media_type,
    prefers_activity,
    read_http_date,
    write_http_date,
)
from activitypub.signatures import cavage, rfc9421
from activitypub.signatures.content_digest import check_content_digest, write_content_digest
from activitypub.signatures.digest import check_digest, write_digest
from activitypub.signatures.fields import InnerList, Item, read_dictionary, write_dictionary
from activitypub.times import read_time, write_time
from node.visitor import read_address, visitor
from schema.errors import Malformed, Unauthenticated
from tests.activitypub import vectors
from tests.activitypub import vectors_rfc9421 as rfc

NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BODY: Final = b'{"type":"Create"}'
OURS: Final = (ip_network("127.0.0.0/8"),)
POST: Final = Request(
    "POST", "/inbox?shared=1", (("host", "birch.example"), ("content-type", ACTIVITY_JSON)), BODY
).with_headers(
    {"Date": write_http_date(NOW), "Digest": write_digest(BODY), "Content-Digest": write_content_digest(BODY)}
)
KEY_ID: Final = "https://alder.example/actors/alder#main-key"


def text(data: bytes) -> str:
    """A header as aiohttp gives it: bytes that are no UTF-8 come as lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def cavage_signature(data: bytes) -> None:
    """The `Signature` of the draft: what is read and written again reads the same; checking it ends well or not."""
    request = POST.with_headers({"Signature": text(data)})
    signature = cavage.read_signature(request)
    parameters = {
        "keyId": f'"{signature.key_id}"',
        "algorithm": f'"{signature.algorithm}"',
        "headers": f'"{" ".join(signature.covered)}"',
        "signature": f'"{b64encode(signature.value).decode()}"',
        "created": signature.created,
        "expires": signature.expires,
    }
    line = ",".join(f"{name}={value}" for name, value in parameters.items() if value is not None)
    assert cavage.read_signature(POST.with_headers({"Signature": line})) == signature
    cavage.check_coverage(signature, request, NOW)
    cavage.verify(signature, request, vectors.signing_keys().rsa_public)


def standard_signature(data: bytes) -> None:
    """`Signature-Input` and `Signature`, a line each: the same for RFC 9421."""
    first, _, second = text(data).partition("\n")
    request = POST.with_headers({"Signature-Input": first, "Signature": second})
    signature = rfc9421.read_signature(request, scheme="https")
    written = write_dictionary({"sig1": InnerList(tuple(map(Item, signature.covered)), signature.parameters)})
    again = request.with_headers(
        {"Signature-Input": written, "Signature": write_dictionary({"sig1": Item(signature.value)})}
    )
    assert rfc9421.read_signature(again, scheme="https") == signature
    rfc9421.check_coverage(signature, request, NOW)
    rfc9421.verify(signature, request, vectors.signing_keys().ed25519_public)


def structured_field(data: bytes) -> None:
    """A dictionary: another's reader takes what we take, and both write the same."""
    line = text(data)
    members = read_dictionary(line)
    written = write_dictionary(members)
    assert repr(read_dictionary(written)) == repr(members)
    assert http_sf.ser(http_sf.parse(line.encode(), tltype="dictionary")) == written


def digests(data: bytes) -> None:
    """`Digest` or `Content-Digest`: one that fits this body fits no other."""
    line = text(data)
    for name, check in (("digest", check_digest), ("content-digest", check_content_digest)):
        request = POST.with_headers({name: line})
        with contextlib.suppress(Unauthenticated):
            check(request)
            other = replace(request, body=BODY + b" ")
            try:
                check(other)
            except Unauthenticated:
                continue
            raise AssertionError(f"{name} fits two bodies")


def words(data: bytes) -> None:
    """Media types and dates: what is read as a date is written the same."""
    line = text(data)
    is_activity_media_type(line)
    prefers_activity(line)
    moment = read_http_date(line)
    assert moment is None or write_http_date(moment) == line
    with contextlib.suppress(Malformed):
        moment = read_time(line)
        assert read_time(write_time(moment)) == moment.replace(microsecond=0)


@cache
def signed() -> dict[str, str]:
    """The headers of a good request, in either scheme."""
    keys = vectors.signing_keys()
    headers = cavage.sign(POST, key_id=KEY_ID, key=keys.rsa, now=NOW)
    standard = rfc9421.sign(POST, key_id=KEY_ID, key=keys.ed25519, now=NOW, scheme="https")
    return {"cavage": headers["Signature"], "input": standard["Signature-Input"], "value": standard["Signature"]}


def forwarded(data: bytes) -> None:
    """Who asks is the last of one header that is not our own, or nobody; from anywhere else it changes nothing."""
    lines = data.decode("latin-1").split("\n")
    found = visitor(("127.0.0.1", 1), lines, OURS)
    if found is not None:
        entries = [read_address(entry.strip(" \t")) for entry in lines[0].split(",")]
        while entries[-1] in OURS[0]:
            entries.pop()
        assert (len(lines), found) == (1, entries[-1])
    assert visitor(("8.8.8.8", 1), lines, OURS) == ip_address("8.8.8.8")


def cavage_seeds() -> list[str]:
    """Good ones, and one that names no algorithm."""
    line = signed()["cavage"]
    return [line, line.replace('algorithm="rsa-sha256",', ""), line.replace("rsa-sha256", "hs2019") + ",created=1"]


def standard_seeds() -> list[str]:
    """A good one, and those of the RFC."""
    of_the_rfc = ["\n".join(example.headers.values()) for example in (rfc.B21, rfc.B22, rfc.B23)]
    return [f"{signed()['input']}\n{signed()['value']}", *of_the_rfc]


def field_seeds() -> list[str]:
    """Every kind of value."""
    return [
        signed()["input"],
        *(digest for _, digest in rfc.CONTENT_DIGESTS),
        'a=1, b=-0, c="x\\"\\\\y";p;q=?0, d=*tok/en:1, e=::, f;x;y=2',
        '*k=(  "b";p   tok );  q=:AA==:',
    ]


def digest_seeds() -> list[str]:
    """Both kinds."""
    return [write_digest(BODY), write_content_digest(BODY), f"md5=x, {write_digest(BODY)}", rfc.REQUEST_DIGEST]


def word_seeds() -> list[str]:
    """Media types, what a browser accepts, dates."""
    return [
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"; charset=utf-8',
        "text/html,application/xhtml+xml;q=0.9,application/activity+json;q=0.8,*/*;q=0.1",
        write_http_date(NOW),
        "2026-11-23T09:00:00.123456+05:45",
    ]


def forwarded_seeds() -> list[str]:
    """One, several, one of our own, and IPv4 in IPv6."""
    return ["203.0.113.7", "junk, 2001:db8::7, 127.0.0.1", "127.0.0.1", "::ffff:203.0.113.7, 127.0.0.1"]
