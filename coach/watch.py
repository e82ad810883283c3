"""Is this unwanted movement real? Tolerance, hysteresis and dwell for each watched area.

Time is counted only while the face is judged: a blink or a turned head neither feeds a warning nor clears it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from coach.exercise import Exercise, Pattern, Watch
from coach.face import SIDES, Side
from coach.movements import Readings
from coach.rest import Rest

DWELL_SECONDS = {"sensitive": 0.5, "default": 0.7, "lenient": 1.0}  # clinical.md 5.7: longer than any blink
NOISE_MULTIPLE = 4.0  # clinical.md 5.7: tolerance = max(floor, 4 x personal rest sd)
BACK_INSIDE = 0.7  # share of the tolerance below which an area is quiet again: no flicker at the edge


@dataclass(frozen=True, slots=True)
class Rule:
    """One area watched for one pattern: every card rule that speaks of it, and the floor of each in its unit."""

    pattern: str
    movement: str
    side: Side | None
    sign: float
    limits: tuple[tuple[Watch, float], ...]


@dataclass(frozen=True, slots=True)
class Area:
    """One watched area now.

    `lasting_seconds` fills while it is outside its tolerance and empties while it is not; `outside_seconds` is the
    judged time outside; `seen_seconds` and `unseen_seconds` tell how much of the repetition it was seen. Times and
    amplitudes are those of the movement under way, None while the area is quiet.
    """

    rule: Rule
    lasting_seconds: float = 0.0
    outside_seconds: float = 0.0
    started_at: float | None = None
    onset_amplitude_mm: float = 0.0
    peak_mm: float = 0.0
    warned_at: float | None = None
    excess: float = 0.0
    seen_seconds: float = 0.0
    unseen_seconds: float = 0.0

    @property
    def unseen_share(self) -> float:
        """The share of judged time in which this area could not be seen, 0 to 1."""
        return self.unseen_seconds / max(self.seen_seconds + self.unseen_seconds, 1e-9)

    @property
    def joining_in(self) -> bool:
        """Outside its tolerance, however briefly."""
        return self.started_at is not None


def rules(
    exercise: Exercise, patterns: Mapping[str, Pattern], affected: Side | None, sensitivity: str
) -> tuple[Rule, ...]:
    """What to watch: one rule for each pattern and side; both sides where the affected side is not known."""
    found: list[Rule] = []
    for pattern_id in dict.fromkeys(w.pattern for w in exercise.watch):
        pattern = patterns[pattern_id]
        limits = tuple(
            (w, float(getattr(w.tolerance, sensitivity))) for w in exercise.watch if w.pattern == pattern_id
        )
        sides: tuple[Side | None, ...] = (None,)
        if pattern.where == "affected_side":
            sides = SIDES if affected is None else (affected,)
        sign = 1.0 if pattern.direction == "more" else -1.0
        found += [Rule(pattern_id, pattern.movement, side, sign, limits) for side in sides]
    return tuple(found)


def excess(rule: Rule, readings: Readings, rest: Rest) -> float | None:
    """How far an area is over its tolerance: 1 is just at it; None where it cannot be seen."""
    value = _value(rule.movement, rule.side, readings)
    if value is None:
        return None
    shares = []
    for watch, floor in rule.limits:
        moved, noise = value, _value(rule.movement, rule.side, rest.noise) or 0.0
        if watch.compare == "minus_other_side" and rule.side is not None:
            other = _value(rule.movement, rule.side.other, readings)
            if other is None:
                continue
            # Only what the other side does in the same direction is healthy co-movement.
            moved -= max(rule.sign * other, 0.0) * rule.sign
            noise = float(np.hypot(noise, _value(rule.movement, rule.side.other, rest.noise) or 0.0))
        floor_mm = floor
        if watch.unit == "percent_of_rest_gap" and rule.side is not None:
            floor_mm = floor / 100 * rest.lid_gap_mm[rule.side]
        shares.append(rule.sign * moved / max(floor_mm, NOISE_MULTIPLE * noise))
    return max(shares) if shares else None


def step(
    area: Area, readings: Readings, rest: Rest, amplitude_mm: float, at: float, seconds: float, dwell: float
) -> Area:
    """The area after one more judged picture that stands for `seconds` of time."""
    share = excess(area.rule, readings, rest)
    if share is None:
        return replace(area, unseen_seconds=area.unseen_seconds + seconds)
    area = replace(area, seen_seconds=area.seen_seconds + seconds, excess=share)
    outside = share >= (BACK_INSIDE if area.joining_in else 1.0)
    lasting = min(max(area.lasting_seconds + (seconds if outside else -seconds), 0.0), dwell)
    value = area.rule.sign * (_value(area.rule.movement, area.rule.side, readings) or 0.0)
    if not outside and lasting == 0:
        return Area(
            area.rule, excess=share, seen_seconds=area.seen_seconds, unseen_seconds=area.unseen_seconds
        )
    if not outside:
        return replace(area, lasting_seconds=lasting)
    started = area.started_at if area.started_at is not None else at
    return replace(
        area,
        lasting_seconds=lasting,
        outside_seconds=area.outside_seconds + seconds,
        started_at=started,
        onset_amplitude_mm=area.onset_amplitude_mm if area.joining_in else amplitude_mm,
        peak_mm=max(area.peak_mm, value),
        warned_at=area.warned_at if area.warned_at is not None or lasting < dwell - 1e-9 else at,
    )


def _value(movement: str, side: Side | None, readings: Readings) -> float | None:
    return readings[movement if side is None else f"{movement}_{side.value}"]
