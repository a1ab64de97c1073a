"""What people must know before they take something: a closed list, so that it can be read in any language."""

from enum import StrEnum


class Fact(StrEnum):
    """The slug is what travels. Languages spoken are `languages` of a proposal, not facts."""

    HALAL = "halal"
    KOSHER = "kosher"
    VEGETARIAN = "vegetarian"
    VEGAN = "vegan"
    CONTAINS_GLUTEN = "contains-gluten"
    CONTAINS_NUTS = "contains-nuts"
    CONTAINS_MILK = "contains-milk"
    CONTAINS_EGG = "contains-egg"
    CONTAINS_FISH = "contains-fish"
    CONTAINS_SOY = "contains-soy"
    COLD_CHAIN = "cold-chain"
    FROZEN = "frozen"
    PRESCRIPTION = "prescription"
    HEAVY = "heavy"
    FRAGILE = "fragile"
    WHEELCHAIR_ACCESS = "wheelchair-access"
    WOMEN_ONLY_HOURS = "women-only-hours"
    CHILDREN_WELCOME = "children-welcome"

    @property
    def label(self) -> str:
        """Its English name, the key of its translations."""
        return _LABELS.get(self, self.value.replace("-", " ").capitalize())


_LABELS = {
    Fact.COLD_CHAIN: "Keep cold",
    Fact.PRESCRIPTION: "Needs a prescription",
}
