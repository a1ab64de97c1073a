"""The dialect of a `Note` that people read, with the `Proposal` of FEP-0837 attached to it.

Newer flohmarkt is reported to send this, by those who read it: Unfathomably (`custom_object.ex`,
https://github.com/fbxl-sj0/unfathomably-be), where the price is the `reciprocal` intent. FEP-0837 has no such form.

Rule 1  The Note says who, to whom and when, and its id is the proposal's: changes, replies and the end go by it. The
        proposal says what; where it has no title, text or place, those of the Note count.
Rule 2  An attached proposal of another owner, or on another origin, is refused (FEP-fe34: same owner, same origin).
Rule 3  Where the Note carries flohmarkt's data too, a price that stands there alone counts.
Rule 4  Two of them, or one beside a proposal in the Note itself, are refused: nobody could say which one is meant.
"""

from collections.abc import Mapping
from typing import Any, Final

from activitypub.members import entries, reference, strings, text
from activitypub.origin import check_owner
from activitypub.translate.fep_0837 import is_fep_0837, read_fep_0837
from activitypub.translate.flohmarkt import price
from schema.errors import Forbidden, RuleBroken

_OF_THE_NOTE: Final = frozenset({
    "@context", "id", "type", "attributedTo", "actor", "to", "cc", "published", "updated",
    "url", "tag", "proof", "signature", "revision", "attachment",
})  # fmt: skip
_NOT_OF_THE_NOTE: Final = frozenset({"attachment", "revision", "purpose", "publishes", "reciprocal"})
_TEXTS: Final = frozenset({"content", "contentMap", "source"})


def attached(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The proposals among the attachments."""
    parts = entries(document, "attachment")
    return [part for part in parts if isinstance(part, Mapping) and is_fep_0837(part)]


def has_attached(document: Mapping[str, Any]) -> bool:
    """Whether a proposal is attached to an object."""
    return bool(attached(document))


def read_attachment(document: Mapping[str, Any]) -> dict[str, Any]:
    """The plain form of both; `Forbidden` where they are not of one owner, `RuleBroken` where two are attached."""
    first, *others = attached(document)
    if others:
        raise RuleBroken("more than one proposal in one object")
    owner = reference(document, "attributedTo")
    if {*strings(first, "attributedTo"), *strings(first, "actor")} - {owner}:
        raise Forbidden("a proposal is attached to what belongs to another")
    if first.get("id") is not None:
        check_owner(text(first, "id"), owner)
    said = {key: value for key, value in read_fep_0837(first).items() if key not in _OF_THE_NOTE and value is not None}
    around = {key: value for key, value in document.items() if key not in _NOT_OF_THE_NOTE}
    if "content" in said:
        around = {key: value for key, value in around.items() if key not in _TEXTS}
    return {"reciprocal": price(document), **around, **said}
