"""The design system: macros give valid, labelled HTML that says everything in words too; style sheets stay small."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest

from journey.resources import folder
from journey.web import charts
from journey.web.templating import environment
from tests.support.pages import problems_of

STATIC = folder("static")


@dataclass(frozen=True)
class Row:
    asked: int | None = 16
    n: int | None = 16
    negative: int | None = 1
    neutral: int | None = 8
    positive: int | None = 7
    not_applicable: int | None = 0
    no_answer: int | None = 0
    shown: bool = True
    reason: str = ""


HIDDEN = Row(None, None, None, None, None, None, None, shown=False, reason="Minder dan 10 mensen.")


@dataclass(frozen=True)
class Point:
    day: int
    waiting: float
    low: float
    high: float


@dataclass(frozen=True)
class Bucket:
    start: int
    end: int
    count: int


def rendered(library: str, call: str, **context: Any) -> str:
    """One macro call; fails on markup that the strict page client would refuse."""
    name = call.split("(")[0].split()[-1]
    source = f'{{% from "_components/{library}.html" import {name} %}}' + (
        call if call.startswith("{%") else f"{{{{ {call} }}}}"
    )
    html = environment().from_string(source).render(**context)
    assert not problems_of(f"<div>{html}</div>")
    return html


def parsed(html: str) -> Element:
    root: Element = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return root


def only(html: str, tag: str) -> dict[str, str]:
    (found,) = parsed(html).iter(tag)
    return {str(key): value for key, value in found.attrib.items()}


def words(html: str) -> str:
    return re.sub(r"\s+", " ", " ".join(parsed(html).itertext())).strip()


# Forms


def test_a_field_ties_hint_and_error_to_its_input() -> None:
    html = rendered("forms", 'field("phone", "Telefoon", "tel", hint="Mobiel", error="Vul een nummer in.")')
    assert only(html, "input")["aria-describedby"] == "phone-hint phone-error"
    assert only(html, "input")["aria-invalid"] == "true"


def test_a_field_gives_back_what_was_typed_and_escapes_it() -> None:
    html = rendered("forms", 'field("name", "Naam", value=typed)', typed='"><script>')
    assert only(html, "input")["value"] == '"><script>'
    assert "<script>" not in html


def test_a_number_is_a_text_field_with_a_number_keyboard() -> None:
    attributes = only(rendered("forms", 'field("n", "Aantal", "number")'), "input")
    assert (attributes["type"], attributes["inputmode"]) == ("text", "numeric")


def test_a_field_that_may_stay_empty_says_so() -> None:
    html = rendered("forms", 'field("n", "Aantal", required=False)')
    assert "niet verplicht" in words(html)
    assert "required" not in only(html, "input")


def test_typed_text_keeps_its_first_line_break_in_a_textarea() -> None:
    html = rendered("forms", 'textarea("quote", "Waarom?", value="\\nNiets.", draft="q1")')
    (field,) = parsed(html).iter("textarea")
    assert field.text == "\nNiets."
    assert field.attrib["data-draft"] == "q1"


@pytest.mark.parametrize("macro", ["radios", "segmented"])
def test_the_stored_choice_is_checked_whatever_its_type(macro: str) -> None:
    html = rendered("forms", f'{macro}("grade", "Cijfer", [(6, "6"), (7, "7")], value=7)')
    checked = [field.attrib["value"] for field in parsed(html).iter("input") if "checked" in field.attrib]
    assert checked == ["7"]


def test_the_error_summary_links_to_the_fields() -> None:
    html = rendered("forms", "error_summary(errors)", errors={"phone": "Vul een nummer in.", "": "Te laat."})
    assert only(html, "a")["href"] == "#phone"
    assert "2 dingen gingen mis" in words(html)


def test_without_errors_there_is_no_summary() -> None:
    assert not rendered("forms", "error_summary({})").strip()


# Ratings


def test_each_face_is_a_submit_button_with_its_word() -> None:
    html = rendered("rating", 'rating("step", "Hoe was de stap?", value="neutral")')
    buttons = {
        button.attrib["value"]: (words(html5lib.serialize(button)), button.attrib["aria-pressed"])
        for button in parsed(html).iter("button")
    }
    assert buttons == {
        "negative": ("niet goed", "false"),
        "neutral": ("gaat wel", "true"),
        "positive": ("goed", "false"),
        "not_applicable": ("n.v.t.", "false"),
        "no_answer": ("geen antwoord", "false"),
    }


def test_a_large_rating_uses_the_words_of_the_page() -> None:
    html = rendered(
        "rating", 'rating("v", "Hoe was het?", size="large", others=False, words={"positive": "Goed"})'
    )
    assert words(html) == "Hoe was het? niet goed gaat wel Goed"


# Status and timeline


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("days_left(41, 15, last)", "nog 15 dagen"),
        ("days_left(55, 1, last)", "nog 1 dag"),
        ("days_left(56, 0, last)", "vandaag de laatste dag"),
        ("days_left(56, -3, last)", "3 dagen te laat"),
        ("days_left(34, none, none, 'stopped')", "klok staat stil"),
    ],
)
def test_the_clock_says_in_words_how_it_stands(call: str, said: str) -> None:
    assert said in words(rendered("status", call, last=date(2026, 3, 31)))


def test_a_stopped_clock_names_no_last_day() -> None:
    html = rendered("status", "days_left(34, none, last, 'stopped')", last=date(2026, 3, 31))
    assert "uiterlijk" not in words(html)


def test_the_meter_never_runs_over() -> None:
    html = rendered("status", "days_left(80, -24, last)", last=date(2026, 3, 31))
    assert 'width="100%" height="10" rx="5"/><rect class="term__fill" width="100%"' in html


def step(**facts: Any) -> SimpleNamespace:
    return SimpleNamespace(
        **{"name": "Workshop", "state": "done", "happened_on": None, "note": "", "step_rating": None}
        | {"staff_rating": None, "href": ""}
        | facts
    )


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("done", "gedaan"),
        ("now", "nu aan de beurt"),
        ("next", "nog niet geweest"),
        ("skipped", "overgeslagen"),
        ("bypassed", "vervallen door maatwerk"),
    ],
)
def test_the_timeline_says_the_state_of_a_step_in_words(state: str, said: str) -> None:
    assert said in words(rendered("timeline", "timeline(steps)", steps=[step(state=state)]))


def test_the_timeline_marks_where_the_person_is() -> None:
    html = rendered("timeline", "timeline(steps)", steps=[step(), step(state="now")])
    assert [item.attrib.get("aria-current") for item in parsed(html).iter("li")] == [None, "step"]


# Tables


def test_a_table_names_its_columns_and_rows() -> None:
    html = rendered("table", 'table("Doorlooptijd", ["Stap", "N"], [["cv", 16], ["aanvraag", none]])')
    scopes = [cell.attrib["scope"] for cell in parsed(html).iter("th")]
    assert scopes == ["col", "col", "row", "row"]
    assert [cell.attrib["data-label"] for cell in parsed(html).iter("td")] == ["N", "N"]
    assert words(html).endswith("aanvraag –")


# Charts


def test_a_bar_shows_every_count_and_its_share_of_the_width() -> None:
    parts = charts.parts(Row(negative=4, neutral=10, positive=2))
    assert [(part.value, part.count, part.start, part.width) for part in parts] == [
        ("negative", 4, 0, 25),
        ("neutral", 10, 25, 62.5),
        ("positive", 2, 87.5, 12.5),
    ]


def test_an_answer_nobody_gave_has_no_part() -> None:
    assert [part.value for part in charts.parts(Row(negative=0))] == ["neutral", "positive"]


def test_nobody_or_an_unknown_count_gives_no_bar() -> None:
    assert charts.parts(Row(negative=0, neutral=0, positive=0)) == ()
    assert charts.parts(Row(neutral=None)) == ()


def test_a_figure_says_its_numbers_in_a_sentence_and_a_table() -> None:
    html = rendered("charts", 'rating_figure("CV", row, none, "f1")', row=Row())
    assert "16 mensen gaven een oordeel: 1 negatief, 8 neutraal, 7 positief." in words(html)
    assert [cell.text for cell in parsed(html).iter("span") if (cell.text or "").isdigit()] == [
        "16", "16", "1", "8", "7", "0", "0",
    ]  # fmt: skip


def test_a_hidden_row_shows_its_reason_and_no_number() -> None:
    html = rendered("charts", 'rating_figure("Besluit", row, none, "f1")', row=HIDDEN)
    assert words(html) == "Besluit De stap Minder dan 10 mensen."


def test_the_step_stands_above_the_staff() -> None:
    html = rendered("charts", 'rating_figure("CV", row, other, "f1")', row=Row(), other=replace(Row(), n=15))
    assert words(html).index("De stap") < words(html).index("De medewerker")


def test_the_axis_holds_the_longest_time_and_the_limit() -> None:
    axis = charts.day_axis(26, 56)
    assert axis.end > 56
    assert all(tick % 7 == 0 for tick in axis.ticks)
    assert axis.at(0) == 0


def test_an_axis_of_a_year_still_has_few_numbers() -> None:
    assert len(charts.day_axis(400).ticks) <= 8


def test_lead_times_name_the_limit_and_the_reference() -> None:
    summary = SimpleNamespace(
        n=412, open=57, mean=23.4, median=22, p90=41, max=71, shown=True, reason="", share_within_limit=0.94
    )
    reference = SimpleNamespace(label="Haarlem 2016, langste", days=26)
    html = rendered(
        "charts", 'lead_time_strip(s, "l", "Besluit", 56, reference)', s=summary, reference=reference
    )
    said = words(html)
    assert "grens: 56 dagen" in said
    assert "Haarlem 2016, langste 26 dagen" in said
    assert "gemiddelde 23,4 dagen" in said
    assert "Op of voor de eigen laatste dag: 94,0 %." in said


def test_lead_times_of_nobody_say_so() -> None:
    summary = SimpleNamespace(n=0, open=3, mean=None, median=None, p90=None, max=None, shown=True, reason="")
    assert "Nog geen enkele reis" in words(
        rendered("charts", 'lead_time_strip(s, "l", "Besluit")', s=summary)
    )


POINTS = (Point(0, 1, 1, 1), Point(10, 0.75, 0.6, 0.9), Point(20, 0.25, 0.1, 0.5))


def test_the_curve_steps_down_on_the_day_itself() -> None:
    drawing = charts.curve(POINTS)
    assert drawing.axis.end == 21
    assert drawing.line == "M0 0L47.62 0L47.62 25L95.24 25L95.24 75"


def test_the_table_of_a_curve_holds_the_value_of_each_week() -> None:
    weeks = {week.day: week.waiting for week in charts.curve(POINTS).weeks}
    assert weeks == {0: 1, 7: 1, 14: 0.75, 21: 0.25}


def test_the_curve_says_on_which_day_half_has_been_decided() -> None:
    html = rendered("charts", 'survival_curve(points, "s", "Wie wacht nog?", 56)', points=POINTS)
    assert "Na 20 dagen wacht nog hoogstens de helft." in words(html)


def test_columns_after_the_limit_are_late() -> None:
    drawing = charts.histogram((Bucket(43, 50, 2), Bucket(50, 57, 4), Bucket(57, 64, 1)), 56)
    assert [(column.height, column.late) for column in drawing.columns] == [
        (0.5, False), (1.0, False), (0.25, True),
    ]  # fmt: skip


def test_a_histogram_counts_the_late_ones_in_words() -> None:
    html = rendered("charts", 'histogram(b, "h", "Duur", 56)', b=[Bucket(50, 57, 4), Bucket(57, 64, 1)])
    assert "5 reizen. Na de grens: 1." in words(html)
    assert "57 tot en met 63 dagen" in words(html)


# Other pieces


def test_a_message_keeps_its_text_and_is_never_markup() -> None:
    html = rendered("phone_frame", 'phone_frame("Haarlem", body, segments=2)', body="<b>Dag</b>\nStop?")
    assert "<b>Dag</b> Stop?" in words(html)
    assert "2 sms-delen" in words(html)


def test_a_confirmation_needs_no_script() -> None:
    html = rendered("buttons", '{% call confirm("Stoppen") %}<p>Alles stopt.</p>{% endcall %}')
    assert [child.tag for child in parsed(html)[0]] == ["summary", "div"]


def test_a_row_is_a_link_and_carries_its_badges() -> None:
    html = rendered("cards", '{% call list_item("H-042", "/calls/1", "afspraak") %}<b>nu</b>{% endcall %}')
    assert only(html, "a")["href"] == "/calls/1"
    assert words(html) == "H-042 afspraak nu"


def visit(**facts: Any) -> SimpleNamespace:
    actor = SimpleNamespace(id=3, name="Sanne", role="researcher")
    item = SimpleNamespace(href="/calls", label="Bellijst", current=True, waiting=2)
    return SimpleNamespace(
        **{
            "actor": actor,
            "locale": "nl",
            "dir": "ltr",
            "csrf_token": "t",
            "recorded": "",
            "follows_tap": False,
            "path": "/calls",
            "nav": [item],
            "nav_row": [item],
            "nav_more": [],
        }
        | facts
    )


@pytest.fixture
def static_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library that the build brings in need not be there to look at a page."""
    monkeypatch.setitem(environment().globals, "static", lambda path: f"/static/{path}")


