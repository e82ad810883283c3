"""The shape of a face at rest: how far each eye is open, how level the mouth's corners and the brows are.

A shape that stands still is what landmarks can tell, but a learned mesh is pulled toward an even face: of a true change
it reads 0.65 to 0.9 at the corners, 0.25 to 0.55 at the brows and 0.15 to 0.5 at the lids (benchmarks/resting.py).
So no figure here is a measurement of the face in itself; only the change of one person's own over weeks is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np

from coach.face import MOUTH_CORNER, SIDES, Face, Side

MOST_YAW_DEGREES = 6.0  # each degree costs up to 0.06 mm at corners and lids, 0.1 at the brows, either way
GAZE_ASIDE = 0.1  # of the fissure's width; straight ahead reads up to 0.07, and a look aside moves both lids
OPEN_EYE_MM = 3.0  # shut lids read 0.9 to 2.3 mm (measurement.md section 6)
BROW_LINE = {
    Side.RIGHT: (70, 63, 105, 66, 107),
    Side.LEFT: (300, 293, 334, 296, 336),
}  # the brow's upper edge


@dataclass(frozen=True, slots=True)
class RestingShape:
    """One rest, in mm by the session's scale; None: not seen well enough.

    Heights are those of the left over the right: positive where the subject's left is higher.
    """

    lid_gap_right_mm: float | None
    lid_gap_left_mm: float | None
    corner_height_mm: float | None
    brow_height_mm: float | None


UNSEEN = RestingShape(None, None, None, None)


def in_picture(face: Face, eye_distance_mm: float) -> RestingShape:
    """The shape in one picture; heights are upright to the line between the eye centres.

    That line wavers half as much as the shorter one between the inner canthi. A turned head tells nothing; eyes that
    look aside tell nothing of the lids, shut ones nothing of lids and brows.
    """
    if abs(face.pose.yaw_degrees) > MOST_YAW_DEGREES:
        return UNSEEN
    right, left = face.eye_centres
    along = (left - right) / max(face.eye_distance_px, 1e-6)
    up = np.array([along[1], -along[0]])
    mm_per_px = eye_distance_mm / max(face.eye_distance_px, 1e-6)
    heights = {
        side: (face.points[MOUTH_CORNER[side], :2] @ up, np.mean(face.points[list(BROW_LINE[side]), :2] @ up))
        for side in SIDES
    }
    corner, brow = ((heights[Side.LEFT][i] - heights[Side.RIGHT][i]) * mm_per_px for i in (0, 1))
    gap_right, gap_left = (face.lid_gap_px(side) * mm_per_px for side in SIDES)
    eyes_open = max(gap_right, gap_left) >= OPEN_EYE_MM
    ahead = eyes_open and abs(face.gaze[0]) <= GAZE_ASIDE
    return RestingShape(
        lid_gap_right_mm=gap_right if ahead else None,
        lid_gap_left_mm=gap_left if ahead else None,
        corner_height_mm=float(corner),
        brow_height_mm=float(brow) if eyes_open else None,
    )


def of_rest(pictures: Sequence[RestingShape]) -> RestingShape | None:
    """The median over a rest's pictures; what fewer than half of them show is not seen. None: nothing was."""
    shape = (
        RestingShape(*(_median(values) for values in zip(*map(astuple, pictures), strict=True)))
        if pictures
        else UNSEEN
    )
    return None if shape == UNSEEN else shape


def _median(values: Sequence[float | None]) -> float | None:
    seen = [value for value in values if value is not None]
    return float(np.median(seen)) if len(seen) * 2 > len(values) else None
