"""Is this unwanted movement real? Tolerance, hysteresis and dwell for each watched area.

Time is counted only while the face is judged: a blink or a turned head neither feeds a warning nor clears it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from coach.exercise import Exercise, Pattern, Watch
from coach.face import SIDES, Side
from coach.line_fit import LineFit
from coach.movements import Readings, amount
from coach.rest import Rest

DWELL_SECONDS = {"sensitive": 0.5, "default": 0.7, "lenient": 1.0}  # clinical.md 5.7: longer than any blink
NOISE_MULTIPLE = 4.0  # clinical.md 5.7: tolerance = max(floor, 4 x personal rest sd)
# A turned or nodding head leaves 0.1 to 0.2 mm a degree in the worst areas; the mesh of a still one wavers by about a
# degree (docs/decisions.md 29).
TURN_MM_PER_DEGREE, WAVERING_DEGREES = 0.15, 1.0
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
class Joining:
    """An area outside its tolerance: since when, how far the wanted movement had got by then, its largest reading.

    `onset_amplitude_mm` is None where the wanted movement is not measured. `outside_seconds` is the judged time
    outside; `warned_at` is None until it has lasted long enough to be said.
    """

    started_at: float
    onset_amplitude_mm: float | None
    outside_seconds: float = 0.0
    peak_mm: float = 0.0
    warned_at: float | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """One watched area now, and what this repetition has shown of it.

    `lasting_seconds` fills while it is outside its tolerance and empties while it is not; `excess` is how far it is
    over its tolerance (1 is just at it). `seen_seconds` and `unseen_seconds` tell how much of the repetition it was
    seen, `largest_mm` and `largest_excess` how far it went at most, `along` how it went along with the wanted movement.
    """

    rule: Rule
    joining: Joining | None = None
    lasting_seconds: float = 0.0
    excess: float = 0.0
    seen_seconds: float = 0.0
    unseen_seconds: float = 0.0
    largest_mm: float | None = None
    largest_excess: float = 0.0
    along: LineFit = field(default_factory=LineFit)

    @property
    def unseen_share(self) -> float:
        """The share of judged time in which this area was not seen, 0 to 1; 1 where it never was."""
        whole = self.seen_seconds + self.unseen_seconds
        return self.unseen_seconds / whole if whole > 0 else 1.0

    @property
    def joining_in(self) -> bool:
        """Outside its tolerance, however briefly."""
        return self.joining is not None

    @property
    def warned(self) -> bool:
        """Outside its tolerance for long enough to be said, and still."""
        return self.joining is not None and self.joining.warned_at is not None


def rules(
    exercise: Exercise,
    patterns: Mapping[str, Pattern],
    affected: Side | None,
    sensitivity: str,
    only: tuple[str, ...] | None = None,
    moving: Side | None = None,
) -> tuple[Rule, ...]:
    """What to watch: one rule for each pattern and side; both sides where the affected side is not known.

    `only` leaves out all patterns but these; `moving` is the side that moves alone, if one does.
    """
    found: list[Rule] = []
    for pattern_id in dict.fromkeys(w.pattern for w in exercise.watch):
        if only is not None and pattern_id not in only:
            continue
        pattern = patterns[pattern_id]
        limits = tuple(
            (w, float(getattr(w.tolerance, sensitivity))) for w in exercise.watch if w.pattern == pattern_id
        )
        assert pattern.movement is not None
        sign = -1.0 if pattern.direction == "less" else 1.0
        found += [
            Rule(pattern_id, pattern.movement, side, sign, limits)
            for side in _sides(pattern, affected, moving)
        ]
    return tuple(found)


def _sides(pattern: Pattern, affected: Side | None, moving: Side | None) -> tuple[Side | None, ...]:
    match pattern.where:
        case "affected_side":
            return SIDES if affected is None else (affected,)
        case "both_sides":
            return SIDES
        case "resting_side":
            return () if moving is None else (moving.other,)
        case _:
            return (None,)


def excess(rule: Rule, readings: Readings, rest: Rest, turned_degrees: float = 0.0) -> float | None:
    """How far an area is over its tolerance: 1 is just at it; None where it cannot be seen.

    `turned_degrees` is how far the head has turned and nodded since rest: so much less is sure.
    """
    value = amount(rule.movement, rule.side, readings)
    if value is None:
        return None
    of_turn = TURN_MM_PER_DEGREE * max(turned_degrees - WAVERING_DEGREES, 0.0)
    shares = []
    for watch, floor in rule.limits:
        moved, noise = value, amount(rule.movement, rule.side, rest.noise) or 0.0
        if watch.compare == "minus_other_side" and rule.side is not None:
            other = amount(rule.movement, rule.side.other, readings)
            if other is None:
                continue
            # Only what the other side does in the same direction is healthy co-movement.
            moved -= max(rule.sign * other, 0.0) * rule.sign
            noise = float(np.hypot(noise, amount(rule.movement, rule.side.other, rest.noise) or 0.0))
        floor_mm = floor
        if watch.unit == "percent_of_rest_gap" and rule.side is not None:
            floor_mm = floor / 100 * rest.lid_gap_mm[rule.side]
        tolerance_mm = max(floor_mm, NOISE_MULTIPLE * noise) + of_turn
        shares.append(rule.sign * moved / tolerance_mm)
    return max(shares) if shares else None


def unwatched(area: Area, seconds: float) -> Area:
    """The area after `seconds` in which nothing could be said of it."""
    return replace(area, unseen_seconds=area.unseen_seconds + seconds)


def step(
    area: Area,
    readings: Readings,
    rest: Rest,
    amplitude_mm: float | None,
    at: float,
    seconds: float,
    dwell: float,
    going: bool = True,
    turned_degrees: float = 0.0,
) -> Area:
    """The area after one more judged picture that stands for `seconds` of time.

    `amplitude_mm` is how far the wanted movement has got; None: it is not measured. `going` is false on its way back.
    """
    share = excess(area.rule, readings, rest, turned_degrees)
    if share is None:
        return unwatched(area, seconds)
    value = area.rule.sign * (amount(area.rule.movement, area.rule.side, readings) or 0.0)
    outside = share >= (BACK_INSIDE if area.joining_in else 1.0)
    lasting = min(max(area.lasting_seconds + (seconds if outside else -seconds), 0.0), dwell)
    area = replace(
        area,
        lasting_seconds=lasting,
        excess=share,
        seen_seconds=area.seen_seconds + seconds,
        largest_mm=value if area.largest_mm is None else max(area.largest_mm, value),
        largest_excess=max(area.largest_excess, share),
        along=area.along.add(amplitude_mm, value) if going and amplitude_mm is not None else area.along,
    )
    if not outside:
        return replace(area, joining=None) if lasting == 0 else area
    joining = area.joining or Joining(at, None if amplitude_mm is None else max(amplitude_mm, 0.0))
    said = joining.warned_at if joining.warned_at is not None or lasting < dwell - 1e-9 else at
    joining = replace(
        joining,
        outside_seconds=joining.outside_seconds + seconds,
        peak_mm=max(joining.peak_mm, value),
        warned_at=said,
    )
    return replace(area, joining=joining)
