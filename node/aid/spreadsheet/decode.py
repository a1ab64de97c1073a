"""Bytes of a file to text: which encoding it was saved in.

Rule 1: a byte order mark decides (UTF-8, UTF-16).
Rule 2: bytes that are UTF-8 throughout are UTF-8.
Rule 3: otherwise it is one of the code pages that spreadsheet programs of our languages write: Windows-1252, -1254 or
        -1256. Each is tried; the caller takes the one whose headers it knows, then the one whose words are plausible.
Rule 4: a file that is UTF-8 but for a few broken letters is refused: no code page makes sense of the rest.
"""

import codecs
import re
from dataclasses import dataclass

from schema.errors import InputError

MAX_BYTES = 5_000_000
SAVE_AS_CSV = "open it in your spreadsheet program and save it as CSV (UTF-8)."
_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# In this order: the first of equals is taken.
_CODE_PAGES = ("windows-1252", "windows-1254", "windows-1256")
_ICELANDIC = frozenset("ÐÝÞðýþ")  # what Windows-1252 has where Windows-1254 has Turkish
_WORD = re.compile(r"[^\W\d_]+")
_ARABIC = re.compile("[\u0600-\u06ff]+")
_SHORT = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """The text under one encoding, and how many of its words with letters beyond ASCII look like words at all."""

    encoding: str
    text: str
    plausible: int = 0


def readings(data: bytes) -> tuple[Reading, ...]:
    """Every encoding that the file may be in; `InputError` where it is no text or too big."""
    if len(data) > MAX_BYTES:
        raise InputError(f"The file has more than {MAX_BYTES // 1_000_000} million bytes: split it into smaller ones.")
    if data.startswith(_ARCHIVE):
        raise InputError(f"This is not a CSV file: {SAVE_AS_CSV}")
    found = tuple(_decoded(data))
    if any("\0" in reading.text for reading in found):
        raise InputError(f"This is not a text file: {SAVE_AS_CSV}")
    return found


def _decoded(data: bytes) -> list[Reading]:
    if data.startswith(_UTF16):
        try:
            return [Reading("utf-16", data.decode("utf-16"))]
        except UnicodeDecodeError as fault:
            raise InputError(f"The file breaks off within a letter: {SAVE_AS_CSV}") from fault
    try:
        return [Reading("utf-8", data.removeprefix(codecs.BOM_UTF8).decode("utf-8"))]
    except UnicodeDecodeError as fault:
        _refuse_damaged(data, fault)
    return [
        Reading(name, text, sum(map(_plausible, _WORD.findall(text))))
        for name in _CODE_PAGES
        if (text := _under(name, data)) is not None
    ]


def _under(name: str, data: bytes) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _refuse_damaged(data: bytes, fault: UnicodeDecodeError) -> None:
    letters = [character for character in data.decode("utf-8", "replace") if not character.isascii()]
    damaged = letters.count("\N{REPLACEMENT CHARACTER}")
    if data.startswith(codecs.BOM_UTF8) or damaged < len(letters) - damaged:
        line = fault.object.count(b"\n", 0, fault.start) + 1
        raise InputError(f"A letter in line {line} is damaged (the file is UTF-8 otherwise): {SAVE_AS_CSV}") from fault


def _plausible(word: str) -> int:
    """1 for a word that looks like one, -1 for what a wrong code page makes of it, 0 for plain ASCII."""
    if word.isascii():
        return 0
    if _ARABIC.search(word):
        return 1 if _ARABIC.fullmatch(word) else -1
    beyond = sum(not letter.isascii() for letter in word)
    usual = _ICELANDIC.isdisjoint(word) and (len(word) <= _SHORT or 2 * beyond <= len(word))
    return 1 if usual else -1
