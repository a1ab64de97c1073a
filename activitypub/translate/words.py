"""The few words that Qafila itself writes into a post, in five languages.

A post is read on servers that know nothing of our categories, so its `content` says them in the post's own language,
and in English where that is none of these five. Screens have translations of their own.
"""

from typing import Final

from schema.category import Category
from schema.fact import Fact
from schema.proposal import Kind
from schema.quantity import Unit

LANGUAGES: Final = ("en", "ar", "fr", "tr", "ur")

_KINDS: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.OFFER: ("Offer", "عرض", "Offre", "Teklif", "پیشکش"),
    Kind.NEED: ("Need", "احتياج", "Besoin", "İhtiyaç", "ضرورت"),
    Kind.SURPLUS: ("Surplus", "فائض", "Surplus", "Fazla", "زائد سامان"),
}

_LABELS: Final[dict[str, tuple[str, ...]]] = {
    "closed": ("closed", "مغلق", "clos", "kapandı", "بند"),
    "quantity": ("Quantity", "الكمية", "Quantité", "Miktar", "مقدار"),
    "available": ("Still available", "المتبقي", "Encore disponible", "Kalan", "باقی"),
    "divisible": (
        "May be taken in parts",
        "يمكن أخذ جزء منه",
        "Partageable",
        "Bölünebilir",
        "حصوں میں لیا جا سکتا ہے",
    ),
    "place": ("Area", "المنطقة", "Secteur", "Bölge", "علاقہ"),
    "begin": ("From", "ابتداءً من", "À partir de", "Başlangıç", "کب سے"),
    "end": ("Until", "حتى", "Jusqu'à", "Bitiş", "کب تک"),
    "use_by": ("Use by", "يُستعمل قبل", "À utiliser avant", "Son kullanma", "استعمال کی آخری تاریخ"),
    "collect_by": ("Collect by", "يُستلم قبل", "À retirer avant", "Son teslim alma", "وصولی کی آخری تاریخ"),
    "ends": ("This post ends", "ينتهي هذا المنشور", "Fin de l'annonce", "İlanın sonu", "اعلان کی آخری تاریخ"),
    "languages": ("Languages spoken", "اللغات", "Langues parlées", "Konuşulan diller", "بولی جانے والی زبانیں"),
    "facts": ("Good to know", "معلومات مهمة", "À savoir", "Bilinmesi gerekenler", "جاننے کی باتیں"),
}

