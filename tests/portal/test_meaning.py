"""What texts mean: a table per kind, in the languages and dialects of people here, slips of the thumb included."""
# ruff: noqa: E501

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.portal.texted import START_WORDS, STOP_WORDS, read_text
from journey.portal.understood import fold, vocabulary

NEGATIVE = """
1|1.|1!|1 (niet goed)|best slecht|boos|tegenvallend|(1)|"1"|een 1|cijfer 1|nummer 1|1 hoor|één|een|1️⃣|①|❶|１|١|۱|፩|१|𝟏|nr. 1|antwoord: 1|mijn antwoord is 1
niet goed|Niet Goed.|NIET GOED!!!|het ging niet goed|niet zo goed|niet heel goed|niet echt goed|helemaal niet goed|slecht|Slecht!!
heel slecht|echt heel slecht|slechttt|slegt|slehct|waardeloos|ontevreden|niet best|niet fijn|beroerd|nietgoed|neit goed|minder goed
niks aan|ruk|dramatisch|hallo, het was slecht|Slecht. Groetjes Fatma|viel tegen|niet tevreden|negatief|het was niet zo best
nie goe|ni goe|nie goed|neet good|nait goud|sjlech|nie hoed|nait best|nig good
bad|not good|it was not good|very bad|terrible|not happy|wasn't good|no good|poor
kötü|çok kötü|iyi değil|iyi degildi|berbat|KÖTÜ|hiç iyi değildi
سيء|سيئ جدا|غير جيد|مش كويس|مو زين|ليس جيدًا|خايب|سَيِّئ
بد|خیلی بد|خوب نبود|بد بود
źle|zle|bardzo źle|niedobrze|nie dobrze|kiepsko|nie za dobrze
ሕማቕ|ጽቡቕ ኣይነበረን|xun|aad u xun|ma fiicna|погано|дуже погано|плохо|не добре|schlecht|nicht gut|mauvais|pas bien|malo|no bon
🙁|👎|👎🏿|👎👎👎|😡😡|:(|:-(|☹️|slecht 😡|1 🙁|bir|واحد|jeden
"""
NEUTRAL = """
2|2.|2 (gaat wel)|een 2|2 hoor|twee|۲|２|②|٢|፪|cijfer 2
gaat wel|Gaat wel.|gaatwel|ging wel|het gaat wel|gaat wle|matig|redelijk|zozo|mwah|mwoah|gaat zo|neutraal|Het ging wel hoor|gat wel
gao wel|gaot wel|gaait wel|geet wal|giet wol|so so|average|meh|it was ok|idare eder|orta|şöyle böyle|fena değil
عادي|وسط|لا بأس|متوسط|متوسط 😐|معمولی|بد نبود|średnio|tak sobie|może być|ደሓን|dhexdhexaad|нормально|так собі|geht so|moyen|mas o menos
😐|😑|iki|dwa|اثنين|niet goed niet slecht
"""
POSITIVE = """
3|3.|3!!!|3 hoor|een 3|3 aub|ik geef een 3|cijfer 3|nr 3|drie|３|③|۳|٣|፫|३|3x|ik kies voor 3|3 denk ik|3 goed|3 (goed)|3 = goed|prima geregeld|gewoon goed|okee prima|ik ben blij|3 3|3 3 3|Optie 3|3 :)|"3"|3 dank u wel
goed|goed hoor|Goed!|heel goed|het ging goed|ging goed|prima|Prima hoor|geod|goedd|goeeeed|goooed|heel goed hoor|goed goed goed
best goed|wel goed|top|super|perfect|uitstekend|tevreden|heel tevreden|positief|fijn|niets te klagen|hallo goed|ja goed|ja prima hoor
goed, dank u wel|Goed. Groeten, Jan de Vries|prmia|uitsteknd|goed 🙂|goed🙂|kan niet beter|goed 👍🏽|GOED|ｇｏｅｄ
goe|goeie|good|goud|hoed|goet|skoan|very good|it was great|fine|excellent|nice
iyi|çok iyi|güzel|cok iyi|harika|İYİ|memnunum
جيد|جيّد جداً|كويس|ممتاز|تمام|زين|منيح|مزيان|mzyan|الحمد لله جيد
خوب|خیلی خوب|عالی|خوب بود|dobrze|bardzo dobrze|super było|w porządku|dobże|ጽቡቕ|ብጣዕሚ ጽቡቕ|fiican|aad u fiican
добре|дуже добре|хорошо|все добре|gut|sehr gut|très bien|muy bien|hopi bon
🙂|👍|👍👍|👍👍👍|👍🏾|😀😀|☺️|:)|:-)|👌|❤️|üç|ثلاثة|trzy|drei
"""
UNCLEAR = """
2-3|2 - 3|1/2|3,2|3 2|32|23|1 of 2|2 of 3|2 tot 3|2 à 3|2½|1-3|3/3|3.2|2,5|3 van de 3|4|0|5|8|10|een 8|10/10|100|33
kan beter|niet slecht|viel mee|valt mee|goed 🙁|👍👎|🙂🙁|goed slecht|goed maar ook slecht|slecht en goed|3?|goed?|ok|oke|Ok.
beter|1 en 3|soms goed|2–3|٢-٣|twee of drie|not bad|goed? nee|nieźle|3 maar het was slecht|goed, nee niet goed
"""
QUOTED = [
    ("slecht want ik moest twee uur wachten", "negative", "want ik moest twee uur wachten"),
    ("1 want ik moest 2 uur wachten", "negative", "want ik moest 2 uur wachten"),
    ("3, de mevrouw was heel aardig", "positive", "de mevrouw was heel aardig"),
    ("3 ik ben goed geholpen", "positive", "ik ben goed geholpen"),
    ("goed maar traag", "positive", "maar traag"),
    ("Goed. Maar het duurde lang", "positive", "Maar het duurde lang"),
    ("niet goed, ze luisterden niet", "negative", "ze luisterden niet"),
    ("2: er was niemand", "neutral", "er was niemand"),
    ("gaat wel maar ik snapte de brief niet", "neutral", "maar ik snapte de brief niet"),
    ("1\nik moest lang wachten\nGroetjes Ali", "negative", "ik moest lang wachten"),
    ("👎 ze waren boos", "negative", "ze waren boos"),
    ("bad because nobody called", "negative", "because nobody called"),
    ("kötü çünkü iki saat bekledim", "negative", "çünkü iki saat bekledim"),
    ("سيء لأنني انتظرت ساعتين", "negative", "لأنني انتظرت ساعتين"),
    ("źle, bo czekałem dwie godziny", "negative", "bo czekałem dwie godziny"),
    ("погано, бо довго чекав", "negative", "бо довго чекав"),
    ("بد چون دو ساعت منتظر بودم", "negative", "چون دو ساعت منتظر بودم"),
    ("3 maar wanneer hoor ik iets?", "positive", "maar wanneer hoor ik iets?"),
]
STOP = """
STOP|stop|Stop.|STOP!!!|stop stop stop|Stop. Dank u wel|stop aub|STOP alstublieft|stop a.u.b.|ja stop|ok stop|ＳＴＯＰ|S T O P|S.T.O.P.
stoppen|STOPPEN aub|afmelden|uitschrijven|unsubscribe|Stop, bedankt|STOP mvg J. Jansen|Stop. Groeten, Fatma|STOP\\nJan de Vries|STOP - Fatma
"STOP"|stop please|Stop nu|stop direct aub|sto\u200bp|STOP\u200e|🛑 stop|stop 😡|hallo, stop aub|stooop|STOP Verzonden vanaf mijn iPhone|Beste, STOP
"""
REFUSE = """
stop ermee|Stop er mee|niet meer sms'en|geen sms'jes meer|hou er mee op|kappen nou|nee ik wil niet|bel niet|bel mij alsjeblieft niet meer|wilt u mij niet meer bellen|kunt u stoppen met bellen|ik wil niet meer meedoen|bel mij niet meer|bel me niet|dur|durun|ik stop|ik wil stoppen|ik stop ermee|ik wil graag stoppen
stop met bellen|hou op|houd op met sms|laat me met rust|geen sms meer|liever niet|ik wil niet meer|niet meer bellen|haal mij eruit|schrijf me uit
ik doe niet meer mee|geen interesse|verwijder mijn nummer|ik kap ermee|wil niet meer gebeld worden|rot op|haal mij van de lijst|kunt u mij van de lijst halen|wis mijn gegevens|ga weg|STOP?|nie meer bellen|opzeggen
stop. ik heb hier geen zin in|ik wil niet meer meedeon|1 stop ermee|Ik wil hier niet meer aan meedoen. Ik wil niet meer meedoen|stpo
leave me alone|do not call me|don't call me anymore|I want to stop|remove my number|not interested|stop texting me
beni aramayın|katılmak istemiyorum|istemiyorum|beni rahat bırakın|لا أريد المشاركة|لا تتصلوا بي|توقف|اتركوني|لا اريد
نمی‌خواهم شرکت کنم|زنگ نزنید|دیگه نمیخوام|nie chcę brać udziału|nie dzwońcie|przestań|rezygnuję|ኣይትደውሉለይ|ክሳተፍ ኣይደልን
ha i soo wicin|jooji|ma rabo|не дзвоніть мені|не хочу брати участь|стоп|не звоните|rufen Sie mich nicht mehr anrufen|basta|no me llamen
"""
NOT_STOPPING = """
ik wil niet stoppen|stop niet|niet stoppen|ik stop niet|I don't want to stop|bel mij niet meer zo vroeg|bel me niet voor 10 uur|durmak istemiyorum
nie chcę przestać|не хочу зупинятися|moet ik met mijn cursus stoppen|de bus stopte niet|welke stop moet ik hebben|لا أريد التوقف|ik wil helemaal niet stoppen
stop eens met zeuren|ze zijn gestopt met helpen|bel me niet morgen
"""
DISTRESS = """
ik heb geen eten voor de kinderen|geen eten|help|hulp aub|geen brood|huur niet betaald, ik word eruit gezet|wij hebben honger|ik wil niet meer leven|ik ben dakloos|help mij|ze zetten me uit huis gezet
we have no food|I want to die|yemek yok|çocuklar aç|ليس لدي طعام|ما عندي اكل|غذا نداریم|nie mam jedzenia|መግቢ የብለይን|cunto ma haysto|немає їжі|нет еды
kein Essen|mijn man slaat me|ik zie het niet meer zitten|zelfmoord|no tin kuminda|gas afgesloten|ik heb gen eten voor de kinderen
"""
WRONG_NUMBER = """
verkeerd nummer|u heeft het verkeerde nummer|Verkeerd verbonden!|wrong number|fout nummer|yanlış numara|رقم خطأ|الرقم غلط|شماره اشتباه است
zły numer|to pomyłka|ጌጋ ቁጽሪ|lambar khalad|не той номер|вы ошиблись номером|falsche Nummer|dit nummer is niet van hem|verkeert nummer|verkeerd numer
"""
CALL = """
BEL|bel me|Bel mij terug aub|bellen|kunt u mij bellen?|wilt u mij bellen|call me please|beni arayın|اتصلوا بي|زنگ بزنید|proszę zadzwonić|i soo wac|зателефонуйте мені
Graag terugbellen|bel mij om 3 uur|belt u mij vandaag?|bel even|hallo kunt u mij bellen aub|bel me morgen|bel mij maandag|ደውሉለይ|llámame
"""
OTHER_KINDS = [
    ("PAUZE", "pause"), ("pauze aub", "pause"), ("later", "later"), ("later do", "later"), ("niet nu", "later"),
    ("donderdag", "day"), ("op vrijdag graag", "day"), ("JA", "yes"), ("ja hoor", "yes"), ("evet", "yes"), ("نعم", "yes"),
    ("tak", "yes"), ("nee", "no"), ("nee dank u", "no"), ("FOUT", "wrong_answer"), ("klopt niet", "wrong_answer"),
    ("verkeerd", "wrong_answer"), ("LINK", "link"), ("mag ik een link", "link"), ("stuur mij de link", "link"), ("de link aub", "link"), ("mijn pagina", "link"), ("رابط", "link"),
    ("START", "start"), ("weet niet", "skip"), ("geen idee", "skip"), ("bilmiyorum", "skip"), ("لا أعرف", "skip"),
    ("dank u wel", "thanks"), ("bedankt!", "thanks"), ("teşekkürler", "thanks"), ("شكرا", "thanks"), ("dziękuję", "thanks"),
]  # fmt: skip
NO_ANSWER = """
?|??|hallo|wie is dit|wie bent u?|hoi|wat|asdfgh|3 keer gebeld|3x gebeld|2 mensen deden rot|om 3 uur|3 december|3e gesprek|2de keer|1 van hen was boos
ik moest 3 keer bellen|het was niet|goed was het niet|goed vond ik het niet|<3|moed|goud waard|06-12345678|ik heb 2 kinderen|wanneer krijg ik geld
ze luisterden niet|mijn zoon is 3|te laat|1 uur gewacht|😂|🤷|🎂|...|. .|3%|3 euro|niet|heel|op 3 maart kom ik|nooit|is het goed dat ik later kom
"""


