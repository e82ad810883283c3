"""The simulated patient's face at rest: the photograph, its landmarks, and what one millimetre moves where.

Displacements are smooth, so they live on a coarse grid of nodes; only the picture itself is at full size.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from patient_dimples import reliefs
from patient_head import Head, head
from patient_openings import CONTOURS, LIPS_PART, Floats, Opening, Photograph, Picture, find_opening
from patient_photographs import photograph

WIDTH, HEIGHT = 640, 480
IRIS_MM = 11.7
PX_PER_MM = 1 / 0.60
MARGIN = 200  # pixels of photograph kept around the resting picture, so that the head can move

# One node every STEP pixels, PAD nodes beyond each border; cv2.resize puts the first one at FIRST_NODE pixels.
STEP, PAD = 4, 4
NODES_X, NODES_Y = WIDTH // STEP + 2 * PAD, HEIGHT // STEP + 2 * PAD
FIRST_NODE = (STEP - 1) / 2 - PAD * STEP

# A camera keeps skin below white: light brighter by MOST_GAIN leaves this share of the face's pixels unclipped.
MOST_GAIN, UNCLIPPED = 0.3, 0.98

# Face Mesh landmarks (right, left), at which the truth of each movement holds.
POINTS: dict[str, tuple[int, int]] = {
    "brow_raise": (105, 334),
    "brow_draw_in": (55, 285),
    "cheek_raise": (50, 280),
    "fold_raise": (206, 426),
    "nose_wrinkle": (129, 358),
    "corner_up": (61, 291),
    "corner_out": (61, 291),
    "upper_lip_raise": (39, 269),
    "lower_lip_drop": (181, 405),
    "chin_raise": (199, 199),
    "mouth_open": (14, 14),
    "pucker": (61, 291),
}


@dataclass(frozen=True, slots=True)
class Blob:
    """A Gaussian patch of skin moving along (x, y) of the picture; sizes in millimetres."""

    landmark: int
    x: float
    y: float
    sd_x: float
    sd_y: float


def _skin() -> dict[str, tuple[Blob, ...]]:
    """What a movement of 1 mm does to the skin; at the first blob's landmark it is exact."""
    skin: dict[str, tuple[Blob, ...]] = {}
    for side, index, out in (("right", 0, -1.0), ("left", 1, 1.0)):
        at = {name: pair[index] for name, pair in POINTS.items()}
        skin |= {
            f"brow_raise_{side}": (Blob(at["brow_raise"], 0, -1, 11, 8),),
            f"brow_draw_in_{side}": (Blob(at["brow_draw_in"], -out, 0, 7, 6),),
            f"cheek_raise_{side}": (Blob(at["cheek_raise"], 0, -1, 9, 9),),
            f"fold_raise_{side}": (Blob(at["fold_raise"], math.sqrt(0.5) * out, -math.sqrt(0.5), 7, 7),),
            f"nose_wrinkle_{side}": (Blob(at["nose_wrinkle"], 0, -1, 5, 5),),
            f"corner_up_{side}": (Blob(at["corner_up"], 0, -1, 9, 9),),
            f"corner_out_{side}": (Blob(at["corner_out"], out, 0, 9, 9),),
            f"upper_lip_raise_{side}": (Blob(at["upper_lip_raise"], 0, -1, 5.5, 5.5),),
            f"lower_lip_drop_{side}": (Blob(at["lower_lip_drop"], 0, 1, 5.5, 5.5),),
        }
    skin["chin_raise"] = (Blob(199, 0, -1, 8, 7), Blob(17, 0, -0.4, 9, 5))
    skin["mouth_open"] = (Blob(14, 0, 1, 14, 6), Blob(199, 0, 0.9, 20, 12))
    skin["pucker"] = (Blob(61, 0.5, 0, 9, 9), Blob(291, -0.5, 0, 9, 9))
    return skin


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """The photograph at rest and everything about it that does not change.

    `fields`: for each movement of the skin the displacement of every node (rows, columns, 2), in pixels per mm;
    `jaw`: the same for an opening mouth, as if the upper lip came along (the nodes cannot part); `lips`: what the
    nodes miss of an opening mouth at each landmark (478, 2); `reliefs`: light and shade at strength 1, by movement.
    """

    photograph: Photograph
    landmarks: NDArray[np.float64]
    openings: Mapping[str, Opening]
    fields: Mapping[str, Floats]
    jaw: Floats
    lips: NDArray[np.float64]
    head: Head
    reliefs: Mapping[str, Floats]


def nodes() -> tuple[Floats, Floats]:
    """The x and the y of every node, in pixels of the picture."""
    x = FIRST_NODE + STEP * np.arange(NODES_X, dtype=np.float32)
    y = FIRST_NODE + STEP * np.arange(NODES_Y, dtype=np.float32)
    return np.meshgrid(x, y)


