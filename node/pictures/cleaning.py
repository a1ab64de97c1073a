"""A picture without anything in it but the picture: no place, no time, no camera, no names.

Rule 1  What is kept is listed, everything else goes: where and when a picture was taken stands in parts nobody sees.
Rule 2  A picture is read whole before it is taken. What is cut off, holds more than it needs, or goes on behind its end
        is refused, so that it cannot be something else to another program.
Rule 3  A picture says how large it is before anything is unpacked, and nothing is unpacked beyond that.
Rule 4  Whatever is kept and whatever is served has gone through here. SVG is no picture but a program, and not taken.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from node.pictures import jpeg, png, webp
from schema.errors import InputError
from schema.profile import Logo

LARGEST: Final = 100 * 1024
"""Bytes of a picture."""
WIDEST: Final = 1_024
"""Pixels of its longer side."""
Read: TypeAlias = Callable[[bytes, int], tuple[bytes, int, int]]
KINDS: Final[Mapping[bytes, tuple[str, str, Read]]] = {
    png.BEGINS: ("png", "image/png", png.read),
    jpeg.BEGINS: ("jpg", "image/jpeg", jpeg.read),
    webp.BEGINS: ("webp", "image/webp", webp.read),
}


def clean(data: bytes) -> Logo:
    """The picture alone; `InputError` says what to do where it cannot be taken. Cleaning it again changes nothing."""
    if len(data) > LARGEST:
        raise InputError(
            f"A logo has at most {LARGEST // 1024} KiB. Make it smaller: 256 by 256 pixels are enough on every screen."
        )
    for begins, (suffix, media_type, read) in KINDS.items():
        if data.startswith(begins):
            kept, width, height = read(data, WIDEST)
            return Logo(suffix, media_type, width, height, kept)
    raise InputError("A logo is a PNG, JPEG or WebP file. An SVG is not taken: it can carry a program.")
