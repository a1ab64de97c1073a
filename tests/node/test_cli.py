import json
import os
import pty
import re
import select
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from node.cli import SECTIONS, docs, main
from node.cli.command import Command, Group
from node.cli.desk import Desk
from node.cli.reach import perform
from node.cli.screen import human, say_json, shortened, table, width, words_by_four
from node.control import serve
from node.folder import DataFolder
from node.settings import SETTINGS, Settings, toml_text
from schema.errors import (
    ConfigError,
    DomainError,
    Forbidden,
    InputError,
    NotFound,
    PeerUnreachable,
    QafilaError,
    StateError,
    Unavailable,
)
from schema.plain import load_draft
from tests.rig.onions import onion_of

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 10, 20, tzinfo=UTC)
WORDS = ["stove", "fragile", "one", "basic", "game", "wreck", "scatter", "much"]
POST: dict[str, Any] = {
    "id": "https://birch.example/proposals/3f9a1b2c3d4e5f60",
    "short": "3f9a1b2c3d4e5f60",
    "owner": "https://birch.example/actors/birch",
    "owner_name": "Birch Kitchen",
    "own": True,
    "kind": "offer",
    "title": "Rice",
    "category": "food-dry",
    "quantity": "20 kg",
    "available": "12 kg",
    "area": "North side",
    "note": "In sacks.\nBring a bag.",
    "language": "en",
    "languages": ["ar"],
    "facts": ["halal"],
    "use_by": None,
    "collect_by": None,
    "from": "2026-11-24T00:00:00+00:00",
    "until": None,
    "ends": "2026-12-23T10:00:00+00:00",
    "published": "2026-11-23T10:00:00+00:00",
    "updated": None,
    "revision": 2,
    "state": "open",
    "audience": "allies",
    "divisible": False,
    "proven_by": None,
    "received": None,
    "deliveries": {"waiting": 1, "delivered": 2, "refused": 0},
}
FACE = {
    "actor": "https://cedar.example/actors/cedar",
    "name": "Cedar",
    "handle": "@cedar@cedar.example",
    "handle_verified": True,
    "summary": "",
    "words": WORDS,
    "known": "no",
    "has_ed25519": True,
}
TRUSTED = {**FACE, "state": "ally", "posts": 4, "added_at": "2026-11-01T08:00:00+00:00", "added_by": "D"}
FOLLOWED = {**FACE, "state": "accepted", "at": "2026-11-01T08:00:00+00:00", "asked_again": None}
KEYS = {
    "words": WORDS,
    "generation": 2,
    "since": "2026-11-23T10:20:00+00:00",
    "by": "Dana",
    "keys": [
        {"id": "https://birch.example/actors/birch#ed25519-2", "multikey": "z6Mk"},
        {"id": "https://birch.example/actors/birch#main-key-2", "multikey": "z4MX"},
    ],
    "overlap": [
        {
            "id": "https://birch.example/actors/birch#ed25519-key",
            "multikey": "z6Mk",
            "until": "2026-11-30T10:20:00+00:00",
        }
    ],
    "revoked": [{"id": None, "multikey": "z6Mk", "since": "2026-11-01T08:00:00+00:00"}],
    "statements": 1,
    "history": "https://birch.example/actors/birch/keys",
}
Answer = Mapping[str, Any] | QafilaError


@dataclass
class Node:
    """Stands where the node is: keeps what it was asked, and gives the answers it was given."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def reach(
        self, folder: DataFolder, settings: Settings, verb: str, arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Answer as `node.cli.reach.perform` would."""
        assert folder.made_by == "init"
        assert settings.name == "birch"
        arguments = json.loads(json.dumps(arguments))
        self.asked.append((verb, dict(arguments)))
        answer = self.answers.get(verb, {"post": POST})
        if isinstance(answer, QafilaError):
            raise answer
        return dict(answer)

    def last(self) -> dict[str, Any]:
        """The arguments of the last verb."""
        return self.asked[-1][1]


Run = Callable[..., Result]


@pytest.fixture
def node() -> Node:
    return Node()


@pytest.fixture
def desk(tmp_path: Path, node: Node) -> Desk:
    folder = DataFolder(tmp_path / "birch")
    with folder.making("init"):
        values = {"name": "birch", "title": "Birch Kitchen", "url": "https://birch.example", "language": "tr"}
        folder.write(folder.settings_file, toml_text(values).encode())
    return Desk(reach=node.reach, environment={"QAFILA_DATA": str(folder.path)}, now=lambda: NOW)


@pytest.fixture
def run(desk: Desk) -> Run:
    def invoke(*arguments: str, given: str | None = None, at: Desk = desk) -> Result:
        return CliRunner().invoke(main, arguments, obj=at, input=given)

    return invoke


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound("x"), 1),
        (StateError("x"), 1),
        (Forbidden("x"), 1),
        (InputError("x"), 2),
        (DomainError("x", field="quantity"), 2),
        (ConfigError("x"), 3),
        (Unavailable("x"), 4),
        (PeerUnreachable("x"), 4),
    ],
)
def test_the_exit_code_says_whose_trouble_it_is(run: Run, node: Node, error: QafilaError, code: int) -> None:
    """Refusals, input, settings and trouble can be told apart by a script, and the error is one line."""
    node.answers["status"] = error
    done = run("status")
    assert done.exit_code == code
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr


def test_programs_are_told_what_went_wrong(run: Run, node: Node) -> None:
    """With --json the error stands on standard output too, as one object with the exit code."""
    node.answers["status"] = InputError("No such thing.")
    done = run("status", "--json")
    assert json.loads(done.stdout) == {"error": {"code": 2, "text": "No such thing.", "hint": ""}}
    assert done.stderr.startswith("Error: No such thing.")


@pytest.mark.parametrize("words", [[], ["ally"]])
def test_a_word_that_needs_another_shows_its_help(run: Run, node: Node, words: list[str]) -> None:
    """As it is, line by line, with exit code 2: nothing was done."""
    done = run(*words)
    assert (done.exit_code, done.stdout, node.asked) == (2, "", [])
    assert done.stderr == run(*words, "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["withdraw", "3f9a"], "--yes"),
        (["ally", "remove", "@c@c.example"], "--yes"),
        (["ally", "add", "@c@c.example"], "--words"),
    ],
)
def test_a_question_that_nobody_answers_names_the_option_that_does(
    run: Run, node: Node, arguments: list[str], option: str
) -> None:
    """The question's line is ended, and nothing was decided."""
    node.answers["ally_look"] = FACE
    done = run(*arguments, given="")
    assert done.exit_code == 2
    assert done.stdout.endswith("\n")
    assert done.stderr.startswith("Error: ")
    assert f"Answer with {option} instead." in done.stderr
    assert {verb for verb, _ in node.asked} <= {"show", "ally_look"}


