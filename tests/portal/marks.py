"""The marks of a sentence in seven languages: what a machine can see of its meaning.

Places to fill in, numbers, names that are nowhere translated, how it ends, and the words that consent and withdrawal
hang on. A translation bears the marks of its Dutch and no others. That does not prove it good; it does show one that
moved to its neighbour, lost its "not", or says "after" where Dutch says "from".
"""
# ruff: noqa: E501

from __future__ import annotations

import re
from functools import cache

ENDS = {"።": ".", "؟": "?", "፦": ":", "፣": ",", "،": ","}
NAMES = (
    *(
        "DigiD",
        "werk.nl",
        "Werkplein",
        "Leerplein",
        "RMC",
        "Fraudehelpdesk",
        "Chromium",
        "WCAG",
        "JavaScript",
    ),
    *("JSON", "JPEG", "HEIC", "AMR", "mp3", "STOP", "LATER"),
)
# The words to send are Dutch in every language but English, which has its own.
TO_SEND = ("BEL", "FOUT", "JA")
IN_ENGLISH = {"BEL": "CALL", "FOUT": "WRONG", "JA": "YES"}
# Per mark: the Dutch, then each language. Sentences are compared in small letters.
WORDS = {
    "researcher": {
        "nl": r"onderzoekers?\b",
        "en": r"researcher",
        "ar": r"الباحث|\bباحث(?!ين عن عمل)|للباحث",
        "tr": r"araştırmacı",
        "ti": r"ተመራማሪ|ተመራመርቲ",
        "fa": r"پژوهشگر",
        "pl": r"badacz",
    },
    "take part": {
        "nl": r"\bmee ?(?:doe|kunnen doen)|\bdoe mee|meedeed|doet mee|deelnemer|afgemeld",
        "en": r"tak(?:e|es|ing) part|participant",
        "ar": r"شارك",
        "tr": r"katıl(?!mıyor musunuz)",
        "ti": r"ሳተፍ|ሳተፉ|ተሳትፎ|ምስታፍ|ሳታፊ",
        "fa": r"شرکت(?!ی از بیرون)",
        "pl": r"udzia|uczestnik|tej osoby",
    },
    "stop": {
        "nl": r"\bstop(?:t|pen)?\b|gestopt",
        "en": r"\bstop|end the pause",
        "ar": r"توقف(?!ة)|إنهاء|أنهوا",
        "tr": r"bırak(?!ın:)|stop|bitir|durmak",
        "ti": r"ቋር|ቋሪ|ቋረ|ቁራጽ|stop",
        "fa": r"پایان (?:شرکت|دادن|دهید|استراحت|کامل|و موارد)|شرکت را تمام|را تمام ک|شرکت شما تمام|بله، تمام|stop",
        "pl": r"rezyg|zakończ(?!eniu)|kończy udział|\bstop",
    },
    "from": {
        "nl": r"\bvanaf\b",
        "en": r"from (?:that day|which step|the step|%\(day\)s)",
        "ar": r"ابتداءً من|من ذلك اليوم",
        "tr": r"itibaren",
        "ti": r"ጀሚሩ (?!።)|ጀሚርና|ካብቲ መዓልቲ|ካብ ኣየነይቲ",
        "fa": r"به بعد|از آن روز شهرداری|از کدام مرحله|از %\(day\)s دوباره",
        "pl": r"od (?:kroku|którego|wybranego|tego dnia)|znowu od dnia",
    },
    "up to and including": {
        "nl": r"tot en met %",
        "en": r"up to and including",
        "ar": r"حتى نهاية يوم",
        "tr": r"o gün dahil",
        "ti": r"ክሳብ መወዳእታ",
        "fa": r"تا پایان %",
        "pl": r"włącznie",
    },
    "at the latest": {
        "nl": r"uiterlijk",
        "en": r"\bby %|at the latest",
        "ar": r"أقصاه",
        "tr": r"\ben geç\b",
        "ti": r"እንተ ደንጐየ|ክሳብ %\(day\)s ሰዓት",
        "fa": r"حداکثر تا",
        "pl": r"najpóźniej",
    },
    "advance": {
        "nl": r"voorschot",
        "en": r"advance",
        "ar": r"سلفة",
        "tr": r"avans",
        "ti": r"ቅድመ ክፍሊት",
        "fa": r"پیش‌پرداخت",
        "pl": r"zaliczk",
    },
    "municipality": {
        "nl": r"gemeente",
        "en": r"municipality",
        "ar": r"البلدية",
        "tr": r"belediye",
        "ti": r"ምምሕዳር ከተማ",
        "fa": r"شهرداری",
        "pl": r"gmin",
    },
    "decision": {
        "nl": r"besluit|beslist",
        "en": r"deci",
        "ar": r"قرار|يقرر",
        "tr": r"karar(?!laştır)",
        "ti": r"ውሳነ|ዝውስኑ",
        "fa": r"تصمیم",
        "pl": r"decy[dz]",
    },
    "photo": {
        "nl": r"foto|alles waas",
        "en": r"photo|blur everything",
        "ar": r"صور",
        "tr": r"fotoğraf|her yeri",
        "ti": r"ስእሊ|ስእል|ኩሉ ሸፍኑ",
        "fa": r"عکس|پوشاندن همه",
        "pl": r"zdję|zamaż wszystko",
    },
    "voice": {
        "nl": r"spraakbericht|\binspreken$",
        "en": r"(?:voice|spoken) message|say it instead",
        "ar": r"صوتي|أتكلم",
        "tr": r"sesli mesaj|ses kaydı|sesle anlat",
        "ti": r"ናይ ድምጺ መልእኽ|መልእኽቲ ድምጸይ|^ድምጺ ቅድሑ|^ብድምጺ",
        "fa": r"پیام‌?(?:های)? صوتی|ضبط پیام|ترجیح می‌دهم حرف",
        "pl": r"wiadomoś\w+ głosow|nagra(?:j|ć) głos",
    },
    "code": {
        "nl": r"(?<!\()code",
        "en": r"(?<!\()code",
        "ar": r"رمز(?! digid)",
        "tr": r"(?<!\()\bkod",
        "ti": r"(?<!ምስጢራዊ )ኮድ",
        "fa": r"\bکد(?!ام)",
        "pl": r"(?<!\()\bkod",
    },
    "erase": {
        "nl": r"wissen|gewist|\bwis\b|\bwist\b|daar weg|waas weg",
        "en": r"delet|eras|gone there|remove the blur",
        "ar": r"حذف|حُذف|إزالة",
        "tr": r"\bsil(?!s)|kapatmayı kaldır",
        "ti": r"ደም(?:ስ|ሲ)|ድምስ|ተደምሰሰ|ካብኡ እውን ይጠፍእ|መሸፈኒ ኣልግሱ",
        "fa": r"پاک|برداشتن پوشش",
        "pl": r"usu[nńw]|zniknie",
    },
    "pause": {
        "nl": r"pauze",
        "en": r"pause",
        "ar": r"استراح",
        "tr": r"\bmola",
        "ti": r"ዕረፍ",
        "fa": r"استراحت",
        "pl": r"przerw",
    },
    "step": {
        "nl": r"stap",
        "en": r"step",
        "ar": r"خطو",
        "tr": r"adım(?!ındaki)",
        "ti": r"ስጉም",
        "fa": r"مرحله",
        "pl": r"\bkrok",
    },
    "granted": {
        "nl": r"toegekend",
        "en": r"granted",
        "ar": r"قُبل",
        "tr": r"kabul edildi",
        "ti": r"ተቐባልነት",
        "fa": r"پذیرفته شد$|پذیرفته شد\.",
        "pl": r"przyjęty",
    },
    "rejected": {
        "nl": r"afgewezen",
        "en": r"rejected",
        "ar": r"رُفض",
        "tr": r"reddedildi",
        "ti": r"ተነጺጉ",
        "fa": r"رد شد\.",
        "pl": r"odrzucony",
    },
    "withdrawn": {
        "nl": r"ingetrokken",
        "en": r"withdrawn",
        "ar": r"سُحب",
        "tr": r"geri çekildi",
        "ti": r"ተሳሒቡ",
        "fa": r"پس گرفته",
        "pl": r"wycofany",
    },
    "report": {
        "nl": r"verslag",
        "en": r"\breport\b(?! it)",
        "ar": r"التقرير",
        "tr": r"rapor",
        "ti": r"ጸብጻብ",
        "fa": r"گزارش",
        "pl": r"rapor",
    },
    "text message": {
        "nl": r"\bsms",
        "en": r"(?<!as )\btexts?\b(?! is binding)",
        "ar": r"نصية|لن نرسل لكم رسائل|القصيرة",
        "tr": r"sms|kısa mesaj|mesaj gönder",
        "ti": r"ኤስኤምኤስ|ንመልእኽትና|ኣይንጽሕፍን|መልእኽቲ እውን",
        "fa": r"پیامک|نه پیام می‌دهیم",
        "pl": r"\bsms|nie piszemy",
    },
    "citizen number": {
        "nl": r"burgerservicenummer",
        "en": r"citizen service",
        "ar": r"bsn",
        "tr": r"bsn",
        "ti": r"bsn",
        "fa": r"bsn",
        "pl": r"bsn",
    },
    "bad": {
        "nl": r"negatief",
        "en": r"negative",
        "ar": r"سلبي",
        "tr": r"olumsuz",
        "ti": r"ኣሉታዊ",
        "fa": r"منفی",
        "pl": r"negatywnie",
    },
    "good": {
        "nl": r"positief",
        "en": r"positive",
        "ar": r"إيجابي",
        "tr": r"olumlu",
        "ti": r"ኣወንታዊ",
        "fa": r"مثبت",
        "pl": r"pozytywnie",
    },
    "aloud": {
        "nl": r"mondeling",
        "en": r"said aloud",
        "ar": r"شفهي",
        "tr": r"sözlü",
        "ti": r"ብቃል$",
        "fa": r"شفاهی",
        "pl": r"ustnie",
    },
    "on paper": {
        "nl": r"op papier",
        "en": r"on paper",
        "ar": r"الورق",
        "tr": r"kâğıt",
        "ti": r"ወረቐት$",
        "fa": r"روی کاغذ",
        "pl": r"na papierze",
    },
    "answer": {
        "nl": r"antwoord",
        "en": r"answer|reply",
        "ar": r"إجاب|جواب|أجيب|تجيب",
        "tr": r"cevap|cevab|yanıt",
        "ti": r"መልስ|መልሲ|መልሱ|መለስ",
        "fa": r"پاسخ",
        "pl": r"odpowied",
    },
    "next advance": {
        "nl": r"volgend voorschot",
        "en": r"another advance",
        "ar": r"سلفة أخرى",
        "tr": r"avans daha",
        "ti": r"ካልእ ቅድመ ክፍሊት",
        "fa": r"پیش‌پرداخت بعدی",
        "pl": r"kolejn",
    },
    "not": {
        "nl": r"\bniets?\b|\bgeen\b|\bnooit\b|\bniemand\b|\bzonder\b|\bnergens\b|\bonleesba|\bnee\b",
        "en": r"\bnot?\b|cannot|\bnever\b|nobody|nothing|without|nowhere|unread",
        "ar": r"\bو?لا\b|\bلم\b|\bو?لن\b|\bليس|\bلستم|\bغير|بدون|\bبلا\b|\bفلا\b",
        "tr": r"değil|\byok|hiçbir|kimse|hayır|olmadan|\w(?:m[ae]z(?:l[ae]r|s[ıi]n[ıi]z)?\b|m[ae]y[ıi][zn]|m[ae]y[ae]ca|m[ıiuü]yor|m[ae]d[ıi]|m[ae]m[ıi]ş|m[ae]zsa|m[ae]y[ae]n)",
        "ti": r"ኣይ\S+|ኣየድል|ኣየቐምጥ|ዘይ\S+|የለን|የብ[ለሉልሎ]|ብዘይ|ምንም|ማንም|ፈጺም",
        "fa": r"\bن(?:می|یست|دار|داد|داشت|گیر|گرفت|ده|کن|کرد|شو|شد|خوا|باش|باید|بود|رس|فرس|پرس|توان)|هرگز|هیچ|بدون|\bنه\b|ناخوان|برقرار نشد",
        "pl": r"\bnie|\bbez\b|\bnigdy|nikt|\bnic\b|nikomu|niczego|żadn|brak",
    },
}
# Where the Dutch says "not" in other words than a translation does, or the other way round: read and found right.
OTHERWISE = (
    "(niet verplicht)",
    "Bent u het niet eens",
    "Dat maakt niet uit",
    "Dit duurt te lang",
    "Dit is %(over)s tekens te lang",
    "Dit is te groot.",
    "Dit is te lang",
    "Er zit niets in dit bestand",
    "Even niet bereikbaar",
    "In uw eigen taal",
    "Kies een dag die nog komt",
    "Klopt er iets niet",
    "Niet bellen maar anders",
    "Soms gaat het anders",
    "Stoppen, op elk moment",
    "Toch dezelfde onderzoeker",
    "U levert het formulier in",
    "Twijfelt u?",
    "Uw aanvraag loopt niet meer",
    "Uw woorden leest alleen",
    "Wat gewist is",
    "Wilt u een nieuwe link",
    "n.v.t.",
    "vervallen door maatwerk",
)


