"""What is typed about a post, read with the words that spreadsheets are read with: both mean the same.

Rule 1: of a post that exists, only what was typed changes.
Rule 2: a date without a time is its last full hour where something ends, its first where it begins.
Rule 3: units are never guessed: a bare number needs one, unless the post that it changes has one already.
Rule 4: what ends has not ended yet.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from node.aid.spreadsheet import numbers, values
from node.aid.spreadsheet.dates import Calendar, Edge, Order
from node.aid.spreadsheet.folding import one_line, trimmed
from node.aid.spreadsheet.goods_words import CATEGORIES, FACTS, UNIT_WORDS
from node.aid.spreadsheet.words import AUDIENCES
from schema.category import Category
from schema.errors import InputError
from schema.place import Place
from schema.plain import dump_draft
from schema.proposal import Draft, Kind
from schema.quantity import Quantity
from schema.window import TimeWindow, up_to_hour

# The options that a draft has one value of, by the names of a draft; a window has two options.
CLEARED = (
    "quantity",
    "available",
    "note",
    "language",
    "languages",
    "place",
    "use_by",
    "collect_by",
    "expires",
    "facts",
)
_UNTITLED = "-"
T = TypeVar("T")


def category(text: str) -> str:
    """A category by its slug or its name in any language."""
    return CATEGORIES.read(text).value


def quantity(text: str, unit: str | None, known: str | None = None) -> Quantity:
    """`20 kg`, or `20` and a unit; `known` is a quantity of the same post, whose unit a bare number keeps."""
    figure, beside = numbers.split(text)
    if unit and beside:
        raise InputError(f"The unit stands twice: '{beside:.40}' and '{unit:.40}'. Leave one out.")
    word = unit or beside or (known or "").partition(" ")[2]
    number = numbers.number(figure, numbers.decimal_mark([figure]))
    if not word:
        raise InputError(f"Say the unit: write for example '{figure} kg' or '{figure} pieces'.")
    return Quantity(number, UNIT_WORDS.read(word))


def _each(read: Callable[[str], T]) -> Callable[[tuple[str, ...]], frozenset[T]]:
    """What was typed several times, or several things at once."""
    return lambda texts: frozenset[T]().union(*map(values.each(read), texts))


def _end(text: str, calendar: Calendar) -> datetime:
    moment = calendar.read(text, Edge.END, Order.DAY_FIRST).moment
    if up_to_hour(moment) <= calendar.now:
        raise InputError(f"'{text:.40}' is over already: write a day to come.")
    return moment


def _place(text: str) -> Place:
    return Place(one_line(text))


_READERS: dict[str, Callable[[Any], Any]] = {
    "title": one_line,
    "note": trimmed,
    "category": lambda text: Category(category(text)),
    "audience": AUDIENCES.read,
    "language": values.language,
    "place": _place,
    "languages": _each(values.language),
    "facts": _each(FACTS.read),
    "divisible": bool,
}


def said(options: Mapping[str, Any], calendar: Calendar, post: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The part of a `Draft` that `options` speak of; `post` is the view of the one that they change."""
    post = post or {}
    found: dict[str, Any] = {
        name: read(options[name]) for name, read in _READERS.items() if options.get(name) not in (None, ())
    }
    for name in ("quantity", "available"):
        if options.get(name):
            found[name] = quantity(options[name], options.get("unit"), post.get("quantity"))
    if options.get("unit") and not found.keys() & {"quantity", "available"}:
        raise InputError("--unit needs --quantity: write for example --quantity 20 --unit kg.")
    for name in ("use_by", "collect_by", "expires"):
        if options.get(name):
            found[name] = _end(options[name], calendar)
    if options.get("begin") or options.get("until"):
        found["window"] = _window(options, calendar, post)
    return found


def _window(options: Mapping[str, Any], calendar: Calendar, post: Mapping[str, Any]) -> TimeWindow:
    """From and until; the one that was not typed stays as it is."""
    begin, end = (datetime.fromisoformat(post[side]) if post.get(side) else None for side in ("from", "until"))
    if options.get("begin"):
        begin = calendar.read(options["begin"], Edge.BEGIN, Order.DAY_FIRST).moment
    if options.get("until"):
        end = _end(options["until"], calendar)
    return TimeWindow(begin, end)


def new_draft(kind: Kind, options: Mapping[str, Any], calendar: Calendar, language_meant: str) -> dict[str, Any]:
    """A whole draft, in the form that verbs take."""
    return dump_draft(Draft(**{"kind": kind, "language": language_meant, **said(options, calendar)}))


def changes(
    options: Mapping[str, Any], clear: tuple[str, ...], calendar: Calendar, post: Mapping[str, Any]
) -> dict[str, Any]:
    """What `qafila update` changes, in the form that verbs take: null takes a value away."""
    found = said(options, calendar, post)
    both = sorted(found.keys() & set(clear))
    if both:
        raise InputError(f"{both[0]} cannot be given and cleared at the same time.")
    if not found and not clear:
        raise InputError("Nothing to change: say what, for example --quantity '15 kg'. See: qafila update --help")
    whole = {"quantity": found["available"]} if "available" in found else {}
    frame = {"kind": Kind.OFFER, "title": _UNTITLED, "category": Category.FOOD_MEALS, **whole}
    written = dump_draft(Draft(**{**frame, **found}))
    gone = [*clear, "available"] if "quantity" in clear else clear  # nothing is left of what is not counted
    return {name: written.get(name) for name in found} | dict.fromkeys(gone)
