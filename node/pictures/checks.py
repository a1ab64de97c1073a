"""The checks that all kinds of pictures share. What does not hold is an `InputError` that says what to do."""

from typing import NoReturn

from schema.errors import InputError

CUT_OFF = "it is cut off"
GOES_ON = "it goes on behind its end"


def refuse(why: str) -> NoReturn:
    """It cannot be taken; `why` is the middle of a sentence."""
    raise InputError(f"This picture cannot be taken: {why}. Save it anew with a picture program, and try again.")


def check(holds: bool, why: str) -> None:  # noqa: FBT001 (it is what the function is about)
    """Refuse it where that does not hold."""
    if not holds:
        refuse(why)


def check_size(width: int, height: int, widest: int) -> None:
    """Neither empty nor larger than we draw."""
    check(0 < width <= widest and 0 < height <= widest, f"it is {width} by {height} pixels, at most {widest} are taken")


def piece(data: bytes, at: int, length: int) -> bytes:
    """So many bytes from there, and never fewer."""
    check(0 <= length <= len(data) - at, CUT_OFF)
    return data[at : at + length]
