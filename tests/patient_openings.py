"""The simulated patient's eyes and mouth: lids cover the eye, and the mouth opens onto darkness.

A lid is no stretched patch of eye: it comes down over an iris that stays where it is. So both are drawn column
by column between the edges of the opening at rest, over the picture in which the skin has already moved.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]

LOWER_LID_SHARE_OF_SQUINT = 0.65
LOWER_LID_SHARE_OF_CLOSING = 0.15
LASHES_MM = 2.4  # this much of the lid's edge moves as it is
UPPER_LID_SKIN_MM = 8.5  # skin above the upper lid that takes part; the brow does not
LOWER_LID_SKIN_MM = 8.0
LIP_RIM_MM = 1.2  # the landmarks of the lower lip's edge lie this much inside the lip
EYEBALL_MM = 9.0  # from the middle of the iris: what turns with the gaze
LIPS_PART = 8.0  # pixels below the upper lip over which the nodes let go of it
MOUTH_DARK = (44, 18, 18)

# Face Mesh landmarks along the upper and the lower edge, from one corner to the other.
CONTOURS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "right_eye": ((33, 246, 161, 160, 159, 158, 157, 173, 133), (33, 7, 163, 144, 145, 153, 154, 155, 133)),
    "left_eye": (
        (263, 466, 388, 387, 386, 385, 384, 398, 362),
        (263, 249, 390, 373, 374, 380, 381, 382, 362),
    ),
    "mouth": (
        (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
        (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Photograph:
    """The enlarged portrait, with `margin` pixels on each side beyond the resting picture."""

    pixels: Picture
    margin: int
    px_per_mm: float

    def at(self, x: Floats, y: Floats) -> Picture:
        """What it shows at points of the resting picture."""
        around = np.float32(self.margin)
        return cv2.remap(
            self.pixels, x + around, y + around, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """The edges of an eye or the mouth at rest: rows (in pixels) for each whole column of the picture."""

    left: int
    right: int
    upper: Floats
    lower: Floats

    @property
    def gap(self) -> float:
        """The widest distance of the edges, in pixels."""
        return float((self.lower - self.upper).max())

    def across(self, values: Floats, x: Floats) -> Floats:
        """Values given for each column, read at the columns x."""
        columns = np.arange(self.left, self.right + 1)
        return np.interp(x, columns, values, left=values[0], right=values[-1]).astype(np.float32)


def find_opening(landmarks: NDArray[np.float64], name: str) -> Opening:
    """The smooth edges through the contour's landmarks."""
    from scipy.interpolate import PchipInterpolator

    edges = []
    for contour in CONTOURS[name]:
        points = landmarks[list(contour), :2]
        points = points[np.argsort(points[:, 0])]
        columns = np.arange(math.ceil(points[0, 0]), math.floor(points[-1, 0]) + 1)
        edges.append(PchipInterpolator(points[:, 0], points[:, 1])(columns).astype(np.float32))
    upper, lower = edges
    return Opening(int(columns[0]), int(columns[-1]), upper, np.maximum(lower, upper))


@dataclass(frozen=True, slots=True)
class Lids:
    """How far each lid of one eye has moved over it at its widest column, in pixels."""

    upper_down: float
    lower_up: float

    @staticmethod
    def of(squint: float, closing: float, lower_lid: float, gap: float) -> Lids:
        """Shares the lost gap (pixels) between the lids; they stop where they meet."""
        squint, closing, lower_lid = max(squint, 0.0), max(closing, 0.0), max(lower_lid, 0.0)
        lost = squint + closing + lower_lid
        if not lost:
            return Lids(0.0, 0.0)
        up = squint * LOWER_LID_SHARE_OF_SQUINT + closing * LOWER_LID_SHARE_OF_CLOSING + lower_lid
        fits = min(gap / lost, 1.0)
        return Lids((lost - up) * fits, up * fits)


