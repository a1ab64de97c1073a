"""Style sheet and pictures: read once from the package and named after what they hold, to be kept for ever."""

from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import PurePosixPath
from typing import NamedTuple

from node.web.paths import STATIC

PICTURES = ("favicon.svg", "pictograms.svg")
STYLE = "style.css"
CONTENT_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


class StaticFile(NamedTuple):
    """One file as it is served."""

    content_type: str
    body: bytes
    etag: str


def _hashed(name: str, body: bytes) -> str:
    path = PurePosixPath(name)
    return f"{path.stem}.{sha256(body).hexdigest()[:12]}{path.suffix}"


@cache
def _served() -> dict[str, tuple[str, StaticFile]]:
    """Each file's own name, the name it is served under, and what is served."""
    folder = resources.files("node.web").joinpath("static")
    served: dict[str, tuple[str, StaticFile]] = {}
    for name in (*PICTURES, STYLE):  # the style sheet last: it names the pictures
        body = folder.joinpath(name).read_bytes()
        if name == STYLE:
            for picture, (address, _) in served.items():
                body = body.replace(f'url("{picture}")'.encode(), f'url("{address}")'.encode())
        content_type = CONTENT_TYPES[PurePosixPath(name).suffix]
        served[name] = (_hashed(name, body), StaticFile(content_type, body, f'"{sha256(body).hexdigest()[:32]}"'))
    return served


def static_files() -> dict[str, StaticFile]:
    """Every file by the name it is served under, below `/static/`. The names change whenever the content does."""
    return dict(_served().values())


def static_url(name: str) -> str:
    """The address of a file of `static/`, given its own name."""
    return STATIC + _served()[name][0]
