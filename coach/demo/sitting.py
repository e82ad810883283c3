"""One session of an invented person, from the comfort check to the feelings, as the pages would have led through it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np

from coach import comfort, levels, session
from coach.comfort import Answers, Feelings
from coach.demo.course import Course
from coach.demo.life import Practised, Sat, written
from coach.demo.person import Complaint
from coach.demo.standing import severity_on
from coach.records.history import FeltArea, SessionEnding


class Sitting:
    """One session under way; `clock` is how late it is in it."""

    def __init__(
        self, course: Course, day: date, start: datetime, rng: np.random.Generator, before: Answers
    ) -> None:
        self.course, self.day, self.start, self.rng, self.before = course, day, start, rng, before
        self.clock = start
        self.practices: list[Practised] = []
        self.steps: list[str] = ["comfort"]
        known = [(item, course.library.exercises[item.card]) for item in course.prescriptions[-1].items]
        fit = session.fit([(card, levels.assignment_of(item, card, {})) for item, card in known])
        self.planned = known[: len(fit.kept)]
        self.used_seconds = 0.0

    def through(self, complaint: Complaint | None) -> Sat:
        """From the comfort check to the feelings, or to wherever it ends."""
        if not comfort.verdict(self.before).go:
            return self._over("safety")
        rng, habits = self.rng, self.course.person.habits
        leaves = float(rng.uniform()) < habits.breaks_off
        leaves_at = int(rng.integers(1, len(self.planned) + 1)) if leaves else 0
        for step in session.steps([card for _, card in self.planned])[1:-1]:
            if session.time_is_up(self.used_seconds) and step.kind in ("exercise", "felt", "blink"):
                continue
            if step.kind == "exercise" and step.item is not None:
                self._exercise(step.item, 1 if step.item == leaves_at else None)
                if step.item == leaves_at:
                    return self._left(silently=float(rng.uniform()) < 0.3)
                if complaint is not None:
                    self.clock += timedelta(seconds=20)
                    again = replace(self.before, **complaint.answers)  # type: ignore[arg-type]
                    return replace(self._over("safety"), comfort_again=again)
            elif step.kind == "felt":
                self.clock += timedelta(seconds=float(rng.uniform(3, 9)))
            elif step.kind == "feelings":
                self.clock += timedelta(seconds=float(rng.uniform(12, 30)))
            else:
                skipped = rng.uniform() < 0.12
                self.clock += timedelta(seconds=3.0 if skipped else (step.seconds or 0.0) + 1.0)
            self.steps.append(step.key)
        return replace(self._over("finished"), feelings=self._feelings())

    def _left(self, *, silently: bool) -> Sat:
        """Stopped for now; or the browser was closed, and nothing says so."""
        last = self.practices[-1]
        if silently and last.exercise.judged != "nothing":
            self.practices[-1] = replace(last, ending=None, judged_share=None, felt=None)
        return self._over(None if silently else "stopped")

    def _over(self, ending: SessionEnding | None) -> Sat:
        return Sat(
            len(self.course.prescriptions) - 1,
            self.start,
            self.clock + timedelta(seconds=5),
            ending,
            self.before,
            tuple(self.steps),
            tuple(self.practices),
        )

    def _exercise(self, number: int, enough_after: int | None) -> None:
        item, exercise = self.planned[number - 1]
        self.clock += timedelta(seconds=float(self.rng.uniform(4, 15)))
        check = self._is_check(number)
        assignment = levels.assignment_of(item, exercise, self.course.ranges(), check=check, index=number)
        if exercise.judged == "nothing":
            seconds = session.estimate_seconds(exercise, assignment)
            practised = Practised(
                exercise, assignment, self.clock, self.clock + timedelta(seconds=seconds), "finished"
            )
        else:
            tired = min((number - 1) / 4, 1.0)
            done = self.course.practise(self.day, exercise, assignment, self.rng, tired, enough_after)
            practised = written(
                exercise, assignment, self.clock, done, "finished" if done.finished else "stopped"
            )
            practised = replace(practised, felt=self._felt(practised))
        self.practices.append(practised)
        self.clock = practised.ended_at
        self.used_seconds += (practised.ended_at - practised.started_at).total_seconds()

    def _is_check(self, number: int) -> bool:
        """The first measured exercise is the one that is done once a week without help."""
        measured = [n for n, (_, card) in enumerate(self.planned, 1) if card.judged == "movement"]
        item, exercise = self.planned[number - 1]
        first = self.course.first_on.get(exercise.id)
        if measured[:1] != [number] or first is None:
            return False
        last = self.course.checked_on.get(exercise.id)
        return levels.check_due(last, first, self.day, level=item.level)

    def _felt(self, practised: Practised) -> tuple[FeltArea, ...] | None:
        """What was felt to join in: mostly some of what did, and now and then nothing is known."""
        if not practised.repetitions or self.rng.uniform() < 0.06:
            return None
        joined = {unwanted.pattern for one in practised.repetitions for unwanted in one.unwanted}
        felt: list[FeltArea] = []
        for area, patterns, without in (
            ("chin", {"chin"}, 0.03),
            ("neck", {"platysma"}, 0.05),
            ("cheek", {"cheek-lift", "cheek-nlf", "oral-ocular-narrow"}, 0.05),
        ):
            if self.rng.uniform() < (0.55 if joined & patterns else without):
                felt.append(area)  # type: ignore[arg-type]  # one of the three above
        return tuple(felt)

    def _feelings(self) -> Feelings:
        rng, usual = self.rng, self.course.person.comfort
        easier = 1.0 - 0.3 * self.course.won
        return Feelings(
            tightness=_on_scale(self.before.tightness + rng.normal(-0.4, 0.7)),
            effort=_on_scale(rng.normal(usual.effort * easier, 0.7)),
            eye_comfort=_on_scale(rng.normal(usual.eyes, 0.9)),
            pain=_on_scale(self.before.pain + rng.normal(0.0, 0.4), comfort.PAIN_LIMIT),
        )


def answers(course: Course, day: date, rng: np.random.Generator) -> Answers:
    """What somebody without a complaint says in the comfort check of a day."""
    usual = course.person.comfort
    tone = severity_on(course.person, course.won, course.today, day).tone
    return Answers(
        eyes=(),
        new_signs=(),
        muscles=(),
        pain=_on_scale(rng.normal(usual.pain, 0.6), comfort.PAIN_LIMIT),
        tightness=_on_scale(rng.normal(usual.tightness * (0.4 + 0.6 * tone), 0.8)),
    )


def _on_scale(value: float, most: int = comfort.LARGEST) -> int:
    return min(max(round(float(value)), 0), most)
