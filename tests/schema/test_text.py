"""What people write is plain text, in every script, without characters that hide or turn it around."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.errors import DomainError
from schema.text import fitted, language_tag, plain_line, plain_text
from tests.schema.strategies import lines, notes

HIDDEN = [*"\x00\x07\x7f\x85\u2028\u2029\u202a\u202e\u2066\u2069\ud800\uffff"]


@pytest.mark.parametrize("character", [*HIDDEN, "\n", "\t", "\r"])
def test_a_line_is_one_line(character: str) -> None:
    """Control, direction and line-breaking characters are refused in a line, and the field is named."""
    with pytest.raises(DomainError) as caught:
        plain_line(f"rice{character}", "title", 120)
    assert caught.value.field == "title"


@pytest.mark.parametrize("character", [*HIDDEN, "\r"])
def test_several_lines(character: str) -> None:
    """Several lines may hold line feeds and tabs and nothing else of that kind."""
    assert plain_text("a\n\tb", "note", 10) == "a\n\tb"
    with pytest.raises(DomainError):
        plain_text(f"a{character}b", "note", 10)


@pytest.mark.parametrize(
    "text",
    [
        "أرز بسمتي",
        "می\u200cشود",
        "چاول \u200f(20 kg)",
        "👩\u200d👩\u200d👧",
        "\U0001fae8 newer than our tables: \U0001fadf",
    ],
)
def test_every_script(text: str) -> None:
    """Joiners and marks that scripts and pictures need are kept."""
    assert plain_line(text, "title", 120) == text


@pytest.mark.parametrize("text", ["", " ", "\u00a0\u2003", "\u200b", "\u200f\u200e", "\ufeff"])
def test_nothing_to_see(text: str) -> None:
    """A line of spaces and invisible characters is empty."""
    with pytest.raises(DomainError, match="must not be empty"):
        plain_line(text, "title", 120)


@given(lines(30))
def test_length(text: str) -> None:
    """A line is as long as it may be, and no character longer."""
    assert plain_line(text, "title", len(text)) == text
    with pytest.raises(DomainError):
        plain_line(text + "x", "title", len(text))


@given(st.text(st.characters() | st.sampled_from(HIDDEN)), st.integers(0, 50))
def test_fitted(text: str, longest: int) -> None:
    """Text of others is made to fit: whatever is left could have been written here."""
    assert plain_text(fitted(text, longest), "note", longest) == fitted(text, longest)


@given(notes())
def test_fitted_keeps_what_can_be_shown(text: str) -> None:
    """Nothing is taken from text that keeps the rules but the blanks around it."""
    assert fitted(text, len(text)) == text.strip()


@pytest.mark.parametrize("tag", ["en", "ar", "pt-BR", "zh-Hant-TW", "ckb"])
def test_languages(tag: str) -> None:
    """Languages are written as BCP 47 writes them."""
    assert language_tag(tag) == tag


@pytest.mark.parametrize("tag", ["", "e", "EN", "english", "en_GB", "en-", "اع", "en\n", "a" * 40])
def test_refused_languages(tag: str) -> None:
    """What is no language tag is refused."""
    with pytest.raises(DomainError):
        language_tag(tag)
