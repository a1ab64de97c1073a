"""The dialect of FEP-0837: a proposal at the top of an object, whatever the object's type.

Sources: FEP-0837 (https://codeberg.org/fediverse/fep/src/branch/main/fep/0837/fep-0837.md), which lets a proposal be a
`Proposal` or a `Note`; Epicyon (`shares.py`, https://gitlab.com/bashrc2/epicyon), Mitra
(https://codeberg.org/silverpill/mitra) and Fedify (https://github.com/fedify-dev/fedify), which send the former; what
Fedify sends has to be respelled before. Servers differ from it in small things: one intent in a list, a purpose as a
word of ValueFlows, what is available beside the intent, the text in `summary`.
"""

from collections.abc import Mapping
from typing import Any, Final

from activitypub.members import entries

_VF: Final = ("vf:", "https://w3id.org/valueflows/ont/vf#")


def is_fep_0837(document: Mapping[str, Any]) -> bool:
    """Whether an object has a purpose and one intent."""
    intents = entries(document, "publishes")
    return isinstance(document.get("purpose"), str) and len(intents) == 1 and isinstance(intents[0], Mapping)


def read_fep_0837(document: Mapping[str, Any]) -> dict[str, Any]:
    """The plain form of such an object."""
    [intent] = entries(document, "publishes")
    purpose = document["purpose"]
    for prefix in _VF:
        purpose = purpose.removeprefix(prefix)
    if "availableQuantity" in document:
        intent = {"availableQuantity": document["availableQuantity"], **intent}
    said = document.get("content") or document.get("summary")
    return {**document, "purpose": purpose, "publishes": intent, "content": said}
