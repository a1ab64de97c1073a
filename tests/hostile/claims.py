"""More of who may say what (A01 to A26): what a sender claims to be, to own, to answer and to take back."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from tests.hostile.authority import act
from tests.hostile.world import INBOX, Case, World
from tests.rig.sender import Sender, changed

Claim = Callable[[World], Any]


def owned(world: World, claim: Claim) -> bytes:
    """A Create of a Note that says it belongs to this."""
    return world.post(world.ally.create(world.ally.note(attributedTo=claim(world))))


def placed(world: World, claim: Claim) -> bytes:
    """A Create of a Note that says it lies here."""
    return world.post(world.ally.create(world.ally.note(id=claim(world))))


def named(world: World, claim: Claim) -> bytes:
    """A Create that has this id."""
    return world.post(world.ally.create(id=claim(world)))


def said_by(world: World, claim: Claim) -> bytes:
    """A Create that says it is by this actor."""
    return world.post(world.ally.create(actor=claim(world)))


def about(world: World, kind: str, claim: Claim) -> bytes:
    """An activity of the ally's about this."""
    return act(world, kind, claim(world))


def itself(world: World, claim: Claim) -> bytes:
    """The ally says anew who it is."""
    return act(world, "Update", world.ally.prove({**world.ally.actor(), **claim(world)}))


def to_ours(world: World, kind: str) -> bytes:
    """An activity of the ally's about something of ours, and with another as its target."""
    return act(world, kind, ours(world), target=world.node.ids.outbox)


def follow_of(world: World, sender: Sender, **members: Any) -> dict[str, Any]:
    """A Follow of us as somebody could have sent it."""
    return sender.follow(world.node.ids.actor, **members)


def ours(world: World) -> str:
    """A proposal of ours, by an address that it could have."""
    return world.node.ids.proposal("x1")


def tombstone(address: str) -> dict[str, Any]:
    """What a Delete carries."""
    return {"id": address, "type": "Tombstone", "formerType": "Note"}


