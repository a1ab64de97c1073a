"""Who said it: the one place where a `VerifiedActivity` is made.

The order is what keeps a stranger from making us work: shape, then the signature's form and its cover of this very
request, then whether such an actor may send such a thing at all; only then a key is looked for, and only for those whom
no person here has chosen is it fetched.

Rule 1  The HTTP signature is by a key of the activity's actor (FEP-fe34: same owner). It covers method, path, host,
        time and body.
Rule 2  A proof that is there and does not hold refuses the whole; it is never treated as unsigned (FEP-8b32).
Rule 3  The keys of an ally are those that were pinned, and those that they handed over to (`federation.pins`). What is
        signed otherwise is looked into at the ally's own node, and refused all the same where nothing leads to it.
        So is what is signed with a key that handed over: the ally itself has no more use for that.
Rule 4  What was verified is what is handled: the activity here is read from the very bytes that were signed. Only
        then are terms respelled that a proposal of another dialect has.
Rule 5  A request is signed by a key that counts now. A proof in it may be by one of before, made in its time: whoever
        signs the request vouches for that. What a revoked key signed is refused, whatever time it claims.
Rule 6  Nobody out there speaks for us: an actor on an origin of ours is refused, and nothing is fetched from ourselves.
        A request is for us under whichever of our names it was signed; both lead to this node, so taking it from one to
        the other gains nothing, and what it brings takes effect once.
Rule 7  A key id is an address on its actor's own origin, or nothing is fetched to find out more. What lies behind it is
        never asked for: keys come from the actor alone.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import InitVar, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from activitypub.activity import OWN_OBJECT, Activity, read_activity
from activitypub.actor import RemoteActor, read_actor
from activitypub.document import DEFAULT_LIMITS, Limits, read_document
from activitypub.members import strings
from activitypub.message import Request
from activitypub.onion import is_onion_service
from activitypub.origin import Origin, origin_of
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
from schema.errors import Absent, Forbidden, Malformed, PeerUnreachable, RemoteError, TooLarge, Unauthenticated

_SEAL = object()
_REMEMBERED_KEYS = 4_096


class Look(StrEnum):
    """Why the keys of an ally are to be looked at."""

    TOLD = "told"  # it said so itself
    UNKNOWN = "unknown"  # something is signed with a key that we never heard of
    DOUBT = "doubt"  # something is not signed with the key that it names, or with one that handed over


Renew = Callable[[str, str | None], Awaitable[RemoteActor | None]]
"""Looks at the keys of an ally at its own node, for the key with this id, unless that was done not long ago, or where
the ally itself said so (None); gives the ally as it is pinned then."""

Count = Callable[[RemoteActor | None], None]
"""Hears whose message it is, and may refuse it: an ally's as soon as its HTTP signature held, anyone else's (None)
before keys are looked for."""


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
        own: Collection[Origin] = (),
        scheme: Scheme = "https",
        window: timedelta = WINDOW,
        limits: Limits = DEFAULT_LIMITS,
        allow_http: bool = False,
        respeller: Respeller | None = None,
        renew: Renew | None = None,
    ) -> None:
        """`own` are our own origins; `window` is how far a signature's time may lie from ours.

        `scheme` is that of the URLs that requests are sent to; at an onion service it is http in any case.
        `renew` looks at the keys of an ally anew.
        """
        self._roster = roster
        self._directory = directory
        self._clock = clock
        self._own = own
        self._scheme = scheme
        self._window = window
        self._limits = limits
        self._allow_http = allow_http
        self._respeller = respeller
        self._renew = renew

    def _signature(self, request: Request) -> http.Signature:
        """The signature of a request, read for the address that it was sent to."""
        to_onion = any(map(is_onion_service, request.values("host")))
        return http.read_signature(request, scheme="http" if to_onion else self._scheme)

    async def _plain(self, activity: Activity) -> dict[str, Any] | None:
        """The embedded object of a post in bare terms; what nobody respells is refused where it is read."""
        embedded = activity.object
        if embedded is None or self._respeller is None or activity.type not in POSTS:
            return embedded
        if not is_spelled_otherwise(embedded):
            return embedded
        return await self._respeller.respell(activity.document, embedded, activity.actor)

    async def activity(self, request: Request, count: Count = lambda _ally: None) -> VerifiedActivity:
        """The activity that this request brings, proven.

        Raises `Malformed`, `TooLarge`, `Unauthenticated`, `Forbidden`, the error of a key that could not be fetched, or
        that of `count`.
        """
        now = self._clock()
        document = read_document(request.body, self._limits)
        activity = read_activity(document, allow_http=self._allow_http)
        signature = self._signature(request)
        http.check_coverage(signature, request, now, self._window)
        roster = self._roster()
        if origin_of(activity.actor) in self._own:
            raise Forbidden("in our own name, from outside")
        admit(activity, roster)
        _check_key_id(signature.key_id, activity.actor)
        ally = roster.allies.get(activity.actor)
        if ally is None:
            count(None)
            sender = await self._stranger(activity.actor, signature, request, now)
        else:
            sender = Fetched(await self._ally(ally, signature, request, document, now), b"")
            count(ally)
        proven_by = prove(document, sender.actor, now, self._window)
        object_proven_by = _prove_object(document, activity, sender.actor, now, self._window)
        verified = VerifiedActivity(
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
        if ally is not None and sender.actor == ally and _tells_of_itself(activity, ally):
            await self._look(ally, Look.TOLD)
        return verified

    async def _ally(
        self, ally: RemoteActor, signature: http.Signature, request: Request, document: dict[str, Any], now: datetime
    ) -> RemoteActor:
        """The ally as it is pinned, its HTTP signature verified; its node is asked where the key may be a new one."""
        try:
            http.verify(signature, request, _key(ally, signature.key_id, now))
        except Unauthenticated:
            again = await self._renewed(ally, signature.key_id, document, now)
            if again is None or again == ally:
                raise
            http.verify(signature, request, _key(again, signature.key_id, now))
            return again
        if dict(ally.ed25519_keys).get(signature.key_id) in ally.ending:
            again = await self._look(ally, Look.DOUBT, signature.key_id)
            if again is not None and again != ally:
                http.verify(signature, request, _key(again, signature.key_id, now))
                return again
        return ally

    async def _renewed(
        self, ally: RemoteActor, key_id: str, document: dict[str, Any], now: datetime
    ) -> RemoteActor | None:
        """The ally as it is pinned once its own node was asked; None where there is no cause for that.

        Where what the request brings is by keys that we know, not they are wrong, but the request.
        """
        try:
            if prove(document, ally, now, self._window) is not None:
                return None
        except (Unauthenticated, Malformed):
            pass
        known = key_id == ally.main_key_id or key_id in dict(ally.ed25519_keys)
        return await self._look(ally, Look.DOUBT if known else Look.UNKNOWN, key_id)

    async def _look(self, ally: RemoteActor, why: Look, key_id: str | None = None) -> RemoteActor | None:
        """The ally as it is pinned after a look at its keys; None where its node shows none.

        Where something may be new and its node cannot be reached, the request is to come again: `PeerUnreachable`.
        """
        try:
            return None if self._renew is None else await self._renew(ally.id, key_id)
        except PeerUnreachable:
            if why is Look.DOUBT:
                return None
            raise
        except RemoteError:
            return None

    def reader(self, request: Request) -> RemoteActor | None:
        """The ally that signed this GET with a pinned key; None for everyone else, whatever is wrong with them."""
        try:
            signature = self._signature(request)
            http.check_coverage(signature, request, self._clock(), self._window)
            ally = self._roster().allies.get(_without_fragment(signature.key_id))
            if ally is None:
                return None
            http.verify(signature, request, _key(ally, signature.key_id, self._clock()))
        except (Unauthenticated, Forbidden, Malformed):
            return None
        return ally

    async def origin(self, request: Request) -> str | None:
        """The origin of the actor that signed this GET, where somebody there is something to us; None for all others.

        Only then its key is looked for: many a server reads in the name of an actor that follows nobody.
        """
        try:
            signature = self._signature(request)
            http.check_coverage(signature, request, self._clock(), self._window)
            actor = _without_fragment(signature.key_id)
            origin, roster = str(origin_of(actor)), self._roster()
            if origin not in roster.followers_at:
                return None
            chosen, now = roster.allies.get(actor), self._clock()
            if chosen is None:
                await self._stranger(actor, signature, request, now)
            else:
                http.verify(signature, request, _key(chosen, signature.key_id, now))
        except RemoteError:
            return None
        return origin

    async def _stranger(self, actor: str, signature: http.Signature, request: Request, now: datetime) -> Fetched:
        """An actor that nobody pinned, its HTTP signature verified."""
        fetched = await self._look_up(actor)
        try:
            http.verify(signature, request, _key(fetched.actor, signature.key_id, now))
        except Unauthenticated:
            # Its keys may have changed since they were fetched; the directory asks at most once an hour.
            again = await self._look_up(actor, newer=True)
            if again.document == fetched.document:
                raise
            http.verify(signature, request, _key(again.actor, signature.key_id, now))
            return again
        return fetched

    async def _look_up(self, actor: str, *, newer: bool = False) -> Fetched:
        """The actor from the directory; one that is not there, or is none, proves nothing."""
        try:
            return await self._directory.actor(actor, newer=newer)
        except (Absent, Malformed, Forbidden, TooLarge) as error:
            raise Unauthenticated("there is no such actor") from error


def prove(document: dict[str, Any], owner: RemoteActor, now: datetime, window: timedelta = WINDOW) -> str | None:
    """The Multikey of `owner` whose proof over the document holds; None where there is no proof.

    Raises `Unauthenticated` for a proof that does not hold, or by a key that is not the owner's, or no more, or that
    was made later than `window` from now; also for one over a document without a `@context`: what its words mean would
    depend on where it stands, which the proof does not cover.
    """
    multikey = check_proof(document, owner, now, window)
    if multikey in owner.revoked:
        raise Unauthenticated("a proof by a key that was revoked")
    return multikey


def check_proof(document: dict[str, Any], owner: RemoteActor, now: datetime, window: timedelta = WINDOW) -> str | None:
    """The same, whether or not the key was revoked."""
    proof = read_proof(document)
    if proof is None:
        return None
    if "@context" not in document:
        raise Unauthenticated("a proof over a document without a @context")
    multikey = dict(owner.ed25519_keys).get(proof.verification_method)
    if multikey is None:
        raise Unauthenticated("a proof by a key that its owner does not have")
    if proof.expired(now) or proof.created - now > window:
        raise Unauthenticated("a proof that has expired, or from the future")
    if multikey in owner.ending and proof.created > owner.ending[multikey]:
        raise Unauthenticated("a proof made with a key after it was replaced")
    verify_proof(document, proof, _multikey(multikey))
    return multikey


def _prove_object(
    document: dict[str, Any], activity: Activity, sender: RemoteActor, now: datetime, window: timedelta
) -> str | None:
    """The same for the embedded object, where it is the sender's own: by its type of activity, or as it says itself."""
    embedded = document.get("object")
    if not isinstance(embedded, dict):
        return None
    owners = {embedded.get("id"), *strings(embedded, "attributedTo"), *strings(embedded, "actor")}
    own = activity.type in OWN_OBJECT or sender.id in owners
    return prove(embedded, sender, now, window) if own else None


