"""PNG (ISO/IEC 15948): chunks with a name, a length and a checksum.

Kept are IHDR, PLTE, tRNS, IDAT and IEND. Texts, times, EXIF, colour profiles and further frames go. The pixels are
unpacked to see that there are as many as the head says and that nothing is hidden behind them.
"""

import struct
import zlib
from typing import Final

from node.pictures.checks import CUT_OFF, GOES_ON, check, check_size, piece

BEGINS: Final = b"\x89PNG\r\n\x1a\n"
CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type: grey, RGB, palette, grey and alpha, RGB and alpha
DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
PALETTE, TRANSPARENT = 3, {0: 2, 2: 6}
ADAM7: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
BLOCK: Final = 65_536
_HEAD: Final = struct.Struct(">IIBBBBB")


def read(data: bytes, widest: int) -> tuple[bytes, int, int]:
    """The picture without what it does not need, its width and height."""
    chunks = _chunks(data)
    check(chunks[0][0] == b"IHDR" and len(chunks[0][1]) == _HEAD.size, "its head is damaged")
    width, height, depth, colour, packing, filtering, interlace = _HEAD.unpack(chunks[0][1])
    check_size(width, height, widest)
    check(depth in DEPTHS.get(colour, ()) and (packing, filtering) == (0, 0) and interlace in {0, 1}, "its head is odd")
    kept = [(name, body) for name, body in chunks if name in {b"IHDR", b"PLTE", b"tRNS"}]
    _check_order([name for name, _ in chunks])
    _check_colours(dict(kept), colour, depth)
    packed = [body for name, body in chunks if name == b"IDAT"]
    _check_pixels(packed, _unpacked_size(width, height, depth * CHANNELS[colour], interlaced=interlace == 1))
    return BEGINS + b"".join(map(_write, [*kept, (b"IDAT", b"".join(packed)), (b"IEND", b"")])), width, height


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    chunks, at = list[tuple[bytes, bytes]](), len(BEGINS)
    while not chunks or chunks[-1][0] != b"IEND":
        length = int.from_bytes(piece(data, at, 4))
        name, body = piece(data, at + 4, 4), piece(data, at + 8, length)
        check(int.from_bytes(piece(data, at + 8 + length, 4)) == zlib.crc32(name + body), "a part of it is damaged")
        known = name in {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
        check(name.isalpha() and (known or name[:1].islower()), "it has a part that is needed and unknown")
        chunks.append((name, body))
        at += 12 + length
    check(at == len(data) and not chunks[-1][1], GOES_ON)
    return chunks


def _check_order(names: list[bytes]) -> None:
    pixels = [at for at, name in enumerate(names) if name == b"IDAT"]
    check(bool(pixels) and pixels[-1] - pixels[0] == len(pixels) - 1, "its pixels are in pieces, or missing")
    for name in (b"IHDR", b"PLTE", b"tRNS"):
        check(names.count(name) <= 1 and name not in names[pixels[0] :], "its parts are in disorder")
    check(b"PLTE" not in names or b"tRNS" not in names[: names.index(b"PLTE")], "its parts are in disorder")


def _check_colours(kept: dict[bytes, bytes], colour: int, depth: int) -> None:
    palette, transparent = kept.get(b"PLTE"), kept.get(b"tRNS")
    most = 2**depth if colour == PALETTE else 256
    if palette is not None:
        check(colour in {2, PALETTE, 6} and len(palette) % 3 == 0 and 0 < len(palette) // 3 <= most, "odd colours")
    check(colour != PALETTE or palette is not None, "its colours are missing")
    if transparent is not None and colour == PALETTE:
        check(0 < len(transparent) <= len(palette or b"") // 3, "odd colours")
    elif transparent is not None:
        check(TRANSPARENT.get(colour) == len(transparent), "odd colours")


def _unpacked_size(width: int, height: int, bits: int, *, interlaced: bool) -> int:
    passes = ADAM7 if interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, right, down in passes:
        columns, lines = -(-(width - left) // right), -(-(height - top) // down)
        if columns > 0 and lines > 0:
            total += lines * (1 + -(-columns * bits // 8))
    return total


def _check_pixels(packed: list[bytes], wanted: int) -> None:
    """Rule 3: unpacked block by block, never more than there should be."""
    stream, waiting, seen = zlib.decompressobj(), b"".join(packed), 0
    while not stream.eof and seen <= wanted:
        try:
            block = stream.decompress(waiting, BLOCK)
        except zlib.error:
            block = b""
        check(bool(block) or stream.eof, CUT_OFF)
        seen, waiting = seen + len(block), stream.unconsumed_tail
    check(seen == wanted and not stream.unused_data, "it has more or fewer pixels than it says")


def _write(chunk: tuple[bytes, bytes]) -> bytes:
    name, body = chunk
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)
