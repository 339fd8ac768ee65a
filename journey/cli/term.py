"""`journey term` and `journey reliability`: the rules from the command line, without a database.

Bad input ends with exit code 2 and one Dutch sentence on stderr. Only typer and the rules are imported, so that it
starts at once.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from journey.rules import terms
from journey.rules.calendar import local_date, long_date, short_date
from journey.rules.decision import Extension, Mode, Suspension, decision_clock
from journey.rules.errors import DomainError, Invalid
from journey.rules.signs import figures
from journey.rules.statistics import decimal_comma
from journey.rules.statistics import reliability as survey_reliability

Json = Annotated[bool, typer.Option("--json", help="één JSON-object")]


# --- One sentence on stderr ----------------------------------------------------------------------


@contextmanager
def one_sentence() -> Iterator[None]:
    """Turns a refusal or a wrong command line into one sentence on stderr and exit code 2."""
    try:
        yield
    except DomainError as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(2) from None
    except typer.TyperException as wrong:
        typer.echo(_usage_sentence(wrong), err=True)
        raise typer.Exit(2) from None


def _usage_sentence(wrong: typer.TyperException) -> str:
    # typer has no public names for these, so they are told apart by class name; others keep typer's own words.
    kind = type(wrong).__name__
    if kind == "MissingParameter":
        param = getattr(wrong, "param", None)
        return f"Geef {param.opts[0]} op." if param else "Er ontbreekt een optie."
    if kind == "NoSuchOption":
        return f"De optie {getattr(wrong, 'option_name', '')} bestaat niet."
    if kind == "BadOptionUsage":
        return f"Bij {getattr(wrong, 'option_name', 'deze optie')} hoort een waarde."
    return f"De opdracht klopt niet: {' '.join(wrong.format_message().split())}"


class PlainCommand(TyperCommand):
    """A command whose usage errors are one sentence."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        with one_sentence():
            return super().make_context(*args, **kwargs)


class PlainGroup(TyperGroup):
    """A group that answers an unknown command with one sentence."""

    def resolve_command(self, *args: Any, **kwargs: Any) -> Any:
        with one_sentence():
            return super().resolve_command(*args, **kwargs)


term_app = typer.Typer(
    cls=PlainGroup, no_args_is_help=True, add_completion=False, help="Wettelijke termijnen, zonder database."
)


# --- Reading what was typed ----------------------------------------------------------------------


def parse_day(text: str, name: str) -> date:
    """A date as `2026-03-31`, or the local date of a moment with a time zone as `2026-03-02T23:30Z`."""
    text = figures(text)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
        if re.match(r"\d{4}-\d{2}-\d{2}T", text):
            return local_date(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        pass
    raise Invalid(
        "%(name)s: %(text)s is geen bestaande datum (schrijf jjjj-mm-dd).", name=name, text=repr(text)
    )


def _find_day(text: str | None, name: str) -> date | None:
    return None if text is None else parse_day(text, name)


def parse_fields(text: str, option: str, keys: Mapping[str, str]) -> dict[str, str]:
    """`key=value,key=value` as a dict with the names of `keys`; an unknown, double or empty key is refused."""
    found: dict[str, str] = {}
    for part in text.split(","):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if key not in keys:
            message = "%(option)s: %(key)s is onbekend; kies uit %(keys)s."
            raise Invalid(message, option=option, key=repr(key), keys=", ".join(keys))
        if not equals or not value:
            raise Invalid("%(option)s: bij %(key)s ontbreekt een waarde.", option=option, key=key)
        if keys[key] in found:
            raise Invalid("%(option)s: %(key)s staat er twee keer.", option=option, key=key)
        found[keys[key]] = value
    return found


_SUSPENSION_KEYS = {
    "ground": "ground",
    "invited": "invited",
    "term": "term",
    "supplied": "supplied",
    "told": "told",
    "received": "received",
    "from": "from_",
    "to": "to",
}


def parse_suspension(text: str) -> Suspension:
    """A SPEC such as `ground=1a,invited=2026-02-10,term=2026-02-24`."""
    found = parse_fields(text, "--suspension", _SUSPENSION_KEYS)
    ground = found.pop("ground", None)
    if ground is None:
        raise Invalid("--suspension: noem de grond (ground=1a, 1b, 2a, 2b of 2c).")
    dates = {name: parse_day(value, f"--suspension {name.strip('_')}") for name, value in found.items()}
    return Suspension(ground, **dates)  # type: ignore[arg-type]  # Suspension checks the ground itself


def parse_extension(text: str) -> Extension:
    """`sent=DATE,until=DATE`."""
    found = parse_fields(text, "--extension", {"sent": "sent", "until": "until"})
    for key in ("sent", "until"):
        if key not in found:
            raise Invalid("--extension: %(key)s ontbreekt.", key=key)
    return Extension(**{key: parse_day(value, f"--extension {key}") for key, value in found.items()})


def _parse_mode(text: str) -> Mode:
    if text not in list(Mode):
        raise Invalid("--mode: kies wet of circulaire, niet %(text)s.", text=repr(text))
    return Mode(text)


def _parse_whole_number(text: str, name: str) -> int:
    if not re.fullmatch(r"-?\d{1,12}", text.strip()):
        raise Invalid("%(name)s moet een heel getal zijn, niet %(text)s.", name=name, text=repr(text))
    return int(text)


def _answer(as_json: bool, answer: Mapping[str, object], sentences: list[str]) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False) if as_json else "\n".join(sentences))


