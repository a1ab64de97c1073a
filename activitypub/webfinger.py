"""WebFinger (RFC 7033): from a handle to an actor, in both directions."""

from typing import Any, Final

from activitypub.document import Limits, read_document
from activitypub.ids import Ids, check_acct
from activitypub.members import optional_text, text
from activitypub.origin import check_url
from schema.errors import InputError, Malformed

AS2_TYPES: Final = frozenset(
    {"application/activity+json", 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'}
)
JRD_LIMITS: Final = Limits(max_bytes=65_536, max_depth=8)


def build_jrd(ids: Ids) -> dict[str, Any]:
    """The answer about our collective, whichever of its names was asked for."""
    return {
        "subject": ids.webfinger_address,
        "aliases": [ids.actor, ids.home],
        "links": [
            {"rel": "self", "type": "application/activity+json", "href": ids.actor},
            {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": ids.home},
        ],
    }


def read_resource(resource: str, *, allow_http: bool = False) -> str:
    """The `resource` of a question: `acct:alder@host` or a URL, both in normal form; `Malformed` otherwise."""
    if not resource.startswith("acct:"):
        return check_url(resource, allow_http=allow_http)
    try:
        return f"acct:{check_acct(resource)}"
    except InputError:
        raise Malformed("resource: no acct: URI with a valid host") from None


def is_ours(ids: Ids, resource: str) -> bool:
    """Whether a resource, as `read_resource` gives it, names our collective."""
    return resource in {ids.webfinger_address, ids.actor, ids.home}


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
