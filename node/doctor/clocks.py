"""The clock: whether somebody keeps it right, and how far it is from those of allies."""

import ctypes
from collections.abc import Mapping
from typing import Any, Final

from node.doctor.finding import Finding, Health

UNSYNCHRONISED: Final = 5  # adjtimex(2): TIME_ERROR
FAR: Final = 120  # seconds
TOO_FAR: Final = 300  # many servers take no signature that is older
KEEP_IT_RIGHT: Final = "On Debian: apt install systemd-timesyncd"


def adjtimex() -> int:
    """What the kernel says of its clock (adjtimex(2)): asked for, not changed."""
    state = ctypes.create_string_buffer(512)  # struct timex, with mode 0
    return int(ctypes.CDLL(None).adjtimex(state))


def clock(state: int) -> Finding:
    """Whether somebody keeps the clock right; `state` is what adjtimex(2) gives."""
    if state in {-1, UNSYNCHRONISED}:
        return Finding(
            "clock",
            Health.LOOK,
            "Nobody keeps this machine's clock right. An hour off, and other nodes refuse what it sends.",
            f"Compare it with a phone. {KEEP_IT_RIGHT}",
        )
    return Finding("clock", Health.GOOD, "The clock is kept right.")


def clocks(said: Mapping[str, Any]) -> Finding:
    """What `others_clocks` said, in words."""
    behind = said["seconds_behind"]
    if behind is None:
        text = "No ally answered, so nobody's clock could be compared." if said["asked"] else "There is no ally to ask."
        return Finding("clocks", Health.GOOD, text)
    text = f"This clock and those of allies that answered ({said['answered']}) agree."
    if abs(behind) < FAR:
        return Finding("clocks", Health.GOOD, text)
    text = f"This clock is {_long(abs(behind))} {'behind' if behind > 0 else 'ahead of'} those of allies."
    text += " The further, the more nodes refuse what it sends."
    health = Health.BAD if abs(behind) >= TOO_FAR else Health.LOOK
    return Finding("clocks", health, text, f"Compare it with a phone, and set it. {KEEP_IT_RIGHT}")


def _long(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds < 2 * 60 * 60 else f"{seconds // 3600} hours"
