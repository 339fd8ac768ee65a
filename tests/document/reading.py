"""Reads the files back as a person would: the numbers on a page, in a PDF, in a Word file."""

from __future__ import annotations

import io
import re
from collections import Counter

import html5lib
from docx import Document
from pypdf import PdfReader

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def numbers(text: str) -> Counter[str]:
    return Counter(NUMBER.findall(text))


def html_text(html: str, *, described: bool) -> str:
    """What is read of the report itself; with `described` what is said of a drawing in place of what is drawn."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    found: list[str] = []

    def walk(element: object) -> None:
        tag, classes = element.tag, element.get("class") or ""  # type: ignore[attr-defined]
        if not isinstance(tag, str) or tag in ("head", "nav", "style", "script"):
            return
        name = tag.rsplit("}", 1)[-1]
        if name == ("text" if described else "desc") or (described and classes == "bar__n"):
            return
        found.append(element.text or "")  # type: ignore[attr-defined]
        for child in element:  # type: ignore[attr-defined]
            walk(child)
            found.append(child.tail or "")
        found.append("\n")

    walk(root)
    return " ".join(found)


def pdf_text(data: bytes) -> str:
    """The pages without their heads and feet; the contents list is left out."""
    lines: list[str] = []
    for place, page in enumerate(PdfReader(io.BytesIO(data)).pages):
        text = page.extract_text().splitlines()
        text = text[1:] if place else text[: text.index("Inhoud")]
        lines += [line for line in text if not line.startswith("Bladzijde ")]
    return "\n".join(lines)


def docx_text(data: bytes) -> str:
    """The body with the descriptions of its pictures."""
    document = Document(io.BytesIO(data))
    found: list[str] = []
    for element in document.element.body.iter():
        name = element.tag.rsplit("}", 1)[-1]
        if name == "t":
            found.append(element.text or "")
        elif name == "p":
            found.append("\n")
        elif name == "docPr":
            found.append(" " + (element.get("descr") or "") + " ")
    return "".join(found)
