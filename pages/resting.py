"""The pictures of the face at rest: one side beside the other, day by day, each with the sentence that says it."""

from __future__ import annotations

import math
from datetime import timedelta, tzinfo

import altair as alt
import pandas as pd
import streamlit as st

from coach.face import Side
from coach.records import PracticeRecord, resting_words, telling
from coach.records.resting import MEASURES, NOT_BEFORE_DAYS, by_day, by_week, course, rest_frame
from coach.records.trends import Comparison
from pages import charts, drawing
from pages.drawing import BLUE, INK, PALE, Chart, show

_DAYS_SHOWN = 182  # half a year
_CALM_MM = 1.0  # a chart reaches at least as far up and down: noise must not look like a course
_ROOM_MM = 1.0  # above and below, for the words there
_MANY = 40  # so many days are drawn small
_HEIGHT = 190


def draw(records: list[PracticeRecord], affected: Side | None, zone: tzinfo) -> None:
    """Eyes, corners of the mouth and brows; a kind word while there are too few days."""
    st.subheader("Your face at rest", anchor=False)
    rests = rest_frame(records, affected, zone)
    waiting = resting_words.not_yet(rests)
    if waiting:
        st.markdown(waiting)
        return
    st.caption(resting_words.ABOUT)
    courses = {measure: by_day(rests, measure) for measure in MEASURES}
    weeks = {measure: by_week(rests, measure) for measure in MEASURES}
    comparisons = {measure: course(rests, measure) for measure in MEASURES}
    for measure, days in courses.items():
        st.markdown(f"**{resting_words.NAMES[measure]}**")
        sentence = resting_words.said(measure, days, comparisons[measure], affected)
        if len(days) < NOT_BEFORE_DAYS:
            st.markdown(sentence)
        else:
            show(_picture(measure, days, weeks[measure], comparisons[measure]), sentence)
    notes = []
    if any(comparison.low is not None for comparison in comparisons.values()):
        notes.append(resting_words.SHADED)
    if any(len(lines) > 1 for lines in weeks.values()):
        notes.append(resting_words.LINE)
    if notes:
        st.caption(" ".join(notes))
    charts.in_numbers(resting_words.table(courses, affected))


def _picture(measure: str, days: pd.DataFrame, weeks: pd.DataFrame, comparison: Comparison) -> Chart:
    """A mark a day, the middle of its rests, over the calendar; the start is shaded."""
    last = days["day"].iloc[-1]
    days = days[days["day"] > last - timedelta(days=_DAYS_SHOWN)]
    first = days["day"].iloc[0]
    numbers = [(day - first).days for day in days["day"]]
    points = pd.DataFrame(
        {
            "number": numbers,
            "mm": days["mm"].to_numpy(),
            "words": [resting_words.signed(mm) for mm in days["mm"]],
            "when": [telling.day(day) for day in days["day"]],
        }
    )
    reach = [*days["mm"], comparison.low or 0.0, comparison.high or 0.0]
    low, high = min(*reach, -_CALM_MM) - _ROOM_MM, max(*reach, _CALM_MM) + _ROOM_MM
    calendar = [first + timedelta(days=number) for number in range(numbers[-1] + 1)]
    x = drawing.by_practice(pd.Series(range(len(calendar))), pd.Series(calendar))
    y = alt.Y(
        "mm:Q",
        title="mm",
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=alt.Axis(
            values=list(range(math.ceil(low), math.floor(high) + 1)),
            labelExpr="datum.value == 0 ? 'alike' : format(datum.value, '+d')",
            grid=False,
        ),
    )
    layers: list[Chart] = []
    if comparison.low is not None:
        start = alt.Chart(pd.DataFrame({"mm": [comparison.low], "top": [comparison.high]}))
        layers.append(start.mark_rect(color=PALE, opacity=0.8).encode(y=y, y2="top:Q"))
    zero = alt.Chart(pd.DataFrame({"mm": [0.0]}))
    layers.append(zero.mark_rule(color=drawing.QUIET_INK, strokeDash=[4, 4]).encode(y=y))
    for word, baseline, place in zip(
        resting_words.ways(measure), ("bottom", "top"), ("height", 0), strict=True
    ):
        way = zero.mark_text(align="left", baseline=baseline, text=word, color=drawing.QUIET_INK, fontSize=13)
        layers.append(way.encode(x=alt.value(4), y=alt.value(place)))
    weeks = weeks[weeks["day"] >= first]
    if len(weeks) > 1:
        line = pd.DataFrame({"number": [(day - first).days for day in weeks["day"]], "mm": weeks["mm"]})
        layers.append(alt.Chart(line).mark_line(color=INK, strokeWidth=2, opacity=0.7).encode(x=x, y=y))
    else:
        layers.append(alt.Chart(points).mark_line(color=BLUE, strokeWidth=1).encode(x=x, y=y))
    size = drawing.size_of(points) if len(points) < _MANY else 40
    layers.append(
        drawing.marks(points, size).encode(
            x=x,
            y=y,
            color=alt.value(BLUE),
            tooltip=[alt.Tooltip("when:N", title="day"), alt.Tooltip("words:N", title="mm")],
        )
    )
    layers += drawing.figures(points, x, y, "words")
    return alt.layer(*layers).properties(height=_HEIGHT)
