"""Fuzzing of logos: what is taken of any bytes is a picture that is taken again as it is."""

from collections.abc import Sequence

from node.pictures.cleaning import LARGEST, WIDEST, clean
from tests.rig.pictures import GPS, JPEG, LOSSLESS, LOSSY, LOSSY_ALPHA, jpeg, png, segment


def picture(data: bytes) -> None:
    """What is kept is no larger than what came, is of a size that is drawn, and holds no more than is needed."""
    logo = clean(data)
    assert len(logo.data) <= min(len(data), LARGEST)
    assert 0 < logo.width <= WIDEST
    assert 0 < logo.height <= WIDEST
    assert clean(logo.data) == logo


def picture_seeds() -> Sequence[bytes]:
    """One of each kind, and one with a place in it."""
    return [png(), JPEG, LOSSY, LOSSY_ALPHA, LOSSLESS, jpeg(segment(0xE1, GPS))]
