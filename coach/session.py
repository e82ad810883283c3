"""A session from the comfort check to the summary: its steps, what comes next, and when it is enough.

Short and few is the method (S1: concentration fades). Days and times come in, in the person's own zone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from coach.programme import LONGEST_SESSION_SECONDS

if TYPE_CHECKING:
    from coach.assignment import Assignment
    from coach.exercise import Exercise

Kind = Literal["comfort", "rest", "exercise", "felt", "blink", "closing", "feelings", "summary"]

# What a session holds besides exercises. Proposals: long enough to let go and to blink the eyes wet, and what a few
# taps take. Together they are no more than coach.programme reckons with, so every ready programme fits.
COMFORT_SECONDS = 30.0
REST_SECONDS = 60.0
FELT_SECONDS = 5.0
BLINK_SECONDS = 15.0
CLOSING_SECONDS = 30.0
FEELINGS_SECONDS = 20.0

COMFORT_HOLDS = timedelta(hours=4)
"""So long the comfort check holds on its own day (proposal: tightness and eyes change over a day, clinical.md 7.6)."""

RESUMABLE = timedelta(days=3)
"""So long a session that was not ended can be gone on with (proposal: later, a fresh start is clearer)."""

LIMIT_A_DAY = 4
"""Sessions a day at most (clinical.md 1.3, a proposal there)."""

APART = timedelta(minutes=60)
"""Sessions closer together than this are warned of (proposal: bouts are spread over the day, S1)."""

FELT_QUESTION = "Did you feel the chin, neck or cheek join in?"
"""clinical.md 7.9: there the camera is blind."""
FELT_AT_REST = "Did you feel the chin, neck or cheek tighten?"

FELT_AREAS: Mapping[str, str] = {"chin": "Chin", "neck": "Neck", "cheek": "Cheek"}
FELT_NONE = "None of them"

WORDS: Mapping[Kind, str] = {
    "comfort": "First, how are you today?",
    "rest": "Let your jaw hang and your tongue rest. Breathe out slowly. Nothing to do.",
    "felt": FELT_QUESTION,
    "blink": "Look away from the screen and blink softly a few times.",
    "closing": "Let everything melt. Breathe out slowly, and let the tight side spread.",
    "feelings": "How do you feel now?",
    "summary": "That was today's practice.",
}
"""What is said at each step; an exercise speaks for itself."""

TIME_IS_UP = "Twelve minutes of practice are enough at a time. Now the closing rest."


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a session. `item` counts the exercises from 1; `seconds` is how long a rest or a pause is."""

    kind: Kind
    item: int | None = None
    seconds: float | None = None

    @property
    def key(self) -> str:
        """The name under which a step is remembered as done: "rest", "exercise-1"."""
        return self.kind if self.item is None else f"{self.kind}-{self.item}"


@dataclass(frozen=True, slots=True)
class Fit:
    """What of the planned exercises goes into one session, how long it takes, and the names of those left out."""

    kept: tuple[tuple[Exercise, Assignment], ...]
    left_out: tuple[str, ...]
    seconds: float

    @property
    def words(self) -> str | None:
        """What is said of those that were left out; None where all fit."""
        if not self.left_out:
            return None
        return f"Under 12 minutes is best, so today leaves out: {', '.join(self.left_out)}."


