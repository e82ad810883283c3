"""The pictures of what was practised; each is drawn with the sentence that says what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import altair as alt
import pandas as pd
import streamlit as st

from coach.exercise import Pattern
from coach.records import PracticeRecord, listing, telling
from coach.records.trends import Comparison, seen_well, weeks_of
from pages import rooms

Chart = alt.Chart | alt.LayerChart

# Okabe and Ito's colours, told apart by colour-blind people; each meaning has its own shape or word as well.
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
_COLOURS = [VERMILLION, BLUE, GREEN, "#CC79A7", "#E69F00", "#56B4E9"]
_SHAPES = ["triangle-up", "square", "diamond", "cross", "triangle-down", "circle"]
_PALE, _BAND, _INK = "#DCE7EA", "#9CC3D5", "#26322f"

_WEEKS_SHOWN = 5
_BARS_SHOWN = 15  # each keeps room for its figure on a phone
_HEIGHT = 220
_WIDTH_ON_A_PHONE = 200  # for all bars together, in pixels, gaps left out
_LEGEND = 28  # a line of the legend, in pixels


def zone() -> tzinfo:
    """The time zone of the browser, else of this computer."""
    try:
        return ZoneInfo(st.context.timezone or "")
    except (ValueError, ZoneInfoNotFoundError):
        return datetime.now().astimezone().tzinfo or ZoneInfo("UTC")


def show(chart: Chart, sentence: str) -> None:
    """A chart under its sentence, which is also the text for those who cannot see it."""
    st.markdown(sentence)
    st.altair_chart(chart.properties(description=sentence), width="stretch")


def in_numbers(table: pd.DataFrame) -> None:
    """The figures behind a picture, as a table that can be read out."""
    with st.expander("The same in numbers"):
        st.table(table)


def movement_word(card_id: str) -> str:
    """What people call the movement of an exercise, also of one whose card is gone."""
    exercise = rooms.library().exercises.get(card_id)
    return telling.MOVEMENTS[exercise.target.movement] if exercise else "movement"


def summary(record: PracticeRecord) -> None:
    """One practice: what was clean, how even, what joined in and how far the movement had got by then."""
    patterns = rooms.library().patterns
    movement = movement_word(record.card_id)
    st.markdown(f"#### {telling.headline(record)}")
    if not record.repetitions:
        return
    with st.container(horizontal=True, gap="large"):
        for name, value in telling.key_figures(record).items():
            st.metric(name, value, width="content")
    for sentence in telling.joined_in(record, patterns, movement):
        st.markdown(sentence)
    show(_strip(record, patterns, movement), telling.strip(record, patterns, movement))
    judged = telling.share_judged(record)
    if judged:
        st.caption(judged)
    in_numbers(listing.repetition_table(record, patterns))


def onset(course: pd.DataFrame, name: str, movement: str, comparison: Comparison) -> None:
    """How far the movement got before one area joined in, practice by practice."""
    points = pd.concat(
        [
            pd.DataFrame({"at": _clock(course["started_at"]), "mm": course[column], "what": what})
            for column, what in (("onset_mm", "joined in here"), ("quiet_mm", "stayed quiet, went this far"))
        ]
    ).dropna(subset=["mm"])
    sentence = telling.onset(course, name, movement, comparison)
    if points.empty:
        st.markdown(sentence)
        return
    x = alt.X("at:T", title=None, axis=_days_axis(), scale=_days_scale(course["started_at"]))
    y = alt.Y("mm:Q", title=f"{movement}, mm", scale=alt.Scale(domain=[0, points["mm"].max() + 1]))
    layers: list[Chart] = []
    notes = []
    if comparison.low is not None:
        band = pd.DataFrame({"mm": [max(comparison.low, 0.0)], "top": [comparison.high]})
        layers.append(alt.Chart(band).mark_rect(color=_PALE, opacity=0.8).encode(y=y, y2="top:Q"))
        notes.append("Shaded: the start, with its ups and downs.")
    weeks = weeks_of(course["day"], course["onset_mm"])
    if len(weeks) > 1:
        line = weeks.rename(columns={"day": "at", "median": "mm"})
        layers.append(alt.Chart(line).mark_line(color=_INK, strokeWidth=2, opacity=0.7).encode(x=x, y=y))
        notes.append("Line: the middle of each week with at least three practices.")
    kinds = {"joined in here": ("triangle-up", VERMILLION), "stayed quiet, went this far": ("circle", BLUE)}
    kinds = {what: looks for what, looks in kinds.items() if (points["what"] == what).any()}
    shapes, colours = (list(looks) for looks in zip(*kinds.values(), strict=True))
    layers.append(
        alt.Chart(points)
        .mark_point(size=90, strokeWidth=2, opacity=0.9)
        .encode(
            x=x,
            y=y,
            shape=_one_of("shape", list(kinds), shapes),
            color=_one_of("color", list(kinds), colours),
            tooltip=[alt.Tooltip("at:T", title="when", format="%d %b, %H:%M"), _mm_tooltip("mm")],
        )
    )
    show(alt.layer(*layers).properties(height=_HEIGHT + _LEGEND * len(kinds)), sentence)
    if notes:
        st.caption(" ".join(notes))


def clean(practices: pd.DataFrame) -> None:
    """Clean repetitions of those done, practice by practice."""
    recent = practices[practices["done"] > 0].tail(_BARS_SHOWN)
    sentence = telling.clean(practices)
    if recent.empty:
        st.markdown(sentence)
        return
    bars = pd.DataFrame(
        {
            # A band a practice: two on one day must not hide each other. The axis shows what is before the "|".
            "when": [f"{telling.day(at)}|{at:%H:%M:%S}" for at in recent["started_at"]],
            "done": recent["done"],
            "clean": recent["clean"],
            "words": [
                "?" if pd.isna(c) else f"{c:.0f}/{d}"
                for c, d in zip(recent["clean"], recent["done"], strict=True)
            ],
        }
    )
    axis = alt.Axis(labelAngle=0, labelExpr="split(datum.label, '|')[0]", labelOverlap="greedy", ticks=False)
    base = alt.Chart(bars).encode(x=alt.X("when:N", sort=None, title=None, axis=axis))
    whole = alt.Axis(tickMinStep=1, format="d")
    size = min(36, _WIDTH_ON_A_PHONE // len(bars))
    done = base.mark_bar(color=_PALE, cornerRadius=4, size=size).encode(
        y=alt.Y("done:Q", title="repetitions", axis=whole), tooltip=[alt.Tooltip("words:N", title="clean")]
    )
    held = base.mark_bar(color=BLUE, cornerRadius=4, size=size).encode(
        y="clean:Q", tooltip=[alt.Tooltip("words:N")]
    )
    words = base.mark_text(dy=-8, color=_INK).encode(y="done:Q", text="words:N")
    show(alt.layer(done, held, words).properties(height=_HEIGHT), sentence)
    unseen = " A question mark: too little was seen." if recent["clean"].isna().any() else ""
    st.caption(f"Dark: clean repetitions. Pale: all that you did.{unseen}")


def evenness(practices: pd.DataFrame) -> None:
    """How alike both sides moved, practice by practice."""
    seen = practices.dropna(subset=["evenness"])
    sentence = telling.evenness(practices)
    if seen.empty:
        st.markdown(sentence)
        return
    points = pd.DataFrame({"at": _clock(seen["started_at"]), "share": seen["evenness"]})
    lowest = min(0.5, points["share"].min())
    chart = (
        alt.Chart(points)
        .mark_line(color=BLUE, strokeWidth=1, point=alt.OverlayMarkDef(size=60, color=BLUE))
        .encode(
            x=alt.X("at:T", title=None, axis=_days_axis(), scale=_days_scale(practices["started_at"])),
            y=alt.Y(
                "share:Q",
                title="smaller side / larger side",
                axis=alt.Axis(format=".0%", tickCount=5),
                scale=alt.Scale(domain=[lowest, 1.0]),
            ),
            tooltip=[
                alt.Tooltip("at:T", title="when", format="%d %b, %H:%M"),
                alt.Tooltip("share:Q", title="evenness", format=".0%"),
            ],
        )
    )
    show(chart.properties(height=_HEIGHT), sentence)


def days(practices: pd.DataFrame, today: date) -> None:
    """The last weeks as a calendar of the days with practice."""
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=_WEEKS_SHOWN - 1)
    counts = practices["day"].value_counts()
    rows = []
    for offset in range((today - first).days + 1):
        day = first + timedelta(days=offset)
        count = int(counts.get(day, 0))
        rows.append(
            {
                "week": (day - timedelta(days=day.weekday())).isoformat(),
                "weekday": f"{day:%a}",
                "words": f"{day.day} ✓" if count else str(day.day),
                "practised": count > 0,
                "tooltip": f"{telling.long_day(day)}: {count or 'no'} practice{'' if count == 1 else 's'}",
            }
        )
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X(
            "weekday:N",
            sort=[f"{monday + timedelta(days=d):%a}" for d in range(7)],
            title=None,
            axis=alt.Axis(orient="top", labelAngle=0, ticks=False, domain=False),
        ),
        y=alt.Y("week:N", title=None, axis=None),
        tooltip=alt.Tooltip("tooltip:N", title=" "),
    )
    practised = alt.datum.practised
    cells = base.mark_rect(cornerRadius=6, stroke="#fbfaf7", strokeWidth=4).encode(
        color=alt.condition(practised, alt.value(_BAND), alt.value("#EEF1EC"))
    )
    words = base.mark_text(fontSize=13).encode(
        text="words:N", color=alt.condition(practised, alt.value(_INK), alt.value("#5C6763"))
    )
    show(alt.layer(cells, words).properties(height=_WEEKS_SHOWN * 40), telling.days(practices, today))


def _strip(record: PracticeRecord, patterns: Mapping[str, Pattern], movement: str) -> Chart:
    """Each repetition as a bar up to how far it went, with a mark where something joined in."""
    bars = pd.DataFrame(
        [
            {
                "number": r.number,
                "low": min(_sides(r.amplitude_right_mm, r.amplitude_left_mm), default=None),
                "high": max(_sides(r.amplitude_right_mm, r.amplitude_left_mm), default=None),
                "words": "✓ clean" if r.clean and seen_well(r) else "",
            }
            for r in record.repetitions
        ]
    )
    marks = pd.DataFrame(
        [
            {
                "number": r.number,
                "mm": u.onset_amplitude_mm,
                "who": telling.area(u.pattern, u.side, patterns),
            }
            for r in record.repetitions
            for u in r.unwanted
        ],
        columns=["number", "mm", "who"],
    )
    numbers = list(range(1, max(record.repetitions_planned, len(record.repetitions)) + 1))
    x = alt.X(
        "number:O",
        title="repetition",
        scale=alt.Scale(domain=numbers),
        axis=alt.Axis(labelAngle=0, ticks=False),
    )
    y = alt.Y("high:Q", title=f"{movement}, mm")
    base = alt.Chart(bars).encode(x=x)
    layers: list[Chart] = [
        base.mark_bar(color=_PALE, cornerRadius=4, width=alt.RelativeBandSize(0.6)).encode(y=y),
        base.mark_bar(color=_BAND, width=alt.RelativeBandSize(0.6)).encode(y=alt.Y("low:Q"), y2="high:Q"),
        base.mark_text(dy=-9, color=_INK, fontSize=12).encode(y=y, text="words:N"),
    ]
    if not marks.empty:
        names = list(dict.fromkeys(marks["who"]))
        layers.append(
            alt.Chart(marks)
            .mark_point(filled=True, opacity=1, size=150, stroke="white", strokeWidth=1)
            .encode(
                x=x,
                y="mm:Q",
                shape=_one_of("shape", names, _SHAPES, field="who"),
                color=_one_of("color", names, _COLOURS, field="who"),
                tooltip=[alt.Tooltip("who:N", title="joined in"), _mm_tooltip("mm")],
            )
        )
    return alt.layer(*layers).properties(height=_HEIGHT + _LEGEND * marks["who"].nunique())


def _sides(*amplitudes: float | None) -> list[float]:
    return [amplitude for amplitude in amplitudes if amplitude is not None]


def _one_of(channel: str, names: list[str], looks: list[str], field: str = "what") -> Any:
    kind = {"shape": alt.Shape, "color": alt.Color}[channel]
    looks = [looks[index % len(looks)] for index in range(len(names))]
    legend = alt.Legend(title=None, orient="bottom", direction="vertical", labelLimit=300, symbolSize=110)
    return kind(f"{field}:N", scale=alt.Scale(domain=names, range=looks), legend=legend)


def _mm_tooltip(field: str) -> alt.Tooltip:
    return alt.Tooltip(f"{field}:Q", title="mm", format=".1f")


def _clock(moments: pd.Series[Any]) -> pd.Series[Any]:
    """Local times without their zone: the chart shows the clock on the wall, whatever the browser thinks."""
    return moments.dt.tz_localize(None)


def _days_axis() -> alt.Axis:
    return alt.Axis(
        format="%-d %b", tickCount={"interval": "day", "step": 7}, labelOverlap="greedy", grid=False
    )


def _days_scale(moments: pd.Series[Any]) -> alt.Scale:
    """At least a week wide, so that a first day stands at its beginning."""
    first, last = moments.min(), moments.max()
    start = first - timedelta(days=1)
    end = max(last, first + timedelta(days=7)) + timedelta(days=1)
    return alt.Scale(domain=[alt.DateTime(year=d.year, month=d.month, date=d.day) for d in (start, end)])
