"""Structured logs for the operator: what happened and how much of it, never who.

Rule 1 (security P05): no address, user agent, person, query string or body reaches a log. Only fields of the list below
        do; another one is a type error, warns where it is used, and is left out.
Rule 2: who is whose ally endangers people, so no peer is named either: count them.
Rule 3: texts are one line of at most 200 characters, with everything that a terminal would obey escaped.
Rule 4: of other libraries' lines only the constant part is kept, and of an error its class and where it arose: values
        filled into a line could be anything.
"""

import json
import logging
import os
import sys
import traceback
import warnings
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TextIO, TypeAlias, TypedDict, Unpack

from schema.errors import ConfigError
from schema.text import DIRECTION

LONGEST = 200
FRAMES = 6
FILE_BYTES = 1024 * 1024
FILES = 5
OURS = "qafila."
SILENT = ("aiohttp.access",)
Value: TypeAlias = str | int | float | bool | None


class Fields(TypedDict, total=False):
    """Everything that may stand beside an event."""

    activity: str  # an activity's type
    attempts: int
    bytes: int
    count: int
    database: str  # sqlite or postgresql
    effect: str
    error: str  # the class of an error
    kind: str
    limit: int
    line: int
    mode: str
    peer_count: int
    port: int
    reason: str  # a fixed text of our own
    refused: int
    seconds: float
    signal: str
    state: str
    status: int  # of HTTP
    verb: str
    version: str
    waiting: int
    where: str  # in the code


ALLOWED = frozenset(Fields.__annotations__)


def one_line(text: str) -> str:
    """`text` as a log may hold it (Rule 3)."""
    escaped = "".join(
        character
        if character.isprintable() and character not in DIRECTION
        else character.encode("unicode_escape").decode()
        for character in text[:LONGEST]
    )
    return escaped if len(escaped) <= LONGEST else escaped[: LONGEST - 1] + "…"


def where(error: BaseException) -> str:
    """The last places in the code that an error came through, without values: `node.app:120 < asyncio.runners:118`."""
    frames = list(traceback.walk_tb(error.__traceback__))[-FRAMES:]
    return " < ".join(f"{frame.f_globals.get('__name__', '?')}:{line}" for frame, line in reversed(frames))


class Log:
    """Writes events of one module."""

    def __init__(self, name: str) -> None:
        """`name` is the module's own."""
        self._logger = logging.getLogger(OURS + name)

    def debug(self, event: str, **fields: Unpack[Fields]) -> None:
        """What helps to follow a fault."""
        self._write(logging.DEBUG, event, dict(fields))

    def info(self, event: str, **fields: Unpack[Fields]) -> None:
        """What a healthy node does."""
        self._write(logging.INFO, event, dict(fields))

    def warning(self, event: str, **fields: Unpack[Fields]) -> None:
        """What the operator should know before long."""
        self._write(logging.WARNING, event, dict(fields))

    def error(self, event: str, **fields: Unpack[Fields]) -> None:
        """What does not work."""
        self._write(logging.ERROR, event, dict(fields))

    def crash(self, event: str, error: BaseException) -> None:
        """An error that nobody foresaw: its class and where it arose, not its text, which may quote a message."""
        self.error(event, error=type(error).__name__, where=where(error))

    def _write(self, level: int, event: str, fields: dict[str, Any]) -> None:
        for name in fields.keys() - ALLOWED:
            warnings.warn(f"A log has no field {name!r}: it is left out.", RuntimeWarning, stacklevel=3)
            del fields[name]
        if self._logger.isEnabledFor(level):
            self._logger.log(level, "%s", event, extra={"fields": fields})


def get_log(name: str) -> Log:
    """The log of the module called `name`: `get_log(__name__)`."""
    return Log(name)


def _content(record: logging.LogRecord) -> dict[str, Value]:
    if record.name.startswith(OURS):
        fields: dict[str, Value] = getattr(record, "fields", {})
        return {"event": record.getMessage(), **fields}
    content: dict[str, Value] = {"event": str(record.msg).partition("\n")[0]}
    if record.exc_info and record.exc_info[1] is not None:
        error = record.exc_info[1]
        content |= {"error": type(error).__name__, "where": where(error)}
    return content


class JsonLines(logging.Formatter):
    """One JSON object a line, for machines."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Value] = {
            "at": moment,
            "level": record.levelname.lower(),
            "from": record.name.removeprefix(OURS),
        }
        for name, value in _content(record).items():
            line[name] = one_line(value) if isinstance(value, str) else value
        return json.dumps(line, ensure_ascii=False)


class ShortText(logging.Formatter):
    """One short line, for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        content = _content(record)
        event = one_line(str(content.pop("event")))
        fields = " ".join(f"{name}={one_line(str(value))}" for name, value in content.items())
        moment = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        return f"{moment} {record.levelname.lower():7} {event}{'  ' if fields else ''}{fields}"


class _Private(RotatingFileHandler):
    """Every file of the log is its owner's alone, the new ones too."""

    def _open(self) -> TextIOWrapper:
        return TextIOWrapper(open(self.baseFilename, "ab", opener=_private), encoding="utf-8")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _rotating(file: Path) -> logging.Handler:
    try:
        return _Private(file, maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"The log {file} cannot be written: {error.strerror}.") from None


def start_logging(level: str, style: str, stream: TextIO | None = None, *, file: Path | None = None) -> None:
    """Send all logs of this process to `file` or `stream` (standard error), as `json`, `text` or `auto`.

    Raises `ConfigError` where the file cannot be written.
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream) if file is None else _rotating(file)
    readable = style == "text" or (style == "auto" and file is None and stream.isatty())
    handler.setFormatter(ShortText() if readable else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.raiseExceptions = False  # a line that a full disk refuses is lost, and not printed with what it was about
    logging.getLogger(OURS.rstrip(".")).setLevel(level.upper())
    for name in SILENT:
        logging.getLogger(name).disabled = True
