"""A simulated patient: one real photograph, moved by displacements of known size, seen through a camera.

Skin moves in smooth Gaussian fields. Lids cover the eye as real lids do: column by column the skin above
the upper lid is stretched down, the skin below the lower lid up, and the iris stays where it is. Fields, head
pose and picture are composed into one lookup, so that the photograph is interpolated once. Limits: no wrinkles, and
a turned head shows nothing that was hidden before; believable to 15 degrees.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from patient_dimples import shown
from patient_face import (
    HEIGHT,
    NODES_X,
    NODES_Y,
    PAD,
    STEP,
    WIDTH,
    nodes,
    portrait,
    sample,
    sample_at,
)
from patient_openings import (
    LIPS_PART,
    LOWER_LID_SKIN_MM,
    UPPER_LID_SKIN_MM,
    Floats,
    Jaw,
    Lids,
    Opening,
    Picture,
    eye_shown,
    mouth_shown,
)
from patient_photographs import faces
from patient_script import (
    DEFAULT_TIMING,
    EYE_SHUT_MM,
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
    "faces",
    "puckers",
    "repetitions",
    "small_smiles",
    "smile",
    "write_mjpeg",
    "write_video",
]

CHROMIUM_FPS = 30  # the pace at which it plays a file of JPEGs, whatever its maker meant
NOISE_SLACK = 256  # each frame takes its noise from another place of one larger sheet
HAND = (46, 24, 18)  # what little light comes through a hand
SIDE_LIGHT = 0.3
OPEN = Lids(0.0, 0.0)
IRIS = {"right": 468, "left": 473}  # landmarks of the middle of the iris


class SimulatedPatient:
    """Renders the photograph with a movement, as a camera with noise and JPEG would deliver it."""

    def __init__(
        self,
        seed: int = 0,
        noise_sd: float = 4.0,
        jpeg_quality: int | None = 88,
        picture: str = "astronaut",
        mirrored: bool = False,
        camera_mm: float | None = None,
    ) -> None:
        """`picture` is one of `faces()`; a camera at `camera_mm` (webcams: 500) sees near parts larger."""
        self.seed = seed
        self.noise_sd = noise_sd
        self.jpeg_quality = jpeg_quality
        self.portrait = portrait(picture, mirrored, camera_mm)
        tile = np.random.default_rng(seed).normal(0, noise_sd, (HEIGHT + NOISE_SLACK, WIDTH + NOISE_SLACK))
        self._noise = np.repeat(np.clip(np.rint(tile), -127, 127).astype(np.int8)[..., None], 3, axis=2)
        self._pixels = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))
        self._nodes = nodes()
        self._aside = self._side_light()

    def lid_gap_mm(self, side: str) -> float:
        """The lid gap of the resting eye at its widest."""
        return self.portrait.openings[f"{side}_eye"].gap / self.portrait.photograph.px_per_mm

    def lid_gap_lost_mm(self, movement: Movement, side: str) -> float:
        """What the lids truly take away: as asked for, but no more than there is."""
        return min(movement.lid_gap_lost(side), self.lid_gap_mm(side))

    def displacement_mm(self, movement: Movement, landmark: int) -> tuple[float, float]:
        """How far the skin at a landmark moves in the face's own axes, (picture's right, up); not for lids."""
        at = self.portrait.landmarks[[landmark], :2]
        skin = sample_at(self._skin(movement), at)[0] + movement.mouth_open * self.portrait.lips[landmark]
        x, y = skin / self.portrait.photograph.px_per_mm
        return float(x), -float(y)

    def landmarks(self, movement: Movement) -> NDArray[np.float64]:
        """Where the landmarks are in the picture, (478, 2) pixels; those of the lids as if the lids rested."""
        lips = movement.mouth_open * self.portrait.lips
        return self._forward(self.portrait.landmarks[:, :2], movement, lips)

    def clean_frame(self, movement: Movement) -> Picture:
        """The picture before the camera's noise and JPEG."""
        x, y = self._lookup(movement)
        picture = self.portrait.photograph.at(x, y)
        for name, relief in self.portrait.reliefs.items():
            if strength := float(getattr(movement, name)):
                picture = shown(picture, relief * np.float32(strength), x, y)
        for side in ("right", "left"):
            self._draw_eye(picture, x, y, movement, side)
        if movement.mouth_open > 0:
            self._draw_mouth(picture, x, y, movement)
        if movement.side_light:
            light = (1 + movement.gain) * (1 + movement.side_light * self._aside)
            picture = cv2.multiply(picture, np.maximum(light, 0), dtype=cv2.CV_8U)
        elif movement.gain:
            picture = cv2.convertScaleAbs(picture, alpha=max(1 + movement.gain, 0.0))
        if movement.covered:
            share = min(max(movement.covered, 0.0), 1.0)
            picture = cv2.addWeighted(picture, 1 - share, np.full_like(picture, HAND), share, 0)
        return picture

    def jpeg(self, movement: Movement = STILL, noise_key: int = 0, quality: int = 88) -> bytes:
        """One picture as a JPEG with 4:2:0 colour, as webcams send it."""
        return _jpeg(self.noisy_frame(movement, noise_key), quality)

    def frame(self, movement: Movement = STILL, noise_key: int = 0) -> Picture:
        """One RGB picture (480, 640, 3); equal seed and noise_key give equal noise."""
        if self.jpeg_quality is None:
            return self.noisy_frame(movement, noise_key)
        data = np.frombuffer(self.jpeg(movement, noise_key, self.jpeg_quality), np.uint8)
        return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)

    def frames(
        self, script: Script, fps: float = 30.0, drop: float = 0.0
    ) -> Iterator[tuple[float, Picture, Movement]]:
        """(seconds, picture, truth) along a script; `drop` is the share of frames that the camera loses."""
        kept = np.random.default_rng([self.seed, 1]).random(math.ceil(script.duration * fps)) >= drop
        for number in np.flatnonzero(kept).tolist():
            truth = script.at(number / fps)
            yield number / fps, self.frame(truth, number), truth

    def noisy_frame(self, movement: Movement = STILL, noise_key: int = 0) -> Picture:
        """The picture with the camera's noise, before JPEG."""
        picture = self.clean_frame(movement)
        top, left = np.random.default_rng([self.seed, 2, noise_key]).integers(0, NOISE_SLACK, 2)
        return cv2.add(picture, self._noise[top : top + HEIGHT, left : left + WIDTH], dtype=cv2.CV_8U)

    def _side_light(self) -> Floats:
        """The share that a light from the picture's right adds; SIDE_LIGHT from the side of the face on."""
        left, right = self.portrait.landmarks[:468, 0].min(), self.portrait.landmarks[:468, 0].max()
        across = np.clip(2 * (self._pixels[0] - (left + right) / 2) / (right - left), -1, 1)
        return np.repeat((SIDE_LIGHT * np.sin(math.pi / 2 * across)).astype(np.float32)[..., None], 3, axis=2)

    def _skin(self, movement: Movement) -> Floats:
        """How far the skin at every node goes over a head that holds still, in pixels."""
        total = np.zeros((NODES_Y, NODES_X, 2), np.float32)
        for name, field in self.portrait.fields.items():
            if amount := float(getattr(movement, name)):
                cv2.scaleAdd(field, amount, total, total)
        return total

    def _displacement(self, movement: Movement) -> Floats:
        """How far every node goes, in pixels, before the head shifts, rolls or comes nearer."""
        return self.portrait.head.carried(movement, self.portrait.photograph.px_per_mm, self._skin(movement))

    def _head(self, movement: Movement) -> NDArray[np.float64]:
        """The 2x3 similarity, about the bridge of the nose, that takes the resting head to where it is."""
        centre = self.portrait.landmarks[168, :2].tolist()
        head = cv2.getRotationMatrix2D(centre, -movement.roll_degrees, 1 + movement.nearness)
        head[:, 2] += (
            np.array([movement.shift_x_mm, movement.shift_y_mm]) * self.portrait.photograph.px_per_mm
        )
        return np.asarray(head, dtype=np.float64)

    def _forward(
        self, points: NDArray[np.float64], movement: Movement, besides: NDArray[np.float64] | float = 0.0
    ) -> NDArray[np.float64]:
        """Where points (n, 2) of the resting picture have gone; `besides` is what the nodes do not know of."""
        moved = points + sample_at(self._displacement(movement), points) + besides
        head = self._head(movement)
        return np.asarray(moved @ head[:, :2].T + head[:, 2])

    def _lookup(self, movement: Movement) -> tuple[Floats, Floats]:
        """For every pixel of the picture, the point of the resting picture that it shows."""
        back = cv2.invertAffineTransform(self._head(movement)).astype(np.float32)
        displacement = self._displacement(movement)
        node_x, node_y = _affine(back, *self._nodes)
        # The displacement is inverted by iteration; where it is steep, with more and smaller steps.
        turned, opened = movement.yaw_degrees or movement.pitch_degrees, movement.mouth_open
        step = np.float32(0.5 if opened else 1.0)
        shift = np.zeros_like(displacement)
        for _ in range(12 if opened else 10 if turned else 4):
            target = sample(displacement, node_x - shift[..., 0], node_y - shift[..., 1])
            shift = target if step == 1 else shift + step * (target - shift)
        shift = cv2.resize(shift, None, fx=STEP, fy=STEP, interpolation=cv2.INTER_CUBIC)
        shift = shift[PAD * STEP : -PAD * STEP, PAD * STEP : -PAD * STEP]
        x, y = _affine(back, *self._pixels)
        return x - shift[..., 0], y - shift[..., 1]

    def _draw_eye(self, picture: Picture, x: Floats, y: Floats, movement: Movement, side: str) -> None:
        px, eye = self.portrait.photograph.px_per_mm, self.portrait.openings[f"{side}_eye"]
        parts = ("eye_narrowing", "eye_closing", "lower_lid_raise")
        squint, closing, lower_lid = (float(getattr(movement, f"{part}_{side}")) * px for part in parts)
        lids = Lids.of(squint, closing, lower_lid, eye.gap)
        if lids == OPEN and not movement.gaze_x_mm:
            return
        iris_x, iris_y = self.portrait.landmarks[IRIS[side], :2].tolist()
        gaze = (iris_x, iris_y, movement.gaze_x_mm * px)
        window = self._window(eye, max(UPPER_LID_SKIN_MM, LOWER_LID_SKIN_MM) * px, movement)
        picture[window] = eye_shown(self.portrait.photograph, eye, lids, gaze, x[window], y[window])

    def _draw_mouth(self, picture: Picture, x: Floats, y: Floats, movement: Movement) -> None:
        mouth, amount = self.portrait.openings["mouth"], np.float32(movement.mouth_open)
        columns = np.arange(mouth.left, mouth.right + 1)
        rows = mouth.lower, np.maximum(mouth.lower, mouth.upper + LIPS_PART)
        edge, whole = (amount * sample_at(self.portrait.jaw, np.c_[columns, row])[:, 1] for row in rows)
        at = self._window(mouth, LIPS_PART, movement)
        x, y = x[at], y[at]
        here = amount * sample(self.portrait.fields["mouth_open"], x, y)[..., 1]
        jaw = Jaw(here, edge, whole)
        picture[at] = mouth_shown(self.portrait.photograph, mouth, jaw, picture[at], x, y)

    def _window(self, opening: Opening, around: float, movement: Movement) -> tuple[slice, slice]:
        """The part of the picture that shows an opening and the skin `around` it (pixels)."""
        across = np.linspace(opening.left - 2.0, opening.right + 2.0, 5)
        along = np.linspace(float(opening.upper.min()) - around, float(opening.lower.max()) + around, 5)
        box = self._forward(np.stack(np.meshgrid(across, along), axis=-1).reshape(-1, 2), movement)
        left, top = np.maximum(box.min(axis=0) - 3, 0).astype(int)
        right, bottom = np.maximum(box.max(axis=0) + 4, 0).astype(int)
        return slice(top, min(bottom, HEIGHT)), slice(left, min(right, WIDTH))


