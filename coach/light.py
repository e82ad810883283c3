"""A change of light is taken out before skin is compared: only what is smooth over the whole face, nothing finer."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from coach.face import FloatArray

Gray = NDArray[np.uint8]

GRID = (15, 18)  # cells across and down the crop: 10 mm each
_U, _V = (axis.ravel() for axis in np.meshgrid(np.linspace(-1, 1, GRID[0]), np.linspace(-1, 1, GRID[1])))
# What lies behind the face has its own light.
_ON_THE_FACE = (_U**2 / 0.8**2 + _V**2 / 0.9**2 < 1).astype(float)
# A lamp dimmed, exposure, light from another side. A face is round across, so light from the side bends across it; a
# bend from brow to chin is left alone, because it is also how a rising chin is seen (docs/decisions.md, 8).
_SHAPES = np.stack([np.ones_like(_U), _U, _V, _U**2, _U * _V, _U**3], axis=1)
_MIDDLE = np.s_[60:300, 60:240]  # the middle of the crop, where the face fills it
_WHITE = 250  # grey level from which a camera holds no more detail


def level(crop: Gray) -> FloatArray:
    """How bright the crop is, coarsely: the logarithm of its mean grey in each cell, shape (cells,)."""
    cells = cv2.resize(crop, GRID, interpolation=cv2.INTER_AREA)
    return np.asarray(np.log(np.maximum(cells, 1.0)), dtype=float).ravel()


def evened(crop: Gray, at_rest: FloatArray) -> Gray:
    """The crop in the light of rest; `at_rest` is the resting crop's `level`."""
    change = level(crop) - at_rest
    weights = _ON_THE_FACE
    for _ in range(3):
        fitted = _SHAPES @ least_squares(_SHAPES, change, weights)
        # least absolute deviations: a hand or hair has no say
        weights = _ON_THE_FACE / np.maximum(np.abs(change - fitted), 0.02)
    factor = np.exp(-fitted).reshape(GRID[::-1]).astype(np.float32)
    return np.asarray(
        cv2.multiply(crop, cv2.resize(factor, crop.shape[::-1]), dtype=cv2.CV_8U), dtype=np.uint8
    )


def averaged(pictures: Sequence[Gray]) -> Gray:
    """The mean of pictures of one shape: their noise goes, what they share stays."""
    return np.asarray(np.rint(np.mean(pictures, axis=0)), dtype=np.uint8)


def brightness(crop: Gray) -> float:
    """Mean grey level of the face."""
    return float(cv2.mean(crop[_MIDDLE])[0])


def white_share(crop: Gray) -> float:
    """The share of the face that is white: skin without texture."""
    return float(np.mean(crop[_MIDDLE] >= _WHITE))


def least_squares(shapes: FloatArray, values: FloatArray, weights: FloatArray) -> FloatArray:
    """Weighted least squares by the normal equations: few and well-scaled shapes, and a tenth of lstsq's time."""
    weighted = shapes * weights[:, None]
    ridge = 1e-9 * np.eye(shapes.shape[1])  # so that a face with too few points left is still solvable
    return np.asarray(np.linalg.solve(weighted.T @ shapes + ridge, weighted.T @ values))
