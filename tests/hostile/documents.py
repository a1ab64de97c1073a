"""Bad inputs at the level of JSON, JSON-LD and the values in a proposal (the J list of the security rules)."""

import codecs
import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

import orjson

from tests.hostile.world import INBOX, Case, World
from tests.rig.sender import now


def text(world: World, change: Callable[[bytes], bytes]) -> bytes:
    """A good offer whose bytes were changed before they were signed by HTTP."""
    return world.post(change(orjson.dumps(world.ally.create())))


def raw(world: World, body: bytes) -> bytes:
    """These bytes, signed."""
    return world.post(body)


def activity(world: World, **members: Any) -> bytes:
    """A Create with other members, its proof made over them; None takes one out."""
    return world.post(world.ally.create(**members))


def note(world: World, **members: Any) -> bytes:
    """A Create of a Note with other members, its proof made over them."""
    return world.post(world.ally.create(world.ally.note(**members)))


def inside(world: World, value: Any) -> bytes:
    """A Create with this in a member of the Note that nobody knows; neither has a proof."""
    made = world.ally.create()
    del made["proof"], made["object"]["proof"]
    return world.post({**made, "object": {**made["object"], "extra": value}})


def quantity(world: World, number: Any, **members: Any) -> bytes:
    """A Create of a Note with another quantity."""
    intent = world.ally.note()["publishes"]
    del intent["availableQuantity"]
    measure = {**intent["resourceQuantity"], "hasNumericalValue": number, **members}
    said = {key: value for key, value in measure.items() if value is not None}
    return note(world, publishes={**intent, "resourceQuantity": said})


def context(world: World, *entries: Any) -> bytes:
    """A Create with more in its context."""
    return activity(world, **{"@context": ["https://www.w3.org/ns/activitystreams", *entries]})


def keyword(world: World, key: str) -> bytes:
    """A Create with this keyword at the top."""
    return activity(world, **{key: []})


def clique(world: World, size: int) -> bytes:
    """Blank nodes, each linked to all: what keeps RDF canonicalisation busy for minutes."""
    names = [f"_:b{number}" for number in range(size)]
    return inside(world, [{"id": name, "knows": names} for name in names])


def lone_surrogate(world: World) -> bytes:
    """A title with half a pair, as JSON can escape it."""
    made = world.ally.create()
    return world.post(json.dumps({**made, "summary": "\ud800"}).encode())


def left_over(world: World) -> bytes:
    """More is left of it than there ever was."""
    intent = world.ally.note()["publishes"]
    more = {**intent["resourceQuantity"], "hasNumericalValue": "21"}
    return note(world, publishes={**intent, "availableQuantity": more})


def attached(world: World, *others: str, beside: bool = False, **members: Any) -> bytes:
    """A Create of a Note with a proposal attached to it; `others` are owners of further ones."""
    intent = world.ally.note()["publishes"]
    made = [{"type": "Proposal", "purpose": "offer", "publishes": intent, **members}]
    made += [{**made[0], "attributedTo": owner} for owner in others]
    without = {} if beside else dict.fromkeys(("purpose", "publishes", "revision", "kind"))
    return note(world, attachment=made, **without)


def prefixed(world: World, **members: Any) -> bytes:
    """A Create of a proposal with prefixed terms, and more."""
    intent = world.ally.note()["publishes"]
    terms = {"vf:purpose": "offer", "vf:publishes": intent, "purpose": None, "publishes": None, "revision": None}
    return note(world, **terms, **members)


def in_days(days: int) -> str:
    """That many days from now."""
    return (now() + timedelta(days=days)).isoformat()


