"""Who said it: the one place where a `VerifiedActivity` is made.

The order is what keeps a stranger from making us work: shape, then the signature's form and its cover of this very
request, then whether such an actor may send such a thing at all; only then a key is looked for, and only for those whom
no person here has chosen is it fetched.

Rule 1  The HTTP signature is by a key of the activity's actor (FEP-fe34: same owner). It covers method, path, host,
        time and body.
Rule 2  A proof that is there and does not hold refuses the whole; it is never treated as unsigned (FEP-8b32).
Rule 3  The keys of an ally are those that were pinned. Nothing that comes over the net replaces them.
Rule 4  What was verified is what is handled: the activity here is read from the very bytes that were signed. Only
        then are terms respelled that a proposal of another dialect has.
"""

from collections.abc import Callable
from dataclasses import InitVar, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from activitypub.activity import Activity, read_activity
from activitypub.actor import RemoteActor
from activitypub.document import DEFAULT_LIMITS, Limits, read_document
from activitypub.members import strings
from activitypub.message import Request
from activitypub.origin import origin_of
from activitypub.signatures import http
from activitypub.signatures.bounds import WINDOW
from activitypub.signatures.keys import PublicKey, read_multikey, read_pem
from activitypub.signatures.proof import read_proof, verify_proof
from activitypub.signatures.rfc9421 import Scheme
from activitypub.synchronization import Synchronization, read_synchronization
from activitypub.translate.spelling import is_spelled_otherwise
from federation.directory import ActorDirectory
from federation.fetch import Fetched
from federation.policy import POSTS, admit
from federation.respelling import Respeller
from federation.roster import Roster
from schema.errors import Absent, Forbidden, Malformed, RemoteError, TooLarge, Unauthenticated

_SEAL = object()
_REMEMBERED_KEYS = 4_096


@dataclass(frozen=True, slots=True)
class VerifiedActivity:
    """An activity of which it is proven who sent it. Only `Verifier.activity` can make one.

    `proven_by` is the Multikey whose proof over the whole activity held, `object_proven_by` that of the embedded
    object; None where there was no proof. `sender_document` is there only where the sender had to be looked up.
    `synchronization` is what the sender told beside it of those here who follow it, where that can be used.
    `plain` is the embedded object in bare terms: the object itself, unless a proposal in it had to be respelled.
    """

    activity: Activity
    plain: dict[str, Any] | None
    sender: RemoteActor
    sender_document: bytes | None
    proven_by: str | None
    object_proven_by: str | None
    body: bytes
    received_at: datetime
    synchronization: Synchronization | None
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        """Refuse to be made anywhere else."""
        if seal is not _SEAL:
            raise TypeError("a VerifiedActivity is made by Verifier.activity alone")


