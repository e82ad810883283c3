"""What both pages of a report share: sizes and places, headings, charts side by side, the foot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from coach.clinic.paper import HEIGHT, MARGIN, QUIET, RULE, VERMILLION, WIDTH, Paper, line_height
from coach.clinic.paper_charts import Box, Period, draw
from coach.clinic.report_values import Picture, ReportData

PURPOSE = (
    "Supports practice prescribed by a therapist. Camera figures are the coach's own, not a clinical scale."
)
DEMO = "A demonstration: this person is invented, and so is every figure."

NAME, HEADING, TEXT, SMALL = 15.0, 8.8, 7.4, 6.6  # points
LEFT, RIGHT = MARGIN, WIDTH - MARGIN
ROOM = RIGHT - LEFT
GAP = 6.0
HALF = (ROOM - GAP) / 2
TOP, BOTTOM = 11.0, HEIGHT - 11.0
FOOT_HEIGHT = 7.5


def heading(paper: Paper, words: str, x: float, y: float, width: float) -> float:
    """A heading with a line below it; gives back where it ends."""
    y = paper.paragraph(words, x, y, width, HEADING, most=1, bold=True)
    paper.line([(x, y + 0.2), (x + width, y + 0.2)], RULE, 0.2)
    return y + 1.4


def foot(paper: Paper, data: ReportData, number: int) -> None:
    """What stands on each page: what it is for, which of two it is, and whether all of it is invented."""
    if data.demo:
        paper.write(DEMO, WIDTH / 2, TOP - 4.5, TEXT, colour=VERMILLION, bold=True, align="middle")
    y = BOTTOM - line_height(SMALL)
    paper.line([(LEFT, y - 1.0), (RIGHT, y - 1.0)], RULE, 0.2)
    words = f"Face Retraining Coach, for practice at home. {PURPOSE}"
    paper.write(words, LEFT, y, SMALL, colour=QUIET, width=ROOM - 22)
    paper.write(f"Page {number} of 2", RIGHT, y, SMALL, colour=QUIET, align="right")


def record_of(data: ReportData) -> str:
    """The beginning of its number, which is enough to find it by."""
    return data.record[:8]


def day_of(day: date) -> str:
    """A day as it is printed."""
    return f"{day.day} {day:%b %Y}"


def short_day(day: date) -> str:
    """A day in a table."""
    return f"{day.day} {day:%b} {day:%y}"


def grid(
    paper: Paper, pictures: Sequence[Picture], box: Box, period: Period, *, columns: int, tallest: float
) -> None:
    """Charts side by side and below each other, all of the same size."""
    if not pictures:
        return
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    gap = 4.0
    wide = (box.width - GAP * (columns - 1)) / columns
    high = min((box.height - gap * (rows - 1)) / rows, tallest)
    for number, picture in enumerate(pictures):
        x = box.x + (wide + GAP) * (number % columns)
        y = box.y + (high + gap) * (number // columns)
        draw(paper, picture, Box(x, y, wide, high), period)
