"""Who this collective stands in which relation to: a snapshot that is swapped whole when a person changes it.

It lies in memory because every activity that comes in asks it, before anything else is done for a stranger.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from types import MappingProxyType
from typing import TypeVar

from activitypub.actor import RemoteActor
from activitypub.origin import Origin, origin_of

Value = TypeVar("Value")


def _empty() -> Mapping[str, Value]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Asked:
    """A Follow of ours that waits for its answer."""

    follow_id: str
    actor: RemoteActor


@dataclass(frozen=True, slots=True)
class Roster:
    """Each mapping is keyed by the actor's address.

    `allies` carry the keys that were pinned when a person here added them, and those that they led to since
    (`federation.pins`).
    Of those who are `asking` to follow us only the origin is here: until a person said yes, nothing is sent to them.
    """

    allies: Mapping[str, RemoteActor] = field(default_factory=_empty)
    suspended: Mapping[str, RemoteActor] = field(default_factory=_empty)
    following: Mapping[str, RemoteActor] = field(default_factory=_empty)
    asked: Mapping[str, Asked] = field(default_factory=_empty)
    followers: Mapping[str, RemoteActor] = field(default_factory=_empty)
    asking: Mapping[str, Origin] = field(default_factory=_empty)
    announced: Mapping[str, frozenset[str]] = field(init=False, repr=False, compare=False)
    """What the software at each origin says it can do (FEP-844e), of all but those who are asking."""
    ally_origins: frozenset[Origin] = field(init=False, repr=False, compare=False)
    followers_at: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    """For each origin where somebody is something to us, who of them follows us; nobody where an ally is on hold."""

    def __post_init__(self) -> None:
        """Gather it once: every delivery asks."""
        asked = (one.actor for one in self.asked.values())
        announced: dict[str, frozenset[str]] = {}
        for actor in chain(*(known.values() for known in self._relations), asked):
            if actor.implements:
                origin = str(origin_of(actor.id))
                announced[origin] = announced.get(origin, frozenset()) | actor.implements
        object.__setattr__(self, "ally_origins", frozenset(map(origin_of, self.allies)))
        object.__setattr__(self, "announced", MappingProxyType(announced))
        object.__setattr__(self, "followers_at", MappingProxyType(self._followers_by_origin()))

    def _followers_by_origin(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for actor in chain(self.allies, self.following):
            found.setdefault(str(origin_of(actor)), [])
        for actor in self.followers:
            found.setdefault(str(origin_of(actor)), []).append(actor)
        for actor in self.suspended:
            found.pop(str(origin_of(actor)), None)
        return {origin: tuple(actors) for origin, actors in found.items()}

    @property
    def _relations(self) -> tuple[Mapping[str, RemoteActor], ...]:
        return self.allies, self.suspended, self.following, self.followers

    def known(self, actor: str) -> RemoteActor | None:
        """The actor as it was when a person here made it known; None for a stranger, also for one that asks."""
        for relation in self._relations:
            if actor in relation:
                return relation[actor]
        asked = self.asked.get(actor)
        return None if asked is None else asked.actor