def test_the_lab_is_asked_only_where_it_runs(run: Run, tmp_path: Path) -> None:
    """Otherwise the error says how to start it, and nothing of a node's status."""
    for words in (["status"], ["stop", "birch"], ["start", "birch"]):
        done = run("lab", *words, "--data", str(tmp_path / "lab"))
        assert done.exit_code == 1
        assert done.stderr.endswith("Start one with: qafila lab\n")


def test_a_lab_that_runs_is_not_started_twice(run: Run, tmp_path: Path) -> None:
    """Said before its own ports are found to be taken."""
    folder = DataFolder(tmp_path / "lab")
    with folder.making("lab"):
        pass
    with folder.lock():
        done = run("lab", "--data", str(folder.path))
    assert done.exit_code == 1
    assert done.stderr == "Error: This lab already runs. See it with: qafila lab status\n"


def test_a_port_that_is_taken_does_not_cost_the_labs_data(run: Run, tmp_path: Path) -> None:
    """The hint offers another folder, and says what --fresh would do."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = min(other.getsockname()[1], 65_533)
        done = run("lab", "--data", str(tmp_path / "lab"), "--port", str(port))
    assert done.exit_code == 3
    assert "qafila lab --data lab-data-2 --port 9401" in done.stderr
    assert "--fresh" in done.stderr
    assert "removes the lab's data" in done.stderr


def test_an_error_cannot_steer_the_terminal(run: Run, node: Node) -> None:
    """What another node wrote into it is escaped, and it stays on its line."""
    node.answers["status"] = NotFound("a\nb\x1b[2J")
    assert run("status").stderr == "Error: a\\nb\\x1b[2J\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["status", "--nonsense"],
        ["offer"],
        ["offer", "Rice"],
        ["offer", "Rice", "--category", "nonsense"],
        ["offer", "Rice", "--category", "food-dry", "--quantity", "much"],
        ["offer", "Rice", "--category", "food-dry", "--quantity", "20"],
        ["offer", "Rice", "--category", "food-dry", "--unit", "kg"],
        ["offer", "Rice", "--category", "food-dry", "--quantity", "20 kg", "--unit", "kg"],
        ["offer", "Rice", "--category", "food-dry", "--until", "yesterday"],
        ["offer", "Rice", "--category", "food-dry", "--area", "call +49 170 1234567"],
        ["surplus", "Soup", "--category", "food-meals"],
        ["need", "Door guard", "--category", "safety-protection", "--audience", "public"],
        ["update", "3f9a"],
        ["update", "3f9a", "--note", "x", "--clear", "note"],
        ["import", "/nowhere.csv"],
        ["verify", "/nowhere.json"],
    ],
)
def test_what_cannot_be_used_is_refused_before_the_node_does_anything(
    run: Run, node: Node, arguments: list[str]
) -> None:
    """Exit code 2, a sentence, and nothing was asked of the node but to show."""
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: ")
    assert [verb for verb, _ in node.asked if verb != "show"] == []


def test_a_folder_that_nobody_made_says_what_to_do(run: Run, node: Node, tmp_path: Path) -> None:
    """Exit code 3, with the command that makes one."""
    done = run("list", "--data", str(tmp_path / "none"))
    assert done.exit_code == 3
    assert "qafila init" in done.stderr
    assert node.asked == []


def test_an_offer_is_sent_as_a_draft_with_everything_that_was_typed(run: Run, node: Node) -> None:
    """Words of people become the values of the domain, and what was not said is not sent."""
    done = run(
        "offer", "Rice", "--category", "Food to keep", "--quantity", "20 kg", "--area", "North side",
        "--from", "tomorrow", "--until", "in 5 days", "--fact", "halal, heavy", "--fact", "keep cold",
        "--speaks", "Arabic", "--note", "In sacks.", "--audience", "public", "--divisible", "--lifetime", "14 days",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert node.last() == {
        "draft": {
            "kind": "offer",
            "title": "Rice",
            "category": "food-dry",
            "quantity": ["20", "KGM", "kg"],
            "divisible": True,
            "note": "In sacks.",
            "language": "tr",
            "languages": ["ar"],
            "place": ["North side"],
            "window": ["2026-11-24T00:00:00+00:00", "2026-11-28T23:00:00+00:00"],
            "expires": "2026-12-07T23:00:00+00:00",
            "audience": "public",
            "facts": ["cold-chain", "halal", "heavy"],
        }
    }
    load_draft(node.last()["draft"])
    assert done.stdout.startswith("Published. Allies see it.\nOffer: Rice\n")


def test_each_kind_has_its_command_and_a_unit_may_stand_apart(run: Run, node: Node) -> None:
    """A need and a surplus are typed the same way."""
    run("need", "Mont", "--category", "giyim", "--quantity", "15", "--unit", "adet", "--language", "Turkish")
    assert node.last()["draft"]["kind"] == "need"
    assert node.last()["draft"]["quantity"] == ["15", "H87", "piece"]
    run("surplus", "Soup", "--category", "meals", "--quantity", "40 meals", "--use-by", "2026-11-24 18:00")
    assert node.last()["draft"]["kind"] == "surplus"
    assert node.last()["draft"]["use_by"] == "2026-11-24T18:00:00+00:00"


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        (["--title", "Brown rice"], {"title": "Brown rice"}),
        (["--available", "8"], {"available": ["8", "KGM", "kg"]}),
        (["--quantity", "30", "--available", "0"], {"quantity": ["30", "KGM", "kg"], "available": ["0", "KGM", "kg"]}),
        (["--whole"], {"divisible": None}),
        (["--until", "in 2 days"], {"window": ["2026-11-24T00:00:00+00:00", "2026-11-25T23:00:00+00:00"]}),
        (["--clear", "note", "--clear", "window"], {"note": None, "window": None}),
        (["--clear", "quantity"], {"quantity": None, "available": None}),
        (["--audience", "circle"], {"audience": "circle"}),
    ],
)
def test_an_update_changes_what_was_typed_and_nothing_else(
    run: Run, node: Node, options: list[str], changes: dict[str, Any]
) -> None:
    """Units and the other side of a window are those of the post."""
    assert run("update", "3f9a", *options).exit_code == 0
    assert node.asked[-1] == ("change", {"id": POST["id"], "changes": changes})


def test_withdrawing_says_who_will_be_told_and_asks(run: Run, node: Node) -> None:
    """Only yes deletes; no answer deletes nothing; --yes does not ask."""
    node.answers["withdraw"] = {"id": POST["id"], "title": "Rice", "peers": 3}
    no = run("withdraw", "3f9a", given="n\n")
    assert (no.exit_code, [verb for verb, _ in node.asked]) == (1, ["show"])
    assert "sent to 3 nodes" in no.stdout
    assert run("withdraw", "3f9a", given="").exit_code == 2
    assert "withdraw" not in [verb for verb, _ in node.asked]
    assert run("withdraw", "3f9a", given="y\n").exit_code == 0
    assert node.last() == {"id": POST["id"]}
    assert run("withdraw", "3f9a", "--yes").stdout == "Deleted: Rice. Telling 3 nodes.\n"


def test_json_is_the_result_of_the_verb(run: Run, node: Node) -> None:
    """Before or after the command, and nothing else is printed."""
    node.answers["list_own"] = {"posts": [POST]}
    assert json.loads(run("list", "--json").stdout) == {"posts": [POST]}
    assert json.loads(run("--json", "list").stdout) == {"posts": [POST]}
    assert node.last() == {"state": None, "kind": None, "limit": 100}


def test_lists_are_short_aligned_lines(run: Run, node: Node) -> None:
    """A post a line, with what is left and how far it has come."""
    node.answers["list_own"] = {"posts": [POST, {**POST, "title": "أرز بني", "quantity": None, "state": "closed"}]}
    head, first, second = run("list").stdout.splitlines()
    assert head.split() == ["id", "kind", "title", "how", "much", "seen", "by", "ends", "state", "sent"]
    assert re.split("  +", first) == [
        "3f9a1b2c", "offer", "Rice", "12 of 20 kg", "allies", "2026-12-23 10:00", "open", "2 sent, 1 waiting",
    ]  # fmt: skip
    assert head.index("state") == first.index("open") == second.index("closed")
    node.answers["list_own"] = {"posts": []}
    assert "qafila offer" in run("list").stdout


def test_the_feed_names_each_post_so_that_it_can_be_shown(run: Run, node: Node) -> None:
    """With its collective and its address, and how to see more."""
    node.answers["feed"] = {"posts": [{**POST, "own": False, "deliveries": None}], "next": 7}
    done = run("feed", "--category", "Food to keep", "--kind", "offer")
    assert done.stdout.splitlines() == [
        "offer    Rice, 12 of 20 kg, from Birch Kitchen, until 2026-12-23 10:00",
        f"         {POST['id']}",
        "There is more: qafila feed --before 7",
    ]
    assert node.last()["category"] == "food-dry"


def test_a_post_is_shown_whole_and_as_its_document(run: Run, node: Node) -> None:
    """A note keeps its lines; the document is printed as it is."""
    shown = run("show", "3f9a").stdout
    assert "  note      In sacks.\n            Bring a bag.\n" in shown
    node.answers["document"] = {"document": '{"a":1}'}
    assert run("show", "3f9a", "--document").stdout == '{"a":1}\n'


def test_text_of_others_cannot_steer_the_terminal(run: Run, node: Node) -> None:
    """Escape sequences, direction marks and line ends of foreign titles are shown as escapes; so they are in JSON."""
    foul = {**POST, "title": "Rice\x1b[31m\u202egnp\x9b\r", "note": "a\x07\nb"}
    node.answers |= {"show": {"post": foul}, "list_own": {"posts": [foul]}}
    for done in (run("show", "3f9a"), run("list"), run("list", "--json")):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", done.stdout)
    assert json.loads(run("list", "--json").stdout) == {"posts": [foul]}


def test_an_ally_is_added_after_eight_words_were_compared(run: Run, node: Node) -> None:
    """Name, handle and two lines of four words are shown; only yes adds, with the words that were shown."""
    node.answers |= {"ally_look": FACE, "ally_add": FACE}
    no = run("ally", "add", "@cedar@cedar.example", given="y\n")
    assert no.exit_code == 1
    assert [verb for verb, _ in node.asked] == ["ally_look"]
    yes = run("ally", "add", "@cedar@cedar.example", "--by", "Dana", given="yes\n")
    assert yes.exit_code == 0
    assert "    stove    fragile  one      basic\n    game     wreck    scatter  much\n" in yes.stdout
    assert node.last() == {"address": "@cedar@cedar.example", "words": " ".join(WORDS), "by": "Dana"}


def test_a_handle_that_proves_nothing_says_so(run: Run, node: Node) -> None:
    """Looking and adding mark a handle that does not lead back to its collective, and mark no other."""
    for verified in (True, False):
        node.answers["ally_look"] = {**FACE, "handle_verified": verified}
        for shown in (run("ally", "look", FACE["actor"]), run("ally", "add", FACE["actor"], given="no\n")):
            assert "@cedar@cedar.example" in shown.stdout
            assert ("(cannot verify)" in shown.stdout) is not verified


def test_words_that_were_heard_can_be_given_at_once(run: Run, node: Node) -> None:
    """The node compares them; nothing is asked, and the login name is recorded."""
    node.answers["ally_add"] = FACE
    assert run("ally", "add", "@cedar@cedar.example", "--words", "a b c d e f g h").exit_code == 0
    [(verb, arguments)] = node.asked
    assert (verb, arguments["words"]) == ("ally_add", "a b c d e f g h")
    assert arguments["by"]
    node.answers["ally_add"] = StateError("The eight words are not those of this collective's keys.")
    assert run("ally", "add", "@cedar@cedar.example", "--words", "a b c d e f g i").exit_code == 1


def test_new_keys_of_an_ally_are_trusted_after_eight_words_were_compared(run: Run, node: Node) -> None:
    """As with a new ally: nothing but yes, or words that were heard, changes whom it is that we trust."""
    node.answers |= {"ally_look": FACE, "ally_repin": FACE}
    assert run("ally", "repin", "@cedar@cedar.example", given="y\n").exit_code == 1
    assert [verb for verb, _ in node.asked] == ["ally_look"]
    assert run("ally", "repin", "@cedar@cedar.example", "--by", "Dana", given="yes\n").exit_code == 0
    assert node.last() == {"address": "@cedar@cedar.example", "words": " ".join(WORDS), "by": "Dana"}


@pytest.mark.parametrize("words", [["rotate"], ["revoke", "ed25519-key", "--since", "2026-11-20 14:00"]])
def test_keys_change_only_after_a_yes(run: Run, node: Node, words: list[str]) -> None:
    """What will happen is explained, and nothing is done until somebody says yes."""
    done = {**KEYS, "told": 0}
    node.answers |= {"keys_rotate": done, "keys_revoke": {**done, "replaced": False, "pair": []}}
    no = run("keys", *words, given="n\n")
    assert (no.exit_code, node.asked) == (1, [])
    assert "eight words change" in no.stdout.replace("\n", " ")
    assert run("keys", *words, "--by", "Dana", given="y\n").exit_code == 0
    since = {"key": "ed25519-key", "since": "2026-11-20T14:00:00+00:00"} if "revoke" in words else {}
    assert node.last() == {"by": "Dana", **since}


def test_a_key_that_is_not_there_is_an_error(run: Run, node: Node) -> None:
    """The node's own words, and the code of what is not there."""
    node.answers["keys_revoke"] = NotFound("There is no such key.")
    done = run("keys", "revoke", "ed25519-9", "--since", "2026-11-20", "--yes")
    assert (done.exit_code, "There is no such key." in done.output) == (1, True)
    assert run("keys", "revoke", "ed25519-9", "--since", "some day", "--yes").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "verb"),
    [
        (["ally", "look", "@c@c.example"], "ally_look"),
        (["ally", "suspend", "@c@c.example"], "ally_suspend"),
        (["ally", "resume", "@c@c.example"], "ally_resume"),
        (["ally", "remove", "@c@c.example", "--yes"], "ally_remove"),
        (["follow", "@c@c.example"], "follow"),
        (["unfollow", "@c@c.example"], "unfollow"),
        (["followers", "accept", "@c@c.example"], "follower_accept"),
        (["followers", "remove", "@c@c.example"], "follower_remove"),
    ],
)
def test_other_collectives_are_named_by_their_address(run: Run, node: Node, arguments: list[str], verb: str) -> None:
    """Each command is one verb about one address, and says what it did."""
    node.answers[verb] = {**FACE, "state": "pending"}
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    assert "Cedar" in done.stdout
    assert node.asked == [(verb, {"address": "@c@c.example"})]


