"""How far the eyelids have closed since rest, in mm: the lid margins followed by their own skin.

A lid is not skin that shifts but skin that covers: flow over the eye reads a third of it, the mesh half, with a part of
it mirrored to the other eye. So strips that hold only a lid's own skin and its margin are searched up and down
(docs/decisions.md, 3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from coach import light
from coach.face import LOWER_LID, OUTER_CANTHUS, SIDES, UPPER_LID, FloatArray, Side
from coach.head import PX_PER_MM
from coach.light import Gray
from coach.skin import TEXTURE, Resting, Shift

FINER = 2.0  # lids are read at twice the crop's resolution: 4 px per mm
STEP_MM = 1 / (PX_PER_MM * FINER)
REACH_X_MM, REACH_UP_MM, REACH_DOWN_MM = 10.0, 17.0, 17.0  # the window around the eye centre

STRIP_WIDTH_MM = 6.0
# How much lid skin a strip holds, from its margin on. None of the eye itself: what stands still there would hold the
# strip back. The lower lid stretches more, so what lies deeper moves less.
UPPER_SKIN_MM, LOWER_SKIN_MM = 3.5, 2.0
UPPER_DOWN_MM, UPPER_UP_MM = 12.0, 3.0  # a lid travels 9.09 +- 2.20 mm [S36]; gaze lifts it a little
LOWER_UP_MM, LOWER_DOWN_MM = 5.0, 2.0
# Correlation above which a strip is the same lid. The upper lid with its lashes is found at 0.9 and more even when it
# shuts, the edge of a finger at 0.8 and less; the smooth lower lid is found at 0.6 to 0.95.
UPPER_FOUND, LOWER_FOUND = 0.8, 0.55


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """A piece of lid skin at rest: `picture` (h, w), and where its left upper corner lies in the eye window."""

    picture: NDArray[np.uint8]
    column: int
    row: int


@dataclass(frozen=True, slots=True, eq=False)
class RestingEye:
    """One eye at rest: strips of both lids in the eye's window, and the lid gap in mm."""

    upper: tuple[Strip, ...]
    lower: tuple[Strip, ...]
    gap_mm: float


def windows(shift: Shift, gray: Gray) -> dict[Side, NDArray[np.uint8]]:
    """The picture around each eye at FINER times the crop's resolution, with the head's own motion taken out."""
    found = {}
    size = (int(2 * REACH_X_MM / STEP_MM), int((REACH_UP_MM + REACH_DOWN_MM) / STEP_MM))
    for side in SIDES:
        corner = _corner(shift.resting, side) + shift.head_motion(LOWER_LID[side][1])
        place = np.column_stack([shift.to_picture[:, :2] / FINER, shift.in_picture(corner[None])[0]])
        window = cv2.warpAffine(gray, place, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        found[side] = np.asarray(window, dtype=np.uint8)
    return found


def averaged(gathered: Sequence[Mapping[Side, Gray]]) -> dict[Side, Gray]:
    """The mean of several pictures' windows."""
    return {side: light.averaged([windows[side] for windows in gathered]) for side in SIDES}


def rest(resting: Resting, at_rest: Mapping[Side, NDArray[np.uint8]]) -> dict[Side, RestingEye]:
    """Take the lids in these windows as the resting ones."""
    eyes = {}
    for side in SIDES:
        upper, lower = (
            (resting.landmarks.at[list(margin[side])] - _corner(resting, side)) * FINER
            for margin in (UPPER_LID, LOWER_LID)
        )
        eyes[side] = RestingEye(
            upper=tuple(_strip(at_rest[side], p, -UPPER_SKIN_MM, 0.0) for p in _near_middle(upper)),
            lower=tuple(_strip(at_rest[side], p, 0.0, LOWER_SKIN_MM) for p in _near_middle(lower)),
            gap_mm=float(np.mean(np.linalg.norm(upper - lower, axis=1))) * STEP_MM,
        )
    return eyes


def narrowing_mm(eye: RestingEye, window: NDArray[np.uint8]) -> tuple[float, float] | None:
    """How far the upper lid has come down and the lower lid up since rest, in mm; None where a lid is not found."""
    upper = _travel(window, eye.upper, (UPPER_UP_MM, UPPER_DOWN_MM), UPPER_FOUND)
    lower = _travel(window, eye.lower, (LOWER_UP_MM, LOWER_DOWN_MM), LOWER_FOUND)
    if upper is None or lower is None:
        return None
    return upper * STEP_MM, -lower * STEP_MM


def _corner(resting: Resting, side: Side) -> FloatArray:
    """The left upper corner of an eye's window, in crop pixels."""
    margins = resting.landmarks.at[[OUTER_CANTHUS[side], *UPPER_LID[side], *LOWER_LID[side]]]
    return np.asarray(margins.mean(axis=0) - np.array([REACH_X_MM, REACH_UP_MM]) * PX_PER_MM)


def _near_middle(margin: FloatArray) -> FloatArray:
    """Three places on a lid margin around its middle, from its three landmarks: away from it a lid travels less."""
    outer, middle, inner = margin
    return np.stack([(outer + 3 * middle) / 4, middle, (inner + middle) / 2])


def _strip(window: NDArray[np.uint8], margin: FloatArray, from_mm: float, to_mm: float) -> Strip:
    """The piece of lid between two heights relative to its margin (down is positive)."""
    left = round(margin[0] - STRIP_WIDTH_MM / 2 / STEP_MM)
    top, bottom = round(margin[1] + from_mm / STEP_MM), round(margin[1] + to_mm / STEP_MM)
    return Strip(window[top:bottom, left : left + int(STRIP_WIDTH_MM / STEP_MM)], left, top)


def _travel(
    window: NDArray[np.uint8], strips: tuple[Strip, ...], reach_mm: tuple[float, float], found: float
) -> float | None:
    """Median vertical travel of the strips in window pixels (down is positive), or None if most are lost.

    `reach_mm` is how far up and down they are sought, `found` the correlation they must reach.
    """
    travels = [t for strip in strips if (t := _strip_travel(window, strip, reach_mm, found)) is not None]
    return float(np.median(travels)) if len(travels) * 2 > len(strips) else None


def _strip_travel(
    window: NDArray[np.uint8], strip: Strip, reach_mm: tuple[float, float], found: float
) -> float | None:
    height, width = strip.picture.shape
    left, top = strip.column, strip.row - round(reach_mm[0] / STEP_MM)
    bottom = strip.row + round(reach_mm[1] / STEP_MM) + height
    if left < 0 or top < 0 or left + width > window.shape[1] or bottom > window.shape[0] or height == 0:
        return None
    if strip.picture.std() < TEXTURE:  # white or black: it looks like anything
        return None
    likeness = np.asarray(
        cv2.matchTemplate(window[top:bottom, left : left + width], strip.picture, cv2.TM_CCOEFF_NORMED)[:, 0],
        dtype=np.float32,
    )
    best = int(np.argmax(likeness))
    if likeness[best] < found:
        return None
    return float(top + best + _peak(likeness, best) - strip.row)


def _peak(curve: NDArray[np.float32], best: int) -> float:
    """How far beside its highest sample a curve peaks, in samples: a parabola through three of them."""
    if not 0 < best < len(curve) - 1:
        return 0.0
    before, here, after = (float(v) for v in curve[best - 1 : best + 2])
    bend = before - 2 * here + after
    return 0.5 * (before - after) / bend if bend < 0 else 0.0
