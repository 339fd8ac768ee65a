"""The calendar feed: a secret address, RFC 5545 to the letter, and nothing in it but a code and a time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from journey.agenda.feed import Event, escape, fold, to_ics
from journey.auth.access import COOKIE
from journey.auth.service import change_active
from journey.call.service import NewAttempt, plan_appointment, record_attempt
from journey.clock import at_local
from journey.models import AuditEntry, CalendarFeed
from journey.vault import token_hash
from tests.agenda.conftest import TUESDAY, Agree, call_of, early, enrol_for, user_of
from tests.support.desk import Desk
from tests.support.pages import PageClient

Component = dict[str, str]


def parse(text: str) -> tuple[Component, list[Component]]:
    """A strict reader of its own: the properties of the calendar, and those of each event.

    It refuses other line ends than CRLF, lines over 75 octets, folds that are none, properties without a name,
    components that do not nest, events without what RFC 5545 requires or with it twice.
    """
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    raw = text.split("\r\n")[:-1]
    assert all(0 < len(line.encode()) <= 75 for line in raw)
    lines: list[str] = []
    for line in raw:
        if line[0] in " \t":
            lines[-1] += line[1:]
        else:
            lines.append(line)
    stack: list[str] = []
    calendar: Component = {}
    events: list[Component] = []
    for line in lines:
        found = re.fullmatch(r"([A-Z][A-Z0-9-]*)((?:;[A-Z-]+=[^;:\"]+)*):(.*)", line)
        assert found, line
        name, parameters, value = found.groups()
        if name == "BEGIN":
            assert (value == "VCALENDAR") is (not stack)
            stack.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert stack.pop() == value
        elif stack == ["VCALENDAR"]:
            assert name not in calendar
            calendar[name] = value
        elif stack == ["VCALENDAR", "VEVENT"]:
            assert name not in events[-1], name
            events[-1][name] = value + parameters
    assert stack == []
    assert calendar["VERSION"] == "2.0" and calendar["PRODID"]
    assert "METHOD" not in calendar
    assert "BEGIN:VTIMEZONE" in lines
    for one in events:
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS"} <= set(one)
        assert re.fullmatch(r"\d{8}T\d{6}Z", one["DTSTAMP"])
        assert one["STATUS"] in ("CONFIRMED", "CANCELLED")
    assert len({one["UID"] for one in events}) == len(events)
    return calendar, events


def moment(value: str) -> datetime:
    text, zone = value.split(";TZID=")
    return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(zone))


def address_of(desk: Desk) -> str:
    html = desk.post("/agenda/feed").text
    found = re.search(r"(/agenda/feed/[\w-]+\.ics)", html)
    assert found
    return found[1]


@pytest.fixture
def stranger(desk: Desk) -> PageClient:
    """A calendar: it knows the address and nothing else."""
    return PageClient(desk.app, base_url=desk.house.settings.base_url)


def events_at(client: PageClient, address: str) -> list[Component]:
    return parse(client.get(address).content.decode())[1]


def test_an_appointment_is_in_the_calendar(desk: Desk, agree: Agree, stranger: PageClient) -> None:
    code = agree(at_local(TUESDAY, 14), at_local(TUESDAY, 16))
    (event,) = events_at(stranger, address_of(desk))
    assert event["SUMMARY"] == f"Gesprek {code}"
    assert moment(event["DTSTART"]) == at_local(TUESDAY, 14)
    assert moment(event["DTEND"]) == at_local(TUESDAY, 16)
    assert (event["SEQUENCE"], event["STATUS"]) == ("0", "CONFIRMED")


def test_nothing_but_the_code_can_be_read_in_it(desk: Desk, stranger: PageClient) -> None:
    code = enrol_for(desk, call_name="Ada Voorbeeld")
    with early(desk) as work:
        call = call_of(work, code)
        call.note = "geheim verhaal"
        plan_appointment(work, call, at_local(TUESDAY, 14))
    text = stranger.get(address_of(desk)).text
    assert not re.search(r"Ada|12345678|geheim|bijstand|uitkering|Onderzoek|haarlem", text, re.IGNORECASE)


def test_a_moved_appointment_keeps_its_uid_and_counts_up(
    desk: Desk, agree: Agree, stranger: PageClient
) -> None:
    code = agree(at_local(TUESDAY, 14))
    address = address_of(desk)
    (before,) = events_at(stranger, address)
    with early(desk) as work:
        plan_appointment(work, call_of(work, code), at_local(TUESDAY, 16))
    (after,) = events_at(stranger, address)
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], "1")
    assert moment(after["DTSTART"]) == at_local(TUESDAY, 16)


def test_the_same_appointment_again_is_no_change(desk: Desk, agree: Agree, stranger: PageClient) -> None:
    code = agree(at_local(TUESDAY, 14))
    with early(desk) as work:
        plan_appointment(work, call_of(work, code), at_local(TUESDAY, 14))
    (event,) = events_at(stranger, address_of(desk))
    assert event["SEQUENCE"] == "0"


def test_an_appointment_taken_back_is_cancelled(desk: Desk, agree: Agree, stranger: PageClient) -> None:
    code = agree(at_local(TUESDAY, 14))
    with early(desk) as work:
        plan_appointment(work, call_of(work, code), None)
    (event,) = events_at(stranger, address_of(desk))
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", "1")


def test_an_appointment_that_was_held_stays_and_the_next_is_another(
    desk: Desk, agree: Agree, stranger: PageClient
) -> None:
    code = agree(at_local(TUESDAY, 14))
    following = at_local(TUESDAY + timedelta(days=7), 14)
    with desk.house.work(now=at_local(TUESDAY, 13, 50)) as work:
        record_attempt(work, call_of(work, code), NewAttempt("partial", appointment_at=following))
    first, second = events_at(stranger, address_of(desk))
    assert (first["STATUS"], moment(second["DTSTART"])) == ("CONFIRMED", following)
    assert first["UID"] != second["UID"]


def test_who_stopped_is_out_of_the_calendar(desk: Desk, agree: Agree, stranger: PageClient) -> None:
    code = agree(at_local(TUESDAY, 14))
    with desk.work() as work:
        record_attempt(work, call_of(work, code), NewAttempt("stop"))
    assert events_at(stranger, address_of(desk)) == []


def test_only_the_hash_of_the_address_is_kept_and_no_log_line_has_it(desk: Desk) -> None:
    address = address_of(desk)
    token = address.removeprefix("/agenda/feed/").removesuffix(".ics")
    with desk.work() as work:
        assert work.session.exec(select(CalendarFeed)).one().token_hash == token_hash(token)
        lines = work.session.exec(select(AuditEntry)).all()
    assert all(token not in f"{line.action} {line.object} {line.origin}" for line in lines)
    assert token not in desk.get("/agenda").text


def test_the_answer_is_kept_nowhere_and_sets_no_cookie(desk: Desk, stranger: PageClient) -> None:
    answer = stranger.get(address_of(desk))
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers
    assert COOKIE not in stranger.cookies


def test_a_new_address_ends_the_former(desk: Desk, stranger: PageClient) -> None:
    first, second = address_of(desk), address_of(desk)
    assert stranger.get(first).status_code == 404
    assert stranger.get(second).status_code == 200


def test_after_stop_the_address_is_gone(desk: Desk, stranger: PageClient) -> None:
    address = address_of(desk)
    assert desk.post("/agenda/feed/stop").status_code == 303
    assert stranger.get(address).status_code == 404


def test_an_unknown_address_is_not_found(stranger: PageClient) -> None:
    assert stranger.get(f"/agenda/feed/{'x' * 43}.ics").status_code == 404


def test_the_calendar_of_a_closed_account_is_not_found(desk: Desk, stranger: PageClient) -> None:
    address = address_of(desk)
    with desk.work() as work:
        change_active(work, user_of(work, "researcher@example.nl"), active=False)
    assert stranger.get(address).status_code == 404


def test_the_calendar_of_somebody_who_became_manager_is_not_found(desk: Desk, stranger: PageClient) -> None:
    address = address_of(desk)
    with desk.work() as work:
        user_of(work, "researcher@example.nl").role = "manager"
    assert stranger.get(address).status_code == 404


def test_a_calendar_without_appointments_is_a_calendar(desk: Desk, stranger: PageClient) -> None:
    assert events_at(stranger, address_of(desk)) == []


def test_long_lines_are_folded_without_cutting_a_letter() -> None:
    line = "SUMMARY:" + "é€😀" * 40
    pieces = list(fold(line))
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line


def test_what_has_a_meaning_in_the_format_is_escaped() -> None:
    assert escape("a,b;c\\d\r\ne\nf") == "a\\,b\\;c\\\\d\\ne\\nf"


def test_moments_are_written_in_local_time_with_their_zone() -> None:
    start = at_local(datetime(2026, 7, 1).date(), 9)
    event = Event("a@b", "Gesprek", start, start + timedelta(minutes=20), 3, start, False)
    (parsed,) = parse(to_ics("Gesprekken", [event]))[1]
    assert moment(parsed["DTSTART"]) == start
    assert parsed["SEQUENCE"] == "3"
