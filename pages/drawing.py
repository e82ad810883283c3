"""What all charts share: colours and marks, legends, the axis of practices, and the sentence above each."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from coach.records import telling

Chart = alt.Chart | alt.LayerChart

# Okabe and Ito's colours, told apart by colour-blind people; each meaning has its own shape or word as well.
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
COLOURS = [VERMILLION, BLUE, GREEN, "#CC79A7", "#E69F00", "#56B4E9"]
SHAPES = ["triangle-up", "square", "diamond", "cross", "triangle-down", "circle"]
PALE, BAND, BAND_EDGE, INK, QUIET_INK = "#DCE7EA", "#9CC3D5", "#3F7F99", "#26322f", "#4a5754"
REACH = "#E2EFDF"  # the zone to reach

HEIGHT = 240
LEGEND = 30  # a line of the legend, in pixels
FEW = 5  # so many points are large and carry their figures

_MARK = {"filled": True, "opacity": 1, "stroke": "white", "strokeWidth": 1}


def show(chart: Chart, sentence: str) -> None:
    """A chart under its sentence, which is also the text for those who cannot see it."""
    st.markdown(sentence)
    words = {"labelColor": QUIET_INK, "titleColor": QUIET_INK, "labelFontSize": 13, "titleFontSize": 13}
    # The theme's thick outline would cover a legend's mark; it is to look as in the chart.
    chart = chart.configure_axis(**words).configure_legend(
        labelColor=INK, labelFontSize=14, symbolStrokeWidth=1, symbolSize=150
    )
    st.altair_chart(chart.properties(description=sentence), width="stretch")


def marks(data: pd.DataFrame, size: int = 150) -> alt.Chart:
    """Marks that look the same in every chart; encode where they are and what they mean."""
    return alt.Chart(data).mark_point(size=size, **_MARK)


def one_of(names: list[str], field: str, shapes: list[str], colours: list[str]) -> dict[str, Any]:
    """The shape and the colour of each name, in one legend below the chart."""
    legend = alt.Legend(title=None, orient="bottom", direction="vertical", labelLimit=320)
    looks = {"shape": (alt.Shape, shapes), "color": (alt.Color, colours)}
    return {
        channel: kind(
            f"{field}:N",
            scale=alt.Scale(domain=names, range=[many[i % len(many)] for i in range(len(names))]),
            legend=legend,
        )
        for channel, (kind, many) in looks.items()
    }


def from_zero(field: str, top: float, title: str, **axis: Any) -> alt.Y:
    """A vertical axis from zero; bounds of its own, because the data come to the browser after the axis."""
    return alt.Y(
        f"{field}:Q", title=title, scale=alt.Scale(domain=[0, top]), stack=None, axis=alt.Axis(**axis)
    )


def by_practice(numbers: pd.Series[Any], moments: pd.Series[Any]) -> alt.X:
    """Practices side by side, however close in time, under their days; under their hours if all are of one day."""
    days = [telling.day(at) for at in moments]
    one_day = len(set(days)) == 1
    if one_day:
        words = [f"{at:%H:%M}" for at in moments]
    else:
        words = [day if number == 0 or day != days[number - 1] else "" for number, day in enumerate(days)]
    first, last = int(numbers.iloc[0]), int(numbers.iloc[-1])
    named = [number for number, word in zip(range(first, last + 1), words, strict=True) if word]
    return alt.X(
        "number:Q",
        title=days[0] if one_day else None,
        scale=alt.Scale(domain=[first - 0.5, last + 0.5], nice=False, zero=False),
        axis=alt.Axis(
            values=named,
            labelExpr=f"{json.dumps(words)}[datum.value - {first}]",
            labelOverlap="greedy",
            labelSeparation=6,
            labelAngle=0,
            ticks=False,
            grid=False,
        ),
    )


def figures(points: pd.DataFrame, x: alt.X, y: alt.Y, words: str) -> list[Chart]:
    """The figure beside each point while there are only a few."""
    if len(points) > FEW:
        return []
    return [alt.Chart(points).mark_text(dy=-16, color=INK, fontSize=13).encode(x=x, y=y, text=f"{words}:N")]


def size_of(points: pd.DataFrame) -> int:
    """A lone first point is large enough to be meant."""
    return 220 if len(points) <= FEW else 110


def mm_tooltip(field: str) -> alt.Tooltip:
    """A length under the pointer."""
    return alt.Tooltip(f"{field}:Q", title="mm", format=".1f")
