"""A simulated patient: one real photograph, moved by displacements of known size, seen through a camera.

Skin moves in smooth Gaussian fields. Lids cover the eye as real lids do: column by column the skin above the upper
lid is stretched down, the skin below the lower lid up, and the iris stays where it is. Fields, head pose and picture
are composed into one lookup, so that the photograph is interpolated once. Limits: one face, no perspective, no
folds or wrinkles; head turns are depth-shaped shifts of the front of the face, believable to about 8 degrees.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from patient_script import (
    DEFAULT_TIMING,
    EYE_SHUT_MM,
    NAMES,
    STILL,
    Act,
    Drift,
    Movement,
    Script,
    Timing,
    eye_closings,
    puckers,
    repetitions,
    small_smiles,
    smile,
)

__all__ = [
    "DEFAULT_TIMING",
    "EYE_SHUT_MM",
    "STILL",
    "Act",
    "Drift",
    "Movement",
    "Script",
    "SimulatedPatient",
    "Timing",
    "eye_closings",
    "puckers",
    "repetitions",
    "small_smiles",
    "smile",
    "write_mjpeg",
    "write_video",
]

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]

WIDTH, HEIGHT = 640, 480
IRIS_MM = 11.7
PX_PER_MM = 1 / 0.60
MARGIN = 200  # pixels of photograph kept around the resting picture, so that the head can move

# The grid on which smooth fields live: one node every STEP pixels, PAD nodes beyond each border.
STEP, PAD = 4, 4
NODES_X, NODES_Y = WIDTH // STEP + 2 * PAD, HEIGHT // STEP + 2 * PAD
FIRST_NODE = (STEP - 1) / 2 - PAD * STEP  # where cv2.resize puts node 0, in pixels

# Face Mesh landmarks (right, left), at which the truth of each movement holds.
POINTS: dict[str, tuple[int, int]] = {
    "brow_raise": (105, 334),
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
# Outer corner to inner corner along the upper and the lower lid.
UPPER_LID = {
    "right": (33, 246, 161, 160, 159, 158, 157, 173, 133),
    "left": (263, 466, 388, 387, 386, 385, 384, 398, 362),
}
LOWER_LID = {
    "right": (33, 7, 163, 144, 145, 153, 154, 155, 133),
    "left": (263, 249, 390, 373, 374, 380, 381, 382, 362),
}
LOWER_LID_SHARE_OF_SQUINT = 0.65
LOWER_LID_SHARE_OF_CLOSING = 0.15
LASHES_MM = 2.4  # this much of the lid's edge moves as it is
UPPER_LID_SKIN_MM = 8.5  # skin above the upper lid that takes part; the brow does not
LOWER_LID_SKIN_MM = 8.0


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
    for index, (side, out) in enumerate((("right", -1.0), ("left", 1.0))):
        brow, cheek, fold, wing, corner, lip, lower_lip = (
            POINTS[name][index]
            for name in (
                "brow_raise",
                "cheek_raise",
                "fold_raise",
                "nose_wrinkle",
                "corner_up",
                "upper_lip_raise",
                "lower_lip_drop",
            )
        )
        skin[f"brow_raise_{side}"] = (Blob(brow, 0, -1, 11, 8),)
        skin[f"cheek_raise_{side}"] = (Blob(cheek, 0, -1, 9, 9),)
        skin[f"fold_raise_{side}"] = (Blob(fold, 0.707 * out, -0.707, 7, 7),)
        skin[f"nose_wrinkle_{side}"] = (Blob(wing, 0, -1, 5, 5),)
        skin[f"corner_up_{side}"] = (Blob(corner, 0, -1, 9, 9),)
        skin[f"corner_out_{side}"] = (Blob(corner, out, 0, 9, 9),)
        skin[f"upper_lip_raise_{side}"] = (Blob(lip, 0, -1, 5.5, 5.5),)
        skin[f"lower_lip_drop_{side}"] = (Blob(lower_lip, 0, 1, 5.5, 5.5),)
    skin["chin_raise"] = (Blob(199, 0, -1, 8, 7), Blob(17, 0, -0.4, 9, 5))
    skin["mouth_open"] = (Blob(14, 0, 1, 14, 5), Blob(199, 0, 0.9, 20, 12))
    skin["pucker"] = (Blob(61, 0.5, 0, 9, 9), Blob(291, -0.5, 0, 9, 9))
    return skin


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """The lid edges of one eye at rest: for each whole column of the picture, in pixels."""

    left: int
    right: int
    upper: Floats
    lower: Floats
    gap_mm: float


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """The photograph at rest and everything about it that does not change."""

    photograph: Picture
    landmarks: NDArray[np.float64]
    px_per_mm: float
    names: tuple[str, ...]
    fields: Floats  # (name, node y, node x, 2): pixels of displacement per unit of amplitude
    centre: tuple[float, float]
    eyes: dict[str, Eye]


def _find_landmarks(picture: Picture) -> NDArray[np.float64]:
    from mediapipe.python.solutions import face_mesh

    height, width = picture.shape[:2]
    with face_mesh.FaceMesh(static_image_mode=True, refine_landmarks=True, max_num_faces=1) as mesh:
        faces: Any = mesh.process(picture).multi_face_landmarks
    return np.array([(point.x * width, point.y * height, point.z * width) for point in faces[0].landmark])


def _iris_px(landmarks: NDArray[np.float64]) -> float:
    """Mean horizontal iris diameter, in pixels."""
    across = ((469, 471), (474, 476))
    return float(np.mean([np.linalg.norm(landmarks[a, :2] - landmarks[b, :2]) for a, b in across]))


def _photograph(picture: str, mirrored: bool) -> Picture:
    """The portrait enlarged and turned so that the eye line is level and a pixel is 0.60 mm."""
    import skimage.data

    if picture != "astronaut":
        raise ValueError(f"unknown picture {picture!r}: the only face at hand is 'astronaut'")
    portrait = np.ascontiguousarray(
        skimage.data.astronaut()[:, ::-1] if mirrored else skimage.data.astronaut()
    )
    found = _find_landmarks(portrait)
    right, left = found[[33, 133], :2].mean(axis=0), found[[362, 263], :2].mean(axis=0)
    tilt = math.degrees(math.atan2(left[1] - right[1], left[0] - right[0]))
    face = found[:468, :2].min(axis=0) / 2 + found[:468, :2].max(axis=0) / 2
    turn = cv2.getRotationMatrix2D(
        (float(face[0]), float(face[1])), tilt, IRIS_MM * PX_PER_MM / _iris_px(found)
    )
    turn[:, 2] += (WIDTH / 2 + MARGIN - face[0], HEIGHT / 2 + MARGIN - face[1])
    size = (WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN)
    return cv2.warpAffine(portrait, turn, size, flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT_101)


def _nodes() -> tuple[Floats, Floats]:
    x = FIRST_NODE + STEP * np.arange(NODES_X, dtype=np.float32)
    y = FIRST_NODE + STEP * np.arange(NODES_Y, dtype=np.float32)
    return np.meshgrid(x, y)


def _sample(field: Floats, x: Floats, y: Floats) -> Floats:
    """The field between its nodes, at picture coordinates x, y."""
    return cv2.remap(
        field,
        (x - FIRST_NODE) / STEP,
        (y - FIRST_NODE) / STEP,
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _eye(landmarks: NDArray[np.float64], side: str, px_per_mm: float) -> Eye:
    from scipy.interpolate import PchipInterpolator

    edges = []
    for contour in (UPPER_LID[side], LOWER_LID[side]):
        points = landmarks[list(contour), :2]
        points = points[np.argsort(points[:, 0])]
        columns = np.arange(math.ceil(points[0, 0]), math.floor(points[-1, 0]) + 1)
        edges.append(PchipInterpolator(points[:, 0], points[:, 1])(columns).astype(np.float32))
    upper, lower = edges
    gap = float((lower - upper).max()) / px_per_mm
    return Eye(int(columns[0]), int(columns[-1]), upper, lower, gap)


def _head_fields(landmarks: NDArray[np.float64], x: Floats, y: Floats) -> dict[str, Floats]:
    """Yaw and pitch: the mesh's depth, falling off to nothing at the edge of the face, and foreshortening."""
    from scipy.interpolate import LinearNDInterpolator

    points = landmarks[:468]
    rim = float(np.percentile(points[:, 2], 95))
    relief = LinearNDInterpolator(points[:, :2], rim - points[:, 2], fill_value=0.0)(x, y)
    depth = cv2.GaussianBlur(np.maximum(relief, 0).astype(np.float32), (0, 0), 3.0)
    middle = (points[:, :2].min(axis=0) + points[:, :2].max(axis=0)) / 2
    reach = (points[:, :2].max(axis=0) - points[:, :2].min(axis=0)) / 2
    near = np.exp(
        -((((x - middle[0]) / (1.6 * reach[0])) ** 2 + ((y - middle[1]) / (1.6 * reach[1])) ** 2) ** 3)
    )
    none = np.zeros_like(depth)
    return {
        "sin_yaw": np.dstack([depth, none]),
        "cos_yaw": np.dstack([(x - middle[0]) * near, none]).astype(np.float32),
        "sin_pitch": np.dstack([none, -depth]),
        "cos_pitch": np.dstack([none, (y - middle[1]) * near]).astype(np.float32),
    }


