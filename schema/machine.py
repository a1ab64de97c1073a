"""State machines as tables, checked when they are made.

Rule 1: a table names every move that is allowed; what it does not name is refused.
Rule 2: every state can be reached from the initial one.
Rule 3: a state that no move leaves is final, and is said to be so.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from schema.errors import StateError

State = TypeVar("State", bound=StrEnum)
Act = TypeVar("Act", bound=StrEnum)


class BadTableError(Exception):
    """A table breaks the rules above: a mistake in our code, found when it is loaded."""


@dataclass(frozen=True, slots=True)
class Machine(Generic[State, Act]):
    """A life cycle: `table[state, act]` is the state that follows."""

    name: str
    initial: State
    final: frozenset[State]
    table: Mapping[tuple[State, Act], State]

    def __post_init__(self) -> None:
        """Refuse a bad table."""
        states = set(type(self.initial))
        acts = {act for _, act in self.table}
        reached, frontier = {self.initial}, [self.initial]
        while frontier:
            here = frontier.pop()
            for (state, _), after in self.table.items():
                if state is here and after not in reached:
                    reached.add(after)
                    frontier.append(after)
        left = {state for state, _ in self.table}
        complaints: dict[str, AbstractSet[StrEnum]] = {
            "never reached": states - reached,
            "final, yet a move leaves it": left & self.final,
            "not final, yet no move leaves it": states - left - self.final,
            "an act without a move": {act for one in acts for act in type(one)} - acts,
        }
        for complaint, culprits in complaints.items():
            if culprits:
                raise BadTableError(f"{self.name}: {complaint}: {', '.join(sorted(culprits))}")

    def after(self, state: State, act: Act) -> State:
        """The state that follows, or `StateError` where the table has no such move."""
        try:
            return self.table[state, act]
        except KeyError:
            if state in {after for (_, moved), after in self.table.items() if moved is act}:
                raise StateError(f"This {self.name} is {state.value} already.") from None
            raise StateError(f"A {self.name} that is {state.value} cannot be changed by: {act.value}.") from None
