"""Pages for everyone: is this real, what about my data, can I use it."""

from __future__ import annotations

import pytest

from tests.support.pages import PageClient


@pytest.mark.parametrize(
    "path", ["/check", "/check/desk", "/privacy", "/accessibility", "/code", "/p/unknown"]
)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_public_pages_in_both_languages(client: PageClient, path: str, language: str) -> None:
    page = client.get(path, params={"lang": language})
    assert f'<html lang="{language}"' in page.text
    assert "set-cookie" not in page.headers


def test_without_a_study_there_is_nothing_to_call(client: PageClient) -> None:
    assert "Er loopt nu geen onderzoek." in client.get("/check").text


def test_privacy_says_what_happens_with_a_spoken_message_and_a_photo(client: PageClient) -> None:
    page = client.get("/privacy").text
    for sentence in (
        "Ook die staan versleuteld.",
        "Alleen de onderzoekers luisteren naar uw spraakbericht en kijken naar uw foto.",
        "wissen wij na 30 dagen. Als u stopt, doen wij dat meteen.",
    ):
        assert sentence in page
