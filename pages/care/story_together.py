"""The story of all exercises together: adherence, how it felt, what was judged, the scales, and the face at rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from coach.records import resting as at_rest
from coach.records import resting_words, telling
from coach.records.care_history import Assessment
from coach.records.trends import JUDGED_ENOUGH
from pages import charts
from pages.care import courses, story_charts, story_days, story_words
from pages.care.repetition_words import theirs
from pages.care.story_charts import Axis
from pages.care.story_look import SHARE, Look, band, grid
from pages.care.story_words import Ways
from pages.patient_row import plain

RATINGS = {"pain": "pain", "tightness": "tightness", "effort": "effort", "eye_comfort": "eye comfort"}


@dataclass(frozen=True)
class AllExercises:
    """What belongs to no exercise; `filled` are the sheets."""

    look: Look
    filled: Sequence[Assessment]

    def draw(self) -> None:
        """Adherence, how it felt, what could be judged, the scales as entered, and the face at rest."""
        story = self.look.story
        if story.practised or story.sessions or story.prescriptions:
            st.subheader("All exercises together", anchor=False)
            cells = grid(3)
            with next(cells):
                self._adherence()
            with next(cells):
                self._ratings()
            with next(cells):
                self._judged()
        self._entered()
        self._resting()

    def _adherence(self) -> None:
        days = self.look.story.adherence(self.look.today)
        st.markdown(story_words.title("Days of practice"))
        sentence = story_words.adherence(days)
        if days.empty:
            st.markdown(sentence)
            return
        story_charts.show(story_days.calendar(self.look.span, days, self.look.marks), sentence)

    def _judged(self) -> None:
        frame = self.look.story.clean
        st.markdown(story_words.title("Share judged"))
        sentence = story_words.judged(frame)
        points = self.look.points(frame, "judged_share", telling.percent)
        if points["value"].notna().any():
            enough = [{"at": 0.0, "to": float(self.look.span.days), "value": JUDGED_ENOUGH, "top": 1.0}]
            story_charts.show(
                story_charts.course(self.look.span, points, SHARE, self.look.marks, reach=enough), sentence
            )
        else:
            st.markdown(sentence)

    def _ratings(self) -> None:
        frame = self.look.story.ratings
        st.markdown(story_words.title("As the patient felt it, after each session"))
        shown = frame[frame["day"] >= self.look.span.first]
        sentence = story_words.ratings(shown, RATINGS)
        if shown[list(RATINGS)].notna().any(axis=None):
            story_charts.show(story_charts.ratings(self.look.span, frame, RATINGS, self.look.marks), sentence)
        else:
            st.markdown(sentence)

    def _entered(self) -> None:
        """What people judged by a scale: in a row of its own, so that no camera figure stands beside it."""
        scales = courses.whole_scales(self.filled)
        if not scales:
            return
        authors = " and ".join(dict.fromkeys(plain(one.author) for one in self.filled))
        st.subheader("As entered by hand", anchor=False)
        st.caption(f"Entered by {authors}. The camera has no part in these.")
        treated = [(mark.day, mark.label) for mark in self.look.marks if mark.letter]
        days = (self.look.span.first, self.look.span.last)
        courses.side_by_side(scales, self.filled, treated, columns=3, days=days)

    def _resting(self) -> None:
        affected = self.look.story.person.affected
        st.subheader("The face at rest", anchor=False)
        rests = at_rest.rest_frame(self.look.story.rested, affected, self.look.story.zone)
        if rests.dropna(subset=list(at_rest.MEASURES), how="all")["day"].nunique() < at_rest.NOT_BEFORE_DAYS:
            st.markdown("It has not been seen at rest on two days yet.")
            return
        st.caption(resting_words.ABOUT.replace("you rested", "the patient rested"))
        days = {measure: at_rest.by_day(rests, measure) for measure in at_rest.MEASURES}
        cells = grid(3)
        for measure in at_rest.MEASURES:
            with next(cells):
                self._at_rest(measure, rests, days[measure])
        charts.in_numbers(resting_words.table(days, affected))

    def _at_rest(self, measure: str, rests: pd.DataFrame, days: pd.DataFrame) -> None:
        affected = self.look.story.person.affected
        less, more = resting_words.ways(measure)
        st.markdown(story_words.title(f"{resting_words.NAMES[measure]}: {less}, {more}"))
        comparison = at_rest.course(rests, measure)
        said = theirs(resting_words.said(measure, days, comparison, affected))
        points = self.look.points(self.look.story.resting, measure, story_words.signed_mm)
        if len(days) < at_rest.NOT_BEFORE_DAYS:
            st.markdown(said)
            return
        held = self.look.held(f"resting_{measure}", "", "", "")
        if self.look.against is not None:
            last, _, _ = said.partition(". ")
            ways = Ways(story_words.signed_mm, more[2:], less[2:])
            said = f"{last}. {story_words.around(held.around if held else None, self.look.treatment, ways)}"
        chart = story_charts.course(
            self.look.span,
            points,
            Axis("mm", story_words.signed_mm, low=None, room=2.0, form="+~f"),
            self.look.marks,
            band=band(comparison) if self.look.against is None else None,
            held=held,
            zero=True,
        )
        story_charts.show(chart, said)