def _jpeg(picture: Picture, quality: int) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420]
    return bytes(cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)[1])


def _affine(matrix: NDArray[np.float32], x: Floats, y: Floats) -> tuple[Floats, Floats]:
    (a, b, c), (d, e, f) = matrix
    return x * a + (y * b + c), x * d + (y * e + f)


def write_mjpeg(path: Path | str, script: Script, patient: SimulatedPatient | None = None) -> int:
    """Write JPEG after JPEG, which Chromium plays as a camera at 30 a second and in a loop; returns how many.

    Chromium takes the brightness in a JPEG for video's 16 to 235 and stretches it; so it is squeezed here.
    """
    patient = patient or SimulatedPatient()
    count = math.ceil(script.duration * CHROMIUM_FPS)
    with open(path, "wb") as file:
        for number in range(count):
            picture = patient.noisy_frame(script.at(number / CHROMIUM_FPS), number)
            file.write(
                _jpeg(cv2.convertScaleAbs(picture, alpha=219 / 255, beta=16), patient.jpeg_quality or 95)
            )
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


SCRIPTS: dict[str, Callable[[int], Script]] = {
    "still": lambda count: Script(2.0 * count),
    "small-smiles": small_smiles,
    "smiles-right-eye-joins": lambda count: small_smiles(count, eye_narrowing_right=2.0),
    "puckers": puckers,
    "eye-closings": eye_closings,
    "eye-closings-right-corner-joins": lambda count: eye_closings(count, joining=smile(2.0, left=0.0)),
}


