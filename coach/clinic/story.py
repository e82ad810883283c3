"""One person's story as tables for the charts; each row names the practice or session that its figures are from.

What was not seen is NaN: never zero, never quiet. Each measure has a table of its own, and none is made of several.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property

import numpy as np
import pandas as pd

from coach.calibration import RANGE_CARD
from coach.clinic.adherence import prescribed_minutes
from coach.comfort import Answers, Feelings
from coach.events import Repetition, WatchedArea
from coach.exercise import Exercise, Target
from coach.face import Side
from coach.prescription import Prescription
from coach.records import PracticeRecord, Records, SessionRecord
from coach.records.care_history import Person, Treatment
from coach.records.resting import MEASURES as RESTING
from coach.records.resting import rest_frame
from coach.records.trends import dated, median, pattern_frame, practice_frame, reached_mm

DAY = timedelta(days=1)

TREATMENTS: Mapping[str, str] = {
    "botulinum_toxin": "Botulinum toxin",
    "surgery": "Surgery",
    "therapy_visit": "Therapy visit",
    "other": "Treatment",
}
"""The kinds of treatment, as they are named beside their marks."""


@dataclass(frozen=True)
class Story:
    """Everything of one person, on the calendar of `zone`; lists are the oldest first."""

    person: Person
    zone: tzinfo
    exercises: Mapping[str, Exercise]
    practices: Sequence[PracticeRecord]
    sessions: Sequence[SessionRecord]
    prescriptions: Sequence[Prescription]
    treatments: Sequence[Treatment]

    @classmethod
    def read(
        cls, records: Records, patient_uid: str, exercises: Mapping[str, Exercise], zone: tzinfo
    ) -> Story:
        """The story of one person from the log; raises RecordsError where there is nobody of that uid."""
        return cls(
            person=records.person(patient_uid),
            zone=zone,
            exercises=exercises,
            practices=records.practices(patient_uid)[::-1],
            sessions=records.sessions(patient_uid)[::-1],
            prescriptions=records.prescriptions(patient_uid)[::-1],
            treatments=records.treatments(patient_uid),
        )

    @cached_property
    def practised(self) -> list[PracticeRecord]:
        """What the charts are of: practices with a repetition, and nothing of the guided test, which is none."""
        return [one for one in self.practices if one.repetitions and one.card_id != RANGE_CARD]

    @cached_property
    def rested(self) -> list[PracticeRecord]:
        """What shows the face at rest: the practices, and the guided test, which begins with a rest as they do."""
        return [one for one in self.practices if one.repetitions]

    @cached_property
    def onset(self) -> pd.DataFrame:
        """How far, in mm, the movement got before each pattern joined in (coach.records.trends.pattern_frame).

        Beside it `joined_share`, in which share of the repetitions it did; NaN where too little was seen to say "none".
        """
        frame = pattern_frame(self.practised, self.zone)
        done = {one.uid: len(one.repetitions) for one in self.practised}
        frame["joined_share"] = frame["joined_in"] / frame["practice"].map(done).astype(float)
        return frame

    @cached_property
    def coupling(self) -> pd.DataFrame:
        """How many mm of each watched area came with a mm of the movement: the median of the repetitions that tell."""
        rows = [
            _of(practice)
            | {
                "pattern": pattern,
                "side": side,
                "coupling": median(area.coupling for area in areas),
                "repetitions": sum(area.coupling is not None for area in areas),
            }
            for practice in self.practised
            for (pattern, side), areas in _areas(practice).items()
        ]
        return self._frame(rows, "pattern", "side", "coupling", "repetitions")

    @cached_property
    def evenness(self) -> pd.DataFrame:
        """How alike both sides went, 0 to 1: the median of the repetitions in which both were seen (`symmetry`)."""
        rows = [
            _of(practice) | {"symmetry": median(r.symmetry for r in practice.repetitions)}
            for practice in self.practised
        ]
        return self._frame(rows, "symmetry")

    @cached_property
    def excursion(self) -> pd.DataFrame:
        """How far the movement went in mm: medians of the repetitions, of what moved and of either side.

        `band_percent` is where in its band that is: 0 at the lower edge, 100 at the upper one, so 100 and more is too
        far. It is NaN where the band is not known in mm: eyes count in percent of the lid gap, and a card that has
        changed since no longer says which band it had.
        """
        rows = []
        for practice in self.practised:
            reached = median(moved_mm(repetition) for repetition in practice.repetitions)
            right = median(r.amplitude_right_mm for r in practice.repetitions)
            left = median(r.amplitude_left_mm for r in practice.repetitions)
            low, high = self._band(practice)
            affected = {Side.RIGHT: right, Side.LEFT: left, None: np.nan}[practice.affected]
            other = {Side.RIGHT: left, Side.LEFT: right, None: np.nan}[practice.affected]
            rows.append(
                _of(practice)
                | {
                    "reached_mm": reached,
                    "right_mm": right,
                    "left_mm": left,
                    "affected_mm": affected,
                    "other_mm": other,
                    "low_mm": low,
                    "high_mm": high,
                    "band_percent": 100 * (reached - low) / (high - low),
                }
            )
        columns = ("reached_mm", "right_mm", "left_mm", "affected_mm", "other_mm", "low_mm", "high_mm")
        return self._frame(rows, *columns, "band_percent")

    @cached_property
    def clean(self) -> pd.DataFrame:
        """How many repetitions were clean, of how many done (coach.records.trends.practice_frame); `clean_share` too.

        It also has the share of the time in repetitions that was judged (`judged_share`): what all figures rest on.
        """
        frame = practice_frame(self.practised, self.zone)
        frame["clean_share"] = frame["clean"].astype(float) / frame["done"].astype(float)
        return frame

    @cached_property
    def resting(self) -> pd.DataFrame:
        """One side beside the other at rest, in mm: the median of the rests of a practice (coach.records.resting)."""
        rests = rest_frame(self.rested, self.person.affected, self.zone)
        if rests.empty:
            return rests
        first = rests.groupby("practice", sort=False)[["started_at", "day"]].first()
        middle = rests.groupby("practice", sort=False)[list(RESTING)].median()
        return first.join(middle).reset_index()

    @cached_property
    def ratings(self) -> pd.DataFrame:
        """What the person said of themselves, 0 to 10, session by session; what was not answered is NaN.

        `..._before` is from the comfort check, everything else from the closing questions.
        """
        rows = []
        for one in self.sessions:
            before, after = answers(one), feelings(one)
            if before is None and after is None:
                continue
            rows.append(
                {
                    "session": one.uid,
                    "started_at": one.started_at,
                    "ending": one.ending or "left open",
                    "pain_before": np.nan if before is None else before.pain,
                    "tightness_before": np.nan if before is None else before.tightness,
                    "pain": np.nan if after is None else after.pain,
                    "tightness": np.nan if after is None else after.tightness,
                    "effort": np.nan if after is None else after.effort,
                    "eye_comfort": np.nan if after is None else after.eye_comfort,
                }
            )
        columns = ["session", "started_at", "ending", "pain_before", "tightness_before"]
        return dated(
            pd.DataFrame(rows, columns=[*columns, "pain", "tightness", "effort", "eye_comfort"]), self.zone
        )

    @cached_property
    def marks(self) -> pd.DataFrame:
        """The treatments, to be drawn across all charts."""
        rows = [
            {"treatment": one.uid, "day": one.day, "kind": one.kind, "words": treatment_words(one)}
            for one in self.treatments
        ]
        return pd.DataFrame(rows, columns=["treatment", "day", "kind", "words"])

    def adherence(self, today: date) -> pd.DataFrame:
        """One row a day up to today: minutes practised, minutes prescribed, and the practices they are from.

        It begins with the first prescription or practice. `prescribed` is NaN before anything was; timers count.
        """
        real = [one for one in self.practices if one.repetitions or one.ending == "finished"]
        by_day: dict[date, list[PracticeRecord]] = defaultdict(list)
        for one in real:
            by_day[self._day(one.started_at)].append(one)
        begins = [*by_day, *(self._day(version.created_at) for version in self.prescriptions)]
        columns = ["day", "practices", "sessions", "minutes", "prescribed"]
        if not begins:
            return pd.DataFrame(columns=columns)
        first = min(begins)
        rows = []
        for day in (first + number * DAY for number in range((today - first).days + 1)):
            those = by_day.get(day, [])
            start, end = (datetime.combine(at, time(), self.zone) for at in (day, day + DAY))
            asked = prescribed_minutes(self.prescriptions, self.exercises, start, end, self.zone)
            rows.append(
                {
                    "day": day,
                    "practices": tuple(one.uid for one in those),
                    "sessions": len({one.session_uid or one.uid for one in those}),
                    "minutes": sum(one.seconds or 0.0 for one in those) / 60,
                    "prescribed": np.nan if asked is None else asked,
                }
            )
        return pd.DataFrame(rows, columns=columns)

    def _frame(self, rows: Sequence[Mapping[str, object]], *columns: str) -> pd.DataFrame:
        named = ["practice", "started_at", "card", "card_name", *columns]
        return dated(pd.DataFrame([dict(row) for row in rows], columns=named), self.zone)

    def _band(self, practice: PracticeRecord) -> tuple[float, float]:
        """The band in mm; NaN: not known."""
        exercise = self.exercises.get(practice.card_id)
        target: Target | None = exercise.target if exercise else None
        if exercise is None or target is None or target.unit != "mm":
            return np.nan, np.nan
        if practice.band is not None:
            return practice.band
        if practice.card_version != exercise.version:
            return np.nan, np.nan
        return target.low, target.high

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def moved_mm(repetition: Repetition) -> float:
    """How far a repetition went: the side that moved alone, else the mean of the sides that were seen; NaN: neither."""
    if repetition.side is None:
        return reached_mm(repetition)
    alone = repetition.amplitude_right_mm if repetition.side is Side.RIGHT else repetition.amplitude_left_mm
    return np.nan if alone is None else alone


def treatment_words(treatment: Treatment) -> str:
    """A treatment in one line."""
    return ", ".join([TREATMENTS[treatment.kind], *treatment.sites, *filter(None, [treatment.dose_text])])


def answers(session: SessionRecord) -> Answers | None:
    """What was answered to a session's comfort check; None: nothing, or it cannot be read."""
    try:
        return Answers.of_json(session.comfort)
    except ValueError:
        return None


def feelings(session: SessionRecord) -> Feelings | None:
    """How a session felt; None: it was not asked, or cannot be read."""
    try:
        return Feelings.of_json(session.feelings)
    except ValueError:
        return None


def _of(practice: PracticeRecord) -> dict[str, object]:
    return {
        "practice": practice.uid,
        "started_at": practice.started_at,
        "card": practice.card_id,
        "card_name": practice.card_name,
    }


def _areas(practice: PracticeRecord) -> dict[tuple[str, str], list[WatchedArea]]:
    """What each watched area did in each repetition of a practice."""
    found: dict[tuple[str, str], list[WatchedArea]] = {}
    for area in _watched(practice.repetitions):
        found.setdefault((area.pattern, area.side.value if area.side else ""), []).append(area)
    return found


def _watched(repetitions: Iterable[Repetition]) -> Iterator[WatchedArea]:
    for repetition in repetitions:
        yield from repetition.watched
