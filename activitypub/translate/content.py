"""What people on any server read of a proposal: its `content` and its hashtags."""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape

from activitypub.ids import Ids
from activitypub.translate.html_text import paragraphs
from activitypub.translate.words import Words
from schema.category import Category
from schema.proposal import Proposal, State
from schema.quantity import ONE, Quantity

TIMES = "\N{MULTIPLICATION SIGN}"


def hashtag(category: Category) -> str:
    """A category as a hashtag that every server takes: `FoodDry`."""
    return "".join(part.capitalize() for part in category.value.split("-"))


def hashtags(proposal: Proposal, ids: Ids) -> list[dict[str, str]]:
    """Two tags: what kind of proposal it is, and what it is about."""
    names = (proposal.draft.kind.value, hashtag(proposal.draft.category))
    return [{"type": "Hashtag", "name": f"#{name}", "href": ids.tag(name)} for name in names]


def content(proposal: Proposal, ids: Ids) -> str:
    """The whole post as HTML: a bold first line, what is known in short lines, the note as written, the hashtags."""
    draft, words = proposal.draft, Words(proposal.draft.language)
    heading = f"{words.kind(draft.kind)}: {draft.title}"
    if proposal.state is State.CLOSED:
        heading = f"[{words.label('closed')}] {heading}"
    links = " ".join(
        f'<a href="{escape(tag["href"])}" class="mention hashtag" rel="tag">{escape(tag["name"])}</a>'
        for tag in hashtags(proposal, ids)
    )
    lines = "<br>".join(map(escape, _lines(proposal, words)))
    return f"<p><strong>{escape(heading)}</strong></p><p>{lines}</p>{paragraphs(draft.note)}<p>{links}</p>"


def _lines(proposal: Proposal, words: Words) -> Iterator[str]:
    draft, available = proposal.draft, proposal.available
    yield f"{draft.category.pictogram} {words.category(draft.category)}"
    for name, value in (
        ("quantity", _amount(draft.quantity, words)),
        ("available", None if available == draft.quantity else _amount(available, words)),
        ("place", draft.place and draft.place.label),
        ("begin", draft.window and _time(draft.window.begin)),
        ("end", draft.window and _time(draft.window.end)),
        ("use_by", _time(draft.use_by)),
        ("collect_by", _time(draft.collect_by)),
        ("ends", None if proposal.ends in draft.last_dates[1:] else _time(proposal.ends)),
        ("languages", ", ".join(sorted(draft.languages))),
        ("facts", ", ".join(words.fact(fact) for fact in sorted(draft.facts))),
    ):
        if value:
            yield f"{words.label(name)}: {value}"
    if draft.divisible:
        yield words.label("divisible")


def _amount(quantity: Quantity | None, words: Words) -> str | None:
    """`20 kg`, or twelve times `box`: what is counted is never inflected, which no two languages do alike."""
    if quantity is None:
        return None
    name = words.unit(quantity.unit)
    return f"{quantity.text} {TIMES} {name}" if quantity.unit.om2 == ONE else f"{quantity.text} {name}"


def _time(moment: datetime | None) -> str | None:
    """Readable in every language and every zone: `2026-11-27 18:00 UTC`."""
    return None if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
