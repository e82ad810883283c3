"""How far each side went in the weekly range test, by the camera: figures of their own, on no clinical scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import get_args

from coach.calibration import NAMES, Measured
from coach.exercise import TargetMovement
from coach.face import Side
from coach.records.telling import long_day, mm


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the sides went in one movement of one test; None: not seen."""

    day: date
    movement: TargetMovement
    right_mm: float | None
    left_mm: float | None

    def of(self, side: Side) -> float | None:
        """How far one side went."""
        return self.right_mm if side is Side.RIGHT else self.left_mm


def reaches(tests: Iterable[Measured]) -> tuple[Reach, ...]:
    """The largest reading of each movement in each test, the oldest test first."""
    found = []
    for test in sorted(tests, key=lambda test: test.day):
        for movement in get_args(TargetMovement):
            tried = [one for one in test.repetitions if one.movement == movement]
            if tried:
                right = max(
                    (r.amplitude_right_mm for r in tried if r.amplitude_right_mm is not None), default=None
                )
                left = max(
                    (r.amplitude_left_mm for r in tried if r.amplitude_left_mm is not None), default=None
                )
                found.append(Reach(test.day, movement, right, left))
    return tuple(found)


def side_name(side: Side, affected: Side | None) -> str:
    """A side by what it is, "left (affected)"; by its name alone where that is not known."""
    if affected is None:
        return side.value
    return f"{side.value} ({'affected' if side is affected else 'healthy'})"


def said_of_one(course: tuple[Reach, ...], affected: Side | None) -> str:
    """One movement in words: what was read last, and first."""
    last, first = course[-1], course[0]
    words = (
        f"{NAMES[last.movement].capitalize()}, by the camera: {_both(last, affected)} on {long_day(last.day)}"
    )
    if len(course) > 1:
        words += f"; {_both(first, affected)} on {long_day(first.day)}"
    return f"{words}."


def said_of_all(latest: tuple[Reach, ...], affected: Side | None) -> str:
    """The latest test in words, the movement that went furthest first."""
    ordered = sorted(latest, key=lambda one: -max(one.right_mm or 0.0, one.left_mm or 0.0))
    told = "; ".join(f"{NAMES[one.movement]} {_both(one, affected)}" for one in ordered[:2])
    return f"How far each side went in comfort, by the camera, on {long_day(latest[0].day)}: {told}."


def _both(one: Reach, affected: Side | None) -> str:
    sides = (affected, affected.other) if affected is not None else (Side.RIGHT, Side.LEFT)
    parts = []
    for side in sides:
        value = one.of(side)
        name = side_name(side, affected)
        parts.append(f"{name} not seen" if value is None else f"{name} {mm(value)}")
    return ", ".join(parts)
