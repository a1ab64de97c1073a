"""Keys over time: whatever the history, and in whatever order it comes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schema.lineage import Broken, Lineage, Replaced, Revocation, Rotation, Statement, Why, fold

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class History:
    """Statements by one honest hand; `keys` are the pairs in force over time, `stolen` those revoked."""

    keys: tuple[frozenset[str], ...]
    statements: tuple[Statement, ...]
    stolen: dict[str, datetime]


def pair(number: int) -> frozenset[str]:
    return frozenset({f"ed25519 {number}", f"rsa {number}"})


def rotation(sequence: int, old: int, following: frozenset[str] | None = None) -> Rotation:
    at = START + timedelta(days=sequence)
    new = pair(old + 1) if following is None else following
    return Rotation(sequence, f"ed25519 {old}", f"#{old}", at, new, at + WEEK)


def revocation(sequence: int, by: int, stolen: str) -> Revocation:
    at = START + timedelta(days=sequence)
    return Revocation(sequence, f"ed25519 {by}", f"#{by}", at, stolen, at - WEEK)


@st.composite
def histories(draw: st.DrawFn, least: int = 0) -> History:
    """A number of rotations and revocations, beginning anywhere: what is older than a node serves is not there."""
    number = draw(st.integers(1, 5))
    current, statements, stolen = 1, list[Statement](), dict[str, datetime]()
    for is_rotation in draw(st.lists(st.booleans(), min_size=least, max_size=8)):
        sequence = number + len(statements)
        if is_rotation or current == 1:
            statements.append(rotation(sequence, current))
            current += 1
        else:
            said = revocation(sequence, current, f"ed25519 {draw(st.integers(1, current - 1))}")
            statements.append(said)
            stolen[said.key] = min(said.since, stolen.get(said.key, said.since))
    return History(tuple(pair(one) for one in range(1, current + 1)), tuple(statements), stolen)


def lineage(compared: frozenset[str], statements: Sequence[Statement]) -> Lineage:
    line = fold(compared, statements)
    assert isinstance(line, Lineage)
    return line


@given(histories(), st.data())
def test_whoever_compared_any_keys_comes_to_the_same(history: History, data: st.DataObject) -> None:
    """From any keys on the way, and from statements in any order and number, everyone comes to the same keys."""
    shuffled = data.draw(st.permutations(history.statements))
    again = data.draw(st.lists(st.sampled_from(history.statements))) if history.statements else []
    line = lineage(data.draw(st.sampled_from(history.keys)), [*shuffled, *again])
    assert line.current == history.keys[-1]
    assert line.revoked == history.stolen
    assert line.replaced.keys() == {f"ed25519 {number}" for number in range(1, len(history.keys))}
    assert line == lineage(history.keys[-1], history.statements) or not history.statements


@given(histories(least=1), st.data())
def test_a_fork_is_seen_in_any_order(history: History, data: st.DataObject) -> None:
    """Two different statements under one number count for nothing, whichever comes first and whoever signed them."""
    one = data.draw(st.sampled_from(history.statements))
    other = data.draw(
        st.sampled_from(
            [
                replace(one, at=one.at + WEEK),
                replace(one, signer="ed25519 of a thief"),
                Rotation(one.sequence, one.signer, one.signer_id, one.at, pair(99), one.at),
            ]
        )
    )
    forked = data.draw(st.permutations([*history.statements, other]))
    assert fold(history.keys[0], forked) == Broken(Why.FORK)


@given(histories(least=3), st.data())
def test_what_is_missing_in_the_middle_is_a_gap(history: History, data: st.DataObject) -> None:
    """Without a statement between two others nothing leads on."""
    missing = data.draw(st.sampled_from(history.statements[1:-1]))
    rest: list[Statement] = [statement for statement in history.statements if statement != missing]
    assert fold(history.keys[0], data.draw(st.permutations(rest))) == Broken(Why.GAP)


@given(histories(), st.data())
def test_a_thief_gets_nowhere(history: History, data: st.DataObject) -> None:
    """Whoever holds any keys but those in force cannot say what comes next."""
    last = history.statements[-1].sequence if history.statements else 0
    number = data.draw(st.integers(1, len(history.keys) - 1)) if len(history.keys) > 1 else 77
    theft = rotation(last + 1, number, pair(99))
    statements: list[Statement] = [*history.statements, theft]
    why = Why.REVOKED if theft.signer in history.stolen else Why.NOT_IN_FORCE
    expected = Broken(why) if history.statements else Broken(Why.ELSEWHERE)
    assert fold(history.keys[0], data.draw(st.permutations(statements))) == expected


def test_nothing_said_changes_nothing() -> None:
    """Keys of which nothing was ever said are those that were compared, whatever their number."""
    assert fold(frozenset({"rsa 1"}), []) == Lineage(frozenset({"rsa 1"}))


def test_a_history_of_others_is_none() -> None:
    """Statements that do not pass by the keys that were compared lead nowhere, and half of a pair is not the pair."""
    for compared in (pair(9), frozenset({"ed25519 2", "rsa 9"}), frozenset({"rsa 2"})):
        assert fold(compared, [rotation(1, 1), rotation(2, 2)]) == Broken(Why.ELSEWHERE)


def test_a_key_does_not_come_back() -> None:
    """What was in force once, or was revoked, is never in force again."""
    for sequence, before in ((3, [rotation(1, 1), rotation(2, 2)]), (2, [rotation(1, 1)])):
        back = rotation(sequence, sequence, pair(1))
        assert fold(pair(1), [*before, back]) == Broken(Why.COMES_BACK)
    stolen: list[Statement] = [rotation(1, 1), revocation(2, 2, "ed25519 7"), rotation(3, 2, frozenset({"ed25519 7"}))]
    assert fold(pair(1), stolen) == Broken(Why.COMES_BACK)


def test_a_key_in_force_hands_over_before_it_is_revoked() -> None:
    """A revocation of the key in force says nothing about what comes next, so it is not taken."""
    assert fold(pair(1), [revocation(1, 1, "ed25519 1")]) == Broken(Why.IN_FORCE)


def test_the_earliest_time_counts() -> None:
    """Of two times from which a key was in wrong hands, the earlier one stands."""
    early = replace(revocation(3, 2, "ed25519 1"), since=START - 2 * WEEK)
    line = lineage(pair(1), [rotation(1, 1), revocation(2, 2, "ed25519 1"), early, revocation(4, 2, "ed25519 1")])
    assert line.revoked == {"ed25519 1": START - 2 * WEEK}


def test_what_is_listed_beside_the_keys_in_force() -> None:
    """A key that handed over counts until its time, unless it was revoked."""
    line = lineage(pair(1), [rotation(1, 1), rotation(2, 2)])
    until = START + timedelta(days=1) + WEEK
    assert line.replaced["ed25519 1"] == Replaced("#1", until)
    assert [old.id for old in line.listed(until - timedelta(seconds=1))] == ["#1", "#2"]
    assert [old.id for old in line.listed(until)] == ["#2"]
    line = lineage(pair(1), [rotation(1, 1), rotation(2, 2), revocation(3, 3, "ed25519 2")])
    assert [old.id for old in line.listed(START)] == ["#1"]
