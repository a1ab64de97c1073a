"""The collective as an actor: our own document, and what we take from another's.

Rule 1  A document counts only under the id it was asked for, exactly (CVE-2024-23832): no redirect, no second name.
Rule 2  An actor receives on its own origin; a shared inbox, a list of followers or a key elsewhere is ignored.
Rule 3  Of its keys those that are well formed count, the others are ignored (FEP-521a).
Rule 4  A handle that an actor gives itself is a claim until WebFinger leads from it back to the actor (FEP-2c59).
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from activitypub.activity import ACTOR_TYPES
from activitypub.capabilities import IMPLEMENTS, build_implements, read_implements
from activitypub.context import ACTIVITYSTREAMS, DID, MULTIKEY, SECURITY
from activitypub.face import PROPERTY_VALUE, Face, build_face, paragraphs
from activitypub.ids import Ids, check_acct
from activitypub.members import optional_text, reference, text, types
from activitypub.origin import check_url, same_origin
from activitypub.times import read_time, write_time
from schema.errors import Forbidden, InputError, Malformed, RemoteError
from schema.lineage import Listed
from schema.terms import KEY_HISTORY
from schema.text import DIRECTION

_OWN_DEFINITIONS: Final[Mapping[str, Any]] = {  # written out: a URL more is one more that a reader may not have
    "toot": "http://joinmastodon.org/ns#",
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "webfinger": {
        "@id": "https://purl.archive.org/socialweb/webfinger#webfinger",
        "@type": "http://www.w3.org/2001/XMLSchema#string",
    },
    "implements": IMPLEMENTS,
}
ACTOR_CONTEXT: Final[tuple[str | Mapping[str, Any], ...]] = (
    ACTIVITYSTREAMS,
    SECURITY,
    DID,  # without it Fedify does not see `assertionMethod`
    MULTIKEY,
    _OWN_DEFINITIONS,
)
NODE_CONTEXT: Final[tuple[str | Mapping[str, Any], ...]] = (ACTIVITYSTREAMS, SECURITY, _OWN_DEFINITIONS)
ED25519_PREFIX: Final = "z6Mk"  # base58btc of the multicodec ed25519-pub (FEP-521a)
LONGEST_NAME: Final = 200  # characters that are kept of a name
NO_FACE: Final = Face()
_MAX_KEYS = 16
_LONGEST_HANDLE = 512  # characters; a name and a host of full length have 318


@dataclass(frozen=True, slots=True)
class RemoteActor:
    """Another collective or account, as its own document describes it."""

    id: str
    type: str
    name: str
    """For people: without control and direction-changing characters, cut to 200."""
    preferred_username: str | None
    inbox: str
    shared_inbox: str | None
    followers: str | None
    url: str | None
    """A link for people, never identity."""
    main_key_id: str | None
    main_key_pem: str | None
    ed25519_keys: tuple[tuple[str, str], ...]
    """Pairs of key id and Multikey."""
    webfinger: str | None
    """The handle that it gives itself, as `alder@alder.example`; a claim until it was looked up (rule 4)."""
    implements: frozenset[str]
    """What its software says it can do, as the identifiers of FEP-844e."""
    key_history: str | None = None
    """The last statement about its keys, in the document that holds all of them."""
    ending: Mapping[str, datetime] = field(default_factory=dict)
    """Of the Ed25519 keys those that handed over, each with the time until which it counts."""
    revoked: Mapping[str, datetime] = field(default_factory=dict)
    """Multikeys that were in wrong hands, and from when on; known of allies alone."""


def build_actor(
    ids: Ids,
    *,
    name: str,
    summary: str,
    public_key_pem: str,
    ed25519_multikey: str,
    manually_approves_followers: bool = True,
    generation: int = 1,
    earlier: Iterable[Listed] = (),
    last_statement: int = 0,
    face: Face = NO_FACE,
) -> dict[str, Any]:
    """Our actor document; `summary` is plain text. `generation` is that of the keys, `earlier` are those before them.

    `last_statement` is the number of the last one about them: its address tells whether there is news. Of a key that
    handed over, `expires` says until when it counts (W3C Controlled Identifiers, 2.2).
    """
    document: dict[str, Any] = {
        "@context": _written(ACTOR_CONTEXT),
        "id": ids.actor,
        "type": "Organization",
        "preferredUsername": ids.name,
        "webfinger": ids.acct,
        "name": name,
        "summary": paragraphs(summary),
        **build_face(face),
        "url": ids.home,
        "inbox": ids.inbox,
        "outbox": ids.outbox,
        "followers": ids.followers,
        "following": ids.following,
        "endpoints": {"sharedInbox": ids.shared_inbox},
        "manuallyApprovesFollowers": manually_approves_followers,
        "discoverable": False,
        "indexable": False,
        "publicKey": {"id": ids.main_key_of(generation), "owner": ids.actor, "publicKeyPem": public_key_pem},
        "assertionMethod": [
            _multikey(ids, ids.ed25519_key_of(generation), ed25519_multikey),
            *(_multikey(ids, old.id, old.multikey) | {"expires": write_time(old.until)} for old in earlier),
        ],
        "generator": {"type": "Application", "implements": build_implements()},
    }
    if face.ways:
        document["@context"][-1] |= PROPERTY_VALUE
    if last_statement:
        document["@context"][-1]["keyHistory"] = KEY_HISTORY
        document["keyHistory"] = ids.key_statement(last_statement)
    return document


def _multikey(ids: Ids, key_id: str, multikey: str) -> dict[str, Any]:
    return {"id": key_id, "type": "Multikey", "controller": ids.actor, "publicKeyMultibase": multikey}


def build_node_actor(ids: Ids, *, public_key_pem: str, generation: int = 1) -> dict[str, Any]:
    """The node itself (FEP-2677, FEP-d556), for whoever wants to know what its software can do.

    It has nothing to say and signs nothing. Its key is there because servers take no actor without one.
    """
    document: dict[str, Any] = {
        "@context": _written(NODE_CONTEXT),
        "id": ids.node_actor,
        "type": "Application",
        "preferredUsername": ids.origin.host,
        "webfinger": ids.node_acct,
        "name": ids.origin.host,
        "url": ids.home,
        "inbox": ids.shared_inbox,
        "outbox": ids.node_outbox,
        "endpoints": {"sharedInbox": ids.shared_inbox},
        "manuallyApprovesFollowers": True,
        "discoverable": False,
        "indexable": False,
        "publicKey": {"id": ids.node_key_of(generation), "owner": ids.node_actor, "publicKeyPem": public_key_pem},
        "implements": build_implements(),
    }
    return document


def _written(context: tuple[str | Mapping[str, Any], ...]) -> list[str | dict[str, Any]]:
    return [entry if isinstance(entry, str) else dict(entry) for entry in context]


def read_actor(document: Mapping[str, Any], expected_id: str, *, allow_http: bool = False) -> RemoteActor:
    """The actor in a document that was fetched from `expected_id`; `Malformed`, or `Forbidden` for a foreign inbox."""
    identifier = check_url(text(document, "id"), allow_http=allow_http)
    if identifier != expected_id:
        raise Forbidden("an actor document names another id than it was asked for")
    known = [name for name in types(document) if name in ACTOR_TYPES]
    if len(known) != 1:
        raise Malformed("type: not exactly one actor type")
    inbox = check_url(text(document, "inbox"), allow_http=allow_http)
    if not same_origin(inbox, identifier):
        raise Forbidden("an actor's inbox lies on another origin")
    username = optional_text(document, "preferredUsername")
    endpoints = document.get("endpoints")
    main_key_id, main_key_pem = _main_key(document, identifier)
    return RemoteActor(
        id=identifier,
        type=known[0],
        name=_shown(optional_text(document, "name") or username or ""),
        preferred_username=username,
        inbox=inbox,
        shared_inbox=_own_url(endpoints, "sharedInbox", identifier) if isinstance(endpoints, dict) else None,
        followers=_own_url(document, "followers", identifier),
        url=_link(document, allow_http=allow_http),
        main_key_id=main_key_id,
        main_key_pem=main_key_pem,
        ed25519_keys=_ed25519_keys(document, identifier),
        webfinger=_handle(document.get("webfinger")),
        implements=read_implements(document),
        key_history=_own_url(document, "keyHistory", identifier, allow_fragment=True),
        ending=_ending(document),
    )


def _shown(name: str) -> str:
    kept = (sign for sign in name if sign not in DIRECTION and unicodedata.category(sign) not in {"Cc", "Zl", "Zp"})
    return "".join(kept)[:LONGEST_NAME].strip()


def _handle(claimed: Any) -> str | None:
    """A handle in normal form, given plain or as an `acct:` URI (FEP-2c59), or nothing."""
    if not isinstance(claimed, str) or len(claimed) > _LONGEST_HANDLE:
        return None
    try:
        return check_acct(claimed)
    except InputError:
        return None


def _own_url(members: Mapping[str, Any], key: str, actor: str, *, allow_fragment: bool = False) -> str | None:
    """A URL on the actor's own origin, or nothing."""
    try:
        url = check_url(reference(members, key), allow_http=True, allow_fragment=allow_fragment)
    except RemoteError:
        return None
    return url if same_origin(url, actor) else None


