"""The closed lists of words, and the context that publishes them."""

import json
from importlib.resources import files

import pytest

from schema.category import Category
from schema.fact import Fact
from schema.terms import CONTEXT, NAMESPACE, PUBLISHED, category_iri
from schema.visibility import Audience

CATEGORIES = """food-meals food-dry infant water-hygiene medicine-health shelter-housing clothing-bedding household
power-connectivity transport-carrying care learning-skills language-paperwork-legal work-tools-space farm-livestock
listening-wellbeing safety-protection life-events-worship"""


def test_categories() -> None:
    """There are 18 categories, each with a slug, a pictogram and a name of its own."""
    assert [category.value for category in Category] == CATEGORIES.split()
    assert len({category.pictogram for category in Category}) == len({category.label for category in Category}) == 18
    assert [category for category in Category if not category.may_be_public] == [Category.SAFETY_PROTECTION]


TOPICS = """halal kosher vegetarian vegan contains- cold-chain frozen prescription heavy fragile wheelchair-access
women-only-hours children-welcome"""


@pytest.mark.parametrize("topic", TOPICS.split())
def test_facts(topic: str) -> None:
    """Everything people must know before they take something has a fact."""
    found = [fact for fact in Fact if fact.value.startswith(topic)]
    assert found
    assert all(fact.label[0].isupper() and "-" not in fact.label for fact in found)


def test_audiences() -> None:
    """The members' circle never leaves the node; the others do."""
    assert [audience for audience in Audience if not audience.leaves_the_node] == [Audience.CIRCLE]


def test_the_published_context_is_the_one_in_use() -> None:
    """The file people read and the map that documents carry are the same."""
    assert json.loads(files("schema").joinpath("context.jsonld").read_bytes()) == {"@context": dict(PUBLISHED)}


def test_terms_stand_alone() -> None:
    """Every prefix of a term is defined in the map itself, or is that of ActivityStreams, which stands before it."""
    prefixes = {term for term, iri in CONTEXT.items() if iri.startswith(("https://", "http://"))}
    assert prefixes == {"qafila", "vf", "schema"}
    assert {iri.partition(":")[0] for term, iri in CONTEXT.items() if term not in prefixes} == prefixes | {"as"}
    assert category_iri("infant") == f"{NAMESPACE}infant"