# Who an activity or a Note says that it belongs to.
OWNERS: Final[Mapping[str, tuple[Claim, int]]] = {
    "two": (lambda w: [w.ally.ids.actor, w.neighbour.ids.actor], 403),
    "another-first": (lambda w: [w.canary.ids.actor, w.ally.ids.actor], 403),
    "another-ally": (lambda w: w.canary.ids.actor, 403),
    "ours": (lambda w: w.node.ids.actor, 403),
    "an-object-of-another": (lambda w: {"id": w.canary.ids.actor, "type": "Person", "name": w.ally.ids.actor}, 403),
    "capitals": (lambda w: w.ally.ids.actor.upper(), 403),
    "slash": (lambda w: f"{w.ally.ids.actor}/", 403),
    "fragment": (lambda w: w.ally.ids.main_key, 403),
    "space": (lambda w: f"{w.ally.ids.actor} ", 403),
    "link": (lambda w: {"type": "Link", "href": w.ally.ids.actor}, 400),
    "number": (lambda _: 7, 400),
    "nobody": (lambda _: None, 400),
    "empty": (lambda _: "", 400),
    "empty-list": (lambda _: [], 400),
    "twice": (lambda w: [w.ally.ids.actor] * 2, 400),
}
# Where a Note, or an activity, says that it lies.
PLACES: Final[Mapping[str, tuple[Claim, int]]] = {
    "ours": (ours, 403),
    "our-actor": (lambda w: w.node.ids.actor, 403),
    "other-port": (lambda w: w.ally.ids.proposal("x1").replace(f":{w.peers.port}", ":1"), 403),
    "no-port": (lambda w: w.ally.ids.proposal("x1").replace(f":{w.peers.port}", ""), 403),
    "https": (lambda w: w.ally.ids.proposal("x1").replace("http:", "https:"), 403),
    "neighbour": (lambda w: w.neighbour.ids.actor, 403),
    "below": (lambda w: w.ally.ids.proposal("x1").replace("//", "//sub."), 403),
    "host-in-path": (lambda w: f"{w.canary.ids.base}/{w.ally.ids.origin.authority}/x1", 403),
    "loopback": (lambda w: f"http://127.0.0.1:{w.peers.port}/proposals/x1", 403),
    "user": (lambda w: w.ally.ids.proposal("x1").replace("//", "//birch@"), 400),
    "dots": (lambda w: f"{w.ally.ids.base}/proposals/../x1", 400),
    "encoded-dots": (lambda w: f"{w.ally.ids.base}/proposals/%2E%2E/x1", 400),
    "encoded-letter": (lambda w: f"{w.ally.ids.base}/proposals/%781", 400),
    "small-encoding": (lambda w: f"{w.ally.ids.base}/proposals/%c3%a9", 400),
    "encoded-nul": (lambda w: f"{w.ally.ids.base}/proposals/%00", 400),
    "backslash": (lambda w: f"{w.ally.ids.base}\\@{w.canary.ids.origin.host}/x", 400),
    "newline": (lambda w: f"{w.ally.ids.proposal('x1')}\n", 400),
    "relative": (lambda _: "/proposals/x1", 400),
    "without-scheme": (lambda w: w.ally.ids.proposal("x1").removeprefix("http:"), 400),
    "data": (lambda _: "data:,x", 400),
    "tag": (lambda _: "tag:birch.example,2026:1", 400),
    "urn": (lambda _: "urn:uuid:3d813cbb-47fb-32ba-91df-831e1593ac29", 400),
    "blank": (lambda _: "_:b0", 400),
    "number": (lambda _: 7, 400),
    "list": (lambda w: [w.ally.ids.proposal("x1")], 400),
    "object": (lambda w: {"id": w.ally.ids.proposal("x1")}, 400),
    "true": (lambda _: True, 400),
}
WHO: Final[Mapping[str, tuple[Claim, int]]] = {
    "ours": (lambda w: w.node.ids.actor, 403),
    "our-node": (lambda w: w.node.ids.node_actor, 403),
    "neighbour": (lambda w: w.neighbour.ids.actor, 403),
    "stranger": (lambda w: w.stranger.ids.actor, 403),
    "suspended": (lambda w: w.suspended.ids.actor, 403),
    "key-for-actor": (lambda w: w.ally.ids.main_key, 400),
    "slash": (lambda w: f"{w.ally.ids.actor}/", 403),
    "capitals": (lambda w: w.ally.ids.actor.replace("/actors/", "/Actors/"), 403),
    "query": (lambda w: f"{w.ally.ids.actor}?x", 403),
    "relative": (lambda _: "/actors/birch", 400),
    "acct": (lambda w: w.ally.ids.webfinger_address, 400),
    "did": (lambda _: "did:web:birch.example", 400),
    "ap": (lambda w: w.ally.ids.actor.replace("http:", "ap:"), 400),
    "list-of-one": (lambda w: [w.ally.ids.actor], 400),
    "empty": (lambda _: "", 400),
    "true": (lambda _: True, 400),
    "object-without-id": (lambda _: {"type": "Person"}, 400),
}
# What the ally may neither change nor take away.
NOT_ITS_OWN: Final[Mapping[str, Claim]] = {
    "neighbours-offer-by-id": lambda w: w.neighbours.id,
    "neighbours-tombstone": lambda w: tombstone(w.neighbours.id),
    "neighbours-note": lambda w: w.neighbour.note(w.neighbours),
    "neighbour": lambda w: w.neighbour.ids.actor,
    "neighbour-as-tombstone": lambda w: tombstone(w.neighbour.ids.actor),
    "neighbour-as-actor": lambda w: w.neighbour.actor(),
    "other-ally": lambda w: w.canary.ids.actor,
    "other-allys-actor": lambda w: w.canary.actor(),
    "our-actor": lambda w: w.node.ids.actor,
    "our-offer": ours,
    "stranger": lambda w: w.stranger.ids.actor,
}
HIMSELF: Final[Mapping[str, Claim]] = {
    "inbox": lambda _: {"inbox": "https://evil.example/inbox", "endpoints": {"sharedInbox": "https://evil.example/"}},
    "inbox-metadata": lambda _: {"inbox": "http://169.254.169.254/latest/meta-data"},
    "keys": lambda w: {key: w.stranger.actor()[key] for key in ("publicKey", "assertionMethod")},
    "no-keys": lambda _: {"publicKey": None, "assertionMethod": []},
    "name": lambda w: {"preferredUsername": w.neighbour.ids.name, "webfinger": w.neighbour.ids.acct},
    "moved": lambda w: {"movedTo": w.stranger.ids.actor, "alsoKnownAs": [w.node.ids.actor]},
    "type": lambda _: {"type": "Application"},
    "tombstone": lambda _: {"type": "Tombstone"},
    "followers": lambda w: {"followers": w.node.ids.followers, "outbox": w.node.ids.outbox},
}
ANSWERED: Final[Mapping[str, tuple[Claim, int]]] = {
    "our-actor": (lambda w: w.node.ids.actor, 403),
    "its-own-follow": (lambda w: follow_of(w, w.ally), 403),
    "its-own-actor": (lambda w: w.ally.ids.actor, 403),
    "other-allys-follow": (lambda w: follow_of(w, w.canary), 403),
    "an-offer": (lambda w: w.kept.id, 403),
    "our-offer": (ours, 403),
    "without-id": (lambda w: follow_of(w, w.ally, id=None), 403),
    "a-list": (lambda w: [w.node.ids.activity("x")], 400),
    "nothing": (lambda _: None, 400),
    "a-link": (lambda w: {"type": "Link", "href": w.node.ids.activity("x")}, 400),
    "a-number": (lambda _: 7, 400),
}
UNDONE: Final[Mapping[str, tuple[Claim, int]]] = {
    "other-allys-follow": (lambda w: follow_of(w, w.canary), 403),
    "neighbours-by-another-name": (lambda w: follow_of(w, w.neighbour, actor=w.ally.ids.actor, id=ours(w)), 403),
    "follow-of-somebody-else": (lambda w: w.ally.follow(w.canary.ids.actor), 403),
    "our-activity": (lambda w: w.node.ids.activity("x"), 403),
    "neighbours-create": (lambda w: w.neighbour.create(), 403),
    "actor-missing": (lambda w: changed(follow_of(w, w.ally), {"actor": None, "proof": None}), 403),
    "two-actors": (
        lambda w: changed(follow_of(w, w.ally), {"actor": [w.ally.ids.actor, w.neighbour.ids.actor], "proof": None}),
        403,
    ),
    "a-list": (lambda w: [follow_of(w, w.ally)], 400),
    "nothing": (lambda _: None, 400),
}
FOLLOWED: Final[Mapping[str, tuple[Claim, int]]] = {
    "itself": (lambda w: w.ally.ids.actor, 404),
    "stranger": (lambda w: w.stranger.ids.actor, 404),
    "our-node": (lambda w: w.node.ids.node_actor, 404),
    "our-offer": (ours, 404),
    "our-followers": (lambda w: w.node.ids.followers, 404),
    "our-actor-in-capitals": (lambda w: w.node.ids.actor.replace("/actors/alder", "/actors/Alder"), 404),
    "our-actor-and-slash": (lambda w: f"{w.node.ids.actor}/", 404),
    "our-key": (lambda w: w.node.ids.main_key, 404),
    "two": (lambda w: [w.node.ids.actor, w.canary.ids.actor], 400),
    "nothing": (lambda _: None, 400),
    "a-link": (lambda w: {"type": "Link", "href": w.node.ids.actor}, 400),
}
FORGED: Final[Mapping[str, Claim]] = {
    "of-another-ally": lambda w: w.canary.note() | {"name": "forged"},
    "of-ours": lambda w: {**w.ally.note(), "id": ours(w), "attributedTo": w.node.ids.actor, "proof": None},
    "of-a-stranger": lambda w: w.stranger.note(),
    "of-a-neighbour": lambda w: w.neighbour.note(w.neighbours),
    "by-id": lambda w: w.neighbours.id,
    "of-ours-by-id": ours,
}
KINDS: Final = (
    "Offer", "Invite", "Join", "Leave", "Ignore", "Dislike", "Listen", "Read", "Travel", "Arrive", "Question", "Flag",
    "TentativeReject", "EmojiReact", "create", "CREATE", "Create ", "as:Create", "Note", "Person", "Tombstone",
    "OrderedCollection", "https://www.w3.org/ns/activitystreams#Create",
)  # fmt: skip

