"""The files that an export becomes, and reading them again on another node.

    posts.csv     a spreadsheet of the open posts, as `qafila import` reads it
    export.json   everything, as one JSON document
    export.zip    everything, as ActivityPub documents, with both of the above and the logo

A post that is imported is a new post of another collective: it gets a new address, and is known by the old one, so that
importing twice is once.
"""

import hashlib
import io
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from node.aid.exporting import FORMAT
from node.aid.spreadsheet.identity import REFERENCE
from node.aid.spreadsheet.sheet import Row, Sheet
from node.aid.spreadsheet.writer import write_sheet
from schema.errors import DomainError, InputError
from schema.plain import load_draft
from schema.proposal import State

ACTIVITYSTREAMS: Final = "https://www.w3.org/ns/activitystreams"
JSON_NAME, CSV_NAME = "qafila.json", "posts.csv"
ZIP: Final = b"PK\x03\x04"
LARGEST: Final = 64 * 1024 * 1024
TOO_LARGE: Final = f"That is too large: at most {LARGEST // (1024 * 1024)} MiB can be imported."
NO_EXPORT: Final = "This is not an export of Qafila, or it is damaged."


def build_csv(export: Mapping[str, Any]) -> bytes:
    """The open posts."""
    return write_sheet((post["id"], load_draft(post["draft"])) for post in _open(export))


def build_json(export: Mapping[str, Any]) -> bytes:
    """Everything, as it is."""
    return orjson.dumps(export)


def build_zip(export: Mapping[str, Any]) -> bytes:
    """Everything as ActivityPub documents: the actor, its outbox, each post, and the lists of who is who."""
    actor = export["actor"]
    files = {
        "actor.json": actor,
        "outbox.json": _collection(actor["outbox"], export["activities"][::-1]),
        "followers.json": _collection(actor["followers"], export["followers"]),
        "following.json": _collection(actor["following"], export["following"]),
        "allies.json": _collection(actor["id"] + "/allies", export["allies"]),
        **{
            f"posts/{post['id'].rsplit('/', 1)[-1]}.json": post["document"]
            for post in export["posts"]
            if post["document"] is not None
        },
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, document in files.items():
            archive.writestr(name, orjson.dumps(document, option=orjson.OPT_INDENT_2))
        archive.writestr(JSON_NAME, build_json(export))
        archive.writestr(CSV_NAME, build_csv(export))
        if export["profile"]["logo"] is not None:
            archive.writestr(f"logo.{_suffix(export)}", b64decode(export["profile"]["logo"]))
    return made.getvalue()


FORMS: Final[Mapping[str, Callable[[Mapping[str, Any]], bytes]]] = {
    ".csv": build_csv,
    ".json": build_json,
    ".zip": build_zip,
}


def _collection(address: str, items: list[Any]) -> dict[str, Any]:
    return {
        "@context": ACTIVITYSTREAMS,
        "id": address,
        "type": "OrderedCollection",
        "totalItems": len(items),
        "orderedItems": items,
    }


def _suffix(export: Mapping[str, Any]) -> str:
    """Of the logo's file, as in its address."""
    return str(export["actor"]["icon"]["url"]).rpartition(".")[2]


def _open(export: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [post for post in export["posts"] if post["state"] == State.OPEN]


def read_export(data: bytes) -> Sheet | None:
    """The open posts of an export, as lines that can be imported; None for what is no JSON and no archive.

    Raises `InputError` for one that is damaged, or that something else made.
    """
    if not data.startswith(ZIP) and not data.lstrip().startswith(b"{"):
        return None
    export = _read(data)
    try:
        rows = tuple(_row(number, post) for number, post in enumerate(_open(export), start=1))
    except (ValueError, KeyError, TypeError, AttributeError, DomainError):
        raise InputError(NO_EXPORT) from None
    return Sheet(rows=rows, problems=(), encoding="UTF-8", separator="", header_line=0, columns={})


def read_profile(data: bytes) -> dict[str, Any]:
    """The profile in an export, as `profile_import` takes it; `InputError` where it holds none."""
    match _read(data).get("profile"):
        case {"texts": dict(texts), "logo": str() | None as logo} if all(map(_is_said, texts.values())):
            return {"texts": texts, "logo": logo}
        case _:
            raise InputError("There is no profile in this export.")


def _is_said(texts: Any) -> bool:
    """Whether these are texts by language."""
    return isinstance(texts, dict) and all(isinstance(text, str) for text in texts.values())


def _read(data: bytes) -> dict[str, Any]:
    """An export as it was made; `InputError` for one that is too large or damaged, or that something else made."""
    if len(data) > LARGEST:
        raise InputError(TOO_LARGE)
    try:
        export = orjson.loads(_inside(data) if data.startswith(ZIP) else data)
        if export["qafila_export"] != FORMAT:
            raise InputError("This export was made by a newer Qafila.")
    except (ValueError, KeyError, TypeError):
        raise InputError(NO_EXPORT) from None
    return dict(export)


def _inside(data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.getinfo(JSON_NAME).file_size > LARGEST:
                raise InputError(TOO_LARGE)
            return archive.read(JSON_NAME)
    except (zipfile.BadZipFile, zlib.error, KeyError, OSError, EOFError, RuntimeError):  # damaged, or encrypted
        raise InputError(NO_EXPORT) from None


def _row(number: int, post: Mapping[str, Any]) -> Row:
    said = orjson.dumps(post["draft"], option=orjson.OPT_SORT_KEYS)
    return Row(number, REFERENCE + post["id"], hashlib.sha256(said).hexdigest(), load_draft(post["draft"]))