EMPTY: Final = {"empty": b"", "null": b"null", "list": b"[]", "string": b'"x"', "number": b"1", "space": b"  "}
DAYS: Final = {
    "no-such-day": "2026-02-30T10:00:00Z",
    "year-0": "0000-01-01T00:00:00Z",
    "year-9999": "9999-12-31T23:59:59Z",
    "year-below-0": "-0001-01-01T00:00:00Z",
    "no-zone": "2026-11-23T10:00:00",
    "leap-second": "2016-12-31T23:59:60Z",
    "long-fraction": "2026-11-23T10:00:00." + "1" * 10_000 + "Z",
    "a-date": "2026-11-23",
    "other-digits": "٢٠٢٦-11-23T10:00:00Z",
    "number": 1_700_000_000,
}
KEYWORDS: Final = ("@graph", "@included", "@reverse", "@nest", "@set", "@value", "@json", "@import", "@id", "@type")
NUMBERS: Final = {
    "negative": "-1",
    "nothing": "0",
    "minus-nothing": "-0",
    "huge": "1e308",
    "huge-number": 1e308,
    "fraction-of-a-float": 0.1 + 0.2,
    "19-zeros": "1" + "0" * 19,
    "spaces": " 20",
    "comma": "2,5",
    "other-digits": "٢٠",
    "true": True,
    "list": ["20"],
}

