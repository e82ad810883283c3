"""What is left of an invented life: its sessions and practices as they go into the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from coach.assignment import Assignment
from coach.comfort import Answers, Feelings
from coach.demo.person import Person
from coach.demo.practising import Done
from coach.events import Repetition
from coach.exercise import Exercise
from coach.prescription import Prescription
from coach.records.history import Ending, FeltArea, SessionEnding
from coach.trace import Trace


@dataclass(frozen=True, slots=True)
class Practised:
    """One practice; the uids of session and prescription are put into its assignment when it is written.

    `ending` None was cut off. A timer's has no repetitions and no `judged_share`.
    """

    exercise: Exercise
    assignment: Assignment
    started_at: datetime
    ended_at: datetime
    ending: Ending | None
    judged_share: float | None = None
    repetitions: tuple[Repetition, ...] = ()
    traces: tuple[Trace, ...] = ()
    felt: tuple[FeltArea, ...] | None = None


@dataclass(frozen=True, slots=True)
class Sat:
    """One session, with the number of the prescription it was begun with (from 0) and all that was done in it."""

    prescription: int
    started_at: datetime
    ended_at: datetime
    ending: SessionEnding | None
    comfort: Answers
    steps: tuple[str, ...]
    practices: tuple[Practised, ...] = ()
    feelings: Feelings | None = None
    comfort_again: Answers | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """All of it in the order of time; `tests` found the comfortable range, `won` is how much was won by each day."""

    person: Person
    began: datetime
    prescriptions: tuple[Prescription, ...]
    sessions: tuple[Sat, ...]
    tests: tuple[Practised, ...]
    won: Mapping[date, float]


def written(
    exercise: Exercise, assignment: Assignment, started_at: datetime, done: Done, ending: Ending
) -> Practised:
    """A practice as it goes into the log."""
    return Practised(
        exercise,
        assignment,
        started_at,
        started_at + timedelta(seconds=round(done.seconds, 2)),
        ending,
        done.judged_share,
        done.repetitions,
        done.traces,
    )
