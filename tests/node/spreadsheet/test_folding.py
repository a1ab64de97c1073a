import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.aid.spreadsheet.folding import fold, one_line, trimmed
from node.aid.spreadsheet.goods_words import CATEGORIES, UNIT_WORDS
from node.aid.spreadsheet.vocabulary import Vocabulary, Words
from schema.category import Category
from schema.machine import BadTableError
from schema.quantity import UNITS

SAME = [
    ("IĞDIR", "iğdır"),
    ("İLAÇ", "ilac"),
    ("Kıyafet", "kiyafet"),
    ("Œufs", "oeufs"),
    ("À UTILISER AVANT", "a utiliser avant"),
    ("aujourd\u2019hui", "aujourd'hui"),
    ("use-by   date:", "Use by date"),
    ("الكميّة", "كميه"),
    ("أدوية", "ادويه"),
    ("إلى", "الي"),
    ("آذار", "اذار"),
    ("خبــز", "خبز"),
    ("کتاب", "كتاب"),
    ("٢٣ كغ", "۲۳ كغ"),
    ("m³", "M3"),
    ("\u200fعرض\u200f", "عرض"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_a_word_are_one(one: str, other: str) -> None:
    """Case, accents, harakat, letters that people exchange and digits of any script make no difference."""
    assert fold(one) == fold(other) != ""


@given(st.text())
def test_folding_is_done_after_one_time(text: str) -> None:
    """Folding cleans the edges too, so trimming before it changes nothing."""
    assert fold(one_line(text)) == fold(trimmed(text)) == fold(text)


def test_a_word_with_two_meanings_is_a_bad_table() -> None:
    """A table that would have to guess is refused when it is made."""
    with pytest.raises(BadTableError):
        Vocabulary("thing", {1: Words("Box", "صندوق", "boîte", "kutu"), 2: Words("box", "علبة", "étui", "kap")})


@pytest.mark.parametrize("category", Category)
def test_a_category_is_known_by_its_slug_and_label(category: Category) -> None:
    """What the domain calls a category is a word for it."""
    assert CATEGORIES.find(category.value) is CATEGORIES.find(category.label) is category


def test_every_unit_that_ships_has_words() -> None:
    """No unit is known by its code alone."""
    assert set(UNITS.values()) <= set(UNIT_WORDS.table)
    assert all(UNIT_WORDS.find(unit.name) == UNIT_WORDS.find(code) == unit for code, unit in UNITS.items())
