"""Routes as data: the two that ship are whole, and a wrong file is refused with its file, line and field."""

import json
import re
from pathlib import Path

import pytest

from journey.route.definition import load_route, parse_route, route_from_data
from journey.rules.errors import Invalid

ROUTES = Path(__file__).parents[2] / "seeds" / "routes"

SMALL = """\
id = "klein"
version = 2
name = "Klein"
audience = "Iedereen"

[[steps]]
id = "balie"
name = "Balie"
explain = "U gaat naar de balie."
rates = ["step", "staff"]
phase = "first_contact"
starts = ["total"]

[steps.en]
name = "Desk"
explain = "You go to the desk."

[[steps]]
id = "brief"
name = "Brief"
explain = "U krijgt een brief."
bring = "Niets."
rates = ["step"]
phase = "deciding"
ends = ["total"]

[[norms]]
from = "balie"
to = "brief"
within_days = 7
text = "De brief komt binnen een week."
"""


def refusal(text: str) -> Invalid:
    with pytest.raises(Invalid) as caught:
        parse_route(text, "klein.toml")
    return caught.value


def test_the_adult_route_has_the_eight_steps_of_2016_in_order():
    assert load_route(ROUTES / "27plus.toml").step_ids == (
        "werk-nl",
        "cv",
        "werkplein",
        "rechten-en-plichten",
        "participatiegesprek",
        "workshop",
        "aanvraag",
        "beschikking",
    )


def test_the_youth_route_has_its_own_ten_steps_in_order():
    assert load_route(ROUTES / "jongeren.toml").step_ids == (
        "werkplein",
        "zoektermijngesprek",
        "zoektermijn",
        "werk-nl",
        "cv",
        "leerplein",
        "rmc",
        "participatiegesprek",
        "aanvraag",
        "beschikking",
    )


def test_staff_is_rated_only_where_the_2016_report_rated_it():
    route = load_route(ROUTES / "27plus.toml")
    with_staff = {step.id for step in route.steps if "staff" in step.rates}
    assert with_staff == {"werkplein", "rechten-en-plichten", "participatiegesprek", "workshop", "aanvraag"}
    assert all("step" in step.rates for step in route.steps)


@pytest.mark.parametrize(
    ("file", "clock", "begin", "end"),
    [
        ("27plus.toml", "gate", ["werkplein"], ["workshop"]),
        ("27plus.toml", "application", ["aanvraag"], ["beschikking"]),
        ("27plus.toml", "total", ["werkplein"], ["beschikking"]),
        ("jongeren.toml", "gate", [], []),
        ("jongeren.toml", "application", ["aanvraag"], ["beschikking"]),
        ("jongeren.toml", "total", ["werkplein"], ["beschikking"]),
    ],
)
def test_each_lead_time_starts_and_ends_at_its_step(file, clock, begin, end):
    steps = load_route(ROUTES / file).steps
    assert [step.id for step in steps if clock in step.starts] == begin
    assert [step.id for step in steps if clock in step.ends] == end


def test_promised_terms_have_days_only_where_the_report_of_2016_gives_a_number():
    norms = load_route(ROUTES / "27plus.toml").norms
    assert [(norm.from_step, norm.to_step, norm.within_days) for norm in norms] == [
        ("rechten-en-plichten", "participatiegesprek", 7),
        ("participatiegesprek", "workshop", None),
    ]


@pytest.mark.parametrize("file", ["27plus.toml", "jongeren.toml"])
def test_every_step_speaks_english_too(file):
    for step in load_route(ROUTES / file).steps:
        english = step.words("en")
        assert english.explain != step.explain
        assert (english.bring is None) == (step.bring is None)


@pytest.mark.parametrize("file", ["27plus.toml", "jongeren.toml"])
def test_sentences_for_participants_are_short_and_never_say_klant(file):
    route = load_route(ROUTES / file)
    texts = [text for step in route.steps for text in (step.explain, step.bring, step.next) if text]
    texts += [norm.text for norm in route.norms] + [promise.text for promise in route.promises]
    for sentence in re.split(r"(?<=[.?!])\s+", " ".join(texts)):
        assert len(sentence.split()) <= 16, sentence
        assert "klant" not in sentence.lower()


def test_a_language_without_words_falls_back_to_dutch():
    route = parse_route(SMALL, "klein.toml")
    assert route.steps[0].words("en").name == "Desk"
    assert route.steps[0].words("pl").name == "Balie"


def test_a_stored_version_gives_the_same_route_back():
    route = load_route(ROUTES / "27plus.toml")
    assert route_from_data(json.loads(json.dumps(route.data)), "27plus, versie 1") == route


def test_a_step_is_found_by_its_id():
    route = parse_route(SMALL, "klein.toml")
    assert route.position("brief") == 1
    assert route.find_step("nergens") is None


@pytest.mark.parametrize(
    ("right", "wrong", "line", "field", "says"),
    [
        ('phase = "deciding"', 'phase = "decidin"', 24, "phase", "first_contact, deciding, after_grant"),
        ('id = "brief"', 'id = "balie"', 19, "id", "twee keer"),
        ('id = "brief"', 'id = "De Brief"', 19, "id", "kleine letters"),
        ('explain = "U krijgt een brief."\n', "", 18, "explain", "ontbreekt"),
        ('explain = "U krijgt een brief."', 'explain = "  "', 21, "explain", "leeg"),
        ('bring = "Niets."', 'brnig = "Niets."', 22, "brnig", "kennen we niet"),
        ('explain = "You go', 'explian = "You go', 14, "explain", "ontbreekt"),
        ('rates = ["step"]', 'rates = ["step", "boss"]', 23, "rates", "boss"),
        ('rates = ["step"]', 'rates = ["step", "step"]', 23, "rates", "verschillende"),
        ('rates = ["step"]', 'rates = "step"', 23, "rates", "soort waarde"),
        ('ends = ["total"]', 'ends = ["toal"]', 25, "ends", "toal"),
        ('ends = ["total"]\n', "", 12, "starts", "total"),
        ('to = "brief"', 'to = "brif"', 29, "to", "brif"),
        ("within_days = 7", "within_days = 0", 30, "within_days", "1 of meer"),
        ("within_days = 7", 'within_days = "7"', 30, "within_days", "soort waarde"),
        ("within_days = 7", "within_days = true", 30, "within_days", "soort waarde"),
        ("version = 2\n", "", 1, "version", "ontbreekt"),
        ("version = 2", "version = twee", 2, "version", "geen geldige TOML"),
        ("version = 2", "version = 2\ncolour = 'red'", 3, "colour", "kennen we niet"),
        ("[steps.en]", "[steps.de]", 14, "de", "kennen we niet"),
    ],
)
def test_a_wrong_file_is_refused_with_file_line_and_field(right, wrong, line, field, says):
    assert SMALL.count(right) == 1
    error = refusal(SMALL.replace(right, wrong))
    assert str(error).startswith(f"klein.toml, regel {line}, veld {field}: ")
    assert says in str(error)
    assert error.field == field


def test_a_file_cut_off_in_the_middle_names_its_last_line():
    error = refusal(SMALL + 'text = "half')
    assert str(error).startswith("klein.toml, regel 32, veld text: ")


def test_a_route_without_steps_is_refused():
    assert "veld steps: dit veld ontbreekt" in str(refusal(SMALL.partition("[[steps]]")[0]))
