"""The person's resting face: where every movement starts from, and how much it wavers while nothing is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from coach import resting_shape
from coach.face import Side
from coach.movements import MILLIMETRES, NAMES, Readings, share_of_new
from coach.resting_shape import RestingShape

QUIET_MM = 0.8  # a resting face wavers by 0.1 mm (measurement.md section 2); more than this is a movement
SMALLEST_GAP_MM = (
    1.0  # shut lids read 0.9 to 2.3 mm, never 0 (measurement.md section 6): percents stay finite
)
# Unrest is told from readings steadied over so long: single pictures of flat skin stray by 0.6 mm (sd) and more.
UNREST_SECONDS = 0.3
LONGEST_STEP_SECONDS = 0.5  # a longer gap between pictures is a gap, not rest
# The lids are left out of the test for quiet: blinks are masked, and gaze lifts a lid without any unrest.
_TESTED = tuple(n for n in MILLIMETRES if not n.startswith("eye_narrowing"))


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """A resting face that was held: medians and noise (robust sd) of every movement, in its own unit.

    `lid_gap_mm` are the lid gaps; `shape` is how the face itself stood; None: not seen.
    """

    baseline: Readings
    noise: Readings
    lid_gap_mm: Mapping[Side, float]
    shape: RestingShape | None = None

    def since(self, readings: Readings) -> Readings:
        """The readings with the resting medians taken off."""
        since: dict[str, float | None] = {}
        for name, value in readings.items():
            start = self.baseline[name]
            since[name] = None if value is None or start is None else value - start
        return since


@dataclass(frozen=True, slots=True, eq=False)
class RestTaking:
    """A rest being taken: its pictures' readings and shapes, for how long, and where the face has drifted to in mm."""

    quiet_seconds: float = 0.0
    last_at: float | None = None
    drift: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(_TESTED, 0.0))
    samples: tuple[Readings, ...] = ()
    shapes: tuple[RestingShape, ...] = ()

    def add(
        self, readings: Readings, at: float, shape: RestingShape = resting_shape.UNSEEN
    ) -> RestTaking | None:
        """With one more picture's readings and shape; None when the face moved and a new resting picture is needed."""
        gap = 0.0 if self.last_at is None else at - self.last_at
        seconds = gap if 0 < gap <= LONGEST_STEP_SECONDS else 0.0
        share = share_of_new(seconds, UNREST_SECONDS)
        drift = {
            name: before if (value := readings[name]) is None else before + share * (value - before)
            for name, before in self.drift.items()
        }
        if any(abs(value) > QUIET_MM for value in drift.values()):
            return None
        if self.samples and not seconds:  # no time has passed, or too much: nothing to add to the rest
            return replace(self, last_at=at)
        quiet = self.quiet_seconds + seconds
        return RestTaking(quiet, at, drift, (*self.samples, readings), (*self.shapes, shape))

    def again(self) -> RestTaking:
        """Measured from now on against a better resting picture: what was read so far is left out."""
        return replace(self, drift=dict.fromkeys(_TESTED, 0.0), samples=())

    def taken(self, lid_gap_mm: Mapping[Side, float]) -> Rest:
        """The rest these samples make; a movement seen in less than half of them has none."""
        baseline: dict[str, float | None] = {}
        noise: dict[str, float | None] = {}
        for name in NAMES:
            seen = [value for sample in self.samples if (value := sample[name]) is not None]
            enough = len(seen) * 2 > len(self.samples)
            baseline[name] = float(np.median(seen)) if enough else None
            noise[name] = (
                float(1.48 * np.median(np.abs(np.array(seen) - np.median(seen)))) if enough else None
            )
        gaps = {
            side: max(gap - (baseline[f"eye_narrowing_{side.value}"] or 0.0), SMALLEST_GAP_MM)
            for side, gap in lid_gap_mm.items()
        }
        return Rest(baseline, noise, gaps, resting_shape.of_rest(self.shapes))
