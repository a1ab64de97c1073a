"""`qafila profile` as a steward types it, in a collective of its own."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from node.cli import main
from node.cli.desk import Desk
from tests.node.backup.test_commands import NOW, done
from tests.rig.pictures import GPS, jpeg, png, segment


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A collective that was just made."""
    desk = Desk(environment={"QAFILA_DATA": str(tmp_path / "birch")}, now=lambda: NOW)
    done(desk, "init", "--name", "birch", "--title", "Birch", "--url", "https://birch.example", "--language", "tr")
    return desk


def typed(desk: Desk, *arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["profile", *arguments], obj=desk, input=given)


def test_words_ways_and_logo_are_shown_and_taken_away(desk: Desk, tmp_path: Path) -> None:
    """What was typed is what everyone sees, each time all of it."""
    assert done(desk, "profile", "show")["texts"] == {"name": {"tr": "Birch"}}
    done(desk, "profile", "words", "Arabic", "--name", " مطبخ  ", "--summary", "سطر\n")
    done(desk, "profile", "reach", "hours", "Salı", "--yes")
    shown = done(desk, "profile", "reach", "hours", "Tuesday", "--language", "english", "--yes")
    assert shown["texts"] == {
        "name": {"tr": "Birch", "ar": "مطبخ"},
        "summary": {"ar": "سطر"},
        "hours": {"en": "Tuesday", "tr": "Salı"},
    }
    file = tmp_path / "logo.jpeg"
    file.write_bytes(jpeg(segment(0xE1, GPS)))
    said = typed(desk, "logo", str(file)).stdout
    assert "16 by 12 pixels" in said
    assert "bytes that were not the picture were left out." in said
    assert "Opening hours (en)  Tuesday" in typed(desk, "show").stdout
    left = done(desk, "profile", "remove", "--words", "ar", "--reach", "hours", "--logo")
    assert left == done(desk, "profile", "show")
    assert (left["texts"], left["logo"]) == ({"name": {"tr": "Birch"}}, None)


def test_a_way_is_published_once_a_person_knows_who_will_see_it(desk: Desk) -> None:
    """It says in plain words that everyone will, shows what, and does nothing without a yes."""
    for given, code in (("n\n", 1), ("", 2)):
        answer = typed(desk, "reach", "phone", "+90 212 555 01 23", given=given)
        assert answer.exit_code == code
        assert "Everyone will see this" in answer.stdout
        assert "Telephone  +90 212 555 01 23" in answer.stdout
    assert "phone" not in done(desk, "profile", "show")["texts"]
    assert typed(desk, "reach", "phone", "+90 212 555 01 23", given="y\n").exit_code == 0
    assert done(desk, "profile", "show")["texts"]["phone"] == {"tr": "+90 212 555 01 23"}


def test_an_export_brings_it_to_another_node(desk: Desk, tmp_path: Path) -> None:
    """Everything is shown before it is published there."""
    logo, archive = tmp_path / "logo.png", tmp_path / "all.zip"
    logo.write_bytes(png())
    done(desk, "profile", "logo", str(logo))
    before = done(desk, "profile", "words", "ar", "--summary", "مطبخ")
    done(desk, "export", str(archive))
    other = Desk(environment={"QAFILA_DATA": str(tmp_path / "cedar")}, now=lambda: NOW)
    done(other, "init", "--name", "cedar", "--title", "Cedar", "--url", "https://cedar.example", "--language", "tr")
    asked = typed(other, "import", str(archive), given="n\n")
    assert asked.exit_code == 1
    assert "About us (ar)  مطبخ" in asked.stdout
    after = done(other, "profile", "import", str(archive), "--yes")
    assert after["texts"] == before["texts"] | {"name": {"tr": "Cedar"}}
    assert "a picture" in asked.stdout
    assert after["logo"]["bytes"] == before["logo"]["bytes"]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["words", "tr", "--name", "Birch"], "qafila.toml"),
        (["words", "klingonese", "--name", "Birch"], "is not a language"),
        (["words", "ar"], "--summary"),
        (["reach", "email", "birch", "--yes"], "hello@alder.example"),
        (["reach", "fax", "1", "--yes"], "place"),
        (["logo", "no-such-file.png"], "cannot be read"),
        (["logo", __file__], "PNG, JPEG or WebP"),
        (["remove"], "--logo"),
        (["remove", "--logo"], "qafila profile show"),
        (["import", __file__, "--yes"], "not an export"),
    ],
)
def test_an_error_says_what_to_do(desk: Desk, arguments: list[str], hint: str) -> None:
    """One line, with what would be right."""
    answer = typed(desk, *arguments)
    assert answer.exit_code in {1, 2}
    assert hint in answer.stderr
