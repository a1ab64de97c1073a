"""Whether a peer is worth dialling just now.

Rule 1  After a failure nothing at all is sent to that peer until `next_try`, so 10,000 waiting items cost one attempt.
        The waits grow as in `retry.delay`. A failure is no answer, or an answer that means "later".
Rule 2  Then the one item whose turn it is probes: deliveries to a peer are in order, so there is never a second one.
Rule 3  A peer that takes an item, or says no to it, is well.
Rule 4  A peer that asks for time (`Retry-After`) gets it.

Pure: each transition returns a new value. Keep one for each peer we send to, never for a host that a stranger names.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from federation.retry import delay


@dataclass(frozen=True, slots=True)
class PeerHealth:
    """What is known of one peer; a new one is well.

    `failures` counts those in a row; `next_try` is set while the peer is held back.
    """

    failures: int = 0
    next_try: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether something may be sent now."""
        return self.next_try is None or now >= self.next_try

    def succeeded(self) -> "PeerHealth":
        """The peer answered, and took or refused the item."""
        return PeerHealth()

    def failed(self, now: datetime, random: float, retry_after: timedelta | None = None) -> "PeerHealth":
        """Hold the peer back; `random` in [0, 1) spreads the wait, `retry_after` is what the peer asked for."""
        failures = self.failures + 1
        return PeerHealth(failures, now + delay(failures, random, retry_after))
