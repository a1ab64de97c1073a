"""What goods are called: categories, units and what one must know about them, in English, Arabic, French and Turkish.

The rules of `words` hold here too.
"""

from node.aid.spreadsheet.vocabulary import Vocabulary, Words
from schema.category import Category
from schema.fact import Fact
from schema.quantity import COMMUNITY_UNITS, UNITS, Unit

CATEGORIES = Vocabulary(
    "category",
    {
        Category.FOOD_MEALS: Words(
            "Cooked meals|meals|hot meals|cooked food|prepared food|ready meals",
            "وجبات مطبوخة|وجبات|وجبات ساخنة|طعام مطبوخ|أكل مطبوخ|طعام جاهز",
            "Repas cuisinés|repas|repas chauds|plats cuisinés|plats préparés",
            "Pişmiş yemek|yemek|yemekler|sıcak yemek|pişmiş yemekler|hazır yemek",
        ),
        Category.FOOD_DRY: Words(
            "Food to keep|dry food|groceries|dry goods|staples|canned food|pantry",
            "مواد غذائية|أغذية جافة|مؤونة|مواد تموينية|معلبات|بقالة|أطعمة جافة",
            "Aliments à conserver|épicerie|denrées sèches|produits secs|conserves|aliments secs",
            "Kuru gıda|erzak|bakliyat|konserve gıda|dayanıklı gıda|kumanya",
        ),
        Category.INFANT: Words(
            "Babies and infants|baby|babies|infants|baby supplies|baby items",
            "الرضع والأطفال الصغار|رضع|أطفال رضع|مستلزمات الرضع|مستلزمات الأطفال|حاجات الأطفال",
            "Bébés et nourrissons|bébé|bébés|nourrissons|puériculture",
            "Bebek|bebekler|bebek malzemesi|bebek malzemeleri|bebek ve küçük çocuk",
        ),
        Category.WATER_HYGIENE: Words(
            "Water and hygiene|water|hygiene|toiletries|cleaning|sanitary|soap and hygiene",
            "مياه ونظافة|مياه|ماء|نظافة|مواد تنظيف|نظافة شخصية|الماء والنظافة",
            "Eau et hygiène|eau|hygiène|produits d'hygiène|nettoyage|toilette",
            "Su ve hijyen|su|hijyen|temizlik|temizlik malzemesi|hijyen malzemesi",
        ),
        Category.MEDICINE_HEALTH: Words(
            "Medicine and health|medicine|medicines|medical|health|pharmacy|medication",
            "أدوية وصحة|أدوية|دواء|صحة|طبي|مستلزمات طبية|صيدلية",
            "Médicaments et santé|médicaments|santé|médical|pharmacie|soins médicaux",
            "İlaç ve sağlık|ilaç|ilaçlar|sağlık|tıbbi|tıbbi malzeme|eczane",
        ),
        Category.SHELTER_HOUSING: Words(
            "Shelter and housing|shelter|housing|accommodation|rooms|tents",
            "مأوى وسكن|مأوى|سكن|إيواء|إسكان|خيام",
            "Abri et logement|abri|logement|hébergement|tentes",
            "Barınma|konut|barınak|barınma ve konut|konaklama|çadır",
        ),
        Category.CLOTHING_BEDDING: Words(
            "Clothing and bedding|clothing|clothes|bedding|shoes|blankets|textiles",
            "ملابس وفراش|ملابس|ثياب|فراش|أحذية|بطانيات|ألبسة|أغطية",
            "Vêtements et literie|vêtements|literie|habits|chaussures|couvertures",
            "Giysi ve yatak|giysi|giyim|kıyafet|yatak|ayakkabı|battaniye|giyim ve yatak",
        ),
        Category.HOUSEHOLD: Words(
            "Furniture and household|furniture|household|household goods|kitchenware|home",
            "أثاث ومنزل|أثاث|منزل|أدوات منزلية|مفروشات|أدوات مطبخ",
            "Meubles et maison|meubles|maison|ménage|mobilier|ameublement|vaisselle",
            "Mobilya ve ev eşyası|mobilya|ev eşyası|ev eşyaları|ev|mutfak eşyası",
        ),
        Category.POWER_CONNECTIVITY: Words(
            "Power and connection|power|electricity|energy|internet|phones|connectivity",
            "كهرباء واتصال|كهرباء|طاقة|إنترنت|اتصال|اتصالات|هواتف",
            "Énergie et connexion|énergie|électricité|internet et téléphone|connexion|téléphonie",
            "Enerji ve bağlantı|enerji|elektrik|internet ve telefon|bağlantı|iletişim",
        ),
        Category.TRANSPORT_CARRYING: Words(
            "Transport and carrying|transport|carrying|transportation|delivery|moving|travel",
            "نقل وتوصيل|نقل|توصيل|مواصلات|شحن|حمل",
            "Transport et portage|transports|portage|livraison|déménagement|trajet",
            "Taşıma ve ulaşım|taşıma|ulaşım|nakliye|nakil|kargo",
        ),
        Category.CARE: Words(
            "Care|childcare|elder care|caring|home care",
            "رعاية|رعاية أطفال|رعاية المسنين|عناية",
            "Soin et garde|garde d'enfants|aide à domicile|accompagnement|soins à la personne",
            "Bakım|çocuk bakımı|yaşlı bakımı|refakat",
        ),
        Category.LEARNING_SKILLS: Words(
            "Learning and skills|learning|skills|education|lessons|courses|school|books",
            "تعليم ومهارات|تعليم|مهارات|دروس|دورات|مدرسة|كتب|قرطاسية",
            "Apprentissage et savoir-faire|apprentissage|savoir-faire|éducation|cours|école|livres|formation",
            "Öğrenme ve beceri|öğrenme|beceri|eğitim|ders|dersler|kurs|okul|kitap|kırtasiye",
        ),
        Category.LANGUAGE_PAPERWORK_LEGAL: Words(
            "Language, papers and law|translation|interpreting|paperwork|legal|legal help|papers|law",
            "لغة ومعاملات وقانون|ترجمة|معاملات|قانون|أوراق|مساعدة قانونية|استشارة قانونية",
            "Langue, papiers et droit|traduction|interprétariat|papiers|droit|juridique|aide juridique|démarches",
            "Dil, evrak ve hukuk|tercüme|çeviri|tercümanlık|evrak|hukuk|hukuki yardım|dilekçe",
        ),
        Category.WORK_TOOLS_SPACE: Words(
            "Work, tools and space|work|tools|space|equipment|workshop|rooms to use",
            "عمل وأدوات ومساحة|عمل|أدوات|عدة|معدات|قاعة|ورشة|مساحة",
            "Travail, outils et locaux|travail|outils|outillage|locaux|matériel|atelier|salle",
            "İş, alet ve mekan|iş|alet|aletler|mekan|ekipman|atölye|salon",
        ),
        Category.FARM_LIVESTOCK: Words(
            "Farm and animals|farm|farming|animals|livestock|seeds|garden|agriculture",
            "زراعة وحيوانات|زراعة|حيوانات|مواشي|بذور|مزرعة|ماشية",
            "Ferme et animaux|ferme|animaux|bétail|semences|jardin|élevage",
            "Tarım ve hayvan|tarım|hayvan|hayvanlar|tohum|çiftlik|hayvancılık|bahçe",
        ),
        Category.LISTENING_WELLBEING: Words(
            "Listening and wellbeing|listening|wellbeing|well-being|counselling|psychosocial|support group",
            "إصغاء ودعم نفسي|إصغاء|دعم نفسي|رفاه|راحة نفسية|دعم نفسي واجتماعي",
            "Écoute et bien-être|écoute|bien-être|soutien psychologique|groupe de parole",
            "Dinleme ve iyi oluş|dinleme|iyi oluş|psikolojik destek|psikososyal destek|dertleşme",
        ),
        Category.SAFETY_PROTECTION: Words(
            "Safety and protection|safety|protection|safe place",
            "أمان وحماية|أمان|حماية|سلامة",
            "Sécurité et protection|sécurité|protection des personnes",
            "Güvenlik ve koruma|güvenlik|koruma|korunma",
        ),
        Category.LIFE_EVENTS_WORSHIP: Words(
            "Life events and worship|life events|worship|celebrations|funerals|weddings|religion|prayer",
            "مناسبات وعبادة|مناسبات|عبادة|أفراح|عزاء|جنازات|أعياد|صلاة",
            "Événements de la vie et culte|événements|culte|fêtes|funérailles|mariages|prière",
            "Yaşam olayları ve ibadet|ibadet|düğün|cenaze|bayram|tören|taziye",
        ),
    },
    {category.value: category for category in Category},
)