class Verifier:
    """Checks what comes in against the roster as it is at that moment."""

    def __init__(
        self,
        roster: Callable[[], Roster],
        directory: ActorDirectory,
        clock: Callable[[], datetime],
        *,
        scheme: Scheme = "https",
        window: timedelta = WINDOW,
        limits: Limits = DEFAULT_LIMITS,
        allow_http: bool = False,
        respeller: Respeller | None = None,
    ) -> None:
        """`scheme` is that of our own address; `window` is how far a signature's time may lie from ours, each way."""
        self._roster = roster
        self._directory = directory
        self._clock = clock
        self._scheme = scheme
        self._window = window
        self._limits = limits
        self._allow_http = allow_http
        self._respeller = respeller

    async def _plain(self, activity: Activity) -> dict[str, Any] | None:
        """The embedded object of a post in bare terms; what nobody respells is refused where it is read."""
        embedded = activity.object
        if embedded is None or self._respeller is None or activity.type not in POSTS:
            return embedded
        if not is_spelled_otherwise(embedded):
            return embedded
        return await self._respeller.respell(activity.document, embedded, activity.actor)

    async def activity(self, request: Request) -> VerifiedActivity:
        """The activity that this request brings, proven.

        Raises `Malformed`, `TooLarge`, `Unauthenticated`, `Forbidden`, or the error of a key that could not be fetched.
        """
        now = self._clock()
        document = read_document(request.body, self._limits)
        activity = read_activity(document, allow_http=self._allow_http)
        signature = http.read_signature(request, scheme=self._scheme)
        http.check_coverage(signature, request, now, self._window)
        roster = self._roster()
        admit(activity, roster)
        sender = await self._sender(activity.actor, signature, request, roster)
        proven_by, object_proven_by = prove(document, sender.actor, now), _prove_object(document, sender.actor, now)
        return VerifiedActivity(
            activity=activity,
            plain=await self._plain(activity),
            sender=sender.actor,
            sender_document=sender.document or None,
            proven_by=proven_by,
            object_proven_by=object_proven_by,
            body=request.body,
            received_at=now,
            synchronization=read_synchronization(request, signature.covered, sender.actor, allow_http=self._allow_http),
            seal=_SEAL,
        )

    def reader(self, request: Request) -> RemoteActor | None:
        """The ally that signed this GET with a pinned key; None for everyone else, whatever is wrong with them."""
        try:
            signature = http.read_signature(request, scheme=self._scheme)
            http.check_coverage(signature, request, self._clock(), self._window)
            ally = self._roster().allies.get(_without_fragment(signature.key_id))
            if ally is None:
                return None
            http.verify(signature, request, _key(ally, signature.key_id))
        except (Unauthenticated, Forbidden, Malformed):
            return None
        return ally

    async def origin(self, request: Request) -> str | None:
        """The origin of the actor that signed this GET, where somebody there is something to us; None for all others.

        Only then its key is looked for: many a server reads in the name of an actor that follows nobody.
        """
        try:
            signature = http.read_signature(request, scheme=self._scheme)
            http.check_coverage(signature, request, self._clock(), self._window)
            actor = _without_fragment(signature.key_id)
            origin, roster = str(origin_of(actor)), self._roster()
            if origin not in roster.followers_at:
                return None
            await self._sender(actor, signature, request, roster)
        except RemoteError:
            return None
        return origin

    async def _sender(self, actor: str, signature: http.Signature, request: Request, roster: Roster) -> Fetched:
        """The actor, its HTTP signature verified."""
        chosen = roster.allies.get(actor)
        if chosen is not None:
            http.verify(signature, request, _key(chosen, signature.key_id))
            return Fetched(chosen, b"")
        fetched = await self._look_up(actor)
        try:
            http.verify(signature, request, _key(fetched.actor, signature.key_id))
        except Unauthenticated:
            # Its keys may have changed since they were fetched; the directory asks at most once an hour.
            again = await self._look_up(actor, newer=True)
            if again.document == fetched.document:
                raise
            http.verify(signature, request, _key(again.actor, signature.key_id))
            return again
        return fetched

    async def _look_up(self, actor: str, *, newer: bool = False) -> Fetched:
        """The actor from the directory; one that is not there, or is none, proves nothing."""
        try:
            return await self._directory.actor(actor, newer=newer)
        except (Absent, Malformed, Forbidden, TooLarge) as error:
            raise Unauthenticated("there is no such actor") from error


def prove(document: dict[str, Any], owner: RemoteActor, now: datetime) -> str | None:
    """The Multikey of `owner` whose proof over the document holds; None where there is no proof.

    Raises `Unauthenticated` for a proof that does not hold, or by a key that is not the owner's; also for one over a
    document without a `@context`: what its words mean would depend on where it stands, which the proof does not cover.
    """
    proof = read_proof(document)
    if proof is None:
        return None
    if "@context" not in document:
        raise Unauthenticated("a proof over a document without a @context")
    multikey = dict(owner.ed25519_keys).get(proof.verification_method)
    if multikey is None:
        raise Unauthenticated("a proof by a key that its owner does not have")
    if proof.expired(now):
        raise Unauthenticated("a proof that has expired")
    verify_proof(document, proof, _multikey(multikey))
    return multikey


def _prove_object(document: dict[str, Any], sender: RemoteActor, now: datetime) -> str | None:
    """The same for the embedded object, where it is the sender's own, however it says so."""
    embedded = document.get("object")
    if not isinstance(embedded, dict):
        return None
    owners = {embedded.get("id"), *strings(embedded, "attributedTo"), *strings(embedded, "actor")}
    return prove(embedded, sender, now) if sender.id in owners else None


def _without_fragment(key_id: str) -> str:
    return key_id.partition("#")[0]


def _key(actor: RemoteActor, key_id: str) -> PublicKey:
    """The actor's key with this id; `Forbidden` where the id is another actor's."""
    if key_id == actor.main_key_id and actor.main_key_pem is not None:
        return _pem(actor.main_key_pem)
    multikey = dict(actor.ed25519_keys).get(key_id)
    if multikey is not None:
        return _multikey(multikey)
    if _without_fragment(key_id) == actor.id:
        raise Unauthenticated("a key that its actor does not have")
    raise Forbidden("signed with the key of another than its actor")


_multikey = lru_cache(_REMEMBERED_KEYS)(read_multikey)
_pem = lru_cache(_REMEMBERED_KEYS)(read_pem)