@pytest.mark.usefixtures("static_addresses")
@pytest.mark.parametrize("template", ["base.html", "participant_base.html"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_a_base_page_is_valid_and_has_nothing_inline(template: str, direction: str) -> None:
    html = environment().get_template(template).render(visit=visit(dir=direction), page=None)
    assert not problems_of(html)
    assert f'dir="{direction}"' in html
    assert not re.search(r'\sstyle="|\son[a-z]+="|<script(?![^>]*\ssrc=)', html)


@pytest.mark.usefixtures("static_addresses")
def test_a_stranger_sees_no_menu_and_no_way_out() -> None:
    html = (
        environment().get_template("base.html").render(visit=visit(actor=None, nav=[], nav_row=[]), page=None)
    )
    assert "Uitloggen" not in html
    assert 'data-owner=""' in html


# Style sheets and scripts


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("journey.css", 8192),
        ("theme.css", 1024),
        ("participant.css", 3072),
        ("journey.js", 4096),
        ("place.js", 1280),
        ("participant.js", 2304),
        ("tap.js", 1536),
    ],
)
def test_a_file_stays_small(name: str, most: int) -> None:
    assert len(gzip.compress((STATIC / name).read_bytes(), mtime=0)) <= most


@pytest.mark.parametrize("name", ["journey.css", "participant.css"])
def test_every_value_comes_from_the_theme(name: str) -> None:
    used = set(re.findall(r"var\((--[a-z0-9-]+)", (STATIC / name).read_text()))
    defined = set(
        re.findall(r"^\s*(--journey-[a-z0-9-]+):", (STATIC / "theme.css").read_text(), re.MULTILINE)
    )
    assert used <= defined
    assert not re.search(r"#[0-9a-f]{3,8}\b", (STATIC / name).read_text())


