"""Small pictures for tests, and what programs put into pictures beside them."""

import struct
import zlib
from base64 import b64decode
from typing import Final

JPEG: Final = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxO"
    "UlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09P"
    "T09PT09PT0//wAARCAAMABADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAABgUH/8QAIhAAAAUCBwEAAAAAAAAAAAAAAAEC"
    "BAUDEQYSExVBVZPR/8QAFQEBAQAAAAAAAAAAAAAAAAAAAgP/xAAbEQACAwADAAAAAAAAAAAAAAABAgADEQQFIf/aAAwDAQACEQMR"
    "AD8AjbVJde78VfA+w9PxbKCaNnLrJVpospOmo7Hc+SIKRjwF1pGZL9dwEcsWJ8yf/9k="
)
LOSSY: Final = b64decode(
    "UklGRlYAAABXRUJQVlA4IEoAAAAQAgCdASoQAAwAAsBMJbACdAEP1ASOj/CAAP7r43zF7NnCvU/63q8Fjzdt5UdDuJmOdbwP8NES"
    "A6IN7s/kbYD+/+H2ByK/2yAAAA=="
)
LOSSY_ALPHA: Final = b64decode(
    "UklGRogAAABXRUJQVlA4WAoAAAAQAAAADwAACwAAQUxQSCgAAAABJyAQIFM6bAgUEYE1zLRtEwrBMAilUP6kdm0IIvofSTLAb9uq"
    "LsANVlA4IDoAAADwAQCdASoQAAwAAsBMJbACdAEPAEd+TKAA/uvgQXh3d4i/tjbU3cmi3M3/4q033/x/B3MrP/zMAAAA"
)
LOSSLESS: Final = b64decode(
    "UklGRlIAAABXRUJQVlA4TEYAAAAvD8ACECegIG0DZtfjjM+bmIYwp/6BRBMIEFxadyMQIHTYEGg9AKwsRu0/zLRtEwrFMAilEP6k"
    "dm0IIvofbTvAr2qSLMBJ"
)

GPS: Final = b"Exif\0\0MM\0*\0\0\0\x08GPSLatitude 36.2021 N GPSLongitude 37.1343 E"
"""What a phone writes beside a picture, told in letters so that a search finds it."""


def chunk(name: bytes, body: bytes) -> bytes:
    """One part of a PNG."""
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)


def png(
    width: int = 16,
    height: int = 12,
    *,
    before: bytes = b"",
    after: bytes = b"",
    pixels: bytes | None = None,
    head: tuple[int, ...] = (8, 2, 0, 0, 0),
) -> bytes:
    """A PNG of one colour; `before` and `after` are parts around its pixels."""
    if pixels is None:
        pixels = zlib.compress((b"\0" + b"\x0b\x5d\x5a" * width) * height)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">II5B", width, height, *head)),
            before,
            chunk(b"IDAT", pixels),
            after,
            chunk(b"IEND", b""),
        )
    )


def segment(marker: int, body: bytes) -> bytes:
    """One part of a JPEG."""
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body


def jpeg(*parts: bytes) -> bytes:
    """The JPEG with parts behind its beginning."""
    return JPEG[:2] + b"".join(parts) + JPEG[2:]


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP of these parts."""
    body = b"WEBP" + b"".join(
        name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2) for name, content in chunks
    )
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def webp_chunk(data: bytes) -> bytes:
    """What is in the only part of a simple WebP."""
    return data[20 : 20 + int.from_bytes(data[16:20], "little")]


def extended(flags: int = 0, width: int = 16, height: int = 12) -> tuple[bytes, bytes]:
    """The head of a WebP that has more than a picture."""
    return b"VP8X", bytes((flags, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
