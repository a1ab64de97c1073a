"""A proposal: an offer, a need or a surplus that a collective publishes.

Rule 1: `revision` rises by one with each change and alone decides which version is newer; where one of two versions has
        none (foreign servers), `updated` decides.
Rule 2: owner, id, kind, audience and unit never change; whoever wants another withdraws and publishes anew.
Rule 3: everything expires: with its first last date (of use, of collecting, of handing over, or of the post itself);
        where it has none, after 30 days.
Rule 4: what protects people (`Category.safety-protection`) is never public.
Rule 5: available is never more than the whole, never less than nothing, and in the same unit.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from schema.category import Category
from schema.errors import DomainError
from schema.fact import Fact
from schema.machine import Machine
from schema.place import Place
from schema.quantity import Quantity
from schema.text import language_tag, plain_line, plain_text
from schema.visibility import Audience
from schema.window import TimeWindow, to_hour, up_to_hour

LIFETIME = timedelta(days=30)
LONGEST = timedelta(days=366)
MAX_TITLE = 120
MAX_NOTE = 4_000
MAX_LANGUAGES = 12
MAX_REVISION = 1_000_000


class Purpose(StrEnum):
    """FEP-0837 `purpose`."""

    OFFER = "offer"
    REQUEST = "request"


class Kind(StrEnum):
    """What people call it. A surplus is an offer that can be shared out and does not keep."""

    OFFER = "offer"
    NEED = "need"
    SURPLUS = "surplus"

    @property
    def purpose(self) -> Purpose:
        """The word FEP-0837 has for it."""
        return Purpose.REQUEST if self is Kind.NEED else Purpose.OFFER


class State(StrEnum):
    """Where a proposal is in its life."""

    OPEN = "open"
    CLOSED = "closed"  # fulfilled, or no longer wanted; stays readable
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # deleted; only a tombstone is left


class Act(StrEnum):
    """What its owner, or time, does to it."""

    CHANGE = "change"
    CLOSE = "close"
    REOPEN = "reopen"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"


LIFE = Machine(
    name="proposal",
    initial=State.OPEN,
    final=frozenset({State.WITHDRAWN}),
    table={
        (State.OPEN, Act.CHANGE): State.OPEN,
        (State.OPEN, Act.CLOSE): State.CLOSED,
        (State.OPEN, Act.EXPIRE): State.EXPIRED,
        (State.OPEN, Act.WITHDRAW): State.WITHDRAWN,
        (State.CLOSED, Act.REOPEN): State.OPEN,
        (State.CLOSED, Act.WITHDRAW): State.WITHDRAWN,
        (State.EXPIRED, Act.REOPEN): State.OPEN,
        (State.EXPIRED, Act.WITHDRAW): State.WITHDRAWN,
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person says about an offer, a need or a surplus; everything else follows from it."""

    kind: Kind
    title: str
    category: Category
    quantity: Quantity | None = None  # the whole; None means any amount
    available: Quantity | None = None  # what is left of it; None means all
    divisible: bool = False  # may be taken in parts (FEP-0837 `unitBased`)
    note: str = ""
    language: str | None = None  # of title and note
    languages: frozenset[str] = frozenset()  # spoken where it is handed over
    place: Place | None = None
    window: TimeWindow | None = None  # when it can be collected or is to be delivered
    use_by: datetime | None = None
    collect_by: datetime | None = None
    expires: datetime | None = None
    audience: Audience = Audience.ALLIES
    facts: frozenset[Fact] = frozenset()

    def __post_init__(self) -> None:
        """Hold the rules that need no clock."""
        plain_line(self.title, "title", MAX_TITLE)
        plain_text(self.note, "note", MAX_NOTE)
        if self.language is not None:
            language_tag(self.language)
        if len(self.languages) > MAX_LANGUAGES:
            raise DomainError(f"At most {MAX_LANGUAGES} languages spoken.", field="languages")
        for tag in self.languages:
            language_tag(tag, "languages")
        for field in ("use_by", "collect_by", "expires"):
            moment: datetime | None = getattr(self, field)
            if moment is not None and moment.tzinfo is None:
                raise DomainError("A time needs its zone.", field=field)
        if self.audience is Audience.PUBLIC and not self.category.may_be_public:
            raise DomainError(f"{self.category.label} can never be public.", field="audience")
        self._check_stock()

    def _check_stock(self) -> None:
        if self.available is not None and self.quantity is None:
            raise DomainError("Say first how much there is: then how much of it is left.", field="available")
        if self.available is not None and self.quantity is not None and not self.available <= self.quantity:
            raise DomainError("There cannot be more available than there is.", field="available")
        if self.quantity is not None and self.quantity.is_zero:
            raise DomainError("A quantity of nothing: leave it out, or say how much.", field="quantity")
        if self.kind is Kind.SURPLUS:
            if self.quantity is None:
                raise DomainError("A surplus says how much there is.", field="quantity")
            if self.use_by is None and self.collect_by is None:
                raise DomainError("A surplus says until when it can be used or collected.", field="use_by")

    @property
    def coarse(self) -> "Draft":
        """The same with every date about the goods in full hours, as it may be published."""
        return replace(
            self,
            window=None if self.window is None else self.window.coarse,
            use_by=None if self.use_by is None else to_hour(self.use_by),
            collect_by=None if self.collect_by is None else to_hour(self.collect_by),
            expires=None if self.expires is None else up_to_hour(self.expires),
        )

    @property
    def last_dates(self) -> tuple[datetime | None, ...]:
        """Every date after which it is of no use."""
        return self.expires, self.use_by, self.collect_by, None if self.window is None else self.window.end

    def end(self, now: datetime) -> datetime:
        """When it ends if it is published at `now` (Rule 3), in full hours."""
        dates = [moment for moment in self.last_dates if moment is not None]
        end = up_to_hour(min(dates)) if dates else up_to_hour(now + LIFETIME)
        if end <= now:
            raise DomainError("Its last day is over already.", field="expires")
        if end > now + LONGEST:
            raise DomainError("It would stay for more than a year: choose an earlier last day.", field="expires")
        return end


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A draft that its owner published: one version of it.

    `id` and `owner` are addresses on the wire; `revision` is None only for foreign servers that do not count.
    """

    id: str
    owner: str
    draft: Draft
    published: datetime
    ends: datetime
    updated: datetime | None = None
    revision: int | None = 1
    state: State = State.OPEN

    def __post_init__(self) -> None:
        """Hold the rules of a version."""
        if self.revision is not None and not 1 <= self.revision <= MAX_REVISION:
            raise DomainError("A revision is a whole number from 1.", field="revision")

    @property
    def available(self) -> Quantity | None:
        """What is left of it, or None where any amount is meant. Nothing is left of what is not open."""
        whole = self.draft.quantity
        if whole is None:
            return None
        if self.state is not State.OPEN:
            return whole - whole
        return whole if self.draft.available is None else self.draft.available

    def supersedes(self, old: "Proposal") -> bool:
        """Whether this version is strictly newer than `old` (Rule 1)."""
        if self.revision is not None and old.revision is not None:
            return self.revision > old.revision
        return (self.updated or self.published) > (old.updated or old.published)

    def check_follows(self, old: "Proposal") -> None:
        """Refuse a new version that changes what never changes (Rule 2)."""
        if (self.id, self.owner) != (old.id, old.owner):
            raise DomainError("A proposal keeps its id and its owner.", field="id")
        if self.draft.kind is not old.draft.kind:
            raise DomainError("A proposal stays what it is: offer, need or surplus.", field="kind")
        if self.draft.audience is not old.draft.audience:
            raise DomainError("The audience stays: withdraw it and publish anew for others.", field="audience")
        before, after = old.draft.quantity, self.draft.quantity
        if before is not None and after is not None and before.unit.code != after.unit.code:
            raise DomainError("The unit stays: withdraw it and publish anew to change it.", field="unit")

    def _next(self, act: Act, draft: Draft, now: datetime, ends: datetime) -> "Proposal":
        after = replace(
            self,
            draft=draft,
            state=LIFE.after(self.state, act),
            revision=(self.revision or 0) + 1,
            updated=now.replace(microsecond=0),
            ends=ends,
        )
        after.check_follows(self)
        return after

    def changed(self, draft: Draft, now: datetime) -> "Proposal":
        """The next revision, saying what `draft` says. A closed or expired one is open again."""
        act = Act.CHANGE if self.state is State.OPEN else Act.REOPEN
        return self._next(act, draft.coarse, now, self._end_of(draft.coarse, now))

    def _end_of(self, draft: Draft, now: datetime) -> datetime:
        """An open one ends when it did before, unless the draft now names other dates."""
        same = draft.last_dates == self.draft.last_dates
        return self.ends if same and self.state is State.OPEN and self.ends > now else draft.end(now)

    def closed(self, now: datetime) -> "Proposal":
        """The next revision, closed: fulfilled or no longer wanted."""
        return self._next(Act.CLOSE, self.draft, now, self.ends)

    def expired(self) -> "Proposal":
        """The same version after its last hour: everybody comes to this alone, nothing is sent."""
        return replace(self, state=LIFE.after(self.state, Act.EXPIRE))

    def withdrawn(self) -> "Proposal":
        """What is left to say when its owner deletes it."""
        return replace(self, state=LIFE.after(self.state, Act.WITHDRAW))


def publish(draft: Draft, *, id: str, owner: str, now: datetime) -> Proposal:  # noqa: A002 (the wire's own word)
    """The first version. `published` is rounded down to the hour: nobody needs to know the minute."""
    return Proposal(id=id, owner=owner, draft=draft.coarse, published=to_hour(now), ends=draft.coarse.end(now))
