"""A QR code that leads to the collective's page: to be shown on a phone, or printed and put on a door."""

import importlib
from functools import cache
from io import BytesIO

CONTENT_TYPE = "image/svg+xml"


@cache
def qr_svg(url: str) -> bytes:
    """The code of an address, black on white with its margin, in whatever size it is shown; none of it runs."""
    segno = importlib.import_module("segno")  # needed once
    drawn = BytesIO()
    segno.make(url, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgclass=None, lineclass=None, omitsize=True, light="#fff", nl=False
    )
    return drawn.getvalue()
