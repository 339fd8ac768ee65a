"""An event log as XES (IEEE 1849-2023): a trace per journey, written one by one. There is no person in it, and no
employee.

We know days, not hours: every moment is noon in UTC. That is the same day in UTC and in Amsterdam, and days apart are
whole multiples of 24 hours, across summer time too.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from journey.export.cells import one_line
from journey.export.tables import About, Event, Trace

EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
)
Attribute = str | int | bool | date


def write_xes(traces: Iterable[Trace], about: About, target: Path) -> list[Path]:
    """The log in `target`."""
    with target.open("w", encoding="utf-8") as file:
        xml = XMLGenerator(file, "utf-8", short_empty_elements=True)
        xml.startDocument()
        _open(xml, "log", {"xes.version": "1849-2023", "xes.features": ""})
        for name, prefix, uri in EXTENSIONS:
            _empty(xml, "extension", {"name": name, "prefix": prefix, "uri": uri})
        _globals(xml)
        _empty(xml, "classifier", {"name": "Step", "keys": "concept:name"})
        _empty(
            xml, "classifier", {"name": "Step and transition", "keys": "concept:name lifecycle:transition"}
        )
        _attributes(xml, {"concept:name": about.code, "lifecycle:model": "standard"})
        _attributes(xml, dict(about.lines()))
        for trace in traces:
            _trace(xml, trace)
        file.write("\n")
        xml.endElement("log")
        xml.endDocument()
    return [target]


def _globals(xml: XMLGenerator) -> None:
    _open(xml, "global", {"scope": "trace"})
    _attributes(xml, {"concept:name": "unknown"})
    xml.endElement("global")
    _open(xml, "global", {"scope": "event"})
    empty = {"concept:name": "unknown", "lifecycle:transition": "complete"}
    _attributes(xml, {**empty, "time:timestamp": date(1970, 1, 1)})
    xml.endElement("global")


def _trace(xml: XMLGenerator, trace: Trace) -> None:
    xml.ignorableWhitespace("\n")
    _open(xml, "trace")
    _attributes(xml, {"concept:name": trace.name, **trace.attributes})
    for event in trace.events:
        _event(xml, event)
    xml.endElement("trace")


def _event(xml: XMLGenerator, event: Event) -> None:
    _open(xml, "event")
    standard: dict[str, Attribute] = {
        "concept:name": event.name,
        "lifecycle:transition": event.transition,
        "time:timestamp": event.day,
    }
    _attributes(xml, {**standard, **event.attributes})
    xml.endElement("event")


def _attributes(xml: XMLGenerator, attributes: Mapping[str, Attribute]) -> None:
    for key, value in attributes.items():
        kind, said = _typed(value)
        _empty(xml, kind, {"key": key, "value": said})


def _typed(value: Attribute) -> tuple[str, str]:
    if isinstance(value, bool):
        return "boolean", str(value).lower()
    if isinstance(value, int):
        return "int", str(value)
    if isinstance(value, date):
        return "date", f"{value.isoformat()}T12:00:00.000+00:00"
    return "string", one_line(value)


def _empty(xml: XMLGenerator, name: str, attributes: dict[str, str]) -> None:
    _open(xml, name, attributes)
    xml.endElement(name)


def _open(xml: XMLGenerator, name: str, attributes: Mapping[str, str] | None = None) -> None:
    xml.startElement(name, AttributesImpl(attributes or {}))