_CATEGORIES: Final[dict[Category, tuple[str, ...]]] = {
    Category.FOOD_MEALS: ("وجبات مطبوخة", "Repas préparés", "Pişmiş yemek", "پکا ہوا کھانا"),
    Category.FOOD_DRY: ("أغذية تُحفظ", "Aliments de conservation", "Kuru gıda", "خشک راشن"),
    Category.INFANT: ("رُضّع وأطفال صغار", "Bébés et nourrissons", "Bebekler", "شیرخوار بچے"),
    Category.WATER_HYGIENE: ("مياه ونظافة", "Eau et hygiène", "Su ve hijyen", "پانی اور صفائی"),
    Category.MEDICINE_HEALTH: ("أدوية وصحة", "Médicaments et santé", "İlaç ve sağlık", "ادویات اور صحت"),
    Category.SHELTER_HOUSING: ("مأوى وسكن", "Abri et logement", "Barınma ve konut", "پناہ اور رہائش"),
    Category.CLOTHING_BEDDING: ("ملابس وفراش", "Vêtements et literie", "Giysi ve yatak takımı", "کپڑے اور بستر"),
    Category.HOUSEHOLD: (
        "أثاث ولوازم المنزل",
        "Meubles et maison",
        "Mobilya ve ev eşyası",
        "فرنیچر اور گھریلو سامان",
    ),
    Category.POWER_CONNECTIVITY: (
        "كهرباء واتصال",
        "Énergie et connexion",
        "Elektrik ve iletişim",
        "بجلی اور رابطہ",
    ),
    Category.TRANSPORT_CARRYING: ("نقل وحمل", "Transport et portage", "Ulaşım ve taşıma", "نقل و حمل"),
    Category.CARE: ("رعاية", "Soin et garde", "Bakım", "دیکھ بھال"),
    Category.LEARNING_SKILLS: (
        "تعلّم ومهارات",
        "Apprentissage et savoir-faire",
        "Öğrenme ve beceri",
        "تعلیم اور ہنر",
    ),
    Category.LANGUAGE_PAPERWORK_LEGAL: (
        "لغة وأوراق وقانون",
        "Langue, papiers et droit",
        "Dil, evrak ve hukuk",
        "زبان، کاغذات اور قانون",
    ),
    Category.WORK_TOOLS_SPACE: (
        "عمل وأدوات ومكان",
        "Travail, outils et lieux",
        "İş, alet ve mekân",
        "کام، اوزار اور جگہ",
    ),
    Category.FARM_LIVESTOCK: ("زراعة وحيوانات", "Ferme et animaux", "Tarım ve hayvan", "کھیتی اور مویشی"),
    Category.LISTENING_WELLBEING: (
        "إصغاء وراحة",
        "Écoute et bien-être",
        "Dinleme ve iyilik hâli",
        "سننا اور دلجوئی",
    ),
    Category.SAFETY_PROTECTION: ("سلامة وحماية", "Sécurité et protection", "Güvenlik ve koruma", "حفاظت اور تحفظ"),
    Category.LIFE_EVENTS_WORSHIP: (
        "مناسبات وعبادة",
        "Étapes de vie et culte",
        "Yaşam olayları ve ibadet",
        "تقریبات اور عبادت",
    ),
}

_FACTS: Final[dict[Fact, tuple[str, ...]]] = {
    Fact.HALAL: ("حلال", "Halal", "Helal", "حلال"),
    Fact.KOSHER: ("كوشر", "Casher", "Koşer", "کوشر"),
    Fact.VEGETARIAN: ("نباتي", "Végétarien", "Vejetaryen", "سبزی خور"),
    Fact.VEGAN: ("نباتي صرف", "Végane", "Vegan", "ویگن"),
    Fact.CONTAINS_GLUTEN: ("يحتوي على الغلوتين", "Contient du gluten", "Glüten içerir", "گلوٹن شامل ہے"),
    Fact.CONTAINS_NUTS: (
        "يحتوي على المكسرات",
        "Contient des fruits à coque",
        "Kuruyemiş içerir",
        "گری دار میوے شامل ہیں",
    ),
    Fact.CONTAINS_MILK: ("يحتوي على الحليب", "Contient du lait", "Süt içerir", "دودھ شامل ہے"),
    Fact.CONTAINS_EGG: ("يحتوي على البيض", "Contient des œufs", "Yumurta içerir", "انڈا شامل ہے"),
    Fact.CONTAINS_FISH: ("يحتوي على السمك", "Contient du poisson", "Balık içerir", "مچھلی شامل ہے"),
    Fact.CONTAINS_SOY: ("يحتوي على الصويا", "Contient du soja", "Soya içerir", "سویا شامل ہے"),
    Fact.COLD_CHAIN: ("يُحفظ باردًا", "À garder au froid", "Soğukta saklanır", "ٹھنڈا رکھیں"),
    Fact.FROZEN: ("مجمّد", "Surgelé", "Dondurulmuş", "منجمد"),
    Fact.PRESCRIPTION: ("يحتاج إلى وصفة طبية", "Sur ordonnance", "Reçete gerekir", "نسخہ ضروری ہے"),
    Fact.HEAVY: ("ثقيل", "Lourd", "Ağır", "بھاری"),
    Fact.FRAGILE: ("قابل للكسر", "Fragile", "Kırılgan", "نازک"),
    Fact.WHEELCHAIR_ACCESS: (
        "مناسب للكراسي المتحركة",
        "Accessible en fauteuil",
        "Tekerlekli sandalyeye uygun",
        "وہیل چیئر کی رسائی",
    ),
    Fact.WOMEN_ONLY_HOURS: (
        "ساعات للنساء فقط",
        "Heures réservées aux femmes",
        "Kadınlara özel saatler",
        "صرف خواتین کے اوقات",
    ),
    Fact.CHILDREN_WELCOME: ("الأطفال مرحَّب بهم", "Enfants bienvenus", "Çocuklar gelebilir", "بچوں کو خوش آمدید"),
}

