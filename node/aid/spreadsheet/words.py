"""Every word that the reader understands, in English, Arabic, French and Turkish: one table for each kind of thing.

The first word of each language is the name that a spreadsheet of ours would be written with. Some headers are
missing on purpose: "name" and "number" often hold a person's name and phone, which never become part of a post, and a
column that only counts the lines ("no") names another line as soon as one is inserted.
"""

from node.aid.spreadsheet.fields import Field
from node.aid.spreadsheet.vocabulary import Vocabulary, Words
from schema.proposal import Kind
from schema.visibility import Audience

HEADERS = Vocabulary(
    "column",
    {
        Field.KIND: Words(
            "kind|type|type of post|offer or need|offer/need",
            "النوع|نوع|عرض أو حاجة|عرض/حاجة|نوع المنشور",
            "type d'annonce|nature|genre|offre ou besoin|offre/besoin",
            "tür|türü|tip|ilan türü|teklif veya ihtiyaç|teklif/ihtiyaç",
        ),
        Field.TITLE: Words(
            "title|what|item|items|item name|product|goods|article",
            "العنوان|الصنف|المادة|اسم الصنف|اسم المادة|المنتج|ماذا|البضاعة",
            "titre|quoi|objet|produit|désignation|intitulé|libellé",
            "başlık|ne|ürün|malzeme|eşya|ürün adı|malzeme adı",
        ),
        Field.CATEGORY: Words(
            "category|group|section",
            "الفئة|التصنيف|القسم|المجموعة",
            "catégorie|rubrique|famille",
            "kategori|grup|bölüm",
        ),
        Field.QUANTITY: Words(
            "quantity|qty|amount|how much|how many",
            "الكمية|العدد|كم|المقدار",
            "quantité|qté|nombre|combien",
            "miktar|miktarı|adet|adedi|sayı|sayısı|kaç tane|ne kadar",
        ),
        Field.UNIT: Words(
            "unit|units|measure", "الوحدة|وحدة القياس", "unité|unités|mesure", "birim|birimi|ölçü|ölçü birimi"
        ),
        Field.AVAILABLE: Words(
            "available|left|remaining|still available|quantity left|in stock|stock",
            "المتاح|المتبقي|المتوفر|الباقي|الكمية المتبقية|المخزون",
            "disponible|reste|restant|quantité restante|en stock",
            "kalan|mevcut|kalan miktar|stok|stokta",
        ),
        Field.NOTE: Words(
            "note|notes|description|details|comment|comments|remarks|more",
            "ملاحظة|ملاحظات|الوصف|التفاصيل|تعليق|الشرح",
            "remarque|remarques|détails|commentaire|commentaires|précisions|observations",
            "açıklama|açıklamalar|not|notlar|ayrıntı|ayrıntılar|detay",
        ),
        Field.PLACE: Words(
            "place|area|district|neighbourhood|neighborhood|location|where|region|town",
            "المنطقة|المكان|الحي|الموقع|أين|البلدة|المدينة",
            "lieu|quartier|zone|secteur|région|où|localité|ville",
            "yer|bölge|semt|mahalle|ilçe|konum|nerede|şehir",
        ),
        Field.USE_BY: Words(
            "use by|use-by date|best before|expiry|expiry date|good until",
            "يستعمل قبل|يستخدم قبل|تاريخ الصلاحية|انتهاء الصلاحية|تاريخ انتهاء الصلاحية|صالح حتى|الصلاحية",
            "à utiliser avant|à consommer avant|dlc|ddm|date limite de consommation|péremption|date de péremption",
            "son kullanma|son kullanma tarihi|son kullanım|son kullanım tarihi|skt|tett|son tüketim|son tüketim tarihi",
        ),
        Field.COLLECT_BY: Words(
            "collect by|pick up by|pickup by|collection deadline|last collection",
            "يستلم قبل|الاستلام قبل|آخر موعد للاستلام|الاستلام حتى",
            "à retirer avant|à récupérer avant|retrait avant|date limite de retrait",
            "son teslim alma|teslim alma son tarih|en geç teslim alma|son teslim tarihi",
        ),
        Field.BEGIN: Words(
            "from|available from|start|starts|begin|start date",
            "من|من تاريخ|ابتداء من|متاح من|البداية|تاريخ البداية",
            "à partir de|à partir du|dès|début|disponible dès|date de début",
            "başlangıç|başlangıç tarihi|itibaren|şu tarihten itibaren",
        ),
        Field.UNTIL: Words(
            "until|till|to|available until|end|ends|end date",
            "حتى|إلى|إلى تاريخ|لغاية|متاح حتى|النهاية|تاريخ النهاية",
            "jusqu'à|jusqu'au|au|fin|disponible jusqu'au|date de fin",
            "bitiş|bitiş tarihi|kadar|şu tarihe kadar",
        ),
        Field.EXPIRES: Words(
            "expires|post expires|show until|listed until|last day|deadline|closing date|last date",
            "ينتهي|ينتهي في|ينتهي الإعلان|يعرض حتى|آخر يوم|الموعد النهائي|آخر موعد|آخر أجل|آخر مهلة|المهلة",
            "expire|expire le|fin d'annonce|affiché jusqu'au|dernier jour|date limite|échéance|date d'échéance|délai",
            "son gün|ilan bitişi|yayında kalma|ilan son günü|son tarih|en son tarih|son başvuru|son başvuru tarihi",
        ),
        Field.AUDIENCE: Words(
            "audience|visible to|visibility|who may see it|shared with",
            "لمن|الجمهور|يراه|من يراه|الظهور|مشاركة مع",
            "visible par|visibilité|partagé avec|destinataires",
            "kimler görebilir|görünürlük|kim görür|hedef kitle|paylaşım",
        ),
        Field.FACTS: Words(
            "facts|good to know|properties|labels|tags|dietary",
            "معلومات|خصائص|صفات|ميزات|تنبيهات",
            "à savoir|propriétés|étiquettes|mentions|caractéristiques",
            "bilgiler|özellikler|bilinmesi gerekenler|etiketler",
        ),
        Field.LANGUAGE: Words(
            "language|written in|language of the text",
            "اللغة|لغة النص|لغة الكتابة",
            "langue|langue du texte",
            "dil|metnin dili|yazı dili",
        ),
        Field.LANGUAGES: Words(
            "languages|languages spoken|spoken languages|we speak",
            "اللغات|اللغات المحكية|لغات التواصل|نتكلم",
            "langues|langues parlées|nous parlons",
            "diller|konuşulan diller|konuştuğumuz diller",
        ),
        Field.DIVISIBLE: Words(
            "divisible|can be divided|can be split|in parts|split",
            "قابل للتقسيم|قابل للتجزئة|يمكن تقسيمه|يقسم",
            "fractionnable|peut être partagé|en parties",
            "bölünebilir|bölünür|parça parça|paylaştırılabilir",
        ),
        Field.REFERENCE: Words(
            "reference|ref|id|code|item no|our reference",
            "المرجع|الرمز|رقم المرجع",
            "référence|réf|identifiant|notre référence",
            "referans|kayıt no|kod|referans no",
        ),
    },
    {field.value: field for field in Field},
)

