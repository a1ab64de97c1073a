"""Every URL and handle of a collective: nothing else in the code base formats one.

`Ids` makes our own; the functions below it read and make those that WebFinger (RFC 7033) needs for others.
"""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

import idna

from activitypub.onion import is_onion_service
from activitypub.origin import DEFAULT_PORTS, Origin, check_host, check_url, origin_of
from schema.errors import InputError, RemoteError

_NAME = re.compile(r"[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*")  # what Mastodon and GoToSocial take as preferredUsername
_LONGEST_NAME = 64
_LOCAL_ID = re.compile(r"[a-z0-9]{1,64}")  # opaque: it tells neither when nor how many
_HANDLE = re.compile(r"(?:acct:|@)?([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)@([^@/?#\s]+?)(?::([1-9][0-9]{0,4}))?")


@dataclass(frozen=True, slots=True)
class Ids:
    """The URLs of the collective `name` at `base`, which is scheme and authority without a slash at the end.

    `InputError` where the two cannot stand in a URL and a handle.
    """

    base: str
    name: str

    def __post_init__(self) -> None:
        """Check both once, so that every URL made from them is in normal form."""
        try:
            check_url(f"{self.base}/", allow_http=True)
            plain = str(self.origin) == self.base
        except RemoteError:
            plain = False
        if not plain:
            raise InputError("The address of a node is written as https://alder.example, without a path.")
        if len(self.name) > _LONGEST_NAME or not _NAME.fullmatch(self.name):
            raise InputError("The name in a handle has small letters a-z, digits and _, with . or - only between them.")

    @classmethod
    def of_onion(cls, service: str, name: str) -> Self:
        """The URLs of the collective at an onion service: by http, for the service's name is its key."""
        return cls(str(Origin("http", service, DEFAULT_PORTS["http"])), name)

    @property
    def origin(self) -> Origin:
        """Scheme, host and port of the node."""
        return origin_of(f"{self.base}/")

    @property
    def home(self) -> str:
        """The page for people."""
        return f"{self.base}/"

    @property
    def actor(self) -> str:
        """The collective itself."""
        return f"{self.base}/actors/{self.name}"

    @property
    def inbox(self) -> str:
        """Where others deliver."""
        return f"{self.actor}/inbox"

    @property
    def outbox(self) -> str:
        """What we published."""
        return f"{self.actor}/outbox"

    @property
    def followers(self) -> str:
        """The address of those who follow; stands beside Public alone."""
        return f"{self.actor}/followers"

    @property
    def followers_of_reader(self) -> str:
        """Those of one server who follow us, for that server alone (FEP-8fcf): who signs the request says which."""
        return f"{self.actor}/followers_synchronization"

    @property
    def following(self) -> str:
        """Whom we follow."""
        return f"{self.actor}/following"

    @property
    def allies(self) -> str:
        """The address of all allies, which names none of them."""
        return f"{self.actor}/allies"

    @property
    def shared_inbox(self) -> str:
        """Where others deliver once for the whole node."""
        return f"{self.base}/inbox"

    @property
    def main_key(self) -> str:
        """The first RSA key, for HTTP signatures that everyone can check."""
        return self.main_key_of(1)

    @property
    def ed25519_key(self) -> str:
        """The first Ed25519 key, for proofs. A fragment of its own: two keys under one id cannot be told apart."""
        return self.ed25519_key_of(1)

    def main_key_of(self, generation: int) -> str:
        """The RSA key of a generation. Each has an id of its own, so that no cache takes the old for the new."""
        return f"{self.actor}#{_fragment('main-key', 'main-key', generation)}"

    def ed25519_key_of(self, generation: int) -> str:
        """The Ed25519 key of a generation."""
        return f"{self.actor}#{_fragment('ed25519-key', 'ed25519', generation)}"

    @property
    def key_history(self) -> str:
        """The statements about our keys."""
        return f"{self.actor}/keys"

    def key_statement(self, sequence: int) -> str:
        """One of them."""
        return f"{self.key_history}#{sequence}"

    @property
    def node_actor(self) -> str:
        """The node itself, beside the collective that lives on it."""
        return f"{self.base}/actor"

    @property
    def node_outbox(self) -> str:
        """What the node itself published: nothing."""
        return f"{self.node_actor}/outbox"

    @property
    def node_key(self) -> str:
        """The first RSA key under the id that is the node actor's own."""
        return self.node_key_of(1)

    def node_key_of(self, generation: int) -> str:
        """The RSA key of a generation under the id that is the node actor's own."""
        return f"{self.node_actor}#{_fragment('main-key', 'main-key', generation)}"

    def proposal(self, local_id: str) -> str:
        """An offer, a need or surplus."""
        return f"{self.base}/proposals/{_check_local_id(local_id)}"

    @staticmethod
    def intent(proposal: str) -> str:
        """The primary intent of the proposal with this URL (FEP-0837)."""
        return f"{proposal}#primary"

    @staticmethod
    def conversation(proposal: str) -> str:
        """The conversation that the proposal with this URL begins (FEP-7888)."""
        return f"{proposal}/conversation"

    @staticmethod
    def replies(proposal: str) -> str:
        """The answers to the proposal with this URL."""
        return f"{proposal}/replies"

    def feed(self, name: str) -> str:
        """What is public, for feed readers, calendars and spreadsheets."""
        return f"{self.base}/feeds/{name}"

    def logo(self, file: str) -> str:
        """The logo, under a name that changes with it."""
        return f"{self.base}/logo/{file}"

    def activity(self, local_id: str) -> str:
        """One act of ours."""
        return f"{self.base}/activities/{_check_local_id(local_id)}"

    def tag(self, tag: str) -> str:
        """The page of a hashtag, given without `#`, in any script."""
        return f"{self.base}/tags/{quote(tag, safe='')}"

    @property
    def context(self) -> str:
        """Our own JSON-LD context."""
        return f"{self.base}/ns/qafila"

    @staticmethod
    def page(collection: str, cursor: str) -> str:
        """One page of the collection with this URL; `cursor` is opaque, as local ids are."""
        return f"{collection}?page={_check_local_id(cursor)}"

    @property
    def acct(self) -> str:
        """The handle as `alder@alder.example`, with the port where it is not the usual one."""
        return f"{self.name}@{self.origin.authority}"

    @property
    def webfinger_address(self) -> str:
        """The handle as the URI that WebFinger answers with."""
        return f"acct:{self.acct}"

    @property
    def node_acct(self) -> str:
        """The handle of the node actor, `alder.example@alder.example`: the host twice, as Mastodon has it."""
        return f"{self.origin.host}@{self.origin.authority}"

    @property
    def node_webfinger_address(self) -> str:
        """The same as the URI that WebFinger answers with."""
        return f"acct:{self.node_acct}"

    @property
    def webfinger_template(self) -> str:
        """Where WebFinger is asked; `{uri}` stands for what is asked about (RFC 6415, 3.1.1)."""
        return f"{self.base}/.well-known/webfinger?resource={{uri}}"

    @property
    def nodeinfo(self) -> str:
        """What the software of this node says about itself."""
        return f"{self.base}/nodeinfo/2.1"

    def local_proposal(self, url: str) -> str | None:
        """The local id of a proposal of ours, or nothing: `proposal` backwards."""
        return self._local(url, "proposals")

    def local_activity(self, url: str) -> str | None:
        """The local id of an activity of ours, or nothing: `activity` backwards."""
        return self._local(url, "activities")

    def _local(self, url: str, kind: str) -> str | None:
        prefix = f"{self.base}/{kind}/"
        rest = url.removeprefix(prefix)
        return rest if url.startswith(prefix) and _LOCAL_ID.fullmatch(rest) else None


