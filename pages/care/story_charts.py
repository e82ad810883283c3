"""The pictures of a story: one calendar for all of them, treatments marked across, what was before and what after.

They are written as Vega-Lite itself: Altair checks and copies every layer, and a page of a dozen charts would wait two
seconds for it. Days are numbers from the first one on, named by the axis: a browser would shift a date by its own zone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from coach.clinic.around import Around, Weeks
from coach.records import telling
from coach.records.trends import weeks_of
from pages import drawing
from pages.drawing import BLUE, INK, PALE, QUIET_INK, VERMILLION

Spec = dict[str, Any]

HEIGHT, TALL = 210, 280
_AROUND = "#EADDEB"  # the ups and downs before a treatment
_PLUM = "#7B3F7D"
_MONTHS_FROM_DAYS = 70  # a longer span is named by its months

SHORT = {"botulinum_toxin": "toxin", "surgery": "surgery", "therapy_visit": "visit", "other": "treatment"}
_DASHES = {"botulinum_toxin": [1, 0], "surgery": [7, 3], "therapy_visit": [2, 4], "other": [4, 4]}
_LINES = [("#D55E00", [1, 0]), ("#0072B2", [6, 3]), ("#009E73", [2, 2]), ("#7B3F7D", [8, 2, 2, 2])]

_WORDS = {"labelColor": QUIET_INK, "titleColor": QUIET_INK, "labelFontSize": 13, "titleFontSize": 13}
_CONFIG = {
    "axis": _WORDS,
    "legend": {"labelColor": INK, "labelFontSize": 14, "symbolStrokeWidth": 1, "symbolSize": 150},
}


def show(spec: Spec, sentence: str) -> None:
    """A chart under its sentence, which is also the text for those who cannot see it."""
    st.markdown(sentence)
    st.vega_lite_chart({**spec, "config": _CONFIG, "description": sentence}, width="stretch")


# --- what is drawn


@dataclass(frozen=True, slots=True)
class Mark:
    """One treatment across the charts; visits have no letter, or weekly ones would hide the charts."""

    day: date
    kind: str
    letter: str
    words: str

    @property
    def label(self) -> str:
        """What stands beside its line."""
        return f"{self.letter} {SHORT[self.kind]}" if self.letter else ""

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return f"{SHORT[self.kind]} {self.letter}" if self.letter else f"the visit of {telling.day(self.day)}"


@dataclass(frozen=True, slots=True)
class Held:
    """What a chart is held against: the middle and the ups and downs before a treatment, and the middle after it."""

    around: Around
    before: Weeks
    after: Weeks


@dataclass(frozen=True, slots=True)
class Span:
    """The days all charts of a story share, the last one as a whole."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.last - self.first).days + 1

    def number(self, at: date) -> float:
        """Where a moment or the beginning of a day lies."""
        hours = at.hour + at.minute / 60 if isinstance(at, datetime) else 0.0
        day = at.date() if isinstance(at, datetime) else at
        return round((day - self.first).days + hours / 24, 3)

    def within(self, weeks: Weeks) -> tuple[float, float]:
        """From where to where some weeks are drawn."""
        return max(self.number(weeks.first), 0.0), min(self.number(weeks.over), float(self.days))

    def x(self) -> Spec:
        """The calendar below a chart: months, or weeks where the span is short."""
        ticks = _months(self) if self.days > _MONTHS_FROM_DAYS else _weeks(self)
        words = {self.number(day): name for day, name in ticks}
        named = json.dumps({f"{number:g}": name for number, name in words.items()})
        return {
            "field": "at",
            "type": "quantitative",
            "title": None,
            "scale": {"domain": [0, self.days], "nice": False, "zero": False},
            "axis": {
                "values": list(words),
                "labelExpr": f"{named}[datum.value]",
                "labelAngle": 0,
                "labelAlign": "left",
                "labelOverlap": "greedy",
                "labelSeparation": 8,
                "labelFlush": False,
                "gridOpacity": 0.6,
                "ticks": False,
                "domain": False,
            },
        }


