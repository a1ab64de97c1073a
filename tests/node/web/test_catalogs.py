"""Every text of the pages exists in every language."""

import re
from importlib import resources

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from node.web.i18n import NAMES, SOURCE
from node.web.words import UNITS
from schema.quantity import COMMUNITY_UNITS
from schema.quantity import UNITS as COMMON_UNITS
from tests.node.web.messages import messages

LOCALES = resources.files("node.web").joinpath("locales")
TRANSLATED = sorted(set(NAMES) - {SOURCE})
PLACEHOLDER = re.compile(r"%\([a-z]+\)s|%.")


def catalog(tag: str) -> Catalog:
    with LOCALES.joinpath(tag, "LC_MESSAGES", "qafila.po").open("rb") as file:
        return read_po(file, locale=tag)


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def test_the_languages_of_the_switcher_are_those_with_a_catalog() -> None:
    """Each language on offer has a catalog, and each catalog is on offer."""
    assert sorted(folder.name for folder in LOCALES.iterdir()) == TRANSLATED


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_catalog_has_every_text_and_nothing_else(tag: str) -> None:
    """The texts of templates, code and schema are those of the catalog."""
    known = {tuple(forms(message.id)) for message in catalog(tag) if message.id}
    assert known == {tuple(forms(message)) for message in messages()}


@pytest.mark.parametrize("tag", TRANSLATED)
def test_no_translation_is_empty_or_loses_a_placeholder(tag: str) -> None:
    """Each form of each text is written out, sure of itself, and has the placeholders of its source."""
    translations = catalog(tag)
    for message in translations:
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        wanted = sorted(PLACEHOLDER.findall(forms(message.id)[0]))
        shown = forms(message.string)
        assert len(shown) == (translations.num_plurals if isinstance(message.id, tuple | list) else 1), message.id
        for form in shown:
            assert form.strip(), message.id
            assert sorted(PLACEHOLDER.findall(form)) == wanted, message.id


def test_every_shipped_unit_has_a_name() -> None:
    """No unit of the schema is left without its word for several."""
    assert {unit.name for unit in (*COMMON_UNITS.values(), *COMMUNITY_UNITS.values())} == set(UNITS)
