"""Bars as a picture, for files that cannot draw: the colours and textures of the pages, sharp on paper."""

import io
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from journey.document.content import Bar, Bars
from journey.web.filters import number

WIDTH: Final = 1296  # 162 mm at 8 dots a millimetre
ROW: Final = 56
GAP: Final = 14
LEGEND: Final = 46
SIZE: Final = 23
N_WIDTH: Final = 126
INK: Final = "#1f2a33"
SUBTLE: Final = "#55606a"
LOOKS: Final = {
    "negative": ("#a83c19", "#ffffff"),
    "neutral": ("#ead9a8", INK),
    "positive": ("#10736b", "#ffffff"),
}
LETTERS = {"’": "'", "‘": "'", "–": "-", "…": "..."}

Box = tuple[int, int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def draw_bars(figure: Bars) -> bytes:
    """The bars of one figure as PNG, white behind it; the words for who cannot see it are in `figure.descriptions`."""
    font = ImageFont.load_default(SIZE)
    bold = ImageFont.load_default(SIZE + 3)
    long = max(len(bar.label) for bar in figure.bars) > 20
    start = 500 if long else 220
    height = LEGEND + len(figure.bars) * (ROW + GAP)
    picture = Image.new("RGB", (WIDTH, height), "white")
    draw = ImageDraw.Draw(picture)
    x = 0
    for name, word in zip(LOOKS, figure.words, strict=True):
        if not word:
            continue
        _part(picture, draw, name, (x, 6, x + 38, 28))
        draw.text((x + 47, 3), _plain(word), fill=INK, font=font)
        x += 47 + int(draw.textlength(_plain(word), font=font)) + 34
    for place, bar in enumerate(figure.bars):
        top = LEGEND + place * (ROW + GAP)
        _label(draw, bar, (0, top, start - 14, top + ROW), font)
        _bar(picture, draw, bar, (start, top, WIDTH - N_WIDTH, top + ROW), bold)
        if bar.n is not None:
            draw.text((WIDTH - N_WIDTH + 14, top + 14), f"N = {number(bar.n)}", fill=SUBTLE, font=font)
    made = io.BytesIO()
    few = picture.quantize(32, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(made, "PNG", compress_level=6, dpi=(203, 203))
    return made.getvalue()


def _bar(picture: Image.Image, draw: ImageDraw.ImageDraw, bar: Bar, box: Box, font: Font) -> None:
    left, top, right, bottom = box
    total, done = sum(count for _name, count in bar.parts), 0
    for name, count in bar.parts:
        start = left + (right - left) * done // total
        done += count
        end = left + (right - left) * done // total - 3
        _part(picture, draw, name, (start, top, max(end, start + 2), bottom))
        fill, ink = LOOKS[name]
        middle, text = ((start + end) // 2, (top + bottom) // 2), number(count)
        half = draw.textlength(text, font=font) / 2 + 5
        draw.rectangle((middle[0] - half, middle[1] - 16, middle[0] + half, middle[1] + 16), fill=fill)
        draw.text(middle, text, fill=ink, font=font, anchor="mm")


def _part(picture: Image.Image, draw: ImageDraw.ImageDraw, name: str, box: Box) -> None:
    fill, _ink = LOOKS[name]
    left, top, right, bottom = box
    draw.rectangle(box, fill=fill)
    if name == "positive":
        return
    patch = Image.new("RGB", (right - left + 1, bottom - top + 1), fill)
    over = ImageDraw.Draw(patch)
    if name == "negative":
        for x in range(-patch.height, patch.width, 12):
            over.line((x, patch.height, x + patch.height, 0), fill="#d9825f", width=2)
    else:
        for y in range(4, patch.height, 12):
            for x in range(4, patch.width, 12):
                over.ellipse((x, y, x + 2, y + 2), fill="#a3966f")
    picture.paste(patch, (left, top))


def _label(draw: ImageDraw.ImageDraw, bar: Bar, box: Box, font: Font) -> None:
    """In at most two lines."""
    left, top, right, bottom = box
    lines = [""]
    for word in _plain(bar.label).split():
        longer = f"{lines[-1]} {word}".strip()
        if draw.textlength(longer, font=font) <= right - left or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    draw.multiline_text(
        (left, (top + bottom) // 2), "\n".join(lines[:2]), fill=INK, font=font, anchor="lm", spacing=4
    )


def _plain(text: str) -> str:
    """In signs that the built-in letters have; the full words are in the description."""
    return "".join(LETTERS.get(sign, sign) for sign in text)
