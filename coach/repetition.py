"""One repetition under way: how it began, how it went, and the finished repetition made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from coach.events import Repetition, UnwantedMovement, WatchedArea
from coach.face import Side
from coach.manner import UNEVEN, Manner, Sides
from coach.plan import Turn
from coach.resting_shape import RestingShape
from coach.watch import Area

NOTED_SECONDS = 0.3  # an area outside its tolerance for less is a flicker, not noted
UNSEEN_SHARE = (
    1 / 3
)  # an area unseen for more of a repetition was not seen: nothing is said of it, nor that it was quiet
MOST_BLINKED = 0.4  # of a hold: with more of it in blinks nothing can be said of it (clinical.md 7.2)
RANGE_QUANTILE = 0.8  # of the hold: a comfortable range that was shown, not its one noisiest picture


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """The repetition under way. Times in seconds; `held` collects (right, left) amplitudes in mm.

    `hold_seconds` are those in the band with every watched area quiet, `shown_seconds` those the person has seen
    counted (the same, unless nothing is said about how it goes), `blinked_seconds` those of `hold_seconds` that were
    blinks. `manner` is how the movement is made. `resting` is the shape of the face in the rest it started from.
    """

    started_at: float | None = None
    manner: Manner = field(default_factory=Manner)
    hold_seconds: float = 0.0
    shown_seconds: float = 0.0
    blinked_seconds: float = 0.0
    hold_reached: bool = False
    peak: Sides = (None, None)
    held: tuple[Sides, ...] = ()
    unwanted: tuple[UnwantedMovement, ...] = ()
    warned: bool = False
    resting: RestingShape | None = None
    pictures: int = 0
    judged: int = 0

    @property
    def blinked(self) -> bool:
        """Whether the hold was mostly blinks."""
        return self.blinked_seconds > MOST_BLINKED * self.hold_seconds


def noted(area: Area, now: float) -> tuple[UnwantedMovement, ...]:
    """The area's movement as it goes into the log; a flicker is not noted."""
    joining = area.joining
    if joining is None or (joining.warned_at is None and joining.outside_seconds < NOTED_SECONDS):
        return ()
    return (
        UnwantedMovement(
            pattern=area.rule.pattern,
            movement=area.rule.movement,
            side=area.rule.side,
            started_at=joining.started_at,
            ended_at=now,
            peak_mm=joining.peak_mm,
            onset_amplitude_mm=joining.onset_amplitude_mm,
            warned_at=joining.warned_at,
        ),
    )


def finish(
    turn: Turn,
    attempt: Attempt,
    areas: Iterable[Area],
    number: int,
    started_at: float,
    now: float,
    unwanted: tuple[UnwantedMovement, ...],
) -> Repetition:
    """The finished repetition as it goes into the log."""
    areas = tuple(areas)
    of_range = turn.movement is not None and turn.band is None
    right, left = (_amplitude(attempt, index, of_range) for index in (0, 1))
    if turn.side is not None:
        right, left = (right, None) if turn.side is Side.RIGHT else (None, left)
    symmetry = _symmetry(right, left)
    even = symmetry is None or symmetry >= UNEVEN or of_range
    return Repetition(
        number=number,
        started_at=attempt.started_at if attempt.started_at is not None else started_at,
        ended_at=now,
        amplitude_right_mm=right,
        amplitude_left_mm=left,
        symmetry=symmetry,
        hold_seconds=attempt.hold_seconds,
        clean=attempt.hold_reached
        and not attempt.warned
        and not attempt.blinked
        and even
        and "too_big" not in attempt.manner.told,
        judged_share=attempt.judged / max(attempt.pictures, 1),
        unwanted=unwanted,
        unseen=tuple(
            dict.fromkeys(a.rule.pattern for a in areas if attempt.blinked or a.unseen_share > UNSEEN_SHARE)
        ),
        resting=attempt.resting,
        movement=turn.movement,
        side=turn.side,
        corrections=attempt.manner.told,
        rise_seconds=attempt.manner.rise_seconds,
        release_seconds=attempt.manner.release_seconds,
        isolation=None if attempt.blinked else _isolation(areas),
        muted=turn.muted,
        watched=tuple(_watched(area) for area in areas),
    )


def _watched(area: Area) -> WatchedArea:
    return WatchedArea(
        pattern=area.rule.pattern,
        side=area.rule.side,
        coupling=area.along.slope,
        peak_mm=area.largest_mm,
        seen_share=1.0 - area.unseen_share,
    )


def _isolation(areas: tuple[Area, ...]) -> float | None:
    """1 / (1 + sum of what each area went over its tolerance, in tolerances) (clinical.md 5.3, all weights 1).

    None where a watched area was not seen: what it did is not known.
    """
    if not areas or any(area.largest_mm is None or area.unseen_share > UNSEEN_SHARE for area in areas):
        return None
    return 1.0 / (1.0 + sum(max(area.largest_excess - 1.0, 0.0) for area in areas))


def _amplitude(attempt: Attempt, index: int, of_range: bool) -> float | None:
    """Median over the hold (a range: what was reached for a fifth of it), or the largest where there was no hold."""
    held = [value for pair in attempt.held if (value := pair[index]) is not None]
    if not attempt.held:
        return attempt.peak[index]
    return float(np.quantile(held, RANGE_QUANTILE if of_range else 0.5)) if held else None


def _symmetry(right: float | None, left: float | None) -> float | None:
    """Smaller over larger amplitude (clinical.md 5.3); None where a side is unseen or nothing moved."""
    if right is None or left is None or max(right, left) <= 0:
        return None
    return max(min(right, left), 0.0) / max(right, left)


def larger(a: Sides, b: Sides) -> Sides:
    """The larger of two amplitudes on each side; what was unseen counts not at all."""
    right, left = (x if y is None else y if x is None else max(x, y) for x, y in zip(a, b, strict=True))
    return right, left
