"""Two processes of one collective over one PostgreSQL: what one does, the other knows, and twice is once."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import asyncpg
import orjson
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from activitypub.signatures.keys import SigningKeys
from federation.outbox import Outgoing, Recipient
from node.aid import allies, following, keys, profile, publishing, reading
from node.cli import main
from node.cli.desk import Desk
from node.folder import DataFolder
from node.house import House, OldKeys
from node.inbound.apply import apply_group
from node.inbound.effect import Effect
from node.store import outbox, tables
from node.store.before import go_back
from node.store.calls import Kind, Word, listen
from node.store.engine import Store, create_engine
from node.store.versions import migrate
from node.toml import with_setting
from schema.errors import ConfigError, QafilaError
from tests.conftest import NewDatabase
from tests.node.inbound.arriving import BIRCH, CEDAR, introduce, proven, take_effect
from tests.rig.alone import offer
from tests.rig.listener import Listener, listening
from tests.rig.nodes import running, settings_of
from tests.rig.sender import collective
from tests.rig.twins import ask_database, opened, pin, twin_folders
from tests.rig.waiting import answered, until

AT_ONCE = 2.0  # seconds: far less than any of the waits after which a process looks by itself
HEARING = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'qafila work'"
TOLD = "SELECT count(*) FROM activities WHERE type = 'Update' AND object LIKE '%/actors/%'"
KEYS = "SELECT value FROM node WHERE key = 'keys'"
CUT = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'qafila run'"


@pytest.fixture
async def folders(tmp_path: Path, postgres_url: NewDatabase) -> list[DataFolder]:
    """One collective on two machines."""
    return await twin_folders(tmp_path, await postgres_url())


async def test_the_same_at_two_processes_takes_effect_once(folders: list[DataFolder]) -> None:
    """Of what comes to both at the same moment each takes effect once, and both say that it did."""
    async with opened(*folders) as houses:
        await pin(houses[0], BIRCH)
        for house in houses:
            await house.look()
        documents = [BIRCH.create() for _ in range(20)]
        groups = [await proven(house, *((BIRCH, one) for one in documents)) for house in houses]
        done = await asyncio.gather(
            *(take_effect(house, [one]) for house, group in zip(houses, groups, strict=True) for one in group)
        )
        assert sorted(did for [did] in done) == ["again"] * 20 + ["stored"] * 20
        async with houses[0].store.reading() as connection:
            assert (await connection.execute(select(func.count()).select_from(tables.inbox))).scalar_one() == 20
            assert (await connection.execute(select(func.count()).select_from(tables.proposals))).scalar_one() == 20


async def test_the_newest_revision_stands_whoever_takes_it(folders: list[DataFolder]) -> None:
    """Revisions that come to both in disorder leave the newest, and a withdrawal among them ends it."""
    async with opened(*folders) as houses:
        await pin(houses[0], BIRCH)
        for house in houses:
            await house.look()
        versions = [BIRCH.proposal("rice", revision=number) for number in range(1, 9)]
        gone = BIRCH.proposal("oil")
        said = [BIRCH.create(BIRCH.note(versions[0]))]
        said += [BIRCH.update(BIRCH.note(version)) for version in versions[1:]]
        said += [BIRCH.create(BIRCH.note(gone)), BIRCH.delete(gone.id)]
        groups = [await proven(house, *((BIRCH, one) for one in said)) for house in houses]
        first, second = groups[0][::2], groups[1][1::2]
        await asyncio.gather(
            *(apply_group(houses[0], [one]) for one in reversed(first)),
            *(apply_group(houses[1], [one]) for one in second),
        )
        posts = (await reading.feed(houses[0]))["posts"]
        assert [(post["id"], post["revision"]) for post in posts] == [(versions[-1].id, 8)]


async def test_one_post_changed_by_two_gets_two_revisions(folders: list[DataFolder]) -> None:
    """Two people who change the same post at the same moment, each at another process, lose nothing."""
    async with opened(*folders) as houses:
        post = (await publishing.publish(houses[0], offer("Rice")))["post"]
        changes = (publishing.change(house, post["id"], {"note": f"{n}"}) for n in range(10) for house in houses[:1])
        others = (publishing.change(houses[1], post["id"], {"title": f"Rice {n}"}) for n in range(10))
        done = await asyncio.gather(*changes, *others)
        assert sorted(one["post"]["revision"] for one in done) == list(range(2, 22))


async def test_a_suspended_ally_is_refused_by_all_at_once(folders: list[DataFolder]) -> None:
    """From the moment on at which one process has put an ally on hold, no other lets anything of it take effect.

    That holds also where the other one hears nothing, and for what was proven before; and nothing more is sent.
    """
    async with opened(*folders) as (here, there):
        await pin(here, BIRCH, CEDAR)
        await there.look()
        before = await proven(there, (BIRCH, BIRCH.create()))
        await allies.ally_suspend(here, BIRCH.ids.actor)
        assert BIRCH.ids.actor in there.roster.allies  # it does not know yet
        assert await take_effect(there, before) == ["Forbidden"]
        assert BIRCH.ids.actor in there.roster.suspended
        await allies.ally_remove(here, CEDAR.ids.actor)
        await publishing.publish(there, offer("Rice"))
    assert await ask_database(folders[0], "SELECT count(*) FROM deliveries") == [(0,)]


async def test_strangers_that_ask_at_both_are_asked_once(folders: list[DataFolder]) -> None:
    """Follows of one actor that come to both at once are one request, and an answer ends it for both."""
    stranger = collective("elm", 8404)
    async with opened(*folders) as houses:
        await introduce(houses[0], stranger)
        groups = [await proven(house, (stranger, stranger.follow(house.ids.actor))) for house in houses]
        results: Sequence[Sequence[Effect | QafilaError]] = await asyncio.gather(
            *(apply_group(house, group) for house, group in zip(houses, groups, strict=True))
        )
        assert all(isinstance(result, Effect) for [result] in results)
        [waiting] = (await following.followers(houses[1]))["followers"]
        await following.follower_accept(houses[0], waiting["actor"])
        await houses[1].look()
        assert stranger.ids.actor in houses[1].roster.followers


async def test_no_process_signs_with_keys_of_before(tmp_path: Path, postgres_url: NewDatabase) -> None:
    """After a key was revoked by one process, another one on the same folder signs with the new one, unheard."""
    [folder] = await twin_folders(tmp_path, await postgres_url(), 1)
    async with opened(folder, folder) as (here, there):
        await pin(here, BIRCH)
        stolen = there.ids.ed25519_key_of(there.keyring.current.generation)
        await keys.keys_revoke(here, "#ed25519-key", (here.now() - timedelta(hours=1)).isoformat(), "Amal")
        post = (await publishing.publish(there, offer("Rice")))["post"]
        document = orjson.loads((await reading.document(here, post["id"]))["document"])
        assert document["proof"]["verificationMethod"] == here.ids.ed25519_key_of(2) != stolen
        both = await asyncio.gather(keys.keys_rotate(here, "Amal"), keys.keys_rotate(there, "Amal"))
        assert sorted(one["generation"] for one in both) == [3, 4]
        for house in (here, there):
            await house.look()
        await keys.retire(here)
        assert here.keyring.dump() == there.keyring.dump() == folder.read_keys()


async def test_a_machine_with_older_keys_gives_up(folders: list[DataFolder]) -> None:
    """Where another machine changed the keys, this one signs nothing any more, and starts only with the new file."""
    async with opened(*folders) as (here, there):
        reasons: list[ConfigError] = []
        there.give_up = reasons.append
        await keys.keys_rotate(here, "Amal")
        with pytest.raises(OldKeys, match=str(folders[1].keys_file)):
            await publishing.publish(there, offer("Rice"))
        assert len(reasons) == 1
    for wrong in (folders[1].read_keys(), SigningKeys.generate().dump()):
        folders[1].replace_keys(wrong)
        with pytest.raises(OldKeys, match="Copy that file from there"):
            async with opened(folders[1]):
                pass
    folders[1].replace_keys(folders[0].read_keys())
    async with opened(folders[1]) as [again]:
        await publishing.publish(again, offer("Rice"))


async def typed(folder: DataFolder, *options: str) -> Result:
    """`qafila keys use-file`, with no for an answer."""
    words = ("keys", "use-file", *options)
    return await asyncio.to_thread(CliRunner().invoke, main, words, obj=Desk(data=folder.path), input="n\n")


async def test_older_keys_come_into_force_where_the_newer_ones_are_lost(folders: list[DataFolder]) -> None:
    """By a command, while nothing of the node runs; whoever knows the collective is told then, and it goes on."""
    here, there = folders
    async with opened(here) as [house]:
        await pin(house, BIRCH)
        await keys.keys_rotate(house, "Amal")
        refused = await typed(there, "--yes")
        assert (refused.exit_code, "Stop all of them first" in refused.stderr) == (3, True)
    for wrong in (there.read_keys(), SigningKeys.generate().dump()):
        there.replace_keys(wrong)
        with pytest.raises(OldKeys, match="lost everywhere, say: qafila keys use-file"):
            async with opened(there):
                pass
        asked = await typed(there)
        assert (asked.exit_code, "compare your\neight words again" in asked.stdout) == (1, True)
        done = await typed(there, "--yes")
        assert (done.exit_code, "in force.\n" in done.stdout) == (0, True), done.output
        assert "in force already" in (await typed(there, "--yes")).stdout
        async with opened(there) as [house]:
            assert house.folder.read_keys() == wrong
            assert await keys.announce(house) == 1
            assert await keys.announce(house) == 0
            await publishing.publish(house, offer("Rice"))
    async with opened(here) as [house]:  # they were not lost after all
        assert await keys.announce(house) == 1
        with pytest.raises(OldKeys):
            async with opened(there):
                pass


async def test_what_we_say_of_ourselves_is_the_same_everywhere(folders: list[DataFolder]) -> None:
    """Words that people give at two processes are all told to others, and each process shows them all."""
    async with running(folders[0]) as (here, _), opened(folders[1]) as [there]:
        await profile.profile_words(here, "tr", "Kızılağaç")
        await profile.profile_words(there, "ar", "جار الماء")
        assert set(there.actor_document()["nameMap"]) == {"en", "tr", "ar"}
        await until(lambda: here.actor_document() == there.actor_document(), AT_ONCE)


async def test_what_settings_say_is_told_at_the_start(folders: list[DataFolder]) -> None:
    """A process that starts with another title than the others have tells it, and they do not answer it."""
    text = folders[1].settings_file.read_text()
    async with running(folders[0]) as (here, _):
        await pin(here, BIRCH)
        folders[1].settings_file.write_text(with_setting(text, "title", "Alder Union"))
        async with running(folders[1]):
            await answered(lambda: ask_database(folders[0], TOLD), lambda said: said == [(1,)], 5)
        assert await ask_database(folders[0], TOLD) == [(1,)]


async def test_keys_that_changed_while_it_had_sqlite_are_the_ones(folders: list[DataFolder]) -> None:
    """Newer keys than the database knows of are the collective's own, and a machine with those of before gives up."""
    async with opened(folders[0]) as [house]:
        await keys.keys_rotate(house, "Amal")
    await ask_database(folders[0], "UPDATE node SET value = '0 before' WHERE key = 'keys' RETURNING value")
    async with opened(folders[0]):
        assert await ask_database(folders[0], KEYS) != [("0 before",)]
        with pytest.raises(OldKeys):
            async with opened(folders[1]):
                pass