KINDS = Vocabulary(
    "kind",
    {
        Kind.OFFER: Words(
            "offer|offers|offered|offering|have|we have|give|giving",
            "عرض|عروض|نعرض|لدينا|نقدم|تقديم",
            "offre|offres|don|dons|nous avons|on donne|propose|proposition",
            "teklif|teklifler|sunum|sunuyoruz|veriyoruz|elimizde var|bağış|verilecek",
        ),
        Kind.NEED: Words(
            "need|needs|needed|request|requests|requested|wanted|looking for|we need",
            "حاجة|حاجات|احتياج|احتياجات|طلب|طلبات|مطلوب|نحتاج|بحاجة",
            "besoin|besoins|demande|demandes|recherche|cherche|nous cherchons",
            "ihtiyaç|ihtiyaçlar|talep|talepler|istek|aranıyor|arıyoruz|lazım|gerekli",
        ),
        Kind.SURPLUS: Words(
            "surplus|excess|leftover|leftovers|too much|extra",
            "فائض|فوائض|زائد|زيادة|الفائض عن الحاجة",
            "excédent|excédents|surplus|en trop|invendus|restes",
            "fazla|fazlalık|ihtiyaç fazlası|artan|elde kalan",
        ),
    },
    {kind.value: kind for kind in Kind},
)

