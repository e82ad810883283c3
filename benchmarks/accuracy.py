"""How well the engine reads movements of known size on simulated patients, beside the mesh alone.

    python benchmarks/accuracy.py [--pictures 12] [--gathered 20] [--to docs] [--json FILE]      (make accuracy)

Each face of tests/patient_photographs.py in front of a webcam at 500 mm: noise sd 6 grey levels, JPEG 80; the head
drifts by up to 3 mm and by up to 3 degrees of roll, yaw and pitch unless the row says otherwise. Every figure of a row
comes from the same pictures. Synthetic movement on few faces: no clinical validation.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "tests")]

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from simulated_patient import EYE_SHUT_MM, Movement, SimulatedPatient, faces

from benchmarks.accuracy_plot import draw
from coach import lids, light
from coach.face import IRIS_MM, QUIET_POINTS, SIDES, Face
from coach.head import PX_PER_MM
from coach.movements import NAMES, Readings, Steadied, read
from coach.skin import SITES, Shift, Skin
from coach.tracker import Tracker

FACES = ("astronaut", "clip")
METHODS = ("coach", "mesh alone")
Reading = Mapping[str, float]
DRIFT = dict.fromkeys(("shift_x_mm", "shift_y_mm", "roll_degrees", "yaw_degrees", "pitch_degrees"), 3.0)
FPS = 25
CAMERA_MM = 500.0
GATHERED = 20  # pictures whose mean is the resting picture: 0.8 s
RESTING_PICTURES = 50
QUIET_MM = 0.05  # skin that truly moves by less is quiet: its reading is leak
# Sums of two sides' movements are left out where the worst single area is asked for.
AREAS = tuple(n for n in NAMES if n not in ("mouth_open", "pucker"))
MOUTH = ("corner", "upper_lip", "lower_lip")
GAINS = (
    *("corner_up_right", "corner_out_right", "cheek_raise_right", "fold_raise_right", "chin_raise"),
    *("brow_raise_right", "nose_wrinkle_right", "upper_lip_raise_right", "lower_lip_drop_right"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure of one face: what was done, the aim (low, high), and what each method gave."""

    figure: str
    what: str
    low: float
    high: float
    values: Mapping[str, float]
    face: str = ""
    unseen: tuple[str, ...] = ()

    @property
    def reached(self) -> bool:
        """Whether the coach's own figure lies within the aim."""
        return self.low <= round(self.values["coach"], 2) <= self.high


