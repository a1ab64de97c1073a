"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from collections.abc import Sequence
from typing import Any, Final

import orjson

from activitypub.times import write_time
from node.feeds.entry import Entry, Source

VERSION: Final = "https://jsonfeed.org/version/1.1"
CONTENT_TYPE: Final = "application/feed+json"


def build_json_feed(source: Source, entries: Sequence[Entry]) -> bytes:
    """The feed."""
    feed = {
        "version": VERSION,
        "title": source.title,
        "home_page_url": source.home,
        "feed_url": source.feed,
        "description": source.summary or None,
        "icon": source.logo,
        "language": source.language,
        "authors": [{"name": source.title, "url": source.home}],
        "items": [_item(entry) for entry in entries],
    }
    return orjson.dumps(_said(feed), option=orjson.OPT_INDENT_2)


def _item(entry: Entry) -> dict[str, Any]:
    proposal = entry.proposal
    draft = proposal.draft
    return _said(
        {
            "id": proposal.id,
            "url": proposal.id,
            "title": draft.title,
            "content_html": entry.html,
            "date_published": write_time(proposal.published),
            "date_modified": write_time(entry.updated),
            "language": draft.language,
            "tags": [draft.kind.value, draft.category.value],
        }
    )


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
