"""Bad inputs at the level of who may say what (the A list of the security rules)."""

from functools import partial
from typing import Any, Final

from schema.proposal import Kind
from schema.quantity import Quantity, unit
from schema.visibility import Audience
from tests.hostile.world import INBOX, Case, World
from tests.rig.sender import Sender


def update(world: World, *, sender: Sender | None = None, **members: Any) -> bytes:
    """An Update by the ally to a Note with these members."""
    by = sender or world.ally
    return world.post(by.update(by.note(**members)), by=by)


def next_revision(world: World, **said: Any) -> bytes:
    """An Update by its owner to what is kept, which now says something else."""
    draft = world.ally.proposal(world.kept.id.rpartition("/")[2], revision=3, **said)
    return world.post(world.ally.update(world.ally.note(draft)))


def act(world: World, kind: str, thing: Any = None, *, sender: Sender | None = None, **members: Any) -> bytes:
    """An activity of the ally's, or of another's."""
    by = sender or world.ally
    return world.post(by.activity(kind, thing, **members), by=by)


def answer(world: World, kind: str, *, whole: bool = False) -> bytes:
    """An answer to a request of ours that was never made."""
    ids = world.node.ids
    asked = {"id": ids.activity("neversent"), "type": "Follow", "actor": ids.actor, "object": world.ally.ids.actor}
    return act(world, kind, asked if whole else asked["id"])