def _link(document: Mapping[str, Any], *, allow_http: bool) -> str | None:
    try:
        return check_url(document.get("url"), allow_http=allow_http, allow_fragment=True)
    except RemoteError:
        return None


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    entries = value if isinstance(value, list) else [value]
    return (entry for entry in entries[:_MAX_KEYS] if isinstance(entry, dict))


def _main_key(document: Mapping[str, Any], actor: str) -> tuple[str | None, str | None]:
    """The first key in `publicKey` that says it is this actor's (reciprocal claim, FEP-fe34)."""
    for entry in _objects(document.get("publicKey")):
        identifier, pem = _own_url(entry, "id", actor, allow_fragment=True), entry.get("publicKeyPem")
        if identifier is not None and entry.get("owner") == actor and isinstance(pem, str):
            return identifier, pem
    return None, None


def _ending(document: Mapping[str, Any]) -> dict[str, datetime]:
    """The Multikeys that count only until a time; one that cannot be read has come."""
    return {
        multibase: _time(entry["expires"])
        for entry in _objects(document.get("assertionMethod"))
        if isinstance(multibase := entry.get("publicKeyMultibase"), str) and entry.get("expires") is not None
    }


def _time(written: Any) -> datetime:
    try:
        return read_time(written if isinstance(written, str) else "")
    except Malformed:
        return datetime.min.replace(tzinfo=UTC)


def _ed25519_keys(document: Mapping[str, Any], actor: str) -> tuple[tuple[str, str], ...]:
    """Keys in `assertionMethod` by FEP-521a; an id that stands there twice names no key at all."""
    keys = [
        (identifier, multibase)
        for entry in _objects(document.get("assertionMethod"))
        if entry.get("type") == "Multikey"
        and entry.get("revoked") is None  # W3C Controlled Identifiers, 2.2
        and entry.get("controller") == actor
        and (identifier := _own_url(entry, "id", actor, allow_fragment=True)) is not None
        and isinstance(multibase := entry.get("publicKeyMultibase"), str)
        and multibase.startswith(ED25519_PREFIX)
    ]
    seen = Counter(identifier for identifier, _ in keys)
    return tuple(key for key in keys if seen[key[0]] == 1)
