"""JPEG (ITU-T T.81): segments that each begin with a marker.

Kept are the tables, the frame and the scans (DQT, DHT, DRI, SOF, SOS). Of what applications add, two things tell how
the colours are meant, and are written anew: that there is a JFIF segment, and the transform in Adobe's. EXIF with its
place, time and camera, XMP, ICC, thumbnails and comments go.
"""

import re
from typing import Final

from node.pictures.checks import CUT_OFF, GOES_ON, check, check_size, piece, refuse

BEGINS: Final = b"\xff\xd8\xff"
END, SCAN, APP0, APP14, COMMENT = 0xD9, 0xDA, 0xE0, 0xEE, 0xFE
FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive: what browsers draw
ADDED: Final = frozenset({*range(0xE0, 0xF0), COMMENT})
NEXT: Final = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")  # after pixels: a marker that neither is a byte nor goes on
JFIF: Final = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
ADOBE: Final = b"Adobe"
ADOBE_LENGTH: Final = 12
EIGHT_BITS: Final = 8
SCAN_LENGTHS: Final = (6, 8, 10, 12)  # one to four parts


def read(data: bytes, widest: int) -> tuple[bytes, int, int]:
    """The picture without what it does not need, its width and height."""
    kept, at, size, scanned = [data[:2]], 2, None, False
    while True:
        marker, at = _marker(data, at)
        if marker == END:
            check(size is not None and scanned, CUT_OFF)
            check(at == len(data), GOES_ON)
            kept.append(b"\xff\xd9")
            width, height = size or (0, 0)
            return b"".join(kept), width, height
        length = int.from_bytes(piece(data, at, 2))
        body = piece(data, at + 2, length - 2)
        at += length
        if marker in ADDED:
            kept.append(_said_of_colours(marker, body))
            continue
        if marker in FRAMES:
            check(size is None, "it has more than one frame")
            size = _frame(body, widest)
        elif marker == SCAN:
            check(size is not None and len(body) in SCAN_LENGTHS and len(body) == 4 + 2 * body[0], "its scans are odd")
            scanned = True
        else:
            _check_table(marker, body)
        kept.append(bytes((0xFF, marker)) + length.to_bytes(2) + body)
        if marker == SCAN:
            ends = NEXT.search(data, at)
            check(ends is not None, CUT_OFF)
            stop = ends.start() if ends else at
            kept.append(data[at:stop])
            at = stop


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The next marker and where what follows it begins; bytes that only fill are passed over."""
    check(piece(data, at, 1) == b"\xff", "there is something between its parts")
    while piece(data, at, 1) == b"\xff":
        at += 1
    return data[at], at + 1


def _said_of_colours(marker: int, body: bytes) -> bytes:
    """What must be kept of an application's segment, mostly nothing."""
    if marker == APP0 and body.startswith(b"JFIF\x00"):
        return JFIF
    if marker == APP14 and body.startswith(ADOBE) and len(body) == ADOBE_LENGTH:
        return b"\xff\xee\x00\x0e" + ADOBE + b"\x00\x64\x00\x00\x00\x00" + bytes((min(body[11], 2),))
    return b""


def _frame(body: bytes, widest: int) -> tuple[int, int]:
    check(len(body) >= 6 and body[0] == EIGHT_BITS, "its head is odd")  # noqa: PLR2004 (up to the number of parts)
    height, width, parts = int.from_bytes(body[1:3]), int.from_bytes(body[3:5]), body[5]
    check(parts in {1, 3, 4} and len(body) == 6 + 3 * parts, "its head is odd")
    check_size(width, height, widest)
    return width, height


def _check_table(marker: int, body: bytes) -> None:
    """A table is as long as what it says, so that nothing hides in one."""
    match marker:
        case 0xDB:  # quantisation
            while body:
                body = _rest(body, 1 + EIGHT_BITS * EIGHT_BITS * (1 + (body[0] >> 4)))
        case 0xC4:  # Huffman
            while body:
                body = _rest(body, 17 + sum(piece(body, 1, 16)))
        case 0xDD if len(body) == 2:  # noqa: PLR2004 (restarts: a number of two bytes)
            return
        case _:
            refuse("it is of a rare kind that browsers do not draw")


def _rest(body: bytes, length: int) -> bytes:
    piece(body, 0, length)
    return body[length:]