def queue(number: int, peer: str) -> tuple[Outgoing, Recipient]:
    address = f"http://alder.localhost/activities/{number}"
    return Outgoing(address, "Create", address, "public", f"{number}".encode()), Recipient(peer, f"{peer}/inbox")


async def enqueue(house: House, number: int, *listeners: Listener) -> None:
    async with house.store.transaction() as connection:
        for listener in listeners:
            outgoing, to = queue(number, listener.peer)
            await outbox.enqueue(connection, outgoing, [to], now=house.now(), not_before=house.now())


async def test_what_one_queues_another_sends_at_once(folders: list[DataFolder]) -> None:
    """No process waits until it looks by itself, not for the first and not for those that come one after the other."""
    async with listening("birch") as birch, running(folders[0]), opened(folders[1]) as [queueing]:
        await asyncio.sleep(0.3)
        for number in range(10):
            began = time.monotonic()
            await enqueue(queueing, number, birch)
            await until(lambda: len(birch.got) == number + 1, AT_ONCE)  # noqa: B023 (done before it moves on)
            assert time.monotonic() - began < AT_ONCE


async def test_what_is_said_while_nobody_hears_is_not_lost(folders: list[DataFolder]) -> None:
    """When the listening connection is cut, what is queued meanwhile goes out as soon as there is a new one."""
    async with listening("birch") as birch, running(folders[0]) as (house, _), opened(folders[1]) as [queueing]:
        for number in range(5):
            assert await answered(lambda: ask_database(folders[0], CUT), lambda said: said == [(1,)], 5) == [(1,)]
            await enqueue(queueing, number, birch)
            await until(lambda: len(birch.got) == number + 1, AT_ONCE)  # noqa: B023
        await allies_changed(queueing, house, folders[0])


