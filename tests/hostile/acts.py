"""Other activities than those about offers, in which one member after the other has a value of another kind."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import partial
from typing import Any, Final

from tests.hostile.shapes import ITEM, LIST, MOMENT, NEEDED, VALUES, Kind, kind, put
from tests.hostile.world import Case, World


def accepted(world: World) -> dict[str, Any]:
    """A request of ours that was never made."""
    ids = world.node.ids
    return {"id": ids.activity("x"), "type": "Follow", "actor": ids.actor, "object": world.ally.ids.actor}


ACTS: Final[dict[str, Callable[[World], dict[str, Any]]]] = {
    "Follow": lambda w: w.ally.follow(w.node.ids.actor),
    "Undo": lambda w: w.ally.activity("Undo", w.ally.follow(w.node.ids.actor)),
    "Accept": lambda w: w.ally.activity("Accept", accepted(w)),
    "Delete": lambda w: w.ally.delete(w.ally.ids.proposal("gone")),
    "Add": lambda w: w.ally.activity("Add", w.kept.id, target=w.ally.ids.allies),
    "Announce": lambda w: w.ally.activity("Announce", w.kept.id, published="2026-11-23T09:00:00Z"),
}
ANY: Final = {"id": NEEDED, "type": ITEM, "actor": NEEDED, "object": NEEDED}
MEMBERS: Final[dict[str, dict[str, Kind]]] = {
    "Follow": {**ANY, "to": LIST, "to.0": ITEM},
    "Undo": {
        **ANY,
        "object": kind("object"),
        "object.id": kind("null"),
        "object.type": kind("null text"),
        "object.actor": kind("", 400, null=403, text=403),
    },
    "Accept": {
        **ANY,
        "object": kind("", 400, object=403),
        "object.id": kind("", 400, null=403),
        "object.actor": kind("", 400, null=403, text=403, list=403),
    },
    "Delete": {**ANY, "object.id": NEEDED, "object.type": kind("null text"), "to": LIST, "to.0": ITEM},
    "Add": {**ANY, "target": NEEDED},
    "Announce": {**ANY, "published": MOMENT},
}


def with_member(world: World, act: str, path: str, value: Any) -> bytes:
    """An activity in which one member has this value, its proof made over it."""
    made = ACTS[act](world)
    del made["proof"]
    embedded = made["object"]
    if isinstance(embedded, dict):
        embedded.pop("proof", None)
    put(made, path, deepcopy(value))
    return world.post(world.ally.prove(made))


def cases(act: str) -> list[Case]:
    """Everything that such an activity is refused for."""
    every = [
        replace(member.case(name, partial(with_member, act=act, path=path, value=value)), id=f"{path}-{name}")
        for path, member in MEMBERS[act].items()
        for name, value in VALUES.items()
    ]
    return [case for case in every if not case.changes]
