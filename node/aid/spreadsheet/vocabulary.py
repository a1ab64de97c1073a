"""A closed list of things and the words people have for them; what is not in it is never guessed, only likened."""

import re
from collections.abc import Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

from node.aid.spreadsheet.folding import fold
from schema.errors import InputError
from schema.machine import BadTableError

Thing = TypeVar("Thing")
MAX_LIKENED = 60  # characters; a longer text is no misspelt word
LIKENESS = 0.4
LIKENESS_ABROAD = 0.6  # of a word in another language than the one that is answered in
MOST_LISTED = 8
_JOINED = re.compile(r"\s*[&+/,;،؛]\s*|\s+(?:and|et|ve|ile|و)\s+|\s+و(?=\w)", re.IGNORECASE)


class Words(NamedTuple):
    """What a thing is called: its name first, then other spellings and plurals, parted by `|`."""

    en: str
    ar: str
    fr: str
    tr: str

    def name(self, language: str) -> str:
        """Its name in `en`, `ar`, `fr` or `tr`."""
        words: str = getattr(self, language)
        return words.split("|", 1)[0]

    @property
    def all(self) -> list[str]:
        """Every word in every language."""
        return "|".join(self).split("|")


LANGUAGES = Words._fields


def _pairs(folded: str) -> frozenset[str]:
    padded = f" {folded} "
    return frozenset(padded[at : at + 2] for at in range(len(padded) - 1))


class Vocabulary(Generic[Thing]):
    """Finds the thing that a word means, in any language and spelling (see `folding`)."""

    def __init__(self, what: str, table: Mapping[Thing, Words], slugs: Mapping[str, Thing] | None = None) -> None:
        """`what` the things are, for people; `slugs` are names that belong to no language."""
        self.what = what
        self.table = table
        self._known: dict[str, Thing] = {}
        self._likes: list[tuple[frozenset[str], str, Thing, str]] = []
        self._spoken: dict[str, set[str]] = {}
        for thing, words in table.items():
            for language, spellings in zip(LANGUAGES, words, strict=True):
                for word in spellings.split("|"):
                    self._learn(word, thing, language)
        for slug, thing in (slugs or {}).items():
            self._learn(slug, thing, "")

    def _learn(self, word: str, thing: Thing, language: str) -> None:
        folded = fold(word)
        if not folded or self._known.setdefault(folded, thing) != thing:
            raise BadTableError(f"{self.what}: the word {word!r} is empty or means two things")
        self._likes.append((_pairs(folded), word, thing, language))
        self._spoken.setdefault(folded, set()).add(language)

    def find(self, text: str) -> Thing | None:
        """What `text` means, or None."""
        return self._known.get(fold(text))

    def is_word_of(self, language: str, text: str) -> bool:
        """Whether `text` is a word of this list in that language."""
        return language in self._spoken.get(fold(text), ())

    def nearest(self, text: str, language: str = "en", most: int = 3) -> list[str]:
        """Words of `language` for what `text` is most like, by the pairs of letters they share (Dice's coefficient).

        A text that is very like a word of another language is answered with the name in this one.
        """
        if len(text) > MAX_LIKENED:
            return []
        mine = _pairs(fold(text))
        scores: dict[Thing, tuple[float, str]] = {}
        for theirs, word, thing, spoken in self._likes:
            ours = spoken in {"", language}
            score = 2 * len(mine & theirs) / (len(mine) + len(theirs))
            if score >= (LIKENESS if ours else LIKENESS_ABROAD) and score > scores.get(thing, (0.0, ""))[0]:
                scores[thing] = (score, word if ours else self.table[thing].name(language))
        return [word for _, word in sorted(scores.values(), key=lambda found: -found[0])[:most]]

    def read(self, text: str, language: str = "en") -> Thing:
        """What `text` means; `InputError` names the nearest known words of `language`."""
        found = self.find(text)
        if found is None:
            raise InputError(self.unknown(text, language=language))
        return found

    def unknown(self, text: str, also: Iterable[str] = (), language: str = "en") -> str:
        """What to say about a word that is not in the list; `also` are words that fit beside the nearest."""
        near = [*self.nearest(text, language), *also]
        if not near:
            near = [words.name(language) for words in list(self.table.values())[:MOST_LISTED]]
        return f"'{text:.40}' is not a {self.what} that is known here: write for example {', '.join(near)}."


class Joinable(Vocabulary[Thing]):
    """A list whose words may be joined: "clothes and shoes" means what both mean, if that is one thing."""

    def find(self, text: str) -> Thing | None:
        """What `text`, or each of its parts, means; None where the parts mean several things."""
        whole = super().find(text)
        if whole is not None:
            return whole
        meant = {super(Joinable, self).find(part) for part in _JOINED.split(text) if part.strip()}
        return meant.pop() if len(meant) == 1 else None
