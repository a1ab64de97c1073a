"""What the servers of the fediverse are compared by, as a collective of a world would say it."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

from activitypub.context import ACTIVITYSTREAMS
from tests.rig.sender import Sender, changed

_PLACEHOLDER: Final = "http://pasture-one-actor"
_CONTEXT: Final = (ACTIVITYSTREAMS, {"Hashtag": "as:Hashtag", "sensitive": "as:sensitive"})
_PUBLISHED: Final = "2026-11-23T09:00:00Z"
_OFFER: Final = {
    "purpose": "offer",
    "unitBased": False,
    "publishes": {
        "type": "Intent",
        "action": "transfer",
        "resourceQuantity": {"hasUnit": "kilogram", "hasNumericalValue": "20"},
    },
}
"""What makes a Note a proposal for everyone who speaks FEP-0837."""


@dataclass(frozen=True, slots=True)
class Example:
    """One object of a category: what it says in place of, or beside, a plain Note; `number` counts from 1."""

    category: str
    number: int
    said: dict[str, Any]

    def create(self, sender: Sender, addressee: str, *, proposal: bool) -> dict[str, Any]:
        """The Create of it as the sender's, without a proof, as most servers send it."""
        local = f"{self.category}{self.number}{'p' if proposal else 'n'}"
        local = "".join(sign for sign in local.lower() if sign.isascii() and sign.isalnum())
        spoken = json.dumps(self.said).replace(f"{_PLACEHOLDER}/actor", sender.ids.actor)
        said = json.loads(spoken.replace(_PLACEHOLDER, sender.ids.base))
        context = said.pop("@context", _CONTEXT)
        to = ["https://www.w3.org/ns/activitystreams#Public", addressee]
        note = {
            "type": "Note",
            "id": sender.ids.proposal(local),
            "attributedTo": sender.ids.actor,
            "to": to,
            "published": _PUBLISHED,
            **(_OFFER if proposal else {}),
        }
        activity = {
            "@context": context,
            "type": "Create",
            "id": sender.ids.activity(local),
            "actor": sender.ids.actor,
            "to": to,
            "published": _PUBLISHED,
            "object": changed(note, said),
        }
        return changed(activity, {})


def examples() -> Iterator[Example]:
    """All of them, category by category.

    The package names one class of the program that runs its examples against other servers. That program is not
    installed, as it wants libraries of its own; its place is taken by empty modules.
    """
    name = "fediverse_pasture"
    for part in (name, f"{name}.runner", f"{name}.runner.entry"):
        sys.modules.setdefault(part, ModuleType(part))
    vars(sys.modules[f"{name}.runner.entry"]).setdefault("Entry", object)
    from fediverse_pasture_inputs import available  # noqa: PLC0415 (only now can it be imported)

    for category in sorted(available.values(), key=lambda one: str(one.title)):
        for number, said in enumerate(category.examples, 1):
            yield Example(category.title, number, said)
