"""JSON-LD, offline: PyLD over the contexts bundled in `contexts/`, and over no others.

Only for documents that were authenticated and went through `document.read_document`, and for checking our own. This
module costs PyLD's 5 MB when it is imported: nothing on the way of an ordinary delivery may do so.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pyld import jsonld
from pyld.documentloader.frozen import FrozenDocumentLoader

from schema.errors import Malformed

_FOLDER = Path(__file__).parent / "contexts"

CONTEXTS: Final[Mapping[str, Path]] = {
    "https://www.w3.org/ns/activitystreams": _FOLDER / "activitystreams.jsonld",
    "https://www.w3.org/ns/did/v1": _FOLDER / "did-v1.jsonld",
    "https://w3id.org/security/v1": _FOLDER / "security-v1.jsonld",
    "https://w3id.org/security/data-integrity/v1": _FOLDER / "data-integrity-v1.jsonld",
    "https://w3id.org/security/data-integrity/v2": _FOLDER / "data-integrity-v2.jsonld",
    "https://w3id.org/security/multikey/v1": _FOLDER / "multikey-v1.jsonld",
    "https://w3id.org/fep/0837": _FOLDER / "fep-0837.jsonld",
}
"""Every context that is known, with its file. `contexts/README.md` says where each came from."""

_LOADER = FrozenDocumentLoader(documents=CONTEXTS)


def expand(document: Mapping[str, Any]) -> list[Any]:
    """The expanded form (JSON-LD API, 5.1); `Malformed` where it has none, or where a context is not bundled."""
    return _expand(document, lambda _term: None)


def dropped_terms(document: Mapping[str, Any]) -> set[str]:
    """Terms of a document that no context gives a meaning, so that a JSON-LD reader loses them.

    ActivityStreams says `@vocab: "_:"`: a term unknown there is not dropped but becomes a blank node, of no use to
    anyone. Both are named here, as are types and values without a meaning.
    """
    dropped: set[str] = set()
    expanded = _expand(document, lambda term: dropped.add(str(term)))
    return dropped | set(_meaningless(expanded))


def _expand(document: Mapping[str, Any], on_property_dropped: Any) -> list[Any]:
    try:
        # The handler is heard only as an argument of its own; among the options it is silently ignored.
        expanded = jsonld.expand(
            dict(document),
            {"base": "", "documentLoader": _LOADER},
            on_property_dropped=on_property_dropped,
        )
    except (jsonld.JsonLdError, RecursionError, AttributeError, KeyError, TypeError, ValueError):
        raise Malformed("a document has no expanded JSON-LD form") from None
    return list(expanded)


def _meaningless(expanded: Any) -> Iterator[str]:
    if isinstance(expanded, list):
        for item in expanded:
            yield from _meaningless(item)
    elif isinstance(expanded, dict):
        for key, value in expanded.items():
            if key == "@type":
                yield from (name for name in (value if isinstance(value, list) else [value]) if _lost(name))
            elif key == "@id":
                yield from [value] if _lost(value) else []
            else:
                yield from [key] if key.startswith("_:") else []
                yield from _meaningless(value)


def _lost(iri: Any) -> bool:
    return isinstance(iri, str) and (iri.startswith("_:") or ":" not in iri)
