"""What an actor document says of the collective to people."""

from activitypub.actor import NO_FACE, build_actor, read_actor
from activitypub.document import read_document
from activitypub.face import Face, build_face
from activitypub.jsonld import dropped_terms, expand
from tests.activitypub.documents import ALDER, as_bytes
from tests.activitypub.test_actor import BUILT, MULTIKEY, PEM, READ

FACE = Face(
    names={"en": "Alder Collective", "ar": "مجموعة ألدر"},
    summaries={"en": "Food & tools.\nCome <in>!", "ar": "طعام"},
    icon=(ALDER.logo("0f.png"), "image/png"),
    ways=(("Telephone", "+90 <1>"), ("Website", "https://kitchen.example/?a&b"), ("Chat", 'javascript:"x"')),
)
SHOWN = build_actor(
    ALDER,
    name="Alder Collective",
    summary="Food & tools.\nCome <in>!",
    public_key_pem=PEM,
    ed25519_multikey=MULTIKEY,
    face=FACE,
)
LINK = "https://kitchen.example/?a&amp;b"


def test_builds_the_members_that_people_see() -> None:
    """Plain text becomes HTML, and only a whole web address becomes a link."""
    assert build_face(FACE) == {
        "nameMap": {"en": "Alder Collective", "ar": "مجموعة ألدر"},
        "summaryMap": {"en": "<p>Food &amp; tools.<br>Come &lt;in&gt;!</p>", "ar": "<p>طعام</p>"},
        "icon": {"type": "Image", "mediaType": "image/png", "url": "https://alder.example/logo/0f.png"},
        "attachment": [
            {"type": "PropertyValue", "name": "Telephone", "value": "+90 &lt;1&gt;"},
            {
                "type": "PropertyValue",
                "name": "Website",
                "value": f'<a href="{LINK}" rel="nofollow noopener">{LINK}</a>',
            },
            {"type": "PropertyValue", "name": "Chat", "value": "javascript:&quot;x&quot;"},
        ],
    }


def test_nothing_is_said_where_there_is_nothing() -> None:
    """The document of a collective that says no more is what it was."""
    assert build_face(NO_FACE) == {}
    assert SHOWN.keys() - BUILT.keys() == {"nameMap", "summaryMap", "icon", "attachment"}


def test_json_ld_keeps_all_of_it() -> None:
    """Expanded, a name has its languages, and a way to reach us is the field that profiles of Mastodon have."""
    assert dropped_terms(SHOWN) == set()
    [expanded] = expand(SHOWN)
    names = expanded["https://www.w3.org/ns/activitystreams#name"]
    assert {"@value": "مجموعة ألدر", "@language": "ar"} in names
    assert {"@value": "Alder Collective"} in names
    [first, *_] = expanded["https://www.w3.org/ns/activitystreams#attachment"]
    assert first["@type"] == ["http://schema.org#PropertyValue"]
    assert first["http://schema.org#value"] == [{"@value": "+90 &lt;1&gt;"}]


def test_another_node_reads_the_actor_as_before() -> None:
    """What people see changes neither keys nor addresses."""
    assert read_actor(read_document(as_bytes(SHOWN)), ALDER.actor) == READ
