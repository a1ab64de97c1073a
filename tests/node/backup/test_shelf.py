"""The folder of backups: what lies on it, and what is removed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from node.backup import shelf as shelves
from node.holding import hold

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def put(shelf: Path, *moments: datetime) -> list[Path]:
    """Backups that were made then."""
    made = [shelf / shelves.name_of("birch", moment) for moment in moments]
    for path in made:
        path.touch()
    return made


@pytest.mark.parametrize("others", [NOW + 3650 * DAY, NOW - 3650 * DAY])
def test_a_clock_that_is_wrong_costs_no_backup(tmp_path: Path, others: datetime) -> None:
    """The one just made stays, whether others say that they are of the future, or this machine is back in the past."""
    there = put(tmp_path, *(others + number * DAY for number in range(3)))
    [new] = put(tmp_path, NOW)
    removed = shelves.prune(tmp_path, "birch", 2, NOW)
    assert removed == ([] if others > NOW else [there[1], there[0]])
    assert new.exists()


def test_what_is_no_backup_is_passed_over(tmp_path: Path) -> None:
    """A moment that never was and a link to nothing hide none of the others."""
    [good] = put(tmp_path, NOW)
    (tmp_path / "birch-99999999T999999Z.qafila.age").touch()
    (tmp_path / "birch-20261125T100000Z.qafila.age").symlink_to(tmp_path / "nowhere")
    assert [one.path for one in shelves.kept(tmp_path, "birch")] == [good]


def test_what_is_half_written_goes_unless_somebody_is_at_it(tmp_path: Path) -> None:
    """A backup that was killed takes no room for ever, and one that is being made is left alone."""
    left, begun = (tmp_path / f".birch-2026112{day}T090000Z.qafila.age.partial" for day in (4, 5))
    left.touch()
    [good] = put(tmp_path, NOW)
    with hold(begun):
        shelves.sweep(tmp_path, "birch")
        assert set(tmp_path.iterdir()) == {begun, good}
    shelves.sweep(tmp_path, "birch")
    assert set(tmp_path.iterdir()) == {good}
