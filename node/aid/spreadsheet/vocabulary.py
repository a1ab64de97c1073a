"""A closed list of things and the words people have for them; what is not in it is never guessed, only likened."""

from collections.abc import Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

from node.aid.spreadsheet.folding import fold
from schema.errors import InputError
from schema.machine import BadTableError

Thing = TypeVar("Thing")
MAX_LIKENED = 60  # characters; a longer text is no misspelt word
LIKENESS = 0.4


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
        self._likes: list[tuple[frozenset[str], str, Thing]] = []
        for thing, words in table.items():
            for word in words.all:
                self._learn(word, thing)
        for slug, thing in (slugs or {}).items():
            self._learn(slug, thing)

    def _learn(self, word: str, thing: Thing) -> None:
        folded = fold(word)
        if not folded or self._known.setdefault(folded, thing) != thing:
            raise BadTableError(f"{self.what}: the word {word!r} is empty or means two things")
        self._likes.append((_pairs(folded), word, thing))

    def find(self, text: str) -> Thing | None:
        """What `text` means, or None."""
        return self._known.get(fold(text))

    def nearest(self, text: str, most: int = 3) -> list[str]:
        """The known words most like `text`, by the pairs of letters they share (Dice's coefficient)."""
        if len(text) > MAX_LIKENED:
            return []
        mine = _pairs(fold(text))
        scores: dict[Thing, tuple[float, str]] = {}
        for theirs, word, thing in self._likes:
            score = 2 * len(mine & theirs) / (len(mine) + len(theirs))
            if score >= LIKENESS and score > scores.get(thing, (0.0, ""))[0]:
                scores[thing] = (score, word)
        return [word for _, word in sorted(scores.values(), key=lambda found: -found[0])[:most]]

    def read(self, text: str) -> Thing:
        """What `text` means; `InputError` names the nearest known words."""
        found = self.find(text)
        if found is None:
            raise InputError(self.unknown(text))
        return found

    def unknown(self, text: str, also: Iterable[str] = ()) -> str:
        """What to say about a word that is not in the list; `also` are words that fit beside the nearest."""
        near = [*self.nearest(text), *also]
        if not near:
            near = [words.name("en") for words in list(self.table.values())[:8]]
        return f"'{text:.40}' is not a {self.what} that is known here: write for example {', '.join(near)}."