CASES: Final = (
    Case("J01-invalid-utf8", lambda w: text(w, lambda b: b.replace(b"Cinnamon", b"Cinn\xff\xfemon")), 400),
    Case("J01-utf8-bom", lambda w: text(w, lambda b: codecs.BOM_UTF8 + b), 400),
    Case("J01-utf16", lambda w: text(w, lambda b: b.decode().encode("utf-16")), 400),
    Case("J01-trailing-bytes", lambda w: text(w, lambda b: b + b"{}"), 400),
    Case("J01-cut-off", lambda w: text(w, lambda b: b[:-1]), 400),
    Case("J01-single-quotes", lambda w: text(w, lambda b: b.replace(b'"', b"'")), 400),
    Case("J01-nan", lambda w: text(w, lambda b: b.replace(b'"20"', b"NaN")), 400),
    *(Case(f"J01-{name}", partial(raw, body=body), 400) for name, body in EMPTY.items()),
    Case("J02-actor-twice", lambda w: text(w, lambda b: b'{"actor":"http://evil.localhost/",' + b[1:]), 400),
    Case("J02-deep-twice", lambda w: text(w, lambda b: b.replace(b'"purpose":', b'"purpose":"x","purpose":')), 400),
    Case("J04-5000-digits", lambda w: text(w, lambda b: b.replace(b'"20"', b"1" * 5000)), 400),
    Case("J04-beyond-2^53", lambda w: text(w, lambda b: b.replace(b'"20"', b"9007199254740993")), 400),
    Case("J04-1e999", lambda w: text(w, lambda b: b.replace(b'"20"', b"1e999")), 400),
    Case("J05-lone-surrogate", lone_surrogate, 400),
    Case("J05-nul", lambda w: inside(w, "a\0b"), 400),
    Case("J05-right-to-left", lambda w: note(w, name="pay \u202ecod.exe"), 400),
    Case("J06-depth", lambda w: text(w, lambda b: b.replace(b'"20"', b"[" * 600 + b"]" * 600)), 413),
    Case("J07-10001-keys", lambda w: inside(w, {f"k{number}": 1 for number in range(10_001)}), 413),
    Case("J07-10001-items", lambda w: inside(w, [1] * 10_001), 413),
    Case("J07-long-string", lambda w: inside(w, "x" * 65_537), 413),
    Case("J07-long-key", lambda w: inside(w, {"k" * 1024: 1}), 413),
    Case("J07-long-title", lambda w: note(w, name="Cinnamon " * 100), 422),
    Case("J08-two-types", lambda w: activity(w, type=["Create", "Delete"]), 400),
    Case("J08-object", lambda w: activity(w, type={"id": "Create"}), 400),
    Case("J08-number", lambda w: activity(w, type=7), 400),
    Case("J08-missing", lambda w: activity(w, type=None), 400),
    Case("J08-empty", lambda w: activity(w, type=""), 400),
    Case("J08-100-types", lambda w: activity(w, type=["Create"] + ["X"] * 99), 400),
    Case("J09-object-id-list", lambda w: activity(w, object={**w.ally.note(), "id": ["x"]}), 400),
    Case("J09-object-number", lambda w: activity(w, object=7), 400),
    Case("J09-object-missing", lambda w: activity(w, object=None), 400),
    Case("J09-two-objects", lambda w: activity(w, object=[w.ally.note(), w.ally.note()]), 400),
    Case("J09-id-missing", lambda w: activity(w, id=None), 400),
    Case("J10-two-actors", lambda w: activity(w, actor=[w.ally.ids.actor, w.neighbour.ids.actor]), 400),
    Case("J10-link", lambda w: activity(w, actor={"type": "Link", "href": w.ally.ids.actor}), 400),
    Case("J10-other-id", lambda w: activity(w, actor={"id": w.neighbour.ids.actor, "name": w.ally.ids.actor}), 403),
    Case("J10-missing", lambda w: activity(w, actor=None), 400),
    Case("J11-file", lambda w: context(w, "file:///etc/passwd"), 400),
    Case("J11-50-contexts", lambda w: context(w, *["https://w3id.org/security/v1"] * 50), 400),
    Case("J11-core-term", lambda w: context(w, {"actor": "https://evil.example/actor"}), 400),
    Case("J11-alias", lambda w: context(w, {"sneaky": "@id"}), 400),
    Case("J11-number", lambda w: context(w, 7), 400),
    *(Case(f"J13-{key[1:]}", partial(inside, value=[{"deep": {key: {}}}]), 400) for key in KEYWORDS),
    *(Case(f"J13-top-{key[1:]}", partial(keyword, key=key), 400) for key in ("@graph", "@reverse")),
    *(Case(f"J14-clique-{size}", partial(clique, size=size), 400) for size in (5, 8)),
    *(Case(f"J19-published-{name}", partial(activity, published=day), 400) for name, day in DAYS.items()),
    *(Case(f"J19-ends-{name}", partial(note, endTime=day), 400) for name, day in DAYS.items()),
    *(Case(f"J20-{name}", partial(quantity, number=number), 422) for name, number in NUMBERS.items()),
    Case("J20-no-unit", lambda w: quantity(w, "20", hasUnit=None), 422),
    Case("J20-unknown-unit", lambda w: quantity(w, "20", hasUnit="\u043a\u0433", unitCode=None), 422),
    Case("J20-confusable-unit", lambda w: quantity(w, "20", unitCode="\u041aGM"), 422),
    Case("J20-two-units", lambda w: quantity(w, "20", unitCode="LTR"), 422),
    Case("J20-more-left-than-there-was", left_over, 422),
    Case("J21-ends-in-two-years", lambda w: note(w, endTime=in_days(800)), 422),
    Case("J21-revision-0", lambda w: note(w, revision=0), 422),
    Case("J21-revision-2^53-1", lambda w: note(w, revision=2**53 - 1), 422),
    Case("J21-revision-text", lambda w: note(w, revision="2"), 400),
    Case("J21-kind-against-purpose", lambda w: note(w, purpose="request"), 422),
    Case("J21-secret-in-public", lambda w: note(w, category="safety-protection", to=["as:Public"]), 422),
    Case("J21-finished-text", lambda w: note(w, unitBased="yes"), 400),
    Case("J22-without-an-activity", lambda w: w.post(w.ally.note()), 400),
    Case("J22-not-a-proposal", lambda w: note(w, purpose=None), 202, INBOX),
    Case("J23-attached-of-a-neighbour", lambda w: attached(w, attributedTo=w.neighbour.ids.actor), 403),
    Case("J23-attached-elsewhere", lambda w: attached(w, id=w.canary.ids.proposal("x1")), 403),
    Case("J23-two-attached", lambda w: attached(w, w.ally.ids.actor), 422),
    Case("J23-attached-to-a-proposal", lambda w: attached(w, beside=True), 422),
    Case("J24-unit-redefined", lambda w: context(w, {"hasUnit": "https://evil.example/hasUnit"}), 400),
    Case("J24-prefix-redefined", lambda w: context(w, {"om2": "https://evil.example/"}), 400),
    Case("J24-unit-renamed", lambda w: context(w, {"size": {"@id": "vf:resourceQuantity"}}), 400),
    Case("J24-prefixed-deep", lambda w: prefixed(w, extra=json.loads("[" * 20 + "]" * 20)), 413),
    Case("J24-prefixed-wide", lambda w: prefixed(w, extra={f"k{number}": 1 for number in range(600)}), 413),
)
