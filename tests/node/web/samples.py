"""A collective and its posts, as the use cases hand them to the pages."""

from itertools import cycle, islice
from typing import Any

from node.web.views import Collective, Owner, Picture, Way
from schema.category import Category
from schema.profile import REACH

ALDER = Collective(
    name="Alder Kitchen",
    handle="@alder@alder.example",
    url="https://alder.example/",
    actor="https://alder.example/actors/alder",
    summary="Neighbours who cook, carry and repair.\nTuesdays and Fridays in the old school.",
    language="en",
    name_language="en",
    ways=(
        Way("place", "The old school, north of the river", "en"),
        Way("hours", "الثلاثاء والجمعة من الرابعة إلى السابعة مساءً", "ar"),
        Way("phone", "+90 212 555 01 23", "en"),
        Way("email", "hello@alder.example", "en"),
        Way("website", "https://kitchen.example/a-rather-long-address/of-a-page/that-says-more", "en"),
    ),
    logo=Picture("0123.png", 256, 256),
    other_languages=("ckb", "ku"),
)
OWNERS = (
    Owner("https://alder.example/actor", "Alder Kitchen"),
    Owner("https://birch.example/actor", "غرفة الطوارئ في الحي القديم"),
    Owner("https://cedar.example/actor", "Cedar Dayanışma Evi"),
)
KEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"

FULL: dict[str, Any] = {
    "id": "https://alder.example/posts/01jd7q4x",
    "short": "01jd7q4x",
    "owner": OWNERS[0].actor,
    "owner_name": OWNERS[0].name,
    "own": True,
    "kind": "surplus",
    "title": "Lentil soup from tonight's big pot",
    "category": "food-meals",
    "quantity": "40 meal",
    "available": "12 meal",
    "area": "north of the river",
    "note": "Bring a jar or a pot.\nThe door is on the side of the yard; ring twice.\n\nNo questions asked.",
    "language": "en",
    "languages": ["ar", "en", "tr"],
    "facts": ["halal", "vegetarian", "contains-gluten", "cold-chain", "children-welcome"],
    "use_by": "2026-11-27T20:00:00+00:00",
    "collect_by": "2026-11-27T18:00:00+00:00",
    "from": "2026-11-27T15:00:00+00:00",
    "until": "2026-11-27T18:00:00+00:00",
    "ends": "2026-11-27T18:00:00+00:00",
    "published": "2026-11-27T09:00:00+00:00",
    "updated": "2026-11-27T11:24:09+00:00",
    "revision": 3,
    "state": "open",
    "audience": "public",
    "divisible": True,
    "proven_by": KEY,
    "received": None,
    "deliveries": {"waiting": 2, "delivered": 14, "refused": 1},
}

TEXTS = (
    ("Rice and oil for twenty families before winter", "en", "20 family basket", "18.5 family basket", "east bank"),
    (
        "حليب أطفال للمرحلة الأولى لعائلات وصلت الآن إلى المدرسة",
        "ar",
        "96 can",
        "7 can",
        "الحي القديم شمال النهر",
    ),
    ("Traduction et accompagnement à la préfecture le jeudi matin", "fr", None, None, "centre-ville"),
    ("Kışlık mont ve battaniye, çocuk bedenleri de var", "tr", "35 piece", "35 piece", "Tarlabaşı çevresi"),
    ("بزرگ مریضوں کے لیے انسولین، ٹھنڈے ڈبے میں پہنچائی جا سکتی ہے", "ur", "3 box", "2 box", "پرانے بازار کے قریب"),
)


def posts(count: int = 50) -> list[dict[str, Any]]:
    """As many posts as wanted, long ones, in five languages and all categories."""
    texts, categories = cycle(TEXTS), cycle(Category)
    kinds, owners = cycle(("need", "offer", "offer", "surplus")), cycle(OWNERS)
    made = []
    for number, text, category, kind, owner in islice(
        zip(range(count), texts, categories, kinds, owners, strict=False), count
    ):
        title, language, quantity, available, area = text
        own = owner is OWNERS[0]
        made.append(
            {
                **FULL,
                "id": f"{owner.actor.removesuffix('actor')}posts/01jd7q4x{number:04}",
                "owner": owner.actor,
                "owner_name": owner.name,
                "own": own,
                "kind": kind,
                "title": title,
                "category": category.value,
                "quantity": quantity,
                "available": available,
                "area": area,
                "language": language if number % 7 else None,
                "facts": FULL["facts"][: number % 4],
                "use_by": None if kind != "surplus" else FULL["use_by"],
                "collect_by": None,
                "ends": "2026-12-27T18:00:00+00:00",
                "state": "closed" if number % 9 == 8 else "open",
                "audience": ("allies", "public", "circle")[number % 3],
                "proven_by": None if number % 5 == 4 else KEY,
                "deliveries": FULL["deliveries"] if own else None,
            }
        )
    return made


def everywhere(text: str) -> dict[str, Any]:
    """A post that says the same in each field others can fill in."""
    words = ("id", "owner", "owner_name", "kind", "title", "category", "quantity", "available", "area", "note")
    more = ("language", "state", "audience", "proven_by")
    return {
        **FULL,
        **dict.fromkeys((*words, *more), text),
        "available": f"1 {text}",
        "languages": [text],
        "facts": [text],
        "foreign": True,
        "dialect": text,
        "asks": text,
    }


def collective(text: str) -> Collective:
    """A collective that says the same in each field."""
    ways = tuple(Way(part, text, text) for part in (*REACH, text))
    return Collective(text, text, text, text, text, text, text, ways, Picture(text, 1, 1), (text,))