def spelled(world: World, old: str, new: str) -> bytes:
    """The ally's address in another spelling, in its actor and all its ids."""
    body = world.ally.create()
    base = world.ally.ids.base
    other = base.replace(old, new)

    def respelled(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(base, other)
        if isinstance(value, dict):
            return {key: respelled(part) for key, part in value.items()}
        return [respelled(part) for part in value] if isinstance(value, list) else value

    return world.post(respelled(body))


def foreign(world: World) -> str:
    """An address on another origin than the ally's."""
    return world.canary.ids.proposal("x1").replace("cedar", "elsewhere")


def elsewhere(world: World, kind: str, *, aimed: bool = False) -> bytes:
    """An activity of the ally's about something on another origin, perhaps with a target there."""
    return act(world, kind, foreign(world), target=foreign(world) if aimed else None)


def strange(world: World, kind: str) -> bytes:
    """What a stranger may not say."""
    return act(world, kind, world.stranger.note(), sender=world.stranger, target=world.stranger.ids.actor)


def unproven(world: World) -> bytes:
    """A newer version of what was proven, without a proof."""
    note = world.ally.note(world.ally.proposal(world.kept.id.rpartition("/")[2], revision=3))
    del note["proof"]
    return world.post(world.ally.update(note))


ADDS: Final = ("Add", "Remove")
STRANGE: Final = ("Create", "Update", "Delete", "Announce", "Like", "Accept", "Reject", "Offer", "Block", "Cinnamon")
SPELLINGS: Final = {
    "capitals": ("birch", "BIRCH"),
    "trailing-dot": (".localhost", ".localhost."),
    "homograph": ("birch", "b\u0456rch"),
    "full-width": ("birch", "\uff42irch"),
    "ideographic-dot": (".localhost", "\u3002localhost"),
    "user": ("//", "//evil@"),
    "needless-zero": (":", ":0"),
    "dots": ("localhost", "localhost/../x"),
    "ftp": ("http:", "ftp:"),
    "tab": ("birch", "bi\trch"),
}
IGNORED: Final = ("Announce", "Like", "Block", "Flag", "View", "TentativeAccept", "Cinnamon")

CASES: Final = (
    Case("A01-object-elsewhere", lambda w: w.post(w.ally.create(w.ally.note(id=foreign(w)))), 403),
    Case("A01-object-of-another-ally", lambda w: w.post(w.ally.create(w.canary.note())), 403),
    Case("A01-object-of-a-neighbour", lambda w: w.post(w.ally.create(w.neighbour.note())), 403),
    Case("A02-activity-elsewhere", lambda w: w.post(w.ally.create(id=w.canary.ids.activity("a2"))), 403),
    Case("A03-actor-elsewhere", lambda w: w.post(w.ally.create(actor=w.canary.ids.actor)), 403),
    Case("A04-neighbours-offer", lambda w: update(w, id=w.neighbours.id, revision=3), 403),
    Case("A04-neighbours-own", lambda w: w.post(w.ally.update(w.neighbour.note(w.neighbours))), 403),
    Case("A04-neighbours-by-create", lambda w: w.post(w.ally.create(w.ally.note(id=w.neighbours.id))), 403),
    Case("A05-owner", lambda w: update(w, id=w.kept.id, attributedTo=w.neighbour.ids.actor, revision=3), 403),
    Case("A05-kind", lambda w: next_revision(w, kind=Kind.NEED), 422),
    Case("A05-unit", lambda w: next_revision(w, quantity=Quantity.parse("20", unit("LTR"))), 422),
    Case("A05-audience", lambda w: next_revision(w, audience=Audience.PUBLIC), 422),
    Case("A06-same-revision", lambda w: update(w, id=w.kept.id, revision=2), 409),
    Case("A06-unproven", unproven, 401),
    Case("A07-delete-neighbours", lambda w: w.post(w.ally.delete(w.neighbours.id)), 403),
    Case("A07-delete-elsewhere", lambda w: w.post(w.ally.delete(foreign(w))), 403),
    Case("A07-delete-ours", lambda w: w.post(w.ally.delete(w.node.ids.proposal("x1"))), 403),
    Case("A11-delete-oneself", lambda w: w.post(w.ally.delete(w.ally.ids.actor)), 202, INBOX),
    Case("A13-suspended-create", lambda w: w.post(w.suspended.create(), by=w.suspended), 403),
    Case("A13-suspended-follow", lambda w: w.post(w.suspended.follow(w.node.ids.actor), by=w.suspended), 403),
    Case("A14-embedded-by-an-ally", lambda w: w.post(w.ally.create(w.suspended.note())), 403),
    Case("A14-announced-by-an-ally", lambda w: act(w, "Announce", w.suspended.note()), 202, INBOX),
    *(Case(f"A15-stranger-{kind}", partial(strange, kind=kind), 403) for kind in STRANGE),
    Case("A15-stranger-Undo", lambda w: act(w, "Undo", w.stranger.ids.activity("u1"), sender=w.stranger), 403),
    Case("A15-follow-of-another", lambda w: w.post(w.ally.follow(w.canary.ids.actor)), 404),
    *(Case(f"A16-{kind}", partial(answer, kind=kind), 403) for kind in ("Accept", "Reject")),
    *(Case(f"A16-{kind}-whole", partial(answer, kind=kind, whole=True), 403) for kind in ("Accept", "Reject")),
    *(Case(f"A22-{kind}", partial(elsewhere, kind=kind), 202, INBOX) for kind in IGNORED),
    *(Case(f"A22-{kind}", partial(elsewhere, kind=kind, aimed=True), 202, INBOX) for kind in ADDS),
    *(Case(f"A22-{kind}-nowhere", partial(elsewhere, kind=kind), 400) for kind in ADDS),
    Case("A22-Update-of-itself", lambda w: act(w, "Update", w.ally.actor()), 202, INBOX),
    Case("A22-Move", lambda w: act(w, "Move", w.ally.ids.actor, target=foreign(w)), 403),
    Case("A22-Move-of-another", lambda w: act(w, "Move", w.canary.ids.actor, target=w.ally.ids.actor), 403),
    Case("A22-Undo-of-nothing", lambda w: act(w, "Undo", w.ally.ids.activity("u1")), 202, INBOX),
    Case("A22-Undo-elsewhere", lambda w: act(w, "Undo", w.canary.ids.activity("u1")), 403),
    Case("A22-Undo-of-a-neighbours", lambda w: act(w, "Undo", w.neighbour.follow(w.node.ids.actor)), 403),
    *(Case(f"A25-{name}", partial(spelled, old=old, new=new), 400) for name, (old, new) in SPELLINGS.items()),
    Case("A26-long-id", lambda w: w.post(w.ally.create(id=w.ally.ids.activity("x") + "y" * 1_900)), 413),
    Case("A26-long-object", lambda w: w.post(w.ally.delete(w.kept.id + "y" * 1_900)), 413),
)
