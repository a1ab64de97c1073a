"""Bad inputs that are about the text of JSON, the make of a document, and its proofs (more of the J list)."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from tests.hostile.documents import activity, context, inside, keyword, note, text
from tests.hostile.world import INBOX, TAKEN, Case, World

Change = Callable[[dict[str, Any]], Any]


def changed(world: World, change: Change) -> bytes:
    """An offer that somebody changed after its proofs were made."""
    made = world.ally.create(world.ally.note(cc=[world.ally.ids.followers], facts=["halal", "vegan"]))
    change(made)
    return world.post(made)


def written(world: World, old: str, new: str) -> bytes:
    """A good offer with one piece of its text in another spelling, and without proofs."""
    made = world.ally.create()
    del made["proof"], made["object"]["proof"]
    said = json.dumps(made)
    assert old in said
    return world.post(said.replace(old, new, 1).encode("utf-8", "surrogatepass"))


def nested(world: World, opening: bytes, closing: bytes, depth: int) -> bytes:
    """A member that nobody knows, which is that deep."""
    return text(world, lambda body: body[:-1] + b',"deep":' + opening * depth + b"1" + closing * depth + b"}")


def act_in_act(world: World, kinds: tuple[str, ...], actor: str | None = None) -> bytes:
    """An activity around an activity around an activity, the innermost of all by another actor where one is named."""
    inner: dict[str, Any] = world.ally.note()
    for number, kind in enumerate(kinds):
        by = actor if actor and number == 0 else world.ally.ids.actor
        inner = {"id": world.ally.ids.activity(f"a{number}"), "type": kind, "actor": by, "object": inner}
    return world.post(world.ally.create(inner))


def many(world: World, key: str, number: int) -> bytes:
    """An activity with that many addressees."""
    return activity(world, **{key: [world.ally.ids.proposal(str(one)) for one in range(number)]})


def linked_data(world: World, **members: Any) -> bytes:
    """An activity with a signature of the kind that we never take; it proves nothing, and says who it pleases."""
    signature = {"type": "RsaSignature2017", "creator": world.canary.ids.main_key, "signatureValue": "AAAA"}
    return activity(world, signature=signature, **members)


def swap(items: list[Any]) -> None:
    """Turn two items around."""
    items[0], items[1] = items[1], items[0]


def with_context(world: World, one: Any) -> bytes:
    """A Create with one more context."""
    return context(world, one)


def foreign(world: World, **members: Any) -> bytes:
    """A Note of a server that does not know our terms."""
    return note(world, revision=None, kind=None, category=None, source=None, **members)


TEXTS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "utf16-without-bom": lambda b: b.decode().encode("utf-16-le"),
    "utf32": lambda b: b.decode().encode("utf-32"),
    "overlong": lambda b: b.replace(b"Cinnamon", b"\xc0\xa2innamon"),
    "overlong-brace": lambda b: b"\xc1\xbb" + b[1:],
    "surrogates-in-utf8": lambda b: b.replace(b"Cinnamon", b"\xed\xa0\x80\xed\xb0\x80"),
    "beyond-unicode": lambda b: b.replace(b"Cinnamon", b"\xf4\x90\x80\x80"),
    "cut-off-character": lambda b: b.replace(b"Cinnamon", b"Cinn\xe2\x82"),
    "latin-1": lambda b: b.replace(b"Cinnamon", b"Cinn\xe4mon"),
    "bom-inside": lambda b: b[:1] + b"\xef\xbb\xbf" + b[1:],
    "nul-behind": lambda b: b + b"\0",
    "nul-before": lambda b: b"\0" + b,
    "line-feed-in-a-string": lambda b: b.replace(b"Cinnamon", b"Cinn\namon"),
    "tab-in-a-string": lambda b: b.replace(b"Cinnamon", b"Cinn\tamon"),
    "comma-at-the-end": lambda b: b[:-1] + b",}",
    "comment": lambda b: b[:1] + b"/* Cinnamon */" + b[1:],
    "hash-comment": lambda b: b"# Cinnamon\n" + b,
    "form-feed": lambda b: b"\f" + b,
    "no-break-space": lambda b: b"\xc2\xa0" + b,
    "escape-of-x": lambda b: b.replace(b"Cinnamon", b"\\x43innamon"),
    "cut-off-escape": lambda b: b.replace(b"Cinnamon", b"\\u00Zz"),
    "two-documents": lambda b: b + b"\n" + b,
    "in-a-list": lambda b: b"[" + b + b"]",
    "prefix-against-scripts": lambda b: b")]}'," + b,
    "callback": lambda b: b"callback(" + b + b")",
    "true": lambda _: b"true",
    "xml": lambda _: b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/passwd">]><x>&c;</x>',
    "form": lambda _: b"actor=Cinnamon&type=Create",
    "yaml": lambda _: b"type: !!python/object/apply:os.system ['Cinnamon']",
    "pickle": lambda _: b"\x80\x04cos\nsystem\n.",
}
TWICE: Final = {
    "escaped": ('"actor"', '"\\u0061ctor": "http://evil.localhost/", "actor"'),
    "in-a-proposal": ('"attributedTo"', '"attributedTo": "http://evil.localhost/", "attributedTo"'),
    "id": ('"id"', '"id": "http://evil.localhost/", "id"'),
    "type": ('"type": "Create"', '"type": "Delete", "type": "Create"'),
    "in-the-context": ('"@context": [', '"@context": [{"a": "x:b", "a": "x:c"}, '),
    "in-a-list": ('"tag": [', '"tag": [{"a": 1, "a": 1}, '),
    "of-nobody": ('"purpose"', '"": 1, "": 1, "purpose"'),
}
NUMBERS: Final = {
    "minus-5000-digits": "-" + "1" * 5_000,
    "2^53": str(2**53),
    "minus-2^53": str(-(2**53)),
    "-1e999": "-1e999",
    "1E400": "1E400",
    "nan": "NaN",
    "infinity": "Infinity",
    "minus-infinity": "-Infinity",
    "zero-first": "020",
    "plus": "+20",
    "point-first": ".5",
    "point-last": "20.",
    "hexadecimal": "0x14",
    "octal": "0o24",
    "underscore": "2_0",
    "minus-alone": "-",
    "exponent-alone": "1e",
    "other-digits": "\u0662\u0660",
}
STRINGS: Final = {
    "high-surrogate": "\\ud800",
    "low-surrogate": "\\udc00",
    "surrogates-turned": "\\udc00\\ud800",
    "escaped-nul": "a\\u0000b",
    "capital-escape": "\\uD83D",
}
TITLES: Final = {
    "embedding": "\u202bCinnamon",
    "isolate": "\u2066Cinnamon",
    "bell": "Cinn\x07amon",
    "escape": "\x1b[31mCinnamon",
    "delete": "Cinn\x7famon",
    "line": "Cinn\u2028amon",
    "feed": "Cinn\namon",
    "private": "Cinn\ue000amon",
    "noncharacter": "Cinn\uffffamon",
}
EMPTY_TITLES: Final = {"spaces": "   ", "zero-width": "\u200b\u200d\ufeff", "no-break": "\u00a0", "tags": "\U000e0041"}
KEYWORDS: Final = (
    *("@", "@@", "@list", "@index", "@language", "@none", "@vocab", "@base", "@version", "@container", "@prefix"),
    *("@default", "@embed", "@direction", "@protected", "@propagate", "@CONTEXT", "@context "),
)
CONTEXTS: Final[dict[str, Any]] = {
    "import": {"@import": "https://www.w3.org/ns/activitystreams"},
    "javascript": "javascript:alert(1)",
    "data": "data:application/json,{}",
    "relative": "context.jsonld",
    "ftp": "ftp://evil.example/context",
    "list-in-a-list": [[]],
    "null": None,
    "true": True,
    "no-object": {"object": None},
    "core-term-as-object": {"to": {"@id": "https://evil.example/to"}},
    "core-term-by-prefix": {"content": "evil:content"},
    "prefix": {"as": "https://evil.example/ns#"},
    "scoped": {"Note": {"@id": "as:Note", "@context": {"attributedTo": "https://evil.example/x"}}},
    "deeply-scoped": {"a": {"@id": "x:a", "@context": [{"b": {"@id": "x:b", "@context": {"proof": None}}}]}},
    "alias-of-type": {"kindOf": "@type"},
    "alias-in-an-object": {"sneaky": {"@id": "@graph"}},
    "reverse": {"wrote": {"@reverse": "as:attributedTo"}},
    "nest": {"inner": "@nest"},
    "json": {"blob": {"@id": "x:blob", "@type": "@json"}},
    "graph": {"blob": {"@id": "x:blob", "@container": "@graph"}},
    "term-as-number": {"blob": 7},
    "included": {"@included": []},
}
HARMLESS_CONTEXTS: Final[dict[str, Any]] = {
    "unknown-remote": "https://evil.example/context.jsonld",
    "private-remote": "http://169.254.169.254/latest",
    "more-terms": {"toot": "http://joinmastodon.org/ns#", "sensitive": "as:sensitive"},
    "vocabulary": {"@vocab": "https://evil.example/#", "@base": "https://evil.example/"},
}
PROTOTYPES: Final = (
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "__class__",
    "$ne",
    "..",
    "'; DROP TABLE inbox; --",
)
CHANGES: Final[dict[str, Change]] = {
    "a-member": lambda a: a.update(deliverTo="elsewhere"),
    "a-null": lambda a: a["object"].update(deliverTo=None),
    "an-empty-list": lambda a: a["object"].update(deliverTo=[]),
    "deep": lambda a: a["object"]["publishes"]["resourceQuantity"].update(deliverTo="elsewhere"),
    "in-the-context": lambda a: a["object"]["@context"].append({"deliverTo": "https://evil.example/"}),
    "prefixed": lambda a: a["object"].update({"as:attributedTo": "http://evil.localhost/"}),
    "in-the-proof": lambda a: a["object"]["proof"].update(domain="evil.example"),
    "one-less": lambda a: a["object"].pop("tag"),
    "one-context-less": lambda a: a["object"]["@context"].pop(),
}
ORDERS: Final[dict[str, Change]] = {
    "tags": lambda a: swap(a["object"]["tag"]),
    "facts": lambda a: swap(a["object"]["facts"]),
    "contexts": lambda a: swap(a["object"]["@context"]),
    "one-tag-twice": lambda a: a["object"]["tag"].append(a["object"]["tag"][0]),
    "one-addressee-twice": lambda a: a["object"].update(to=a["object"]["to"] * 2),
    "list-of-one-as-one": lambda a: a["object"].update(to=a["object"]["to"][0]),
    "text-as-number": lambda a: a["object"]["publishes"]["resourceQuantity"].update(hasNumericalValue=20),
    "number-as-text": lambda a: a["object"].update(revision="1"),
    "zeros": lambda a: a["object"]["publishes"]["resourceQuantity"].update(hasNumericalValue="20.0"),
    "true-as-text": lambda a: a["object"].update(unitBased="false"),
    "capital": lambda a: a["object"].update(name=a["object"]["name"].lower()),
    "another-composition": lambda a: a["object"].update(name=a["object"]["name"] + "\u0301"),
    "space": lambda a: a["object"].update(name=a["object"]["name"] + " "),
    "time-zone": lambda a: a["object"].update(published=a["object"]["published"].replace("Z", "+00:00")),
}

CASES: Final = (
    *(Case(f"J01-{name}", partial(text, change=change), 400) for name, change in TEXTS.items()),
    *(Case(f"J02-{name}", partial(written, old=old, new=new), 400) for name, (old, new) in TWICE.items()),
    *(Case(f"J03-{key}", partial(inside, value={key: {"polluted": True}}), 202, TAKEN) for key in PROTOTYPES),
    *(Case(f"J04-{name}", partial(written, old='"20"', new=number), 400) for name, number in NUMBERS.items()),
    *(Case(f"J05-{name}", partial(written, old="Cinnamon", new=said), 400) for name, said in STRINGS.items()),
    *(
        Case(f"J05-key-{name}", partial(written, old='"purpose"', new=f'"{key}": 1, "purpose"'), 400)
        for name, key in STRINGS.items()
    ),
    *(Case(f"J05-title-{name}", partial(note, name=title), 400) for name, title in TITLES.items()),
    *(Case(f"J05-empty-{name}", partial(note, name=title), 422) for name, title in EMPTY_TITLES.items()),
    *(Case(f"J05-stripped-{name}", partial(foreign, name=title), 202, TAKEN) for name, title in TITLES.items()),
    Case("J05-note", lambda w: note(w, source={"content": "\u202ecod.exe", "mediaType": "text/plain"}), 400),
    Case("J06-lists", lambda w: nested(w, b"[", b"]", 40_000), 413),
    Case("J06-objects", lambda w: nested(w, b'{"a":', b"}", 20_000), 413),
    Case("J06-both", lambda w: nested(w, b'[{"a":', b"}]", 33), 413),
    Case("J06-never-closed", lambda w: nested(w, b"[", b"", 100_000), 413),
    Case("J06-brackets-in-a-string", lambda w: inside(w, '[{"' * 1_000), 202, TAKEN),
    Case("J07-a-million", lambda w: inside(w, "x" * 1_000_000), 413),
    Case("J07-a-million-in-the-id", lambda w: activity(w, id=w.ally.ids.activity("a") + "a" * 1_000_000), 413),
    Case("J07-1001-addressees", partial(many, key="to", number=1_001), 413),
    Case("J07-1001-copies", partial(many, key="cc", number=1_001), 413),
    Case("J07-2001-tags", lambda w: note(w, tag=[{"name": "#Cinnamon"}] * 2_001), 413),
    Case("J07-many-small-objects", lambda w: inside(w, [{"a": {"a": {}}}] * 1_001), 413),
    Case("J07-many-terms", lambda w: context(w, {f"t{number}": "x:y" for number in range(2_001)}), 413),
    Case("J07-long-fact", lambda w: note(w, facts=["x" * 65_537]), 413),
    Case("J07-13-languages", lambda w: note(w, spokenLanguages=[f"a{letter}" for letter in "abcdefghijklm"]), 422),
    Case("J08-1000-types", lambda w: activity(w, type=["Create"] * 1_000), 400),
    Case("J08-the-same-twice", lambda w: activity(w, type=["Create", "Create"]), 400),
    Case("J08-in-a-list-in-a-list", lambda w: activity(w, type=[["Create"]]), 400),
    Case("J08-true", lambda w: activity(w, type=True), 400),
    Case("J08-small-letters", lambda w: activity(w, type="create"), 202, INBOX),
    Case("J08-prefixed", lambda w: activity(w, type="as:Create"), 202, INBOX),
    Case("J08-whole", lambda w: activity(w, type="https://www.w3.org/ns/activitystreams#Create"), 202, INBOX),
    Case("J08-other-script", lambda w: activity(w, type="\u0421reate"), 202, INBOX),
    Case("J08-a-name-of-python", lambda w: activity(w, type="__init__"), 202, INBOX),
    Case("J09-act-in-act-in-act", partial(act_in_act, kinds=("Create", "Update", "Delete")), 202, INBOX),
    Case("J09-act-of-another-in-act", lambda w: act_in_act(w, ("Create", "Announce"), w.canary.ids.actor), 202, INBOX),
    Case(
        "J09-collection",
        lambda w: activity(w, object={"id": w.ally.ids.proposal("c"), "items": [w.ally.note()] * 9}),
        202,
        INBOX,
    ),
    Case("J09-a-thing-that-is-an-actor", lambda w: activity(w, object={**w.canary.actor(), "purpose": "offer"}), 403),
    Case("J09-note-of-two-owners", lambda w: note(w, attributedTo=[w.ally.ids.actor, w.canary.ids.actor]), 403),
    Case("J10-list-of-one", lambda w: activity(w, actor=[w.ally.ids.actor]), 400),
    Case("J10-nothing-but-a-name", lambda w: activity(w, actor={"name": w.ally.ids.actor}), 400),
    Case("J10-owner-in-place-of-actor", lambda w: activity(w, actor=None, attributedTo=w.ally.ids.actor), 400),
    *(Case(f"J11-{name}", partial(with_context, one=one), 400) for name, one in CONTEXTS.items()),
    *(
        Case(f"J11-harmless-{name}", partial(with_context, one=one), 202, TAKEN)
        for name, one in HARMLESS_CONTEXTS.items()
    ),
    Case("J11-in-a-member", lambda w: inside(w, {"@context": {"actor": "https://evil.example/"}}), 400),
    Case("J12-linked-data-signature", linked_data, 202, TAKEN),
    Case("J12-linked-data-signature-of-another", lambda w: linked_data(w, actor=w.canary.ids.actor), 403),
    *(Case(f"J13-deep-{key}", partial(inside, value=[{"deep": {key: {}}}]), 400) for key in KEYWORDS),
    *(Case(f"J13-beside-{key}", partial(keyword, key=key), 400) for key in KEYWORDS),
    Case("J13-in-a-proof", lambda w: changed(w, lambda a: a["proof"].update({"@graph": []})), 400),
    Case("J14-object-without-a-name", lambda w: note(w, id="_:b0"), 400),
    Case("J14-actor-without-a-name", lambda w: activity(w, actor="_:b0"), 400),
    Case("J14-id-without-a-name", lambda w: activity(w, id="_:b0"), 400),
    *(Case(f"J16-{name}", partial(changed, change=change), 401) for name, change in CHANGES.items()),
    *(Case(f"J17-{name}", partial(changed, change=change), 401) for name, change in ORDERS.items()),
    Case("J17-1-as-1.0", lambda w: text(w, lambda body: body.replace(b'"revision":1', b'"revision":1.0')), 422),
    Case("J21-revision-2^53", lambda w: note(w, revision=2**53 - 1), 422),
    Case("J21-revision-minus", lambda w: note(w, revision=-1), 422),
    Case("J21-revision-fraction", lambda w: note(w, revision=1.5), 422),
)
