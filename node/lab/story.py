"""What travels in the lab, told as it happens: published by, delivered to, verified by.

A proposal is one line once everyone who should have it has verified it, or after a moment with what is known by then;
what comes later gets a line of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

KEY_SHOWN = 12


@dataclass(slots=True)
class _Journey:
    by: str
    kind: str
    title: str
    audience: str
    what: str
    began: float
    delivered: set[str] = field(default_factory=set)
    verified: dict[str, str] = field(default_factory=dict)
    told: bool = False


class Story:
    """Gathers the events of all nodes and says a line when there is something to say.

    `say` prints a line, `human` makes text that people wrote safe for it; `clock` gives seconds.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        say: Callable[[str], None],
        human: Callable[[str], str],
        clock: Callable[[], float],
        patience: float = 3.0,
    ) -> None:
        """`patience` is how many seconds a journey may take before it is told as it is."""
        self._names = names
        self._say = say
        self._human = human
        self._clock = clock
        self._patience = patience
        self._journeys: dict[str, _Journey] = {}
        self._wide = max(map(len, names))

    def hear(self, name: str, event: dict[str, Any], names_of: dict[str, str]) -> None:
        """Take one event of one node; `names_of` gives the collective of an origin."""
        match event["what"]:
            case "published" | "changed" | "withdrawn":
                self._begin(name, event)
            case "delivered":
                self._delivered(event["id"], names_of.get(event["peer"], event["peer"]))
            case "received" if event.get("title"):
                self._received(name, event)
            case "refused":
                self._say(f"  refused     {names_of.get(event['peer'], event['peer'])} said no ({event.get('status')})")

    @property
    def told(self) -> int:
        """How many journeys have been told."""
        return sum(journey.told for journey in self._journeys.values())

    def tick(self) -> None:
        """Tell what has taken long enough."""
        now = self._clock()
        for journey in self._journeys.values():
            if not journey.told and now - journey.began >= self._patience:
                self._tell(journey)

    def _begin(self, name: str, event: dict[str, Any]) -> None:
        journey = _Journey(name, event["kind"], event["title"], event["audience"], event["what"], self._clock())
        self._journeys[event["id"]] = journey
        if journey.audience == "circle":
            self._tell(journey)

    def _delivered(self, address: str, peer: str) -> None:
        journey = self._journeys.get(address)
        if journey is not None:
            journey.delivered.add(peer)
            if journey.told and peer not in journey.verified:
                self._say(f"  delivered   {peer:{self._wide}}  {self._human(journey.title)}")

    def _received(self, name: str, event: dict[str, Any]) -> None:
        journey = self._journeys.get(event["id"])
        if journey is None:
            return
        proof = f"key {event['proven_by'][:KEY_SHOWN]}…" if event.get("proven_by") else "no proof"
        journey.verified[name] = proof
        if journey.told:
            self._say(f"  verified    {name:{self._wide}}  {self._human(journey.title)}  ({proof})")
        elif len(journey.verified) == len(self._names) - 1:
            self._tell(journey)

    def _tell(self, journey: _Journey) -> None:
        journey.told = True
        head = f"  {journey.what:10}  {journey.by:{self._wide}}  {journey.kind:7}  {self._human(journey.title)}"
        if journey.audience == "circle":
            self._say(f"{head}  (our circle: it stays here)")
            return
        self._say(f"{head}  ({journey.audience}) → {self._fate(journey)}")

    def _fate(self, journey: _Journey) -> str:
        verified = [name for name in self._names if name in journey.verified]
        delivered = sorted(journey.delivered - journey.verified.keys())
        waiting = [name for name in self._names if name not in {journey.by, *verified, *delivered}]
        proofs = ", ".join(dict.fromkeys(journey.verified[name] for name in verified))
        parts = (
            f"delivered to and verified by {' and '.join(verified)} ({proofs})" if verified else "",
            f"delivered to {' and '.join(delivered)}" if delivered else "",
            f"waits for {' and '.join(waiting)}" if waiting else "",
        )
        return "; ".join(part for part in parts if part)
