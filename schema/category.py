"""What a post is about: 18 categories, each with a pictogram, so that it can be read in any language."""

from enum import StrEnum


class Category(StrEnum):
    """The slug is what travels; names in each language live with the translations."""

    FOOD_MEALS = "food-meals"
    FOOD_DRY = "food-dry"
    INFANT = "infant"
    WATER_HYGIENE = "water-hygiene"
    MEDICINE_HEALTH = "medicine-health"
    SHELTER_HOUSING = "shelter-housing"
    CLOTHING_BEDDING = "clothing-bedding"
    HOUSEHOLD = "household"
    POWER_CONNECTIVITY = "power-connectivity"
    TRANSPORT_CARRYING = "transport-carrying"
    CARE = "care"
    LEARNING_SKILLS = "learning-skills"
    LANGUAGE_PAPERWORK_LEGAL = "language-paperwork-legal"
    WORK_TOOLS_SPACE = "work-tools-space"
    FARM_LIVESTOCK = "farm-livestock"
    LISTENING_WELLBEING = "listening-wellbeing"
    SAFETY_PROTECTION = "safety-protection"
    LIFE_EVENTS_WORSHIP = "life-events-worship"

    @property
    def pictogram(self) -> str:
        """One character that stands for it where a name cannot be read."""
        return _DETAILS[self][0]

    @property
    def label(self) -> str:
        """Its English name, the key of its translations."""
        return _DETAILS[self][1]

    @property
    def may_be_public(self) -> bool:
        """Protection of people is never announced to the world."""
        return self is not Category.SAFETY_PROTECTION


_DETAILS: dict[Category, tuple[str, str]] = {
    Category.FOOD_MEALS: ("🍲", "Cooked meals"),
    Category.FOOD_DRY: ("🍚", "Food to keep"),
    Category.INFANT: ("🍼", "Babies and infants"),
    Category.WATER_HYGIENE: ("🚰", "Water and hygiene"),
    Category.MEDICINE_HEALTH: ("💊", "Medicine and health"),
    Category.SHELTER_HOUSING: ("🏠", "Shelter and housing"),
    Category.CLOTHING_BEDDING: ("🧥", "Clothing and bedding"),
    Category.HOUSEHOLD: ("🪑", "Furniture and household"),
    Category.POWER_CONNECTIVITY: ("🔌", "Power and connection"),
    Category.TRANSPORT_CARRYING: ("🚚", "Transport and carrying"),
    Category.CARE: ("🤲", "Care"),
    Category.LEARNING_SKILLS: ("📚", "Learning and skills"),
    Category.LANGUAGE_PAPERWORK_LEGAL: ("📝", "Language, papers and law"),
    Category.WORK_TOOLS_SPACE: ("🔧", "Work, tools and space"),
    Category.FARM_LIVESTOCK: ("🌱", "Farm and animals"),
    Category.LISTENING_WELLBEING: ("👂", "Listening and wellbeing"),
    Category.SAFETY_PROTECTION: ("🛡", "Safety and protection"),
    Category.LIFE_EVENTS_WORSHIP: ("🕯", "Life events and worship"),
}