_COUNTED = {
    "C62": Words("unit|units|each|ea", "وحدة|وحدات", "unité|unités", "birim|birimler"),
    "H87": Words(
        "piece|pieces|pc|pcs|item|items",
        "قطعة|قطع|حبة|حبات",
        "pièce|pièces|pce|pces|article|articles",
        "adet|ad|tane|parça",
    ),
    "PR": Words("pair|pairs", "زوج|أزواج", "paire|paires", "çift"),
    "DZN": Words("dozen|dozens|doz", "دزينة|دزينات|دزينه", "douzaine|douzaines|dz", "düzine"),
    "SET": Words("set|sets|kit|kits", "طقم|أطقم|مجموعة|مجموعات", "lot|lots|jeu|jeux|ensemble|ensembles", "takım"),
    "E27": Words("dose|doses", "جرعة|جرعات", "dose|doses", "doz aşı|doz ilaç|dozluk"),
    "XBX": Words("box|boxes", "صندوق|صناديق", "boîte|boîtes", "kutu"),
    "XSA": Words("sack|sacks", "شوال|أشولة|خيشة", "gros sac|gros sacs|sac de jute", "çuval"),
    "XBG": Words("bag|bags", "كيس|أكياس|شنطة|شنط", "sac|sacs|sachet|sachets", "poşet|torba|çanta"),
    "XCT": Words("carton|cartons|ctn", "كرتونة|كراتين|كرتون", "carton|cartons", "koli"),
    "XCS": Words("case|cases|crate|crates", "قفص|أقفاص|سحارة|سحارات", "caisse|caisses|cageot|cageots", "kasa"),
    "XPX": Words("pallet|pallets", "منصة|منصات|طبلية|طبليات|بالت", "palette|palettes", "palet"),
    "XBO": Words("bottle|bottles", "قنينة|قناني|زجاجة|زجاجات", "bouteille|bouteilles|flacon|flacons", "şişe"),
    "XCX": Words(
        "can|cans|tin|tins", "علبة|علب", "boîte de conserve|boîtes de conserve|canette|canettes", "konserve|teneke"
    ),
    "XPK": Words("packet|packets|pack|packs|package|packages", "باكيت|باكيتات|رزمة|رزم", "paquet|paquets", "paket"),
    "XRO": Words("roll|rolls", "لفة|لفات|رول", "rouleau|rouleaux", "rulo|top"),
}

