import pytest
from hypothesis import given
from hypothesis import strategies as st
from mnemonic import Mnemonic

from activitypub.signatures.fingerprint import fingerprint, same_words
from schema.errors import Malformed
from tests.activitypub import vectors

ACTOR = "https://alder.example/actor"
KEYS = [vectors.PUBLIC_MULTIKEY, vectors.FEP_521A_ED25519]


def test_a_fingerprint_never_changes() -> None:
    """The words of a given actor and keys stay what they are today: people have written them down."""
    assert " ".join(fingerprint(ACTOR, KEYS)) == "rib venue nasty tonight unfold cheap relief spray"


def test_the_order_of_keys_does_not_matter() -> None:
    """The same keys in another order read the same; another actor or another key does not."""
    words = fingerprint(ACTOR, KEYS)
    assert fingerprint(ACTOR, reversed(KEYS)) == words
    assert fingerprint("https://birch.example/actor", KEYS) != words
    assert fingerprint(ACTOR, KEYS[:1]) != words


@given(st.text(), st.lists(st.text()))
def test_any_actor_and_keys_have_eight_words_of_the_list(actor: str, keys: list[str]) -> None:
    """A fingerprint is eight words of BIP 39."""
    words = fingerprint(actor, keys)
    assert len(words) == 8
    assert set(words) <= set(Mnemonic("english").wordlist)


def test_an_actor_that_is_no_text_is_malformed() -> None:
    """A lone surrogate cannot be hashed."""
    with pytest.raises(Malformed):
        fingerprint("\ud800", [])


def test_people_may_write_the_words_as_they_like() -> None:
    """Case, spaces and hyphens do not matter; order, spelling and number do."""
    words = fingerprint(ACTOR, KEYS)
    text = " ".join(words)
    assert same_words(text, "-".join(words).upper())
    assert same_words(f"  {text.title()}\n", text.replace(" ", " - "))
    assert not same_words(text, " ".join(reversed(words)))
    assert not same_words(text, " ".join(words[:7]))
    assert not same_words(" ".join(words[:7]), " ".join(words[:7]))
    assert not same_words("", "")
