"""One repetition as lines over time: the wanted movement, what joined in, and how much of it was let pass.

Everything comes from the course that was kept and from the rules of the card; what was not seen is a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coach import blink, watch
from coach.events import Repetition
from coach.exercise import Exercise, Pattern, closes_eyes
from coach.face import SIDES, Side
from coach.movements import MILLIMETRES, TARGETS, Readings, amount, target_amplitude
from coach.records import PracticeRecord
from coach.trace import Trace
from coach.watch import Rule

UNSEEN_SECONDS = 0.3  # a gap of a few pictures is no gap (a camera gives 15 to 30 a second)

Numbers = NDArray[np.float64]
Area = tuple[str, Side | None]
"""A pattern, and the side on which it is watched; None: the midline."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One movement over the moments of the course, in mm; NaN: not seen."""

    mm: Numbers
    side: Side | None = None


@dataclass(frozen=True, slots=True, eq=False)
class WatchedLine:
    """One watched area; NaN in `mm`: not seen, or a blink, in which nothing is watched.

    `let_pass_mm` is how far it may go at each moment; None: that is not known any more.
    """

    area: Area
    mm: Numbers
    let_pass_mm: Numbers | None


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """All lines of one repetition; `seconds` counts from the first moment that was kept, at `began_at`.

    `wanted` is the mean of the sides that moved, as onsets are measured; None: the movement was not measured.
    `unseen` are the stretches in which nothing was judged, `blinks` those in which somebody blinked. `reach_mm` is the
    band to reach; None: not known any more.
    """

    began_at: float
    seconds: Numbers
    wanted: Line | None
    sides: tuple[Line, ...]
    watched: tuple[WatchedLine, ...]
    unseen: tuple[tuple[float, float], ...]
    blinks: tuple[tuple[float, float], ...]
    reach_mm: tuple[float, float] | None

    def at(self, seconds: float) -> float:
        """A moment of the practice on the clock of this course."""
        return seconds - self.began_at


def course(
    trace: Trace,
    record: PracticeRecord,
    repetition: Repetition,
    exercise: Exercise | None,
    patterns: Mapping[str, Pattern],
) -> Course:
    """The lines of one repetition; with a card that is gone or has changed, nothing is said of its limits."""
    same_card = exercise is not None and exercise.version == record.card_version
    seen = np.where(np.isfinite(trace.values_mm), trace.values_mm, None)
    nothing = dict.fromkeys(MILLIMETRES)
    read: list[Readings] = [{**nothing, **dict(zip(trace.names, row, strict=True))} for row in seen]
    sides = tuple(_sides(repetition, read))
    began_at = float(trace.at_seconds[0]) if len(trace.at_seconds) else repetition.started_at
    seconds = trace.at_seconds - began_at
    blinking = _blinking(record, repetition, exercise, read, seconds)
    return Course(
        began_at=began_at,
        seconds=seconds,
        wanted=Line(_mean([line.mm for line in sides])) if sides else None,
        sides=sides,
        watched=tuple(
            _watched(record, repetition, exercise if same_card else None, patterns, read, blinking)
        ),
        unseen=tuple(_gaps(seconds)),
        blinks=tuple(_spans(seconds, blinking)),
        reach_mm=_reach(record, repetition, exercise if same_card else None),
    )


def _sides(repetition: Repetition, read: list[Readings]) -> Iterator[Line]:
    if repetition.movement not in TARGETS:
        return
    for side in SIDES:
        if repetition.side in (None, side):
            yield Line(_numbers(target_amplitude(repetition.movement, moment, side) for moment in read), side)


def _watched(
    record: PracticeRecord,
    repetition: Repetition,
    exercise: Exercise | None,
    patterns: Mapping[str, Pattern],
    read: list[Readings],
    blinking: NDArray[np.bool_],
) -> Iterator[WatchedLine]:
    """The areas that were watched, those that joined in first; by the rules of the card where it is still the same."""
    joined = [(unwanted.pattern, unwanted.side) for unwanted in repetition.unwanted]
    areas = dict.fromkeys([*joined, *((area.pattern, area.side) for area in repetition.watched)])
    rules = {
        (rule.pattern, rule.side): rule
        for rule in (
            watch.rules(exercise, patterns, record.affected, record.sensitivity, moving=repetition.side)
            if exercise is not None
            else ()
        )
    }
    movements = {u.pattern: u.movement for u in repetition.unwanted}
    for pattern_id, side in areas:
        pattern = patterns.get(pattern_id)
        movement = movements.get(pattern_id) or (pattern.movement if pattern else None)
        if movement is None:
            continue
        sign = -1.0 if pattern is not None and pattern.direction == "less" else 1.0
        mm = sign * _numbers(amount(movement, side, moment) for moment in read)
        rule = rules.get((pattern_id, side))
        let_pass = None if rule is None else _let_pass(rule, repetition, read)
        yield WatchedLine((pattern_id, side), np.where(blinking, np.nan, mm), let_pass)


