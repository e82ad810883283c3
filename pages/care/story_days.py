"""The days of practice: a square a day, a column a week, with the treatments by their letters."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from coach.records import telling
from pages import drawing
from pages.care.story_time import PLUM, Mark, Span, Spec, layer, months
from pages.drawing import QUIET_INK

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
    begins = {((day - monday).days + 6) // 7: name for day, name in months(span)}
    named = json.dumps({str(week): name for week, name in begins.items()})
    x = {
        "field": "week",
        "type": "ordinal",
        "title": None,
        "scale": {"domain": list(range((span.last - monday).days // 7 + 1)), "paddingInner": 0.12},
        "axis": {
            "values": list(begins),
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
    ink = {"condition": {"test": f"datum.kind === '{FULL}'", "value": "white"}, "value": PLUM}
    layers = [
        layer(cells, square, {"x": x, "y": y, "color": colour, "tooltip": tooltip}),
        layer(
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
