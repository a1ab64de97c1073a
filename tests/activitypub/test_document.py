"""The strict reader, and what a context may say."""

import json
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from activitypub.context import CORE_TERMS, MAX_CONTEXTS, OWN_TERMS, check_context
from activitypub.document import Limits, raw_member, read_document, written
from schema.errors import Malformed, TooLarge
from tests.activitypub.documents import as_bytes, json_values

AS2 = "https://www.w3.org/ns/activitystreams"
MASTODON_CONTEXT = [
    AS2,
    "https://w3id.org/security/v1",
    {
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "toot": "http://joinmastodon.org/ns#",
        "featured": {"@id": "toot:featured", "@type": "@id"},
        "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
        "schema": "http://schema.org#",
        "PropertyValue": "schema:PropertyValue",
        "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
        "@language": "und",
    },
]


@given(st.dictionaries(st.text(max_size=8), json_values, max_size=4))
def test_white_space_changes_nothing(members: dict[str, Any]) -> None:
    """A document as orjson writes it and one with white space in it are read alike, and so are their members."""
    dense = json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode()
    loose = json.dumps(members, indent=1, ensure_ascii=False).encode()
    results = []
    for data in (dense, loose):
        try:
            results.append([read_document(data), *(json.loads(raw_member(data, name)) for name in members)])
        except (Malformed, TooLarge) as error:
            results.append([str(error)])
    assert results[0] == results[1]


@given(st.from_regex(r"(0|[1-9][0-9]{0,11})\.[0-9]{1,6}", fullmatch=True))
@example("0.00001")
@example("123456789012.123456")
def test_a_number_keeps_its_digits(digits: str) -> None:
    """Whichever way a document is read, its numbers know the digits that stood there."""
    for data in (f'{{"n":{digits}}}', f'{{ "n" : {digits} }}'):
        assert written(read_document(data.encode())["n"]) == digits


def test_a_member_comes_as_it_came() -> None:
    """The bytes of a member are those that were received, dense or not."""
    assert raw_member(b'{"a":{"b":1.50,"c":"\\u00e9"},"d":[]}', "a") == b'{"b":1.50,"c":"\\u00e9"}'
    assert raw_member(b'{"a":{"b":1.5,"c":"x"},"d":[]}', "a") == b'{"b":1.5,"c":"x"}'
    assert raw_member(b'{ "d" : [ 1 ] , "a":2}', "d") == b"[ 1 ]"
    with pytest.raises(Malformed):
        raw_member(b'{"a":1}', "b")


