"""What goods are called: categories, units and what one must know about them, in English, Arabic, French and Turkish.

The rules of `words` hold here too.
"""

from node.aid.spreadsheet.vocabulary import Joinable, Vocabulary, Words
from schema.category import Category
from schema.fact import Fact
from schema.quantity import COMMUNITY_UNITS, UNITS, Unit

CATEGORIES = Joinable(
    "category",
    {
        Category.FOOD_MEALS: Words(
            "Cooked meals|meals|hot meals|cooked food|prepared food|ready meals|meal|cooked meal|hot meal|"
            "ready to eat|lunch|dinner|breakfast|soup|soups",
            "وجبات مطبوخة|وجبات|وجبات ساخنة|طعام مطبوخ|أكل مطبوخ|طعام جاهز|وجبة|وجبة ساخنة|طبخ|طبيخ|غداء|عشاء|فطور|"
            "إفطار|شوربة|حساء",
            "Repas cuisinés|repas|repas chauds|plats cuisinés|plats préparés|plat|plats|plat cuisiné|repas chaud|"
            "déjeuner|dîner|petit-déjeuner|soupe|soupes",
            "Pişmiş yemek|yemek|yemekler|sıcak yemek|pişmiş yemekler|hazır yemek|öğle yemeği|akşam yemeği|kahvaltı|"
            "iftar|çorba|sıcak yemekler|ev yemeği",
        ),
        Category.FOOD_DRY: Words(
            "Food to keep|dry food|groceries|dry goods|staples|canned food|pantry|foodstuffs|food supplies|food items|"
            "grocery|provisions|tinned food|non-perishable food",
            "مواد غذائية|أغذية جافة|مؤونة|مواد تموينية|معلبات|بقالة|أطعمة جافة|غذاء|أغذية|تموين|مونة|مواد تموين|"
            "سلع غذائية|مواد غذائية جافة|أغذية معلبة",
            "Aliments à conserver|épicerie|denrées sèches|produits secs|conserves|aliments secs|alimentation|"
            "alimentaire|produits alimentaires|denrées|denrées alimentaires|aliments|vivres|alimentation sèche",
            "Kuru gıda|erzak|bakliyat|konserve gıda|dayanıklı gıda|kumanya|gıda|gıda malzemesi|gıda malzemeleri|"
            "gıda maddeleri|gıda ürünleri|temel gıda|kuru gıdalar|konserve|kuru bakliyat",
        ),
        Category.INFANT: Words(
            "Babies and infants|baby|babies|infants|baby supplies|baby items|infant|newborn|newborns|toddlers|"
            "baby food|baby milk|infant formula|nappies|diapers",
            "الرضع والأطفال الصغار|رضع|أطفال رضع|مستلزمات الرضع|مستلزمات الأطفال|حاجات الأطفال|رضيع|"
            "أطفال حديثو الولادة|مواليد|حليب أطفال|حفاضات|حفاضات أطفال|لوازم الأطفال|أغذية الرضع",
            "Bébés et nourrissons|bébé|bébés|nourrissons|puériculture|nourrisson|nouveau-né|nouveau-nés|couches|"
            "lait infantile|articles pour bébés|produits pour bébés",
            "Bebek|bebekler|bebek malzemesi|bebek malzemeleri|bebek ve küçük çocuk|bebe|yenidoğan|bebek bezi|"
            "bebek maması|mama|bebek ürünleri|bebek eşyası",
        ),
        Category.WATER_HYGIENE: Words(
            "Water and hygiene|water|hygiene|toiletries|cleaning|sanitary|soap and hygiene|drinking water|soap|"
            "detergent|cleaning supplies|cleaning products|hygiene items|personal hygiene|sanitation",
            "مياه ونظافة|مياه|ماء|نظافة|مواد تنظيف|نظافة شخصية|الماء والنظافة|مياه شرب|ماء الشرب|صابون|"
            "منظفات|تنظيف|أدوات نظافة|مستلزمات النظافة|فوط صحية",
            "Eau et hygiène|eau|hygiène|produits d'hygiène|nettoyage|toilette|eau potable|savon|savons|lessive|"
            "propreté|produits de nettoyage|produits d'entretien|articles de toilette",
            "Su ve hijyen|su|hijyen|temizlik|temizlik malzemesi|hijyen malzemesi|içme suyu|sabun|deterjan|"
            "temizlik malzemeleri|temizlik ürünleri|hijyen ürünleri|hijyen malzemeleri",
        ),
        Category.MEDICINE_HEALTH: Words(
            "Medicine and health|medicine|medicines|medical|health|pharmacy|medication|drugs|first aid|"
            "medical supplies|medical equipment|medical care|healthcare|health care",
            "أدوية وصحة|أدوية|دواء|صحة|طبي|مستلزمات طبية|صيدلية|علاج|علاجات|إسعاف|إسعافات أولية|عيادة|رعاية صحية|"
            "معدات طبية|أجهزة طبية",
            "Médicaments et santé|médicaments|santé|médical|pharmacie|soins médicaux|médicament|premiers secours|"
            "premiers soins|matériel médical|soins de santé|trousse de secours",
            "İlaç ve sağlık|ilaç|ilaçlar|sağlık|tıbbi|tıbbi malzeme|eczane|ilk yardım|sağlık malzemesi|"
            "sağlık malzemeleri|tıbbi malzemeler|sağlık hizmeti|medikal",
        ),
        Category.SHELTER_HOUSING: Words(
            "Shelter and housing|shelter|housing|accommodation|rooms|tents|room|tent|lodging|accomodation|apartment|"
            "place to stay|place to sleep",
            "مأوى وسكن|مأوى|سكن|إيواء|إسكان|خيام|غرفة|غرف|خيمة|مبيت|استضافة|ملجأ|شقة|مساكن|سكن مؤقت",
            "Abri et logement|abri|logement|hébergement|tentes|abris|logements|tente|chambre|chambres|appartement|"
            "hébergement d'urgence",
            "Barınma|konut|barınak|barınma ve konut|konaklama|çadır|oda|odalar|çadırlar|daire|kalacak yer|"
            "geçici barınma|barınma yeri",
        ),
        Category.CLOTHING_BEDDING: Words(
            "Clothing and bedding|clothing|clothes|bedding|shoes|blankets|textiles|footwear|coats|jackets|"
            "winter clothes|blanket|mattresses|sheets|linen|sleeping bags|towels",
            "ملابس وفراش|ملابس|ثياب|فراش|أحذية|بطانيات|ألبسة|أغطية|لباس|كسوة|معاطف|ملابس شتوية|بطانية|حرامات|فرش|"
            "فرشات|شراشف|لحف|مخدات|أكياس نوم|مناشف",
            "Vêtements et literie|vêtements|literie|habits|chaussures|couvertures|vêtement|habillement|textile|"
            "textiles|manteaux|linge|linge de lit|draps|couettes|matelas|sacs de couchage",
            "Giysi ve yatak|giysi|giyim|kıyafet|yatak|ayakkabı|battaniye|giyim ve yatak|giysiler|giyecek|kıyafetler|"
            "kışlık kıyafet|ayakkabılar|mont|battaniyeler|yorgan|yastık|çarşaf|nevresim|uyku tulumu",
        ),
        Category.HOUSEHOLD: Words(
            "Furniture and household|furniture|household|household goods|kitchenware|home|household items|"
            "kitchen items|cookware|dishes|appliances|home goods",
            "أثاث ومنزل|أثاث|منزل|أدوات منزلية|مفروشات|أدوات مطبخ|أثاث منزلي|عفش|أدوات المنزل|لوازم منزلية|"
            "أجهزة منزلية|أواني",
            "Meubles et maison|meubles|maison|ménage|mobilier|ameublement|vaisselle|meuble|électroménager|"
            "articles ménagers|ustensiles|ustensiles de cuisine|équipement ménager",
            "Mobilya ve ev eşyası|mobilya|ev eşyası|ev eşyaları|ev|mutfak eşyası|mobilyalar|ev gereçleri|ev aletleri|"
            "beyaz eşya|mutfak malzemesi|mutfak gereçleri|mutfak eşyaları",
        ),
        Category.POWER_CONNECTIVITY: Words(
            "Power and connection|power|electricity|energy|internet|phones|connectivity|electrical|solar|solar panels|"
            "generators|batteries|fuel|phone|mobile phones|wifi",
            "كهرباء واتصال|كهرباء|طاقة|إنترنت|اتصال|اتصالات|هواتف|طاقة شمسية|ألواح شمسية|مولدات|بطاريات|وقود|هاتف|شبكة",
            "Énergie et connexion|énergie|électricité|internet et téléphone|connexion|téléphonie|électrique|solaire|"
            "panneaux solaires|batteries|carburant|internet|téléphone|téléphones|télécommunications",
            "Enerji ve bağlantı|enerji|elektrik|internet ve telefon|bağlantı|iletişim|güneş enerjisi|güneş paneli|"
            "jeneratör|pil|yakıt|internet|telefon|telefonlar|haberleşme",
        ),
        Category.TRANSPORT_CARRYING: Words(
            "Transport and carrying|transport|carrying|transportation|delivery|moving|travel|shipping|freight|"
            "logistics|lift|lifts|ride|rides|vehicles|cars",
            "نقل وتوصيل|نقل|توصيل|مواصلات|شحن|حمل|سيارات|سيارة|توصيلة|نقل بضائع|نقليات|تنقل|سفر|لوجستيات",
            "Transport et portage|transports|portage|livraison|déménagement|trajet|transport|trajets|déplacements|"
            "covoiturage|voiture|véhicules|livraisons|logistique",
            "Taşıma ve ulaşım|taşıma|ulaşım|nakliye|nakil|kargo|taşımacılık|nakliyat|araç|araçlar|araba|teslimat|"
            "lojistik|yolculuk",
        ),
        Category.CARE: Words(
            "Care|childcare|elder care|caring|home care|child care|babysitting|elderly care|caregiving|home help|"
            "companionship|day care",
            "رعاية|رعاية أطفال|رعاية المسنين|عناية|رعاية منزلية|رعاية كبار السن|رعاية المرضى|اعتناء|حضانة|مرافقة",
            "Soin et garde|garde d'enfants|aide à domicile|accompagnement|soins à la personne|soin|garde|baby-sitting|"
            "crèche|garderie|aide à la personne|aide aux personnes âgées",
            "Bakım|çocuk bakımı|yaşlı bakımı|refakat|bakıcı|hasta bakımı|engelli bakımı|evde bakım|kreş",
        ),
        Category.LEARNING_SKILLS: Words(
            "Learning and skills|learning|skills|education|lessons|courses|school|books|lesson|course|classes|"
            "training|teaching|tutoring|book|stationery|school supplies",
            "تعليم ومهارات|تعليم|مهارات|دروس|دورات|مدرسة|كتب|قرطاسية|تدريب|درس|دورة|كتاب|دراسة|تربية|لوازم مدرسية|"
            "مستلزمات مدرسية",
            "Apprentissage et savoir-faire|apprentissage|savoir-faire|éducation|cours|école|livres|formation|"
            "formations|enseignement|leçons|compétences|livre|papeterie|fournitures scolaires|soutien scolaire|"
            "scolaire",
            "Öğrenme ve beceri|öğrenme|beceri|eğitim|ders|dersler|kurs|okul|kitap|kırtasiye|öğretim|beceriler|kurslar|"
            "özel ders|kitaplar|okul malzemesi|okul malzemeleri",
        ),
        Category.LANGUAGE_PAPERWORK_LEGAL: Words(
            "Language, papers and law|translation|interpreting|paperwork|legal|legal help|papers|law|language|"
            "languages|interpretation|documents|forms|lawyer|legal advice|asylum|administration",
            "لغة ومعاملات وقانون|ترجمة|معاملات|قانون|أوراق|مساعدة قانونية|استشارة قانونية|لغة|لغات|ترجمة فورية|وثائق|"
            "مستندات|أوراق رسمية|معاملات رسمية|محامي|قانوني|لجوء|استشارات قانونية",
            "Langue, papiers et droit|traduction|interprétariat|papiers|droit|juridique|aide juridique|démarches|"
            "langue|langues|interprète|administratif|aide administrative|démarches administratives|documents|avocat|"
            "asile",
            "Dil, evrak ve hukuk|tercüme|çeviri|tercümanlık|evrak|hukuk|hukuki yardım|dilekçe|dil|diller|tercüman|"
            "çevirmen|belge|belgeler|evraklar|resmi işlemler|avukat|hukuki|iltica",
        ),
        Category.WORK_TOOLS_SPACE: Words(
            "Work, tools and space|work|tools|space|equipment|workshop|rooms to use|tool|jobs|employment|machines|"
            "premises|hall|storage|meeting room",
            "عمل وأدوات ومساحة|عمل|أدوات|عدة|معدات|قاعة|ورشة|مساحة|وظائف|توظيف|فرص عمل|آلات|قاعات|مستودع|مخزن",
            "Travail, outils et locaux|travail|outils|outillage|locaux|matériel|atelier|salle|outil|emploi|emplois|"
            "machines|équipement|espace|espaces|local|salles|entrepôt|stockage|bricolage",
            "İş, alet ve mekan|iş|alet|aletler|mekan|ekipman|atölye|salon|istihdam|makine|makineler|el aletleri|"
            "ekipmanlar|depo|salonlar|toplantı salonu|çalışma alanı",
        ),
        Category.FARM_LIVESTOCK: Words(
            "Farm and animals|farm|farming|animals|livestock|seeds|garden|agriculture|animal|cattle|poultry|seed|"
            "seedlings|plants|gardening|animal feed|fodder",
            "زراعة وحيوانات|زراعة|حيوانات|مواشي|بذور|مزرعة|ماشية|زراعي|حيوان|أغنام|أبقار|دواجن|أعلاف|علف|بذار|شتلات|"
            "نباتات|بستنة|حديقة",
            "Ferme et animaux|ferme|animaux|bétail|semences|jardin|élevage|agriculture|agricole|animal|volaille|"
            "volailles|graines|plantes|jardinage|potager|fourrage",
            "Tarım ve hayvan|tarım|hayvan|hayvanlar|tohum|çiftlik|hayvancılık|bahçe|ziraat|çiftçilik|bahçecilik|"
            "tohumlar|fide|fideler|bitki|bitkiler|yem|hayvan yemi",
        ),
        Category.LISTENING_WELLBEING: Words(
            "Listening and wellbeing|listening|wellbeing|well-being|counselling|psychosocial|support group|"
            "mental health|emotional support|psychological support|counseling|support groups|peer support",
            "إصغاء ودعم نفسي|إصغاء|دعم نفسي|رفاه|راحة نفسية|دعم نفسي واجتماعي|صحة نفسية|استماع|دعم معنوي|دعم عاطفي|"
            "مساندة نفسية|إرشاد نفسي",
            "Écoute et bien-être|écoute|bien-être|soutien psychologique|groupe de parole|santé mentale|soutien moral|"
            "soutien psychosocial|aide psychologique|groupes de parole",
            "Dinleme ve iyi oluş|dinleme|iyi oluş|psikolojik destek|psikososyal destek|dertleşme|ruh sağlığı|"
            "psikolojik yardım|manevi destek|duygusal destek|destek grubu|esenlik",
        ),
        Category.SAFETY_PROTECTION: Words(
            "Safety and protection|safety|protection|safe place|security|safe space|safe house|safeguarding",
            "أمان وحماية|أمان|حماية|سلامة|أمن|مكان آمن|حماية الأطفال",
            "Sécurité et protection|sécurité|protection des personnes|protection|sûreté|lieu sûr|"
            "protection de l'enfance",
            "Güvenlik ve koruma|güvenlik|koruma|korunma|emniyet|güvenli alan|güvenli yer|çocuk koruma",
        ),
        Category.LIFE_EVENTS_WORSHIP: Words(
            "Life events and worship|life events|worship|celebrations|funerals|weddings|religion|prayer|event|events|"
            "celebration|funeral|wedding|births|burial|religious|ceremonies|holidays|festivals",
            "مناسبات وعبادة|مناسبات|عبادة|أفراح|عزاء|جنازات|أعياد|صلاة|مناسبة|عرس|أعراس|زفاف|زواج|جنازة|دفن|تعازي|عيد|"
            "احتفالات|دين",
            "Événements de la vie et culte|événements|culte|fêtes|funérailles|mariages|prière|événement|fête|mariage|"
            "obsèques|enterrement|naissances|deuil|cérémonies|célébrations|religion|religieux",
            "Yaşam olayları ve ibadet|ibadet|düğün|cenaze|bayram|tören|taziye|yaşam olayları|etkinlik|etkinlikler|"
            "düğünler|nikah|cenazeler|bayramlar|törenler|kutlama|doğum|dua|din",
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
