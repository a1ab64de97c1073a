"""Where WebFinger is asked."""

from xml.etree import ElementTree as ET

from activitypub.hostmeta import build_host_meta, build_host_meta_json
from tests.activitypub.documents import ALDER

TEMPLATE = "https://alder.example/.well-known/webfinger?resource={uri}"


def test_the_whole_xrd() -> None:
    """RFC 6415: the XRD is well formed and holds one link, of the relation that readers look for."""
    document = build_host_meta(ALDER)
    assert document.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    root = ET.fromstring(document)  # noqa: S314 - our own words
    assert root.tag == "{http://docs.oasis-open.org/ns/xri/xrd-1.0}XRD"
    [link] = root
    assert link.tag == "{http://docs.oasis-open.org/ns/xri/xrd-1.0}Link"
    assert link.attrib == {"rel": "lrdd", "type": "application/jrd+json", "template": TEMPLATE}


def test_json_says_the_same() -> None:
    """The JSON form has the same link."""
    assert build_host_meta_json(ALDER) == {
        "links": [{"rel": "lrdd", "type": "application/jrd+json", "template": TEMPLATE}]
    }