def test_reads_a_document() -> None:
    """A document with text of any script, numbers and white space around it is read as it stands."""
    data = ' {"name":"قافلة 🍞","n":[1,-1.5,9007199254740991],"x":null,"escaped":"\\u00e9\\ud83c\\udf5e"}\r\n'.encode()
    assert read_document(data) == {
        "name": "قافلة 🍞",
        "n": [1, -1.5, 2**53 - 1],
        "x": None,
        "escaped": "é🍞",
    }


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"a":"\xff"}', id="J01 invalid UTF-8"),
        pytest.param(b'{"a":"\xed\xa0\x80"}', id="J01 surrogate as UTF-8"),
        pytest.param(b'\xef\xbb\xbf{"a":1}', id="J01 byte order mark"),
        pytest.param('{"a":1}'.encode("utf-16"), id="J01 UTF-16"),
        pytest.param('{"a":1}'.encode("utf-16-le"), id="J01 UTF-16 without mark"),
        pytest.param(b'{"a":1}x', id="J01 trailing bytes"),
        pytest.param(b'{"a":1}{"a":1}', id="J01 second document"),
        pytest.param(b'{"a":1}\0', id="J01 trailing NUL"),
        pytest.param(b"", id="J01 empty"),
        pytest.param(b"null", id="J01 null"),
        pytest.param(b"[]", id="J01 list"),
        pytest.param(b'"x"', id="J01 string"),
        pytest.param(b'{"a":1,"a":1}', id="J02 same member twice"),
        pytest.param(b'{"a":[{"b":{"c":1,"\\u0063":2}}]}', id="J02 twice, deep and escaped"),
        pytest.param(b'{"a":' + b"9" * 5000 + b"}", id="J04 5,000 digits"),
        pytest.param(b'{"a":9007199254740992}', id="J04 2^53"),
        pytest.param(b'{"a":-9007199254740992}', id="J04 -2^53"),
        pytest.param(b'{"a":1e400}', id="J04 float beyond double"),
        pytest.param(b'{"a":NaN}', id="J04 NaN"),
        pytest.param(b'{"a":-Infinity}', id="J04 Infinity"),
        pytest.param(b'{"a":"\\ud800"}', id="J05 lone surrogate"),
        pytest.param(b'{"\\udc00":1}', id="J05 lone surrogate in a name"),
        pytest.param(b'{"a":["\\u0000"]}', id="J05 NUL escaped"),
        pytest.param(b'{"a":"\0"}', id="J05 NUL"),
        pytest.param(b'{"a":1,}', id="trailing comma"),
        pytest.param(b'{"a":"\n"}', id="control character in a string"),
    ],
)
def test_refuses_what_is_not_i_json(data: bytes) -> None:
    """Bytes that two parsers could read differently are malformed."""
    with pytest.raises(Malformed):
        read_document(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(as_bytes({str(n): n for n in range(10_001)}), id="J07 10,001 members"),
        pytest.param(as_bytes({"a": list(range(10_001))}), id="J07 10,001 items"),
        pytest.param(as_bytes({"a": [[0] * 600, [0] * 600]}), id="J07 items are counted over all lists"),
        pytest.param(as_bytes({"a": "x" * 65_537}), id="J07 long string"),
        pytest.param(as_bytes({"k" * 1024: 1}), id="J07 long name"),
        pytest.param(b'{"a":"' + b"x" * 300_000 + b'"}', id="too many bytes"),
        pytest.param(b'{"a":' * 33 + b"1" + b"}" * 33, id="33 deep"),
        pytest.param(b"[" * 100_000, id="100,000 deep"),
        pytest.param(b'{"a":' * 40_000, id="40,000 deep, never closed"),
        pytest.param(b"[" * 40 + b'"' + b'\\"' * 100_000, id="deep, with a string that never ends"),
    ],
)
def test_refuses_what_is_too_large_at_once(data: bytes) -> None:
    """A document over a limit is refused in a moment."""
    started = time.monotonic()
    with pytest.raises(TooLarge):
        read_document(data)
    assert time.monotonic() - started < 0.25


def test_limits_are_the_last_that_is_taken() -> None:
    """A document exactly at its limits is read; brackets inside strings count for nothing."""
    limits = Limits(max_bytes=64, max_depth=3, max_members=2, max_items=2, max_string=8, max_key=4)
    data = as_bytes({"aaaa": {"b": ["[[[[{{{{", '"]\\"[{']}})
    assert len(data) <= 64
    assert read_document(data, limits) == json.loads(data)


def test_our_own_terms_are_taken_in_a_context() -> None:
    """The map that our own documents carry is a context that may stand."""
    assert read_document(as_bytes({"@context": [AS2, OWN_TERMS]}))


KEYWORDS = """@graph @included @reverse @nest @set @list @value @json @import @id @type @language @vocab @none"""


@pytest.mark.parametrize("keyword", KEYWORDS.split())
@pytest.mark.parametrize("wrap", [lambda part: part, lambda part: {"object": [{"tag": part}]}], ids=["top", "deep"])
def test_refuses_keywords(keyword: str, wrap: Any) -> None:
    """J13: no keyword but `@context` is a member of anything."""
    with pytest.raises(Malformed):
        read_document(as_bytes(wrap({keyword: []})))


MULTIBASE = {"type": "sec:multibase", "@value": "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"}


@pytest.mark.parametrize("literal", [MULTIBASE, {"@type": "xsd:boolean", "@value": True}, {"@value": "x"}])
def test_a_literal_written_out_is_let_through(literal: Any) -> None:
    """A value object stays what it is; Fedify answers a Follow with the keys of an actor written so."""
    document = {"type": "Accept", "object": {"sec:publicKeyMultibase": literal}}
    assert read_document(as_bytes(document)) == document


@pytest.mark.parametrize(
    "more",
    [{"id": "https://alder.example/1"}, {"@id": "x"}, {"type": ["a"]}, {"@value": {}}, {"@value": None}, {"x": 1}],
)
def test_refuses_a_literal_that_is_more(more: Any) -> None:
    """What has a value and is something else besides is refused: of two readers each could see another thing."""
    with pytest.raises(Malformed):
        read_document(as_bytes({"object": MULTIBASE | more}))


@pytest.mark.parametrize("wrap", [lambda part: part, lambda part: {"object": [{"tag": part}]}], ids=["top", "deep"])
def test_refuses_more_types_than_anything_has(wrap: Any) -> None:
    """J08: eight types are read, nine are malformed, wherever they stand."""
    assert read_document(as_bytes(wrap({"type": ["Note"] * 8})))
    with pytest.raises(Malformed):
        read_document(as_bytes(wrap({"type": ["Note"] * 9})))


