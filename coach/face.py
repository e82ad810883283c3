"""What one camera frame says about a face: landmarks, sides, pose and gaze, in numbers only.

Sides are the subject's own. Frames are never mirrored before they are analysed, so the subject's
right side lies on the left of the picture. Landmark numbers are those of MediaPipe's 478-point mesh
(left/right pairs: its Apache-2.0 canonical model).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LANDMARK_COUNT = 478
IRIS_MM = 11.7
"""Width of the human iris in mm (11.7 +- 0.5; MediaPipe Iris documentation): the only ruler in the picture."""


class Side(str, Enum):
    """A side of the subject's own face."""

    RIGHT = "right"
    LEFT = "left"

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.LEFT if self is Side.RIGHT else Side.RIGHT


SIDES = (Side.RIGHT, Side.LEFT)

MOUTH_CORNER = {Side.RIGHT: 61, Side.LEFT: 291}
OUTER_CANTHUS = {Side.RIGHT: 33, Side.LEFT: 263}
INNER_CANTHUS = {Side.RIGHT: 133, Side.LEFT: 362}
IRIS = {Side.RIGHT: (468, 469, 470, 471, 472), Side.LEFT: (473, 474, 475, 476, 477)}  # centre, E, N, W, S
UPPER_LID = {Side.RIGHT: (160, 159, 158), Side.LEFT: (387, 386, 385)}
LOWER_LID = {Side.RIGHT: (144, 145, 153), Side.LEFT: (373, 374, 380)}
EYE_OUTLINE = {
    Side.RIGHT: (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    Side.LEFT: (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
}
BROW = {Side.RIGHT: 105, Side.LEFT: 334}  # the middle of the brow, highest over the eye
INNER_BROW = {Side.RIGHT: 55, Side.LEFT: 285}  # its lower inner end, which a frown draws in
CHEEK = {Side.RIGHT: 50, Side.LEFT: 280}  # the cheekbone's apple
FOLD = {Side.RIGHT: 206, Side.LEFT: 426}  # the nasolabial fold, half way from nostril to corner
NASAL_WING = {Side.RIGHT: 129, Side.LEFT: 358}
UPPER_LIP = {Side.RIGHT: 39, Side.LEFT: 269}  # half way from the middle to the corner
LOWER_LIP = {Side.RIGHT: 181, Side.LEFT: 405}
INNER_LIPS = (13, 14)  # upper, lower
NOSE_BRIDGE = 168  # between the eyes
CHIN_PAD = 199  # the middle of mentalis

# Points that hold still while the face moves. Width is needed to tell turning from shifting, so they reach from the
# nose to the temples and the hairline (measurement.md section 2); the robust fit leaves out what an exercise moves.
QUIET_POINTS = (
    *(168, 6, 197, 195, 5, 4),
    *(122, 351, 193, 417, 8),
    *(127, 356, 234, 454, 93, 323, 34, 264, 227, 447, 21, 251, 162, 389, 116, 345),
    *(9, 151, 10, 109, 338, 67, 297, 54, 284),
)
# Points whose left-right axis gives yaw and roll: none of them belongs to a mimic muscle.
AXIS_PAIRS = ((33, 263), (127, 356), (234, 454), (93, 323))


@dataclass(frozen=True, slots=True)
class Pose:
    """How the head is turned, in degrees; 0, 0, 0 faces the camera.

    Yaw is positive when the subject turns to their own left, pitch when the nose lifts,
    roll when the head tips toward their own left shoulder.
    """

    yaw_degrees: float
    pitch_degrees: float
    roll_degrees: float


@dataclass(frozen=True, eq=False)
class Face:
    """The landmarks of one face in one unmirrored picture.

    `points` has shape (478, 3): x to the picture's right, y down, z away from the camera, all in pixels.
    """

    points: FloatArray
    picture_width: int
    picture_height: int

    @cached_property
    def eye_centres(self) -> FloatArray:
        """Midpoints between the canthi, right eye then left; shape (2, 2), pixels."""
        return np.array(
            [(self.points[OUTER_CANTHUS[s], :2] + self.points[INNER_CANTHUS[s], :2]) / 2 for s in SIDES]
        )

    @property
    def eye_distance_px(self) -> float:
        """Distance between the eye centres in pixels."""
        return float(np.linalg.norm(self.eye_centres[1] - self.eye_centres[0]))

    @property
    def iris_px(self) -> float:
        """Horizontal width of the wider iris in pixels; a lid or an averted gaze narrows the other."""
        widths = [np.linalg.norm(self.points[IRIS[s][1], :2] - self.points[IRIS[s][3], :2]) for s in SIDES]
        return float(max(widths))

    @cached_property
    def pose(self) -> Pose:
        """Yaw and roll from the left-right axis of the skull, pitch from the line hairline - nose bridge."""
        axis = np.mean([self.points[left] - self.points[right] for right, left in AXIS_PAIRS], axis=0)
        upright = self.points[168] - self.points[10]
        return Pose(
            yaw_degrees=float(np.degrees(np.arctan2(axis[2], np.hypot(axis[0], axis[1])))),
            pitch_degrees=float(np.degrees(np.arctan2(-upright[2], np.hypot(upright[0], upright[1])))),
            roll_degrees=float(np.degrees(np.arctan2(axis[1], axis[0]))),
        )

    def lid_gap_px(self, side: Side) -> float:
        """Height of the palpebral fissure in pixels by landmarks: mean of three lid pairs."""
        upper = self.points[list(UPPER_LID[side]), :2]
        lower = self.points[list(LOWER_LID[side]), :2]
        return float(np.mean(np.linalg.norm(upper - lower, axis=1)))

    @cached_property
    def lid_gaps(self) -> Mapping[Side, float]:
        """The height of both palpebral fissures as shares of the eye distance."""
        return {side: self.lid_gap_px(side) / max(self.eye_distance_px, 1e-6) for side in SIDES}

    @property
    def mouth_gap_px(self) -> float:
        """How far the lips are apart in the middle, in pixels by landmarks; their contours are read well."""
        return float(np.linalg.norm(self.points[INNER_LIPS[0], :2] - self.points[INNER_LIPS[1], :2]))

    @property
    def gaze(self) -> FloatArray:
        """Iris centre in the fissure, mean of both eyes: (x, y) in fissure widths from between the canthi."""
        offsets = []
        for side in SIDES:
            right_corner, left_corner = sorted(
                (self.points[OUTER_CANTHUS[side], :2], self.points[INNER_CANTHUS[side], :2]),
                key=lambda p: p[0],
            )
            along = left_corner - right_corner
            width = float(np.linalg.norm(along)) or 1.0
            offset = self.points[IRIS[side][0], :2] - (right_corner + left_corner) / 2
            offsets.append(
                (offset @ along / width**2, (offset[1] * along[0] - offset[0] * along[1]) / width**2)
            )
        return np.asarray(np.mean(offsets, axis=0))
