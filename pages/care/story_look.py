"""One look at a story: a span of time held against one treatment or the start, and how a course is drawn in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from coach.clinic.around import MEASURES, Around, Measure, around, weeks_around
from coach.clinic.story import Story
from coach.records import telling
from coach.records.care_history import Treatment
from coach.records.trends import Comparison, compare
from pages import rooms
from pages.care import story_charts, story_words
from pages.care.repetition_words import theirs
from pages.care.story_charts import Axis, Held
from pages.care.story_time import Mark, Span
from pages.care.story_words import Figure, Ways

MM_AXIS = Axis("mm", story_words.mm)
SHARE = Axis("share", telling.percent, 0.0, 1.0, form=".0%")
_BY_ID: dict[str, Measure] = {measure.id: measure for measure in MEASURES}


@dataclass(frozen=True)
class Look:
    """A story, the day it is looked at, its treatments as marks, and what it is held against; None: the start."""

    story: Story
    today: date
    marks: tuple[Mark, ...]
    span: Span
    against: Treatment | None

    def chart(
        self,
        points: pd.DataFrame,
        axis: Axis,
        lead: str,
        ways: Ways,
        comparison: Comparison,
        key: tuple[str, str, str, str],
        *,
        reach: Sequence[Mapping[str, float]] = (),
        tall: bool = False,
    ) -> None:
        """A chart under its sentence: the last figure, then what it is held against."""
        if not points["value"].notna().any():
            st.markdown(lead)
            return
        held = self.held(*key)
        if self.against is None:
            told = story_words.since_start(comparison, ways)
        else:
            told = story_words.around(held.around if held else None, self.treatment, ways)
        chart = story_charts.course(
            self.span,
            points,
            axis,
            self.marks,
            band=band(comparison) if self.against is None else None,
            held=held,
            reach=reach,
            tall=tall,
        )
        story_charts.show(chart, f"{lead} {told}")

    @property
    def treatment(self) -> str:
        """What the treatment is called that everything is held against."""
        marks = zip(self.story.treatments, self.marks, strict=True)
        return next(mark.name for one, mark in marks if self.against and one.uid == self.against.uid)

    @cached_property
    def all_around(self) -> dict[tuple[str, str, str, str], Around]:
        """Every measure before and after the treatment, by measure, card, pattern and side."""
        if self.against is None:
            return {}
        return {
            (one.measure.id, one.card, one.pattern, one.side): one for one in around(self.story, self.against)
        }

    def held(self, measure: str, card: str, pattern: str, side: str) -> Held | None:
        """What a measure was before the treatment; None: too little is known to hold anything against it."""
        one = self.all_around.get((measure, card, pattern, side))
        if self.against is None or one is None or one.before is None:
            return None
        return Held(one, *weeks_around(self.against, self.story.treatments))

    def since_start(self, measure: str, frame: pd.DataFrame) -> Comparison:
        """The start against now, with the noise of the measure."""
        return compare(frame["day"], frame[_BY_ID[measure].column], _BY_ID[measure].noise)

    def points(self, frame: pd.DataFrame, column: str, figure: Figure) -> pd.DataFrame:
        """The practices as points of a chart; each leads to its repetitions."""
        values = frame[column].astype(float)
        return pd.DataFrame(
            {
                "at": [self.span.number(at.to_pydatetime()) for at in frame["started_at"]],
                "day": frame["day"].to_numpy(),
                "value": values.to_numpy(),
                "what": "a practice",
                "when": [f"{telling.day(at)}, {at:%H:%M}" for at in frame["started_at"]],
                "words": ["" if pd.isna(value) else figure(value) for value in values],
                "href": [self._closer(uid) for uid in frame["practice"]],
            }
        )

    def _closer(self, practice: str) -> str:
        return "/patient?" + urlencode(
            {"patient": self.story.person.uid, "part": "closer", "practice": practice}
        )


def of(frame: pd.DataFrame, card: str, area: tuple[str, str] | None = None) -> pd.DataFrame:
    """The rows of one exercise, and of one area."""
    rows = frame[frame["card"] == card]
    if area is None:
        return rows
    return rows[(rows["pattern"] == area[0]) & (rows["side"] == area[1])]


def band(comparison: Comparison) -> tuple[float, float] | None:
    """The ups and downs of the start."""
    if comparison.low is None or comparison.high is None:
        return None
    return comparison.low, comparison.high


def grid(columns: int = 2) -> Iterator[DeltaGenerator]:
    """Cells beside each other, row by row; one below the other on a phone."""
    while True:
        yield from st.columns(columns, gap="large")


def named(pattern: str, side: str) -> str:
    """What a therapist calls a watched area."""
    return theirs(telling.area(pattern, side, rooms.library().patterns))
