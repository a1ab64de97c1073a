"""Whom a post is for, as `to` and `cc`.

Rule 1  Public is `as:Public`, and only beside it stands `followers`, in `cc`: that is never the address of anything
        that is not public.
Rule 2  Allies have an address of their own, which names none of them.
Rule 3  What is for our circle has no address: it never leaves the node.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from activitypub.ids import Ids
from schema.errors import DomainError
from schema.visibility import Audience

PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
PUBLIC_SPELLINGS: Final = frozenset({PUBLIC, "as:Public", "Public"})  # ActivityPub, 5.6


@dataclass(frozen=True, slots=True)
class Addressees:
    """`to` and `cc` of an object and of the activity around it."""

    to: tuple[str, ...]
    cc: tuple[str, ...] = ()


def addressees(ids: Ids, audience: Audience) -> Addressees:
    """The addresses of an audience; `DomainError` for our circle, which has none."""
    match audience:
        case Audience.PUBLIC:
            return Addressees(to=(PUBLIC,), cc=(ids.followers,))
        case Audience.ALLIES:
            return Addressees(to=(ids.allies,))
        case Audience.CIRCLE:
            raise DomainError("What is for our circle alone never leaves this node.", field="audience")


def is_public(to: Iterable[str], cc: Iterable[str]) -> bool:
    """Whether anyone may see it: Public in one of its three spellings, in `to` or in `cc`."""
    return not PUBLIC_SPELLINGS.isdisjoint(to) or not PUBLIC_SPELLINGS.isdisjoint(cc)
