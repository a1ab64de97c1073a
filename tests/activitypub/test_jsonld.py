"""JSON-LD without a network: bundled contexts and nothing else."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from activitypub.document import read_document
from activitypub.jsonld import CONTEXTS, dropped_terms, expand
from schema.errors import Malformed, RemoteError
from tests.activitypub.documents import as_bytes, json_values

AS2 = "https://www.w3.org/ns/activitystreams"
README = next(iter(CONTEXTS.values())).parent / "README.md"


def test_every_context_is_the_one_in_the_table() -> None:
    """Each bundled file stands in the table of sources with its URL and the sha256 that it has."""
    rows = [
        re.split(r"\s*\|\s*", line)[1:-1] for line in README.read_text(encoding="utf-8").splitlines() if "|" in line
    ]
    told = {url: (file, digest) for file, url, _source, _licence, digest in rows[2:]}
    assert told == {url: (path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for url, path in CONTEXTS.items()}
    assert {path.name for path in README.parent.glob("*.jsonld")} == {path.name for path in CONTEXTS.values()}


def test_expands_with_bundled_contexts() -> None:
    """A document over bundled contexts has an expanded form."""
    document = {"@context": [AS2], "id": "https://alder.example/1", "type": "Note", "content": "x"}
    assert expand(document) == [
        {
            "@id": "https://alder.example/1",
            "@type": [f"{AS2}#Note"],
            f"{AS2}#content": [{"@value": "x"}],
        }
    ]


@pytest.mark.parametrize(
    "context", ["https://unknown.example/c.jsonld", "http://127.0.0.1:9/c", Path(__file__).as_uri()]
)
def test_fetches_no_context(context: str) -> None:
    """J11: any other context is refused, not fetched."""
    with pytest.raises(Malformed):
        expand({"@context": [AS2, context], "id": "https://alder.example/1"})


def test_refuses_terms_that_define_each_other() -> None:
    """J11: a cyclic context has no expanded form, and says so."""
    with pytest.raises(Malformed):
        expand({"@context": {"a": "b:x", "b": "a:x"}, "a": 1})


@pytest.mark.parametrize(
    ("document", "dropped"),
    [
        ({"@context": AS2, "type": "Note", "content": "x"}, set()),
        ({"@context": AS2, "type": "Note", "deliverTo": "x"}, {"_:deliverTo"}),
        ({"@context": AS2, "type": ["Note", "Proposal"]}, {"_:Proposal"}),
        ({"@context": {}, "https://x.example/p": 1, "plain": 1}, {"plain"}),
        ({"@context": AS2, "type": "Note", "tag": [{"type": "Note", "deep": 1}]}, {"_:deep"}),
    ],
)
def test_names_what_a_reader_of_json_ld_would_lose(document: dict[str, Any], dropped: set[str]) -> None:
    """A term without a meaning is named, whether PyLD drops it or hides it behind a blank node."""
    assert dropped_terms(document) == dropped


@settings(max_examples=50, deadline=None)  # PyLD reads its contexts the first time
@given(json_values)
def test_only_malformed_leaves_expansion(value: Any) -> None:
    """Whatever passes the strict reader is expanded or malformed."""
    try:
        expand(read_document(as_bytes({"@context": AS2, "id": "https://alder.example/1", "tag": value})))
    except RemoteError:
        return


def test_the_ordinary_way_does_not_load_pyld() -> None:
    """PyLD costs memory and start time: the modules of an ordinary delivery do without it."""
    modules = (
        "activity actor audience capabilities collection context document ids members origin times webfinger "
        "translate.dialects translate.spelling"
    )
    imports = ", ".join(f"activitypub.{module}" for module in modules.split())
    code = f"import sys, {imports}; sys.exit('pyld' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own words
