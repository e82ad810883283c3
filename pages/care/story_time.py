"""The time that all charts of a story share: one calendar for all of them, and the treatments marked across.

Days are numbers from the first one on, named by the axis: a browser would shift a date by its own zone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from coach.clinic.around import Weeks
from coach.records import telling
from pages.drawing import QUIET_INK

Spec = dict[str, Any]

PLUM = "#7B3F7D"  # treatments, and what is held against them
_MONTHS_FROM_DAYS = 70  # a longer span is named by its months

SHORT = {"botulinum_toxin": "toxin", "surgery": "surgery", "therapy_visit": "visit", "other": "treatment"}
_DASHES = {"botulinum_toxin": [1, 0], "surgery": [7, 3], "therapy_visit": [2, 4], "other": [4, 4]}


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
        ticks = months(self) if self.days > _MONTHS_FROM_DAYS else _weeks(self)
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


def months(span: Span) -> Iterator[tuple[date, str]]:
    """The first day of each month within a span, and its name."""
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


def layer(values: Iterable[Mapping[str, Any]], mark: Spec, encoding: Spec) -> Spec:
    """One layer of a chart, with the rows it is drawn from."""
    return {"data": {"values": [dict(row) for row in values]}, "mark": mark, "encoding": encoding}


def treatments(span: Span, marks: Sequence[Mark], x: Spec) -> Iterator[Spec]:
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
        colour = QUIET_INK if visit else PLUM
        tooltip = {"field": "words", "type": "nominal", "title": " "}
        rule = {"type": "rule", "color": colour, "strokeDash": dash, "strokeWidth": 1.2 if visit else 1.8}
        yield layer(rows, rule, {"x": x, "tooltip": tooltip})
        if not visit:
            text = {"type": "text", "align": "left", "baseline": "top", "dx": 4, "color": colour}
            look = {"fontSize": 13, "fontWeight": 600}
            label = {"field": "label", "type": "nominal"}
            yield layer(rows, {**text, **look}, {"x": x, "y": {"value": 2}, "text": label})
