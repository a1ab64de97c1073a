"""What the software behind an actor can do where its documents do not show it anyway (FEP-844e).

Rule 1  It is a hint. Whoever acts on it must do without it too: it decides what is tried first, never whom we trust.
Rule 2  Identifiers that are no URL in normal form, and those beyond a few, are ignored.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from activitypub.origin import check_url
from schema.errors import Malformed

RFC_9421: Final = "https://datatracker.ietf.org/doc/html/rfc9421"
RFC_9421_ED25519: Final = "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25"
IMPLEMENTS: Final[Mapping[str, str]] = {
    "@id": "https://w3id.org/fep/844e/implements",
    "@type": "@id",
    "@container": "@set",
}
"""The term as the context of FEP-844e defines it."""

MAX_CAPABILITIES: Final = 32
_OURS: Final[Mapping[str, str]] = {
    RFC_9421: "RFC-9421: HTTP Message Signatures",
    RFC_9421_ED25519: "RFC-9421 signatures using the Ed25519 algorithm",
}


def build_implements() -> list[dict[str, str]]:
    """What our own software takes."""
    return [{"type": "Link", "href": href, "name": name} for href, name in _OURS.items()]


def read_implements(actor: Mapping[str, Any]) -> frozenset[str]:
    """The identifiers that an actor's `generator` names, and those that an `Application` names for itself."""
    generator = actor.get("generator")
    found = _hrefs(generator) if isinstance(generator, Mapping) else iter(())
    own = _hrefs(actor) if actor.get("type") == "Application" else iter(())
    return frozenset((*found, *own))


def _hrefs(application: Mapping[str, Any]) -> Iterator[str]:
    links = application.get("implements")
    for link in islice(links if isinstance(links, list) else [links], MAX_CAPABILITIES):
        try:
            yield check_url(link.get("href") if isinstance(link, Mapping) else None, allow_fragment=True)
        except Malformed:
            continue