@pytest.mark.parametrize("name", ["journey.css", "participant.css"])
def test_no_property_knows_left_from_right(name: str) -> None:
    sided = r"(margin|padding|border)-(left|right)|(?<![\w-])(left|right):|text-align: ?(left|right)"
    assert not re.search(sided, (STATIC / name).read_text())


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def themes() -> list[dict[str, str]]:
    """The colours by name: light, then dark over light."""
    light, dark = (STATIC / "theme.css").read_text().split("@media")
    found = [dict(re.findall(r"--journey-color-([a-z-]+): (#[0-9a-f]+)", part)) for part in (light, dark)]
    return [found[0], found[0] | found[1]]


SURFACES = ("paper", "surface", "sunken")
PAIRS = [
    *[("ink", surface, 4.5) for surface in SURFACES],
    *[("ink-subtle", surface, 4.5) for surface in SURFACES],
    *[(tone, f"{tone}-soft", 4.5) for tone in ("danger", "warning", "success", "negative", "positive")],
    *[(tone, surface, 4.5) for tone in ("accent", "danger", "warning") for surface in ("paper", "surface")],
    *[(f"on-{tone}", tone, 4.5) for tone in ("accent", "negative", "neutral", "positive")],
    *[("line-strong", surface, 3.0) for surface in ("paper", "surface")],
    ("accent-strong", "accent-soft", 4.5),
    ("warning", "neutral-soft", 4.5),
    ("ink", "accent-soft", 4.5),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_text_and_borders_can_be_read(theme: int, front: str, back: str, least: float) -> None:
    colours = themes()[theme]
    bright, dim = sorted((luminance(colours[front]), luminance(colours[back])), reverse=True)
    assert (bright + 0.05) / (dim + 0.05) >= least
