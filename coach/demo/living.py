"""Half a year of one invented person: every session, day by day.

What decides is the coach's own code: the plan, the steps of an exercise, the levels, the comfort check, the twelve
minutes. Invented is only what the face does and what the person answers.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo

import numpy as np

from coach import comfort, levels
from coach.calibration import RANGE_CARD, stale
from coach.clinic.adherence import is_for
from coach.demo.course import FIRST_SESSION, SECOND_SESSION, WHO_COMES, Course
from coach.demo.life import Life, Sat, written
from coach.demo.people import THERAPIST
from coach.demo.person import Complaint, Person
from coach.demo.sitting import Sitting, answers
from coach.library import Library
from coach.prescription import COACH, Item, Prescription

FORGETS_A_DAY = 0.002
SETBACK_DAYS = 7


def live(
    person: Person,
    library: Library,
    today: date,
    *,
    weeks: float = 26.0,
    seed: int = 5,
    zone: tzinfo,
    traces_for: timedelta = timedelta(weeks=3),
) -> Life:
    """All that somebody did up to the evening before `today`; the same each time for the same arguments.

    Traces of repetitions are kept for the days within `traces_for` only: they are what makes the file large.
    """
    return _Living(Course(person, library, today, seed, today - traces_for), weeks, zone).whole()


class _Living:
    def __init__(self, course: Course, weeks: float, zone: tzinfo) -> None:
        self.course, self.person, self.today, self.zone = course, course.person, course.today, zone
        self.first = self.today - timedelta(days=round(7 * min(weeks, self.person.since_weeks)))
        self.last = self.today - timedelta(days=round(7 * self.person.until_weeks_ago) + 1)
        self.won_on: dict[date, float] = {}
        self.sessions: list[Sat] = []

    def whole(self) -> Life:
        began = self._at(self.first, 6.5)
        self.course.prescribe(
            Prescription(
                created_at=began,
                author=THERAPIST,
                programme=self.person.programme,
                stage=self.person.stage,
                sessions_per_day=self.person.sessions_per_day,
                days=self.person.days,
                times=self.person.times,
                items=self.person.items,
            )
        )
        for number in range((self.today - self.first).days):
            self._day(self.first + timedelta(days=number))
        return Life(
            self.person,
            began,
            tuple(self.course.prescriptions),
            tuple(self.sessions),
            tuple(self.course.tests),
            self.won_on,
        )

    def _day(self, day: date) -> None:
        course, weeks_ago = self.course, (self.today - day).days / 7
        for setback in self.person.setbacks:
            if 0 <= (setback.weeks_ago - weeks_ago) * 7 < SETBACK_DAYS:
                course.won *= (1.0 - setback.loses) ** (1 / SETBACK_DAYS)
        course.won *= 1.0 - FORGETS_A_DAY
        self.won_on[day] = course.won
        self._therapist(day)
        rng = course.lots(day, WHO_COMES)
        complaints = [one for one in self.person.complaints if one.days_ago == (self.today - day).days]
        habits = self.person.habits
        often = habits.sessions_a_week / 7 / (1 + habits.twice) * self._factor("practises", weeks_ago)
        drawn, second = float(rng.uniform()), float(rng.uniform()) < habits.twice
        today = is_for(course.prescriptions[-1], day) and drawn < often
        if day > self.last or not (today or day == self.first or complaints):
            return
        start = self._at(day, max(habits.hour + float(rng.normal(0.0, 0.6)), 7.2))
        self._sit(day, start, course.lots(day, FIRST_SESSION), next(iter(complaints), None))
        if second and not complaints:
            later = self._at(day, min(max(habits.hour + 5.0, 15.0) + float(rng.normal(0.0, 0.8)), 22.0))
            self._sit(day, later, course.lots(day, SECOND_SESSION), None)

    def _factor(self, name: str, weeks_ago: float) -> float:
        factor = 1.0
        for spell in self.person.spells:
            if spell.to_weeks_ago < weeks_ago <= spell.from_weeks_ago:
                factor *= getattr(spell, name)
        return factor

    def _at(self, day: date, hour: float) -> datetime:
        return datetime.combine(day, time(), self.zone) + timedelta(seconds=round(hour * 3600))

    def _therapist(self, day: date) -> None:
        """What the therapist changes on this day: what was planned for it, else the steps that wait."""
        now = self._at(day, 6.8)
        ago = (self.today - day).days
        for change in self.person.changes:
            if round(change.weeks_ago * 7) == ago and day > self.first:
                update = {"created_at": now, "author": THERAPIST, "items": change.items}
                update |= {"programme": change.programme} if change.programme else {}
                update |= {"stage": change.stage} if change.stage else {}
                self.course.prescribe(self.course.prescriptions[-1].model_copy(update=update))
                return
        due = day > self.first and (day - self.first).days % (7 * self.person.review_weeks) == 0
        if due and day <= self.last and ago >= self.person.reviewed_until_weeks_ago * 7:
            self.course.step(self.course.proposals(now), THERAPIST, now)

    def _sit(self, day: date, start: datetime, rng: np.random.Generator, complaint: Complaint | None) -> None:
        course = self.course
        due = {n: p for n, p in course.proposals(start).items() if p.by_itself}
        course.step(due, COACH, start - timedelta(seconds=90))
        before = answers(course, day, rng)
        if complaint is not None and not complaint.during:
            before = replace(before, **complaint.answers)  # type: ignore[arg-type]  # each is checked as it is set
        if self._range_wanted(day) and comfort.verdict(before).go:
            self._find_range(day, start - timedelta(minutes=10), rng)
        sitting = Sitting(course, day, start, rng, before)
        sat = sitting.through(complaint if complaint is not None and complaint.during else None)
        self.sessions.append(sat)
        course.remember(day, sat, self._factor("learns", (self.today - day).days / 7))

    def _range_wanted(self, day: date) -> bool:
        wanted = any(
            exercise.target is not None and exercise.target.unit == "mm" and item.level > 1
            for item in self.course.prescriptions[-1].items
            for exercise in (self.course.library.exercises[item.card],)
        )
        return wanted and (not self.course.tests or stale(self.course.tests[-1].started_at.date(), day))

    def _find_range(self, day: date, start: datetime, rng: np.random.Generator) -> None:
        exercise = self.course.library.exercises[RANGE_CARD]
        assignment = levels.assignment_of(Item(card=RANGE_CARD), exercise, self.course.ranges())
        done = self.course.practise(day, exercise, assignment, rng)
        self.course.tests.append(
            written(exercise, assignment, start, done, "finished" if done.finished else "stopped")
        )
