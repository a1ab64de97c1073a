"""What earlier releases left is opened by this version, on both databases, and shows what it showed then."""

import json
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from node.aid import publishing, reading
from node.aid.proving import verify
from node.backup.archive import open_archive
from node.backup.restoring import fill
from node.folder import DataFolder
from node.house import House, open_house
from node.store.versions import migrate
from node.toml import with_setting
from schema.visibility import Audience
from tests.conftest import NewDatabase
from tests.rig.alone import offer
from tests.rig.clock import Clock
from tests.rig.nodes import settings_of
from tests.rig.release import KEPT, LINES, RELEASES, SHOWN, shown

FOLDERS = sorted(RELEASES.iterdir())
ROOM = 10**9  # bytes


def copied(release: Path, path: Path) -> DataFolder:
    """A data folder as that release left it."""
    path.mkdir(mode=0o700)
    for name in KEPT:
        shutil.copy(release / name, path / name)
        (path / name).chmod(0o600)
    return DataFolder(path)


async def brought_up_to_date(release: Path, folder: DataFolder, database: str) -> None:
    """As its steward would; where it is PostgreSQL, from a backup of then."""
    if database != "sqlite":
        folder.database.unlink()
        text = with_setting(folder.settings_file.read_text(), "database", database)
        folder.settings_file.write_text(text)
        with (release / LINES).open("rb") as file, open_archive(file, ROOM) as archive:
            await fill(settings_of(folder).database_url(folder.database), archive)
    else:
        await migrate(settings_of(folder).database_url(folder.database))


def same(then: Any, now: Any) -> bool:
    """Whether everything that was told then is told now; more may be told."""
    if isinstance(then, dict):
        return isinstance(now, dict) and all(key in now and same(then[key], now[key]) for key in then)
    if isinstance(then, list):
        return len(then) == len(now) and all(map(same, then, now))
    return bool(then == now)


@pytest.mark.parametrize("release", FOLDERS, ids=lambda release: release.name)
async def test_it_opens_and_goes_on(release: Path, new_database: NewDatabase, tmp_path: Path) -> None:
    """Posts, allies, words and proofs are those of then, and what it does next is a further revision."""
    folder = copied(release, tmp_path / "alder")
    await brought_up_to_date(release, folder, await new_database())
    then = json.loads((release / SHOWN).read_text())
    with folder.lock():
        async with open_house(folder, settings_of(folder), Clock()) as house:
            now = await shown(house)
            if house.store.engine.dialect.name != "sqlite":  # a restored node counts on from far beyond
                then, now = without_revisions(then), without_revisions(now)
            assert same(then, now)
            await _goes_on(house)


def without_revisions(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_revisions(one) for key, one in value.items() if key != "revision"}
    return [without_revisions(one) for one in value] if isinstance(value, list) else value


async def _goes_on(house: House) -> None:
    posts = (await reading.list_own(house))["posts"]
    public = next(post for post in posts if post["audience"] == Audience.PUBLIC)
    text = (await reading.document(house, public["id"]))["document"]
    actor = orjson.dumps(house.actor_document()).decode()
    assert (await verify(house, text, actor))["holds"]
    changed = (await publishing.change(house, public["id"], {"note": "Later"}))["post"]
    assert changed["revision"] > public["revision"]
    await publishing.publish(house, offer("New"))