@pytest.mark.parametrize(
    ("arguments", "verb", "answer", "words"),
    [
        (["ally", "list"], "ally_list", {"allies": []}, "qafila ally add"),
        (
            ["ally", "list"],
            "ally_list",
            {"allies": [TRUSTED]},
            "Cedar  @cedar@cedar.example  ally   4      2026-11-01 08:00  D",
        ),
        (
            ["ally", "list"],
            "ally_list",
            {"allies": [{**TRUSTED, "alarms": [{"words": WORDS[::-1], "why": "unstated", "at": TRUSTED["added_at"]}]}]},
            "    much     scatter  wreck    game\n    basic    one      fragile  stove\n\nWhat to do: call someone",
        ),
        (["ally", "dismiss", "@c@c.example"], "ally_dismiss", {**FACE, "dismissed": 1}, "The alarms about Cedar"),
        (["keys", "show"], "keys_show", KEYS, "until 2026-11-30 10:20"),
        (["keys", "rotate", "--yes"], "keys_rotate", {**KEYS, "told": 2}, "2 nodes are told."),
        (
            ["keys", "revoke", "ed25519-key", "--since", "2026-11-20", "--yes"],
            "keys_revoke",
            {**KEYS, "told": 1, "replaced": True, "pair": ["https://birch.example/#ed25519-key", "x#main-key"]},
            "Revoked: ed25519-key and main-key. The collective has new keys.",
        ),
        (["following"], "following", {"following": []}, "nobody"),
        (["following"], "following", {"following": [FOLLOWED]}, "Cedar  @cedar@cedar.example  accepted"),
        (
            ["following"],
            "following",
            {"following": [FOLLOWED | {"state": "pending", "asked_again": "2026-11-20T14:00:00+00:00"}]},
            "ask its people to look at: qafila followers",
        ),
        (
            ["followers", "list"],
            "followers",
            {"followers": [{**FACE, "state": "pending", "at": "2026-11-01T08:00:00+00:00"}]},
            "Cedar  @cedar@cedar.example  pending  2026-11-01 08:00",
        ),
        (["open"], "open_link", {"url": "https://birch.example/open/x", "minutes": 10}, "within 10 minutes"),
        (["deliveries", "retry"], "retry_deliveries", {"queued": 1}, "1 delivery is tried again"),
        (
            ["whoami"],
            "whoami",
            {**FACE, "mode": "allies", "url": "https://cedar.example/", "lab": False},
            "    stove    fragile  one      basic\n",
        ),
        (
            ["status"],
            "status",
            {
                "proposals": {"own": 2, "others": 5},
                "allies": 1,
                "waiting": 0,
                "refused": 3,
                "database": "sqlite",
                "version": "0.1.0",
            },
            "qafila deliveries --refused",
        ),
        (
            ["status"],
            "status",
            {
                "proposals": {"own": 2, "others": 5},
                "allies": 1,
                "key_alarms": 1,
                "waiting": 0,
                "refused": 0,
                "database": "sqlite",
                "version": "0.1.0",
            },
            "ALARM: the keys of an ally changed. See what to do with: qafila ally list",
        ),
        (
            ["deliveries", "--refused"],
            "deliveries",
            {
                "deliveries": [
                    {
                        "id": 1,
                        "activity": "Create",
                        "object": POST["id"],
                        "title": "Rice",
                        "peer": "https://cedar.example",
                        "state": "refused",
                        "attempts": 2,
                        "status": 403,
                        "reason": "answer",
                    },
                    {
                        "id": 2,
                        "activity": "Create",
                        "object": POST["id"],
                        "title": "Rice",
                        "peer": "https://elm.example",
                        "state": "waiting",
                        "attempts": 3,
                        "status": None,
                        "reason": "tor",
                    },
                ],
                "reasons": {"tor": "Tor does not answer"},
                "peers": [
                    {"peer": "https://elm.example", "failures": 3, "next_try": None, "last_ok": None, "waiting": 1}
                ],
            },
            "waiting  3      tor\ntor: Tor does not answer.\nhttps://elm.example does not answer.",
        ),
    ],
)
def test_what_the_node_says_is_told_in_words(
    run: Run, node: Node, *, arguments: list[str], verb: str, answer: Answer, words: str
) -> None:
    """Each list and state has its few lines."""
    node.answers[verb] = answer
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    assert words in done.stdout
    assert [asked for asked, _ in node.asked] == [verb]


