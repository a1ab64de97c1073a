"""What everyone sees of the collective, and how others are told."""

from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import insert

from activitypub.jsonld import dropped_terms
from node.aid import exporting, keys, profile
from node.aid.allies import ally_list
from node.export import FORMS, read_profile
from node.house import House, open_house
from node.store import outbox, tables
from schema.errors import DomainError, InputError, NotFound, QafilaError
from schema.profile import LONGEST_LINE, MOST_LANGUAGES, Part
from tests.conftest import NewDatabase
from tests.rig.alone import alone, befriend_on_paper, rows, sent
from tests.rig.nodes import collectives, make_folder, settings_of
from tests.rig.pictures import GPS, JPEG, jpeg, png, segment
from tests.rig.waiting import until

LOGO = b64encode(png()).decode()


@pytest.fixture
async def house(tmp_path: Path, new_database: NewDatabase) -> AsyncIterator[House]:
    """A collective with an ally, on both databases."""
    async with alone(tmp_path, await new_database(), "birch", summary="We cook.\nCome in!") as house:
        yield house


async def waiting(house: House) -> list[dict[str, Any]]:
    """The activities that are on their way."""
    async with house.store.transaction() as connection:
        return [orjson.loads(document) for _, document in await outbox.waiting(connection)]


async def test_what_is_said_is_shown_to_others(house: House) -> None:
    """Words in each language, ways to reach us and a logo stand in the actor document, in full and as HTML."""
    before = house.actor_document()
    assert not {"nameMap", "summaryMap", "icon", "attachment"} & before.keys()
    await profile.profile_words(house, "ar", name="مطبخ <الجار>", summary="سطر\nسطر")
    await profile.profile_reach(house, "phone", "+90 212 555 01 23")
    await profile.profile_reach(house, "website", "https://kitchen.example/?a=1&b=2")
    await profile.profile_reach(house, "hours", "Salı", "tr")
    shown = await profile.profile_logo(house, LOGO)
    actor = house.actor_document()
    assert actor["nameMap"] == {"en": "Alder Collective", "ar": "مطبخ <الجار>"}
    assert actor["summaryMap"] == {"en": "<p>We cook.<br>Come in!</p>", "ar": "<p>سطر<br>سطر</p>"}
    assert actor["icon"] == {"type": "Image", "mediaType": "image/png", "url": shown["logo"]["url"]}
    link = "https://kitchen.example/?a=1&amp;b=2"
    assert [(row["name"], row["value"]) for row in actor["attachment"]] == [
        ("Opening hours", "Salı"),
        ("Telephone", "+90 212 555 01 23"),
        ("Website", f'<a href="{link}" rel="nofollow noopener">{link}</a>'),
    ]
    assert dropped_terms(actor) == set()
    assert {key: value for key, value in actor.items() if key in before and key != "@context"} == {
        key: value for key, value in before.items() if key != "@context"
    }


async def test_each_change_is_told_and_the_last_takes_the_place_of_those_that_wait(house: House) -> None:
    """Allies get one Update with everything as it is now; a change that changes nothing is not told."""
    await profile.profile_words(house, "fr", name="La cuisine")
    await profile.profile_reach(house, "email", "hello@alder.example")
    [update] = await waiting(house)
    assert update["type"] == "Update"
    assert update["object"] == {key: value for key, value in house.actor_document().items() if key != "@context"}
    assert dropped_terms(update) == set()
    assert await sent(house) == [("Update", "birch")]
    await profile.profile_reach(house, "email", "hello@alder.example")
    assert [one["id"] for one in await waiting(house)] == [update["id"]]
    assert await keys.announce(house) == 0


async def test_it_is_there_again_at_the_next_start(house: House) -> None:
    """Everything that was said is kept."""
    await profile.profile_words(house, "ar", summary="مطبخ")
    await profile.profile_logo(house, LOGO)
    folder, settings = house.folder, house.settings
    shown = await profile.profile_show(house)
    await house.store.close()
    async with open_house(folder, settings) as again:
        assert await profile.profile_show(again) == shown
        assert again.profile == house.profile