@lru_cache(maxsize=4)
def _model(picture: str, mirrored: bool) -> Model:
    photograph = _photograph(picture, mirrored)
    landmarks = _find_landmarks(np.ascontiguousarray(photograph[MARGIN:-MARGIN, MARGIN:-MARGIN]))
    px_per_mm = _iris_px(landmarks) / IRIS_MM
    x, y = _nodes()
    eyes = {side: _eye(landmarks, side, px_per_mm) for side in ("right", "left")}
    spared = np.ones_like(x)
    for eye in eyes.values():
        middle_x, middle_y = (eye.left + eye.right) / 2, float(eye.upper.min() + eye.lower.max()) / 2
        reach_x, reach_y = (eye.right - eye.left) / 2 + 5, float(eye.lower.max() - eye.upper.min()) / 2 + 5
        spared *= 1 - np.exp(-((((x - middle_x) / reach_x) ** 2 + ((y - middle_y) / reach_y) ** 2) ** 2))
    fields: dict[str, Floats] = {}
    for name, blobs in _skin().items():
        field = np.zeros((NODES_Y, NODES_X, 2), np.float32)
        for blob in blobs:
            at_x, at_y = landmarks[blob.landmark, :2]
            far = ((x - at_x) / (blob.sd_x * px_per_mm)) ** 2 + ((y - at_y) / (blob.sd_y * px_per_mm)) ** 2
            field += (np.exp(-far / 2) * spared)[..., None] * np.array([blob.x, blob.y], np.float32)
        first = blobs[0]
        at = landmarks[first.landmark, :2].astype(np.float32).reshape(2, 1, 1)
        found = float(np.hypot(*_sample(field, at[0], at[1]).ravel()))
        fields[name] = field * (math.hypot(first.x, first.y) * px_per_mm / found)
    fields |= _head_fields(landmarks, x, y)
    for field in fields.values():
        field[np.abs(field) < 1e-5] = 0.0  # numbers too small for full-speed arithmetic
    centre = landmarks[168, :2]
    return Model(
        photograph,
        landmarks,
        px_per_mm,
        tuple(fields),
        np.stack(list(fields.values())),
        (float(centre[0]), float(centre[1])),
        eyes,
    )


