"""Reading a proposal in each dialect: from its bytes to the domain, with the respelling where it needs one.

All of it is measured in this process; a node respells in a child of its own, so that its loop has no part in that.
"""

import time
from collections.abc import Callable
from pathlib import Path

import orjson

from activitypub.document import read_document
from activitypub.translate.dialects import OWN, read_proposal
from activitypub.translate.respell import respell
from activitypub.translate.spelling import is_spelled_otherwise, joined, prepared
from tests.activitypub.foreign import FOREIGN, OWNER
from tests.bench.figures import Figure
from tests.rig.sender import collective, now

ROUNDS = 2_000
WARM_UP = 50


async def measure(_scratch: Path) -> list[Figure]:
    """Parsing alone, then our own form as the ceiling, then each dialect beside it."""
    birch = collective("birch", 8402)
    ours = orjson.dumps(birch.note())
    parsing = _cpu_ms(lambda: orjson.loads(ours))
    ceiling = _cpu_ms(lambda: _read(ours, birch.ids.actor))
    figures = [_figure("parsing a post of ours, no reading", parsing, ceiling), _figure(OWN, ceiling, ceiling)]
    for name, document in FOREIGN.items():
        data = orjson.dumps(document)
        figures.append(_figure(name, _cpu_ms(lambda data=data: _read(data, OWNER)), ceiling))  # type: ignore[misc]
    return figures


def _read(data: bytes, owner: str) -> None:
    document = read_document(data)
    respelled = is_spelled_otherwise(document)
    plain = joined(orjson.loads(respell(prepared({}, document))), document) if respelled else document
    read_proposal(plain, owner=owner, received=now(), respelled=respelled)


def _cpu_ms(work: Callable[[], object]) -> float:
    for _ in range(WARM_UP):
        work()
    before = time.process_time()
    for _ in range(ROUNDS):
        work()
    return (time.process_time() - before) / ROUNDS * 1000


def _figure(what: str, cpu_ms: float, ceiling: float) -> Figure:
    return Figure(f"reading: {what}", 1000 / cpu_ms, "/s of CPU", cpu_ms, cpu_ms / ceiling, "ceiling: our own form")
