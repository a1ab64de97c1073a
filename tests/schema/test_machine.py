"""State machines are tables, and bad tables are refused."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from schema.errors import StateError
from schema.machine import BadTableError, Machine
from schema.proposal import LIFE, Act, State


class Lamp(StrEnum):
    """A small life."""

    OFF = "off"
    ON = "on"
    BROKEN = "broken"


class Deed(StrEnum):
    """What is done to it."""

    SWITCH = "switch"
    DROP = "drop"


GOOD: Mapping[tuple[Lamp, Deed], Lamp] = {
    (Lamp.OFF, Deed.SWITCH): Lamp.ON,
    (Lamp.ON, Deed.SWITCH): Lamp.OFF,
    (Lamp.ON, Deed.DROP): Lamp.BROKEN,
}


def lamp(
    table: Mapping[tuple[Lamp, Deed], Lamp] = GOOD, final: frozenset[Lamp] = frozenset({Lamp.BROKEN})
) -> Machine[Lamp, Deed]:
    return Machine("lamp", Lamp.OFF, final, table)


def test_a_good_table() -> None:
    """A table that keeps the rules answers what follows, and refuses what it does not name."""
    machine = lamp()
    assert machine.after(Lamp.OFF, Deed.SWITCH) is Lamp.ON
    with pytest.raises(StateError, match="A lamp that is broken cannot be changed by: switch"):
        machine.after(Lamp.BROKEN, Deed.SWITCH)


@pytest.mark.parametrize(
    ("table", "final", "complaint"),
    [
        ({(Lamp.OFF, Deed.SWITCH): Lamp.ON, (Lamp.ON, Deed.DROP): Lamp.OFF}, {Lamp.BROKEN}, "never reached: broken"),
        (GOOD, {Lamp.BROKEN, Lamp.ON}, "final, yet a move leaves it: on"),
        (GOOD, set(), "not final, yet no move leaves it: broken"),
        (
            {(Lamp.OFF, Deed.SWITCH): Lamp.ON, (Lamp.ON, Deed.SWITCH): Lamp.BROKEN},
            {Lamp.BROKEN},
            "without a move: drop",
        ),
        ({}, {Lamp.OFF}, "never reached: broken, on"),
    ],
)
def test_bad_tables(table: Mapping[tuple[Lamp, Deed], Lamp], final: set[Lamp], complaint: str) -> None:
    """A table that breaks a rule is refused when it is made, and says which."""
    with pytest.raises(BadTableError, match=complaint):
        lamp(table, frozenset(final))


def test_life_of_a_proposal() -> None:
    """A withdrawn proposal stays withdrawn; from anywhere else it can be withdrawn."""
    assert not any((State.WITHDRAWN, act) in LIFE.table for act in Act)
    assert all((state, Act.WITHDRAW) in LIFE.table for state in State if state is not State.WITHDRAWN)