LETTERS = st.text(max_size=60)


def rows(table: str) -> list[str]:
    return [
        text.replace("\\n", "\n") for line in table.strip().split("\n") for text in line.split("|") if text
    ]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        *((text, "negative") for text in rows(NEGATIVE)),
        *((text, "neutral") for text in rows(NEUTRAL)),
        (":-|", "neutral"),
        *((text, "positive") for text in rows(POSITIVE)),
    ],
)
def test_an_answer(body: str, value: str) -> None:
    said = read_text(body)
    assert (said.kind, said.value, said.quote, said.urgent) == ("answer", value, "", False)


@pytest.mark.parametrize(("body", "value", "quote"), QUOTED)
def test_words_after_an_answer_are_its_quote(body: str, value: str, quote: str) -> None:
    said = read_text(body)
    assert (said.kind, said.value, said.quote) == ("answer", value, quote)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        *((text, "unclear") for text in rows(UNCLEAR)),
        *((text, "stop") for text in rows(STOP)),
        *((text, "refuse") for text in rows(REFUSE)),
        *((text, "distress") for text in rows(DISTRESS)),
        *((text, "wrong_number") for text in rows(WRONG_NUMBER)),
        *((text, "call") for text in rows(CALL)),
        *OTHER_KINDS,
    ],
)
def test_every_other_meaning(body: str, kind: str) -> None:
    said = read_text(body)
    assert said.kind == kind
    assert said.urgent == (kind in ("distress", "wrong_number"))


