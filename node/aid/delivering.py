"""What goes out: looking at it, and giving it another try."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from federation.delivery import DeliveryState
from federation.transport import Reason
from node.house import House
from node.store import outbox, proposals
from schema.errors import InputError


async def deliveries(house: House, state: str | None = None, limit: int = 100) -> dict[str, Any]:
    """Deliveries, newest first, and how each peer has been answering."""
    if state is not None and state not in set(DeliveryState):
        raise InputError(f"A delivery is one of: {', '.join(DeliveryState)}.")
    async with house.store.reading() as connection:
        lines = await outbox.listing(connection, state=state, limit=limit)
        titles = {line.object: await _title(connection, line.object) for line in lines}
        peers = await outbox.peers_listing(connection)
    said = dict.fromkeys(line.reason for line in lines)
    return {
        "reasons": {reason.value: reason.sentence for reason in Reason if reason in said},
        "deliveries": [
            {
                "id": line.id,
                "activity": line.activity,
                "object": line.object,
                "title": titles[line.object],
                "peer": line.peer,
                "state": line.state,
                "attempts": line.attempts,
                "status": line.status,
                "reason": line.reason,
                "not_before": line.not_before.isoformat(),
            }
            for line in lines
        ],
        "peers": [
            {
                "peer": one.peer,
                "failures": one.failures,
                "next_try": None if one.next_try is None else one.next_try.isoformat(),
                "last_ok": None if one.last_ok is None else one.last_ok.isoformat(),
                "waiting": one.waiting,
            }
            for one in peers
        ],
    }


async def retry_deliveries(house: House, peer: str | None = None) -> dict[str, Any]:
    """Let what was refused wait again, and try everything at once; for one peer or all."""
    async with house.store.transaction() as connection:
        queued = await outbox.requeue(connection, peer)
    house.wake_delivery()
    return {"queued": queued}


async def _title(connection: AsyncConnection, address: str) -> str | None:
    stored = await proposals.find(connection, address)
    return None if stored is None else stored.proposal.draft.title