PLANNED: dict[str, Any] = {"rows": [{"line": 2, "title": "Beans", "what": "published"}], "problems": []}
IMPORTED: dict[str, Any] = {"published": 1, "changed": 0, "unchanged": 0, "withdrawn": 0, "posts": []}


@pytest.fixture
def csv(tmp_path: Path, node: Node) -> Path:
    file = tmp_path / "stock.csv"
    node.answers["plan_rows"] = PLANNED
    file.write_text("kind,title,category,quantity\noffer,Beans,food-dry,5 kg\nneed,Coats,nonsense,15 pieces\n")
    return file


def test_a_bad_line_stops_an_import(run: Run, node: Node, csv: Path) -> None:
    """It is named with its number and reason, and nothing is imported."""
    done = run("import", str(csv))
    assert done.exit_code == 2
    assert re.search(r"^Line 3, category: .*nonsense", done.stderr)
    assert "1 line is bad, so nothing was imported" in done.stderr
    assert [verb for verb, _ in node.asked] == ["plan_rows"]


def test_a_refused_import_is_told_to_programs(run: Run, node: Node, csv: Path) -> None:
    """With --json every bad line stands in the answer, beside the error."""
    done = run("import", str(csv), "--json")
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["error"]["code"]) == (2, 2)
    assert [(problem["line"], problem["column"]) for problem in answer["problems"]] == [(3, "category")]
    assert [verb for verb, _ in node.asked] == ["plan_rows"]