class SimulatedPatient:
    """Renders the photograph with a movement, as a camera with noise and JPEG would see it."""

    def __init__(
        self,
        seed: int = 0,
        noise_sd: float = 4.0,
        jpeg_quality: int | None = 88,
        picture: str = "astronaut",
        mirrored: bool = False,
    ) -> None:
        self.seed = seed
        self.noise_sd = noise_sd
        self.jpeg_quality = jpeg_quality
        self.model = _model(picture, mirrored)
        tile = np.random.default_rng(seed).normal(0, noise_sd, (HEIGHT + 256, WIDTH + 256))
        self._noise = np.repeat(np.clip(np.rint(tile), -127, 127).astype(np.int8)[..., None], 3, axis=2)
        self._pixels = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))
        self._nodes = _nodes()

    def lid_gap_mm(self, side: str) -> float:
        """The lid gap of the resting eye at its widest."""
        return self.model.eyes[side].gap_mm

    def displacement_mm(self, movement: Movement, landmark: int) -> tuple[float, float]:
        """How far the skin at a landmark truly moves within the face, (to the picture's right, up); not for lids."""
        at = self.model.landmarks[landmark, :2].astype(np.float32).reshape(2, 1, 1)
        still = {name: 0.0 for name in NAMES if name.endswith("_degrees")}
        moved = _sample(self._field(_replaced(movement, still)), at[0], at[1]).ravel() / self.model.px_per_mm
        return float(moved[0]), -float(moved[1])

    def landmarks(self, movement: Movement) -> NDArray[np.float64]:
        """Where the 478 landmarks truly are in the picture, (478, 2) pixels; lid edges as if the lids rested."""
        rest = self.model.landmarks[:, :2].astype(np.float32)
        moved = rest + _sample(self._field(movement), rest[:, :1], rest[:, 1:])[:, 0]
        head = self._head(movement)
        return np.asarray(moved @ head[:, :2].T + head[:, 2], dtype=np.float64)

    def clean_frame(self, movement: Movement) -> Picture:
        """The picture before the camera's noise and JPEG."""
        model = self.model
        x, y = self._lookup(movement)
        picture = cv2.remap(
            model.photograph, x + MARGIN, y + MARGIN, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
        for side in ("right", "left"):
            self._close_lids(picture, x, y, movement, side)
        if movement.gain:
            picture = cv2.convertScaleAbs(picture, alpha=max(1 + movement.gain, 0.0))
        if movement.covered:
            share = min(max(movement.covered, 0.0), 1.0)
            hand = np.full_like(picture, (46, 24, 18))
            picture = cv2.addWeighted(picture, 1 - share, hand, share, 0)
        return picture

    def jpeg(self, movement: Movement, noise_key: int = 0, quality: int = 88) -> bytes:
        """The noisy picture as one JPEG, 4:2:0."""
        bgr = cv2.cvtColor(self._noisy(movement, noise_key), cv2.COLOR_RGB2BGR)
        options = [cv2.IMWRITE_JPEG_QUALITY, quality]
        options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420]
        return bytes(cv2.imencode(".jpg", bgr, options)[1])

    def frame(self, movement: Movement = STILL, noise_key: int = 0) -> Picture:
        """One RGB picture (480, 640, 3) as the camera delivers it; equal seed and key give equal noise."""
        if self.jpeg_quality is None:
            return self._noisy(movement, noise_key)
        data = np.frombuffer(self.jpeg(movement, noise_key, self.jpeg_quality), np.uint8)
        return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)

    def frames(
        self, script: Script, fps: float = 30.0, drop: float = 0.0
    ) -> Iterator[tuple[float, Picture, Movement]]:
        """(seconds, picture, truth) along a script; `drop` is the share of frames the camera loses."""
        kept = np.random.default_rng([self.seed, 1]).random(math.ceil(script.duration * fps)) >= drop
        for number in np.flatnonzero(kept):
            seconds = float(number / fps)
            truth = script.at(seconds)
            yield seconds, self.frame(truth, int(number)), truth

    def _noisy(self, movement: Movement, noise_key: int) -> Picture:
        picture = self.clean_frame(movement)
        if self.noise_sd <= 0:
            return picture
        top, left = np.random.default_rng([self.seed, 2, noise_key]).integers(0, 256, 2)
        noise = self._noise[top : top + HEIGHT, left : left + WIDTH]
        return cv2.add(picture, noise, dtype=cv2.CV_8U)

    def _field(self, movement: Movement) -> Floats:
        """The displacement of every node, in pixels, before the head's own shift, roll and nearness."""
        yaw, pitch = math.radians(movement.yaw_degrees), math.radians(movement.pitch_degrees)
        turned = {
            "sin_yaw": math.sin(yaw),
            "cos_yaw": math.cos(yaw) - 1,
            "sin_pitch": math.sin(pitch),
            "cos_pitch": math.cos(pitch) - 1,
        }
        field = np.zeros((NODES_Y, NODES_X, 2), np.float32)
        for name, unit in zip(self.model.names, self.model.fields):
            amount = turned[name] if name in turned else getattr(movement, name)
            if amount:
                cv2.scaleAdd(unit, float(amount), field, field)
        return field

    def _head(self, movement: Movement) -> NDArray[np.float64]:
        """The 2x3 similarity that takes the resting head to where it is."""
        head = cv2.getRotationMatrix2D(self.model.centre, -movement.roll_degrees, 1 + movement.nearness)
        head[:, 2] += np.array([movement.shift_x_mm, movement.shift_y_mm]) * self.model.px_per_mm
        return np.asarray(head, dtype=np.float64)

    def _lookup(self, movement: Movement) -> tuple[Floats, Floats]:
        """For every pixel of the picture, the point of the resting picture it shows (lids apart)."""
        back = cv2.invertAffineTransform(self._head(movement)).astype(np.float32)
        field = self._field(movement)
        node_x, node_y = _affine(back, *self._nodes)
        shift = np.zeros_like(field)
        for _ in range(8 if movement.yaw_degrees or movement.pitch_degrees else 4):
            shift = _sample(field, node_x - shift[..., 0], node_y - shift[..., 1])
        shift = cv2.resize(shift, None, fx=STEP, fy=STEP, interpolation=cv2.INTER_CUBIC)
        inside = slice(PAD * STEP, -PAD * STEP)
        x, y = _affine(back, *self._pixels)
        return x - shift[inside, inside, 0], y - shift[inside, inside, 1]

    def _close_lids(self, picture: Picture, x: Floats, y: Floats, movement: Movement, side: str) -> None:
        """Draw the lids of one eye over the picture."""
        eye = self.model.eyes[side]
        squint, closing, lower_lid = (
            max(float(getattr(movement, f"{name}_{side}")), 0.0)
            for name in ("eye_narrowing", "eye_closing", "lower_lid_raise")
        )
        lost = squint + closing + lower_lid
        if lost <= 0:
            return
        raised = squint * LOWER_LID_SHARE_OF_SQUINT + closing * LOWER_LID_SHARE_OF_CLOSING + lower_lid
        share = min(lost / eye.gap_mm, 1.0)
        window = self._window(eye, movement)
        x, y = x[window], y[window]
        columns = np.arange(eye.left, eye.right + 1)
        gap = eye.lower - eye.upper
        upper, lower, open_gap = (
            np.interp(x, columns, edge, left=edge[0], right=edge[-1]).astype(np.float32)
            for edge in (eye.upper, eye.lower, gap)
        )
        within = ((x >= eye.left) & (x <= eye.right)).astype(np.float32)
        up = open_gap * within * np.float32(share * raised / lost)
        down = open_gap * within * np.float32(share * (1 - raised / lost))
        above, below = upper + down - y, y - (lower - up)  # heights over the moved edges, outward positive
        px = self.model.px_per_mm
        from_upper = upper - _unstretched(above, down, LASHES_MM * px, UPPER_LID_SKIN_MM * px)
        from_lower = lower + _unstretched(below, up, LASHES_MM * px, LOWER_LID_SKIN_MM * px)
        is_upper = above >= below
        skin_y = np.where(is_upper, from_upper, from_lower)
        cover = np.clip(np.maximum(above, below) + 0.5, 0, 1)[..., None]
        skin = cv2.remap(
            self.model.photograph,
            x + MARGIN,
            skin_y + MARGIN,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        picture[window] = np.rint(skin * cover + picture[window] * (1 - cover)).astype(np.uint8)

    def _window(self, eye: Eye, movement: Movement) -> tuple[slice, slice]:
        """The part of the picture in which this eye's lids can be seen."""
        px = self.model.px_per_mm
        left, right = eye.left - 2.0, eye.right + 2.0
        top = float(eye.upper.min()) - UPPER_LID_SKIN_MM * px - 2
        bottom = float(eye.lower.max()) + LOWER_LID_SKIN_MM * px + 2
        x, y = (
            edge.astype(np.float32)
            for edge in np.meshgrid(np.linspace(left, right, 5), np.linspace(top, bottom, 5))
        )
        moved = _sample(self._field(movement), x, y)
        at_x, at_y = _affine(self._head(movement).astype(np.float32), x + moved[..., 0], y + moved[..., 1])
        columns = np.clip([at_x.min() - 3, at_x.max() + 4], 0, WIDTH).astype(int)
        rows = np.clip([at_y.min() - 3, at_y.max() + 4], 0, HEIGHT).astype(int)
        return slice(rows[0], rows[1]), slice(columns[0], columns[1])


def _replaced(movement: Movement, values: dict[str, float]) -> Movement:
    return Movement(**({name: getattr(movement, name) for name in NAMES} | values))


def _affine(matrix: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    (a, b, c), (d, e, f) = matrix
    return x * a + (y * b + c), x * d + (y * e + f)


def _unstretched(height: Floats, moved: Floats, rigid: float, skin: float) -> Floats:
    """How far from the resting lid edge the skin was that now lies `height` from the moved edge (pixels).

    The edge with its lashes moves as it is; the skin behind it, up to `skin`, is stretched evenly.
    """
    stretched = rigid + (height - rigid) * ((skin - rigid) / (skin - rigid + moved))
    return np.where(height < rigid, height, np.where(height < skin + moved, stretched, height - moved))


def write_mjpeg(
    path: Path | str, script: Script, fps: float = 30.0, patient: SimulatedPatient | None = None
) -> int:
    """Write JPEG after JPEG, which Chromium plays (in a loop) as a camera; returns the number of pictures."""
    patient = patient or SimulatedPatient()
    count = math.ceil(script.duration * fps)
    with open(path, "wb") as file:
        for number in range(count):
            file.write(patient.jpeg(script.at(number / fps), number))
    return count


def write_video(
    path: Path | str, script: Script, fps: float = 30.0, patient: SimulatedPatient | None = None
) -> int:
    """Write an MP4 or AVI clip by the name's ending; returns the number of pictures."""
    patient = patient or SimulatedPatient()
    code = cv2.VideoWriter_fourcc(*("MJPG" if str(path).endswith(".avi") else "mp4v"))
    writer = cv2.VideoWriter(str(path), code, fps, (WIDTH, HEIGHT))
    if not writer.isOpened():
        raise OSError(f"{path}: OpenCV cannot write this kind of video here; try the ending .avi")
    count = 0
    for _, picture, _ in patient.frames(script, fps):
        writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        count += 1
    writer.release()
    return count


SCRIPTS = {
    "still": lambda count: Script(10.0),
    "small-smiles": lambda count: small_smiles(count),
    "smiles-right-eye-joins": lambda count: small_smiles(count, eye_narrowing_right=2.0),
    "puckers": lambda count: puckers(count),
    "eye-closings": lambda count: eye_closings(count),
    "eye-closings-right-corner-joins": lambda count: eye_closings(count, joining=smile(2.0, left=0.0)),
}


def main() -> None:
    """Make a film of the simulated patient by hand."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="ending .mjpeg (Chromium's fake camera), .mp4 or .avi")
    parser.add_argument("--script", choices=SCRIPTS, default="small-smiles")
    parser.add_argument("--count", type=int, default=5, help="repetitions")
    parser.add_argument("--fps", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--mirrored", action="store_true", help="the same face with its sides swapped")
    parser.add_argument("--still-head", action="store_true", help="no head drift")
    parser.add_argument("--no-blinks", action="store_true")
    chosen = parser.parse_args()
    script = SCRIPTS[chosen.script](chosen.count)
    script = script if chosen.still_head else script.with_head_drift()
    script = script if chosen.no_blinks else script.with_blinks()
    write = write_mjpeg if chosen.file.suffix in {".mjpeg", ".mjpg"} else write_video
    count = write(
        chosen.file, script, chosen.fps, SimulatedPatient(seed=chosen.seed, mirrored=chosen.mirrored)
    )
    print(f"{chosen.file}: {count} pictures, {script.duration:.1f} s")


if __name__ == "__main__":
    main()
