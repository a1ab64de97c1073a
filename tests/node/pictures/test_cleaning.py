"""Logos: what is taken, what is left out of them, and what is refused."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.pictures.cleaning import LARGEST, clean
from schema.errors import InputError
from tests.rig.pictures import (
    GPS,
    JPEG,
    LOSSLESS,
    LOSSY,
    LOSSY_ALPHA,
    chunk,
    extended,
    jpeg,
    png,
    riff,
    segment,
    webp_chunk,
)

HTML = b"<!doctype html><script>alert(1)</script>"
PALETTE = png(
    2, 2, before=chunk(b"PLTE", b"\0\0\0\xff\xff\xff"), head=(1, 3, 0, 0, 0), pixels=zlib.compress(b"\0@" * 2)
)
INTERLACED = png(3, 3, head=(8, 0, 0, 0, 1), pixels=zlib.compress(b"\0\1" * 2 + b"\0\1\1" + b"\0\1" * 2 + b"\0\1\1\1"))
GOOD = {
    "png": png(),
    "png-palette": PALETTE,
    "png-interlaced": INTERLACED,
    "jpeg": JPEG,
    "webp-lossy": LOSSY,
    "webp-lossy-alpha": LOSSY_ALPHA,
    "webp-lossless": LOSSLESS,
}
XMP = b"http://ns.adobe.com/xap/1.0/\0" + GPS
DRESSED = {
    "png-text": (png(before=chunk(b"tEXt", GPS)), png()),
    "png-packed-text": (png(after=chunk(b"zTXt", GPS)), png()),
    "png-exif": (png(before=chunk(b"eXIf", GPS), after=chunk(b"iTXt", GPS)), png()),
    "png-time-and-profile": (png(before=chunk(b"tIME", GPS) + chunk(b"iCCP", GPS) + chunk(b"pHYs", GPS)), png()),
    "png-moving": (png(before=chunk(b"acTL", GPS), after=chunk(b"fdAT", GPS)), png()),
    "jpeg-exif": (jpeg(segment(0xE1, GPS)), JPEG),
    "jpeg-xmp-and-comment": (jpeg(segment(0xE1, XMP), segment(0xFE, GPS), segment(0xED, GPS)), JPEG),
    "jpeg-thumbnail": (jpeg(segment(0xE0, b"JFXX\0\x10" + GPS)), JPEG),
    "webp-exif": (riff(extended(0x0C), (b"VP8 ", webp_chunk(LOSSY)), (b"EXIF", GPS), (b"XMP ", GPS)), LOSSY),
    "webp-unknown": (riff(extended(), (b"abcd", GPS), (b"VP8L", webp_chunk(LOSSLESS))), LOSSLESS),
}
FRAME = JPEG.index(b"\xff\xc0")
BROKEN = {
    "nothing": b"",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "gif": b"GIF89a" + bytes(20),
    "html": HTML,
    "too-many-bytes": png(after=chunk(b"tEXt", bytes(LARGEST))),
    "png-and-html": png() + HTML,
    "png-and-zip": png() + b"PK\3\4" + bytes(30),
    "png-cut": png()[:-6],
    "png-wide": png(50_000, 50_000, pixels=zlib.compress(b"")),
    "png-bomb": png(16, 12, pixels=zlib.compress(bytes(30_000_000))),
    "png-too-few-pixels": png(16, 12, pixels=zlib.compress(bytes(40))),
    "png-hidden-behind-pixels": png(pixels=zlib.compress((b"\0" + bytes(48)) * 12) + GPS),
    "png-no-pixels": png().replace(b"IDAT", b"tEXt"),
    "png-wrong-checksum": png().replace(b"IHDR", b"IHDS"),
    "png-unknown-and-needed": png(before=chunk(b"ABCD", GPS)),
    "png-two-heads": png(before=chunk(b"IHDR", bytes(13))),
    "png-no-palette": png(2, 2, head=(1, 3, 0, 0, 0), pixels=zlib.compress(b"\0@" * 2)),
    "png-odd-head": png(head=(3, 2, 0, 0, 0)),
    "png-pixels-in-pieces": png(before=chunk(b"IDAT", b"") + chunk(b"tEXt", b"")),
    "png-end-with-words": png()[:-12] + chunk(b"IEND", GPS),
    "jpeg-and-html": JPEG + HTML,
    "jpeg-cut": JPEG[:-2],
    "jpeg-only-head": JPEG[:FRAME] + b"\xff\xd9",
    "jpeg-wide": JPEG.replace(b"\x00\x0c\x00\x10\x03", b"\xff\xff\xff\xff\x03"),
    "jpeg-between-parts": jpeg(HTML),
    "jpeg-table-with-words": jpeg(segment(0xDB, b"\0" + bytes(64) + GPS)),
    "jpeg-arithmetic": JPEG.replace(b"\xff\xc0", b"\xff\xc9"),
    "jpeg-two-frames": JPEG[:FRAME] + JPEG[FRAME : FRAME + 19] + JPEG[FRAME:],
    "jpeg-no-length": JPEG[:2] + b"\xff\xe1\0\0" + JPEG[2:],
    "webp-and-html": LOSSY + HTML,
    "webp-cut": LOSSLESS[:-4],
    "webp-moves": riff(extended(2), (b"ANIM", bytes(6)), (b"VP8 ", webp_chunk(LOSSY))),
    "webp-two-pictures": riff((b"VP8 ", webp_chunk(LOSSY)), (b"VP8L", webp_chunk(LOSSLESS))),
    "webp-no-picture": riff(extended(), (b"EXIF", GPS)),
    "webp-other-size": riff(extended(0, 17, 12), (b"VP8 ", webp_chunk(LOSSY))),
    "webp-wide": riff((b"VP8L", b"\x2f\xff\xff\xff\x0f" + bytes(8))),
    "webp-sound": b"RIFF" + (36).to_bytes(4, "little") + b"WAVE" + bytes(32),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_picture_is_taken_as_it_is(name: str) -> None:
    """Of a picture that is nothing else, every byte stays, and it is told how large it is."""
    logo = clean(GOOD[name])
    assert logo.data == GOOD[name]
    assert (logo.width, logo.height) == {"png-palette": (2, 2), "png-interlaced": (3, 3)}.get(name, (16, 12))
    assert logo.file == f"{logo.digest}.{logo.suffix}"


@pytest.mark.parametrize("name", DRESSED)
def test_what_is_not_the_picture_is_left_out(name: str) -> None:
    """Place, time, camera, texts, thumbnails and profiles are gone, to the byte."""
    dressed, plain = DRESSED[name]
    assert GPS in dressed
    assert clean(dressed).data == plain


def test_the_colours_stay_as_they_were_meant() -> None:
    """What Adobe's programs say of the colours is kept, and nothing that they say beside it."""
    adobe = segment(0xEE, b"Adobe\0\x64\x80\0\0\0\1")
    assert clean(jpeg(adobe)).data == jpeg(segment(0xEE, b"Adobe\0\x64\0\0\0\0\1"))


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_whole_picture_is_refused(name: str) -> None:
    """Cut off, going on behind the end, far too large, odd, moving, or another kind of file."""
    with pytest.raises(InputError):
        clean(BROKEN[name])


@pytest.mark.parametrize("name", GOOD)
def test_a_picture_that_was_cut_anywhere_is_refused(name: str) -> None:
    """No shorter beginning of a picture is a picture."""
    for length in range(len(GOOD[name])):
        with pytest.raises(InputError):
            clean(GOOD[name][:length])


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_whatever_is_taken_is_clean(name: str, data: st.DataObject) -> None:
    """With any bytes changed, a picture is refused, or what is kept of it is taken again as it is."""
    picture = bytearray(GOOD[name])
    for _ in range(data.draw(st.integers(1, 4))):
        picture[data.draw(st.integers(0, len(picture) - 1))] = data.draw(st.integers(0, 255))
    try:
        kept = clean(bytes(picture))
    except InputError:
        return
    assert clean(kept.data) == kept