def test_an_import_can_leave_bad_lines_out(run: Run, node: Node, csv: Path) -> None:
    """What is left is sent as drafts with their line, key and fingerprint; defaults fill what a line does not say."""
    node.answers["import_rows"] = IMPORTED
    done = run("import", str(csv), "--skip-bad", "--audience", "public", "--language", "Arabic")
    assert done.exit_code == 0, done.output
    [row] = node.last()["rows"]
    assert row.keys() == {"line", "key", "fingerprint", "draft"}
    assert load_draft(row["draft"]).audience == "public"
    assert (row["line"], row["draft"]["language"]) == (2, "ar")
    assert "1 published. 1 bad line left out." in done.stdout


def test_a_dry_run_shows_what_would_be_done(run: Run, node: Node, csv: Path) -> None:
    """Nothing is imported, and bad lines still make exit code 2."""
    done = run("import", str(csv), "--dry-run")
    assert done.exit_code == 2
    assert "Line 2: Beans would be published (offer, Food to keep, 5 kg, seen by allies)" in done.stdout
    assert "no reference column" in done.stdout
    assert [verb for verb, _ in node.asked] == ["plan_rows"]


def test_a_dry_run_says_what_each_line_was_read_as(run: Run, node: Node, tmp_path: Path) -> None:
    """With days in words, so that day and month cannot be mistaken; a reference needs no warning."""
    file = tmp_path / "stock.csv"
    file.write_text(
        "reference,kind,title,category,quantity,use by,audience,area,note\n"
        f'7,surplus,Soup,food-meals,40 meals,05.12.2026,public,North side,"Lentils,\nwith bread{"!" * 40}"\n'
    )
    node.answers["plan_rows"] = {"rows": [{"line": 2, "title": "Soup", "what": "changed"}], "problems": []}
    done = run("import", str(file), "--dry-run")
    assert done.exit_code == 0, done.output
    said = (
        "Line 2: Soup would be changed (surplus, Cooked meals, 40 meal, area North side, use by 5 December 2026, "
        f"seen by public, note: Lentils, with bread{'!' * 20}…)"
    )
    assert done.stdout.splitlines()[-2:] == [said, "Nothing was imported: this was a dry run."]
    assert "no reference column" not in done.stdout


