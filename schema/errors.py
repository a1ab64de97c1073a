"""Every error that Qafila raises on purpose.

    QafilaError
    ├── LocalError                 on our side: ours, or the person's at this node
    │   ├── InputError             something typed or a file that we cannot use; say what to do
    │   ├── DomainError            a value that breaks a rule of the domain (a quantity below zero ...)
    │   ├── NotFound               there is no such thing here
    │   ├── StateError             the thing is there, but in a state that does not allow this
    │   ├── ConfigError            settings or files of this node are wrong
    │   └── Unavailable      503   our own trouble: database locked, disk full, not started
    └── RemoteError                on another node's side; `status` is the answer it gets
        ├── Malformed        400   not the bytes, the JSON or the shape the protocol asks for
        ├── Unauthenticated  401   no proof of who sent it, or one that does not hold
        ├── Forbidden        403   proven, and not allowed
        ├── Absent           404   unknown, or not visible to the asker: the two look the same
        ├── Timeout          408   too slow
        ├── Conflict         409   the same id with other content
        ├── Gone             410   it was here, and was withdrawn
        ├── TooLarge         413   over a limit
        ├── WrongMediaType   415   a media type or encoding that we do not take
        ├── Misdirected      421   meant for another host
        ├── RuleBroken       422   well formed, but a rule of the domain is broken
        ├── TooMany          429   more often than we allow
        └── PeerUnreachable  503   another node did not answer, or not usably

Each carries two texts: `str(error)` for the log of this node's operator, `error.shown` safe for anyone.
Neither may hold names, addresses of persons or bodies of messages.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import ClassVar


class QafilaError(Exception):
    """The root. `shown` is the safe text; where it is missing, the class's own sentence is shown."""

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    default_shown: ClassVar[str] = "Something went wrong."

    def __init__(self, log_text: str, *, shown: str | None = None) -> None:
        """Keep the log text as the exception's own text and the safe text beside it."""
        super().__init__(log_text)
        self.shown = shown if shown is not None else self.default_shown


class LocalError(QafilaError):
    """On our side. The text for the log is meant for our own people, so it may be shown to them."""

    def __init__(self, log_text: str, *, shown: str | None = None) -> None:
        """Show the log text itself unless a safe text is given: whoever reads it sits at this node."""
        super().__init__(log_text, shown=log_text if shown is None else shown)


class InputError(LocalError):
    """Something typed, or a file, that cannot be used."""

    status = HTTPStatus.BAD_REQUEST


class DomainError(LocalError):
    """A value breaks a rule of the domain; `field` names which part of the thing it was."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, log_text: str, *, field: str = "", shown: str | None = None) -> None:
        """Add the name of the field, as in the domain's dataclasses."""
        super().__init__(log_text, shown=shown)
        self.field = field


class NotFound(LocalError):
    """There is no such thing here."""

    status = HTTPStatus.NOT_FOUND


class StateError(LocalError):
    """The thing is in a state that does not allow this."""

    status = HTTPStatus.CONFLICT


class ConfigError(LocalError):
    """Settings or files of this node are wrong."""


class Unavailable(LocalError):
    """Our own trouble; trying again later may help."""

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, log_text: str, *, shown: str = "Not available just now. Try again later.") -> None:
        """Never show the inside of our own trouble to others."""
        super().__init__(log_text, shown=shown)


class RemoteError(QafilaError):
    """On another node's side. `status` is what it is told, `shown` the one line of the answer's body."""

    status = HTTPStatus.BAD_REQUEST
    default_shown = "Refused."


class Malformed(RemoteError):
    """Not the bytes, the JSON or the shape the protocol asks for."""

    status = HTTPStatus.BAD_REQUEST
    default_shown = "Malformed request."


class Unauthenticated(RemoteError):
    """No proof of who sent it, or one that does not hold."""

    status = HTTPStatus.UNAUTHORIZED
    default_shown = "Missing or invalid signature."


class Forbidden(RemoteError):
    """Proven, and not allowed."""

    status = HTTPStatus.FORBIDDEN
    default_shown = "Not allowed."


class Absent(RemoteError):
    """Unknown, or not visible to whoever asks: the two must look the same."""

    status = HTTPStatus.NOT_FOUND
    default_shown = "Not found."


class Timeout(RemoteError):
    """The other side was too slow."""

    status = HTTPStatus.REQUEST_TIMEOUT
    default_shown = "Too slow."


class Conflict(RemoteError):
    """The same id with other content."""

    status = HTTPStatus.CONFLICT
    default_shown = "Conflicts with what is already here."


class Gone(RemoteError):
    """It was here, and was withdrawn."""

    status = HTTPStatus.GONE
    default_shown = "Gone."


class TooLarge(RemoteError):
    """Over a limit of size, depth or count."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_shown = "Too large."


class WrongMediaType(RemoteError):
    """A media type or a content encoding that we do not take."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    default_shown = "Unsupported media type."


class Misdirected(RemoteError):
    """Meant for another host."""

    status = HTTPStatus.MISDIRECTED_REQUEST
    default_shown = "Wrong host."


class RuleBroken(RemoteError):
    """Well formed, but a rule of the domain is broken."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    default_shown = "A rule of the domain is broken."


class TooMany(RemoteError):
    """More often than we allow; `retry_after` is how long to wait, where that is known."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    default_shown = "Too many requests."

    def __init__(self, log_text: str, *, shown: str | None = None, retry_after: timedelta | None = None) -> None:
        """Say what there was too much of."""
        super().__init__(log_text, shown=shown)
        self.retry_after = retry_after


class PeerUnreachable(RemoteError):
    """Another node did not answer, or not usably; this is why we cannot go on."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    default_shown = "Another node could not be reached."
