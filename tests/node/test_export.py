"""What a collective takes elsewhere, and brings in again there."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from activitypub.signatures.proof import read_proof, verify_proof
from node.aid import exporting, importing, publishing, reading
from node.aid.spreadsheet.folding import one_line
from node.aid.spreadsheet.guard import FORMULA
from node.aid.spreadsheet.reader import read_spreadsheet
from node.aid.spreadsheet.writer import write_sheet
from node.cli import main
from node.cli.desk import Desk
from node.export import FORMS, read_export
from node.house import House
from schema.category import Category
from schema.errors import DomainError, InputError
from schema.place import Cell, Place
from schema.plain import dump_draft
from schema.proposal import Draft, Kind
from schema.text import plain_line
from schema.visibility import Audience
from schema.window import TimeWindow, up_to_hour
from tests.node.backup.test_commands import NOW, done
from tests.node.spreadsheet.writing import NOW as DRAFTED
from tests.node.spreadsheet.writing import drafts
from tests.rig.alone import alone, offer


@given(drafts())
def test_a_spreadsheet_says_what_the_post_said(draft: Draft) -> None:
    """Written and read again, a post is the same; only a point of the map has no column."""
    sheet = read_spreadsheet(write_sheet([("https://alder.example/proposals/1", draft)]), now=DRAFTED)
    assert sheet.problems == ()
    [row] = sheet.rows
    assert row.key == "ref:https://alder.example/proposals/1"
    assert row.draft == draft


EDGES = st.sampled_from(["", "'", "''", "=", "+", "-", "@", "–", "#N/A", "#REF!", "Err:502", "'="])
TEXTS = st.builds(str.__add__, EDGES, st.just("") | st.text(max_size=20)).map(one_line)


def is_title(text: str) -> bool:
    """Whether a post can be called so."""
    try:
        return plain_line(text, "title", 200) == text
    except DomainError:
        return False


@given(TEXTS.filter(is_title), TEXTS.filter(lambda text: text == "" or is_title(text)))
def test_every_text_comes_back_as_it_was(title: str, note: str) -> None:
    """What begins like a formula is guarded in the file and comes back without its guard; an apostrophe stays one."""
    draft = Draft(kind=Kind.OFFER, category=Category.CARE, title=title, note=note)
    written = write_sheet([("1", draft)])
    assert not any(cell.startswith(FORMULA) for line in csv.reader(io.StringIO(written.decode())) for cell in line)
    [row] = read_spreadsheet(written, now=DRAFTED).rows
    assert (row.draft.title, row.draft.note) == (title, note)


@pytest.mark.parametrize("title", ["'twas", "'=1+1", "'-'", "''"])
def test_the_apostrophes_of_others_stay(title: str) -> None:
    """In a sheet that we did not write, one is part of the text, whatever follows."""
    [row] = read_spreadsheet(f'kind,title,category\noffer,"{title}",care\n'.encode(), now=DRAFTED).rows
    assert row.draft.title == title


async def publish_all(house: House) -> None:
    """A post of each audience, with all that can be said, one that is closed and one that is withdrawn."""
    begin = up_to_hour(house.now()) + timedelta(days=1)
    more = {
        "note": "Line\nline",
        "place": Place("North side", Cell.around(36.2, 36.16)),
        "window": TimeWindow(begin, begin + timedelta(hours=3)),
        "language": "ar",
    }
    for audience in Audience:
        await publishing.publish(house, offer(f"For {audience.value} أرز", audience, **more))
    for title, end in (("Closed", publishing.close), ("Gone", publishing.withdraw)):
        await end(house, (await publishing.publish(house, offer(title, Audience.PUBLIC)))["post"]["id"])


def posts_of(found: dict[str, Any]) -> list[tuple[Any, ...]]:
    keys = (
        "kind",
        "title",
        "category",
        "quantity",
        "area",
        "note",
        "language",
        "from",
        "until",
        "audience",
        "divisible",
    )
    return sorted(tuple(post[key] for key in keys) for post in found["posts"])


@pytest.mark.parametrize("form", FORMS)
async def test_another_node_takes_it_over(tmp_path: Path, form: str) -> None:
    """Open posts are new posts of the other node, in every form; again changes nothing, and so does another form."""
    async with alone(tmp_path / "one", "sqlite", "birch") as house:
        await publish_all(house)
        export = await exporting.export(house)
        before = posts_of(await reading.list_own(house))
    made = {one: build(export) for one, build in FORMS.items()}
    async with alone(tmp_path / "two") as house:
        for one, number in ((form, 3), (form, 0), (".zip", 0)):
            sheet = read_export(made[one]) or read_spreadsheet(made[one], now=house.now())
            rows = [
                {"line": row.line, "key": row.key, "fingerprint": row.fingerprint, "draft": dump_draft(row.draft)}
                for row in sheet.rows
            ]
            assert (await importing.import_rows(house, rows))["published"] == number
        assert posts_of(own := await reading.list_own(house)) == before
        assert not {post["id"] for post in own["posts"]} & {post["id"] for post in export["posts"]}


async def test_the_archive_is_activitypub(tmp_path: Path) -> None:
    """Actor, outbox and posts are the documents that were served, their proofs hold, and who is who stands beside."""
    async with alone(tmp_path, "sqlite", "birch", "cedar") as house:
        await publish_all(house)
        made = FORMS[".zip"](await exporting.export(house))
        key, name = house.signer.keys.ed25519_public, house.ids.ed25519_key
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    documents = {one: orjson.loads(data) for one, data in files.items() if one.endswith(".json")}
    assert documents["actor.json"]["outbox"] == documents["outbox.json"]["id"]
    assert documents["allies.json"]["totalItems"] == 2
    notes = [document for one, document in documents.items() if one.startswith("posts/")]
    assert len(notes) == 3  # allies, public and the closed one: what stayed in the circle was never signed
    for document in [*notes, *documents["outbox.json"]["orderedItems"]]:
        proof = read_proof(document)
        assert proof is not None
        assert proof.verification_method == name
        verify_proof(document, proof, key)


def test_what_is_no_export_is_refused() -> None:
    """Another archive or JSON, one that was cut, one of a newer version; a spreadsheet is left to its reader."""
    good = FORMS[".zip"]({"actor": _ACTOR, "posts": [], "activities": [], **_NOBODY})
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("x", "y")
    name = b"qafila.json"
    damaged, locked = bytearray(good), bytearray(good)
    damaged[good.index(name) + 20] ^= 0xFF
    for flags in (good.index(name) - 24, good.rindex(name) - 38):  # APPNOTE 4.3.7 and 4.3.12
        locked[flags] |= 1  # 4.4.4: encrypted
    archives = (bytes(damaged), bytes(locked), good[:-30], other.getvalue())
    for bad in (*archives, b"{}", b'{"qafila_export":1}', b'{"qafila_export":9,"posts":[]}', b"{"):
        with pytest.raises(InputError):
            read_export(bad)
    assert read_export(b"kind,title\n") is None


_PROFILE: dict[str, Any] = {"texts": {}, "logo": None}
_NOBODY: dict[str, Any] = {"qafila_export": 1, "followers": [], "following": [], "allies": [], "profile": _PROFILE}
_ACTOR = {"id": "https://alder.example/actors/alder", "outbox": "o", "followers": "f", "following": "g"}


def test_the_command(tmp_path: Path) -> None:
    """The file is its owner's alone, is not written over, and is read by the command that imports."""
    desk = Desk(environment={"QAFILA_DATA": str(tmp_path / "birch")}, now=lambda: NOW)
    done(desk, "init", "--name", "birch", "--title", "Birch", "--url", "https://birch.example", "--language", "en")
    done(desk, "offer", "Rice", "--category", "food-dry")
    file = tmp_path / "all.zip"
    assert done(desk, "export", str(file))["posts"] == 1
    assert file.stat().st_mode & 0o777 == 0o600
    for bad in (str(file), str(tmp_path / "all.txt"), str(tmp_path / "nowhere" / "all.csv")):
        assert CliRunner().invoke(main, ["export", bad], obj=desk).exit_code == 2
    other = replace(desk, environment={"QAFILA_DATA": str(tmp_path / "cedar")})
    done(other, "init", "--name", "cedar", "--title", "Cedar", "--url", "https://cedar.example", "--language", "en")
    assert done(other, "import", str(file), "--dry-run")["rows"][0]["what"] == "published"
    assert done(other, "import", str(file))["published"] == 1
    said = CliRunner().invoke(main, ["import", str(file)], obj=other)
    assert "Read as an export with 1 open post." in said.stdout
    assert "1 unchanged" in said.stdout.lower()
    assert json.loads(CliRunner().invoke(main, ["list", "--json"], obj=other).stdout)["posts"][0]["title"] == "Rice"
