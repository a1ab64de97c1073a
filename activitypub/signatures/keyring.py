"""A collective's own keys over time: the pair in force, those before it while they overlap, and what was said of them.

Rule 1  All of it is one file, replaced whole: a new pair and the statement that leads to it are there together, or
        neither is.
Rule 2  Each pair has a number, its generation, which stands in the addresses of its keys: no cache takes one for the
        other. The first pair keeps the addresses it always had.
Rule 3  Private keys are kept until their overlap ends or they are revoked; statements stay.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from activitypub.ids import Ids
from activitypub.signatures.keys import SigningKeys, write_multikey
from activitypub.signatures.statements import MOST, build_revocation, build_rotation, read_statement
from activitypub.times import read_time, write_time
from schema.errors import ConfigError, NotFound, RemoteError, StateError
from schema.lineage import Lineage, fold

_FORMAT: Final = 2
_DAMAGED: Final = "the key file is damaged, or was written by a newer Qafila; restore it from a backup"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A pair that handed over, and until when its proofs are taken."""

    keys: SigningKeys
    until: datetime


@dataclass(frozen=True, slots=True)
class Keyring:
    """The pair in force, with those before it; `since` and `by` are unknown for a pair made by `qafila init`."""

    current: SigningKeys
    since: datetime | None = None
    by: str = ""
    earlier: tuple[Earlier, ...] = ()
    statements: tuple[dict[str, Any], ...] = ()

    @classmethod
    def load(cls, data: bytes) -> Self:
        """Read what `dump` wrote, or the file of one pair that older versions did. Raises ConfigError."""
        try:
            written = json.loads(data)
        except (ValueError, RecursionError):
            raise ConfigError(_DAMAGED) from None
        if not isinstance(written, dict) or "format" not in written:
            return cls(SigningKeys.load(data))
        try:
            if written["format"] != _FORMAT:
                raise ConfigError(_DAMAGED)
            pair, since = written["current"], written["since"]
            return cls(
                SigningKeys.read(pair),
                None if since is None else read_time(since),
                str(written["by"]),
                tuple(Earlier(SigningKeys.read(old), read_time(old["until"])) for old in written["earlier"]),
                tuple(map(dict, written["statements"])),
            )
        except (ValueError, TypeError, KeyError, RemoteError):
            raise ConfigError(_DAMAGED) from None

    def dump(self) -> bytes:
        """Write it as JSON with the private keys in it, for a file that its owner alone may read."""
        written = {
            "format": _FORMAT,
            "current": self.current.write(),
            "since": None if self.since is None else write_time(self.since),
            "by": self.by,
            "earlier": [{**old.keys.write(), "until": write_time(old.until)} for old in self.earlier],
            "statements": self.statements,
        }
        return json.dumps(written, indent=2).encode("ascii") + b"\n"

    @property
    def sequence(self) -> int:
        """The number of the last statement, 0 where nothing was ever said."""
        last: int = self.statements[-1]["sequence"] if self.statements else 0
        return last

    def lineage(self, ids: Ids) -> Lineage:
        """What our statements come to. Raises ConfigError where they do not lead to the pair in force."""
        keys = frozenset({write_multikey(self.current.ed25519_public), write_multikey(self.current.rsa_public)})
        try:
            line = fold(keys, [read_statement(statement, ids.actor) for statement in self.statements])
        except RemoteError:
            raise ConfigError(_DAMAGED) from None
        if not isinstance(line, Lineage) or line.current != keys:
            raise ConfigError(_DAMAGED)
        return line

    def rotated(self, ids: Ids, new: SigningKeys, *, now: datetime, overlap: timedelta, by: str) -> Self:
        """With `new` in force, of the next generation, and the statement that says so."""
        new = replace(new, generation=self.current.generation + 1)
        until = now + overlap
        statement = build_rotation(ids, self.sequence + 1, self.current, new, now=now, until=until)
        earlier = (*self._unended(now), Earlier(self.current, until))
        return replace(self, current=new, since=now, by=by, earlier=earlier, statements=self._said(statement))

    def revoked(self, ids: Ids, key: str, *, since: datetime, now: datetime) -> Self:
        """With a statement that `key`, a Multikey of before, was in wrong hands from `since` on."""
        line = self.lineage(ids)
        if key not in line.replaced:
            raise NotFound("That is no key of this collective. See its keys with: qafila keys show")
        if line.revoked.get(key, now) <= since and key in line.revoked:
            raise StateError("That key is revoked already, from that time or earlier.")
        statement = build_revocation(ids, self.sequence + 1, self.current, revoked=key, since=since, now=now)
        kept = tuple(old for old in self._unended(now) if write_multikey(old.keys.ed25519_public) != key)
        return replace(self, earlier=kept, statements=self._said(statement))

    def without_ended(self, now: datetime) -> Self:
        """Without the private keys that nothing needs any more; itself where all are needed."""
        kept = self._unended(now)
        return self if kept == self.earlier else replace(self, earlier=kept)

    def _unended(self, now: datetime) -> tuple[Earlier, ...]:
        return tuple(old for old in self.earlier if old.until > now)

    def _said(self, statement: dict[str, Any]) -> tuple[dict[str, Any], ...]:
        return (*self.statements, statement)[-MOST:]
