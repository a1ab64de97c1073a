"""The delivery queue without a database: what `federation.delivery.DeliveryQueue` asks for, in a list."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from federation.breaker import PeerHealth
from federation.delivery import Delivery, DeliveryState, Settled, Turn


@dataclass(slots=True)
class Row:
    """One delivery and its state."""

    peer: str
    delivery: Delivery
    state: DeliveryState = DeliveryState.WAITING
    reason: str | None = None


@dataclass(slots=True)
class MemoryQueue:
    """`asked` counts how often the worker looked for something to do; `taken` are peers whose turn another has."""

    rows: list[Row] = field(default_factory=list)
    health: dict[str, PeerHealth] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    asked: int = 0

    def put(self, peer: str, *documents: str, expires: datetime | None = None, audience: str = "public") -> None:
        """Queue documents for the inbox of a peer."""
        for document in documents:
            number = len(self.rows) + 1
            inbox = f"{peer}/inbox"
            delivery = Delivery(number, inbox, document.encode(), expires, document, "Create", audience)
            self.rows.append(Row(peer, delivery))

    def states(self, peer: str) -> list[str]:
        """The state of everything for a peer, in order."""
        return [row.state.value for row in self.rows if row.peer == peer]

    async def wake(self, peer: str | None = None) -> None:
        """As the database does."""
        for one, health in self.health.items():
            if peer in {None, one}:
                self.health[one] = replace(health, next_try=None)

    async def forgive(self, peer: str) -> int:
        """As the database does, whatever the status was."""
        refused = [row for row in self.rows if row.peer == peer and row.state is DeliveryState.REFUSED]
        for row in refused:
            row.state = DeliveryState.WAITING
        return len(refused)

    async def due(self, now: datetime) -> Sequence[str]:
        """As the database does."""
        self.asked += 1
        return [peer for peer, health in self._waiting().items() if health.is_due(now) and peer not in self.taken]

    async def next_due(self, now: datetime) -> datetime | None:
        """As the database does."""
        later = [one.next_try for one in self._waiting().values() if one.next_try is not None and one.next_try > now]
        return min(later, default=None)

    async def take(self, peer: str, now: datetime, limit: int) -> Turn | None:
        """As the database does."""
        del now
        if peer in self.taken:
            return None
        waiting = [row.delivery for row in self.rows if row.peer == peer and row.state is DeliveryState.WAITING]
        return Turn(PeerHealth(self.health.get(peer, PeerHealth()).failures), waiting[:limit])

    def holds(self, peer: str) -> bool:
        """As the database does."""
        return peer not in self.taken

    async def settle(self, peer: str, health: PeerHealth, settled: Sequence[Settled], now: datetime) -> None:
        """As the database does."""
        del now
        if peer in self.taken or not settled:
            return
        self.health[peer] = health
        for one in settled:
            row = self.rows[one.delivery.id - 1]
            row.state, row.reason = one.state, one.reason
            row.delivery = replace(
                one.delivery, status=one.status, status_count=one.status_count, status_since=one.status_since
            )

    def _waiting(self) -> dict[str, PeerHealth]:
        peers = {row.peer: None for row in self.rows if row.state is DeliveryState.WAITING}
        return {peer: self.health.get(peer, PeerHealth()) for peer in peers}
