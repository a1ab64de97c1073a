"""Atom (RFC 4287)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from activitypub.times import write_time
from node.feeds.entry import Entry, Source
from node.store.tables import EPOCH

NAMESPACE: Final = "http://www.w3.org/2005/Atom"
LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
CONTENT_TYPE: Final = "application/atom+xml; charset=utf-8"
register_namespace("", NAMESPACE)


def build_atom(source: Source, entries: Sequence[Entry]) -> bytes:
    """The feed."""
    feed = Element(_name("feed"), {LANGUAGE: source.language})
    _text(feed, "id", source.feed)
    _text(feed, "title", source.title)
    if source.summary:
        _text(feed, "subtitle", source.summary)
    if source.logo:
        _text(feed, "logo", source.logo)
    _link(feed, source.feed, rel="self", type="application/atom+xml")
    _link(feed, source.home, rel="alternate", type="text/html")
    _moment(feed, "updated", max((entry.updated for entry in entries), default=EPOCH))
    author = SubElement(feed, _name("author"))
    _text(author, "name", source.title)
    _text(author, "uri", source.home)
    for entry in entries:
        _entry(feed, entry)
    made: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return made


def _entry(feed: Element, entry: Entry) -> None:
    proposal = entry.proposal
    language = proposal.draft.language
    made = SubElement(feed, _name("entry"), {LANGUAGE: language} if language else {})
    _text(made, "id", proposal.id)
    _text(made, "title", proposal.draft.title)
    _link(made, proposal.id, rel="alternate", type="text/html")
    _moment(made, "published", proposal.published)
    _moment(made, "updated", entry.updated)
    for term in (proposal.draft.kind.value, proposal.draft.category.value):
        SubElement(made, _name("category"), {"term": term})
    content = SubElement(made, _name("content"), {"type": "html"})
    content.text = entry.html


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, _name(name)).text = text


def _moment(parent: Element, name: str, moment: datetime) -> None:
    _text(parent, name, write_time(moment))


def _link(parent: Element, href: str, **attributes: str) -> None:
    SubElement(parent, _name("link"), {"href": href, **attributes})