def _let_pass(rule: Rule, repetition: Repetition, read: list[Readings]) -> Numbers | None:
    """How far an area may go at each moment, as coach.watch judges it; None: the resting lid gap was not seen.

    Where the other side's movement is taken off first, the limit moves with it. On an unsteady day it was wider.
    """
    lowest = np.full(len(read), np.nan)
    for limit, floor in rule.limits:
        floor_mm = floor
        if limit.unit == "percent_of_rest_gap" and rule.side is not None:
            gap = resting_gap_mm(repetition, rule.side)
            if gap is None:
                return None
            floor_mm = floor / 100 * gap
        line = np.full(len(read), floor_mm)
        if limit.compare == "minus_other_side" and rule.side is not None:
            other = _numbers(amount(rule.movement, rule.side.other, moment) for moment in read)
            line = line + np.maximum(rule.sign * other, 0.0)
        lowest = np.fmin(lowest, line)
    return lowest


def resting_gap_mm(repetition: Repetition, side: Side) -> float | None:
    """How far an eye was open in the rest before; None: not seen."""
    if repetition.resting is None:
        return None
    right, left = repetition.resting.lid_gap_right_mm, repetition.resting.lid_gap_left_mm
    return right if side is Side.RIGHT else left


def _reach(
    record: PracticeRecord, repetition: Repetition, exercise: Exercise | None
) -> tuple[float, float] | None:
    if record.band is not None and repetition.movement != "eye_closing":  # that alone is in percent
        return record.band
    target = exercise.target if exercise is not None else None
    if target is None or repetition.movement is None:
        return None
    low, high = record.band or (target.low, target.high)
    if target.unit == "mm":
        return low, high
    gaps = [resting_gap_mm(repetition, side) for side in SIDES]
    seen = [gap for gap in gaps if gap is not None]
    return (low / 100 * float(np.mean(seen)), high / 100 * float(np.mean(seen))) if seen else None


def _blinking(
    record: PracticeRecord,
    repetition: Repetition,
    exercise: Exercise | None,
    read: list[Readings],
    seconds: Numbers,
) -> NDArray[np.bool_]:
    """In which moments somebody blinked, found as coach.blink finds it, from the lids that were kept."""
    masked = np.zeros(len(read), dtype=np.bool_)
    gaps = {side: gap for side in SIDES if (gap := resting_gap_mm(repetition, side)) is not None}
    if len(gaps) < len(SIDES) or (exercise is not None and closes_eyes(exercise, record.level)):
        return masked
    state, resting = blink.Blinking(), blink.lid_gap(gaps, record.affected)
    for number, (moment, at) in enumerate(zip(read, seconds, strict=True)):
        narrowed = {side: moment[f"eye_narrowing_{side.value}"] for side in SIDES}
        now = {side: max(gaps[side] - mm, 0.0) for side, mm in narrowed.items() if mm is not None}
        if len(now) == len(SIDES):
            state = blink.step(state, blink.lid_gap(now, record.affected), float(at), resting)
        masked[number] = state.masks(float(at))
    return masked


def _spans(seconds: Numbers, marked: NDArray[np.bool_]) -> Iterator[tuple[float, float]]:
    """From when to when the marked moments last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(int)))
    for first, over in zip(edges[::2], edges[1::2], strict=True):
        yield float(seconds[first]), float(seconds[min(over, len(seconds) - 1)])


def _gaps(seconds: Numbers) -> Iterator[tuple[float, float]]:
    for before, after in pairwise(seconds):
        if after - before > UNSEEN_SECONDS:
            yield float(before), float(after)


def _numbers(values: Iterator[float | None]) -> Numbers:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _mean(lines: list[Numbers]) -> Numbers:
    """The mean of what was seen at each moment."""
    stacked = np.vstack(lines)
    seen = np.isfinite(stacked)
    total = np.where(seen, stacked, 0.0).sum(axis=0)
    count = seen.sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
