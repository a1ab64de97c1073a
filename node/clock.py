"""The real clock and the real dice, each passed in where it is used."""

import random
import secrets
from datetime import UTC, datetime

_dice = random.SystemRandom()


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A local id of 128 random bits: it tells neither when nor how many."""
    return secrets.token_hex(16)


def dice() -> float:
    """A number in [0, 1)."""
    return _dice.random()
