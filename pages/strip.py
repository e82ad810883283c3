"""The picture of one practice: a bar for each side, the zone to reach, and marks where something joined in."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd
import streamlit as st

from coach.events import Repetition
from coach.exercise import Pattern
from coach.face import SIDES, Side
from coach.plan import REST_ONLY_LEVEL
from coach.records import PracticeRecord, telling
from coach.records.trends import seen_well
from pages import drawing, rooms
from pages.drawing import Chart

_LETTERED = 8  # more repetitions leave no room for a letter on each bar


def draw(record: PracticeRecord, patterns: Mapping[str, Pattern], movement: str) -> None:
    """How far each repetition went, under the sentence that says it; only that where nothing was seen."""
    reach = _reach(record)
    sentence = telling.strip(record, patterns, movement, reach, _is_measured(record))
    picture = _picture(record, patterns, movement, reach)
    if picture is None:
        st.markdown(sentence)
    else:
        drawing.show(picture, sentence)


def _is_measured(record: PracticeRecord) -> bool:
    """Whether the movement itself was measured; of a card that is gone nothing else is known."""
    exercise = rooms.library().exercises.get(record.card_id)
    return exercise is None or (exercise.judged in ("movement", "range") and record.level > REST_ONLY_LEVEL)


def _reach(record: PracticeRecord) -> tuple[float, float] | None:
    """The band to reach in mm: the person's own, else the card's; None where it has changed since, or is in percent."""
    exercise = rooms.library().exercises.get(record.card_id)
    target = exercise.target if exercise else None
    if target is None or target.unit != "mm":
        return None
    if record.band is not None:
        return record.band
    return (target.low, target.high) if exercise and exercise.version == record.card_version else None


def _picture(
    record: PracticeRecord,
    patterns: Mapping[str, Pattern],
    movement: str,
    reach: tuple[float, float] | None,
) -> Chart | None:
    """Each repetition as a bar for each side, with a mark where something joined in; None: nothing was seen."""
    bars = pd.DataFrame(
        [
            {"number": r.number, "side": side.value, "letter": side.value[0].upper(), "mm": mm}
            for r in record.repetitions
            for side in SIDES
            if (mm := _amplitude(r, side)) is not None
        ]
    )
    if bars.empty:
        return None
    marks = pd.DataFrame(
        [
            {"number": r.number, "mm": u.onset_amplitude_mm, "who": telling.area(u.pattern, u.side, patterns)}
            for r in record.repetitions
            for u in r.unwanted
            if u.onset_amplitude_mm is not None
        ],
        columns=["number", "mm", "who"],
    )
    numbers = list(range(1, max(record.repetitions_planned, len(record.repetitions)) + 1))
    top = 1.25 * max(bars["mm"].max(), marks["mm"].max() if len(marks) else 0.0, reach[1] if reach else 0.0)
    x = alt.X(
        "number:O",
        title="repetition",
        scale=alt.Scale(domain=numbers, paddingInner=0.25, paddingOuter=0.15),
        axis=alt.Axis(labelAngle=0, ticks=False),
    )
    y = drawing.from_zero("mm", top, f"{movement}, mm", tickCount=5, format="~f")
    # As in a mirror: the person's right side is on the right.
    beside = alt.XOffset("side:N", scale=alt.Scale(domain=["left", "right"], paddingInner=0.1))
    layers: list[Chart] = []
    if reach:
        zone_to_reach = pd.DataFrame(
            {"mm": [reach[0]], "high": [reach[1]], "words": [telling.reach_words(reach)]}
        )
        base = alt.Chart(zone_to_reach)
        layers.append(base.mark_rect(color=drawing.REACH).encode(y=y, y2="high:Q"))
        named = base.mark_text(align="left", baseline="top", color=drawing.INK, fontSize=13)
        layers.append(named.encode(x=alt.value(6), y=alt.value(4), text="words:N"))
    both = alt.Chart(bars).encode(x=x, xOffset=beside)
    look = {"color": drawing.BAND, "stroke": drawing.BAND_EDGE, "strokeWidth": 1}
    layers.append(
        both.mark_bar(**look).encode(y=y, tooltip=[alt.Tooltip("side:N"), drawing.mm_tooltip("mm")])
    )
    if len(numbers) <= _LETTERED:
        letters = both.mark_text(baseline="bottom", dy=-3, color=drawing.INK, fontSize=12)
        layers.append(letters.encode(y=alt.datum(0), text="letter:N"))
    ticks = bars.groupby("number", as_index=False)["mm"].max()
    ticks = ticks[[r.clean and seen_well(r) for r in record.repetitions if r.number in set(ticks["number"])]]
    if not ticks.empty:
        ticked = alt.Chart(ticks).mark_text(dy=-10, color=drawing.INK, fontSize=14, text="✓")
        layers.append(ticked.encode(x=x, y=y))
    if not marks.empty:
        names = list(dict.fromkeys(marks["who"]))
        layers.append(
            drawing.marks(marks).encode(
                x=x,
                y=y,
                tooltip=[alt.Tooltip("who:N", title="joined in"), drawing.mm_tooltip("mm")],
                **drawing.one_of(names, "who", drawing.SHAPES, drawing.COLOURS),
            )
        )
    height = drawing.HEIGHT + 60 + drawing.LEGEND * marks["who"].nunique()
    return alt.layer(*layers).properties(height=height)


def _amplitude(repetition: Repetition, side: Side) -> float | None:
    return repetition.amplitude_right_mm if side is Side.RIGHT else repetition.amplitude_left_mm