@pytest.mark.parametrize("size", [5, 6, 7, 8])
@pytest.mark.parametrize("member", ["@graph", "items"])
def test_refuses_blank_node_cliques(size: int, member: str) -> None:
    """J14: blank nodes that all know each other are refused in a moment."""
    nodes = [{"id": f"_:b{n}", "p": [f"_:b{m}" for m in range(size) if m != n]} for n in range(size)]
    started = time.monotonic()
    with pytest.raises(Malformed):
        read_document(as_bytes({"@context": {"p": {"@id": "http://p.example/", "@type": "@id"}}, member: nodes}))
    assert time.monotonic() - started < 0.05


@pytest.mark.parametrize(
    "context",
    [
        pytest.param("file:///etc/passwd", id="J11 file"),
        pytest.param("/context", id="J11 relative"),
        pytest.param([AS2, ["https://nested.example/"]], id="J11 list in a list"),
        pytest.param([AS2] * 50, id="J11 50 contexts"),
        pytest.param([AS2, None], id="null empties what stood before"),
        pytest.param(None, id="null"),
        pytest.param(7, id="number"),
        pytest.param({"x": 7}, id="term defined as a number"),
        pytest.param({"x": {"@id": ["https://x.example/"]}}, id="term defined as a list"),
        *(pytest.param({"x": keyword}, id=f"other name for {keyword}") for keyword in ["@graph", "@value", "@id"]),
        *(
            pytest.param({"x": {"@id": "https://x.example/", key: value}}, id=f"{key} {value}")
            for key, value in [
                ("@reverse", "as:actor"),
                ("@nest", "y"),
                ("@container", "@graph"),
                ("@container", ["@graph", "@id"]),
                ("@type", "@json"),
                ("@import", "https://y.example/"),
                ("@context", {"actor": "https://x.example/"}),
            ]
        ),
        *(pytest.param({key: "https://x.example/"}, id=key) for key in ["@import", "@graph", "@included", "@reverse"]),
    ],
)
def test_refuses_contexts_that_change_the_shape(context: Any) -> None:
    """J11, J13: a context that is no URL, or that gives JSON another shape, is malformed."""
    with pytest.raises(Malformed):
        read_document(as_bytes({"object": {"@context": context}}))


@pytest.mark.parametrize("term", sorted(CORE_TERMS))
@pytest.mark.parametrize("form", [str, lambda iri: {"@id": iri}, lambda _iri: None, lambda _iri: {"@type": "@id"}])
def test_refuses_contexts_that_redefine_a_core_term(term: str, form: Any) -> None:
    """A core term cannot be given another meaning, nor none, in any form."""
    with pytest.raises(Malformed):
        check_context([AS2, {term: form("https://evil.example/term")}])


@pytest.mark.parametrize(
    "context",
    [
        pytest.param(AS2, id="ActivityStreams"),
        pytest.param(MASTODON_CONTEXT, id="Mastodon"),
        pytest.param([AS2, "https://unknown.example/schemas/1.jsonld"], id="unknown URL"),
        pytest.param(["https://c.example/"] * MAX_CONTEXTS, id="as many as may be"),
        pytest.param({"a": {"@id": "b"}, "b": {"@id": "a"}}, id="terms in a circle"),
        pytest.param(
            [AS2, {"id": "@id", "type": "@type", "vf": "https://w3id.org/valueflows/ont/vf#", "purpose": "vf:purpose"}],
            id="core terms stated again",
        ),
        pytest.param([AS2, {"publishes": {"@id": "vf:publishes", "@type": "@id"}}], id="FEP-0837 inline"),
    ],
)
def test_takes_contexts_that_add_terms(context: Any) -> None:
    """Contexts of other servers that only add terms, or are unknown, do no harm."""
    document = {"@context": context, "object": {"@context": context}}
    assert read_document(as_bytes(document)) == document


@given(st.binary(max_size=64) | json_values.map(as_bytes))
@example(b'{"@context":{"@context":{}}}')
def test_only_errors_of_the_tree_leave_the_reader(data: bytes) -> None:
    """Whatever comes in is malformed, too large, or read exactly as a plain parser reads it."""
    try:
        document = read_document(data)
    except (Malformed, TooLarge):
        return
    assert document == json.loads(data)
    json.dumps(document, ensure_ascii=False).encode()
