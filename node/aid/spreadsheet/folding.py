"""One spelling for all spellings of a word, so that what people type meets what our tables hold.

Rule 1: compatibility forms are one (NFKC), and so are upper and lower case.
Rule 2: marks above and below letters are off: accents, harakat, hamza and madda (é and e, ş and s, آ and إ are one).
Rule 3: letters that people exchange are one: dotted and dotless i, the forms of yeh, of heh and of kaf; tatweel is off.
Rule 4: all decimal digits are ASCII.
Rule 5: whatever is neither letter nor digit parts words; words stand apart by one space.
Rule 6: a word of Arabic loses its leading ال where three letters or more remain.
"""

import re
import unicodedata

_EXCHANGED = str.maketrans(
    {
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER YEH}",
        "\N{ARABIC LETTER FARSI YEH}": "\N{ARABIC LETTER YEH}",
        "\N{ARABIC LETTER TEH MARBUTA}": "\N{ARABIC LETTER HEH}",
        "\N{ARABIC LETTER HEH GOAL}": "\N{ARABIC LETTER HEH}",
        "\N{ARABIC LETTER KEHEH}": "\N{ARABIC LETTER KAF}",
        "\N{ARABIC TATWEEL}": None,
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
    }
)
_ARTICLE = re.compile(r"^ال(?=\w{3})")
_EDGES = re.compile(r"^[\s\u200b\u200e\u200f\ufeff]+|[\s\u200b\u200e\u200f\ufeff]+$")


def ascii_digits(text: str) -> str:
    """The same text with the decimal digits of every script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


def trimmed(text: str) -> str:
    """NFC, line ends as one character, and neither blanks nor invisible marks at the edges."""
    if text.isascii():
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return _EDGES.sub("", unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The same words with one space between them."""
    return " ".join(trimmed(text).split())


def fold(text: str) -> str:
    """The one spelling that stands for `text` in every comparison (rules 1 to 6)."""
    letters: list[str] = []
    for character in unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_EXCHANGED):
        if unicodedata.category(character) in {"Mn", "Cf"}:
            continue
        letters.append(character if character.isalnum() else " ")
    return " ".join(_ARTICLE.sub("", word) for word in ascii_digits("".join(letters)).split())