_MEASURED = {
    "KGM": Words(
        "kg|kilo|kilos|kgs|kilogram|kilograms|kilogramme",
        "كغ|كغم|كيلو|كلغ|كجم|ك.غ|كيلوغرام|كيلوجرام",
        "kg|kilogrammes",
        "kg|kilogr",
    ),
    "GRM": Words("g|gr|gram|grams", "غ|غرام|غرامات|جرام|غم", "g|gramme|grammes", "g|gr"),
    "TNE": Words("tonne|tonnes|t|ton|tons", "طن|أطنان", "tonne|tonnes", "ton"),
    "LTR": Words("litre|litres|l|lt|ltr|liter|liters", "لتر|ليتر|لترات|ليترات|ل", "litre|litres", "litre|lt"),
    "MLT": Words("ml|millilitre|millilitres|milliliter", "مل|ميليلتر|مليلتر", "ml", "ml|mililitre"),
    "MTQ": Words(
        "m³|m3|cubic metre|cubic metres|cubic meter|cbm", "م³|م3|متر مكعب", "m³|mètre cube|mètres cubes", "m³|metreküp"
    ),
    "MTR": Words("m|metre|metres|meter|meters", "م|متر|أمتار", "m|mètre|mètres", "m|metre"),
    "CMT": Words(
        "cm|centimetre|centimetres|centimeter", "سم|سنتيمتر", "cm|centimètre|centimètres", "cm|santim|santimetre"
    ),
    "KMT": Words(
        "km|kilometre|kilometres|kilometer|kilometers",
        "كم|كيلومتر|كيلومترات",
        "km|kilomètre|kilomètres",
        "km|kilometre",
    ),
    "MTK": Words(
        "m²|m2|sqm|square metre|square metres|square meter",
        "م²|م2|متر مربع",
        "m²|mètre carré|mètres carrés",
        "m²|metrekare",
    ),
    "MIN": Words("minute|minutes|min|mins", "دقيقة|دقائق", "minute|minutes", "dakika|dk"),
    "HUR": Words("hour|hours|h|hr|hrs", "ساعة|ساعات", "heure|heures", "saat|sa"),
    "DAY": Words("day|days", "يوم|أيام", "jour|jours|j", "gün"),
    "WEE": Words("week|weeks", "أسبوع|أسابيع", "semaine|semaines|sem", "hafta"),
    "MON": Words("month|months", "شهر|أشهر", "mois", "ay"),
    "KWH": Words(
        "kWh|kilowatt hour|kilowatt hours", "كيلوواط ساعة|كيلو واط ساعة|ك.و.س", "kWh|kilowattheure", "kWh|kilovatsaat"
    ),
}