@cache
def words(language: str, text: str) -> frozenset[str]:
    small = re.sub(r"%\((?!day)\w+\)s", "…", text).replace("İ", "i").lower()
    said = {mark for mark, pattern in WORDS.items() if re.search(pattern[language], small)}
    # Where to stop is "to end taking part" both are said.
    return frozenset(said | ({"take part"} if "stop" in said else set()))


@cache
def marks(language: str, text: str) -> frozenset[str]:
    """What a text bears, whatever its language."""
    last = "" if text == "n.v.t." else text.rstrip(" \u2069")[-1]
    return frozenset(
        {
            *words(language, text),
            *re.findall(r"%\(\w+\)s|{\w+}", text),
            *re.findall(r"\d+", text.replace("دقيقت", "2")),  # the Arabic dual of minute
            *(name for name in NAMES if name in text),
            *(word for word in TO_SEND if re.search(rf"\b{_to_send(language, word)}\b", text)),
            *("end " + end for end in ".:?" if ENDS.get(last, last) == end),
        }
    )


def _to_send(language: str, word: str) -> str:
    return IN_ENGLISH[word] if language == "en" else word


def differing(language: str, dutch: str, said: str) -> frozenset[str]:
    """The marks that only one of the two bears."""
    wrong = marks("nl", dutch) ^ marks(language, said)
    return wrong - {"not"} if dutch.startswith(OTHERWISE) else wrong