def _check_key_id(key_id: str, actor: str) -> None:
    """Rule 7: `Unauthenticated` for what is no address, `Forbidden` for one on another origin than the actor's."""
    try:
        origin = origin_of(key_id)
    except Malformed as error:
        raise Unauthenticated("a key id that is no address") from error
    if origin != origin_of(actor):
        raise Forbidden("signed with the key of another than its actor")


def _tells_of_itself(activity: Activity, ally: RemoteActor) -> bool:
    """Whether an ally says of itself that there is something new about its keys, or that its name is another."""
    if activity.type != "Update" or activity.object_id != ally.id:
        return False
    try:
        told = read_actor(activity.object or {}, ally.id, allow_http=True)
    except RemoteError:
        return True
    return told.name != ally.name or _keys(told) != _keys(ally)


def _keys(actor: RemoteActor) -> tuple[object, ...]:
    in_force = {(name, key) for name, key in actor.ed25519_keys if key not in actor.ending}
    return actor.main_key_id, actor.main_key_pem, actor.key_history, in_force


def _without_fragment(key_id: str) -> str:
    return key_id.partition("#")[0]


def _key(actor: RemoteActor, key_id: str, now: datetime) -> PublicKey:
    """The actor's key with this id that may sign now; `Forbidden` where the id is another actor's."""
    if key_id == actor.main_key_id and actor.main_key_pem is not None:
        return _pem(actor.main_key_pem)
    multikey = dict(actor.ed25519_keys).get(key_id)
    if multikey is not None:
        if multikey in actor.revoked or now > actor.ending.get(multikey, now):
            raise Unauthenticated("a key that was replaced or revoked")
        return _multikey(multikey)
    if _without_fragment(key_id) == actor.id:
        raise Unauthenticated("a key that its actor does not have")
    raise Forbidden("signed with the key of another than its actor")


@lru_cache(_REMEMBERED_KEYS)
def _multikey(text: str) -> PublicKey:
    return _usable(read_multikey, text)


@lru_cache(_REMEMBERED_KEYS)
def _pem(text: str) -> PublicKey:
    return _usable(read_pem, text)


def _usable(read: Callable[[str], PublicKey], text: str) -> PublicKey:
    """A key that an actor shows; one that nothing can be proven with is as good as none."""
    try:
        return read(text)
    except Malformed as error:
        raise Unauthenticated("a key that is too weak, or that cannot be read") from error