def eye_shown(
    photograph: Photograph, eye: Opening, lids: Lids, gaze: tuple[float, float, float], x: Floats, y: Floats
) -> Picture:
    """An eye and the skin around it; x, y: the point of the resting picture behind each pixel.

    `gaze`: where the iris rests, x and y, and how far it looks to the picture's right, in pixels.
    """
    px = photograph.px_per_mm
    upper, lower = eye.across(eye.upper, x), eye.across(eye.lower, x)
    within = (x >= eye.left) & (x <= eye.right)
    share = np.where(within, (lower - upper) / np.float32(eye.gap), np.float32(0))
    down, up = share * np.float32(lids.upper_down), share * np.float32(lids.lower_up)
    above, below = upper + down - y, y - (lower - up)  # distances beyond the moved edges
    from_upper = upper - _unstretched(above, down, LASHES_MM * px, UPPER_LID_SKIN_MM * px)
    from_lower = lower + _unstretched(below, up, LASHES_MM * px, LOWER_LID_SKIN_MM * px)
    skin = photograph.at(x, np.where(above >= below, from_upper, from_lower))
    iris_x, iris_y, aside = gaze
    far = ((x - iris_x - aside / 2) ** 2 + (y - iris_y) ** 2) / (EYEBALL_MM * px) ** 2
    eyeball = photograph.at(x - np.float32(aside) * np.exp(-(far**3)), y)
    cover = np.clip(np.maximum(above, below) + 0.5, 0, 1)[..., None]
    return np.rint(skin * cover + eyeball * (1 - cover)).astype(np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Jaw:
    """How far the jaw takes the skin down, in pixels: at each pixel of a window, and for each column of the mouth
    at the lower lip's edge and at the row from which on the nodes know of it.
    """

    here: Floats
    edge: Floats
    whole: Floats


def mouth_shown(
    photograph: Photograph, mouth: Opening, jaw: Jaw, seen: Picture, x: Floats, y: Floats
) -> Picture:
    """An opened mouth: the teeth as long as they are, and darkness where the lower lip uncovers it.

    `seen`: what the nodes alone make of it; x, y: the point of the resting picture behind each pixel.
    """
    upper, lower = mouth.across(mouth.upper, x), mouth.across(mouth.lower, x)
    gap = lower - upper
    parted = np.maximum(gap, np.float32(LIPS_PART))
    height = y - upper + jaw.here  # below the upper lip, as it is now
    edge, end = gap + mouth.across(jaw.edge, x), parted + mouth.across(jaw.whole, x)
    within = (x >= mouth.left) & (x <= mouth.right)
    lip = gap + (height - edge) * ((parted - gap) / np.maximum(end - edge, np.float32(1)))
    of_lip = within & (height >= edge - 1) & (y < upper + parted) & (parted > gap)
    seen = np.where(of_lip[..., None], photograph.at(x, upper + lip), seen)
    inside = (np.clip(np.minimum(height, edge - height) + 0.5, 0, 1) * within)[..., None]
    teeth_height = np.maximum(gap - LIP_RIM_MM * np.float32(photograph.px_per_mm), 0)
    teeth = photograph.at(x, upper + np.minimum(height, teeth_height))
    dark = np.clip((height - teeth_height) / 2, 0, 1)[..., None]
    mouth_now = teeth * (1 - dark) + np.array(MOUTH_DARK, np.float32) * dark
    return np.rint(mouth_now * inside + seen * (1 - inside)).astype(np.uint8)


def _unstretched(height: Floats, moved: Floats, rigid: float, skin: float) -> Floats:
    """How far from the resting lid edge the skin was that now lies `height` from the moved edge (pixels).

    The edge with its lashes moves as it is; the skin behind it, up to `skin`, is stretched evenly.
    """
    stretched = rigid + (height - rigid) * ((skin - rigid) / (skin - rigid + moved))
    return np.where(height < rigid, height, np.where(height < skin + moved, stretched, height - moved))
