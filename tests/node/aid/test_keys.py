"""Our own keys: a new pair in place of the old, whatever comes between, and one that was stolen."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from activitypub.jsonld import dropped_terms
from activitypub.signatures.keyring import Keyring
from activitypub.signatures.keys import write_multikey
from activitypub.signatures.proof import read_proof
from federation.delivery import DeliveryState
from node.aid import keys
from node.aid.publishing import publish, withdraw
from node.house import House, OldKeys, open_house
from node.store import outbox, relations, tables
from node.store.relations import AllyState
from schema.errors import ConfigError, InputError, NotFound, StateError
from schema.visibility import Audience
from tests.rig.alone import alone, befriend_on_paper, offer, rows, sent
from tests.rig.nodes import make_folder, settings_of
from tests.rig.paper import address_of
from tests.rig.rotating import STEPS

ROOT = Path(__file__).parents[3]
BY = "Amal"


def now_of(house: House) -> Any:
    """The clock of a house alone, to be moved."""
    return house.now


async def bodies(house: House, kind: str) -> list[dict[str, Any]]:
    """What is sent of this kind, as it would be sent."""
    return [orjson.loads(row["document"]) for row in await rows(house, tables.activities) if row["type"] == kind]


async def test_new_keys_sign_at_once_and_everyone_is_told(house: House) -> None:
    """The actor lists the new keys and, for a week, the old one; an Update of it goes to all who know us."""
    old = house.signer.keys
    async with house.relating() as connection:
        await relations.set_ally_state(connection, address_of("cedar"), AllyState.SUSPENDED)
    said = await keys.keys_rotate(house, BY)
    assert (said["generation"], said["by"], said["told"]) == (2, BY, 2)
    assert house.signer.keys.ed25519_public != old.ed25519_public
    actor = house.actor_document()
    assert actor["publicKey"]["id"] == f"{house.ids.actor}#main-key-2"
    assert [(key["id"].partition("#")[2], key.get("expires")) for key in actor["assertionMethod"]] == [
        ("ed25519-2", None),
        ("ed25519-key", "2026-11-30T09:17:42Z"),
    ]
    assert house.node_document()["publicKey"]["id"] == f"{house.ids.node_actor}#main-key-2"
    [update] = await bodies(house, "Update")
    assert update["object"] == {name: value for name, value in actor.items() if name != "@context"}
    assert update["proof"]["verificationMethod"] == f"{house.ids.actor}#ed25519-2"
    assert dropped_terms(update) == dropped_terms(actor) == set()
    assert await sent(house) == [("Update", "birch"), ("Update", "cedar")]
    async with house.store.transaction() as connection:
        assert await outbox.public_posts(connection, older_than=None, limit=9) == []
    now_of(house).move(days=8)
    await keys.retire(house)
    assert house.keyring.earlier == ()
    assert len(house.actor_document()["assertionMethod"]) == 1
    assert Keyring.load(house.folder.read_keys()).dump() == house.keyring.dump()
    assert old.write()["ed25519"].encode() not in house.folder.read_keys()


async def test_only_the_newest_word_about_keys_waits(house: House) -> None:
    """Whoever was away for two rotations is told once; asked again, nobody is told anything."""
    words = house.own_words()
    for generation in (2, 3):
        assert (await keys.keys_rotate(house, BY))["generation"] == generation
    assert house.own_words() != words
    assert await sent(house) == [("Update", "birch"), ("Update", "cedar")]
    assert await keys.announce(house) == 0
    seen = await keys.keys_show(house)
    assert [old["id"].partition("#")[2] for old in seen["overlap"]] == ["ed25519-key", "ed25519-2"]
    assert (seen["statements"], seen["history"]) == (2, f"{house.ids.actor}/keys")


async def test_keys_of_before_that_were_put_back_are_told(house: House) -> None:
    """Whoever knows us hears of it, where the database remembers a later word; what is said next is told as well."""
    before = house.keyring
    await keys.keys_rotate(house, BY)
    house.keep_keys(before)
    if house.store.shared:  # it would be the file of another machine
        with pytest.raises(OldKeys, match=r"keys\.json .* Copy that file"):
            await keys.announce(house)
        return
    assert await keys.announce(house) == 2
    assert await keys.announce(house) == 0
    assert (await keys.keys_rotate(house, BY))["told"] == 2


async def test_a_stolen_key_in_use_is_replaced_and_revoked_in_one_act(house: House) -> None:
    """What it signed and somebody may still read is signed anew: what waits, and every open post; nothing is listed."""
    stolen = house.signer.keys
    kept = (await publish(house, offer("Rice", Audience.PUBLIC)))["post"]
    gone = (await publish(house, offer("Oil")))["post"]
    await withdraw(house, gone["id"])
    when = house.now() - timedelta(hours=1)
    said = await keys.keys_revoke(house, "#ed25519-key", when.isoformat(), BY)
    assert (said["replaced"], said["generation"], said["overlap"]) == (True, 2, [])
    multikey = write_multikey(stolen.ed25519_public)
    assert [(one["multikey"], one["since"]) for one in said["revoked"]] == [(multikey, "2026-11-23T08:17:42+00:00")]
    assert stolen.write()["ed25519"].encode() not in house.folder.read_keys()
    assert len(house.actor_document()["assertionMethod"]) == 1
    async with house.store.transaction() as connection:
        waiting = [orjson.loads(document) for _, document in await outbox.waiting(connection)]
    methods = {
        part["proof"]["verificationMethod"] for one in waiting for part in (one, one["object"]) if "proof" in part
    }
    assert methods == {f"{house.ids.actor}#ed25519-2"}
    assert {"Create", "Delete", "Update"} == {one["type"] for one in waiting}
    [post] = [row for row in await rows(house, tables.proposals) if row["id"] == kept["id"]]
    assert post["proven_by"] == write_multikey(house.signer.keys.ed25519_public)
    assert orjson.loads(post["document"])["revision"] == 2
    proof = read_proof(orjson.loads(post["document"]))
    assert proof is not None
    assert proof.verification_method == f"{house.ids.actor}#ed25519-2"
    with pytest.raises(StateError):
        await keys.keys_revoke(house, multikey, house.now().isoformat(), BY)


async def test_a_key_of_before_is_revoked_and_the_one_in_use_stays(house: House) -> None:
    """A key that was replaced long ago can be named by its address, and nothing new is made."""
    address = house.ids.ed25519_key
    await keys.keys_rotate(house, BY)
    said = await keys.keys_revoke(house, address, house.now().isoformat(), BY)
    assert (said["replaced"], said["generation"], [one["id"] for one in said["revoked"]]) == (False, 2, [address])


@pytest.mark.parametrize("name", ["main-key", "#main-key", "ed25519-key"])
async def test_either_key_of_a_pair_stands_for_both(house: House, name: str) -> None:
    """Every key that is shown can be named, and the result says which two are revoked."""
    shown = (await keys.keys_show(house))["keys"]
    said = await keys.keys_revoke(house, name, house.now().isoformat(), BY)
    assert said["pair"] == [house.ids.ed25519_key, house.ids.main_key] == [one["id"] for one in shown]
    assert [one["id"] for one in said["revoked"]] == [house.ids.ed25519_key]
    in_use = (await keys.keys_show(house))["keys"][1]
    said = await keys.keys_revoke(house, in_use["multikey"], house.now().isoformat(), BY)
    assert said["pair"] == [house.ids.ed25519_key_of(2), in_use["id"]]


@pytest.mark.parametrize(
    ("key", "since", "by", "error"),
    [
        ("ed25519-7", "2026-11-23T08:00:00+00:00", BY, NotFound),
        ("main-key-2", "2026-11-23T08:00:00+00:00", BY, NotFound),
        ("ed25519-key", "2026-11-23T10:00:00+00:00", BY, InputError),
        ("ed25519-key", "2026-11-23T08:00:00", BY, InputError),
        ("ed25519-key", "yesterday", BY, InputError),
        ("ed25519-key", "2026-11-23T08:00:00+00:00", " ", InputError),
    ],
    ids=["unknown", "unknown pair", "to-come", "no-zone", "no-time", "nobody"],
)
async def test_what_cannot_be_revoked_changes_nothing(
    tmp_path: Path, key: str, since: str, by: str, error: type[Exception]
) -> None:
    """A key that is not there, or a time that is none, is refused before anything is written."""
    async with alone(tmp_path) as house:
        before = house.folder.read_keys()
        with pytest.raises(error):
            await keys.keys_revoke(house, key, since, by)
        assert house.folder.read_keys() == before
        assert await rows(house, tables.activities) == []


@pytest.mark.parametrize("step", STEPS)
async def test_a_rotation_that_is_cut_off_leaves_keys_that_work(tmp_path: Path, step: str) -> None:
    """Killed at any step, the node has its old keys or its new ones, says so, and nothing of the others lies about."""
    async with alone(tmp_path) as house:
        folder, old = house.folder, house.signer.keys.write()
        await befriend_on_paper(house, "birch")
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.rig.rotating", str(folder.path), step), cwd=ROOT
    )
    killed = await child.wait()
    assert killed == (0 if step == "never" else -9)
    async with open_house(folder, settings_of(folder)) as house:
        rotated = step in {"after", "never"}
        assert (house.signer.keys.write() == old, house.signer.keys.generation) == (not rotated, 1 + rotated)
        assert [entry.name for entry in folder.path.iterdir() if "keys" in entry.name] == ["keys.json"]
        assert folder.keys_file.stat().st_mode & 0o777 == 0o600
        assert await keys.announce(house) == (1 if step == "after" else 0)
        assert await sent(house, DeliveryState.WAITING) == ([("Update", "birch")] if rotated else [])
        assert len(house.own_words()) == 8
        await publish(house, offer("Rice"))


async def test_keys_of_a_damaged_file_are_not_used(tmp_path: Path) -> None:
    """A node whose keys do not hold together does not start, and says what to do."""
    folder = await make_folder(tmp_path / "alder", "alder")
    folder.replace_keys(b"{}")
    with pytest.raises(ConfigError):
        async with open_house(folder, settings_of(folder)):
            pass
