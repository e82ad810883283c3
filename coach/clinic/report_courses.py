"""The courses of a report: what is drawn of a person's story, each picture with its sentence.

What was not seen is in no course, and a change is called one only beyond the person's own ups and downs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from statistics import median
from typing import Any

import pandas as pd

from coach.clinic.report_around import treated
from coach.clinic.report_values import Dated, Looks, Picture, Series, Treated
from coach.clinic.report_words import (
    Thread,
    area,
    between,
    compared,
    dated,
    onset_sentence,
    practices,
    resting_words,
    unjudged,
)
from coach.clinic.story import Story
from coach.exercise import Pattern
from coach.records import course_words, telling
from coach.records import resting as at_rest
from coach.records.resting_words import sides
from coach.records.telling import day as short_day
from coach.records.telling import percent
from coach.records.trends import (
    JUDGED_ENOUGH,
    PRACTICES_A_WEEK,
    compare,
    weeks_of,
)

_FELT: Mapping[str, Looks] = {
    "pain": "second",
    "tightness": "first",
    "effort": "third",
    "eye_comfort": "fourth",
}
_RESTING: tuple[tuple[str, str, str, str, Looks], ...] = (
    ("eye", "eye", "more open", "narrower", "first"),
    ("corner", "mouth corner", "higher", "lower", "second"),
    ("brow", "brow", "higher", "lower", "third"),
)

_LOOKS: tuple[Looks, ...] = ("first", "second", "third", "fourth")
_LATELY = timedelta(weeks=4)
_RECENT = timedelta(weeks=3)
_QUIET_DRAWN = 2


@dataclass(frozen=True)
class Courses:
    """What is drawn of a story that ends with the period; the period begins with `first`."""

    story: Story
    patterns: Mapping[str, Pattern]
    first: date
    last: date

    # --- the first page

    def onsets(self) -> tuple[Picture, ...]:
        """How far the movement got before an area joined in: those that joined in most often come first."""
        return tuple(self._onset(thread) for thread in self._drawn)

    def onset_words(self) -> str:
        """What is said of those that are not drawn, because they hardly joined in or nothing of theirs was measured."""
        told = [one for one in self._threads if one not in self._drawn]
        if told:
            counts = "; ".join(f"{one.name}, {one.area}: {self._how_often(one)}" for one in told)
            return f"{'Hardly ever' if self._drawn else 'Joined in'} in this period: {counts}."
        if self._drawn:
            return ""
        within = self._in_period(self.story.clean)
        return course_words.nothing_yet(within) if len(within) else "No practice to draw in this period."

    # --- the second page

    def pictures(self) -> tuple[Picture, ...]:
        """Coupling, clean repetitions, symmetry, the face at rest, how it felt, and what share could be judged."""
        return (
            self._coupling(),
            self._clean(),
            self._symmetry(),
            self._at_rest(),
            self._felt(),
            self._judged(),
        )

    def treated(self) -> tuple[Treated, ...]:
        """The treatments; visits have no letter, or weekly ones would hide the charts."""
        return treated(self.story, self._drawn[0] if self._drawn else None)

    # --- one by one

    def _onset(self, thread: Thread) -> Picture:
        course = thread.course
        comparison = compare(course["day"], course["onset_mm"])
        weekly = self._weekly(course["day"], course["onset_mm"])
        within = self._in_period(course)
        return Picture(
            title=f"{thread.name}: {thread.area}",
            sentence=f"{onset_sentence(within, thread, self.last - _LATELY)} "
            f"{compared(comparison, thread.movement, self._is_recent(weekly))}",
            unit="mm",
            series=(
                Series("", "joined_in", dated(within["day"], within["onset_mm"])),
                Series("", "quiet", dated(within["day"], within["quiet_mm"])),
            ),
            weeks=weekly,
            band=None
            if comparison.low is None or comparison.high is None
            else (max(comparison.low, 0.0), comparison.high),
            lowest=0.0,
        )

    def _coupling(self) -> Picture:
        title, unit = "Coupling", "mm per mm"
        if not self._drawn:
            return Picture(title, "Nothing joined in, so there is no coupling to draw.", unit)
        thread, frame = self._drawn[0], self.story.coupling
        these = frame[
            (frame["card"] == thread.card)
            & (frame["pattern"] == thread.pattern)
            & (frame["side"] == thread.side)
        ]
        within = self._in_period(these)
        points = dated(within["day"], within["coupling"])
        said = f"{thread.name}: how much {thread.area} moved with the {thread.movement} could not be judged."
        if points:
            middle = median(value for _, value in points)
            said = (
                f"{thread.name}: {middle:.2f}\N{NO-BREAK SPACE}mm of {thread.area} came with each mm of the "
                f"{thread.movement}, in the middle of {practices(len(points))}{between(points, '.2f', '')}."
            )
        weekly = self._weekly(these["day"], these["coupling"])
        return Picture(title, said, unit, (Series("", "first", points),), weekly)

    def _clean(self) -> Picture:
        within = self._in_period(self.story.clean)
        seen = within.dropna(subset=["clean"])
        told = []
        for card, name in self._cards(seen):
            one = seen[seen["card"] == card]
            told.append(f"{name} {one['clean'].sum():.0f} of {one['done'].sum()}")
        said = f"No repetition was seen well enough to call it clean{unjudged(len(within))}."
        if told:
            said = f"{'; '.join(told)}{unjudged(len(within) - len(seen))}."
        series = []
        for (card, name), looks in zip(self._cards(seen), _LOOKS, strict=False):
            one = self.story.clean[self.story.clean["card"] == card].dropna(subset=["clean"])
            weekly = self._in_weeks(one)
            each = self._in_period(one)
            points = (
                weekly if len(weekly) > 1 else dated(each["day"], 100 * each["clean_share"].astype(float))
            )
            series.append(Series(name, looks, points, joined=len(weekly) > 1))
        return Picture("Clean repetitions", said, "%", tuple(series), lowest=0.0, highest=100.0)

    def _in_weeks(self, practices: pd.DataFrame) -> Dated:
        """The share of clean ones among all repetitions of a week; of one practice alone it jumps from step to step."""
        if practices.empty:
            return ()
        weeks = practices.assign(week=[(day - practices["day"].min()).days // 7 for day in practices["day"]])
        found = []
        for _, week in weeks.groupby("week"):
            day = sorted(week["day"])[len(week) // 2]
            if len(week) >= PRACTICES_A_WEEK and day >= self.first:
                found.append((day, 100 * float(week["clean"].sum() / week["done"].sum())))
        return tuple(found)

    def _symmetry(self) -> Picture:
        seen = self._in_period(self.story.evenness).dropna(subset=["symmetry"])
        told = [
            f"{name} {percent(seen[seen['card'] == card]['symmetry'].median())}"
            for card, name in self._cards(seen)
        ]
        said = "Both sides were not seen together often enough to compare them."
        if told:
            shares = "; ".join(told)
            said = f"The smaller side beside the larger, in the middle: {shares}. Few faces are quite even (S37)."
        series = []
        for (card, name), looks in zip(self._cards(seen), _LOOKS, strict=False):
            one = self.story.evenness[self.story.evenness["card"] == card].dropna(subset=["symmetry"])
            series.append(self._weekly_or_single(name, looks, one["day"], 100 * one["symmetry"]))
        return Picture("Symmetry of the movement", said, "%", tuple(series), lowest=0.0, highest=100.0)

    def _judged(self) -> Picture:
        seen = self._in_period(self.story.clean).dropna(subset=["judged_share"])
        few = int((seen["judged_share"] < JUDGED_ENOUGH).sum())
        if len(seen):
            said = (
                f"In the middle of {practices(len(seen))} the camera could judge "
                f"{percent(seen['judged_share'].median())} of the time in repetitions. "
                + (f"In {few} it was less than" if few else "In none was it less than")
                + f" {percent(JUDGED_ENOUGH)}{', too little to call anything quiet' if few else ''}."
            )
        else:
            said = "Nothing could be judged in this period."
        frame = self.story.clean
        shares = 100 * frame["judged_share"].astype(float)
        within = self._in_period(frame.assign(shares=shares))
        return Picture(
            "Share that could be judged",
            said,
            "%",
            (Series("", "first", dated(within["day"], within["shares"])),),
            self._weekly(frame["day"], shares),
            lowest=0.0,
            highest=100.0,
        )

    def _weekly_or_single(
        self, name: str, looks: Looks, days: pd.Series[Any], values: pd.Series[Any]
    ) -> Series:
        """One of several courses in a picture: week by week, or each value where there are too few weeks."""
        weekly = self._weekly(days, values)
        if len(weekly) > 1:
            return Series(name, looks, weekly, joined=True)
        return Series(name, looks, tuple(one for one in dated(days, values) if one[0] >= self.first))

    def _cards(self, frame: pd.DataFrame) -> list[tuple[str, str]]:
        """The exercises of some rows with their names, the most practised first."""
        often = [str(card) for card in frame["card"].value_counts().index]
        return [(card, self._name(card)) for card in often[: len(_LOOKS)]]

    def _name(self, card: str) -> str:
        exercise = self.story.exercises.get(card)
        return exercise.name if exercise else self._names[card]

    @cached_property
    def _names(self) -> dict[str, str]:
        """What exercises were called when they were last practised, also those whose cards are gone."""
        return {one.card_id: one.card_name for one in self.story.practised}

    def _at_rest(self) -> Picture:
        affected = self.story.person.affected
        rests = at_rest.rest_frame(self.story.rested, affected, self.story.zone)
        series, told = [], []
        for measure, name, more, less, looks in _RESTING:
            by_day = at_rest.by_day(rests, measure)
            points = tuple(one for one in dated(by_day["day"], by_day["mm"]) if one[0] >= self.first)
            series.append(Series(f"{name}, {more}", looks, points))
            if points:
                weekly = at_rest.by_week(rests, measure)
                recent = self._is_recent(dated(weekly["day"], weekly["mm"]))
                told.append(f"{name} {resting_words(at_rest.course(rests, measure), more, less, recent)}")
        this, other = sides(affected)
        said = f"The {this} side beside the {other}; only its change over weeks counts. "
        said += (
            f"{telling.sentence_case('; '.join(told))}." if told else "It could not be seen in this period."
        )
        return Picture("The face at rest", said, "mm", tuple(series))

    def _felt(self) -> Picture:
        within = self._in_period(self.story.ratings).dropna(subset=list(_FELT))
        ratings = self.story.ratings.dropna(subset=list(_FELT))
        series = tuple(
            self._weekly_or_single(name.replace("_", " "), looks, ratings["day"], ratings[name])
            for name, looks in _FELT.items()
        )
        if within.empty:
            said = "How a session felt was not answered in this period."
        else:
            last = within.iloc[-1]
            told = ", ".join(f"{name.replace('_', ' ')} {last[name]:.0f}" for name in _FELT)
            said = f"After the last session ({short_day(last['day'])}): {told}."
            sorest, on = max(zip(within["pain"], within["day"], strict=True))
            if sorest > 0:
                said += f" The strongest pain was {sorest:.0f} of 10, last on {short_day(on)}."
        return Picture("As the patient felt it", said, "0 to 10", series, lowest=0.0, highest=10.0)

    # --- what they share

    @cached_property
    def _threads(self) -> tuple[Thread, ...]:
        """Those with a practice in the period; the one that joined in most often first."""
        found = [
            self._thread(*map(str, key), course=course)
            for key, course in self.story.onset.groupby(["card", "pattern", "side"], sort=False)
            if isinstance(key, tuple)
        ]
        there = [one for one in found if len(self._in_period(one.course))]
        return tuple(sorted(there, key=lambda one: -self._joined(one)))

    @cached_property
    def _drawn(self) -> tuple[Thread, ...]:
        """Those that joined in more than once; a face that has become quiet is drawn all the same."""
        measured = [
            one
            for one in self._threads
            if self._in_period(one.course)[["onset_mm", "quiet_mm"]].notna().any(axis=None)
        ]
        return tuple(one for one in measured if self._joined(one) > 1) or tuple(measured[:_QUIET_DRAWN])

    def _joined(self, thread: Thread) -> int:
        """In how many practices of the period it did."""
        return int((self._in_period(thread.course)["joined_in"] > 0).sum())

    def _how_often(self, thread: Thread) -> str:
        known = int(self._in_period(thread.course)["joined_in"].notna().sum())
        return f"{self._joined(thread)} of {practices(known)}" if known else "not judged"

    def _thread(self, card: str, pattern: str, side: str, *, course: pd.DataFrame) -> Thread:
        exercise = self.story.exercises.get(card)
        target = exercise.target if exercise else None
        return Thread(
            card=card,
            name=self._name(card),
            pattern=pattern,
            side=side,
            area=area(telling.area(pattern, side, self.patterns)),
            movement=telling.MOVEMENTS[target.movement] if target else "movement",
            course=course,
        )

    def _in_period(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["day"] >= self.first] if len(frame) else frame

    def _weekly(self, days: pd.Series[Any], values: pd.Series[Any]) -> Dated:
        """The middle of each week with enough practices."""
        if not len(days):
            return ()
        found = weeks_of(days, values)
        middles = zip(found["day"].dt.date, found["median"], strict=True)
        return tuple((day, float(value)) for day, value in middles if day >= self.first)

    def _is_recent(self, weekly: Dated) -> bool:
        """Whether the latest weeks with enough practices speak of now, and not of long ago."""
        return bool(weekly) and weekly[-1][0] > self.last - _RECENT