def _months(span: Span) -> Iterator[tuple[date, str]]:
    day = span.first.replace(day=1)
    while day <= span.last:
        if day >= span.first:
            yield day, f"{day:%b %Y}" if day.month == 1 else f"{day:%b}"
        day = (day + timedelta(days=32)).replace(day=1)


def _weeks(span: Span) -> Iterator[tuple[date, str]]:
    day = span.first + timedelta(days=-span.first.weekday() % 7)
    while day <= span.last:
        yield day, telling.day(day)
        day += timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Axis:
    """The height of a chart: its unit, its ends (None: from the values), and how its figures are written.

    At least `room` is shown, so that noise does not look like a course.
    """

    title: str
    figure: Callable[[float], str]
    low: float | None = 0.0
    high: float | None = None
    room: float = 0.3
    form: str = "~g"

    def y(self, values: Iterable[float]) -> Spec:
        """The axis, with some height above the values for the names of treatments."""
        seen = [value for value in values if not math.isnan(value)] or [0.0]
        low = min(seen) if self.low is None else self.low
        high = max(*seen, low + self.room) if self.high is None else self.high
        above = 0.16 * (high - low)
        below = above / 2 if self.low is None else 0.0
        return {
            "field": "value",
            "type": "quantitative",
            "title": self.title,
            "scale": {"domain": [low - below, high + above], "nice": False, "zero": False},
            "axis": {"tickCount": 5, "format": self.form, "minExtent": 34, "gridOpacity": 0.6},
        }

    def clipped(self, low: float, high: float) -> tuple[float, float]:
        """Ups and downs, as far as the scale goes."""
        lowest = -math.inf if self.low is None else self.low
        return max(low, lowest), min(high, math.inf if self.high is None else self.high)


JOINED, QUIET = "joined in here", "stayed quiet, went this far"
_LOOKS = {JOINED: ("triangle-up", VERMILLION), QUIET: ("circle", BLUE)}
_ONE = ("circle", BLUE)


def course(
    span: Span,
    points: pd.DataFrame,
    axis: Axis,
    marks: Sequence[Mark],
    *,
    band: tuple[float, float] | None = None,
    held: Held | None = None,
    reach: Sequence[Mapping[str, float]] = (),
    zero: bool = False,
    tall: bool = False,
) -> Spec:
    """Practices as points, the middle of each week as a line, and what they are held against.

    `points` has `at`, `day`, `value`, `what`, `when`, `words` and `href`; `reach` has rectangles of the band to reach.
    """
    shown = points[(points["day"] >= span.first) & points["value"].notna()]
    one = held.around if held else None
    beside = [one.before, one.low, one.high, one.after] if one else []
    heights = [*shown["value"], *(band or ()), *(value for value in beside if value is not None)]
    heights += [value for row in reach for value in (row["value"], row["top"])] + ([0.0] if zero else [])
    x, y = span.x(), axis.y(heights)
    rectangle = {"x": x, "x2": {"field": "to"}, "y": y, "y2": {"field": "top"}}
    whole = {"at": 0.0, "to": float(span.days)}
    layers: list[Spec] = []
    if reach:
        layers.append(_layer(reach, {"type": "rect", "color": drawing.REACH}, rectangle))
    if band is not None and held is None:
        low, high = axis.clipped(*band)
        layers.append(
            _layer([{**whole, "value": low, "top": high}], {"type": "rect", "color": PALE}, rectangle)
        )
    if held is not None and one is not None and one.low is not None and one.high is not None:
        low, high = axis.clipped(one.low, one.high)
        ends = {"at": span.within(held.before)[0], "to": span.within(held.after)[1]}
        layers.append(
            _layer([{**ends, "value": low, "top": high}], {"type": "rect", "color": _AROUND}, rectangle)
        )
    if zero:
        nought = {"type": "rule", "color": QUIET_INK, "strokeDash": [4, 4]}
        layers.append(_layer([{**whole, "value": 0.0}], nought, {"x": x, "x2": {"field": "to"}, "y": y}))
    layers += _treatments(span, marks, x)
    weeks = list(_weekly(span, points))
    if len(weeks) > 1:
        line = {"type": "line", "color": INK, "strokeWidth": 2, "opacity": 0.75}
        layers.append(_layer(weeks, line, {"x": x, "y": y}))
    layers.append(_points(shown, x, y, axis.title))
    if held is not None:
        layers += _middles(span, held, x, y, axis)
    legend = drawing.LEGEND * shown["what"].nunique() if shown["what"].nunique() > 1 else 0
    return {"layer": layers, "height": (TALL if tall else HEIGHT) + legend}