def test_a_column_can_be_named_by_hand(run: Run, node: Node, tmp_path: Path) -> None:
    """`--map` says what a header holds, and `--kind` what a line does not."""
    file = tmp_path / "stock.csv"
    file.write_text("Sache;category;quantity\nBohnen;food-dry;5\n")
    node.answers |= {"plan_rows": PLANNED, "import_rows": IMPORTED}
    done = run("import", str(file), "--map", "Sache=title", "--kind", "offer", "--unit", "kg", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["published"] == 1
    assert node.last()["rows"][0]["draft"]["title"] == "Bohnen"


REFUSED = {
    "rows": [{"line": 4, "title": "Beans", "what": "published"}, {"line": 5, "title": "Tea", "what": "withdrawn"}],
    "problems": [{"line": 2, "field": "audience", "reason": "The audience stays."}],
}


@pytest.fixture
def refused(tmp_path: Path, node: Node) -> Path:
    node.answers |= {"plan_rows": REFUSED, "import_rows": {**IMPORTED, "withdrawn": 1}}
    file = tmp_path / "stock.csv"
    file.write_text(
        "ref,kind,title,category,audience\n1,offer,Rice,food-dry,public\n2,offer,Coats,nonsense,\n"
        "3,offer,Beans,food-dry,\n4,offer,Tea,food-dry,\n"
    )
    return file


@pytest.mark.parametrize("more", [[], ["--dry-run"], ["--skip-bad"], ["--dry-run", "--skip-bad"]])
def test_a_line_that_the_node_would_refuse_is_bad_like_any_other(
    run: Run, node: Node, refused: Path, more: list[str]
) -> None:
    """It is named with its column, in the dry run and before the import; only --skip-bad goes on without it."""
    done = run("import", str(refused), *more)
    assert done.exit_code == (0 if "--skip-bad" in more else 2), done.output
    named = [line.partition(":")[0] for line in done.stderr.splitlines() if line.startswith("Line")]
    assert named == ["Line 2, audience", "Line 3, category"]
    assert ("2 lines are bad, so nothing was imported" in done.stderr) == (more == [])
    assert "Rice" not in done.stdout
    imported = [[row["line"] for row in arguments["rows"]] for verb, arguments in node.asked if verb == "import_rows"]
    assert imported == ([[4, 5]] if more == ["--skip-bad"] else [])


def test_what_was_withdrawn_is_said_to_be_left_alone(run: Run, refused: Path) -> None:
    """In its own words, in the dry run, after the import and as JSON."""
    planned = run("import", str(refused), "--dry-run").stdout
    assert "Line 5: Tea was withdrawn here and is left alone (offer, Food to keep, seen by allies)" in planned
    done = run("import", str(refused), "--skip-bad").stdout
    assert done.splitlines()[-1] == "1 published, 1 was withdrawn here and left alone. 2 bad lines left out."
    as_json = json.loads(run("import", str(refused), "--skip-bad", "--json").stdout)
    assert as_json["withdrawn"] == 1
    assert [problem["line"] for problem in as_json["problems"]] == [2, 3]


def test_nothing_is_imported_where_every_line_is_refused(run: Run, node: Node, tmp_path: Path) -> None:
    """The node is not asked to import no lines."""
    node.answers["plan_rows"] = {"rows": [], "problems": [{"line": 2, "field": "unit", "reason": "No."}]}
    file = tmp_path / "stock.csv"
    file.write_text("kind,title,category,how much\noffer,Beans,food-dry,5 kg\n")
    done = run("import", str(file), "--skip-bad")
    assert (done.exit_code, done.stderr) == (2, "Line 2, how much: No.\nError: There is no line to import.\n")
    assert [verb for verb, _ in node.asked] == ["plan_rows"]


@pytest.mark.parametrize("words", [["--category", "nonsense"], ["--category", "food-dry", "--fact", "nope"]])
def test_typed_words_get_english_suggestions(run: Run, words: list[str]) -> None:
    """The command line speaks English, whatever language the collective writes in."""
    done = run("offer", "Rice", *words)
    assert done.exit_code == 2
    assert re.search("write for example (Cooked meals, Food to keep|halal, kosher), ", done.stderr)


FINDING = {
    "what": "object",
    "type": "Note",
    "id": POST["id"],
    "title": "Rice",
    "signed_by": POST["owner"],
    "name": "Birch Kitchen",
    "key": "z6Mk",
    "key_from": "store",
    "created": "2026-11-23T10:20:30+00:00",
    "holds": True,
    "reason": "",
}


@pytest.mark.parametrize(
    ("findings", "holds", "code"),
    [
        ([FINDING], True, 0),
        ([FINDING, {**FINDING, "holds": False, "reason": "changed"}], False, 1),
        ([], True, 1),
    ],
)
def test_verify_succeeds_only_if_everything_holds(
    run: Run, node: Node, tmp_path: Path, *, findings: list[Any], holds: bool, code: int
) -> None:
    """Where one signature does not hold, or there is none at all, the exit code is 1."""
    node.answers["verify"] = {"holds": holds, "findings": findings}
    file = tmp_path / "post.json"
    file.write_text("{}")
    done = run("verify", str(file))
    assert done.exit_code == code
    assert node.last() == {"document": "{}", "address": None, "actor_document": None}
    assert run("verify", "-", given="{}").exit_code == code
    assert node.last()["document"] == "{}"
    assert run("verify", POST["id"]).exit_code == code
    assert node.last() == {"document": None, "address": POST["id"], "actor_document": None}


UNKNOWN = {**FINDING, "holds": False, "key": None, "key_from": "none", "reason": "not known here"}


@pytest.mark.parametrize(
    ("findings", "words"),
    [
        ([UNKNOWN, FINDING], "Cannot be checked here: nobody here knows the keys of its signer."),
        ([UNKNOWN, {**FINDING, "holds": False}], "It does NOT hold."),
        ([{**FINDING, "holds": False, "by_hand": True}, FINDING], "Check by hand: it was signed with a key"),
        ([{**FINDING, "holds": False, "by_hand": True}, {**FINDING, "holds": False}], "It does NOT hold."),
        ([{**UNKNOWN, "created": None}], "It does NOT hold."),
    ],
)
def test_what_cannot_be_checked_is_not_called_false(
    run: Run, node: Node, tmp_path: Path, findings: list[Any], words: str
) -> None:
    """Only where missing keys are the only trouble, and the exit code stays 1."""
    node.answers["verify"] = {"holds": False, "findings": findings}
    (tmp_path / "post.json").write_text("{}")
    done = run("verify", str(tmp_path / "post.json"))
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1].startswith(words)
    assert "says it is by" in done.stdout
    assert ("--actor FILE" in done.stdout) == words.startswith("Cannot")


def test_verify_without_a_folder_says_how_to_do_without(run: Run, desk: Desk, tmp_path: Path) -> None:
    """A file needs the signer's document alone."""
    (tmp_path / "post.json").write_text("{}")
    elsewhere = replace(desk, environment={"QAFILA_DATA": str(tmp_path / "none")})
    done = run("verify", str(tmp_path / "post.json"), at=elsewhere)
    assert done.exit_code == 3
    assert "--actor FILE" in done.stderr


def test_verify_with_the_signers_document_needs_no_folder(run: Run, node: Node, desk: Desk, tmp_path: Path) -> None:
    """Two files are enough; what carries no proof does not hold."""
    (tmp_path / "post.json").write_text('{"type": "Note"}')
    (tmp_path / "actor.json").write_text("{}")
    elsewhere = replace(desk, environment={"QAFILA_DATA": str(tmp_path / "none")})
    done = run("verify", str(tmp_path / "post.json"), "--actor", str(tmp_path / "actor.json"), at=elsewhere)
    assert done.exit_code in {1, 2}
    assert node.asked == []


