"""Random but valid values of the domain, for property tests anywhere in the tree."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from schema.category import Category
from schema.fact import Fact
from schema.place import TOO_EXACT, Cell, Place
from schema.proposal import MAX_NOTE, MAX_TITLE, Draft, Kind, Proposal, State, publish
from schema.quantity import COMMUNITY_UNITS, UNITS, Quantity, Unit
from schema.text import DIRECTION
from schema.visibility import Audience
from schema.window import TimeWindow

NODE = "https://alder.example"
OWNER = f"{NODE}/actors/alder"
NOW = datetime(2026, 11, 23, 9, 17, 42, tzinfo=UTC)
ZONES = (UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-11)), timezone(timedelta(hours=3)))
LANGUAGES = ("ar", "en", "fr", "tr", "ur", "pt-BR", "zh-Hant")

characters = st.characters(
    codec="utf-8",
    exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp"),
    exclude_characters="".join(DIRECTION),
)
"""Whatever people may write: every script, and marks that only HTML minds."""


def lines(longest: int, *, alphabet: st.SearchStrategy[str] = characters) -> st.SearchStrategy[str]:
    """A line with something to see on it."""
    return st.text(alphabet, min_size=1, max_size=longest).filter(
        lambda text: any(character.isalnum() or character in "<>&\"'" for character in text)
    )


def notes(longest: int = MAX_NOTE) -> st.SearchStrategy[str]:
    """Several lines, perhaps none."""
    return st.text(st.one_of(characters, st.just("\n")), max_size=min(longest, 200))


def moments(
    earliest: timedelta = timedelta(hours=2), latest: timedelta = timedelta(days=365)
) -> st.SearchStrategy[datetime]:
    """Times after `NOW`, with minutes and seconds, in zones of the whole world."""
    first, last = ((NOW + distance).replace(tzinfo=None) for distance in (earliest, latest))
    in_utc = st.datetimes(first, last, timezones=st.just(UTC))
    return st.builds(datetime.astimezone, in_utc, st.sampled_from(ZONES))


community_units = st.builds(
    lambda code, name: Unit.community(f"own-{code}", name),
    st.from_regex(r"[a-z0-9]{1,10}(-[a-z0-9]{1,5})?", fullmatch=True),
    lines(40),
)
units = st.sampled_from([*UNITS.values(), *COMMUNITY_UNITS.values()]) | community_units


def quantities(
    of: st.SearchStrategy[Unit] = units, *, least: str = "0", most: str = "999999999999"
) -> st.SearchStrategy[Quantity]:
    """Amounts of any unit, with up to six decimals."""
    numbers = st.integers(0, 6).flatmap(
        lambda places: st.decimals(Decimal(least), Decimal(most), places=places, allow_nan=False)
    )
    return st.builds(Quantity, numbers.map(abs), of)


@st.composite
def cells(draw: st.DrawFn) -> Cell:
    """Grid cells anywhere but at the poles."""
    return Cell.around(draw(st.floats(-85, 85)), draw(st.floats(-180, 180)))


places = st.builds(Place, lines(60).filter(lambda label: TOO_EXACT.search(label) is None), st.none() | cells())


@st.composite
def windows(draw: st.DrawFn) -> TimeWindow:
    """From, until, or both."""
    begin, end = sorted([draw(moments()), draw(moments())])
    return draw(st.sampled_from([TimeWindow(begin), TimeWindow(None, end), TimeWindow(begin, end)]))


def shares(whole: Quantity) -> st.SearchStrategy[Quantity]:
    """From nothing to all of `whole`."""
    percents = st.integers(0, 100).map(lambda percent: (whole.number * percent / 100).quantize(Decimal("0.01")))
    return percents.map(lambda number: Quantity(min(number, whole.number), whole.unit))


@st.composite
def drafts(draw: st.DrawFn, kinds: st.SearchStrategy[Kind] | None = None) -> Draft:
    """What a person may say."""
    kind = draw(kinds if kinds is not None else st.sampled_from(Kind))
    surplus = kind is Kind.SURPLUS
    whole = draw(quantities(least="0.01") if surplus else st.none() | quantities(least="0.01"))
    available = None if whole is None else draw(st.none() | shares(whole))
    use_by = draw(moments() if surplus else st.none() | moments())
    category = draw(st.sampled_from(Category))
    audiences = [one for one in Audience if category.may_be_public or one is not Audience.PUBLIC]
    return Draft(
        kind=kind,
        title=draw(lines(MAX_TITLE)),
        category=category,
        quantity=whole,
        available=available,
        divisible=draw(st.booleans()),
        note=draw(notes()),
        language=draw(st.none() | st.sampled_from(LANGUAGES)),
        languages=draw(st.frozensets(st.sampled_from(LANGUAGES), max_size=4)),
        place=draw(st.none() | places),
        window=draw(st.none() | windows()),
        use_by=use_by,
        collect_by=draw(st.none() | moments()),
        expires=draw(st.none() | moments()),
        audience=draw(st.sampled_from(audiences)),
        facts=draw(st.frozensets(st.sampled_from(Fact), max_size=5)),
    )


@st.composite
def proposals(draw: st.DrawFn, of: st.SearchStrategy[Draft] | None = None) -> Proposal:
    """A proposal somewhere in its life: new, changed, closed or opened again."""
    first = draw(of if of is not None else drafts())
    proposal = publish(first, id=f"{NODE}/proposals/1", owner=OWNER, now=NOW)
    for step in range(1, draw(st.integers(0, 3)) + 1):
        now = NOW + timedelta(minutes=20 * step)
        if proposal.state is State.OPEN and draw(st.booleans()):
            proposal = proposal.closed(now)
        else:
            proposal = proposal.changed(proposal.draft, now)
    return proposal