def _layer(values: Iterable[Mapping[str, Any]], mark: Spec, encoding: Spec) -> Spec:
    return {"data": {"values": [dict(row) for row in values]}, "mark": mark, "encoding": encoding}


def _points(shown: pd.DataFrame, x: Spec, y: Spec, title: str) -> Spec:
    """A point a practice; each leads to its repetitions."""
    kinds = list(dict.fromkeys(shown["what"]))
    shape, colour = _LOOKS.get(kinds[0], _ONE) if kinds else _ONE
    size = 110 if len(shown) <= drawing.FEW else 60 if len(shown) < 80 else 34 if len(shown) < 160 else 20
    mark = {
        "type": "point",
        "filled": True,
        "opacity": 0.85,
        "stroke": "white",
        "strokeWidth": 0.6,
        "size": size,
        "shape": shape,
        "color": colour,
        "cursor": "pointer",
    }
    encoding: Spec = {
        "x": x,
        "y": y,
        "href": {"field": "href", "type": "nominal"},
        "tooltip": [
            {"field": "when", "type": "nominal", "title": "when"},
            {"field": "words", "type": "nominal", "title": title},
            {"field": "what", "type": "nominal", "title": " "},
        ],
    }
    if len(kinds) > 1:
        looks = [_LOOKS.get(kind, _ONE) for kind in kinds]
        legend = {"title": None, "orient": "bottom", "direction": "vertical", "labelLimit": 320}
        for number, channel in enumerate(("shape", "color")):
            scale = {"domain": kinds, "range": [look[number] for look in looks]}
            encoding[channel] = {"field": "what", "type": "nominal", "scale": scale, "legend": legend}
    columns = ["at", "value", "what", "when", "words", "href"]
    return _layer(shown[columns].to_dict("records"), mark, encoding)


def _weekly(span: Span, points: pd.DataFrame) -> Iterator[dict[str, float | None]]:
    """The middle of each week with enough practices; the line is broken where a week between says nothing."""
    told = points[points["what"] != QUIET]
    if told.empty:
        return
    before: int | None = None
    weeks = weeks_of(told["day"], told["value"])
    for week, day, middle in zip(weeks.index, weeks["day"].dt.date, weeks["median"], strict=True):
        if day < span.first:
            continue
        at = span.number(day) + 0.5
        if before is not None and week > before + 1:
            yield {"at": at - 3.5, "value": None}
        yield {"at": at, "value": float(middle)}
        before = int(week)


# --- treatments


def _treatments(span: Span, marks: Sequence[Mark], x: Spec) -> Iterator[Spec]:
    """Each treatment of the span as a line from top to bottom, with its letter and its kind."""
    within = [mark for mark in marks if span.first <= mark.day <= span.last]
    for kind, dash in _DASHES.items():
        rows = [
            {
                "at": span.number(mark.day),
                "label": mark.label,
                "words": f"{telling.long_day(mark.day)}: {mark.words}",
            }
            for mark in within
            if mark.kind == kind
        ]
        if not rows:
            continue
        visit = kind == "therapy_visit"
        colour = QUIET_INK if visit else _PLUM
        tooltip = {"field": "words", "type": "nominal", "title": " "}
        rule = {"type": "rule", "color": colour, "strokeDash": dash, "strokeWidth": 1.2 if visit else 1.8}
        yield _layer(rows, rule, {"x": x, "tooltip": tooltip})
        if not visit:
            text = {"type": "text", "align": "left", "baseline": "top", "dx": 4, "color": colour}
            look = {"fontSize": 13, "fontWeight": 600}
            label = {"field": "label", "type": "nominal"}
            yield _layer(rows, {**text, **look}, {"x": x, "y": {"value": 2}, "text": label})


