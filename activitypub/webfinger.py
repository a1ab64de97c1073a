"""WebFinger (RFC 7033): from a handle to an actor, in both directions."""

from collections.abc import Collection, Iterable
from typing import Any, Final

from activitypub.document import Limits, read_document
from activitypub.ids import Ids, check_acct
from activitypub.members import optional_text, text
from activitypub.origin import check_url
from schema.errors import InputError, Malformed

AS2_TYPES: Final = frozenset(
    {"application/activity+json", 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'}
)
SERVICE: Final = "https://www.w3.org/ns/activitystreams#Service"
JRD_LIMITS: Final = Limits(max_bytes=65_536, max_depth=8)


def build_jrd(ids: Ids) -> dict[str, Any]:
    """The answer about our collective, asked for by its handle or its actor's URL.

    The subject is the handle both times: a reader that starts from the URL wants the name that leads back to it, and
    Mastodon takes the subject for that name. What was asked as a URL stands among the aliases (RFC 7033, 4.4.2).
    """
    return {
        "subject": ids.webfinger_address,
        "aliases": [ids.actor, ids.home],
        "links": [_actor_link("self", ids.actor), _page_link(ids)],
    }


def build_home_jrd(ids: Ids) -> dict[str, Any]:
    """The answer about the node, asked for by its address (FEP-d556): the node actor, and the one collective here."""
    return {
        "subject": ids.home,
        "links": [_actor_link(SERVICE, ids.node_actor), _actor_link("self", ids.actor), _page_link(ids)],
    }


def build_node_jrd(ids: Ids) -> dict[str, Any]:
    """The answer about the node actor, asked for by its handle or its URL."""
    return {
        "subject": ids.node_webfinger_address,
        "aliases": [ids.node_actor],
        "links": [_actor_link("self", ids.node_actor), _actor_link(SERVICE, ids.node_actor)],
    }


def find_jrd(ids: Ids, resource: str, *, also: Iterable[Ids] = ()) -> dict[str, Any] | None:
    """The answer about a resource, as `read_resource` gives it; None where it is not ours.

    `also` are further names that lead to us: whoever asks for one of those is told the one that is our own.

    Our own names have no capitals, so those of whoever typed a handle on a telephone tell nothing apart. Where the
    collective is called like its host, the handle is the collective's.
    """
    name = resource.lower() if resource.startswith("acct:") else resource
    for known in (ids, *also):
        if name in {known.webfinger_address, known.actor}:
            return build_jrd(ids)
        if name == known.home:
            return build_home_jrd(ids)
        if name in {known.node_webfinger_address, known.node_actor}:
            return build_node_jrd(ids)
    return None


def keep_links(jrd: dict[str, Any], relations: Collection[str]) -> dict[str, Any]:
    """The same answer with the links of these relations alone, where any were named (RFC 7033, 4.3)."""
    return jrd | {"links": [link for link in jrd["links"] if not relations or link["rel"] in relations]}


def _actor_link(relation: str, actor: str) -> dict[str, str]:
    return {"rel": relation, "type": "application/activity+json", "href": actor}


def _page_link(ids: Ids) -> dict[str, str]:
    return {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": ids.home}


def read_resource(resource: str, *, allow_http: bool = False) -> str:
    """The `resource` of a question: `acct:alder@host` or a URL, both in normal form; `Malformed` otherwise."""
    if not resource.startswith("acct:"):
        return check_url(resource, allow_http=allow_http)
    try:
        return f"acct:{check_acct(resource)}"
    except InputError:
        raise Malformed("resource: no acct: URI with a valid host") from None


def read_subject(data: bytes) -> str:
    """The handle (`alder@host`) that an answer is about; `Malformed` where it is about none."""
    subject = read_resource(text(read_document(data, JRD_LIMITS), "subject"), allow_http=True)
    if not subject.startswith("acct:"):
        raise Malformed("subject: no account")
    return subject.removeprefix("acct:")


def read_jrd(data: bytes, acct: str, *, allow_http: bool = False) -> str:
    """The actor's URL in the answer to the question for `acct` (`alder@host`); `Malformed` where it cannot be trusted.

    The subject must be what was asked for, and exactly one actor must stand behind the `self` links of an
    ActivityStreams type; servers that write that link twice, once for each type, are understood. Whoever asked must
    still compare the handle with the actor's own `preferredUsername`.
    """
    document = read_document(data, JRD_LIMITS)
    if read_resource(text(document, "subject")).lower() != f"acct:{check_acct(acct)}".lower():
        raise Malformed("subject: not the account that was asked for")
    links = document.get("links")
    if not isinstance(links, list) or not all(isinstance(link, dict) for link in links):
        raise Malformed("links: not a list of objects")
    actors = {
        check_url(link.get("href"), allow_http=allow_http)
        for link in links
        if link.get("rel") == "self" and optional_text(link, "type") in AS2_TYPES
    }
    if len(actors) != 1:
        raise Malformed("links: not exactly one actor")
    return actors.pop()
