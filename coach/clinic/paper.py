"""Paper: pages of one size with exact places, on which a text never runs past the room it has."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Literal

from fpdf import FPDF

from coach.clinic import typefaces

WIDTH, HEIGHT = 210.0, 297.0  # A4, in mm like everything here
MARGIN = 14.0

# As on the screen (pages/drawing.py): Okabe and Ito's colours, each meaning with a shape or a word of its own as well.
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#A3528A"
INK, QUIET, RULE, PALE, BAND = "#26322f", "#55625f", "#c3cdcb", "#eef2f1", "#DCE7EA"

_FAMILY, _MORE = "letters", "more{}"
_STRETCH = 90  # percent: as DejaVu's own condensed cut
_LEADING = 1.28
_MM_A_POINT = 25.4 / 72
_SHAPED_FROM = 0x0590  # Hebrew: from here on letters may join or run the other way
_UNKNOWN = "\N{WHITE SQUARE}"
_MORE_TO_COME = "\N{HORIZONTAL ELLIPSIS}"

Align = Literal["left", "right", "middle"]
Mark = Literal["dot", "triangle", "square", "diamond"]

_CORNERS: Mapping[Mark, tuple[tuple[float, float], ...]] = {
    "triangle": ((0, -1.15), (1.1, 0.85), (-1.1, 0.85)),
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "diamond": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
}


class Paper:
    """Pages to draw on; x goes right and y down, from the corner of the page."""

    def __init__(self, title: str, made_at: datetime, letters: str) -> None:
        """`letters` are all that will be written: what is not in the family is looked for on this computer."""
        self._pdf = pdf = FPDF(unit="mm", format="A4")
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        pdf.c_margin = 0
        pdf.set_title(title)
        pdf.set_lang("en")
        pdf.set_creator("Face Retraining Coach")
        pdf.set_creation_date(made_at)
        pdf.add_font(_FAMILY, "", typefaces.regular())
        pdf.add_font(_FAMILY, "B", typefaces.bold())
        more = typefaces.for_the_rest(letters)
        for number, file in enumerate(more):
            pdf.add_font(_MORE.format(number), "", file)
        pdf.set_fallback_fonts([_MORE.format(number) for number in range(len(more))], exact_match=False)
        self._known = typefaces.letters_of(typefaces.regular()).union(*map(typefaces.letters_of, more))
        pdf.set_stretching(_STRETCH)
        pdf.set_font(_FAMILY, "", 8)

    def page(self) -> None:
        """Begin a page."""
        self._pdf.add_page()

    def done(self) -> bytes:
        """The whole document."""
        return bytes(self._pdf.output())

    # --- letters

    def plain(self, text: str) -> str:
        """One line of what can be shown: composed, without breaks, and a box for a letter that no font here has."""
        words = " ".join(unicodedata.normalize("NFC", text).split(" "))
        kept = (" " if letter.isspace() and letter != "\N{NO-BREAK SPACE}" else letter for letter in words)
        shown = (
            letter for letter in kept if letter == " " or unicodedata.category(letter) not in ("Cc", "Cs")
        )
        text = "".join(
            letter if ord(letter) in self._known or unicodedata.category(letter) == "Cf" else _UNKNOWN
            for letter in shown
        )
        return " ".join(part for part in text.split(" ") if part)

    def unknown(self, text: str) -> bool:
        """Whether something of this text can only be shown as a box."""
        return _UNKNOWN in self.plain(text)

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """How wide a line is."""
        with self._set(size, bold, text):
            return self._pdf.get_string_width(text)

    def cut(self, text: str, width: float, size: float, *, bold: bool = False) -> str:
        """As much of a text as fits into one line; three dots say that there is more."""
        text = self.plain(text)
        if self.width(text, size, bold=bold) <= width:
            return text
        short, long = 0, len(text)
        while short < long:
            half = (short + long + 1) // 2
            if self.width(text[:half].rstrip() + _MORE_TO_COME, size, bold=bold) <= width:
                short = half
            else:
                long = half - 1
        return text[:short].rstrip() + _MORE_TO_COME

    def lines(
        self, text: str, width: float, size: float, *, most: int = 1000, bold: bool = False
    ) -> list[str]:
        """A text broken into at most so many lines."""
        lines: list[str] = []
        left = self.plain(text)
        while left:
            if len(lines) == most - 1:
                return [*lines, self.cut(left, width, size, bold=bold)]
            line = self._line(left, width, size, bold)
            lines.append(line.rstrip(" "))
            left = left[len(line) :].lstrip(" ")
        return lines

    def write(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        *,
        width: float | None = None,
        colour: str = INK,
        bold: bool = False,
        align: Align = "left",
    ) -> None:
        """One line with its top at `y`; cut where it would be wider than `width`. `align` says what `x` is of it."""
        text = self.plain(text) if width is None else self.cut(text, width, size, bold=bold)
        with self._set(size, bold, text):
            wide = self._pdf.get_string_width(text)
            self._pdf.set_text_color(colour)
            self._pdf.set_xy(x - {"left": 0.0, "middle": wide / 2, "right": wide}[align], y)
            self._pdf.cell(wide + 1, line_height(size), text)

    def paragraph(
        self,
        text: str,
        x: float,
        y: float,
        width: float,
        size: float,
        *,
        most: int = 1000,
        colour: str = INK,
        bold: bool = False,
    ) -> float:
        """A text in at most so many lines; gives back where it ends."""
        for line in self.lines(text, width, size, most=most, bold=bold):
            self.write(line, x, y, size, colour=colour, bold=bold)
            y += line_height(size)
        return y

    # --- shapes

    def line(
        self,
        points: Sequence[tuple[float, float]],
        colour: str = INK,
        thick: float = 0.2,
        *,
        dashed: bool = False,
    ) -> None:
        """Straight from point to point; nothing where there is no second one."""
        if len(points) < 2:
            return
        with self._pdf.local_context():
            self._pdf.set_draw_color(colour)
            self._pdf.set_line_width(thick)
            if dashed:
                self._pdf.set_dash_pattern(0.9, 0.7)
            self._pdf.polyline(points)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str | None = None,
        edge: str | None = None,
        thick: float = 0.2,
    ) -> None:
        """A rectangle, filled, outlined or both."""
        with self._pdf.local_context():
            self._pdf.set_fill_color(fill or "#ffffff")
            self._pdf.set_draw_color(edge or "#ffffff")
            self._pdf.set_line_width(thick)
            self._pdf.rect(
                x,
                y,
                width,
                height,
                style={(True, True): "DF", (True, False): "F"}.get((fill is not None, edge is not None), "D"),
            )

    def marks(self, kind: Mark, at: Iterable[tuple[float, float]], size: float, colour: str) -> None:
        """Marks of a chart, each as wide as `size`."""
        r = size / 2
        with self._pdf.local_context():
            self._pdf.set_fill_color(colour)
            self._pdf.set_draw_color("#ffffff")
            self._pdf.set_line_width(0.1)
            for x, y in at:
                if kind == "dot":
                    self._pdf.ellipse(x - r, y - r, size, size, style="DF")
                else:
                    self._pdf.polygon([(x + r * dx, y + r * dy) for dx, dy in _CORNERS[kind]], style="DF")

    # --- how

    def _line(self, text: str, width: float, size: float, bold: bool) -> str:
        """The beginning of a text that fits into one line: whole words, or letters of one that is too long alone."""
        taken = 0
        while taken < len(text):
            end = text.find(" ", taken + 1)
            end = len(text) if end < 0 else end
            if self.width(text[:end], size, bold=bold) > width:
                break
            taken = end
        if taken:
            return text[:taken]
        while taken < len(text) and self.width(text[: taken + 1], size, bold=bold) <= width:
            taken += 1
        return text[: max(taken, 1)]

    @contextmanager
    def _set(self, size: float, bold: bool, text: str) -> Iterator[None]:
        """The letters' size and cut; letters that join or run leftwards are arranged only where there are any."""
        self._pdf.set_font(_FAMILY, "B" if bold else "", size)
        arranged = any(ord(letter) >= _SHAPED_FROM and not _is_sign(letter) for letter in text)
        self._pdf.set_text_shaping(arranged)
        yield


def line_height(size: float) -> float:
    """From line to line, in mm."""
    return size * _MM_A_POINT * _LEADING


def _is_sign(letter: str) -> bool:
    """Dashes, arrows and the like: beyond Hebrew by number, but nothing to arrange."""
    return 0x2000 <= ord(letter) <= 0x2BFF
