"""Host metadata (RFC 6415): where WebFinger is asked, for readers that look there first or when WebFinger failed."""

import html
from typing import Any, Final

from activitypub.ids import Ids

XRD_TYPE: Final = "application/xrd+xml; charset=utf-8"
_RELATION: Final = "lrdd"
_ANSWER: Final = "application/jrd+json"


def build_host_meta(ids: Ids) -> str:
    """The document as XRD."""
    template = html.escape(ids.webfinger_template)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="{_RELATION}" type="{_ANSWER}" template="{template}"/>\n'
        "</XRD>\n"
    )


def build_host_meta_json(ids: Ids) -> dict[str, Any]:
    """The same as JSON (RFC 6415, appendix A)."""
    return {"links": [{"rel": _RELATION, "type": _ANSWER, "template": ids.webfinger_template}]}