_SHARED = {
    "meal": Words(
        "meal|meals|portion|portions|serving|servings",
        "وجبة|وجبات|حصة|حصص",
        "repas|plat|plats|part|parts",
        "öğün|porsiyon|yemek",
    ),
    "family-basket": Words(
        "family basket|family baskets|food parcel|food parcels|family box",
        "سلة عائلية|سلال عائلية|سلة غذائية|سلال غذائية|سلة|سلال",
        "panier familial|paniers familiaux|colis familial|colis alimentaire|colis alimentaires",
        "aile kolisi|gıda kolisi|erzak kolisi|aile sepeti",
    ),
    "suitcase-23kg": Words(
        "suitcase of 23 kg|suitcases of 23 kg|23 kg suitcase|23 kg suitcases|suitcase 23 kg|suitcase 23kg",
        "حقيبة 23 كغ|حقائب 23 كغ|حقيبة سفر 23 كغ|شنطة 23 كيلو",
        "valise de 23 kg|valises de 23 kg|valise 23 kg",
        "23 kg valiz|23 kg bavul|23 kg'lık valiz|23 kg'lık bavul|valiz 23 kg",
    ),
    "course-of-treatment": Words(
        "course of treatment|courses of treatment|treatment course|treatment",
        "كورس علاج|دورة علاج|دورات علاج|علاج كامل",
        "cure|cures|traitement|traitements|traitement complet",
        "kür|tedavi kürü|tedavi",
    ),
}

_UNIT_WORDS: dict[Unit, Words] = {
    **{UNITS[code]: words for code, words in (_MEASURED | _COUNTED).items()},
    **{COMMUNITY_UNITS[code]: words for code, words in _SHARED.items()},
}
UNIT_WORDS = Vocabulary("unit", _UNIT_WORDS, UNITS | COMMUNITY_UNITS)