# --- The commands --------------------------------------------------------------------------------


@term_app.command(cls=PlainCommand)
def decision(
    received: Annotated[str, typer.Option(metavar="DATE", help="ontvangst van de aanvraag")],
    today: Annotated[str, typer.Option(metavar="DATE", help="de dag waarop u kijkt")],
    suspension: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SPEC",
            help="ground=1a,invited=DATE[,term=DATE][,supplied=DATE] · ground=1b,told=DATE[,received=DATE] · "
            "ground=2a|2b|2c,from=DATE[,to=DATE]; mag vaker",
        ),
    ] = None,
    extension: Annotated[
        list[str] | None, typer.Option(metavar="sent=DATE,until=DATE", help="uitstel (Awb 4:14); mag vaker")
    ] = None,
    sent: Annotated[str | None, typer.Option(metavar="DATE", help="verzending van het besluit")] = None,
    mode: Annotated[str, typer.Option(help="wet of circulaire")] = Mode.wet.value,
    as_json: Json = False,
) -> None:
    """De beslistermijn van acht weken (Awb 4:13-4:15, Algemene termijnenwet)."""
    with one_sentence():
        clock = decision_clock(
            received=parse_day(received, "--received"),
            today=parse_day(today, "--today"),
            suspensions=[parse_suspension(spec) for spec in suspension or []],
            extensions=[parse_extension(spec) for spec in extension or []],
            sent=_find_day(sent, "--sent"),
            mode=_parse_mode(mode),
        )
        warnings = [f"Let op: {warning}" for warning in clock.warnings]
        _answer(as_json, clock.as_json(), [*clock.explanation, *warnings])


@term_app.command(cls=PlainCommand)
def objection(
    sent: Annotated[str, typer.Option(metavar="DATE", help="verzending van het besluit")],
    as_json: Json = False,
) -> None:
    """De laatste dag voor bezwaar (Awb 6:7 en 6:8)."""
    with one_sentence():
        last_day = terms.objection_last_day(parse_day(sent, "--sent"))
        sentence = f"Bezwaar kan tot en met {long_date(last_day)} (Awb 6:7 en 6:8)."
        _answer(as_json, {"last_day": last_day.isoformat()}, [sentence])


@term_app.command(cls=PlainCommand)
def advance(
    received: Annotated[str, typer.Option(metavar="DATE", help="ontvangst van de aanvraag")],
    as_json: Json = False,
) -> None:
    """De eerste drie voorschotten (Participatiewet 52)."""
    with one_sentence():
        result = terms.advance(parse_day(received, "--received"))
        dates = ", ".join(f"{short_date(day)} {day.year}" for day in result.due)
        answer = {"due": [day.isoformat() for day in result.due], "percentage": float(result.percentage)}
        sentence = (
            f"Zolang er geen besluit is: uiterlijk een voorschot op {dates}, ten minste"
            f" {decimal_comma(result.percentage, 0)} % van de bijstand, als lening (Participatiewet 52)."
        )
        _answer(as_json, answer, [sentence])