async def allies_changed(there: House, here: House, folder: DataFolder) -> None:
    """The same for relations."""
    assert await answered(lambda: ask_database(folder, CUT), lambda said: said == [(1,)], 5) == [(1,)]
    await pin(there, BIRCH)
    await until(lambda: BIRCH.ids.actor in here.roster.allies, AT_ONCE)


async def test_a_peer_that_speaks_to_another_process_is_tried_at_once(folders: list[DataFolder]) -> None:
    """Where one process was not answered, and another is spoken to, the peer is tried at once."""
    async with (
        listening("birch", 503) as birch,
        running(folders[0]) as (_, first),
        running(folders[1]) as (there, other),
    ):
        await asyncio.sleep(0.3)
        await enqueue(there, 1, birch)
        await until(lambda: len(birch.got) == 1)
        await asyncio.sleep(0.3)
        for worker in (first, other):
            await worker.heard_from(birch.peer)
        await until(lambda: len(birch.got) == 2, AT_ONCE)


async def test_the_tables_are_not_changed_under_a_process_that_runs(folders: list[DataFolder]) -> None:
    """A migration and its way back are refused while any process of the node is connected, on whatever machine.

    One that is just starting has no ear yet, and is seen all the same. What is not the node's disturbs nobody.
    """
    url = settings_of(folders[1]).database_url(folders[1].database)
    await ask_database(folders[0], "CREATE SCHEMA qafila_before")
    await ask_database(folders[0], "CREATE TABLE qafila_before.alembic_version ()")
    await ask_database(folders[0], "UPDATE node SET value = '2' WHERE key = 'schema_version' RETURNING value")
    starting = Store(create_engine(url))
    async with starting.reading():
        with pytest.raises(ConfigError, match="perhaps from another machine"):
            await migrate(url)
    hearing = asyncio.create_task(listen(starting, Kind.WORK, nothing_heard, nothing_seen))
    await answered(lambda: ask_database(folders[0], HEARING), lambda said: said == [(1,)], 5)
    with pytest.raises(ConfigError, match="Stop all of them first"):
        await go_back(url, "https://alder.example/actors/alder")
    hearing.cancel()
    with suppress(asyncio.CancelledError):
        await hearing
    await starting.close()
    of_another_program = await asyncpg.connect(settings_of(folders[0]).database)
    await migrate(url)
    await of_another_program.close()


async def nothing_heard(_word: Word, _about: str) -> None:
    return


async def nothing_seen() -> None:
    return


async def test_status_counts_processes(folders: list[DataFolder]) -> None:
    """`qafila status` says how many there are, whoever is asked; of a node with SQLite it says nothing."""
    async with running(folders[0]) as (house, _), running(folders[1]):
        said = await answered(lambda: reading.status(house), lambda said: said["processes"]["run"] == 2, 5)
        assert said["processes"] == {"run": 2, "work": 0}
