"""A whole offer in which one member after the other has a value of another kind (J09 and J10 of the security rules).

`MEMBERS` has every member of a good offer, by its path, with what it is: which of the `VALUES` it may have as well, and
how the others are refused. A test holds it to what a real offer looks like, so that no member is forgotten.
"""

import secrets
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from schema.fact import Fact
from schema.place import Cell, Place
from schema.quantity import Quantity, Unit
from schema.window import TimeWindow
from tests.hostile.world import INBOX, TAKEN, Case, World
from tests.rig.sender import now

VALUES: Final[dict[str, Any]] = {
    "number": 7,
    "true": True,
    "null": None,
    "empty": "",
    "text": "Cinnamon",
    "list": [],
    "object": {},
    "number-in-a-list": [7],
    "id-of-a-number": {"id": 7},
    "link": {"type": "Link", "href": "https://evil.example/"},
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a member is: names of values with which an offer is taken, or ignored, and how others are refused."""

    taken: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    refused: int = 400
    others: tuple[tuple[str, int], ...] = ()

    def case(self, name: str, said: Callable[[World], bytes]) -> Case:
        """What must be true of an offer with this value."""
        if name in self.taken | self.ignored:
            return Case(name, said, 202, TAKEN if name in self.taken else INBOX)
        return Case(name, said, dict(self.others).get(name, self.refused))


def kind(taken: str = "", refused: int = 400, **others: int) -> Kind:
    """A kind whose `taken` values are named in a line."""
    return Kind(frozenset(taken.split()), refused=refused, others=tuple(others.items()))


NEEDED: Final = kind()
TEXT: Final = kind("null empty text")
MOMENT: Final = kind("null")
FLAG: Final = kind("null true")
LIST: Final = kind("null list text")
ITEM: Final = kind("text")
CONTEXT: Final = kind("object list")
SHOWN: Final = kind(" ".join(VALUES))  # it decides nothing, and is ignored where it is not what it should be
FEW: Final = ("number", "list", "object")  # are enough where nothing depends on it
NO_QUANTITY: Final = kind("", 422)
UNIT_CODE: Final = kind("", 400, null=422, empty=422, text=422)
MEASURE: Final = {"hasUnit": NO_QUANTITY, "hasNumericalValue": NO_QUANTITY, "unitCode": UNIT_CODE, "unitName": TEXT}
NO_MEASURE: Final = {"object": 422, "id-of-a-number": 422, "link": 422}
PROOF: Final = {
    "": kind("", 401),
    "@context": kind("", 400, object=401, list=401),
    **dict.fromkeys(
        ("type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"), kind("", 401)
    ),
}


def below(path: str, members: dict[str, Kind]) -> dict[str, Kind]:
    """These members of what stands at a path; the one without a name is what stands there."""
    return {f"{path}.{name}".rstrip("."): one for name, one in members.items()}


MEMBERS: Final[dict[str, Kind]] = {
    "@context": CONTEXT,
    "id": NEEDED,
    "type": Kind(ignored=frozenset({"text"})),
    "actor": NEEDED,
    "published": MOMENT,
    "to": LIST,
    "to.0": ITEM,
    "cc": LIST,
    "cc.0": ITEM,
    "object": NEEDED,
    **below("proof", PROOF),
    "object.@context": CONTEXT,
    "object.id": NEEDED,
    "object.type": kind("null text"),
    "object.attributedTo": kind("", 400, text=403),
    "object.name": TEXT,
    "object.content": TEXT,
    "object.contentMap": SHOWN,
    "object.contentMap.en": SHOWN,
    "object.source": SHOWN,
    "object.source.content": TEXT,
    "object.source.mediaType": SHOWN,
    "object.published": NEEDED,
    "object.updated": MOMENT,
    "object.url": SHOWN,
    "object.context": SHOWN,
    "object.replies": SHOWN,
    "object.to": LIST,
    "object.to.0": ITEM,
    "object.cc": LIST,
    "object.cc.0": ITEM,
    "object.tag": SHOWN,
    **below("object.tag.0", dict.fromkeys(("", "type", "name", "href"), SHOWN)),
    "object.endTime": MOMENT,
    **below("object.location", dict.fromkeys(("", "type", "name", "latitude", "longitude", "radius", "units"), SHOWN)),
    "object.purpose": Kind(ignored=frozenset({"null"})),
    "object.unitBased": FLAG,
    "object.publishes": Kind(frozenset({"object", "id-of-a-number", "link"}), frozenset({"null"})),
    **below("object.publishes", dict.fromkeys(("type", "id", "action"), SHOWN)),
    "object.publishes.resourceConformsTo": LIST,
    "object.publishes.resourceQuantity": kind("", 400, null=422, **NO_MEASURE),
    **below("object.publishes.resourceQuantity", MEASURE),
    "object.publishes.availableQuantity": kind("null", 400, **NO_MEASURE),
    **below("object.publishes.availableQuantity", MEASURE),
    "object.publishes.availableQuantity.hasNumericalValue": kind("null number", 422),
    "object.publishes.hasBeginning": MOMENT,
    "object.publishes.hasEnd": MOMENT,
    "object.revision": kind("null number"),
    "object.kind": TEXT,
    "object.category": TEXT,
    "object.facts": LIST,
    "object.facts.0": ITEM,
    "object.spokenLanguages": kind("null list", 400, text=422),
    "object.spokenLanguages.0": kind("", 400, text=422),
    "object.useBy": MOMENT,
    "object.collectBy": MOMENT,
    **below("object.proof", PROOF),
}


def full(world: World) -> dict[str, Any]:
    """An offer that says everything that can be said, without proofs."""
    soon, later, own = now() + timedelta(days=1), now() + timedelta(days=3), Unit.community("sack-of-ours", "sack")
    note = world.ally.note(
        world.ally.proposal(
            note="Cinnamon, no Marmalade",
            quantity=Quantity.parse("20", own),
            available=Quantity.parse("10", own),
            divisible=True,
            language="en",
            languages=frozenset({"en"}),
            place=Place("North", Cell.around(41, 29)),
            window=TimeWindow(soon, later),
            use_by=later,
            collect_by=later,
            facts=frozenset({Fact.HALAL}),
        ),
        cc=[world.ally.ids.followers],
        updated=now().isoformat(),
    )
    return world.ally.create(note, cc=[world.ally.ids.followers])


def paths(value: Any, at: str = "") -> Iterator[str]:
    """The path of every member of a document, and of the first item of every list; a context is one member."""
    parts = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, part in parts:
        here = f"{at}.{key}".lstrip(".")
        yield here
        if key != "@context":
            yield from paths(part, here)


def put(document: Any, path: str, value: Any) -> None:
    """Set one member of a document."""
    *way, last = path.split(".")
    for key in way:
        document = document[int(key) if isinstance(document, list) else key]
    document[int(last) if isinstance(document, list) else last] = value


def with_member(world: World, path: str, value: Any) -> bytes:
    """A full offer in which one member has this value. Its proofs are made over it, unless they are what changed."""
    made = full(world)
    note = made["object"]
    note["id"] = world.ally.ids.proposal(secrets.token_hex(8))
    in_note, in_proof = path.startswith("object."), "proof" in path
    if in_note and not in_proof:
        put(made, path, deepcopy(value))
    prove(world, note)
    if not in_note or in_proof:
        put(made, path, deepcopy(value))
    if not path.startswith("proof"):
        prove(world, made)
    return world.post(made)


def prove(world: World, document: dict[str, Any]) -> None:
    """Make the proof anew."""
    del document["proof"]
    document["proof"] = world.ally.prove(document)["proof"]


def cases(path: str) -> list[Case]:
    """One case for each value that a member may not have, or may."""
    one = MEMBERS[path]
    return [
        one.case(name, partial(with_member, path=path, value=value))
        for name, value in VALUES.items()
        if one is not SHOWN or name in FEW
    ]
