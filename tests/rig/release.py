"""What a release left on the disks of those who ran it: a data folder, and its database as lines for PostgreSQL.

    python -m tests.rig.release 0.1.0

makes `tests/releases/0.1.0`, once, when that version is released. Every later version must open it.
"""

import asyncio
import json
import shutil
import sys
import tempfile
from base64 import b64encode
from itertools import product
from pathlib import Path
from typing import Any, Final

from node.aid import allies, profile, publishing, reading
from node.backup.archive import Header, write_archive
from node.folder import DataFolder
from node.house import House, open_house
from node.store import relations
from node.store.relations import Direction, Follow, FollowState
from node.store.versions import stored_revision
from schema.place import Cell, Place
from schema.visibility import Audience
from tests.rig.alone import befriend_on_paper, offer
from tests.rig.clock import NOW, Clock
from tests.rig.nodes import make_folder, settings_of
from tests.rig.paper import actor_bytes, address_of
from tests.rig.pictures import png

RELEASES: Final = Path(__file__).parents[1] / "releases"
KEPT: Final = ("folder.json", "keys.json", "qafila.db", "qafila.toml")
LINES: Final = "database.jsonl.gz"
SHOWN: Final = "shown.json"


async def shown(house: House) -> dict[str, Any]:
    """What people see of it."""
    return {
        "own": (await reading.list_own(house, state="all"))["posts"],
        "feed": (await reading.feed(house, state="all"))["posts"],
        "allies": (await allies.ally_list(house))["allies"],
        "profile": await profile.profile_show(house),
        "status": (await reading.status(house))["proposals"],
        "words": (await reading.whoami(house))["words"],
    }


async def _fill(house: House) -> None:
    """Posts of every audience and fate, allies, one of them on hold, a follower and one that asks; and a profile."""
    for name in ("birch", "cedar"):
        await befriend_on_paper(house, name)
    await allies.ally_suspend(house, address_of("cedar"))
    for name, state in (("dogwood", FollowState.ACCEPTED), ("elder", FollowState.PENDING)):
        kept = Follow(Direction.IN, address_of(name), f"{name}-id", state, b"{}", actor_bytes(name), NOW)
        async with house.relating() as connection:
            await relations.keep_follow(connection, kept)
    await profile.profile_words(house, "ar", name="مجموعة ألدر", summary="سطر\nسطر")
    await profile.profile_reach(house, "hours", "Salı", "tr")
    await profile.profile_logo(house, b64encode(png()).decode())
    for audience, fate in product(Audience, ("open", "changed", "closed", "withdrawn")):
        place = Place("North of the river", Cell.around(36.2, 36.16))
        draft = offer(f"{audience.value}, {fate} · أرز", audience, note="Çok dilli\nnot", place=place)
        post = (await publishing.publish(house, draft))["post"]["id"]
        if fate == "changed":
            await publishing.change(house, post, {"note": "Changed"})
        elif fate == "closed":
            await publishing.close(house, post)
        elif fate == "withdrawn":
            await publishing.withdraw(house, post)


async def make(version: str) -> None:
    """Make the files of a release."""
    target = RELEASES / version
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as place:
        folder: DataFolder = await make_folder(Path(place) / "alder", "alder", port=8401)
        async with open_house(folder, settings_of(folder), Clock()) as house:
            await _fill(house)
            (target / SHOWN).write_text(json.dumps(await shown(house), indent=1, ensure_ascii=False) + "\n")
            async with house.store.transaction() as connection:
                header = Header(
                    name="alder",
                    url=house.ids.base,
                    made_at=NOW,
                    made_by="lab",
                    version=version,
                    revision=await stored_revision(connection),
                )
                files = {path.name: path.read_bytes() for path in (folder.settings_file, folder.keys_file)}
                with (target / LINES).open("xb") as file:
                    await write_archive(file, header, files, connection, lambda _: None)
        for name in KEPT:
            shutil.copy(folder.path / name, target / name)


if __name__ == "__main__":
    asyncio.run(make(sys.argv[1]))