def _fragment(first: str, later: str, generation: int) -> str:
    return first if generation == 1 else f"{later}-{generation}"


def _check_local_id(local_id: str) -> str:
    if not _LOCAL_ID.fullmatch(local_id):
        raise InputError("A local id has 1 to 64 small letters a-z and digits.")
    return local_id


def read_handle(text: str, *, allow_http: bool = False) -> str:
    """What a person typed to name a collective: `alder@host`, with `@` or `acct:` before it, or the URL of its actor.

    Returns `alder@host` or the URL, both in normal form. The host may be typed in any script (UTS 46) and in capitals.
    `InputError` says how to write it.
    """
    text = text.strip()
    try:
        if "://" in text:
            return check_url(text, allow_http=allow_http)
        return check_acct(text)
    except RemoteError:
        raise InputError("Write a collective as @alder@alder.example, or give the address of its page.") from None


def check_acct(text: str) -> str:
    """`alder@host` in normal form from `alder@host`, `@alder@host` or `acct:alder@host`; `InputError` otherwise."""
    match = _HANDLE.fullmatch(text)
    if match is None:
        raise InputError("A handle is written as alder@alder.example.")
    name, host, port = match.groups()
    try:
        host = check_host(host if host.startswith("[") else idna.encode(host, uts46=True).decode())
        authority = f"{host}:{port}" if port else host
        origin_of(f"https://{authority}/")  # refuses a needless or impossible port
    except (UnicodeError, RemoteError):
        raise InputError("The host of a handle is no valid name.") from None
    return f"{name}@{authority}"


def acct_origin(acct: str, *, allow_http: bool = False) -> Origin:
    """Where the handle `alder@host` is looked up: https, or http at an onion service and in the lab."""
    authority = acct.partition("@")[2]
    scheme = "http" if allow_http or is_onion_service(authority) else "https"
    return origin_of(f"{scheme}://{authority}/")


def webfinger_url(acct: str, *, allow_http: bool = False) -> str:
    """Where to ask for the handle `alder@host` (RFC 7033, 4): its own host, as `acct_origin` has it."""
    acct = check_acct(acct)
    return f"{acct_origin(acct, allow_http=allow_http)}/.well-known/webfinger?resource=acct:{acct}"