def main() -> None:
    """Make a film of the simulated patient by hand."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="ending .mjpeg (Chromium's fake camera), .mp4 or .avi")
    parser.add_argument("--script", choices=SCRIPTS, default="small-smiles")
    parser.add_argument("--count", type=int, default=5, help="repetitions")
    parser.add_argument("--fps", type=float, default=30.0, help="of an .mp4 or .avi")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", choices=faces(), default="astronaut")
    parser.add_argument("--mirrored", action="store_true", help="the same face with its sides swapped")
    parser.add_argument("--still-head", action="store_true", help="no head drift")
    parser.add_argument("--no-blinks", action="store_true")
    chosen = parser.parse_args()
    script = SCRIPTS[chosen.script](chosen.count)
    script = script if chosen.still_head else script.with_head_drift()
    script = script if chosen.no_blinks else script.with_blinks()
    patient = SimulatedPatient(seed=chosen.seed, picture=chosen.picture, mirrored=chosen.mirrored)
    if chosen.file.suffix in {".mjpeg", ".mjpg"}:
        count = write_mjpeg(chosen.file, script, patient)
    else:
        count = write_video(chosen.file, script, chosen.fps, patient)
    print(f"{chosen.file}: {count} pictures, {script.duration:.1f} s")


if __name__ == "__main__":
    main()
