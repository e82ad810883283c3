"""A simulated patient sits at rest before a webcam; what the coach and the mesh alone read of pictures of them."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from simulated_patient import Movement, SimulatedPatient

from coach import lids, texture
from coach.face import IRIS_MM, QUIET_POINTS, SIDES, Face
from coach.head import PX_PER_MM
from coach.movements import NAMES, Readings, read
from coach.skin import SITES, Shift, Skin
from coach.tracker import Tracker

METHODS = ("coach", "mesh alone")
Reading = Mapping[str, float]
DRIFT = dict.fromkeys(("shift_x_mm", "shift_y_mm", "roll_degrees", "yaw_degrees", "pitch_degrees"), 3.0)
FPS = 25
CAMERA_MM = 500.0
GATHERED = 20  # pictures whose mean is the resting picture: 0.8 s
RESTING_PICTURES = 50


class Sitting:
    """One simulated patient at rest, and what each method reads of pictures made from it."""

    def __init__(self, face: str, pictures: int, gathered: int) -> None:
        self.patient = SimulatedPatient(noise_sd=6.0, jpeg_quality=80, picture=face, camera_mm=CAMERA_MM)
        self.pictures = pictures
        self._tracker = Tracker()
        self._random = np.random.default_rng(7)
        self._key = 0
        still = [self._picture(Movement()) for _ in range(8)]
        picture, first = still[-1]
        self._ratio = float(np.median([f.eye_distance_px / f.iris_px for _, f in still])) * IRIS_MM
        self._gap = {s: first.lid_gap_px(s) / first.eye_distance_px * self._ratio for s in SIDES}
        self._zero = {m: dict.fromkeys(NAMES, 0.0) for m in METHODS}
        self._skin = Skin(self._ratio)
        self._resting = self._skin.rest(_gray(picture), first)
        shifts = [
            (s := self._skin.since(self._resting, g, f), lids.windows(s, g), texture.windows(s, g))
            for g, f in ((_gray(p), f) for p, f in (self._picture(Movement()) for _ in range(gathered)))
        ]
        bare = texture.bare(self._skin.since(self._resting, _gray(picture), first), picture)
        self._texture = texture.rest(texture.averaged([patches for _, _, patches in shifts]), bare)
        self._resting = self._resting.averaged([shift.crop for shift, _, _ in shifts])
        self._eyes = lids.rest(self._resting, lids.averaged([windows for _, windows, _ in shifts]))
        self.resting = [self._read(*self._picture(Movement())) for _ in range(RESTING_PICTURES)]
        self._zero = _medians(self.resting)

    def read(self, movement: Movement, drifting: Mapping[str, float] = DRIFT) -> dict[str, Reading]:
        """Median readings by method over several pictures of a movement, each with the head somewhere else."""
        readings = []
        for _ in range(self.pictures):
            drift = Movement(
                **{name: float(self._random.uniform(-most, most)) for name, most in drifting.items()}
            )
            readings.append(self._read(*self._picture(movement + drift)))
        return _medians(readings)

    def truth(self, movement: Movement) -> Readings:
        """What a perfect engine would read."""
        moved = {
            name: np.array(self.patient.displacement_mm(movement, landmark)) * (1, -1)
            for name, (landmark, _, _) in SITES.items()
        }
        gaps = {s: (self.patient.lid_gap_lost_mm(movement, s.value), 0.0) for s in SIDES}
        return read(self._shift_by(moved), gaps)

    def _picture(self, movement: Movement) -> tuple[np.ndarray, Face]:
        """An RGB picture and its face; shown to the tracker until it has settled, as a steady camera would."""
        face: object = None
        for _ in range(3):
            self._key += 1
            picture = self.patient.frame(movement, self._key)
            face = self._tracker.follow(picture, self._key / FPS)
        if not isinstance(face, Face):
            raise RuntimeError(f"The simulated patient's face was lost at {movement}.")
        return picture, face

    def _read(self, picture: np.ndarray, face: Face) -> dict[str, Reading]:
        gray = _gray(picture)
        shift = self._skin.since(self._resting, gray, face)
        windows = lids.windows(shift, gray)
        gaps = {
            s: (self._gap[s] - face.lid_gap_px(s) / face.eye_distance_px * self._ratio, 0.0) for s in SIDES
        }
        found = {
            "coach": read(
                shift,
                {s: lids.narrowing_mm(self._eyes[s], windows[s]) for s in SIDES},
                texture.readings(self._texture, texture.windows(shift, gray)),
            ),
            "mesh alone": read(self._shift_by(self._mesh(shift, face)), gaps),
        }
        return {
            m: {n: (np.nan if (v := found[m][n]) is None else v - self._zero[m][n]) for n in NAMES}
            for m in METHODS
        }

    def _mesh(self, shift: Shift, face: Face) -> dict[str, np.ndarray]:
        """The same sites by landmarks alone, the head's motion fitted to the mesh's own quiet points; mm."""
        back = np.linalg.inv(shift.to_picture[:, :2])
        points, quiet = self._resting.landmarks, list(QUIET_POINTS)
        moved = (face.points[:, :2] - shift.to_picture[:, 2]) @ back.T - points.at
        motion, _ = points.some(quiet).motion(moved[quiet], np.ones(len(quiet)), shift.motion.size)
        own = (moved - points.carried(motion)) / PX_PER_MM
        return {name: own[landmark] for name, (landmark, _, _) in SITES.items()}

    def _shift_by(self, sites_mm: Mapping[str, np.ndarray]) -> Shift:
        """A shift that holds nothing but these."""
        nothing: dict[str, object] = dict.fromkeys(Shift.__slots__)
        return Shift(**{**nothing, "sites_mm": sites_mm, "by_mesh": frozenset()})  # type: ignore[arg-type]


def _gray(picture: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))


def _medians(readings: list[dict[str, Reading]]) -> dict[str, Reading]:
    """The median of every reading by method; nan where it was never seen."""

    def median(values: list[float]) -> float:
        return float("nan") if np.isnan(values).all() else float(np.nanmedian(values))

    return {m: {n: median([r[m][n] for r in readings]) for n in NAMES} for m in METHODS}
