"""The strict page client is only worth its place when it refuses what it should, and nothing else."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.support.pages import PageClient, problems_of, shape_of

PAGE = "<!doctype html><html lang=nl><head><title>Bellijst</title></head><body>{}</body></html>"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("<div><p>open</div></p>", "line 1"),
        ("<p id=a>een</p><p id=a>twee</p>", "2 times"),
        ("<input name=phone>", "no label"),
        ("<label for=phone></label><input id=phone>", "no label"),
        ("<select name=route><option>27plus</option></select>", "no label"),
        ("<img src=a.png>", "no alt"),
        ("<button></button>", "says nothing"),
        ("<p><a href=/calls></a></p>", "says nothing"),
        ("<p aria-describedby=hint>x</p>", "points at nothing"),
    ],
)
def test_a_bad_page_is_refused(body: str, word: str) -> None:
    problems = problems_of(PAGE.format(body))
    assert len(problems) >= 1
    assert word in problems[0]


@pytest.mark.parametrize(
    "body",
    [
        "<label for=phone>Telefoon</label><input id=phone name=phone>",
        "<label>Telefoon <input name=phone></label>",
        "<input type=hidden name=csrf value=x>",
        "<input aria-label=Telefoon name=phone>",
        "<img src=a.png alt=''>",
        "<button><img src=a.png alt=Bel></button>",
        '<svg role="img" aria-labelledby="t"><title id="t">Oordeel</title><rect width="1" height="1"/></svg>',
        "<details open><summary>Meer</summary><p>tekst</p></details>",
    ],
)
def test_a_good_page_passes(body: str) -> None:
    assert problems_of(PAGE.format(body)) == []


def test_a_page_needs_a_language_and_a_title() -> None:
    problems = problems_of("<!doctype html><html><head><title></title></head><body><p>x</p></body></html>")
    assert problems == ["<html> has no lang", "the page has no title"]


def test_a_page_needs_a_doctype() -> None:
    assert problems_of("<html lang=nl><head><title>x</title></head><body></body></html>") != []


@pytest.mark.parametrize("fragment", ["<tr><td>1</td></tr>", "<li id=a>een</li>", "<p>tekst</p>", ""])
def test_a_fragment_is_read_where_it_belongs(fragment: str) -> None:
    assert problems_of(fragment) == []


def test_the_client_fails_the_test_that_fetches_a_bad_page() -> None:
    app = Starlette(routes=[Route("/", lambda request: HTMLResponse(PAGE.format("<img src=a.png>")))])
    with pytest.raises(AssertionError, match="has no alt"):
        PageClient(app).get("/")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>Maandag 2 maart</p>", "<p>dinsdag 3 maart 2026: Ada (2)</p>"),
        ("<a href='/p' title=\"een\">x</a>", "<a href='/p' title=\"twee woorden\">y</a>"),
        ('<input type=hidden name=csrf value="a.b:c">', '<input type=hidden name=csrf value="d">'),
    ],
)
def test_pages_that_differ_in_words_only_are_read_once(one: str, other: str) -> None:
    assert shape_of(PAGE.format(one)) == shape_of(PAGE.format(other))


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("<a href=/p>tekst</a>", "<a href=/p> </a>"),
        ('<a href=/p aria-label="tekst"></a>', '<a href=/p aria-label=" "></a>'),
        ("<p>tekst</p>", "<p>te\x02kst</p>"),
        ("<p>tekst</p>", "<p>tekst &amp tekst</p>"),
        ("<p>tekst</p>", "<p>tekst < tekst</p>"),
        ("<p id=a>een</p><p id=b>twee</p>", "<p id=a>een</p><p id=a>twee</p>"),
        ("<p id=a aria-describedby=a>x</p>", "<p id=a aria-describedby=b>x</p>"),
        ("<label for=a>tekst</label><input id=a>", "<label for=a> </label><input id=a>"),
        ('<p title="een">x</p>', '<p title="een"" >x</p>'),
    ],
)
def test_a_bad_page_never_has_the_shape_of_a_good_one(good: str, bad: str) -> None:
    assert problems_of(PAGE.format(good)) == []
    assert problems_of(PAGE.format(bad)) != []
    assert shape_of(PAGE.format(good)) != shape_of(PAGE.format(bad))
