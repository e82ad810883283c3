"""Relief that shows on the simulated patient's skin: a chin that dimples like orange peel, bands below the jaw.

Light and shade only, laid over the photograph and moving with its skin; light comes from above.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from patient_openings import Floats

DEPTH = 0.15  # of the skin's brightness, from the darkest to the brightest place: plainly visible
CHIN = 199
CHIN_HALF_MM = (12.0, 8.0)  # half the width and height of the skin over mentalis
PIT_SD_MM, PIT_APART_MM, PIT_STRAY_MM = 1.0, 4.0, 0.5
PIT_DARKER = 1.0  # less light falls into a pit: as against the difference between its walls
JAW = {"right": 176, "left": 400}  # under the jaw, between its middle and its angle
BAND_APART_MM, BAND_LEAN = 5.0, 0.15  # bands come nearer to each other downwards
BANDS_HALF_MM = (8.0, 16.0)
BANDS_BELOW_MM = 20.0  # their middle, below the jaw


def reliefs(landmarks: NDArray[np.float64], px_per_mm: float, width: int, height: int) -> dict[str, Floats]:
    """By movement the share by which each pixel of the resting picture grows brighter or darker at strength 1."""
    x, y = (
        axis / np.float32(px_per_mm)
        for axis in np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    )
    at = landmarks[:, :2] / px_per_mm
    found = {"chin_dimpling": _pits(x - at[CHIN, 0], y - at[CHIN, 1])}
    for side, inwards in (("right", 1.0), ("left", -1.0)):
        jaw = at[JAW[side]]
        found[f"neck_bands_{side}"] = _bands((x - jaw[0]) * inwards, y - jaw[1] - BANDS_BELOW_MM)
    return found


def shown(picture: NDArray[np.uint8], relief: Floats, x: Floats, y: Floats) -> NDArray[np.uint8]:
    """The picture under a relief given in resting pixels; x, y: the resting pixel that each pixel shows."""
    light = 1 + cv2.remap(relief, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(cv2.multiply(picture, cv2.merge([light] * 3), dtype=cv2.CV_8U), dtype=np.uint8)


def _pits(x: Floats, y: Floats) -> Floats:
    """Pits here and there: dark, most so under the upper rim, bright where the wall looks up; x, y in mm."""
    random = np.random.default_rng(4)
    total = np.zeros_like(x)
    rows = math.ceil(2 * CHIN_HALF_MM[1] / PIT_APART_MM)
    columns = math.ceil(2 * CHIN_HALF_MM[0] / PIT_APART_MM)
    for row in range(-rows, rows + 1):
        for column in range(-columns, columns + 1):
            stray_x, stray_y = random.normal(0, PIT_STRAY_MM, 2)
            far_x = x - (column + row % 2 / 2) * PIT_APART_MM - stray_x
            far_y = y - row * PIT_APART_MM * 0.87 - stray_y
            total += (far_y - PIT_DARKER) * np.exp(-(far_x**2 + far_y**2) / (2 * PIT_SD_MM**2))
    return _plain(total, x, y, CHIN_HALF_MM)


def _bands(x: Floats, y: Floats) -> Floats:
    """Upright ridges: bright where they stand out, dark between; x towards the midline, y down, in mm."""
    return _plain(np.cos(math.tau * (x - BAND_LEAN * y) / BAND_APART_MM), x, y, BANDS_HALF_MM)


def _plain(relief: Floats, x: Floats, y: Floats, half_mm: tuple[float, float]) -> Floats:
    """A relief within an ellipse of skin, melting away over its rim, DEPTH from its darkest to its brightest."""
    far = np.hypot(x / half_mm[0], y / half_mm[1])
    within = relief * np.clip((1.2 - far) / 0.4, 0, 1)
    within[np.abs(within) < 1e-5] = 0.0
    return (within * (DEPTH / np.ptp(within))).astype(np.float32)
