"""What a check gives."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How a thing is."""

    GOOD = "good"
    LOOK = "look"  # it works, and somebody should look at it
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: how it is, and what to do where it is not good."""

    what: str
    health: Health
    text: str
    do: str = ""