class Bench:
    """One simulated patient at rest, and what each method reads of pictures made from it."""

    def __init__(self, face: str, pictures: int, gathered: int) -> None:
        self.patient = SimulatedPatient(noise_sd=6.0, jpeg_quality=80, picture=face, camera_mm=CAMERA_MM)
        self.pictures = pictures
        self._tracker = Tracker()
        self._random = np.random.default_rng(7)
        self._key = 0
        still = [self._picture(Movement()) for _ in range(8)]
        gray, first = still[-1]
        self._ratio = float(np.median([f.eye_distance_px / f.iris_px for _, f in still])) * IRIS_MM
        self._gap = {s: first.lid_gap_px(s) / first.eye_distance_px * self._ratio for s in SIDES}
        self._zero = {m: dict.fromkeys(NAMES, 0.0) for m in METHODS}
        self._skin = Skin(self._ratio)
        self._resting = self._skin.rest(gray, first)
        shifts = [
            (s := self._skin.since(self._resting, g, f), lids.windows(s, g))
            for g, f in (self._picture(Movement()) for _ in range(gathered))
        ]
        self._resting = self._resting.averaged([shift.crop for shift, _ in shifts])
        self._eyes = lids.rest(
            self._resting, {s: light.averaged([windows[s] for _, windows in shifts]) for s in SIDES}
        )
        self.resting = [self._read(*self._picture(Movement())) for _ in range(RESTING_PICTURES)]
        self._zero = {
            m: {n: float(np.nanmedian([r[m][n] for r in self.resting])) for n in NAMES} for m in METHODS
        }

    def read(self, movement: Movement, drifting: Mapping[str, float] = DRIFT) -> dict[str, Reading]:
        """Median readings by method over several pictures of a movement, each with the head somewhere else."""
        readings = []
        for _ in range(self.pictures):
            drift = Movement(
                **{name: float(self._random.uniform(-most, most)) for name, most in drifting.items()}
            )
            readings.append(self._read(*self._picture(movement + drift)))
        return {m: {n: float(np.nanmedian([r[m][n] for r in readings])) for n in NAMES} for m in METHODS}

    def truth(self, movement: Movement) -> Readings:
        """What a perfect engine would read."""
        moved = {
            name: np.array(self.patient.displacement_mm(movement, landmark)) * (1, -1)
            for name, (landmark, _, _) in SITES.items()
        }
        gaps = {s: (self.patient.lid_gap_lost_mm(movement, s.value), 0.0) for s in SIDES}
        return read(self._shift_by(moved), gaps)

    def _picture(self, movement: Movement) -> tuple[np.ndarray, Face]:
        """A grey picture and its face; shown to the tracker until it has settled, as a steady camera would."""
        face: object = None
        for _ in range(3):
            self._key += 1
            picture = self.patient.frame(movement, self._key)
            face = self._tracker.follow(picture, self._key / FPS)
        if not isinstance(face, Face):
            raise RuntimeError(f"The simulated patient's face was lost at {movement}.")
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)), face

    def _read(self, gray: np.ndarray, face: Face) -> dict[str, Reading]:
        shift = self._skin.since(self._resting, gray, face)
        windows = lids.windows(shift, gray)
        gaps = {
            s: (self._gap[s] - face.lid_gap_px(s) / face.eye_distance_px * self._ratio, 0.0) for s in SIDES
        }
        found = {
            "coach": read(shift, {s: lids.narrowing_mm(self._eyes[s], windows[s]) for s in SIDES}),
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


def worst(readings: Mapping[str, Reading], areas: tuple[str, ...] = AREAS) -> dict[str, float]:
    """The largest reading of any area, by method."""
    return {m: float(np.nanmax([abs(readings[m][a]) for a in areas])) for m in METHODS}


def by_method(figure: Callable[[list[float]], float], found: Mapping[str, list[float]]) -> dict[str, float]:
    return {m: float(figure(v)) for m, v in found.items()}


def gains(bench: Bench) -> Iterator[Figure]:
    for name in GAINS:
        sizes = (1.0, 2.0, 4.0)
        values = [bench.read(Movement(**{name: size})) for size in sizes]
        gain = {
            m: float(np.mean([v[m][name] / size for v, size in zip(values, sizes, strict=True)]))
            for m in METHODS
        }
        yield Figure("gain, read / true, 1-4 mm", name.removesuffix("_right"), 0.8, 1.1, gain)


def leaks(bench: Bench) -> Iterator[Figure]:
    found: dict[str, list[float]] = {m: [] for m in METHODS}
    for name in GAINS:
        movement = Movement(**{name: 4.0})
        readings, truth = bench.read(movement), bench.truth(movement)
        for method in METHODS:
            found[method] += [abs(readings[method][a]) for a in AREAS if abs(truth[a] or 0.0) < QUIET_MM]
    yield Figure(
        "leak where nothing moves, 4 mm elsewhere, mm", "median", 0, 0.06, by_method(np.nanmedian, found)
    )
    tail = by_method(lambda values: float(np.nanpercentile(values, 95)), found)
    yield Figure("leak where nothing moves, 4 mm elsewhere, mm", "p95", 0, 0.15, tail)


def jitters(bench: Bench) -> Iterator[Figure]:
    def sd(readings: list[Mapping[str, Reading]]) -> dict[str, list[float]]:
        return {m: [float(np.nanstd([r[m][a] for r in readings])) for a in AREAS] for m in METHODS}

    one = sd(bench.resting)
    yield Figure("jitter at rest, one picture, sd mm", "median area", 0, 0.05, by_method(np.nanmedian, one))
    yield Figure("jitter at rest, one picture, sd mm", "worst area", 0, 0.05, by_method(np.nanmax, one))
    steadied = [bench.resting[0]]
    state = {m: Steadied(bench.resting[0][m], 0.0) for m in METHODS}
    for number, readings in enumerate(bench.resting):
        state = {m: state[m].step(readings[m], number / FPS) for m in METHODS}
        steadied.append({m: state[m].readings for m in METHODS})  # type: ignore[dict-item]
    as_used = sd(steadied[FPS // 2 :])
    yield Figure("jitter at rest, steadied, sd mm", "median area", 0, 0.05, by_method(np.nanmedian, as_used))
    yield Figure("jitter at rest, steadied, sd mm", "worst area", 0, 0.05, by_method(np.nanmax, as_used))


def heads(bench: Bench) -> Iterator[Figure]:
    for what, movements in {
        "roll 10 degrees": (Movement(roll_degrees=10), Movement(roll_degrees=-10)),
        "yaw 5 degrees": (Movement(yaw_degrees=5), Movement(yaw_degrees=-5)),
        "pitch 5 degrees": (Movement(pitch_degrees=5), Movement(pitch_degrees=-5)),
        "10 % nearer": (Movement(nearness=0.1),),
    }.items():
        either = [bench.read(movement, {}) for movement in movements]
        most = {m: max(worst(r)[m] for r in either) for m in METHODS}
        yield Figure("head moves, face still, mm", f"{what}, worst area", 0, 0.25, most)
        typical = {m: float(np.nanmedian([abs(r[m][a]) for r in either for a in AREAS])) for m in METHODS}
        yield Figure("head moves, face still, mm", f"{what}, median area", 0, 0.25, typical)


def lights(bench: Bench) -> Iterator[Figure]:
    for what, movements in {
        "30 % brighter": (Movement(gain=0.3),),
        "30 % darker": (Movement(gain=-0.3),),
        "30 % from one side": (Movement(side_light=1.0), Movement(side_light=-1.0)),
    }.items():
        either = [bench.read(movement, {}) for movement in movements]
        most = {m: max(worst(r)[m] for r in either) for m in METHODS}
        yield Figure("light changes, face still, mm", f"{what}, worst area", 0, 0.25, most)


def far_away(bench: Bench) -> Iterator[Figure]:
    mouth = tuple(a for a in AREAS if a.startswith(MOUTH))
    shut = Movement(eye_closing_right=EYE_SHUT_MM, eye_closing_left=EYE_SHUT_MM)
    brows = Movement(brow_raise_right=6.0, brow_raise_left=6.0)
    yield Figure("at the mouth, mm", "both eyes closing fully", 0, 0.4, worst(bench.read(shut), mouth))
    yield Figure("at the mouth, mm", "both brows up 6 mm", 0, 0.4, worst(bench.read(brows), mouth))


def eyes(bench: Bench) -> Iterator[Figure]:
    sizes = (0.5, 1.0, 2.0, 3.0)
    for what, name in {"both lids": "eye_narrowing_right", "lower lid only": "lower_lid_raise_right"}.items():
        values = [bench.read(Movement(**{name: size})) for size in sizes]
        pairs = list(zip(values, sizes, strict=True))
        gain = {m: float(np.mean([v[m]["eye_narrowing_right"] / s for v, s in pairs])) for m in METHODS}
        yield Figure("one eye narrows 0.5-3 mm", f"{what}: gain", 0.8, 1.1, gain)
        leak = {
            m: float(np.max([abs(v[m]["eye_narrowing_left"]) / s for v, s in pairs if s >= 1]))
            for m in METHODS
        }
        yield Figure("one eye narrows 0.5-3 mm", f"{what}: leak to the other, share", 0, 0.05, leak)


def measured(face: str, pictures: int, gathered: int) -> list[Figure]:
    """All figures of one face."""
    bench = Bench(face, pictures, gathered)
    parts = (gains, leaks, jitters, heads, lights, far_away, eyes)
    unseen = tuple(a for a in AREAS if all(np.isnan(r["coach"][a]) for r in bench.resting))
    return [replace(figure, face=face, unseen=unseen) for part in parts for figure in part(bench)]


def main(
    pictures: Annotated[int, typer.Option(help="Pictures behind each reading.")] = 12,
    gathered: Annotated[int, typer.Option(help="Pictures whose mean is the resting picture.")] = GATHERED,
    to: Annotated[Path, typer.Option(help="The folder accuracy.png is drawn into.")] = Path("docs"),
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the rows there too.")] = None,
) -> None:
    """Measure, print the table, and say which aims were reached."""
    at_hand = [face for face in FACES if face in faces()]
    for face in FACES:
        if face not in at_hand:
            print(
                f"{face} is not at hand and is left out (tests/patient_photographs.py says where it belongs)."
            )
    with ProcessPoolExecutor(2) as pool:
        running = [pool.submit(measured, face, pictures, gathered) for face in at_hand]
        done = [
            future.result()
            for future in track(running, "measuring, some minutes", console=Console(stderr=True))
        ]
    table = Table("figure", "what", "aim", *(f"{face}: {m}" for face in at_hand for m in METHODS))
    for row in zip(*done, strict=True):
        first = row[0]
        aim = f"{first.low:g}-{first.high:g}" + ("" if all(f.reached for f in row) else "  not reached")
        table.add_row(first.figure, first.what, aim, *(f"{f.values[m]:.2f}" for f in row for m in METHODS))
    figures = [figure for of_face in done for figure in of_face]
    Console(width=150).print(table)
    for face, unseen in zip(
        at_hand, (sorted({a for f in of_face for a in f.unseen}) for of_face in done), strict=True
    ):
        if unseen:
            print(f"Never seen on {face}: {', '.join(unseen)}. An area that is not seen is in no figure.")
    Console(width=150).print(f"{sum(f.reached for f in figures)} of {len(figures)} figures within their aim.")
    gained: dict[str, dict[tuple[str, str], float]] = {}
    for f in figures:
        if "gain" in f.figure + f.what:
            gained.setdefault(f.what.split(":")[0], {}).update({(f.face, m): f.values[m] for m in METHODS})
    draw(gained, to)
    if json_file is not None:
        lines = [
            {"face": f.face, "figure": f.figure, "what": f.what, "aim": [f.low, f.high], "reached": f.reached}
            | {m: round(v, 3) for m, v in f.values.items()}
            for f in figures
        ]
        json_file.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
