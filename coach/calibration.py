"""The person's own comfortable range: how far the healthy side goes, from the guided test, which is not practice.

Bands are shares of it. Only amplitudes come from the healthy side; what is unwanted is held against the person's own
rest (clinical.md 7.8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args

from coach.events import Repetition
from coach.exercise import TargetMovement
from coach.face import Side

RANGE_CARD = "comfortable-range"
"""The card of the guided test (clinical.md 2.3: the assessment set)."""

GOOD_FOR = timedelta(weeks=8)
"""After this a range is measured again (proposal: movement still changes over months, S88, and an injection's effect
comes and goes within about three, clinical.md 1.6)."""

# What is no range. Proposals: below 1 mm even half of it is under the smallest band the camera reads steadily
# (coach.levels); the widest healthy smile found is about 22 mm (clinical.md 2.2), so more than 30 was misread.
SMALLEST_MM, LARGEST_MM = 1.0, 30.0

NAMES: Mapping[TargetMovement, str] = {
    "smile": "smile",
    "pucker": "pucker",
    "eye_closing": "eye closing",
    "brow_raise": "brow raise",
    "frown": "frown",
    "nose_wrinkle": "nose wrinkle",
    "upper_lip_raise": "upper lip raise",
    "lower_lip_drop": "lower lip",
}
"""The movements by the names people use."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One practice of the guided test, on its day."""

    day: date
    repetitions: tuple[Repetition, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """How far the healthy side went in comfort, and on which day."""

    mm: float
    day: date


def ranges(practices: Iterable[Measured], affected: Side | None) -> Mapping[TargetMovement, Range]:
    """The range of each movement, from the latest test in which it was tried; none where it was unseen or implausible.

    It is the healthy side's largest, so of a movement that was tried small and full it is the full one. Where the
    affected side is not known it is that of the side that goes less far, and then both must have been seen.
    """
    return {name: own for name, own in _latest(practices, affected).items() if is_plausible(own.mm)}


def set_aside(practices: Iterable[Measured], affected: Side | None) -> tuple[str, ...]:
    """One sentence for each movement whose latest reading is no plausible range and is not used."""
    return tuple(
        f"Your {NAMES[name]} was read as about {own.mm:.1f} mm, "
        f"too {'small' if own.mm < SMALLEST_MM else 'large'} to go by. Until the next test the card's own band holds."
        for name, own in _latest(practices, affected).items()
        if not is_plausible(own.mm)
    )


def is_plausible(mm: float) -> bool:
    """Whether a reading can be somebody's comfortable range."""
    return SMALLEST_MM <= mm <= LARGEST_MM


def stale(day: date, today: date) -> bool:
    """Whether a range of that day is due to be measured again; it is used until then, and after."""
    return today - day >= GOOD_FOR


def _latest(practices: Iterable[Measured], affected: Side | None) -> dict[TargetMovement, Range]:
    """What was read of each movement in the latest test in which it was tried and seen then."""
    found: dict[TargetMovement, Range] = {}
    for practice in sorted(practices, key=lambda practice: practice.day):
        for name in get_args(TargetMovement):
            tried = [repetition for repetition in practice.repetitions if repetition.movement == name]
            if not tried:
                continue
            found.pop(name, None)
            mm = _reached(tried, affected)
            if mm is not None:
                found[name] = Range(mm, practice.day)
    return found


def _reached(tried: Iterable[Repetition], affected: Side | None) -> float | None:
    """The largest amplitude of the healthy side; None: not seen."""
    tried = tuple(tried)
    right = max((r.amplitude_right_mm for r in tried if r.amplitude_right_mm is not None), default=None)
    left = max((r.amplitude_left_mm for r in tried if r.amplitude_left_mm is not None), default=None)
    if affected is Side.RIGHT:
        return left
    if affected is Side.LEFT:
        return right
    return None if right is None or left is None else min(right, left)
