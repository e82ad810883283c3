"""The pictures of a story: practices as points, what was before a treatment and what after, and what people answered.

They are written as Vega-Lite itself: Altair checks and copies every layer, and a page of a dozen charts would wait two
seconds for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from coach.clinic.around import Around, Weeks
from coach.records import telling
from coach.records.trends import weeks_of
from pages import drawing
from pages.care.story_time import PLUM, Mark, Span, Spec, layer, treatments
from pages.drawing import BLUE, INK, PALE, QUIET_INK, VERMILLION

HEIGHT, TALL = 210, 280
_AROUND = "#EADDEB"  # the ups and downs before a treatment
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


@dataclass(frozen=True, slots=True)
class Held:
    """What a chart is held against: the middle and the ups and downs before a treatment, and the middle after it."""

    around: Around
    before: Weeks
    after: Weeks


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
    form: str = "~f"

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
        layers.append(layer(reach, {"type": "rect", "color": drawing.REACH}, rectangle))
    if band is not None and held is None:
        low, high = axis.clipped(*band)
        layers.append(
            layer([{**whole, "value": low, "top": high}], {"type": "rect", "color": PALE}, rectangle)
        )
    if held is not None and one is not None and one.low is not None and one.high is not None:
        low, high = axis.clipped(one.low, one.high)
        ends = {"at": span.within(held.before)[0], "to": span.within(held.after)[1]}
        layers.append(
            layer([{**ends, "value": low, "top": high}], {"type": "rect", "color": _AROUND}, rectangle)
        )
    if zero:
        nought = {"type": "rule", "color": QUIET_INK, "strokeDash": [4, 4]}
        layers.append(layer([{**whole, "value": 0.0}], nought, {"x": x, "x2": {"field": "to"}, "y": y}))
    layers += treatments(span, marks, x)
    weeks = list(_weekly(span, points))
    if len(weeks) > 1:
        line = {"type": "line", "color": INK, "strokeWidth": 2, "opacity": 0.75}
        layers.append(layer(weeks, line, {"x": x, "y": y}))
    layers.append(_points(shown, x, y, axis.title))
    if held is not None:
        layers += _middles(span, held, x, y, axis)
    legend = drawing.LEGEND * shown["what"].nunique() if shown["what"].nunique() > 1 else 0
    return {"layer": layers, "height": (TALL if tall else HEIGHT) + legend}


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
    return layer(shown[columns].to_dict("records"), mark, encoding)


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


def _middles(span: Span, held: Held, x: Spec, y: Spec, axis: Axis) -> Iterator[Spec]:
    """The middle before and the middle after as lines with their figures."""
    for value, weeks, align in (
        (held.around.before, held.before, "left"),
        (held.around.after, held.after, "right"),
    ):
        begin, over = span.within(weeks)
        if value is None or begin >= over:
            continue
        rule = {"type": "rule", "color": PLUM, "strokeWidth": 4}
        ends = {"x": x, "x2": {"field": "to"}, "y": y}
        yield layer([{"at": begin, "to": over, "value": value}], rule, ends)
        named = [{"at": begin if align == "left" else over, "value": value, "words": axis.figure(value)}]
        look = {
            "type": "text",
            "align": align,
            "baseline": "bottom",
            "dy": -4,
            "fontSize": 14,
            "fontWeight": 700,
        }
        for halo in ({"color": "white", "stroke": "white", "strokeWidth": 5}, {"color": PLUM}):
            yield layer(
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
        *treatments(span, marks, x),
        layer(answers, dot, {"x": x, "y": y, "color": by_question(0), "tooltip": tooltip}),
        layer(
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