@term_app.command(cls=PlainCommand)
def youth(
    reported: Annotated[str, typer.Option(metavar="DATE", help="melding bij UWV")],
    as_json: Json = False,
) -> None:
    """De zoektermijn van vier weken voor jongeren (Participatiewet 41 lid 4)."""
    with one_sentence():
        day = terms.youth_earliest_application(parse_day(reported, "--reported"))
        sentence = f"Aanvragen kan vanaf {long_date(day)} (Participatiewet 41 lid 4)."
        _answer(as_json, {"earliest_application": day.isoformat()}, [sentence])


@term_app.command(cls=PlainCommand)
def ww(
    ends: Annotated[str, typer.Option(metavar="DATE", help="einde van de WW")],
    as_json: Json = False,
) -> None:
    """Vanaf wanneer iemand met WW zich kan melden."""
    with one_sentence():
        day = terms.ww_report_from(parse_day(ends, "--ends"))
        sentence = f"Melden kan vanaf {long_date(day)}, vier weken voor het einde van de WW."
        _answer(as_json, {"report_from": day.isoformat()}, [sentence])


@term_app.command(cls=PlainCommand)
def penalty(
    last_day: Annotated[str, typer.Option(metavar="DATE", help="laatste dag van de beslistermijn")],
    notice: Annotated[str, typer.Option(metavar="DATE", help="ontvangst van de ingebrekestelling")],
    sent: Annotated[str | None, typer.Option(metavar="DATE", help="verzending van het besluit")] = None,
    as_json: Json = False,
) -> None:
    """De dwangsom bij te laat beslissen, als indicatie (Awb 4:17)."""
    with one_sentence():
        limit, received = parse_day(last_day, "--last-day"), parse_day(notice, "--notice")
        result = terms.penalty(limit, received, _find_day(sent, "--sent"))
        answer = {
            "valid_notice": result.valid_notice,
            "first_day": result.first_day.isoformat() if result.first_day else None,
            "last_day": result.last_day.isoformat() if result.last_day else None,
            "days": result.days,
            "amount_eur": result.amount_eur,
        }
        _answer(as_json, answer, [_penalty_sentence(result, until_decision=sent is not None)])


def _penalty_sentence(result: terms.Penalty, *, until_decision: bool) -> str:
    if not result.valid_notice:
        return (
            "De ingebrekestelling telt niet: ze kwam niet na de laatste dag en vóór het besluit (Awb 4:17)."
        )
    if result.first_day is None or result.last_day is None:
        return "Er is geen dwangsom: het besluit is op tijd na de ingebrekestelling verstuurd (Awb 4:17)."
    most = "" if until_decision else "hoogstens "
    amount = f"{result.amount_eur:,}".replace(",", ".")
    days = "1 dag" if result.days == 1 else f"{result.days} dagen"
    span = f"vanaf {long_date(result.first_day)} tot en met {long_date(result.last_day)}"
    return f"Indicatie: {most}{days} dwangsom {span}, samen € {amount} (Awb 4:17)."


def reliability(
    n: Annotated[str, typer.Option("--n", metavar="N", help="aantal respondenten")],
    population: Annotated[str, typer.Option(metavar="N", help="omvang van de populatie")],
    as_json: Json = False,
) -> None:
    """Betrouwbaarheid en marge van een steekproef."""
    with one_sentence():
        result = survey_reliability(
            _parse_whole_number(n, "--n"), _parse_whole_number(population, "--population")
        )
        answer = {
            "reliability": result.reliability,
            "margin_95": result.margin_95,
            "response": result.response,
            "indicative": result.indicative,
        }
        sentences = [
            f"Betrouwbaarheid {decimal_comma(result.reliability, 2)} % bij een foutmarge van 5 procentpunt.",
            f"Marge bij 95 %: ± {decimal_comma(result.margin_95, 2)} procentpunt.",
            f"Respons {decimal_comma(result.response, 2)} %.",
        ]
        _answer(as_json, answer, sentences + ["Indicatief."] * result.indicative)