@pytest.mark.parametrize("body", rows(NO_ANSWER) + rows(NOT_STOPPING))
def test_what_must_not_be_taken_for_an_answer_or_a_stop(body: str) -> None:
    assert read_text(body).kind in ("other", "unclear")


@pytest.mark.parametrize("body", [*rows(NEGATIVE), *rows(NEUTRAL), *rows(POSITIVE)])
def test_capitals_spaces_and_invisible_signs_make_no_difference(body: str) -> None:
    expected = read_text(body).value
    for other in (body.upper(), f"  {body}\n", f"\u200e{body}\u200b", f"\u202b{body}\u202c", f"hallo {body}"):
        assert read_text(other).value == expected, other


@settings(deadline=None)
@given(LETTERS)
def test_any_text_is_read(body: str) -> None:
    said = read_text(body)
    assert (said.value is not None) == (said.kind == "answer")


@settings(deadline=None)
@given(
    st.sampled_from(["STOP", "stop aub", "Stop. Dank u wel", "afmelden", "STOP!!!", "ＳＴＯＰ"]),
    st.sampled_from(["", " ", "!", " !!", "\n", " \u200e", " aub", " dank u wel", " STOP"]),
)
def test_politeness_around_a_stop_does_not_matter(body: str, after: str) -> None:
    assert read_text(f"{body}{after}").kind == "stop"


@settings(max_examples=300, deadline=None)
@given(st.text(string.ascii_lowercase + " ", min_size=1, max_size=40))
def test_letters_that_mean_nothing_stop_and_rate_nothing(body: str) -> None:
    words = {fold(word) for word in body.split()}
    if not words & (vocabulary().known | START_WORDS | STOP_WORDS):
        assert read_text(body).kind in (
            "other",
            "unclear",
            "answer",
            "day",
        )  # a slip in an answer, a day cut short


def test_the_longest_text_is_read_in_time() -> None:
    import time

    for body in (
        "x " * 800,
        "goed " * 320,
        "1 " + "ik moest wachten en " * 80,
        "niet " * 320,
        "ik wil niet meer " * 90,
    ):
        started = time.process_time()
        read_text(body)
        assert time.process_time() - started < 3
