"""What is promised of proposals in the dialects of other software, whatever becomes of them on the way."""

import json
from typing import Final

import orjson

from activitypub.document import read_document
from activitypub.translate.dialects import dialect_of, read_proposal
from activitypub.translate.proposal import build_note, read_note
from activitypub.translate.respell import respell
from activitypub.translate.spelling import is_spelled_otherwise, joined, prepared
from tests.activitypub.documents import ALDER
from tests.activitypub.foreign import FOREIGN, OM2, OWNER, PAIR, RECEIVED, VF
from tests.fuzz.mutation import mutated, steps_from

_DOCUMENTS: Final = list(FOREIGN.values())
_WORDS: Final = (OWNER, ALDER.actor, "vf:offer", f"{VF}offer", "om2:kilogram", f"{OM2}one", f"{PAIR}label", "25,00")


def dialect(data: bytes) -> None:
    """A proposal that is read is its sender's, whatever its dialect, and keeps its meaning in ours."""
    which, steps = (data[0] if data else 0), steps_from(data[1:])
    spoilt = mutated(_DOCUMENTS[which % len(_DOCUMENTS)], steps, words=_WORDS, others=_DOCUMENTS)
    document = read_document(json.dumps(spoilt).encode())
    respelled = is_spelled_otherwise(document)
    plain = joined(orjson.loads(respell(prepared({}, document))), document) if respelled else document
    if dialect_of(plain) is None:
        return
    reading = read_proposal(plain, owner=OWNER, received=RECEIVED, respelled=respelled)
    assert reading.proposal.owner == OWNER
    assert reading.asks is None or reading.asks.strip()
    again = read_note(build_note(reading.proposal, ALDER), owner=OWNER)
    assert again.draft == reading.proposal.draft


def dialect_seeds() -> list[bytes]:
    """Each as it is."""
    return [bytes([kind]) for kind in range(len(_DOCUMENTS))]
