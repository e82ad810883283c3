"""How well the engine reads movements of known size on a simulated patient, beside the mesh alone and dense flow.

    python benchmarks/accuracy.py [--pictures 12] [--json FILE]      (make accuracy)

Camera noise sd 6 grey levels and JPEG 80; the head drifts by up to 3 mm and 3 degrees of roll unless the row says
otherwise. Every figure of a row comes from the same pictures. Synthetic movement on few faces: no clinical validation.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "tests")]

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from simulated_patient import EYE_SHUT_MM, Movement, SimulatedPatient

from coach import lids
from coach.face import IRIS_MM, QUIET_POINTS, SIDES, Face
from coach.movements import NAMES, read
from coach.skin import PX_PER_MM, SITES, Shift, Skin
from coach.tracker import Tracker

METHODS = ("coach", "mesh alone", "dense flow")
Reading = Mapping[str, float]
DRIFT = {"shift_x_mm": 3.0, "shift_y_mm": 3.0, "roll_degrees": 3.0}
RESTING_PICTURES = 25
AREAS = tuple(n for n in NAMES if not n.startswith(("mouth_open", "pucker")))
MOVED = {  # what is moved: the reading it should give, and the areas that rightly move along with it
    "corner_up_right": ("corner_up_right", ("corner", "upper_lip", "lower_lip")),
    "corner_out_right": ("corner_out_right", ("corner", "upper_lip", "lower_lip")),
    "cheek_raise_right": ("cheek_raise_right", ("cheek_raise_right", "nose_wrinkle_right", "corner")),
    "chin_raise": ("chin_raise", ("chin", "lower_lip")),
    "brow_raise_right": ("brow_raise_right", ("brow_raise_right",)),
    "nose_wrinkle_right": ("nose_wrinkle_right", ("nose_wrinkle_right", "upper_lip", "cheek_raise_right")),
    "upper_lip_raise_right": ("upper_lip_raise_right", ("upper_lip", "corner", "nose_wrinkle_right")),
    "lower_lip_drop_right": ("lower_lip_drop_right", ("lower_lip", "corner", "chin")),
    "lower_lid_raise_right": ("eye_narrowing_right", ("eye_narrowing_right",)),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One published figure: what was done, the aim (low, high), and what each method gave."""

    figure: str
    what: str
    low: float
    high: float
    values: Mapping[str, float]

    @property
    def reached(self) -> bool:
        """Whether the coach's own figure lies within the aim."""
        return self.low <= round(self.values["coach"], 2) <= self.high


