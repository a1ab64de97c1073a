import pytest

from node.aid.spreadsheet.goods_words import CATEGORIES, FACTS
from schema.category import Category

MEANT = {
    Category.FOOD_MEALS: ["hot meal", "وجبة", "soupes", "öğle yemeği"],
    Category.FOOD_DRY: [
        "foodstuffs",
        "أغذية",
        "Alimentation",
        "produits alimentaires",
        "gıda",
        "GIDA",
        "Gıda malzemeleri",
    ],
    Category.INFANT: ["baby milk", "حفاضات", "nourrisson", "bebek bezi"],
    Category.WATER_HYGIENE: ["soap and water", "ماء وصابون", "eau/savon", "su ve sabun"],
    Category.MEDICINE_HEALTH: ["first aid", "إسعافات أولية", "premiers secours", "ilk yardım"],
    Category.SHELTER_HOUSING: ["tents & rooms", "خيام وغرف", "tente", "oda"],
    Category.CLOTHING_BEDDING: [
        *("clothes, shoes and blankets", "ملابس وأغطية", "ملابس و أحذية", "ملابس، أحذية"),
        *("Vêtements et chaussures", "Giyim ve ayakkabı", "giysi ile battaniye"),
    ],
    Category.HOUSEHOLD: ["household items", "عفش", "électroménager", "beyaz eşya"],
    Category.POWER_CONNECTIVITY: ["solar panels", "كهرباء وإنترنت", "électricité et internet", "elektrik ve internet"],
    Category.TRANSPORT_CARRYING: ["rides", "سيارات", "transport", "nakliyat"],
    Category.CARE: ["babysitting", "حضانة", "garderie", "evde bakım"],
    Category.LEARNING_SKILLS: ["school supplies", "كتب وقرطاسية", "fournitures scolaires", "kitap ve kırtasiye"],
    Category.LANGUAGE_PAPERWORK_LEGAL: ["language", "وثائق", "aide administrative", "belgeler"],
    Category.WORK_TOOLS_SPACE: ["tools and equipment", "أدوات ومعدات", "outils et matériel", "alet ve ekipman"],
    Category.FARM_LIVESTOCK: ["seeds + animals", "بذور ومواشي", "agriculture", "tarım ve hayvancılık"],
    Category.LISTENING_WELLBEING: ["mental health", "صحة نفسية", "santé mentale", "ruh sağlığı"],
    Category.SAFETY_PROTECTION: ["security", "أمن", "protection", "emniyet"],
    Category.LIFE_EVENTS_WORSHIP: ["weddings and funerals", "أفراح وأعياد", "mariage", "düğün ve cenaze"],
}


@pytest.mark.parametrize("category", Category)
def test_everyday_words_mean_a_category(category: Category) -> None:
    """In four languages, alone and joined with another word for the same."""
    assert {word: CATEGORIES.find(word) for word in MEANT[category]} == dict.fromkeys(MEANT[category], category)


@pytest.mark.parametrize(
    "text", ["food and clothes", "clothes and", "clothes and nonsense", "أدوية وخيام", " & ", "and"]
)
def test_joined_words_that_mean_several_things_mean_none(text: str) -> None:
    """A category is never guessed; a joint at the end joins nothing."""
    assert CATEGORIES.find(text) is None


def test_words_are_suggested_in_the_language_that_is_asked_for() -> None:
    """English where nothing is said; what is like nothing gets the first names of the list."""
    assert "write for example Cooked meals, Food to keep, Babies and infants" in CATEGORIES.unknown("nonsense")
    assert "write for example halal, kosher" in FACTS.unknown("nope")
    assert CATEGORIES.nearest("nourissons")[0] == "Babies and infants"
    assert CATEGORIES.nearest("nourissons", "fr")[0] == "nourrissons"
