"""Every dialect of a proposal that is read, and how: one table, and one way through it.

Rule 1  The first row that fits an object decides, and gives its plain form: that of FEP-0837, in bare terms. Everything
        goes on to `read_note`, where alone the rules of the domain are held.
Rule 2  What fits no row is no proposal. What fits one is read whole or refused; what cannot be told is never guessed.
Rule 3  Nothing of others carries a `revision`, but where our own terms say it; where no time is told, it is that of its
        coming here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from activitypub.times import write_time
from activitypub.translate.attachment import has_attached, read_attachment
from activitypub.translate.fep_0837 import is_fep_0837, read_fep_0837
from activitypub.translate.flohmarkt import is_flohmarkt, read_flohmarkt
from activitypub.translate.in_return import read_asked
from activitypub.translate.mutual_aid_app import is_mutual_aid_app, read_mutual_aid_app
from activitypub.translate.proposal import is_proposal, read_note
from activitypub.translate.spelling import is_spelled_otherwise
from schema.errors import Malformed, RuleBroken
from schema.proposal import Proposal

OWN: Final = "qafila"
RESPELLED: Final = "valueflows"
"""What FEP-0837 is called here where its terms had to be respelled."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to write a proposal: `detects` looks at an object's shape alone, `read` gives its plain form."""

    name: str
    detects: Callable[[Mapping[str, Any]], bool]
    read: Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A proposal, the dialect that it was written in, and what it asks in return."""

    proposal: Proposal
    dialect: str
    asks: str | None = None


def _is_own(document: Mapping[str, Any]) -> bool:
    return is_proposal(document) and document.get("revision") is not None


DIALECTS: Final = (
    Dialect(OWN, _is_own, lambda document: document),
    Dialect("fep-0837", is_fep_0837, read_fep_0837),
    Dialect("attachment", has_attached, read_attachment),
    Dialect("flohmarkt", is_flohmarkt, read_flohmarkt),
    Dialect("mutual-aid-app", is_mutual_aid_app, read_mutual_aid_app),
)


def dialect_of(document: Mapping[str, Any]) -> Dialect | None:
    """The dialect of a proposal, or None for an object that is none."""
    return next((dialect for dialect in DIALECTS if dialect.detects(document)), None)


def read_proposal(document: Mapping[str, Any], *, owner: str, received: datetime, respelled: bool = False) -> Reading:
    """The proposal in a document that `owner` is proven to have sent; errors as `read_note`.

    `respelled` is whether its terms were made bare before (`respell`).
    """
    dialect = dialect_of(document)
    if dialect is None:
        raise Malformed("a proposal has a purpose and an intent")
    if is_spelled_otherwise(document):
        raise Malformed("a proposal has a term in a spelling that says nothing")
    at_top = is_fep_0837(document)
    if at_top and has_attached(document):
        raise RuleBroken("more than one proposal in one object")
    plain = dialect.read(document)
    if plain.get("revision") is None and plain.get("published") is None:
        plain = {**plain, "published": write_time(received)}
    name = RESPELLED if respelled and at_top else dialect.name
    return Reading(read_note(plain, owner=owner), name, read_asked(plain))