# Measures are written with their symbols, the same everywhere; what is counted has a word.
_COUNTED: Final[dict[str, tuple[str, ...]]] = {
    "C62": ("وحدة", "unité", "adet", "اکائی"),
    "H87": ("قطعة", "pièce", "parça", "عدد"),
    "PR": ("زوج", "paire", "çift", "جوڑا"),
    "DZN": ("دزينة", "douzaine", "düzine", "درجن"),
    "SET": ("طقم", "lot", "takım", "سیٹ"),
    "TNE": ("طن", "tonne", "ton", "ٹن"),
    "LTR": ("لتر", "litre", "litre", "لیٹر"),
    "MIN": ("دقيقة", "minute", "dakika", "منٹ"),
    "HUR": ("ساعة", "heure", "saat", "گھنٹہ"),
    "DAY": ("يوم", "jour", "gün", "دن"),
    "WEE": ("أسبوع", "semaine", "hafta", "ہفتہ"),
    "MON": ("شهر", "mois", "ay", "مہینہ"),
    "E27": ("جرعة", "dose", "doz", "خوراک"),
    "XBX": ("صندوق", "boîte", "kutu", "ڈبہ"),
    "XSA": ("كيس كبير", "sac", "çuval", "بوری"),
    "XBG": ("كيس", "sachet", "torba", "تھیلا"),
    "XCT": ("كرتونة", "carton", "karton", "کارٹن"),
    "XCS": ("صندوق شحن", "caisse", "kasa", "پیٹی"),
    "XPX": ("منصة نقالة", "palette", "palet", "پیلیٹ"),
    "XBO": ("زجاجة", "bouteille", "şişe", "بوتل"),
    "XCX": ("علبة", "conserve", "konserve", "ٹین"),
    "XPK": ("رزمة", "paquet", "paket", "پیکٹ"),
    "XRO": ("لفة", "rouleau", "rulo", "رول"),
    "meal": ("وجبة", "repas", "öğün", "کھانا"),
    "family-basket": ("سلة عائلية", "panier familial", "aile kolisi", "خاندانی راشن"),
    "suitcase-23kg": ("حقيبة 23 كغ", "valise de 23 kg", "23 kg'lık bavul", "23 کلو کا سوٹ کیس"),
    "course-of-treatment": ("دورة علاج", "traitement complet", "tedavi kürü", "علاج کا کورس"),
}


class Words:
    """The words in one language; a language that is none of the five, or none at all, is written in English."""

    def __init__(self, language: str | None) -> None:
        """Take a language as BCP 47 writes it; its first part decides."""
        primary = (language or "").partition("-")[0]
        self._column = LANGUAGES.index(primary) if primary in LANGUAGES else 0

    def _pick(self, english: str, others: tuple[str, ...]) -> str:
        return (english, *others)[self._column]

    def kind(self, kind: Kind) -> str:
        """Offer, need or surplus."""
        return _KINDS[kind][self._column]

    def label(self, name: str) -> str:
        """What stands before a value."""
        return _LABELS[name][self._column]

    def category(self, category: Category) -> str:
        """A category's name."""
        return self._pick(category.label, _CATEGORIES[category])

    def fact(self, fact: Fact) -> str:
        """A fact's name."""
        return self._pick(fact.label, _FACTS[fact])

    def unit(self, unit: Unit) -> str:
        """A unit's word, or its symbol or own name where it has no other."""
        return self._pick(unit.name, _COUNTED.get(unit.code, (unit.name,) * (len(LANGUAGES) - 1)))
