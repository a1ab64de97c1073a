import codecs

import pytest

from node.aid.spreadsheet.decode import MAX_BYTES, readings
from node.aid.spreadsheet.reader import read_spreadsheet
from schema.errors import InputError
from tests.node.spreadsheet.writing import NOW

ENGLISH = "kind,title,category\noffer,Rice,dry food\n"
ARABIC = "النوع;العنوان;الفئة\nعرض;بطانيات صوف;ملابس\n"
FRENCH = "Nature;Désignation;Catégorie\nbesoin;Pâtes à l'œuf, blé complet;Épicerie\n"
TURKISH = "Tür;Başlık;Kategori\nihtiyaç;Ağrı kesici ve şurup;ilaç\n"
PERSIAN = "النوع;العنوان;الفئة\nعرض;پتو و چراغ گرم;ملابس\n"


@pytest.mark.parametrize(
    ("text", "saved_as", "understood"),
    [
        (ENGLISH, "ascii", "utf-8"),
        *((text, "utf-8", "utf-8") for text in (ARABIC, FRENCH, TURKISH, PERSIAN)),
        *((text, "utf-8-sig", "utf-8") for text in (ENGLISH, ARABIC, TURKISH)),
        *((text, "utf-16", "utf-16") for text in (ENGLISH, ARABIC)),
        (ARABIC, "windows-1256", "windows-1256"),
        (PERSIAN, "windows-1256", "windows-1256"),
        (FRENCH, "windows-1252", "windows-1252"),
        (TURKISH, "windows-1254", "windows-1254"),
        ("kind,title,category\noffer,خبز وزيت,dry food\n", "windows-1256", "windows-1256"),
        ("kind,title,category\noffer,Crème brûlée,meals\n", "windows-1252", "windows-1252"),
        ("kind,title,category\noffer,Kışlık çadır,meals\n", "windows-1254", "windows-1254"),
        ("kind,title,category\noffer,“quotes”,meals\n", "windows-1252", "windows-1252"),
    ],
)
def test_a_file_is_read_in_the_encoding_it_was_saved_in(text: str, saved_as: str, understood: str) -> None:
    """The headers decide, then the words: letters are never exchanged for others."""
    sheet = read_spreadsheet(text.encode(saved_as), now=NOW)
    (row,) = sheet.rows
    assert (sheet.encoding, sheet.problems) == (understood, ())
    assert row.draft.title in text


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04....", b"\xd0\xcf\x11\xe0\xa1\xb1", b"%PDF-1.7", b"a\0b,c", "a".encode("utf-32")]
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    """A workbook is not opened; the message says what to do with it."""
    with pytest.raises(InputError, match="save it as CSV"):
        readings(data)


def test_half_a_letter_of_utf_16_is_refused() -> None:
    """A file that breaks off is not read up to there."""
    with pytest.raises(InputError, match="breaks off"):
        readings(codecs.BOM_UTF16_LE + b"a\0b")


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_a_damaged_letter_is_named_by_its_line(mark: bytes) -> None:
    """UTF-8 with one broken letter is not taken for a code page that turns all others into nonsense."""
    with pytest.raises(InputError, match="line 2 is damaged"):
        readings(mark + b"\xd8\xb9\xd8\xb1\xd8\xb6\n\xd8\xb9\xff\n")


def test_a_file_over_the_limit_is_refused() -> None:
    """Five million bytes are the most."""
    assert readings(b" " * MAX_BYTES)
    with pytest.raises(InputError, match="split it"):
        readings(b" " * (MAX_BYTES + 1))
