"""Pictures of what was assessed: each scale over time with its noise, and the camera's own range test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import altair as alt
import pandas as pd
import streamlit as st

from coach.calibration import NAMES
from coach.clinic import over_time, reach
from coach.clinic.reach import Reach
from coach.clinic.scales import SCALES, Scale
from coach.face import SIDES, Side
from coach.records import telling
from coach.records.care_history import Assessment
from pages import drawing
from pages.care.story_look import grid
from pages.drawing import BAND, BAND_EDGE, BLUE, INK, PALE, QUIET_INK, VERMILLION, Chart

Treated = tuple[date, str]
"""The day of a treatment, and what stands beside its line."""
Days = tuple[date, date]
"""The first and the last day that are shown, both as a whole."""

_WHOLE = ("sunnybrook", "house_brackmann", "eface_total", "fdi_physical", "fdi_social", "saq", "face")
_HEIGHT = 170


def whole_scales(filled: Sequence[Assessment]) -> list[Scale]:
    """The scales of which a figure is known, without their parts."""
    return [SCALES[name] for name in _WHOLE if any(one.totals.get(name) is not None for one in filled)]


def side_by_side(
    scales: Sequence[Scale],
    filled: Sequence[Assessment],
    treated: Sequence[Treated],
    columns: int = 2,
    days: Days | None = None,
) -> None:
    """A picture of each scale that was filled in more than once, of these days or of all; the others in words."""
    often = [scale for scale in scales if len(over_time.course(filled, scale)) > 1]
    for scale, cell in zip(often, grid(columns), strict=False):
        with cell:
            scale_chart(scale, filled, treated, days)
    once = [scale for scale in scales if scale not in often]
    if once:
        st.markdown("  \n".join(over_time.said(scale, over_time.course(filled, scale)) for scale in once))


def scale_chart(
    scale: Scale, filled: Sequence[Assessment], treated: Sequence[Treated], days: Days | None = None
) -> None:
    """One scale over time, with the published noise around its first figure and the treatments as lines.

    Of `days` only is drawn, if they are given; what has become of it since the first figure is said in any case.
    """
    points = over_time.course(filled, scale)
    sentence = over_time.said(scale, points)
    first, last = days or (points[0].day, points[-1].day)
    shown = [point for point in points if first <= point.day <= last]
    if not shown:
        st.markdown(f"{sentence} None is of the time shown.")
        return
    table = pd.DataFrame(
        {
            "day": [_at(point.day) for point in shown],
            "value": [float(point.shown) for point in shown],
            "words": [scale.say(point.shown) for point in shown],
            "when": [telling.long_day(point.day) for point in shown],
        }
    )
    x = _days_axis("day", first, last) if days is None else _whole_days_axis("day", days)
    y = _scale_axis(scale)
    layers: list[Chart] = []
    for number, noise in enumerate(over_time.noise(scale, points[0])):
        band = pd.DataFrame({"low": [float(noise.low)], "high": [float(noise.high)]})
        layers.append(
            alt.Chart(band)
            .mark_rect(color=PALE if number == 0 else BAND, opacity=0.8 if number == 0 else 0.45)
            .encode(y=_scale_axis(scale, "low"), y2="high:Q")
        )
    layers += _treatment_lines([one for one in treated if first <= one[0] <= last], x)
    layers.append(alt.Chart(table).mark_line(color=BLUE, strokeWidth=1.5).encode(x=x, y=y))
    layers.append(
        drawing.marks(table, 130).encode(
            x=x,
            y=y,
            color=alt.value(BLUE),
            tooltip=[alt.Tooltip("when:N", title="when"), alt.Tooltip("words:N", title=scale.name)],
        )
    )
    if len(table) <= drawing.FEW:
        layers.append(
            alt.Chart(table.assign(said=[f"{value:g}" for value in table["value"].round(1)]))
            .mark_text(dy=-14, color=INK, fontSize=13)
            .encode(x=x, y=y, text="words:N" if scale.steps else "said:N")
        )
    drawing.show(alt.layer(*layers).properties(height=_HEIGHT), sentence)
    bands = over_time.noise(scale, points[0])
    if bands:
        of = f"the first figure, of {telling.long_day(points[0].day)}"
        st.caption(f"Shaded: within the noise of {of} ({'; '.join(b.words for b in bands)}).")


def reach_chart(latest: Sequence[Reach], first: Sequence[Reach], affected: Side | None) -> None:
    """Both sides in each movement of the latest range test, and the first one palely behind it."""
    rows = [
        {
            "movement": telling.sentence_case(NAMES[one.movement]),
            "side": reach.side_name(side, affected),
            "mm": mm,
            "when": telling.long_day(one.day),
            "first": one.day != latest[0].day,
        }
        for one in (*first, *latest)
        for side in SIDES
        if (mm := one.of(side)) is not None
    ]
    sentence = reach.said_of_all(tuple(latest), affected)
    if not rows:
        st.markdown(sentence)
        return
    points = pd.DataFrame(rows)
    now = points[~points["first"]]
    order = list(now.groupby("movement")["mm"].max().sort_values(ascending=False).index)
    points = points[points["movement"].isin(order)]
    x = alt.X("mm:Q", title="mm, by the camera", scale=alt.Scale(domain=[0, 1.1 * points["mm"].max()]))
    y = alt.Y(
        "movement:N",
        sort=order,
        title=None,
        scale=alt.Scale(domain=order, padding=0.6),
        axis=alt.Axis(labelLimit=120, ticks=False, domain=False),
    )
    names = [reach.side_name(side, affected) for side in _ordered(affected)]
    looks = drawing.one_of(names, "side", ["triangle-up", "circle"], [VERMILLION, BLUE])
    between = now.pivot_table(index="movement", columns="side", values="mm").dropna().reset_index()
    layers: list[Chart] = []
    if not between.empty and set(names) <= set(between.columns):
        between = between.rename(columns={names[0]: "from", names[1]: "to"})
        layers.append(
            alt.Chart(between)
            .mark_rule(color=QUIET_INK, strokeWidth=2, opacity=0.5)
            .encode(x=alt.X("from:Q", title="mm, by the camera"), x2="to:Q", y=y)
        )
    tooltip = [
        alt.Tooltip("side:N", title="side"),
        drawing.mm_tooltip("mm"),
        alt.Tooltip("when:N", title="when"),
    ]
    layers.append(drawing.marks(now, 130).encode(x=x, y=y, tooltip=tooltip, **looks))
    before = points[points["first"]]
    if not before.empty:
        layers.append(
            alt.Chart(before)
            .mark_point(size=90, filled=False, opacity=0.55)
            .encode(x=x, y=y, tooltip=tooltip, **looks)
        )
    drawing.show(alt.layer(*layers).properties(height=32 * len(order) + 2 * drawing.LEGEND + 40), sentence)
    if not before.empty:
        st.caption(f"Hollow: the first test, on {telling.long_day(first[0].day)}.")


def reach_course(course: Sequence[Reach], affected: Side | None, treated: Sequence[Treated]) -> None:
    """Both sides of one movement, test by test."""
    sentence = reach.said_of_one(tuple(course), affected)
    rows = [
        {
            "day": _at(one.day),
            "side": reach.side_name(side, affected),
            "mm": mm,
            "when": telling.long_day(one.day),
        }
        for one in course
        for side in SIDES
        if (mm := one.of(side)) is not None
    ]
    if len({row["day"] for row in rows}) < 2:
        st.markdown(sentence)
        return
    points = pd.DataFrame(rows)
    first, last = course[0].day, course[-1].day
    x = _days_axis("day", first, last)
    y = drawing.from_zero("mm", 1.15 * points["mm"].max(), "mm, by the camera", tickCount=4)
    names = [reach.side_name(side, affected) for side in _ordered(affected)]
    looks = drawing.one_of(names, "side", ["triangle-up", "circle"], [VERMILLION, BLUE])
    lines = alt.Chart(points).mark_line(strokeWidth=1.5).encode(x=x, y=y, color=looks["color"])
    marks = drawing.marks(points, 90).encode(
        x=x,
        y=y,
        tooltip=[alt.Tooltip("when:N", title="when"), drawing.mm_tooltip("mm")],
        **looks,
    )
    marked = _treatment_lines([one for one in treated if first <= one[0] <= last], x)
    drawing.show(alt.layer(*marked, lines, marks).properties(height=_HEIGHT + 2 * drawing.LEGEND), sentence)


def _ordered(affected: Side | None) -> tuple[Side, Side]:
    return SIDES if affected is None else (affected, affected.other)


def _treatment_lines(treated: Sequence[Treated], x: alt.X) -> list[Chart]:
    if not treated:
        return []
    lines = pd.DataFrame(
        {
            "day": [_at(day) for day, _ in treated],
            "words": [words for _, words in treated],
            "when": [telling.long_day(day) for day, _ in treated],
        }
    )
    tooltip = [alt.Tooltip("words:N", title="treatment"), alt.Tooltip("when:N", title="when")]
    rules = alt.Chart(lines).mark_rule(color=BAND_EDGE, strokeDash=[4, 3], strokeWidth=1.5)
    names = alt.Chart(lines).mark_text(color=QUIET_INK, fontSize=12, align="left", baseline="bottom")
    return [
        rules.encode(x=x, tooltip=tooltip),
        names.encode(x=x, y=alt.value(-3), text="words:N", tooltip=tooltip),
    ]


def _at(day: date) -> pd.Timestamp:
    return pd.Timestamp(day)


def _days_axis(field: str, first: date, last: date) -> alt.X:
    room = max((last - first).days, 1) * 0.06
    return _between(field, _at(first) - pd.Timedelta(days=room), _at(last) + pd.Timedelta(days=room))


def _whole_days_axis(field: str, days: Days) -> alt.X:
    return _between(field, _at(days[0]), _at(days[1]) + pd.Timedelta(days=1))


def _between(field: str, begin: pd.Timestamp, end: pd.Timestamp) -> alt.X:
    return alt.X(
        f"{field}:T",
        title=None,
        scale=alt.Scale(domain=[begin.isoformat(), end.isoformat()]),
        axis=alt.Axis(format="%-d %b %y", tickCount=4, labelOverlap="greedy", labelSeparation=6, grid=False),
    )


def _scale_axis(scale: Scale, field: str = "value") -> alt.Y:
    axis = alt.Axis(tickCount=4, format="d")
    if scale.steps:
        steps = list(range(scale.lowest, scale.highest + 1))
        words = str(list(scale.steps)).replace("'", '"')
        axis = alt.Axis(values=steps, labelExpr=f"{words}[datum.value - {scale.lowest}]")
    return alt.Y(
        f"{field}:Q",
        title=f"{scale.better} is better",
        scale=alt.Scale(domain=[scale.lowest, scale.highest], nice=False, zero=False),
        axis=axis,
    )