async def test_what_this_version_cannot_show_is_left_out(house: House) -> None:
    """A part of a later version, or a logo that somebody put into the database, keeps nothing from starting."""
    folder, settings = house.folder, house.settings
    await profile.profile_reach(house, "phone", "112")
    async with house.store.transaction() as connection:
        await connection.execute(insert(tables.profile).values(part="fax", language="en", text="113"))
        await connection.execute(insert(tables.pictures).values(name="logo", data=b"<svg/>"))
    await house.store.close()
    async with open_house(folder, settings) as again:
        assert again.profile == house.profile


async def test_what_is_taken_away_is_gone(house: House) -> None:
    """Words, ways and logo go, others are told, and what is not there takes nothing else along."""
    await profile.profile_words(house, "ar", name="مطبخ", summary="مطبخ")
    await profile.profile_reach(house, "phone", "+90 212 555 01 23")
    await profile.profile_reach(house, "phone", "112", "tr")
    await profile.profile_logo(house, LOGO)
    shown = await profile.profile_show(house)
    for wrong in ({"words": ["ar", "tr"]}, {"logo": True, "reach": ["hours"]}):
        with pytest.raises(NotFound):
            await profile.profile_remove(house, **wrong)
    assert await profile.profile_show(house) == shown
    left = await profile.profile_remove(house, words=["ar"], reach=["phone"], logo=True)
    assert left["texts"].keys() == {"name", "summary"}
    assert left["logo"] is None
    assert await rows(house, tables.profile) == await rows(house, tables.pictures) == []
    [update] = await waiting(house)
    assert not {"nameMap", "summaryMap", "icon", "attachment"} & update["object"].keys()


@pytest.mark.parametrize(
    ("verb", "arguments", "error"),
    [
        (profile.profile_words, {"language": "en", "name": "Alder"}, InputError),
        (profile.profile_words, {"language": "ar"}, InputError),
        (profile.profile_words, {"language": "no such", "name": "x"}, DomainError),
        (profile.profile_words, {"language": "ar", "name": " "}, DomainError),
        (profile.profile_words, {"language": "ar", "name": "\u202emoc"}, DomainError),
        (profile.profile_words, {"language": "ar", "summary": "x" * 501}, DomainError),
        (profile.profile_reach, {"way": "name", "text": "x"}, InputError),
        (profile.profile_reach, {"way": "fax", "text": "x"}, InputError),
        (profile.profile_reach, {"way": "phone", "text": "x" * (LONGEST_LINE + 1)}, DomainError),
        (profile.profile_reach, {"way": "email", "text": "hello at alder"}, DomainError),
        (profile.profile_reach, {"way": "website", "text": "javascript:alert(1)"}, DomainError),
        (profile.profile_reach, {"way": "website", "text": "https://bank.example@alder.example/"}, DomainError),
        (profile.profile_reach, {"way": "website", "text": 'https://alder.example/"x'}, DomainError),
        (profile.profile_reach, {"way": "hours", "text": "x", "language": "English"}, DomainError),
        (profile.profile_logo, {"data": "§"}, InputError),
        (profile.profile_logo, {"data": b64encode(b"<svg/>").decode()}, InputError),
        (profile.profile_remove, {}, InputError),
        (profile.profile_remove, {"reach": ["name"]}, InputError),
        (profile.profile_import, {"profile": {"texts": {}, "logo": None}}, NotFound),
        (profile.profile_import, {"profile": {"texts": {"fax": {"en": "1"}}, "logo": None}}, InputError),
        (profile.profile_import, {"profile": {"texts": {"email": {"en": "1"}}, "logo": None}}, DomainError),
        (profile.profile_import, {"profile": {"texts": [], "logo": 3}}, InputError),
    ],
)
async def test_what_cannot_be_shown_changes_nothing(
    tmp_path: Path, verb: Any, arguments: dict[str, Any], error: type[QafilaError]
) -> None:
    """It is refused before anything is written, and nobody is told."""
    async with alone(tmp_path, "sqlite", "birch") as house:
        with pytest.raises(error):
            await verb(house, **arguments)
        assert await rows(house, tables.profile) == await waiting(house) == []


