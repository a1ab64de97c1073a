"""The keys of an ally over time: when a change of them is taken, and when it is an alarm.

Rule 1  Keys that a person compared stay until statements lead from them to those that the ally's own node serves now.
        Whoever has the old key and not the node cannot serve, whoever has the node and not the key cannot sign.
Rule 2  All statements ever taken are kept and count together with those served: what was said once cannot be unsaid.
Rule 3  What does not lead on changes nothing and is an alarm, once for the same keys. A person has to ask.
Rule 4  Nobody but the ally's own node is asked, one look at a time for each ally, and seldom.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, Protocol

import orjson

from activitypub.actor import RemoteActor
from activitypub.signatures.keys import read_pem, write_multikey
from activitypub.signatures.statements import MOST, read_history, read_statement
from federation.fetch import Fetched, Fetcher
from schema.errors import Absent, Forbidden, Malformed, RemoteError, TooLarge, Unauthenticated
from schema.lineage import Broken, Lineage, fold

NO_STATEMENTS = b"[]"
UNREADABLE = "unreadable"
UNSTATED = "unstated"
MOST_REMEMBERED = 1_000
ANY_KEY = timedelta(seconds=15)
"""How long nothing is looked at after a look, whatever key is named: soon enough for a request that comes again."""
SAME_KEY = timedelta(hours=1)
"""How long after a look that brought nothing the same key is no reason for another."""
Statements = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Pin:
    """An actor whose keys are trusted, as the bytes it came in, and the statements about them."""

    actor: RemoteActor
    document: bytes
    statements: bytes = NO_STATEMENTS

    @property
    def trusted(self) -> RemoteActor:
        """The actor with all keys that ever were its own, and with what is known of each.

        Of keys that its document says handed over, only the statements tell: nobody compared those.
        """
        line = lineage(self.actor.id, keys_in_force(self.actor), self.statements)
        now = [(name, key) for name, key in self.actor.ed25519_keys if key in line.current]
        before = [(old.id, key) for key, old in line.replaced.items()]
        return replace(
            self.actor,
            ed25519_keys=(*before, *now),
            ending={key: old.until for key, old in line.replaced.items()},
            revoked=dict(line.revoked),
        )


@dataclass(frozen=True, slots=True)
class Alarm:
    """Keys that an ally's node shows, and that nothing leads to; `why` is one of `Why`, UNREADABLE or UNSTATED."""

    keys: frozenset[str]
    why: str

    @property
    def digest(self) -> str:
        """The same for the same keys."""
        return sha256(orjson.dumps(sorted(self.keys))).hexdigest()


def keys_in_force(actor: RemoteActor) -> frozenset[str]:
    """The Multikeys of an actor without those that handed over. Raises Malformed for a key that cannot be read."""
    keys = {key for _, key in actor.ed25519_keys if key not in actor.ending}
    if actor.main_key_pem is not None:
        keys.add(write_multikey(read_pem(actor.main_key_pem)))
    return frozenset(keys)


@lru_cache(MOST_REMEMBERED)
def lineage(actor: str, keys: frozenset[str], statements: bytes) -> Lineage:
    """What statements that were taken come to; nothing at all where they do not lead to these keys."""
    line = fold(keys, [read_statement(statement, actor) for statement in orjson.loads(statements)])
    return line if isinstance(line, Lineage) and line.current == keys else Lineage(keys)


def judge(pin: Pin, shown: Pin) -> Pin | Alarm:
    """The pin that takes the place of `pin` where the ally's node shows `shown`, or what is wrong with that."""
    told = [*orjson.loads(pin.statements), *orjson.loads(shown.statements)]
    actor = shown.actor
    try:
        keys = keys_in_force(actor)
    except Malformed:
        return Alarm(frozenset(), UNREADABLE)
    try:
        read = [(read_statement(statement, actor.id), statement) for statement in told]
    except RemoteError:
        return Alarm(keys, UNREADABLE)
    line = fold(keys_in_force(pin.actor), [statement for statement, _ in read])
    if isinstance(line, Broken):
        return Alarm(keys, line.why)
    if line.current != keys:
        return Alarm(keys, UNSTATED)
    once = {said.sequence: statement for said, statement in read}
    return replace(shown, statements=write_statements(once[number] for number in sorted(once)))