def _middles(span: Span, held: Held, x: Spec, y: Spec, axis: Axis) -> Iterator[Spec]:
    """The middle before and the middle after as lines with their figures."""
    for value, weeks, align in (
        (held.around.before, held.before, "left"),
        (held.around.after, held.after, "right"),
    ):
        begin, over = span.within(weeks)
        if value is None or begin >= over:
            continue
        rule = {"type": "rule", "color": _PLUM, "strokeWidth": 4}
        ends = {"x": x, "x2": {"field": "to"}, "y": y}
        yield _layer([{"at": begin, "to": over, "value": value}], rule, ends)
        named = [{"at": begin if align == "left" else over, "value": value, "words": axis.figure(value)}]
        look = {
            "type": "text",
            "align": align,
            "baseline": "bottom",
            "dy": -4,
            "fontSize": 14,
            "fontWeight": 700,
        }
        for halo in ({"color": "white", "stroke": "white", "strokeWidth": 5}, {"color": _PLUM}):
            yield _layer(
                named, {**look, **halo}, {"x": x, "y": y, "text": {"field": "words", "type": "nominal"}}
            )


# --- what people said of themselves


def ratings(span: Span, frame: pd.DataFrame, names: Mapping[str, str], marks: Sequence[Mark]) -> Spec:
    """The middle of each week's answers, a line a question; single answers are points."""
    x = span.x()
    y = Axis("0 to 10", lambda value: f"{value:.0f}", 0.0, 10.0, form="d").y([])
    shown = frame[frame["day"] >= span.first]
    when = [f"{telling.day(at)}, {at:%H:%M}" for at in shown["started_at"]]
    at = [span.number(moment.to_pydatetime()) for moment in shown["started_at"]]
    answers = [
        {"at": place, "value": float(value), "what": name, "when": words}
        for column, name in names.items()
        for place, words, value in zip(at, when, shown[column], strict=True)
        if not pd.isna(value)
    ]
    weeks = [
        {**row, "what": name} for column, name in names.items() for row in _week_middles(span, shown, column)
    ]
    looks = _LINES[: len(names)]
    legend = {
        "title": None,
        "orient": "bottom",
        "columns": 2,
        "labelLimit": 200,
        "symbolType": "stroke",
        "symbolSize": 300,
        "symbolOpacity": 1,
        "symbolStrokeWidth": 3,
    }

    def by_question(number: int) -> Spec:
        scale = {"domain": list(names.values()), "range": [look[number] for look in looks]}
        return {"field": "what", "type": "nominal", "scale": scale, "legend": legend}

    dot = {"type": "point", "filled": True, "size": 22, "opacity": 0.3}
    fields = (("when", "when"), ("what", " "), ("value", "of 10"))
    tooltip = [{"field": field, "type": "nominal", "title": title} for field, title in fields]
    layers = [
        *_treatments(span, marks, x),
        _layer(answers, dot, {"x": x, "y": y, "color": by_question(0), "tooltip": tooltip}),
        _layer(
            weeks,
            {"type": "line", "strokeWidth": 2.2},
            {"x": x, "y": y, "color": by_question(0), "strokeDash": by_question(1)},
        ),
    ]
    return {"layer": layers, "height": HEIGHT + 2 * drawing.LEGEND}


