"""How people write months and days, in English, Arabic, French and Turkish.

Arabic has three sets of month names: the Levant's own, those of Egypt and the Gulf, and those of the Maghreb.
"""

from node.aid.spreadsheet.vocabulary import Vocabulary, Words

MONTHS = Vocabulary(
    "month",
    {
        1: Words("January|Jan", "كانون الثاني|يناير|جانفي", "janvier|janv", "Ocak|Oca"),
        2: Words("February|Feb", "شباط|فبراير|فيفري", "février|févr|fév", "Şubat|Şub"),
        3: Words("March|Mar", "آذار|مارس", "mars", "Mart"),
        4: Words("April|Apr", "نيسان|أبريل|إبريل|أفريل", "avril|avr", "Nisan|Nis"),
        5: Words("May", "أيار|مايو|ماي", "mai", "Mayıs"),
        6: Words("June|Jun", "حزيران|يونيو|يونيه|جوان", "juin", "Haziran|Haz"),
        7: Words("July|Jul", "تموز|يوليو|يوليه|يوليوز|جويلية", "juillet|juil", "Temmuz|Tem"),
        8: Words("August|Aug", "آب|أغسطس|غشت|أوت", "août", "Ağustos|Ağu"),
        9: Words("September|Sep|Sept", "أيلول|سبتمبر|شتنبر", "septembre", "Eylül|Eyl"),
        10: Words("October|Oct", "تشرين الأول|أكتوبر", "octobre", "Ekim|Eki"),
        11: Words("November|Nov", "تشرين الثاني|نوفمبر|نونبر", "novembre", "Kasım|Kas"),
        12: Words("December|Dec", "كانون الأول|ديسمبر|دجنبر", "décembre|déc", "Aralık|Ara"),
    },
)

# Days from today.
NAMED_DAYS = Vocabulary(
    "day",
    {
        0: Words("today|tonight", "اليوم|الليلة", "aujourd'hui|ce soir", "bugün|bu gün|bu akşam"),
        1: Words("tomorrow|in a day", "غدا|غد|بكرا|بكرة|بعد يوم", "demain|dans un jour", "yarın|bir gün"),
        2: Words(
            "day after tomorrow|the day after tomorrow",
            "بعد غد|بعد يومين|خلال يومين|يومين|يومان",
            "après-demain",
            "öbür gün|yarından sonra",
        ),
        7: Words(
            "in a week|a week|within a week",
            "بعد أسبوع|خلال أسبوع",
            "dans une semaine|une semaine|sous huitaine",
            "bir hafta|bir hafta içinde",
        ),
        14: Words(
            "in a fortnight|a fortnight|two weeks|in two weeks",
            "بعد أسبوعين|خلال أسبوعين|أسبوعين|أسبوعان",
            "deux semaines|dans deux semaines",
            "iki hafta|iki hafta içinde",
        ),
    },
)

# Days in the unit that a number stands before: "3 days", "2 weeks".
SPANS = Vocabulary(
    "time",
    {
        1: Words("day|days", "يوم|يوما|أيام", "jour|jours", "gün"),
        7: Words("week|weeks", "أسبوع|أسبوعا|أسابيع", "semaine|semaines", "hafta"),
    },
)

# Words around "3 days" that change nothing.
BEFORE = Words("in|within|for", "بعد|خلال|في غضون", "dans|sous|d'ici", "önümüzdeki")
AFTER = Words("from now|from today|later", "من الآن|من اليوم", "plus tard", "sonra|içinde")
