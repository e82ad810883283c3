"""The story: each measure by itself over one calendar, treatments marked across, what was before and what after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from string import ascii_uppercase

import streamlit as st

from coach.clinic.access import Who
from coach.clinic.around import BOUNDS
from coach.clinic.band import WEEKS_BEFORE
from coach.clinic.story import Story, treatment_words
from coach.records import Patient, telling
from coach.records.care_history import Assessment, Treatment
from pages import charts, entry, rooms
from pages.care import story_words
from pages.care.story_exercise import OneExercise, choose_area
from pages.care.story_look import Look
from pages.care.story_time import Mark, Span
from pages.care.story_together import AllExercises
from pages.patient_row import plain

PERIODS = {"3 months": 13, "6 months": 26, "a year": 52, "all": 0}
START = "the start"


def draw(patient: Patient, who: Who) -> None:
    """Everything that was practised, felt and done to a face, over time."""
    entry.require("/patient", patient.uid)
    zone = charts.zone()
    story = Story.read(rooms.records(), patient.uid, rooms.library().exercises, zone)
    filled = rooms.records().assessments(patient.uid)
    View(story, filled, rooms.now().astimezone(zone).date()).draw()


@dataclass(frozen=True)
class View:
    """One story, with the sheets that were filled in, as it is looked at on a day."""

    story: Story
    filled: Sequence[Assessment]
    today: date

    def draw(self) -> None:
        """Onset first, then the other measures of the exercise, then what belongs to no exercise."""
        if not self.story.practised and self.story.ratings.empty:
            st.write("Nothing has been practised yet. From the first practice on, its course is drawn here.")
        if not self.began:
            if self.marks:
                self._treated(None)
            return
        left, right = st.columns(2, gap="large")
        with left:
            period = st.segmented_control(
                "Time shown", list(PERIODS), default="6 months", key="story-period", required=True
            )
        with right:
            against = self._against()
        span = self._span(PERIODS[period or "6 months"])
        look = Look(self.story, self.today, self.marks, span, against)
        self._treated(against)
        if self.story.practised:
            left, right = st.columns(2, gap="large")
            with left:
                card = self._exercise()
            with right:
                area = choose_area(self.story, card)
            OneExercise(look, card, area).draw()
        AllExercises(look, self.filled).draw()

    # --- what is looked at

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """The treatments with their letters; visits have none."""
        letters = iter(f"{letter}{turn or ''}" for turn in range(100) for letter in ascii_uppercase)
        return tuple(
            Mark(
                one.day,
                one.kind,
                "" if one.kind == "therapy_visit" else next(letters),
                treatment_words(one),
            )
            for one in self.story.treatments
        )

    @cached_property
    def began(self) -> date | None:
        """The first day of anything that has a course; None: nothing has."""
        moments = [
            *(one.started_at for one in (*self.story.rested[:1], *self.story.sessions[:1])),
            *(one.created_at for one in self.story.prescriptions[:1]),
        ]
        days = [moment.astimezone(self.story.zone).date() for moment in moments]
        return min([*days, *(one.day for one in self.filled[:1])], default=None)

    def _span(self, weeks: int) -> Span:
        """The time that is shown; no longer than there is anything."""
        first = self.began or self.today
        if weeks:
            first = max(first, self.today - timedelta(weeks=weeks))
        return Span(min(first, self.today - timedelta(days=6)), self.today)

    def _against(self) -> Treatment | None:
        """What the charts are held against: the start, or the time before one treatment."""
        there = [one for one in self.story.treatments if one.day <= self.today]
        if not there or not self.story.rested:
            return None
        by_uid = {one.uid: (one, mark) for one, mark in zip(self.story.treatments, self.marks, strict=True)}
        names = {one.uid: _before(by_uid[one.uid][1]) for one in reversed(there)}
        weighty = [one.uid for one in there if one.kind in BOUNDS and self._practised_before(one)]
        choices = [*names, START]
        chosen = st.selectbox(
            "Held against",
            choices,
            index=choices.index(weighty[-1]) if weighty else len(choices) - 1,
            format_func=lambda uid: names.get(uid, START),
            key="story-against",
            help=story_words.HOW,
        )
        return None if chosen == START else by_uid[chosen][0]

    def _practised_before(self, treatment: Treatment) -> bool:
        """Whether there was practice for long enough before a treatment to hold anything against it."""
        first = self.story.clean["day"].min() if self.story.practised else self.today
        return bool(first <= treatment.day - timedelta(weeks=WEEKS_BEFORE))

    def _treated(self, against: Treatment | None) -> None:
        """The treatments by their letters, in words."""
        told = [
            f"**{mark.letter}** {telling.long_day(mark.day)}: {plain(mark.words)}"
            + (" (planned)" if mark.day > self.today else "")
            for mark in self.marks
            if mark.letter
        ]
        visits = [telling.day(mark.day) for mark in self.marks if not mark.letter]
        if visits:
            told.append(f"Visits (dotted): {', '.join(visits)}")
        if told:
            st.markdown(" · ".join(told))
        else:
            st.caption("Treatments that are entered under History are marked across all charts.")
        if against is not None:
            st.caption(story_words.NO_PROOF)

    def _exercise(self) -> str:
        """The exercise whose course is drawn; at first the one in which something joined in most often."""
        names = {one.card_id: one.card_name for one in self.story.practised}
        often = self.story.clean.groupby("card").size().to_dict()
        joined = self.story.onset.groupby("card")["joined_in"].sum().to_dict()
        cards = sorted(names, key=lambda card: (-joined.get(card, 0), -often.get(card, 0), card))
        if len(cards) == 1:
            st.subheader(names[cards[0]], anchor=False)
            return cards[0]
        return str(
            st.pills(
                "Exercise",
                cards,
                default=cards[0],
                format_func=lambda card: f"{names[card]} ({often.get(card, 0)})",
                key="story-exercise",
                required=True,
            )
            or cards[0]
        )


def _before(mark: Mark) -> str:
    """The time before a treatment, as it is chosen."""
    return (
        f"the time before {mark.name}, {telling.long_day(mark.day)}"
        if mark.letter
        else f"the time before {mark.name}"
    )
