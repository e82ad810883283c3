"""How far an invented person has come: what is prescribed by now, what was practised, and what was learnt of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zlib import crc32

import numpy as np

from coach import comfort, levels, progression
from coach.assignment import Assignment
from coach.calibration import Measured, Range, ranges
from coach.demo.life import Practised, Sat
from coach.demo.person import Person
from coach.demo.practising import Done, practise
from coach.demo.standing import severity_on
from coach.exercise import Exercise
from coach.face import Side
from coach.library import Library
from coach.plan import Plan
from coach.prescription import Prescription
from coach.progression import Outing, Proposal

WHO_COMES, FIRST_SESSION, SECOND_SESSION, OF_THE_DAY = range(4)  # what lots are drawn for on a day


@dataclass
class Course:
    """One person's course up to a day; `won` (0 to 1) is how much of what can be won is.

    `today` is what weeks are told from; repetitions are traced from the day `traced_from` on.
    """

    person: Person
    library: Library
    today: date
    seed: int
    traced_from: date
    won: float = 0.0
    prescriptions: list[Prescription] = field(default_factory=list)
    tests: list[Practised] = field(default_factory=list)
    first_on: dict[str, date] = field(default_factory=dict)
    checked_on: dict[str, date] = field(default_factory=dict)
    _outings: dict[str, list[Outing]] = field(default_factory=dict)  # of each card, at its present level
    _dared: dict[tuple[str, int], float] = field(default_factory=dict)  # of each card and level

    def lots(self, day: date, number: int) -> np.random.Generator:
        """Lots for a part of a day, by how long ago it is: on whatever day it is told, the story is the same."""
        ago = (self.today - day).days
        return np.random.default_rng([self.seed, crc32(self.person.name.encode()), ago, number])

    def prescribe(self, prescription: Prescription) -> None:
        """From now on this; an exercise at another level than before begins anew."""
        before = (
            {item.card: item.level for item in self.prescriptions[-1].items} if self.prescriptions else {}
        )
        for item in prescription.items:
            if before.get(item.card) != item.level:
                self._outings[item.card] = []
        self.prescriptions.append(prescription)

    def step(self, proposals: Mapping[int, Proposal], author: str, now: datetime) -> None:
        """Bring exercises to the levels that are proposed, if any."""
        if not proposals:
            return
        latest = self.prescriptions[-1]
        items = tuple(
            levels.stepped(item, proposals[number].to_level) if number in proposals else item
            for number, item in enumerate(latest.items)
        )
        self.prescribe(latest.model_copy(update={"items": items, "author": author, "created_at": now}))

    def proposals(self, now: datetime) -> dict[int, Proposal]:
        """The steps that are due, by the number of the item."""
        found = {}
        for number, item in enumerate(self.prescriptions[-1].items):
            exercise = self.library.exercises[item.card]
            if not levels.has_levels(exercise):
                continue
            outings = self._outings.get(item.card, [])
            proposal = progression.due(item, exercise, outings, self.prescriptions, now)
            if proposal is not None:
                found[number] = proposal
        return found

    def ranges(self) -> Mapping[str, Range]:
        """The comfortable ranges as they are known by now."""
        tested = [Measured(test.started_at.date(), test.repetitions) for test in self.tests]
        return {str(name): own for name, own in ranges(tested, self._recorded).items()}

    def practise(
        self,
        day: date,
        exercise: Exercise,
        assignment: Assignment,
        rng: np.random.Generator,
        tired: float = 0.0,
        enough_after: int | None = None,
    ) -> Done:
        """One practice as it stands with the person on that day, which is a little different from the next."""
        severity = severity_on(self.person, self.won, self.today, day)
        today = self.lots(day, OF_THE_DAY)
        severity = replace(
            severity,
            later=severity.later + float(today.normal(0.0, 0.015)),
            gain=severity.gain * float(today.lognormal(0.0, 0.1)),
        )
        key = exercise.id, assignment.level
        done = practise(
            Plan.of(exercise, self.library.patterns, self._recorded, assignment),
            self.person,
            severity,
            self.library.patterns,
            rng,
            won=self.won,
            tired=tired,
            dared=self._dared.get(key, 1.0),
            traced=day >= self.traced_from,
            enough_after=enough_after,
        )
        self._dared[key] = done.dared
        return done

    def remember(self, day: date, sat: Sat, learns: float) -> None:
        """What the levels are judged by, and what was learnt: `learns` multiplies what is usual."""
        risen = None if sat.feelings is None else comfort.rise(sat.comfort, sat.feelings)
        items = {item.card: item for item in self.prescriptions[sat.prescription].items}
        for one in sat.practices:
            card = one.exercise.id
            self.first_on.setdefault(card, day)
            if one.assignment.is_check:
                self.checked_on[card] = day
            elif one.repetitions:
                self._outings[card].append(
                    Outing.of(
                        day=day,
                        session=sat.started_at.isoformat(),
                        hold_wanted=items[card].hold_seconds or one.exercise.dose.hold_seconds,
                        repetitions=one.repetitions,
                        tightness_rise=None if risen is None else risen.tightness,
                        pain_rise=None if risen is None else risen.pain,
                    )
                )
        if sat.practices:
            self.won += (1.0 - self.won) * learns / self.person.learn_sessions

    @property
    def _recorded(self) -> Side | None:
        return self.person.face.affected if self.person.affected_known else None
