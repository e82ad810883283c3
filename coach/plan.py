"""What one practice will be: a turn for each repetition, with its movement, its band and the areas that stay quiet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coach import watch, words
from coach.assignment import Assignment, Schedule
from coach.exercise import Dose, Exercise, Pattern, TargetMovement, Unit, closes_eyes
from coach.face import SIDES, Side
from coach.rest import Rest

REST_ONLY_LEVEL = 1  # clinical.md 1.5: level 1 is relaxing and resting only
TINY_LEVEL = 2  # level 2 a tiny movement
IN_WORDS_LEVEL = 6  # and level 6 the movement in words or in expression


@dataclass(frozen=True, slots=True)
class Band:
    """How far to go, from `low` to `high`, in `unit`; above it smaller is better."""

    low: float
    high: float
    unit: Unit

    def mm(self, side: Side, rest: Rest) -> tuple[float, float]:
        """The band on one side in mm."""
        unit = rest.lid_gap_mm[side] / 100 if self.unit == "percent_of_rest_gap" else 1.0
        return self.low * unit, self.high * unit


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """One repetition to come.

    `movement` is what is measured, None where only the areas are watched; `side` is the one that moves alone, None for
    both. Without a `band` the clock leads. `still` asks for no movement at all; `muted` says nothing about how it goes.
    `task` is the id of the card's own task, where it has tasks.
    """

    prompt: str
    movement: TargetMovement | None = None
    side: Side | None = None
    band: Band | None = None
    still: bool = False
    muted: bool = False
    eyes_closed: bool = False
    rules: tuple[watch.Rule, ...] = ()
    task: str | None = None

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that are to move."""
        return SIDES if self.side is None else (self.side,)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """One practice to come: its turns, its seconds, and how long an area must join in before it is said."""

    exercise: Exercise
    affected: Side | None
    assignment: Assignment
    dose: Dose
    turns: tuple[Turn, ...]
    dwell_seconds: float

    @classmethod
    def of(
        cls,
        exercise: Exercise,
        patterns: Mapping[str, Pattern],
        affected: Side | None,
        assignment: Assignment | None = None,
    ) -> Plan:
        """The plan for one person; both sides are watched where the affected side is not known."""
        assigned = assignment or Assignment(exercise.id)
        times = exercise.dose.repetitions * max(len(exercise.tasks), 1)  # a range: so often for each task
        changed = {
            "repetitions": assigned.repetitions or times,
            "hold_seconds": assigned.hold_seconds or exercise.dose.hold_seconds,
        }
        dose = exercise.dose.model_copy(update=changed)
        turns = _turns(exercise, patterns, affected, assigned, dose.repetitions)
        return cls(exercise, affected, assigned, dose, turns, watch.DWELL_SECONDS[assigned.sensitivity])

    @property
    def repetitions(self) -> int:
        """How many there will be."""
        return len(self.turns)

    def turn(self, repetition: int) -> Turn:
        """The turn of a repetition, counted from 1."""
        return self.turns[repetition - 1]


def _turns(
    exercise: Exercise,
    patterns: Mapping[str, Pattern],
    affected: Side | None,
    assigned: Assignment,
    repetitions: int,
) -> tuple[Turn, ...]:
    if exercise.judged == "range":
        return tuple(
            Turn(task.prompt, task.movement, eyes_closed=task.eyes_closed, task=task.id)
            for task in exercise.tasks
            for _ in range(exercise.dose.repetitions)
        )[assigned.done : assigned.done + repetitions]
    target = exercise.target
    still = exercise.judged == "stillness" or assigned.level == REST_ONLY_LEVEL
    prompt = exercise.prompt
    if assigned.level == IN_WORDS_LEVEL and exercise.in_words:
        prompt = exercise.in_words
    if assigned.level == TINY_LEVEL and target is not None and target.movement == "eye_closing":
        # the cards ask for lids that close, or go half way
        prompt = words.LIDS_HALF_WAY if exercise.eyes_closed else words.LIDS_A_LITTLE
    moving: tuple[Side | None, ...] = (None,)
    if target is not None and target.one_side and not still:
        first = affected or Side.RIGHT
        moving = (first, first.other)
    band = None
    if target is not None and not still:
        low, high = assigned.band or (target.low, target.high)
        band = Band(low, high, target.unit)

    def turn(side: Side | None, muted: bool) -> Turn:
        return Turn(
            prompt=prompt,
            movement=target.movement if target is not None and not still else None,
            side=side,
            band=band,
            still=still,
            muted=muted,
            eyes_closed=closes_eyes(exercise, assigned.level) and not still,
            rules=watch.rules(exercise, patterns, affected, assigned.sensitivity, assigned.watch, side),
        )

    kinds = {(side, muted): turn(side, muted) for side in moving for muted in (False, True)}
    numbers = range(assigned.done + 1, assigned.done + repetitions + 1)
    return tuple(kinds[moving[(n - 1) % len(moving)], _muted(assigned.feedback, n)] for n in numbers)


def _muted(feedback: Schedule, number: int) -> bool:
    """Fading (clinical.md 1.5, 6): every repetition is told, every other one, or none before the end of the set."""
    return feedback == "after" or (feedback == "half" and number % 2 == 0)