def test_init_makes_a_node_that_others_cannot_read(tmp_path: Path) -> None:
    """Folder, settings, keys and database, for its owner alone; a second time it refuses and changes nothing."""
    folder = tmp_path / "birch"
    said = ["--data", str(folder), "--name", "birch", "--title", "مطبخ", "--url", "https://birch.example"]
    first = qafila("init", *said, "--mode", "open")
    assert first.returncode == 0, first.stderr
    assert "qafila run" in first.stdout
    assert {entry.stat().st_mode & 0o777 for entry in folder.iterdir()} == {0o600}
    assert 'title = "مطبخ"' in (folder / "qafila.toml").read_text()
    before = {entry.name: entry.read_bytes() for entry in folder.iterdir()}
    again = qafila("init", *said)
    assert again.returncode == 1
    assert "already" in again.stderr
    assert "qafila run" in again.stderr
    assert {entry.name: entry.read_bytes() for entry in folder.iterdir()} == before
    whoami = qafila("whoami", "--data", str(folder), "--json")
    assert json.loads(whoami.stdout)["handle"] == "@birch@birch.example"


ONION = f"http://{onion_of('birch')}"


@pytest.mark.parametrize(
    "bad", [["--name", "Birch!"], ["--url", "http://birch.example"], ["--mode", "shut"], ["--url", ONION], []]
)
def test_init_with_something_wrong_or_missing_makes_nothing(tmp_path: Path, bad: list[str]) -> None:
    """Exit code 2, what is allowed or missing, and no folder."""
    said = ["--name", "birch", "--url", "https://birch.example"] + (["--title", "Birch"] if bad else [])
    done = qafila("init", "--data", str(tmp_path / "birch"), *said, *bad)
    assert done.returncode == 2
    assert "Allowed: " in done.stderr or f"say also: {'--socks 127.0.0.1:9050' if bad else '--title'}" in done.stderr
    assert not (tmp_path / "birch").exists()


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a Python of its own, with nobody at the keyboard."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QAFILA_")}
    return subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**clean, **environment},
    )