class Bench:
    """One simulated patient at rest, and what each method reads of pictures made from it."""

    def __init__(self, mirrored: bool, pictures: int) -> None:
        self.patient = SimulatedPatient(noise_sd=6.0, jpeg_quality=80, mirrored=mirrored)
        self.pictures = pictures
        self._tracker = Tracker()
        self._dense = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._random = np.random.default_rng(7)
        self._key = 0
        still = [self._picture(Movement()) for _ in range(8)]
        gray, face = still[-1]
        ratio = float(np.median([f.eye_distance_px / f.iris_px for _, f in still])) * IRIS_MM
        self._skin = Skin(ratio)
        self._resting = self._skin.rest(gray, face)
        at_rest = self._skin.since(self._resting, gray, face)
        self._eyes = lids.rest(self._resting, gray, face, at_rest.to_picture)
        self._gap = {s: face.lid_gap_px(s) / face.eye_distance_px * ratio for s in SIDES}
        self._ratio = ratio
        self._zero = {m: dict.fromkeys(NAMES, 0.0) for m in METHODS}
        resting = [self._read(*self._picture(Movement())) for _ in range(RESTING_PICTURES)]
        self.jitter = {m: {n: float(np.nanstd([r[m][n] for r in resting])) for n in NAMES} for m in METHODS}
        self._zero = {m: {n: float(np.nanmedian([r[m][n] for r in resting])) for n in NAMES} for m in METHODS}

    def read(self, movement: Movement, drifting: Mapping[str, float] = DRIFT) -> dict[str, Reading]:
        """Median readings by method over several pictures of a movement, each with the head somewhere else."""
        readings = []
        for _ in range(self.pictures):
            drift = Movement(
                **{name: float(self._random.uniform(-most, most)) for name, most in drifting.items()}
            )
            readings.append(self._read(*self._picture(movement + drift)))
        return {m: {n: float(np.nanmedian([r[m][n] for r in readings])) for n in NAMES} for m in METHODS}

    def _picture(self, movement: Movement) -> tuple[np.ndarray, Face]:
        """A grey picture and its face; shown to the tracker until it has settled, as a steady camera would."""
        face: object = None
        for _ in range(3):
            self._key += 1
            picture = self.patient.frame(movement, self._key)
            face = self._tracker.follow(picture, self._key / 25)
        if not isinstance(face, Face):
            raise RuntimeError(f"The simulated patient's face was lost at {movement}.")
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)), face

    def _read(self, gray: np.ndarray, face: Face) -> dict[str, Reading]:
        shift = self._skin.since(self._resting, gray, face)
        narrowed = {s: lids.narrowing_mm(self._eyes[s], shift, gray) for s in SIDES}
        by_mesh = {
            s: (self._gap[s] - face.lid_gap_px(s) / face.eye_distance_px * self._ratio, 0.0) for s in SIDES
        }
        found = {
            "coach": read(shift, narrowed),
            "mesh alone": read(self._by_mesh(shift, face), by_mesh),
            "dense flow": read(self._by_dense_flow(shift, gray), by_mesh),
        }
        return {
            m: {n: (np.nan if (v := found[m][n]) is None else v - self._zero[m][n]) for n in NAMES}
            for m in METHODS
        }

    def _by_mesh(self, shift: Shift, face: Face) -> Shift:
        """The same sites by landmarks alone, the head's six modes fitted to the mesh's own quiet points."""
        back = np.linalg.inv(shift.to_picture[:, :2])
        moved = (face.points[:, :2] - shift.to_picture[:, 2]) @ back.T - self._resting.landmarks
        return self._by(moved, shift)

    def _by_dense_flow(self, shift: Shift, gray: np.ndarray) -> Shift:
        """The same sites by DIS optical flow (preset MEDIUM), median over a disc of 2 mm."""
        size = self._resting.crop.shape[::-1]
        crop = cv2.warpAffine(gray, shift.to_picture, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        flow = self._dense.calc(self._resting.crop, np.asarray(crop, dtype=np.uint8), None)
        moved = np.zeros((478, 2))
        offsets = [(x, y) for x in range(-4, 5) for y in range(-4, 5) if x * x + y * y <= 16]
        for landmark in {site[0] for site in SITES.values()} | set(QUIET_POINTS):
            at = np.rint(self._resting.landmarks[landmark]).astype(int) + offsets
            inside = np.clip(at, 0, np.array(size) - 1)
            moved[landmark] = np.median(flow[inside[:, 1], inside[:, 0]], axis=0)
        return self._by(moved, shift)

    def _by(self, moved: np.ndarray, shift: Shift) -> Shift:
        quiet = list(QUIET_POINTS)
        modes = np.linalg.lstsq(
            self._resting.rigid[quiet].reshape(-1, 6), moved[quiet].reshape(-1), rcond=None
        )[0]
        own = (moved - self._resting.rigid @ modes) / PX_PER_MM
        sites = {name: own[landmark] for name, (landmark, _, _) in SITES.items()}
        return Shift(
            self._resting,
            sites,
            frozenset(),
            modes,
            shift.to_picture,
            shift.fit_mm,
            shift.lost_share,
            1.0,
            0.0,
        )


def worst(readings: dict[str, Reading], areas: tuple[str, ...] = AREAS) -> dict[str, float]:
    """The largest reading of any area, by method."""
    return {m: float(np.nanmax([abs(readings[m][a]) for a in areas])) for m in METHODS}


def gains(bench: Bench) -> Iterator[Row]:
    for name, (reading, _) in MOVED.items():
        sizes = (0.5, 1.0, 2.0, 3.0) if "lid" in name else (1.0, 2.0, 4.0)
        values = [bench.read(Movement(**{name: size})) for size in sizes]
        gain = {
            m: float(np.mean([v[m][reading] / size for v, size in zip(values, sizes, strict=True)]))
            for m in METHODS
        }
        yield Row("gain, read / true", f"{name} {sizes[0]:g}-{sizes[-1]:g} mm", 0.8, 1.1, gain)


def leaks(bench: Bench) -> Iterator[Row]:
    found: dict[str, list[float]] = {m: [] for m in METHODS}
    for name, (_, along) in MOVED.items():
        readings = bench.read(Movement(**{name: 4.0}))
        for method in METHODS:
            found[method] += [abs(readings[method][a]) for a in AREAS if not a.startswith(along)]
    yield Row("leak into quiet areas, 4 mm elsewhere", "median, mm", 0, 0.06, _by(np.nanmedian, found))
    tail = _by(lambda values: np.nanpercentile(values, 95), found)
    yield Row("leak into quiet areas, 4 mm elsewhere", "p95, mm", 0, 0.15, tail)


def _by(figure: Callable[[list[float]], float], found: dict[str, list[float]]) -> dict[str, float]:
    return {m: float(figure(v)) for m, v in found.items()}


def jitters(bench: Bench) -> Iterator[Row]:
    found = {m: [bench.jitter[m][a] for a in AREAS] for m in METHODS}
    yield Row("jitter at rest, one picture", "worst area, sd mm", 0, 0.05, _by(np.nanmax, found))
    yield Row("jitter at rest, one picture", "median area, sd mm", 0, 0.05, _by(np.nanmedian, found))


def heads(bench: Bench) -> Iterator[Row]:
    for what, movement in {
        "roll 10 degrees": Movement(roll_degrees=10),
        "yaw 5 degrees": Movement(yaw_degrees=5),
        "pitch 5 degrees": Movement(pitch_degrees=5),
        "10 % nearer": Movement(nearness=0.1),
    }.items():
        yield Row(
            "head moves, face still", f"{what}, worst area, mm", 0, 0.25, worst(bench.read(movement, {}))
        )


def lights(bench: Bench) -> Iterator[Row]:
    for what, gain in {"30 % brighter": 0.3, "30 % darker": -0.3}.items():
        yield Row("light", f"{what}, worst area, mm", 0, 0.25, worst(bench.read(Movement(gain=gain), {})))


def far_away(bench: Bench) -> Iterator[Row]:
    mouth = tuple(a for a in AREAS if a.startswith(("corner", "upper_lip", "lower_lip")))
    shut = Movement(eye_closing_right=EYE_SHUT_MM, eye_closing_left=EYE_SHUT_MM)
    brows = Movement(brow_raise_right=6.0, brow_raise_left=6.0)
    yield Row("at the mouth", "both eyes closing fully, mm", 0, 0.4, worst(bench.read(shut), mouth))
    yield Row("at the mouth", "both brows up 6 mm, mm", 0, 0.4, worst(bench.read(brows), mouth))


def eyes(bench: Bench) -> Iterator[Row]:
    sizes = (0.5, 1.0, 2.0, 3.0)
    values = [bench.read(Movement(eye_narrowing_right=size)) for size in sizes]
    pairs = list(zip(values, sizes, strict=True))
    gain = {m: float(np.mean([v[m]["eye_narrowing_right"] / s for v, s in pairs])) for m in METHODS}
    leak = {
        m: float(np.max([abs(v[m]["eye_narrowing_left"]) / s for v, s in pairs if s >= 1])) for m in METHODS
    }
    yield Row("one eye narrows 0.5-3 mm", "gain", 0.8, 1.1, gain)
    yield Row("one eye narrows 0.5-3 mm", "leak to the other eye, share", 0, 0.05, leak)


FIGURES = (gains, leaks, jitters, heads, lights, far_away, eyes)


def main(
    pictures: Annotated[int, typer.Option(help="Pictures behind each reading.")] = 12,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the rows there too.")] = None,
) -> None:
    """Measure, print the table, and say which aims were reached."""
    bench = Bench(mirrored=False, pictures=pictures)
    rows = [
        row for figure in track(FIGURES, "measuring", console=Console(stderr=True)) for row in figure(bench)
    ]
    table = Table("figure", "what", "aim", *METHODS)
    for row in rows:
        aim = f"{row.low:g}-{row.high:g}" + ("" if row.reached else "  not reached")
        table.add_row(row.figure, row.what, aim, *(f"{row.values[m]:.2f}" for m in METHODS))
    Console(width=130).print(table)
    Console(width=130).print(f"{sum(r.reached for r in rows)} of {len(rows)} aims reached.")
    if json_file is not None:
        lines = [
            {"figure": r.figure, "what": r.what, "aim": [r.low, r.high], "reached": r.reached, **r.values}
            for r in rows
        ]
        json_file.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