def _week_middles(span: Span, shown: pd.DataFrame, column: str) -> Iterator[dict[str, float]]:
    """The middle of the answers of each seven days of the span, however few: nothing is compared by it."""
    answered = shown[["day", column]].dropna()
    numbers = [(day - span.first).days // 7 for day in answered["day"]]
    for week, middle in answered[column].astype(float).groupby(numbers).median().items():
        yield {"at": min(7.0 * int(str(week)) + 3.5, float(span.days)), "value": float(middle)}


# --- the calendar

FULL, PART, NONE, FREE = "as prescribed", "some practice", "none", "nothing prescribed"
_CELLS = {FULL: "#2F7F86", PART: "#9CC3D5", NONE: "#EEF1EC", FREE: "#FBFAF7"}
DONE_SHARE = 0.8
"""A day counts as done from this share of its minutes (proposal: somebody who is a little quicker left nothing out)."""


def day_kind(minutes: float, prescribed: float) -> str:
    """How much of a day's minutes were practised, in words."""
    if minutes <= 0:
        return NONE if prescribed > 0 else FREE
    if math.isnan(prescribed) or prescribed <= 0:
        return PART
    return FULL if minutes >= DONE_SHARE * prescribed else PART


def calendar(span: Span, days: pd.DataFrame, marks: Sequence[Mark]) -> Spec:
    """A square a day, a column a week: how much was practised of what was prescribed; treatments by their letters."""
    monday = span.first - timedelta(days=span.first.weekday())
    letters: dict[date, str] = {}
    for mark in marks:
        letters[mark.day] = letters.get(mark.day, "") + (mark.letter or "·")
    cells = [_cell(row, monday, letters) for row in days[days["day"] >= span.first].itertuples()]
    # The name of a month stands under the week in which it begins.
    months = {((day - monday).days + 6) // 7: name for day, name in _months(span)}
    named = json.dumps({str(week): name for week, name in months.items()})
    x = {
        "field": "week",
        "type": "ordinal",
        "title": None,
        "scale": {"domain": list(range((span.last - monday).days // 7 + 1)), "paddingInner": 0.12},
        "axis": {
            "values": list(months),
            "labelExpr": f"{named}[datum.value]",
            "labelAngle": 0,
            "labelAlign": "left",
            "labelOverlap": "greedy",
            "ticks": False,
            "domain": False,
        },
    }
    y = {
        "field": "weekday",
        "type": "nominal",
        "title": None,
        "scale": {
            "domain": [f"{monday + timedelta(days=number):%a}" for number in range(7)],
            "paddingInner": 0.12,
        },
        "axis": {"ticks": False, "domain": False, "minExtent": 34},
    }
    colour = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": list(_CELLS), "range": list(_CELLS.values())},
        "legend": {
            "title": None,
            "orient": "bottom",
            "columns": 2,
            "symbolType": "square",
            "symbolStrokeColor": QUIET_INK,
        },
    }
    tooltip = {"field": "words", "type": "nominal", "title": " "}
    square = {"type": "rect", "cornerRadius": 2, "stroke": "#CBD5CF", "strokeWidth": 0.6}
    letter = {"field": "letter", "type": "nominal"}
    ink = {"condition": {"test": f"datum.kind === '{FULL}'", "value": "white"}, "value": _PLUM}
    layers = [
        _layer(cells, square, {"x": x, "y": y, "color": colour, "tooltip": tooltip}),
        _layer(
            cells,
            {"type": "text", "fontSize": 12, "fontWeight": 700},
            {"x": x, "y": y, "text": letter, "color": ink, "tooltip": tooltip},
        ),
    ]
    return {"layer": layers, "height": 170 + 2 * drawing.LEGEND}


def _cell(row: Any, monday: date, letters: Mapping[date, str]) -> dict[str, object]:
    asked = "nothing prescribed" if math.isnan(row.prescribed) else f"{row.prescribed:.0f} min prescribed"
    return {
        "week": (row.day - monday).days // 7,
        "weekday": f"{row.day:%a}",
        "kind": day_kind(row.minutes, row.prescribed),
        "letter": letters.get(row.day, ""),
        "words": f"{telling.long_day(row.day)}: {row.minutes:.0f} min, {asked}",
    }
