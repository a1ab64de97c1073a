"""Keys over time: from those that a person compared to those of today, over statements that each say what is next.

| statement  | says                                           | and then                                     |
| Rotation   | from now on these keys; the old one until then | they are in force, the old one proves the old |
| Revocation | this key was in wrong hands from this time on  | it proves nothing that comes in              |

Rule 1  A statement counts by the key that is in force where it stands. Who holds no such key says nothing.
Rule 2  Numbers rise by one. Two different statements under one number are a fork, and then nothing counts: somebody
        else holds a key, or a copy from before was put back. A person must ask.
Rule 3  A key that was replaced or revoked never comes back, and one in force is not revoked: it hands over first.
Rule 4  The order in which statements come, and how often, changes nothing.

That a statement is signed by the key it names was checked where it was read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

LONGEST_OVERLAP: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Rotation:
    """`signer` hands over to `following`, which are all keys in force from then on; what it signed counts to `until`.

    Keys are Multikeys; `signer_id` is the address under which its owner listed the key that signs.
    """

    sequence: int
    signer: str
    signer_id: str
    at: datetime
    following: frozenset[str]
    until: datetime


@dataclass(frozen=True, slots=True)
class Revocation:
    """`signer` says that `key` was in wrong hands from `since` on."""

    sequence: int
    signer: str
    signer_id: str
    at: datetime
    key: str
    since: datetime


Statement: TypeAlias = Rotation | Revocation


class Why(StrEnum):
    """Why a chain of statements leads nowhere."""

    FORK = "fork"
    GAP = "gap"
    REVOKED = "revoked"
    NOT_IN_FORCE = "not in force"
    IN_FORCE = "in force"
    COMES_BACK = "comes back"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Broken:
    """No lineage, and why."""

    why: Why


@dataclass(frozen=True, slots=True)
class Replaced:
    """A key that handed over: the address it was listed under, and until when what it signed counts."""

    id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A key of before as its actor lists it, until its time has come."""

    id: str
    multikey: str
    until: datetime


def _none() -> Mapping[str, Replaced]:
    return MappingProxyType({})


def _never() -> Mapping[str, datetime]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Lineage:
    """The keys in force after statement number `sequence`; the one before each, and since when stolen ones are so."""

    current: frozenset[str]
    sequence: int = 0
    replaced: Mapping[str, Replaced] = field(default_factory=_none)
    revoked: Mapping[str, datetime] = field(default_factory=_never)

    def listed(self, now: datetime) -> tuple[Listed, ...]:
        """The keys of before that still count now."""
        return tuple(
            Listed(old.id, key, old.until)
            for key, old in self.replaced.items()
            if old.until > now and key not in self.revoked
        )


def fold(compared: frozenset[str], statements: Iterable[Statement]) -> Lineage | Broken:
    """Where the statements lead from the keys that were `compared`, or why they do not.

    Those keys may stand anywhere on the way: what came before them tells which earlier keys were theirs.
    """
    chain: dict[int, Statement] = {}
    for statement in statements:
        if chain.setdefault(statement.sequence, statement) != statement:
            return Broken(Why.FORK)
    if not chain:
        return Lineage(compared)
    first = chain[min(chain)]
    line = Lineage(compared if first.signer in compared else frozenset({first.signer}), first.sequence - 1)
    passed = {line.current}
    for number in sorted(chain):
        why = _objection(line, chain[number])
        if why is not None:
            return Broken(why)
        line = _after(line, chain[number])
        passed.add(line.current)
    return line if compared in passed else Broken(Why.ELSEWHERE)


def _objection(line: Lineage, statement: Statement) -> Why | None:
    """Why this statement cannot come next."""
    if statement.sequence != line.sequence + 1:
        return Why.GAP
    if statement.signer in line.revoked:
        return Why.REVOKED
    if statement.signer not in line.current:
        return Why.NOT_IN_FORCE
    if isinstance(statement, Revocation):
        return Why.IN_FORCE if statement.key in line.current else None
    known = line.current | line.replaced.keys() | line.revoked.keys()
    return None if statement.following.isdisjoint(known) else Why.COMES_BACK


def _after(line: Lineage, statement: Statement) -> Lineage:
    """What is so once it has come."""
    line = replace(line, sequence=statement.sequence)
    if isinstance(statement, Rotation):
        old = Replaced(statement.signer_id, statement.until)
        return replace(line, current=statement.following, replaced={**line.replaced, statement.signer: old})
    since = min(statement.since, line.revoked.get(statement.key, statement.since))
    return replace(line, revoked={**line.revoked, statement.key: since})
