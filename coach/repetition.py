"""One repetition under way: how it began, how it went, and the finished repetition made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from coach.events import Repetition, UnwantedMovement, WatchedArea
from coach.face import Side
from coach.plan import Turn
from coach.resting_shape import RestingShape
from coach.watch import Area

STARTED = 0.3  # levels are shares of the band's lower edge: from here on a movement is under way,
LET_GO = 0.3  # below this it has melted away
UNEVEN = 0.5  # the weaker side below half of the other is not even any more (clinical.md 1.2, rule 3: our own bound)
NOTED_SECONDS = 0.3  # an area outside its tolerance for less is a flicker, not noted
UNSEEN_SHARE = (
    1 / 3
)  # an area unseen for more of a repetition was not seen: nothing is said of it, nor that it was quiet
# A smooth (raised cosine) movement to the middle of a band of 20 to 40 % passes from STARTED to the band's lower edge
# in this share of its whole ramp: (acos(1 - 2 * 1 / 1.5) - acos(1 - 2 * 0.3 / 1.5)) / pi.
PASSING_SHARE = 0.313
FASTEST_RAMP_SECONDS = 1.0  # clinical.md 1.2, rule 1: anything under about a second is too fast
APART_SECONDS = 0.5  # proposal: sides that begin further apart than this did not start together
RANGE_QUANTILE = 0.8  # of the hold: a comfortable range that was shown, not its one noisiest picture
Sides = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """The repetition under way. Times in seconds; `held` collects (right, left) amplitudes in mm.

    `hold_seconds` are those in the band with every watched area quiet, `shown_seconds` those the person has seen
    counted (the same, unless nothing is said about how it goes). `side_started_at` is when each side set off, `reached_at` when
    the band was reached, `last_inside_at` when the movement was in it last. `resting` is the shape of the face in the
    rest it started from.
    """

    started_at: float | None = None
    side_started_at: Sides = (None, None)
    reached_at: float | None = None
    last_inside_at: float | None = None
    let_go_at: float | None = None
    hold_seconds: float = 0.0
    shown_seconds: float = 0.0
    hold_reached: bool = False
    over_seconds: float = 0.0
    peak: Sides = (None, None)
    held: tuple[Sides, ...] = ()
    unwanted: tuple[UnwantedMovement, ...] = ()
    corrections: tuple[str, ...] = ()
    warned: bool = False
    resting: RestingShape | None = None
    pictures: int = 0
    judged: int = 0

    @property
    def rise_seconds(self) -> float | None:
        """How long the way up took, from its passing of the band's lower part; None: not seen whole."""
        if self.started_at is None or self.reached_at is None:
            return None
        return (self.reached_at - self.started_at) / PASSING_SHARE

    @property
    def release_seconds(self) -> float | None:
        """How long letting go took, likewise; None: not seen whole."""
        if self.last_inside_at is None or self.let_go_at is None:
            return None
        return (self.let_go_at - self.last_inside_at) / PASSING_SHARE

    def follow(self, level: float, sides: Sides, lows: Sides, now: float) -> Attempt:
        """With one more picture: when each side set off, when the band was reached, when it was left."""
        attempt = self
        if level >= 1.0:
            attempt = replace(attempt, last_inside_at=now, let_go_at=None)
        elif level < LET_GO and attempt.last_inside_at is not None and attempt.let_go_at is None:
            attempt = replace(attempt, let_go_at=now)
        begun = tuple(
            before if before is not None or amount is None or low is None or amount < STARTED * low else now
            for before, amount, low in zip(attempt.side_started_at, sides, lows, strict=True)
        )
        return replace(attempt, side_started_at=(begun[0], begun[1]))


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
        clean=attempt.hold_reached and not attempt.warned and even and "too_big" not in attempt.corrections,
        judged_share=attempt.judged / max(attempt.pictures, 1),
        unwanted=unwanted,
        unseen=tuple(dict.fromkeys(a.rule.pattern for a in areas if a.unseen_share > UNSEEN_SHARE)),
        resting=attempt.resting,
        movement=turn.movement,
        side=turn.side,
        corrections=attempt.corrections,
        rise_seconds=attempt.rise_seconds,
        release_seconds=attempt.release_seconds,
        isolation=_isolation(areas),
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
