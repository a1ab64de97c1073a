"""WebP (RFC 9649): a RIFF file of chunks.

Kept is the one picture: a VP8 or VP8L chunk, and its transparency (ALPH) where it has one beside it. EXIF, XMP, colour
profiles and unknown chunks go; what moves is refused.
"""

from typing import Final

from node.pictures.checks import GOES_ON, check, check_size, piece, refuse

BEGINS: Final = b"RIFF"
LOSSY, LOSSLESS, EXTENDED, ALPHA = b"VP8 ", b"VP8L", b"VP8X", b"ALPH"
MOVES: Final = frozenset({b"ANIM", b"ANMF"})
HAS_ALPHA: Final = 0x10
HEAD: Final = 12


def read(data: bytes, widest: int) -> tuple[bytes, int, int]:
    """The picture without what it does not need, its width and height."""
    check(piece(data, 8, 4) == b"WEBP", "it is no WebP")
    check(int.from_bytes(data[4:8], "little") == len(data) - 8, GOES_ON)
    chunks = _chunks(data)
    names = [name for name, _ in chunks]
    check(MOVES.isdisjoint(names), "it moves")
    pictures = [name for name in names if name in {LOSSY, LOSSLESS}]
    check(len(pictures) == 1 and names.count(ALPHA) <= 1, "it holds no picture, or more than one")
    found = dict(chunks)
    [kind] = pictures
    width, height = (_lossy if kind == LOSSY else _lossless)(found[kind])
    check_size(width, height, widest)
    check(names[0] in {EXTENDED, kind} and names.count(EXTENDED) <= 1, "its parts are in disorder")
    if EXTENDED in found:
        canvas = found[EXTENDED]
        check(len(canvas) == 10 and canvas[4:] == _less_one(width) + _less_one(height), "its head is odd")  # noqa: PLR2004
    kept = [(kind, found[kind])]
    if kind == LOSSY and ALPHA in found:
        check(EXTENDED in found and names.index(ALPHA) < names.index(LOSSY), "its parts are in disorder")
        head = bytes((HAS_ALPHA, 0, 0, 0)) + _less_one(width) + _less_one(height)
        kept = [(EXTENDED, head), (ALPHA, found[ALPHA]), *kept]
    body = b"WEBP" + b"".join(_write(name, content) for name, content in kept)
    return BEGINS + len(body).to_bytes(4, "little") + body, width, height


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    chunks, at = list[tuple[bytes, bytes]](), HEAD
    while at < len(data):
        name, length = piece(data, at, 4), int.from_bytes(piece(data, at + 4, 4), "little")
        chunks.append((name, piece(data, at + 8, length)))
        at += 8 + length + length % 2
    check(at == len(data) and bool(chunks), GOES_ON)
    return chunks


def _lossy(body: bytes) -> tuple[int, int]:
    """RFC 6386, 9.1: a key frame that is shown, with its start code and its first partition whole."""
    tag = int.from_bytes(piece(body, 0, 3), "little")
    check(not tag & 1 and bool(tag & 0x10) and piece(body, 3, 3) == b"\x9d\x01\x2a", "its head is odd")
    piece(body, 10, tag >> 5)
    return int.from_bytes(piece(body, 6, 2), "little") & 0x3FFF, int.from_bytes(piece(body, 8, 2), "little") & 0x3FFF


def _lossless(body: bytes) -> tuple[int, int]:
    """RFC 9649, 3.4: a signature, and two sizes of 14 bits."""
    check(piece(body, 0, 1) == b"\x2f", "its head is odd")
    bits = int.from_bytes(piece(body, 1, 4), "little")
    if bits >> 29:
        refuse("its head is odd")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _less_one(length: int) -> bytes:
    return (length - 1).to_bytes(3, "little")


def _write(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)