def first_pin(shown: Pin) -> Pin:
    """What is pinned where a person compared the keys of `shown`: with its statements only if they lead to those."""
    found = judge(replace(shown, statements=NO_STATEMENTS), shown)
    return found if isinstance(found, Pin) else replace(shown, statements=NO_STATEMENTS)


def write_statements(statements: Iterable[Mapping[str, Any]]) -> bytes:
    """The newest of them, as they are kept."""
    return orjson.dumps([*statements][-MOST:])


class PinStore(Protocol):
    """Where pins are kept."""

    async def find(self, actor: str) -> Pin | None:
        """The pin of an ally; None where it is none (any more)."""

    async def move(self, old: Pin, new: Pin) -> None:
        """Put one in the place of the other, and remember that the keys changed where they did."""

    async def raise_alarm(self, pin: Pin, alarm: Alarm) -> None:
        """Keep it for a person to see."""


async def with_statements(fetcher: Fetcher, fetched: Fetched) -> Pin:
    """An actor with what its own node says about its keys; errors as `Fetcher.document` where that cannot be asked."""
    actor = fetched.actor
    statements: Statements = ()
    if actor.key_history is not None:
        try:
            document, _ = await fetcher.document(actor.key_history.partition("#")[0])
            statements = read_history(document, actor.id)
        except (Absent, Forbidden, Malformed, TooLarge):
            statements = ()
    return Pin(actor, fetched.document, write_statements(statements))


@dataclass(frozen=True, slots=True)
class _Look:
    at: datetime
    error: RemoteError | None = None


class KeyWatch:
    """Looks at the keys of allies at their own nodes."""

    def __init__(self, fetcher: Fetcher, pins: PinStore, clock: Callable[[], datetime]) -> None:
        """Nothing is looked at yet."""
        self._fetcher = fetcher
        self._pins = pins
        self._clock = clock
        self._looks: OrderedDict[tuple[str, str], _Look] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[None]] = {}

    async def look(self, actor: str, *, about: str | None = None) -> None:
        """Look whether an ally's keys changed.

        `about` is the id of the key that gives cause: the same one does so once an hour, and any of one ally at most
        every 15 seconds. Without it, look now or later.

        Raises the `RemoteError` that kept us from looking, also where it is only remembered.
        """
        begun_before = self._under_way.get(actor)
        if begun_before is not None and about is None:  # it may have seen what was so before
            await asyncio.wait([begun_before])
        task = self._under_way.get(actor)
        if task is not None:  # of those who only wait with others nothing is remembered: they may be many
            await asyncio.shield(task)
            return
        if about is not None and self._is_early(actor, about):
            return
        task = asyncio.create_task(self._look(actor))
        self._under_way[actor] = task
        task.add_done_callback(lambda _: self._under_way.pop(actor, None))
        began = self._clock()
        await asyncio.shield(task)
        if about is not None:
            self._remember(actor, about, _Look(began))

    def _is_early(self, actor: str, about: str) -> bool:
        """Whether it was looked just now, or for the same key not long ago; raises what went wrong then."""
        now = self._clock()
        last, same = self._looks.get((actor, "")), self._looks.get((actor, about))
        if last is not None and now - last.at < ANY_KEY:
            if last.error is not None:
                raise last.error.with_traceback(None)
            return True
        return same is not None and now - same.at < SAME_KEY

    async def _look(self, actor: str) -> None:
        begun, error = self._clock(), None
        try:
            await self._judge(actor)
        except RemoteError as failure:
            error = failure
            raise
        finally:
            self._remember(actor, "", _Look(begun, error))

    def _remember(self, actor: str, about: str, look: _Look) -> None:
        self._looks[actor, about] = look
        self._looks.move_to_end((actor, about))
        while len(self._looks) > MOST_REMEMBERED:
            self._looks.popitem(last=False)

    async def _judge(self, actor: str) -> None:
        pin = await self._pins.find(actor)
        if pin is None:
            raise Unauthenticated("an ally that is none any more")
        found = judge(pin, await with_statements(self._fetcher, await self._fetcher.actor(actor)))
        if isinstance(found, Alarm):
            await self._pins.raise_alarm(pin, found)
        elif found != pin:
            await self._pins.move(pin, found)
