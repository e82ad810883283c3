"""The charts of a report: small, dated, each under its title and the sentence that says what it shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from coach.clinic.paper import (
    BAND,
    BLUE,
    GREEN,
    INK,
    PALE,
    PURPLE,
    QUIET,
    RULE,
    VERMILLION,
    Mark,
    Paper,
    line_height,
)
from coach.clinic.report_values import Dated, Looks, Picture, Series, Week

LOOKS: Mapping[Looks, tuple[Mark, str]] = {
    "joined_in": ("triangle", VERMILLION),
    "quiet": ("dot", BLUE),
    "first": ("dot", BLUE),
    "second": ("triangle", VERMILLION),
    "third": ("square", GREEN),
    "fourth": ("diamond", PURPLE),
}

TITLE, SENTENCE, TICK = 7.8, 6.9, 6.0  # points
SENTENCE_LINES = 4
_LOWEST = 15.0  # a picture is at least so high: its sentence is cut before it is
_AXIS = 8.0  # room for the figures at the left
_MONTHS = 4.2  # and for the dates below
_LETTERS = 3.4  # and for the letters of treatments above
_NEXT_WEEK = timedelta(days=13)  # the middle days of two weeks that follow each other
_MOST_TICKS = 4
_STEPS = (1, 2, 2.5, 5, 10)
_CROWDED = 60  # from so many points on they are small


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the paper."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Period:
    """The days along the bottom, with what was done on some of them: by its letter, or without one by a small tick."""

    first: date
    last: date
    marks: tuple[tuple[date, str], ...] = ()

    @property
    def days(self) -> int:
        """How many there are."""
        return max((self.last - self.first).days, 0) + 1


def draw(paper: Paper, picture: Picture, box: Box, period: Period) -> None:
    """One chart in its place: the title, the sentence, the names of its marks, and the picture in what room is left."""
    title = f"{picture.title}, {picture.unit}" if picture.unit else picture.title
    y = paper.paragraph(title, box.x, box.y, box.width, TITLE, most=1, bold=True)
    named = [one for one in picture.series if one.name]
    names = _names(named, paper, box.width) if len(named) > 1 else []
    above = line_height(TICK) * len(names) + _LETTERS
    room = box.y + box.height - y - above - _MONTHS - _LOWEST
    most = min(SENTENCE_LINES, max(int(room / line_height(SENTENCE)), 1))
    y = paper.paragraph(picture.sentence, box.x, y, box.width, SENTENCE, most=most, colour=QUIET)
    _write_names(paper, names, box.x, y + 0.3)
    y += above
    plot = Box(box.x + _AXIS, y, box.width - _AXIS - 1.5, box.y + box.height - y - _MONTHS)
    values = [value for one in picture.series for _, value in one.points]
    if not values:
        paper.box(plot.x, plot.y, plot.width, plot.height, fill=PALE)
        words = "nothing judged in this period"
        middle = plot.y + (plot.height - line_height(SENTENCE)) / 2
        paper.write(words, plot.x + plot.width / 2, middle, SENTENCE, colour=QUIET, align="middle")
        return
    low, high = _bounds(picture, values)
    across, up = _across(plot, period), _up(plot, low, high)
    if picture.band:
        bottom, top = (max(low, min(high, edge)) for edge in picture.band)
        paper.box(plot.x, up(top), plot.width, up(bottom) - up(top), fill=BAND)
    _values_axis(paper, plot, low, high, up)
    _days_axis(paper, plot, period, across)
    small = len(values) > _CROWDED
    for one in picture.series:
        kind, colour = LOOKS[one.looks]
        for run in _runs(one.points) if one.joined else ():
            paper.line([(across(day), up(value)) for day, value in run], colour, 0.3)
        places = ((across(day), up(value)) for day, value in one.points)
        paper.marks(kind, places, 0.95 if small else 1.6, colour)
    for run in _runs(picture.weeks):
        paper.line([(across(day), up(max(low, min(high, value)))) for day, value in run], INK, 0.45)


def draw_weeks(paper: Paper, weeks: Sequence[Week], box: Box) -> None:
    """A bar for each week: what was done, within the outline of what was prescribed."""
    most = max((max(week.done, week.planned or 0) for week in weeks), default=0) or 1
    plot = Box(box.x + _AXIS, box.y, box.width - _AXIS, box.height - _MONTHS)
    step = _step(0, most)
    up = _up(plot, 0, max(math.ceil(most / step) * step, 1))
    for value in range(0, most + 1, max(round(step), 1)):
        paper.line([(plot.x, up(value)), (plot.x + plot.width, up(value))], RULE, 0.1)
        _at_axis(paper, plot, up(value), f"{value}")
    room = plot.width / max(len(weeks), 1)
    bar = min(room * 0.8, 6.0)
    shown = -1.0
    for number, week in enumerate(weeks):
        x = plot.x + room * number + (room - bar) / 2
        if week.planned:
            paper.box(x, up(week.planned), bar, up(0) - up(week.planned), fill=BAND)
        if week.done:
            paper.box(x, up(week.done), bar, up(0) - up(week.done), fill=BLUE)
        if week.planned:
            paper.line([(x - 0.1, up(week.planned)), (x + bar + 0.1, up(week.planned))], INK, 0.3)
        words = _day_words(week.monday)
        wide = paper.width(words, TICK)
        if x >= shown and x + wide <= plot.x + plot.width + 2:
            paper.write(words, x, plot.y + plot.height + 0.7, TICK, colour=QUIET)
            shown = x + wide + 3
    paper.line([(plot.x, up(0)), (plot.x + plot.width, up(0))], QUIET, 0.2)


def ticks(low: float, high: float) -> list[float]:
    """Round values between two bounds, few enough to be read."""
    step = _step(low, high)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def day_ticks(period: Period) -> list[date]:
    """The days that are named below a chart: single days, Mondays or firsts of months, at most about six."""
    if period.days <= 42:
        step = max(1, -(-period.days // 6))
        return [period.first + timedelta(days=n) for n in range(0, period.days, step)]
    firsts = list(_firsts(period))
    step = next(
        size for size in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if len(firsts) <= 6 * size or size == 1200
    )
    return [day for day in firsts if (12 * day.year + day.month - 1) % step == 0]


def _bounds(picture: Picture, values: Sequence[float]) -> tuple[float, float]:
    """The axis: what the picture asks for, else around the values and the band, from zero where nothing is below it."""
    edges = [*values, *(picture.band or ())]
    low = min(edges) if picture.lowest is None else picture.lowest
    high = max(edges) if picture.highest is None else picture.highest
    if picture.lowest is None:
        low = 0.0 if min(values) >= 0 else low * 1.1
    if high <= low:
        high = low + 1
    if picture.highest is None:
        high += 0.08 * (high - low)
    return low, high


def _step(low: float, high: float) -> float:
    rough = (high - low) / _MOST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in _STEPS if step * power >= rough - 1e-12)


def _firsts(period: Period) -> Iterator[date]:
    day = period.first.replace(day=1)
    while day <= period.last:
        if day >= period.first:
            yield day
        if (day.year, day.month) == (date.max.year, 12):
            return
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _across(plot: Box, period: Period) -> Callable[[date], float]:
    return lambda day: plot.x + plot.width * ((day - period.first).days + 0.5) / period.days


def _up(plot: Box, low: float, high: float) -> Callable[[float], float]:
    return lambda value: plot.y + plot.height * (high - value) / (high - low)


def _runs(weeks: Dated) -> Iterator[Dated]:
    """The weeks that follow each other; no line goes over a time of which nothing is known."""
    run: list[tuple[date, float]] = []
    for day, value in weeks:
        if run and day - run[-1][0] > _NEXT_WEEK:
            yield tuple(run)
            run = []
        run.append((day, value))
    yield tuple(run)


def _values_axis(paper: Paper, plot: Box, low: float, high: float, up: Callable[[float], float]) -> None:
    for value in ticks(low, high):
        strong = value == low or (value == 0 and low < 0)
        line = [(plot.x, up(value)), (plot.x + plot.width, up(value))]
        paper.line(line, QUIET if strong else RULE, 0.2 if strong else 0.1)
        words = f"{value:+g}" if low < 0 and value else f"{value:g}"
        _at_axis(paper, plot, up(value), words.replace("-", "\N{MINUS SIGN}"))


def _at_axis(paper: Paper, plot: Box, y: float, words: str) -> None:
    paper.write(words, plot.x - 1.0, y - line_height(TICK) / 2, TICK, colour=QUIET, align="right")


def _days_axis(paper: Paper, plot: Box, period: Period, across: Callable[[date], float]) -> None:
    bottom = plot.y + plot.height
    years = period.first.year != period.last.year
    shown = -1.0
    for number, day in enumerate(day_ticks(period)):
        words = _day_words(day) if period.days <= 42 else f"{day:%b}"
        if period.days > 42 and (day.month == 1 or (number == 0 and years)):
            words += f" {day.year}"
        wide = paper.width(words, TICK)
        x = min(max(across(day), plot.x + wide / 2 - 2), plot.x + plot.width - wide / 2 + 2)
        paper.line([(across(day), bottom), (across(day), bottom + 0.7)], QUIET, 0.15)
        if x - wide / 2 >= shown:
            paper.write(words, x, bottom + 0.7, TICK, colour=QUIET, align="middle")
            shown = x + wide / 2 + 1.5
    paper.line([(plot.x, bottom), (plot.x + plot.width, bottom)], QUIET, 0.2)
    taken = -1.0
    for day, letter in period.marks:
        x = across(day)
        if not letter:
            paper.line([(x, bottom - 1.6), (x, bottom)], INK, 0.3)
            continue
        paper.line([(x, plot.y - 0.3), (x, bottom)], INK, 0.2, dashed=True)
        half = max(paper.width(letter, TICK, bold=True) / 2 + 0.6, 1.25)
        if x - half >= taken:  # letters of neighbouring days would lie on each other
            paper.box(x - half, plot.y - 3.0, 2 * half, 2.7, fill="#ffffff", edge=INK, thick=0.15)
            paper.write(letter, x, plot.y - 3.0, TICK, bold=True, align="middle")
            taken = x + half


def _names(series: Sequence[Series], paper: Paper, width: float) -> list[list[tuple[float, Series]]]:
    """What each mark stands for, side by side with where each begins; one more line where they need it."""
    lines: list[list[tuple[float, Series]]] = [[]]
    at = 0.0
    for one in series:
        wide = paper.width(paper.plain(one.name), TICK) + 5.0
        if lines[-1] and at + wide > width + 2:
            lines.append([])
            at = 0.0
        lines[-1].append((at, one))
        at += wide
    return lines


def _write_names(paper: Paper, lines: Sequence[Sequence[tuple[float, Series]]], x: float, y: float) -> None:
    for line in lines:
        for at, one in line:
            kind, colour = LOOKS[one.looks]
            paper.marks(kind, [(x + at + 1.2, y + line_height(TICK) / 2)], 1.7, colour)
            paper.write(one.name, x + at + 2.8, y, TICK, colour=QUIET)
        y += line_height(TICK)


def _day_words(day: date) -> str:
    return f"{day.day} {day:%b}"
