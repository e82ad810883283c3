"""The pictures of what was practised; each is drawn with the sentence that says what it shows."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from coach.records import PracticeRecord, course_words, listing, telling
from coach.records.trends import Comparison, weeks_of
from pages import drawing, rooms, strip
from pages.drawing import BLUE, INK, PALE, VERMILLION, Chart, show

_WEEKS_SHOWN = 5
_BARS_SHOWN = 15  # each keeps room for its figure on a phone
_POINTS_SHOWN = 60  # the same for marks
_WIDTH_ON_A_PHONE = 200  # for all bars together, in pixels, gaps left out


def zone() -> tzinfo:
    """The time zone of the browser, else of this computer."""
    try:
        return ZoneInfo(st.context.timezone or "")
    except (ValueError, ZoneInfoNotFoundError):
        return datetime.now().astimezone().tzinfo or ZoneInfo("UTC")


def in_numbers(table: pd.DataFrame) -> None:
    """The figures behind a picture, as a table that can be read out."""
    with st.expander("The same in numbers"):
        st.table(table)


def movement_word(card_id: str) -> str:
    """What people call the movement of an exercise, also of one whose card is gone."""
    exercise = rooms.library().exercises.get(card_id)
    target = exercise.target if exercise else None
    return telling.MOVEMENTS[target.movement] if target else "movement"


def summary(record: PracticeRecord) -> None:
    """One practice: what was clean, how even, what joined in and how far the movement had got by then."""
    patterns = rooms.library().patterns
    movement = movement_word(record.card_id)
    st.markdown(f"#### {telling.headline(record, datetime.now(timezone.utc))}")
    if not record.repetitions:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        for name, value in telling.key_figures(record).items():
            st.metric(name, value, width="content")
    for sentence in telling.joined_in(record, patterns, movement):
        st.markdown(sentence)
    strip.draw(record, patterns, movement)
    judged = telling.share_judged(record)
    if judged:
        st.caption(judged)
    in_numbers(listing.repetition_table(record, patterns))


def onset(course: pd.DataFrame, name: str, movement: str, comparison: Comparison) -> None:
    """How far the movement got before one area joined in, practice by practice."""
    sentence = course_words.onset(course, name, movement, comparison)
    points = pd.DataFrame(
        {
            "at": course["started_at"],
            "day": course["day"],
            "mm": course["onset_mm"].fillna(course["quiet_mm"]),
            "what": np.where(course["onset_mm"].notna(), "joined in here", "stayed quiet, went this far"),
        }
    ).dropna(subset=["mm"])
    if points.empty:
        st.markdown(sentence)
        return
    points = _numbered(points)
    top = 1.15 * max(points["mm"].max(), comparison.high or 0.0) + 0.3
    x = drawing.by_practice(points["number"], points["at"])
    y = drawing.from_zero("mm", top, f"{movement}, mm", tickCount=5, format="~f")
    layers: list[Chart] = []
    notes = []
    if comparison.low is not None:
        band = pd.DataFrame({"mm": [max(comparison.low, 0.0)], "top": [comparison.high]})
        layers.append(alt.Chart(band).mark_rect(color=PALE, opacity=0.8).encode(y=y, y2="top:Q"))
        notes.append("Shaded: the start, with its ups and downs.")
    weeks = _drawn_weeks(course, points)
    if len(weeks) > 1:
        layers.append(alt.Chart(weeks).mark_line(color=INK, strokeWidth=2, opacity=0.7).encode(x=x, y=y))
        notes.append("Line: the middle of each week with at least three practices.")
    kinds = {"joined in here": ("triangle-up", VERMILLION), "stayed quiet, went this far": ("circle", BLUE)}
    kinds = {what: looks for what, looks in kinds.items() if (points["what"] == what).any()}
    shapes, colours = (list(looks) for looks in zip(*kinds.values(), strict=True))
    drawn = points.drop(columns=["at", "day"])
    layers.append(
        drawing.marks(drawn, drawing.size_of(drawn)).encode(
            x=x,
            y=y,
            tooltip=[alt.Tooltip("when:N", title="when"), drawing.mm_tooltip("mm")],
            **drawing.one_of(list(kinds), "what", shapes, colours),
        )
    )
    layers += drawing.figures(drawn.assign(words=[f"{mm:.1f}" for mm in drawn["mm"]]), x, y, "words")
    show(alt.layer(*layers).properties(height=drawing.HEIGHT + drawing.LEGEND * len(kinds)), sentence)
    if notes:
        st.caption(" ".join(notes))


def clean(practices: pd.DataFrame) -> None:
    """Clean repetitions of those done, practice by practice."""
    sentence = course_words.clean(practices)
    done = practices[practices["done"] > 0]
    if done.empty:
        st.markdown(sentence)
        return
    recent = _numbered(done.assign(at=done["started_at"])).tail(_BARS_SHOWN)
    bars = recent[["number", "when", "done", "clean"]].assign(
        words=[
            "?" if pd.isna(c) else f"{c:.0f}/{d}"
            for c, d in zip(recent["clean"], recent["done"], strict=True)
        ]
    )
    x = drawing.by_practice(recent["number"], recent["at"])
    most = int(bars["done"].max())
    top = most * 1.12
    size = min(36, _WIDTH_ON_A_PHONE // len(bars))
    tooltip = [alt.Tooltip("when:N", title="when"), alt.Tooltip("words:N", title="clean")]

    def bar(field: str, colour: str) -> alt.Chart:
        whole = drawing.from_zero(
            field, top, "repetitions", values=list(range(0, most + 1, -(-most // 5))), format="d"
        )
        shape = alt.Chart(bars).mark_bar(color=colour, cornerRadius=4, size=size, orient="vertical")
        return shape.encode(x=x, y=whole, tooltip=tooltip)

    words = alt.Chart(bars).mark_text(dy=-8, color=INK, fontSize=12)
    words = words.encode(x=x, y=drawing.from_zero("done", top, "repetitions"), text="words:N")
    layers = alt.layer(bar("done", PALE), bar("clean", BLUE), words)
    show(layers.properties(height=drawing.HEIGHT), sentence)
    unseen = " A question mark: too little was seen." if recent["clean"].isna().any() else ""
    st.caption(f"Dark: clean repetitions. Pale: all that you did.{unseen}")


def evenness(practices: pd.DataFrame) -> None:
    """How alike both sides moved, practice by practice."""
    sentence = course_words.evenness(practices)
    seen = practices.dropna(subset=["evenness"])
    if seen.empty:
        st.markdown(sentence)
        return
    seen = _numbered(seen.assign(at=seen["started_at"]))
    points = seen[["number", "when", "evenness"]].assign(
        words=[telling.percent(share) for share in seen["evenness"]]
    )
    x = drawing.by_practice(seen["number"], seen["at"])
    y = alt.Y(
        "evenness:Q",
        title="smaller side / larger side",
        axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1.0]),
        # Room above 100 % for the figure of a point there.
        scale=alt.Scale(domain=[0.5 if points["evenness"].min() >= 0.5 else 0.0, 1.05]),
    )
    layers: list[Chart] = []
    if len(points) > 1:
        layers.append(alt.Chart(points).mark_line(color=BLUE, strokeWidth=1).encode(x=x, y=y))
    layers.append(
        drawing.marks(points, drawing.size_of(points)).encode(
            x=x,
            y=y,
            color=alt.value(BLUE),
            tooltip=[alt.Tooltip("when:N", title="when"), alt.Tooltip("words:N", title="evenness")],
        )
    )
    layers += drawing.figures(points, x, y, "words")
    show(alt.layer(*layers).properties(height=drawing.HEIGHT), sentence)


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
        color=alt.condition(practised, alt.value(drawing.BAND), alt.value("#EEF1EC"))
    )
    words = base.mark_text(fontSize=13).encode(
        text="words:N", color=alt.condition(practised, alt.value(INK), alt.value("#5C6763"))
    )
    show(alt.layer(cells, words).properties(height=_WEEKS_SHOWN * 40), course_words.days(practices, today))


def _numbered(points: pd.DataFrame) -> pd.DataFrame:
    """The latest practices, numbered in order, with the words for when each was."""
    points = points.assign(
        number=range(1, len(points) + 1), when=[f"{telling.day(at)}, {at:%H:%M}" for at in points["at"]]
    )
    return points.tail(_POINTS_SHOWN)


def _drawn_weeks(course: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """The middle of each week, among the practices of its days."""
    weeks = weeks_of(course["day"], course["onset_mm"])
    moments = pd.to_datetime(points["day"])
    weeks = weeks[weeks["day"] >= moments.iloc[0]]
    numbers = np.interp(weeks["day"].astype("int64"), moments.astype("int64"), points["number"])
    return pd.DataFrame({"number": numbers, "mm": weeks["median"].to_numpy()})