def qafila(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the real thing."""
    return python("-m", "node", *arguments, **environment)


AT_A_TERMINAL = """
import fcntl, runpy, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C is one
runpy.run_module("node", run_name="__main__")
"""


def at_a_terminal(steps: Mapping[str, str], *arguments: str, leave_at: str = "", **environment: str) -> tuple[int, str]:
    """Run the real thing with somebody who types each text once they see the other; its exit code, and all they saw.

    Where they see `leave_at` they press Ctrl-C, and again as long as nothing happens: just before it waits for what is
    typed, Python can miss one.
    """
    keyboard, terminal = pty.openpty()
    with subprocess.Popen(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", AT_A_TERMINAL, *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        cwd=ROOT,
        start_new_session=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
    ) as asking:
        os.close(terminal)
        seen, left = b"", dict(steps)
        while True:
            happened = select.select([keyboard], [], [], 5)[0]
            if happened:
                if not (chunk := _read(keyboard)):
                    break
                seen += chunk
            for question in [question for question in left if question.encode() in seen]:
                os.write(keyboard, left.pop(question).encode())
            if leave_at and leave_at.encode() in seen and not (happened and b"^C" in seen):
                os.write(keyboard, b"\x03")
        os.close(keyboard)
    return asking.returncode, seen.decode()


def test_init_asks_for_what_it_needs_on_a_terminal(tmp_path: Path) -> None:
    """An answer that cannot be is explained and asked again, an empty one takes what is suggested."""
    folder = tmp_path / "birch"
    typed = "\nمطبخ\nhttp://birch.example\nBirch.example\nBirch Kitchen\n\nklingon\n\nshut\n\n"
    code, shown = at_a_terminal({"1.": typed}, "init", "--data", str(folder), LC_ALL="ar_SY.UTF-8")
    assert code == 0, shown
    wrong = re.findall(r"Error: (.*)\r\n", shown)
    assert [line.split()[0] for line in wrong] == ["Some", "That", "1", "The", "allies"], "one for each question"
    assert "The node of \u2068مطبخ\u2069 is ready" in shown, "isolated, so that it cannot disorder its line"
    values = tomllib.loads((folder / "qafila.toml").read_text())
    assert values == {
        "title": "مطبخ", "url": "https://birch.example", "name": "birch", "language": "ar", "mode": "allies",
    }  # fmt: skip


def test_init_asks_for_nothing_that_was_said(tmp_path: Path) -> None:
    """Each question can be answered by a flag; the rest is still asked."""
    said = ["--title", "Birch", "--url", "https://birch.example", "--mode", "open", "--language", "tr"]
    code, shown = at_a_terminal({"name [": "\n"}, "init", "--data", str(tmp_path / "birch"), *said)
    assert code == 0, shown
    assert "1 short question." in shown
    assert "Short name [birch]: " in shown


@pytest.mark.parametrize(
    ("steps", "leave_at"), [({}, "Name:"), ({"Name:": "Birch\n", "Domain:": "birch.example\n"}, "[birch]")]
)
def test_who_leaves_init_leaves_nothing_behind(tmp_path: Path, steps: Mapping[str, str], leave_at: str) -> None:
    """Ctrl-C ends it at any question, and not even the folders above are made."""
    folder = tmp_path / "far" / "away" / "birch"
    code, shown = at_a_terminal(steps, "init", "--data", str(folder), leave_at=leave_at)
    assert code == 130, shown
    assert list(tmp_path.iterdir()) == []


def test_init_says_what_to_type_where_nobody_can_be_asked(tmp_path: Path) -> None:
    """Each flag that is missing, with an example that could be typed as it stands."""
    done = qafila("init", "--data", str(tmp_path / "birch"), "--name", "birch")
    assert done.returncode == 2
    assert "say also: --title 'Birch Kitchen' --url https://birch.example\n" in done.stderr


def test_init_of_an_onion_service(tmp_path: Path) -> None:
    """With Tor's port it is made, and the next thing to do is a line for Tor, not a web server."""
    said = ["--name", "birch", "--title", "Birch", "--url", f"{ONION}/", "--socks", "127.0.0.1:9050"]
    done = qafila("init", "--data", str(tmp_path / "birch"), *said)
    assert done.returncode == 0, done.stderr
    assert "HiddenServicePort 80 127.0.0.1:8400" in done.stdout
    assert "web server" not in done.stdout
    values = tomllib.loads((tmp_path / "birch" / "qafila.toml").read_text())
    assert (values["url"], values["socks"]) == (ONION, "127.0.0.1:9050")


def test_init_asks_an_onion_service_where_tor_is(tmp_path: Path) -> None:
    """It has one question more, and no short name is made from a key."""
    typed = f"Birch\n{onion_of('birch')}\nlocalhost:9050\n\n\nbirch\n\n\n"
    code, shown = at_a_terminal({"1.": typed}, "init", "--data", str(tmp_path / "birch"))
    assert code == 0, shown
    assert [line.split()[0] for line in re.findall(r"Error: (.*)\r\n", shown)] == ["An", "1"]
    values = tomllib.loads((tmp_path / "birch" / "qafila.toml").read_text())
    assert (values["url"], values["socks"], values["name"]) == (ONION, "127.0.0.1:9050", "birch")


def test_init_takes_what_the_environment_says(tmp_path: Path) -> None:
    """In a container nobody needs to type; what names the collective is kept in its settings file."""
    said = {"QAFILA_NAME": "birch", "QAFILA_TITLE": "Birch", "QAFILA_URL": "https://birch.example"}
    done = qafila("init", "--json", QAFILA_DATA=str(tmp_path / "birch"), QAFILA_INBOX_GROUP="7", **said)
    assert json.loads(done.stdout)["handle"] == "@birch@birch.example"
    values = tomllib.loads((tmp_path / "birch" / "qafila.toml").read_text())
    assert values == {"name": "birch", "title": "Birch", "url": "https://birch.example"}


def _read(keyboard: int) -> bytes:
    try:
        return os.read(keyboard, 4096)
    except OSError:  # how a terminal says that the other side is gone
        return b""


async def test_a_command_goes_to_the_node_that_runs(desk: Desk) -> None:
    """Over the socket, while somebody else holds the folder."""

    async def dispatch(verb: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"verb": verb, **arguments}

    with desk.folder.lock() as held:
        async with serve(held, dispatch):
            assert await perform(desk.folder, desk.settings(), "show", {"id": "3f9a"}) == {"verb": "show", "id": "3f9a"}


async def test_a_folder_that_stays_busy_is_told(desk: Desk) -> None:
    """A command waits a while for a node that is just starting, then says so."""
    with desk.folder.lock(), pytest.raises(Unavailable, match="busy"):
        await perform(desk.folder, desk.settings(), "status", {}, tries=2)


def test_python_m_node_is_qafila() -> None:
    """The same help under the same name."""
    done = qafila("--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: qafila ")
    assert all(title in done.stdout for title in SECTIONS)


def test_help_loads_nothing_but_click() -> None:
    """The list of commands is there at once: none of them is loaded for it."""
    code = "import sys; from node.cli import main\ntry: main(['--help'])\nexcept SystemExit: print(*sys.modules)"
    loaded = set(python("-c", code).stdout.splitlines()[-1].split())
    assert loaded.isdisjoint({"asyncio", "aiohttp", "sqlalchemy", "cryptography", "schema.errors", "node.settings"})


def test_output_survives_a_terminal_that_is_not_utf8(tmp_path: Path) -> None:
    """What it cannot show is shown as an escape."""
    done = qafila("list", "--data", str(tmp_path / "كوخ"), PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert done.returncode == 3
    assert "\\u0643" in done.stderr


def test_a_debugger_may_see_where_an_error_came_up(tmp_path: Path) -> None:
    """Only with QAFILA_DEBUG=1."""
    assert "Traceback" not in qafila("list", "--data", str(tmp_path)).stderr
    assert "Traceback" in qafila("list", "--data", str(tmp_path), QAFILA_DEBUG="1").stderr


def test_what_nobody_foresaw_is_a_sentence(run: Run, desk: Desk) -> None:
    """No traceback, and nothing of what was in hand."""

    def stumble() -> datetime:
        raise KeyError("private")

    done = run("offer", "Rice", "--category", "food-dry", at=replace(desk, now=stumble))
    assert done.exit_code == 4
    assert "KeyError" in done.stderr
    assert "private" not in done.stderr
    assert "Traceback" not in done.stderr


def test_right_to_left_text_keeps_its_columns() -> None:
    """Marks take no column, wide letters two, and what is too long is cut at a column."""
    assert width("أرزٌ") == 3
    assert width("米") == 2
    assert shortened("abcdef", 4) == "abc…"
    assert width(shortened("米米米米", 5)) <= 5
    assert human("ab") == "ab"
    assert words_by_four(["a", "bb", "c", "d", "e"]) == "    a   bb  c   d\n    e"


def test_a_table_is_as_wide_as_its_cells(capsys: pytest.CaptureFixture[str]) -> None:
    """Columns begin under each other, without blanks at the end."""
    table(("a", "title"), [("1", "米"), ("22", "x\ny")])
    assert capsys.readouterr().out == "a   title\n1   米\n22  x\\ny\n"
    say_json({"x": "أ\u2028"})
    assert capsys.readouterr().out == '{\n  "x": "أ\\u2028"\n}\n'


def test_every_command_explains_itself_with_an_example(run: Run) -> None:
    """Its line in the list is short, its help is a sentence, and its examples begin with its name."""
    for name, command in docs.commands():
        assert isinstance(command, Command | Group), name
        assert command.help, name
        assert command.examples, name
        assert all(example.startswith(name) for example in command.examples), name
        shown = run(*name.split()[1:], "--help")
        assert shown.exit_code == 0
        assert all(example in shown.stdout for example in command.examples), name
        for option in command.params:
            assert not isinstance(option, click.Option) or option.help, (name, option.name)


def test_the_manual_of_commands_is_up_to_date() -> None:
    """docs/commands.md is what the commands say: `python -m node.cli.docs > docs/commands.md`."""
    written = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert written == docs.manual()
    assert all(f"### {name}\n" in written for name, _ in docs.commands())


def test_every_setting_is_a_flag_of_run_and_init() -> None:
    """The flags come from the same table as the file and the environment."""
    names = {name: {flag for option in command.params for flag in option.opts} for name, command in docs.commands()}
    flags = {setting.flag for setting in SETTINGS}
    assert flags <= names["qafila run"]
    assert flags <= names["qafila init"]