FACTS = Vocabulary(
    "fact",
    {
        Fact.HALAL: Words("halal", "حلال", "halal|hallal", "helal"),
        Fact.KOSHER: Words("kosher", "كوشر", "casher|cacher|kascher", "koşer"),
        Fact.VEGETARIAN: Words("vegetarian|veggie", "نباتي", "végétarien|végétarienne", "vejetaryen|etsiz"),
        Fact.VEGAN: Words(
            "vegan", "نباتي صرف|فيغان|خضري", "végan|végane|végétalien|végétalienne", "vegan bitkisel|bitkisel"
        ),
        Fact.CONTAINS_GLUTEN: Words(
            "contains gluten|gluten|wheat",
            "يحتوي غلوتين|يحتوي على الغلوتين|غلوتين|قمح",
            "contient du gluten|blé",
            "gluten içerir|buğday",
        ),
        Fact.CONTAINS_NUTS: Words(
            "contains nuts|nuts|peanuts",
            "يحتوي مكسرات|يحتوي على المكسرات|مكسرات",
            "contient des fruits à coque|fruits à coque|noix",
            "kuruyemiş içerir|fındık içerir|kuruyemiş|fıstık",
        ),
        Fact.CONTAINS_MILK: Words(
            "contains milk|milk|dairy", "يحتوي حليب|يحتوي على الحليب|حليب", "contient du lait|lait", "süt içerir|süt"
        ),
        Fact.CONTAINS_EGG: Words(
            "contains egg|contains eggs|egg|eggs",
            "يحتوي بيض|يحتوي على البيض|بيض",
            "contient des œufs|œuf|œufs",
            "yumurta içerir|yumurta",
        ),
        Fact.CONTAINS_FISH: Words(
            "contains fish|fish", "يحتوي سمك|يحتوي على السمك|سمك", "contient du poisson|poisson", "balık içerir|balık"
        ),
        Fact.CONTAINS_SOY: Words(
            "contains soy|soy|soya", "يحتوي صويا|يحتوي على الصويا|صويا", "contient du soja|soja", "soya içerir"
        ),
        Fact.COLD_CHAIN: Words(
            "keep cold|cold chain|keep cool|refrigerate|refrigerated|fridge",
            "يحفظ باردا|سلسلة تبريد|مبرد|تبريد|براد",
            "à garder au froid|chaîne du froid|au frais|réfrigéré|frigo",
            "soğukta saklanır|soğuk zincir|soğukta tutulmalı|buzdolabı|soğuk",
        ),
        Fact.FROZEN: Words("frozen", "مجمد|مجمدة|مثلج", "surgelé|surgelée|congelé|congelée", "donmuş|dondurulmuş"),
        Fact.PRESCRIPTION: Words(
            "needs a prescription|prescription|prescription only",
            "يحتاج وصفة طبية|وصفة طبية|بوصفة",
            "sur ordonnance|ordonnance",
            "reçeteli|reçete gerekir|reçete",
        ),
        Fact.HEAVY: Words("heavy", "ثقيل|ثقيلة", "lourd|lourde", "ağır"),
        Fact.FRAGILE: Words(
            "fragile|breakable",
            "قابل للكسر|هش|هشة|سريع الكسر",
            "fragile|cassant",
            "kırılır|kırılabilir|kırılacak|hassas",
        ),
        Fact.WHEELCHAIR_ACCESS: Words(
            "wheelchair access|wheelchair|wheelchair accessible|step-free",
            "مناسب للكرسي المتحرك|كرسي متحرك|وصول بكرسي متحرك",
            "accès fauteuil roulant|accessible en fauteuil|fauteuil roulant|pmr",
            "tekerlekli sandalyeye uygun|tekerlekli sandalye|engelli erişimi",
        ),
        Fact.WOMEN_ONLY_HOURS: Words(
            "women only hours|women only|women",
            "ساعات للنساء|للنساء فقط|نساء فقط",
            "heures réservées aux femmes|réservé aux femmes|femmes",
            "kadınlara özel saatler|kadınlara özel|kadınlar",
        ),
        Fact.CHILDREN_WELCOME: Words(
            "children welcome|kids welcome|child friendly",
            "الأطفال مرحب بهم|أهلا بالأطفال|مناسب للأطفال",
            "enfants bienvenus|les enfants sont bienvenus",
            "çocuklar gelebilir|çocuklu gelinebilir|çocuklara uygun",
        ),
    },
    {fact.value: fact for fact in Fact},
)