AIMED: Final = ("Add", "Remove", "Like", "Block", "Flag")

CASES: Final = (
    *(Case(f"A01-owner-{name}", partial(owned, claim=claim), status) for name, (claim, status) in OWNERS.items()),
    *(Case(f"A01-id-{name}", partial(placed, claim=claim), status) for name, (claim, status) in PLACES.items()),
    Case("A01-id-itself", partial(placed, claim=lambda w: w.ally.ids.actor), 422),
    *(
        Case(f"A02-id-{name}", partial(named, claim=claim), status)
        for name, (claim, status) in PLACES.items()
        if name != "neighbour"
    ),
    *(Case(f"A03-{name}", partial(said_by, claim=claim), status) for name, (claim, status) in WHO.items()),
    *(Case(f"A04-{name}", partial(about, kind="Update", claim=claim), 403) for name, claim in NOT_ITS_OWN.items()),
    *(
        Case(f"A05-itself-{name}", partial(itself, claim=claim), 202, INBOX, asks=True)
        for name, claim in HIMSELF.items()
    ),
    *(Case(f"A07-{name}", partial(about, kind="Delete", claim=claim), 403) for name, claim in NOT_ITS_OWN.items()),
    *(
        Case(f"A15-follow-{name}", partial(about, kind="Follow", claim=claim), status)
        for name, (claim, status) in FOLLOWED.items()
    ),
    *(
        Case(f"A16-{kind}-{name}", partial(about, kind=kind, claim=claim), status)
        for kind in ("Accept", "Reject")
        for name, (claim, status) in ANSWERED.items()
    ),
    *(
        Case(f"A22-undo-{name}", partial(about, kind="Undo", claim=claim), status)
        for name, (claim, status) in UNDONE.items()
    ),
    *(
        Case(f"A22-announced-{name}", partial(about, kind="Announce", claim=claim), 202, INBOX)
        for name, claim in FORGED.items()
    ),
    *(
        Case(f"A22-{kind}-of-anothers", partial(about, kind=kind, claim=lambda w: w.neighbours.id), 202, INBOX)
        for kind in KINDS
    ),
    *(Case(f"A22-{kind}-ours", partial(to_ours, kind=kind), 202, INBOX) for kind in AIMED),
)