async def test_there_is_an_end_to_languages(tmp_path: Path) -> None:
    """A profile is no book: words in more languages than anyone reads are refused."""
    async with alone(tmp_path) as house:
        for number in range(MOST_LANGUAGES):
            await profile.profile_words(house, f"x{chr(97 + number)}", name="Alder")
        with pytest.raises(InputError):
            await profile.profile_words(house, "ar", name="Alder")
        assert len(house.profile.languages) == MOST_LANGUAGES


async def test_where_a_picture_was_taken_is_not_kept(house: House) -> None:
    """Neither the database, nor an export, nor what is served has a byte of it."""
    await profile.profile_logo(house, b64encode(jpeg(segment(0xE1, GPS))).decode())
    assert [row["data"] for row in await rows(house, tables.pictures)] == [JPEG]
    assert house.profile.logo is not None
    assert house.profile.logo.data == JPEG


@pytest.mark.parametrize("form", [".json", ".zip"])
async def test_an_export_takes_it_along(tmp_path: Path, form: str) -> None:
    """Another node shows the same words, ways and logo, except that its own name and summary are its settings."""
    async with alone(tmp_path / "here") as house:
        await profile.profile_words(house, "ar", name="مطبخ", summary="مطبخ الجار")
        await profile.profile_words(house, "fr", name="La cuisine")
        await profile.profile_reach(house, "phone", "+90 212 555 01 23")
        await profile.profile_logo(house, LOGO)
        file = FORMS[form](await exporting.export(house))
        before = house.profile
    async with alone(tmp_path / "there", language="fr") as house:
        await profile.profile_import(house, read_profile(file))
        others = {"ar": "مطبخ", "en": "Alder Collective"}
        assert house.profile == replace(before, texts={**before.texts, Part.NAME: others})
    for bad in (b"", b',"profile":{"texts":{"name":["x"]},"logo":null}', b',"profile":{"texts":{},"logo":7}'):
        with pytest.raises(InputError):
            read_profile(b'{"qafila_export":1,"posts":[]' + bad + b"}")


async def test_another_title_in_the_settings_is_told_once(tmp_path: Path) -> None:
    """A node that starts with another name or summary than before tells so; a new one has nothing to tell."""
    folder = await make_folder(tmp_path / "alder", "alder")
    settings = settings_of(folder)
    async with open_house(folder, settings) as house:
        await befriend_on_paper(house, "birch")
        assert [await profile.announce(house) for _ in range(2)] == [0, 0]
    async with open_house(folder, replace(settings, title="Alder and Friends")) as house:
        assert [await profile.announce(house) for _ in range(2)] == [1, 0]
        [update] = await waiting(house)
        assert update["object"]["name"] == "Alder and Friends"


async def test_an_ally_shows_the_new_name_and_has_no_alarm(tmp_path: Path) -> None:
    """The pinned keys stay, with all their words, and the name is the one that the ally's own node shows now."""
    async with collectives(tmp_path, "alder", "birch") as (alder, birch):
        [before] = (await ally_list(birch))["allies"]
        await profile.profile_logo(alder, LOGO)
        alder.settings = replace(alder.settings, title="Alder and Friends")
        await profile.announce(alder)
        await until(lambda: birch.roster.allies[alder.ids.actor].name == "Alder and Friends")
        [now] = (await ally_list(birch))["allies"]
        assert now == before | {"name": "Alder and Friends"}
        assert now["alarms"] == now["key_changes"] == []
