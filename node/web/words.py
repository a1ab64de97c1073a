"""The words of posts in the reader's language: what a post can say without anybody translating it."""

from datetime import UTC, datetime
from decimal import Decimal

from markupsafe import Markup

from node.web.i18n import Language, mark
from schema.category import Category
from schema.fact import Fact
from schema.profile import REACH
from schema.quantity import NUMBER

KINDS = {"offer": mark("Offer"), "need": mark("Need"), "surplus": mark("Surplus")}
STATES = {"open": mark("Open"), "closed": mark("Closed"), "expired": mark("Expired"), "withdrawn": mark("Withdrawn")}
AUDIENCES = {"circle": mark("Only our circle"), "allies": mark("Our allies"), "public": mark("Everyone")}
CATEGORIES = {category.value: category.label for category in Category}
FACTS = {fact.value: fact.label for fact in Fact}
WAYS = {part.value: part.label for part in REACH}

# The shipped units, by the name that stands in a quantity, with the English word for several of them.
UNITS = {
    **{symbol: symbol for symbol in ("kg", "g", "ml", "m³", "m", "cm", "km", "m²", "kWh")},
    "unit": "units",
    "piece": "pieces",
    "pair": "pairs",
    "dozen": "dozen",
    "set": "sets",
    "tonne": "tonnes",
    "litre": "litres",
    "minute": "minutes",
    "hour": "hours",
    "day": "days",
    "week": "weeks",
    "month": "months",
    "dose": "doses",
    "box": "boxes",
    "sack": "sacks",
    "bag": "bags",
    "carton": "cartons",
    "case": "cases",
    "pallet": "pallets",
    "bottle": "bottles",
    "can": "cans",
    "packet": "packets",
    "roll": "rolls",
    "meal": "meals",
    "family basket": "family baskets",
    "suitcase of 23 kg": "suitcases of 23 kg",
    "course of treatment": "courses of treatment",
}
OWN_UNIT = Markup("%s <bdi>%s</bdi>")


class Words:
    """Names in one language. What is not in the closed lists is shown as it came, set apart from the text around it."""

    def __init__(self, language: Language) -> None:
        """Name things in `language`."""
        self._language = language

    def _named(self, names: dict[str, str], slug: str) -> Markup:
        known = names.get(slug)
        return Markup("<bdi>%s</bdi>") % slug if known is None else self._language.text(known)

    def kind(self, slug: str) -> Markup:
        """Offer, need or surplus."""
        return self._named(KINDS, slug)

    def state(self, slug: str) -> Markup:
        """Where a post is in its life."""
        return self._named(STATES, slug)

    def audience(self, slug: str) -> Markup:
        """Who may see a post."""
        return self._named(AUDIENCES, slug)

    def category(self, slug: str) -> Markup:
        """What a post is about."""
        return self._named(CATEGORIES, slug)

    def fact(self, slug: str) -> Markup:
        """What people must know before they take something."""
        return self._named(FACTS, slug)

    def way(self, slug: str) -> Markup:
        """A way to reach the collective."""
        return self._named(WAYS, slug)

    def spoken(self, tag: str) -> Markup:
        """A language people speak."""
        return Markup("<bdi>%s</bdi>") % self._language.name_of(tag)

    def quantity(self, text: str) -> Markup:
        """A quantity such as "20 kg": a plain decimal number, a space, a unit's name."""
        number, _, unit = text.partition(" ")
        if not NUMBER.fullmatch(number):
            return Markup("<bdi>%s</bdi>") % text
        amount = Decimal(number)
        shown = self._language.number(amount)
        if unit not in UNITS:
            return OWN_UNIT % (shown, unit)
        noun = self._language.counted(unit, UNITS[unit], amount)
        return self._language.text(mark("%(number)s %(unit)s"), number=shown, unit=noun)

    def stock(self, available: str | None, whole: str) -> Markup:
        """How much is left of how much; the whole alone where all of it is left."""
        if available is None or available == whole:
            return self.quantity(whole)
        left, total = self.quantity(available), self.quantity(whole)
        return self._language.text(mark("%(left)s left of %(whole)s"), left=left, whole=total)

    def moment(self, moment: datetime, *, year: bool = False) -> Markup:
        """A time that machines can read too."""
        shown = self._language.moment(moment, year=year)
        return Markup('<time datetime="%s">%s</time>') % (f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}", shown)

    def count(self, number: int) -> str:
        """A number in the reader's digits."""
        return self._language.number(number)
