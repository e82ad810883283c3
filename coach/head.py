"""The head is rigid: how far its own motion carries every point of the resting crop, and how that motion is found.

Turning, nodding and coming nearer move near parts of a face more than far ones, so every point has a depth. The
camera is near, too: a turned head is seen in perspective (docs/decisions.md, 12).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import cos, sin

import numpy as np
from numpy.typing import NDArray

from coach.face import FloatArray
from coach.light import least_squares

PX_PER_MM = 2.0
CROP_WIDTH, CROP_HEIGHT = 300, 360  # 150 x 180 mm: temple to temple, hairline to below the chin
EYE_LINE = np.array([150.0, 125.0])  # where the midpoint between the eyes lies in the crop, pixels

CAMERA_PX = 450 * PX_PER_MM  # a tablet or a laptop's camera is held at 350 to 600 mm
# The mesh's own depth against the turn that the same mesh reports: it sees a turned face as turned by this much less
# (real turns in films of two people).
DEPTH_GAIN = 1.2
UNIT = 100.0  # crop pixels; keeps the six unknowns of a motion alike in size
UNITS = np.array([1, 1, 1 / UNIT, 1 / UNIT, 1 / UNIT, 1 / UNIT])
ROUNDS = 5  # of reweighting; then the weights stand still
SHARPEST_PX = 0.1  # misfit below which a point is not distrusted any more


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """How the head has moved since rest, over what a similarity of the picture has taken out already.

    `values` are shift right and down (crop pixels), growth (share of the size), roll, yaw and pitch (radians); `size`
    is how many times larger the face is in the picture than at rest.
    """

    values: FloatArray
    size: float

    @classmethod
    def none(cls, size: float) -> Motion:
        """No motion of its own."""
        return cls(np.zeros(6), size)


@dataclass(frozen=True, eq=False)
class Points:
    """Places on the resting head: `at` (n, 2) in crop pixels, `depth` (n,) away from the camera in crop pixels."""

    at: FloatArray
    depth: FloatArray

    def some(self, chosen: Sequence[int] | NDArray[np.intp]) -> Points:
        """Those of the points."""
        return Points(self.at[chosen], self.depth[chosen])

    @cached_property
    def _modes(self) -> FloatArray:
        """Six small motions: shift right and down, growth, roll, yaw, pitch; shape (2n, 6)."""
        x, y = ((self.at - EYE_LINE) / UNIT).T
        z = self.depth / UNIT
        bend = UNIT / CAMERA_PX
        zero, one = np.zeros_like(x), np.ones_like(x)
        right = [one, zero, x, -y, z + bend * x * x, bend * x * y]
        down = [zero, one, y, x, bend * x * y, z + bend * y * y]
        modes = np.stack([np.stack(right, axis=-1), np.stack(down, axis=-1)], axis=1)
        return np.asarray(modes.reshape(-1, 6))

    @cached_property
    def _in_space(self) -> tuple[FloatArray, FloatArray]:
        """Across and down from between the eyes, without perspective: what is farther is larger than it looks."""
        across, down = (self.at - EYE_LINE).T
        farther = 1 + self.depth / CAMERA_PX
        return across * farther, down * farther

    def carried(self, motion: Motion) -> FloatArray:
        """How far a motion of the head carries each point, (n, 2) in crop pixels."""
        right, down, growth, roll, yaw, pitch = (float(v) for v in motion.values)
        (x, y), z = self._in_space, self.depth
        x, z = x * cos(yaw) + z * sin(yaw), z * cos(yaw) - x * sin(yaw)
        y, z = y * cos(pitch) + z * sin(pitch), z * cos(pitch) - y * sin(pitch)
        x, y = x * cos(roll) - y * sin(roll), y * cos(roll) + x * sin(roll)
        seen = (1 + growth) / (1 + z * ((1 + growth) * motion.size / CAMERA_PX))
        return np.asarray(np.stack([(x + right) * seen, (y + down) * seen], axis=-1) - (self.at - EYE_LINE))

    def motion(self, moved: FloatArray, trusted: FloatArray, size: float) -> tuple[Motion, FloatArray]:
        """The motion of the head that explains how these points moved (n, 2), and each point's misfit in pixels.

        `trusted` (n,) is 1 for points that were seen and 0 for others. Iteratively reweighted (Tukey's biweight):
        points that the exercise itself moves, or that hair covers, lose their say.
        """
        found, weights = Motion.none(size), trusted
        left = moved
        for _ in range(ROUNDS):
            step = least_squares(self._modes, left.ravel(), np.repeat(weights, 2))
            found = Motion(found.values + step * UNITS, size)
            left = moved - self.carried(found)
            misfit = np.hypot(left[:, 0], left[:, 1])
            reach = 4.7 * max(1.48 * float(np.median(misfit[trusted > 0])), SHARPEST_PX)
            weights = trusted * np.clip(1 - (misfit / reach) ** 2, 0, None) ** 2
        return found, misfit


def depth_at(places: FloatArray, landmarks: FloatArray, depth: FloatArray, smooth_mm: float) -> FloatArray:
    """The depth of the face at places (n, 2) from its landmarks' (m, 2) depth (m,), smoothed; beyond the rim the rim's.

    A patch of skin has no single depth where the face is steep, and single landmarks are noisy.
    """
    # float32, and axis by axis: a third of the time, and a new rest should not hold up the mirror
    at, marks = places.astype(np.float32), landmarks.astype(np.float32)
    apart = (at[:, :1] - marks[:, 0]) ** 2 + (at[:, 1:] - marks[:, 1]) ** 2
    apart /= np.float32((smooth_mm * PX_PER_MM) ** 2)
    weights = np.exp(-(apart - apart.min(axis=1, keepdims=True)) / 2)
    return np.asarray((weights @ depth) / weights.sum(axis=1))