@dataclass(frozen=True, slots=True)
class Sitting:
    """An earlier session: when its practices began, and when it ended (None: it was left open)."""

    practices_began_at: tuple[datetime, ...]
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether one more session today is wise; after "enough" it may be begun all the same, at the "limit" not."""

    kind: Literal["go", "enough", "limit"]
    words: str


def steps(cards: Sequence[Exercise]) -> tuple[Step, ...]:
    """All steps of a session with these exercises, in their order.

    A session that is gone on with has the steps it began with: `cards` are those that fitted then, with the whole dose.
    A timer has no question after it: hands were on the face, and nothing was to stay quiet.
    """
    middle: list[Step] = []
    for item, card in enumerate(cards, start=1):
        if item > 1:
            middle.append(Step("blink", item - 1, BLINK_SECONDS))
        middle.append(Step("exercise", item))
        if card.judged != "nothing":
            middle.append(Step("felt", item))
    return (
        Step("comfort"),
        Step("rest", seconds=REST_SECONDS),
        *middle,
        Step("closing", seconds=CLOSING_SECONDS),
        Step("feelings"),
        Step("summary"),
    )


def next_step(
    steps: Sequence[Step],
    done: Collection[str],
    comfort_at: datetime | None,
    now: datetime,
    used_seconds: float = 0.0,
) -> Step | None:
    """What comes next; None once all is done.

    `done` holds the keys of what was done, `comfort_at` is when the comfort check was last answered, `used_seconds` is
    how long exercises were practised in this session. When the time is used up, no further exercise is begun. The
    comfort check comes again before an exercise on another day; where none is left by then, how it felt is not asked
    any more.
    """
    left = [step for step in steps if step.key not in done]
    ahead = {step.item for step in left if step.kind == "exercise"}
    if time_is_up(used_seconds):
        left = [
            s
            for s in left
            if s.kind not in ("exercise", "blink") and not (s.kind == "felt" and s.item in ahead)
        ]
        ahead = set()
    if not comfort_holds(comfort_at, now):
        if ahead:
            return next(step for step in steps if step.kind == "comfort")
        left = [step for step in left if step.kind == "summary"]
    return next(iter(left), None)


def comfort_holds(comfort_at: datetime | None, now: datetime) -> bool:
    """Whether the comfort check still speaks for now: the same day, and not too long ago."""
    if comfort_at is None:
        return False
    return _day(comfort_at, now) == now.date() and abs(now - comfort_at) <= COMFORT_HOLDS


def time_is_up(used_seconds: float) -> bool:
    """Whether the practice time of one session is used up (clinical.md 1.3: 12 minutes, a proposal there)."""
    return used_seconds >= LONGEST_SESSION_SECONDS


def remaining(planned: int, done: int) -> int:
    """How many repetitions an interrupted exercise still has."""
    return max(planned - done, 0)


def resumable(started_at: datetime, now: datetime) -> bool:
    """Whether a session that was not ended is gone on with; otherwise a new one begins."""
    return now - started_at <= RESUMABLE


def estimate_seconds(exercise: Exercise, assignment: Assignment) -> float:
    """How long an exercise takes when nothing holds it up; the rest after its last repetition stands for getting ready.

    In a card with tasks the assignment's repetitions are those of all tasks together.
    """
    if assignment.repetitions is None:
        return exercise.seconds(hold_seconds=assignment.hold_seconds)
    once = exercise.seconds(1, assignment.hold_seconds) / max(len(exercise.tasks), 1)
    return assignment.repetitions * once


def session_seconds(planned: Iterable[tuple[Exercise, Assignment]]) -> float:
    """How long a session takes with everything around its exercises."""
    planned = tuple(planned)
    frame = COMFORT_SECONDS + REST_SECONDS + CLOSING_SECONDS + FEELINGS_SECONDS
    pauses = BLINK_SECONDS * max(len(planned) - 1, 0)
    return frame + pauses + sum(_with_question(exercise, assignment) for exercise, assignment in planned)


def fit(items: Sequence[tuple[Exercise, Assignment]]) -> Fit:
    """As many of the exercises, from the first on, as stay under 12 minutes; the last ones are left out.

    A first exercise that is too long by itself is done fewer times.
    """
    kept = tuple(items)
    while len(kept) > 1 and session_seconds(kept) >= LONGEST_SESSION_SECONDS:
        kept = kept[:-1]
    while kept and session_seconds(kept) >= LONGEST_SESSION_SECONDS:
        exercise, assignment = kept[0]
        times = _repetitions(exercise, assignment) - 1
        kept = ((exercise, replace(assignment, repetitions=times)),) if times else ()
    return Fit(kept, tuple(exercise.name for exercise, _ in items[len(kept) :]), session_seconds(kept))


def allowed(earlier: Iterable[Sitting], now: datetime, planned: int = 2) -> Allowance:
    """Whether a new session is wise now: only those count in which something was practised today.

    Going on with a session that was left open is not a new one.
    """
    practised = [sitting for sitting in earlier if sitting.practices_began_at]
    today = sum(
        any(_day(began_at, now) == now.date() for began_at in sitting.practices_began_at)
        for sitting in practised
    )
    if today >= LIMIT_A_DAY:
        return Allowance(
            "limit", "Four sessions are enough for one day. Let your face rest now; tomorrow is a new day."
        )
    if today >= planned:
        return Allowance(
            "enough",
            "Today's practice is done. More is not better: rest lets it settle. You may go on if you wish.",
        )
    if any(timedelta(0) <= now - _ended_at(sitting) < APART for sitting in practised):
        return Allowance(
            "enough",
            "Your last session was less than an hour ago. A longer rest between does more. You may go on if you wish.",
        )
    return Allowance("go", f"Session {today + 1} of {planned} today.")


def _ended_at(sitting: Sitting) -> datetime:
    return sitting.ended_at or max(sitting.practices_began_at)


def _day(at: datetime, now: datetime) -> object:
    """The day of a time on the person's own calendar, which is that of `now`."""
    if at.tzinfo is None or now.tzinfo is None:
        raise ValueError(f"Times without a zone have no day: {at}, {now}. Pass times with their zone.")
    return at.astimezone(now.tzinfo).date()


def _with_question(exercise: Exercise, assignment: Assignment) -> float:
    return estimate_seconds(exercise, assignment) + FELT_SECONDS * (exercise.judged != "nothing")


def _repetitions(exercise: Exercise, assignment: Assignment) -> int:
    return assignment.repetitions or exercise.dose.repetitions * max(len(exercise.tasks), 1)
