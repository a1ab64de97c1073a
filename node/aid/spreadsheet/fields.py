"""What a column can hold."""

from enum import StrEnum


class Field(StrEnum):
    """The fields of a line, by the names that `--map` takes."""

    KIND = "kind"
    TITLE = "title"
    CATEGORY = "category"
    QUANTITY = "quantity"
    UNIT = "unit"
    AVAILABLE = "available"
    NOTE = "note"
    PLACE = "place"
    USE_BY = "use_by"
    COLLECT_BY = "collect_by"
    BEGIN = "from"
    UNTIL = "until"
    EXPIRES = "expires"
    AUDIENCE = "audience"
    FACTS = "facts"
    LANGUAGE = "language"
    LANGUAGES = "languages"
    DIVISIBLE = "divisible"
    REFERENCE = "reference"


DATES = (Field.USE_BY, Field.COLLECT_BY, Field.BEGIN, Field.UNTIL, Field.EXPIRES)
NUMBERS = (Field.QUANTITY, Field.AVAILABLE)
SEVERAL_COLUMNS = frozenset({Field.NOTE, Field.FACTS, Field.LANGUAGES})  # one after the other, in the file's order
