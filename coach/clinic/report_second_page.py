"""The second page of a report: the other courses, treatments, assessments, what waits, and what it all rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from coach.clinic.paper import INK, QUIET, RULE, Paper, line_height
from coach.clinic.paper_charts import Box, Period
from coach.clinic.report_sheet import (
    BOTTOM,
    FOOT_HEIGHT,
    HEADING,
    LEFT,
    RIGHT,
    ROOM,
    SMALL,
    TEXT,
    TOP,
    day_of,
    grid,
    heading,
    record_of,
    short_day,
)
from coach.clinic.report_values import Assessed, ReportData

MOST_PICTURES = 6

_LOW_CHARTS, _HIGH_CHARTS = 56.0, 78.0
_APART = 2.6  # from section to section
_AROUND = (50.0, 85.0, 120.0)  # where the figures before, after, and their noise begin
_COLUMNS = (0.0, 54.0, 87.0, 118.0)  # scale, latest, before, change
_HOW_DRAWN = (
    "Lines: week by week, weeks with at least three practices. Marks: practices or days. Letters: treatments."
)
_NO_FIGURES = "Too few weeks of practice around it to set figures beside each other."


@dataclass(frozen=True, slots=True)
class _Section:
    """Rows under a heading, each as high as `heights` has it; `nothing` is said where there are none."""

    title: str
    under: str
    nothing: str
    heights: tuple[float, ...]
    write: Callable[[int, float], None]

    def height(self, rows: int) -> float:
        """With so many of its rows."""
        more = 0.0 if rows == len(self.heights) and rows else line_height(TEXT)
        return self._above + sum(self.heights[:rows]) + more

    @property
    def _above(self) -> float:
        return line_height(HEADING) + 1.4 + (line_height(SMALL) + 0.7 if self.under and self.heights else 0.0)


def second_page(paper: Paper, data: ReportData, period: Period) -> None:
    """Everything on it: the charts take what room the sections below leave them."""
    y = TOP
    paper.write(data.name, LEFT, y, HEADING + 1, bold=True, width=ROOM * 0.55)
    words = f"{day_of(data.first)} to {day_of(data.last)} · record {record_of(data)}"
    paper.write(words, RIGHT, y + 0.5, TEXT, colour=QUIET, align="right")
    y += line_height(HEADING + 1) + 0.8
    paper.line([(LEFT, y), (RIGHT, y)], RULE, 0.3)
    y += 2.2
    closing = _closing(data)
    closing_height = sum(len(_wrapped(paper, words)) for words in closing) * line_height(SMALL)
    bottom = BOTTOM - FOOT_HEIGHT - closing_height - 2.0
    sections = (_treatments(paper, data), _assessments(paper, data), _open(paper, data))
    pictures = data.pictures[:MOST_PICTURES]
    if pictures:
        rows = -(-len(pictures) // 3)
        below = sum(section.height(len(section.heights)) + _APART for section in sections)
        left = bottom - 5.0 - line_height(SMALL) - y - below
        high = min(max(left, _LOW_CHARTS * rows), _HIGH_CHARTS * rows) - 4.0 * (rows - 1)
        grid(paper, pictures, Box(LEFT, y, ROOM, high), period, columns=3, tallest=_HIGH_CHARTS)
        y = paper.paragraph(_HOW_DRAWN, LEFT, y + high + 1.0, ROOM, SMALL, most=1, colour=QUIET) + 2.4
    _sections(paper, sections, y, bottom - 1.0)
    y = bottom
    paper.line([(LEFT, y), (RIGHT, y)], RULE, 0.2)
    y += 1.2
    for words in closing:
        for line in _wrapped(paper, words):
            paper.write(line, LEFT, y, SMALL, colour=QUIET)
            y += line_height(SMALL)


def _sections(paper: Paper, sections: Sequence[_Section], y: float, bottom: float) -> None:
    """Each section gets its first row, then one more in turn while there is room; the rest is in the coach."""
    rows = [min(1, len(section.heights)) for section in sections]

    def needed() -> float:
        return sum(section.height(count) + _APART for section, count in zip(sections, rows, strict=True))

    grown = True
    while grown:
        grown = False
        for number, section in enumerate(sections):
            if rows[number] == len(section.heights):
                continue
            rows[number] += 1
            if y + needed() <= bottom:
                grown = True
            else:
                rows[number] -= 1
    for section, count in zip(sections, rows, strict=True):
        y = heading(paper, section.title, LEFT, y, ROOM)
        if not section.heights:
            y = paper.paragraph(section.nothing, LEFT, y, ROOM, TEXT, most=1, colour=QUIET) + _APART
            continue
        if section.under:
            y = paper.paragraph(section.under, LEFT, y, ROOM, SMALL, most=1, colour=QUIET) + 0.7
        for number in range(count):
            section.write(number, y)
            y += section.heights[number]
        left = len(section.heights) - count
        if left:
            paper.write(f"and {left} more, in the coach", LEFT, y, TEXT, colour=QUIET)
            y += line_height(TEXT)
        y += _APART


def _treatments(paper: Paper, data: ReportData) -> _Section:
    """The newest first; visits, which may be many, together in one line below."""
    treated = [one for one in reversed(data.treated) if one.letter]
    visits = [one.day for one in data.treated if not one.letter]
    row = line_height(SMALL) + 0.2
    heights = [line_height(TEXT) + row * max(len(one.figures), 1) + 1.0 for one in treated]

    def write(number: int, y: float) -> None:
        if number == len(treated):
            paper.write(_visits(visits), LEFT, y, TEXT, width=ROOM)
            return
        one = treated[number]
        half = max(paper.width(one.letter, TEXT, bold=True) / 2 + 0.7, 1.7)
        paper.box(LEFT, y + 0.2, 2 * half, line_height(TEXT) - 0.4, edge=INK, thick=0.15)
        paper.write(one.letter, LEFT + half, y, TEXT, bold=True, align="middle")
        paper.write(f"{day_of(one.day)}: {one.what}", LEFT + 5, y, TEXT, width=ROOM - 5, bold=True)
        y += line_height(TEXT)
        if not one.figures:
            paper.write(_NO_FIGURES, LEFT + 5, y, SMALL, width=ROOM - 5, colour=QUIET)
        for figure in one.figures:
            for at, until, words in (
                (5.0, _AROUND[0], figure.what),
                (_AROUND[0], _AROUND[1], f"before {figure.before}"),
                (_AROUND[1], _AROUND[2], f"after {figure.after}"),
                (_AROUND[2], ROOM, f"own ups and downs {figure.noise}: {figure.compared}"),
            ):
                paper.write(words, LEFT + at, y, SMALL, width=until - at - 1.5)
            y += row

    if visits:
        heights.append(line_height(TEXT) + 0.4)
    under = data.treated_words if treated else ""
    return _Section("Treatments", under, "No treatment is entered.", tuple(heights), write)


def _visits(days: Sequence[date]) -> str:
    """Visits to the therapist, in one line."""
    if len(days) == 1:
        return f"Therapy visit on {day_of(days[0])} (a small tick below each chart)."
    return f"{len(days)} therapy visits, the last on {day_of(max(days))} (small ticks below each chart)."


def _assessments(paper: Paper, data: ReportData) -> _Section:
    texts = [paper.lines(one.change, ROOM - _COLUMNS[3], SMALL, most=3) for one in data.assessed]
    row = line_height(SMALL)

    def write(number: int, y: float) -> None:
        one: Assessed = data.assessed[number]
        paper.line([(LEFT, y - 0.4), (RIGHT, y - 0.4)], RULE, 0.1)
        latest = f"{one.figure} ({short_day(one.day)})"
        before = f"{one.before} ({short_day(one.before_day)})" if one.before_day else ""
        for at, until, words, bold in (
            (_COLUMNS[0], _COLUMNS[1], one.scale, False),
            (_COLUMNS[1], _COLUMNS[2], latest, True),
            (_COLUMNS[2], _COLUMNS[3], before, False),
        ):
            paper.write(words, LEFT + at, y, SMALL, width=until - at - 1.5, bold=bold)
        for line in texts[number]:
            paper.write(line, LEFT + _COLUMNS[3], y, SMALL)
            y += row

    heights = tuple(row * max(len(lines), 1) + 0.9 for lines in texts)
    return _Section(
        "Assessments, entered by a therapist",
        "The latest of each scale, the one before it, and what the change may be called beside the published noise.",
        "No assessment is entered.",
        heights,
        write,
    )


def _open(paper: Paper, data: ReportData) -> _Section:
    texts = [
        paper.lines(f"{short_day(one.day)}, {one.kind}: {one.text}", ROOM, TEXT, most=2) for one in data.open
    ]

    def write(number: int, y: float) -> None:
        for line in texts[number]:
            paper.write(line, LEFT, y, TEXT)
            y += line_height(TEXT)

    heights = tuple(line_height(TEXT) * len(lines) + 0.5 for lines in texts)
    return _Section("Notes and wishes that wait", "", "None waits.", heights, write)


def _closing(data: ReportData) -> list[str]:
    """With which rules the figures were made, and what they cannot say."""
    made = []
    if data.engines or data.cards:
        engines = ", ".join(data.engines) or "not known"
        made = [f"Figures by engine {engines}; cards: {', '.join(data.cards)}."]
    return [*made, " ".join(data.cannot)] if data.cannot else made


def _wrapped(paper: Paper, words: str) -> list[str]:
    return paper.lines(words, ROOM, SMALL, most=3)