def sample(field: Floats, x: Floats, y: Floats) -> Floats:
    """The field between its nodes, at the pixels x, y (both two-dimensional)."""
    at_x, at_y = (x - FIRST_NODE) / STEP, (y - FIRST_NODE) / STEP
    return cv2.remap(field, at_x, at_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def sample_at(field: Floats, points: NDArray[Any]) -> Floats:
    """The field at points (n, 2)."""
    points = np.asarray(points, np.float32)
    return sample(field, points[:, :1], points[:, 1:2])[:, 0]


@lru_cache(maxsize=8)
def portrait(picture: str = "astronaut", mirrored: bool = False, camera_mm: float | None = None) -> Portrait:
    """The photograph made ready; found once and kept."""
    pixels = _enlarged(picture, mirrored)
    landmarks = _find_landmarks(np.ascontiguousarray(pixels[MARGIN:-MARGIN, MARGIN:-MARGIN]))
    px_per_mm = _iris_px(landmarks) / IRIS_MM
    openings = {name: find_opening(landmarks, name) for name in CONTOURS}
    fields = _skin_fields(landmarks, px_per_mm, openings)
    for field in fields.values():
        field[np.abs(field) < 1e-5] = 0.0  # denormal numbers would make every frame four times slower
    shown = Photograph(_exposed(pixels, landmarks), MARGIN, px_per_mm)
    jaw = fields.pop("jaw")
    lips = _parting(landmarks, openings["mouth"], jaw, fields["mouth_open"])
    return Portrait(
        shown,
        landmarks,
        openings,
        fields,
        jaw,
        lips,
        head(landmarks, px_per_mm, nodes(), camera_mm),
        reliefs(landmarks, px_per_mm, WIDTH, HEIGHT),
    )


def _find_landmarks(picture: Picture) -> NDArray[np.float64]:
    from mediapipe.python.solutions import face_mesh

    height, width = picture.shape[:2]
    with face_mesh.FaceMesh(static_image_mode=True, refine_landmarks=True, max_num_faces=1) as mesh:
        faces: Any = mesh.process(picture).multi_face_landmarks
    return np.array([(point.x * width, point.y * height, point.z * width) for point in faces[0].landmark])


def _iris_px(landmarks: NDArray[np.float64]) -> float:
    """Mean horizontal iris diameter, in pixels."""
    across = landmarks[[469, 474], :2] - landmarks[[471, 476], :2]
    return float(np.hypot(across[:, 0], across[:, 1]).mean())


def _enlarged(picture: str, mirrored: bool) -> Picture:
    """The portrait enlarged, and turned so that the eye line is level; the face in the middle."""
    face = photograph(picture)
    face = np.ascontiguousarray(np.fliplr(face) if mirrored else face)
    found = _find_landmarks(face)[:, :2]
    along = found[[362, 263]].mean(axis=0) - found[[33, 133]].mean(axis=0)
    middle = (found.min(axis=0) + found.max(axis=0)) / 2
    enlarged = IRIS_MM * PX_PER_MM / _iris_px(found)
    turn = cv2.getRotationMatrix2D(middle.tolist(), math.degrees(math.atan2(along[1], along[0])), enlarged)
    size = (WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN)
    turn[:, 2] += np.array(size) / 2 - middle
    return cv2.warpAffine(face, turn, size, flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT_101)


def _exposed(pixels: Picture, landmarks: NDArray[np.float64]) -> Picture:
    """The photograph as dark as a camera would take it, so that a little more light does not clip the skin."""
    outline = cv2.convexHull(np.rint(landmarks[:468, :2] + MARGIN).astype(np.int32))
    skin = cv2.fillConvexPoly(np.zeros(pixels.shape[:2], np.uint8), outline, 1).astype(bool)
    brightest = float(np.quantile(pixels[skin].max(axis=1), UNCLIPPED))
    return cv2.convertScaleAbs(pixels, alpha=min(255 / (1 + MOST_GAIN) / brightest, 1.0))


def _skin_fields(
    landmarks: NDArray[np.float64], px_per_mm: float, openings: Mapping[str, Opening]
) -> dict[str, Floats]:
    x, y = nodes()
    spared = np.ones_like(x)  # a raised cheek or brow does not pull the eyeball along
    for eye in (openings["right_eye"], openings["left_eye"]):
        top, bottom = float(eye.upper.min()), float(eye.lower.max())
        across = (x - (eye.left + eye.right) / 2) / ((eye.right - eye.left) / 2 + 5)
        along = (y - (top + bottom) / 2) / ((bottom - top) / 2 + 5)
        spared *= 1 - np.exp(-((across**2 + along**2) ** 2))
    fields: dict[str, Floats] = {}
    for name, blobs in _skin().items():
        field = np.zeros((NODES_Y, NODES_X, 2), np.float32)
        for blob in blobs:
            far_x = (x - landmarks[blob.landmark, 0]) / (blob.sd_x * px_per_mm)
            far_y = (y - landmarks[blob.landmark, 1]) / (blob.sd_y * px_per_mm)
            patch = np.exp(-(far_x**2 + far_y**2) / 2) * spared
            field += patch[..., None] * np.array([blob.x, blob.y], np.float32)
        first = blobs[0]
        found = np.hypot(*sample_at(field, landmarks[[first.landmark], :2])[0])
        fields[name] = field * np.float32(math.hypot(first.x, first.y) * px_per_mm / found)
    mouth = openings["mouth"]
    upper, lower = mouth.across(mouth.upper, x), mouth.across(mouth.lower, x)
    below_upper_lip = np.clip((y - upper) / np.maximum(lower - upper, LIPS_PART), 0, 1)
    fields["jaw"] = fields["mouth_open"]
    fields["mouth_open"] = fields["jaw"] * below_upper_lip[..., None].astype(np.float32)
    return fields


def _parting(
    landmarks: NDArray[np.float64], mouth: Opening, jaw: Floats, seen: Floats
) -> NDArray[np.float64]:
    """By how much an opening mouth moves each landmark (n, 2) more than the nodes do, in pixels per mm."""
    points = landmarks[:, :2]
    meeting = mouth.across((mouth.upper + mouth.lower) / 2, points[:, 0])
    of_jaw = (points[:, 0] >= mouth.left) & (points[:, 0] <= mouth.right) & (points[:, 1] > meeting)
    upper, lower = (list(contour[1:-1]) for contour in CONTOURS["mouth"])
    of_jaw[upper], of_jaw[lower] = False, True  # closed lips lie upon each other
    missed = np.where(of_jaw[:, None], sample_at(jaw - seen, points), 0.0)
    missed[upper] = -sample_at(seen, points[upper])
    return missed
