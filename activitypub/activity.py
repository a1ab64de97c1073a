"""Activities: what is read from one, whatever its type, and each that we send, built whole.

Reading checks shape and origin, not signatures. Rules:

Rule 1  An activity has one known meaning: one type, one actor, one id, the id on the actor's origin (FEP-fe34).
Rule 2  What is created or updated belongs to the actor and lies on the actor's origin; what is deleted or undone too.
Rule 3  `bto` and `bcc` are dropped (ActivityPub, 6): never stored, never served.
Building gives documents without a proof; an embedded object keeps its own `@context` and proof (FEP-8b32).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from activitypub.audience import PUBLIC
from activitypub.context import DEFAULT_CONTEXT
from activitypub.ids import Ids
from activitypub.members import optional_reference, optional_text, reference, strings, text, types
from activitypub.origin import check_activity_id, check_owner, check_url
from activitypub.times import read_time, write_time
from schema.errors import Forbidden, Malformed
from schema.window import to_hour

# ActivityPub, 6, and what has no meaning without one.
NEEDS_OBJECT: Final = frozenset({
    "Accept", "Add", "Announce", "Block", "Create", "Delete", "Follow",
    "Like", "Move", "Offer", "Reject", "Remove", "Undo", "Update",
})  # fmt: skip
# The others of the AS2 vocabulary, 3.1.
ACTIVITY_TYPES: Final = NEEDS_OBJECT | {
    "Arrive", "Dislike", "Flag", "Ignore", "Invite", "Join", "Leave", "Listen",
    "Question", "Read", "TentativeAccept", "TentativeReject", "Travel", "View",
}  # fmt: skip
ACTOR_TYPES: Final = frozenset({"Application", "Group", "Organization", "Person", "Service"})
NEEDS_TARGET: Final = frozenset({"Add", "Remove"})
OWN_OBJECT: Final = frozenset({"Create", "Update", "Delete", "Undo"})
"""What one does to what is one's own, and to nothing else (FEP-fe34)."""
NEEDS_ID: Final = frozenset({"Add", "Announce", "Block", "Follow", "Like", "Move", "Remove"})
"""What is done to something that has a name of its own, and says nothing about it where that name is missing."""
_HIDDEN = ("bto", "bcc")


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity, checked as above and no further: who sent it must still be proven."""

    id: str
    type: str
    actor: str
    object_id: str | None
    """Missing where the object is embedded without an id (FEP-0837 allows it for agreements)."""
    object: dict[str, Any] | None
    """Missing where only the id was sent."""
    target: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    published: str | None
    """As it was written; `times.read_time` reads it."""
    document: dict[str, Any]
    """The whole, without `bto` and `bcc`. Proofs are checked over the document as received, not over this."""


def read_activity(document: Mapping[str, Any], *, allow_http: bool = False) -> Activity:
    """The activity in a document; `Malformed` where its shape is wrong, `Forbidden` where it speaks for another."""
    kind = _activity_type(document)
    identifier = check_url(text(document, "id"), allow_http=allow_http, allow_fragment=True)
    actor = check_url(reference(document, "actor"), allow_http=allow_http)
    check_activity_id(identifier, actor)
    kept = _without_hidden(document)
    embedded = kept.get("object")
    if isinstance(embedded, dict):
        kept["object"] = embedded = _without_hidden(embedded)
    else:
        embedded = None
    object_id = _object_id(kept, kind, allow_http=allow_http)
    target = optional_reference(kept, "target")
    if target is not None:
        check_url(target, allow_http=allow_http, allow_fragment=True)
    if kind in NEEDS_TARGET and target is None:
        raise Malformed("target: missing")
    _check_authority(kind, actor, object_id, embedded)
    published = optional_text(kept, "published")
    if published is not None:
        read_time(published)
    return Activity(
        id=identifier,
        type=kind,
        actor=actor,
        object_id=object_id,
        object=embedded,
        target=target,
        to=strings(kept, "to"),
        cc=strings(kept, "cc"),
        published=published,
        document=kept,
    )


def _activity_type(document: Mapping[str, Any]) -> str:
    """A type alone may be unknown to us; of several, exactly one must be known."""
    names = types(document)
    if isinstance(document["type"], str):
        return names[0]
    known = [name for name in names if name in ACTIVITY_TYPES]
    if len(known) != 1:
        raise Malformed("type: not exactly one activity type")
    return known[0]


def _without_hidden(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in _HIDDEN}


def _object_id(document: Mapping[str, Any], kind: str, *, allow_http: bool) -> str | None:
    value = document.get("object")
    if value is None or isinstance(value, list):  # several objects have a meaning only in types that we do not handle
        if kind in NEEDS_OBJECT:
            raise Malformed("object: not exactly one")
        return None
    if isinstance(value, dict) and value.get("id") is None and value.get("type") != "Link" and kind not in NEEDS_ID:
        return None
    return check_url(reference(document, "object"), allow_http=allow_http, allow_fragment=True)


def _check_authority(kind: str, actor: str, object_id: str | None, embedded: Mapping[str, Any] | None) -> None:
    """FEP-fe34, of what an actor may create, change and take back."""
    if kind not in OWN_OBJECT:
        return
    if object_id is not None:
        check_owner(object_id, actor)
    elif kind != "Undo":  # an undone activity may be told by its type, actor and object
        raise Malformed("object: has no id")
    if embedded is None:
        return
    member = "actor" if kind == "Undo" else "attributedTo"
    owners = set(strings(embedded, member))
    if embedded.get("type") is not None and not ACTOR_TYPES.isdisjoint(types(embedded)):
        owners.add(str(object_id))  # an actor is its own owner
    if owners - {actor}:
        raise Forbidden(f"{kind} of what belongs to another")


def build_create(
    ids: Ids, local_id: str, obj: Mapping[str, Any], *, to: Sequence[str], cc: Sequence[str] = (), published: datetime
) -> dict[str, Any]:
    """`Create` of an object of ours, addressed like the object; `published` is told to the hour."""
    return _build(ids, local_id, "Create", dict(obj), to=to, cc=cc, published=published, context=_context(obj))


def build_update(
    ids: Ids, local_id: str, obj: Mapping[str, Any], *, to: Sequence[str], cc: Sequence[str] = (), published: datetime
) -> dict[str, Any]:
    """`Update` to the object as it is now; between servers that replaces the whole (ActivityPub, 7.3)."""
    return _build(ids, local_id, "Update", dict(obj), to=to, cc=cc, published=published, context=_context(obj))


def build_actor_update(ids: Ids, local_id: str, actor: Mapping[str, Any], *, published: datetime) -> dict[str, Any]:
    """`Update` of ourselves, as our actor document is now, for everyone who knows us."""
    context = [*actor["@context"], *(entry for entry in DEFAULT_CONTEXT if entry not in actor["@context"])]
    known = {name: value for name, value in actor.items() if name != "@context"}
    return _build(
        ids, local_id, "Update", known, to=(PUBLIC,), cc=(ids.followers,), published=published, context=context
    )


def build_delete(
    ids: Ids,
    local_id: str,
    object_id: str,
    *,
    former_type: str,
    to: Sequence[str],
    cc: Sequence[str] = (),
    deleted: datetime,
) -> dict[str, Any]:
    """`Delete` with a Tombstone that tells what it was and when it went (ActivityPub, 6.4)."""
    return _build(ids, local_id, "Delete", build_tombstone(object_id, former_type, deleted), to=to, cc=cc)


def build_tombstone(object_id: str, former_type: str, deleted: datetime) -> dict[str, Any]:
    """What stands in the place of something deleted, also where it is fetched alone."""
    return {
        "@context": list(DEFAULT_CONTEXT),
        "id": object_id,
        "type": "Tombstone",
        "formerType": former_type,
        "deleted": write_time(deleted),
    }


def build_follow(ids: Ids, local_id: str, actor: str) -> dict[str, Any]:
    """`Follow` of another collective, which is also how an alliance is asked for."""
    return _build(ids, local_id, "Follow", actor, to=(actor,))


def build_accept(ids: Ids, local_id: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """`Accept` of a request, of which `request` holds what must be told, to who sent it."""
    return _build(ids, local_id, "Accept", dict(request), to=(reference(request, "actor"),))


def build_reject(ids: Ids, local_id: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """`Reject` of a request as it was received, to who sent it."""
    return _build(ids, local_id, "Reject", dict(request), to=(reference(request, "actor"),))


def build_undo(ids: Ids, local_id: str, activity: Mapping[str, Any]) -> dict[str, Any]:
    """`Undo` of an activity of ours, to all whom that was addressed to."""
    return _build(ids, local_id, "Undo", dict(activity), to=strings(activity, "to"), cc=strings(activity, "cc"))


def _context(obj: Mapping[str, Any]) -> Sequence[Any]:
    """An activity states the context of its object too, so that each can be read and proven without the other."""
    context = obj.get("@context", DEFAULT_CONTEXT)
    return [context] if isinstance(context, str | dict) else context


def _build(
    ids: Ids,
    local_id: str,
    kind: str,
    obj: str | dict[str, Any],
    *,
    to: Sequence[str],
    cc: Sequence[str] = (),
    published: datetime | None = None,
    context: Sequence[Any] = DEFAULT_CONTEXT,
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "@context": list(context),
        "id": ids.activity(local_id),
        "type": kind,
        "actor": ids.actor,
    }
    if published is not None:
        document["published"] = write_time(to_hour(published))
    document["to"] = list(to)
    if cc:
        document["cc"] = list(cc)
    document["object"] = obj
    return document