AUDIENCES = Vocabulary(
    "audience",
    {
        Audience.CIRCLE: Words(
            "our circle|circle|members|members only|internal|us",
            "دائرتنا|الدائرة|الأعضاء|أعضاء|للأعضاء فقط|داخلي",
            "notre cercle|cercle|membres|membres seulement|interne",
            "çevremiz|çevre|halkamız|üyeler|yalnız üyeler|sadece üyeler|içimizde",
        ),
        Audience.ALLIES: Words(
            "allies|ally|allied|partners|allied collectives",
            "الحلفاء|حليف|المتحالفون|الشركاء",
            "alliés|alliées|allié|partenaires|collectifs alliés",
            "müttefikler|müttefik|dost kolektifler|ortaklar",
        ),
        Audience.PUBLIC: Words(
            "public|everyone|everybody|all|anyone|open",
            "عام|عامة|للجميع|الجميع|علني|الكل",
            "public|publique|tous|toutes|tout le monde|ouvert",
            "herkese açık|herkes|kamu|açık|genel",
        ),
    },
)

LANGUAGE_NAMES = Vocabulary(
    "language",
    {
        "en": Words("English", "الإنجليزية|إنجليزي|انكليزي|الإنكليزية", "anglais", "İngilizce"),
        "ar": Words("Arabic", "العربية|عربي", "arabe", "Arapça"),
        "fr": Words("French", "الفرنسية|فرنسي", "français", "Fransızca"),
        "tr": Words("Turkish", "التركية|تركي", "turc", "Türkçe"),
        "ur": Words("Urdu", "الأردية|أوردو|اردو", "ourdou", "Urduca"),
        "fa": Words("Persian|Farsi|Dari", "الفارسية|فارسي|دري", "persan", "Farsça|Darice"),
        "ku": Words("Kurdish|Kurmanji|Sorani|Kurdî", "الكردية|كردي|كوردي", "kurde", "Kürtçe|Kurmanci"),
        "bn": Words("Bengali|Bangla", "البنغالية|بنغالي", "bengali", "Bengalce"),
        "id": Words("Indonesian|Bahasa Indonesia", "الإندونيسية|إندونيسي", "indonésien", "Endonezce"),
        "es": Words("Spanish|español", "الإسبانية|إسباني", "espagnol", "İspanyolca"),
        "de": Words("German|Deutsch", "الألمانية|ألماني", "allemand", "Almanca"),
        "it": Words("Italian|italiano", "الإيطالية|إيطالي", "italien", "İtalyanca"),
        "pt": Words("Portuguese|português", "البرتغالية|برتغالي", "portugais", "Portekizce"),
        "ru": Words("Russian|русский", "الروسية|روسي", "russe", "Rusça"),
        "uk": Words("Ukrainian|українська", "الأوكرانية|أوكراني", "ukrainien", "Ukraynaca"),
        "ps": Words("Pashto", "البشتو|بشتو", "pachto", "Peştuca"),
        "so": Words("Somali", "الصومالية|صومالي", "somali", "Somalice"),
        "ti": Words("Tigrinya", "التيغرينية|تيغرينيا", "tigrigna", "Tigrinyaca"),
        "am": Words("Amharic", "الأمهرية|أمهري", "amharique", "Amharca"),
        "sw": Words("Swahili|Kiswahili", "السواحلية|سواحيلي", "souahéli", "Svahilice"),
        "hi": Words("Hindi", "الهندية|هندي", "hindi", "Hintçe"),
        "el": Words("Greek|ελληνικά", "اليونانية|يوناني", "grec", "Yunanca"),
    },
)

ANSWERS = Vocabulary(
    "yes or no",
    {
        True: Words("yes|y|true|1|x|✓ yes", "نعم|صح|أجل", "oui|o|vrai", "evet|e|doğru|var"),
        False: Words("no|n|false|0", "لا|كلا|خطأ", "non|faux", "hayır|h|yanlış|yok"),
    },
)

# What the first words of a line of totals are; such a line is nobody's post.
TOTALS = Vocabulary(
    "total",
    {
        "total": Words(
            "total|totals|grand total|sum|sub-total",
            "المجموع|الإجمالي|المجموع الكلي|الإجمالي الكلي",
            "total général|totaux|somme|sous-total",
            "toplam|genel toplam|ara toplam",
        )
    },
)
