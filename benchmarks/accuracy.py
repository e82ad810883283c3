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

import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from simulated_patient import EYE_SHUT_MM, Movement, faces, smile

from benchmarks.accuracy_plot import draw
from benchmarks.sitting import DRIFT, FPS, GATHERED, METHODS, Reading, Sitting
from coach.movements import EXPERIMENTAL, MILLIMETRES, Steadied

FACES = ("astronaut", "clip")
EXPERIMENTAL_MARK = " (experimental)"
MOST_FALSE = 0.15  # percent of the skin's brightness; dimples and bands that can be seen give more
QUIET_MM = 0.05  # skin that truly moves by less is quiet: its reading is leak
# Sums of two sides' movements are left out where the worst single area is asked for.
AREAS = tuple(n for n in MILLIMETRES if n not in ("mouth_open", "pucker"))
MOUTH = ("corner", "upper_lip", "lower_lip")
GAINS = (
    *("corner_up_right", "corner_out_right", "cheek_raise_right", "fold_raise_right", "chin_raise"),
    *(
        "brow_raise_right",
        "brow_draw_in_right",
        "nose_wrinkle_right",
        "upper_lip_raise_right",
        "lower_lip_drop_right",
    ),
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
    def aim(self) -> str:
        """The aim in words."""
        if np.isinf(self.low):
            return f"at most {self.high:g}"
        return f"at least {self.low:g}" if np.isinf(self.high) else f"{self.low:g}-{self.high:g}"

    @property
    def judged(self) -> bool:
        """Whether the coach gave a figure at all."""
        return bool(np.isfinite(self.values["coach"]))

    @property
    def reached(self) -> bool:
        """Whether the coach's own figure lies within the aim; of what it should see, it must have judged all."""
        if not self.judged:
            return EXPERIMENTAL_MARK in self.figure
        return self.low <= round(self.values["coach"], 2) <= self.high


def worst(readings: Mapping[str, Reading], areas: tuple[str, ...] = AREAS) -> dict[str, float]:
    """The largest reading of any area, by method."""
    return {m: float(np.nanmax([abs(readings[m][a]) for a in areas])) for m in METHODS}


def by_method(figure: Callable[[list[float]], float], found: Mapping[str, list[float]]) -> dict[str, float]:
    return {m: float(figure(v)) for m, v in found.items()}


def gains(sitting: Sitting) -> Iterator[Figure]:
    for name in GAINS:
        sizes = (1.0, 2.0, 4.0)
        values = [sitting.read(Movement(**{name: size})) for size in sizes]
        gain = {
            m: float(np.mean([v[m][name] / size for v, size in zip(values, sizes, strict=True)]))
            for m in METHODS
        }
        yield Figure("gain, read / true, 1-4 mm", name.removesuffix("_right"), 0.8, 1.1, gain)


def leaks(sitting: Sitting) -> Iterator[Figure]:
    found: dict[str, list[float]] = {m: [] for m in METHODS}
    for name in GAINS:
        movement = Movement(**{name: 4.0})
        readings, truth = sitting.read(movement), sitting.truth(movement)
        for method in METHODS:
            found[method] += [abs(readings[method][a]) for a in AREAS if abs(truth[a] or 0.0) < QUIET_MM]
    yield Figure(
        "leak where nothing moves, 4 mm elsewhere, mm", "median", 0, 0.06, by_method(np.nanmedian, found)
    )
    tail = by_method(lambda values: float(np.nanpercentile(values, 95)), found)
    yield Figure("leak where nothing moves, 4 mm elsewhere, mm", "p95", 0, 0.15, tail)


def jitters(sitting: Sitting) -> Iterator[Figure]:
    def sd(readings: list[Mapping[str, Reading]]) -> dict[str, list[float]]:
        return {m: [float(np.nanstd([r[m][a] for r in readings])) for a in AREAS] for m in METHODS}

    one, as_used = sd(sitting.resting), sd(steadied(sitting))
    yield Figure("jitter at rest, one picture, sd mm", "median area", 0, 0.05, by_method(np.nanmedian, one))
    yield Figure("jitter at rest, one picture, sd mm", "worst area", 0, 0.05, by_method(np.nanmax, one))
    yield Figure("jitter at rest, steadied, sd mm", "median area", 0, 0.05, by_method(np.nanmedian, as_used))
    yield Figure("jitter at rest, steadied, sd mm", "worst area", 0, 0.05, by_method(np.nanmax, as_used))


def steadied(sitting: Sitting) -> list[Mapping[str, Reading]]:
    """The pictures of rest as the coach uses them: smoothed over a tenth of a second."""
    found: list[Mapping[str, Reading]] = []
    state = {m: Steadied(sitting.resting[0][m], 0.0) for m in METHODS}
    for number, readings in enumerate(sitting.resting):
        state = {m: state[m].step(readings[m], number / FPS) for m in METHODS}
        found.append({m: state[m].readings for m in METHODS})  # type: ignore[misc]
    return found[FPS // 2 :]


def heads(sitting: Sitting) -> Iterator[Figure]:
    for what, movements in {
        "roll 10 degrees": (Movement(roll_degrees=10), Movement(roll_degrees=-10)),
        "yaw 5 degrees": (Movement(yaw_degrees=5), Movement(yaw_degrees=-5)),
        "pitch 5 degrees": (Movement(pitch_degrees=5), Movement(pitch_degrees=-5)),
        "10 % nearer": (Movement(nearness=0.1),),
    }.items():
        either = [sitting.read(movement, {}) for movement in movements]
        most = {m: max(worst(r)[m] for r in either) for m in METHODS}
        yield Figure("head moves, face still, mm", f"{what}, worst area", 0, 0.25, most)
        typical = {m: float(np.nanmedian([abs(r[m][a]) for r in either for a in AREAS])) for m in METHODS}
        yield Figure("head moves, face still, mm", f"{what}, median area", 0, 0.25, typical)


def lights(sitting: Sitting) -> Iterator[Figure]:
    for what, movements in {
        "30 % brighter": (Movement(gain=0.3),),
        "30 % darker": (Movement(gain=-0.3),),
        "30 % from one side": (Movement(side_light=1.0), Movement(side_light=-1.0)),
    }.items():
        either = [sitting.read(movement, {}) for movement in movements]
        most = {m: max(worst(r)[m] for r in either) for m in METHODS}
        yield Figure("light changes, face still, mm", f"{what}, worst area", 0, 0.25, most)


def far_away(sitting: Sitting) -> Iterator[Figure]:
    mouth = tuple(a for a in AREAS if a.startswith(MOUTH))
    shut = Movement(eye_closing_right=EYE_SHUT_MM, eye_closing_left=EYE_SHUT_MM)
    brows = Movement(brow_raise_right=6.0, brow_raise_left=6.0)
    yield Figure("at the mouth, mm", "both eyes closing fully", 0, 0.4, worst(sitting.read(shut), mouth))
    yield Figure("at the mouth, mm", "both brows up 6 mm", 0, 0.4, worst(sitting.read(brows), mouth))


def eyes(sitting: Sitting) -> Iterator[Figure]:
    sizes = (0.5, 1.0, 2.0, 3.0)
    for what, name in {"both lids": "eye_narrowing_right", "lower lid only": "lower_lid_raise_right"}.items():
        values = [sitting.read(Movement(**{name: size})) for size in sizes]
        pairs = list(zip(values, sizes, strict=True))
        gain = {m: float(np.mean([v[m]["eye_narrowing_right"] / s for v, s in pairs])) for m in METHODS}
        yield Figure("one eye narrows 0.5-3 mm", f"{what}: gain", 0.8, 1.1, gain)
        leak = {
            m: float(np.max([abs(v[m]["eye_narrowing_left"]) / s for v, s in pairs if s >= 1]))
            for m in METHODS
        }
        yield Figure("one eye narrows 0.5-3 mm", f"{what}: leak to the other, share", 0, 0.05, leak)


def textures(sitting: Sitting) -> Iterator[Figure]:
    """The experimental readings; a sum of what is seen on both sides of the neck would hide one that is not."""
    quiet: dict[str, tuple[Mapping[str, float], tuple[Movement, ...]]] = {
        "chin up 3 mm": (DRIFT, (Movement(chin_raise=3.0),)),
        "smile of 3 mm": (DRIFT, (smile(3.0),)),
        "head drifts": (DRIFT, (Movement(), Movement(), Movement())),
        "30 % darker": ({}, (Movement(gain=-0.3),)),
        "30 % from one side": ({}, (Movement(side_light=1.0), Movement(side_light=-1.0))),
    }
    still = steadied(sitting)
    false = {what: [sitting.read(m, drift) for m in all_] for what, (drift, all_) in quiet.items()}
    bands = ("neck_bands_right", "neck_bands_left")
    for what, names, sizes in (("chin", EXPERIMENTAL[:1], (0.25, 0.5, 1.0)), ("neck", bands, (0.5, 1.0))):
        figure = f"{what}'s skin{EXPERIMENTAL_MARK}, % of its brightness"

        def of(
            readings: Mapping[str, Reading], least: bool, names: tuple[str, ...] = names
        ) -> dict[str, float]:
            pick = min if least else max
            return {m: pick(readings[m][n] for n in names) for m in METHODS}

        for size in sizes:
            shown = sitting.read(Movement(**dict.fromkeys(names, size)))
            yield Figure(figure, f"shows at {size:g} of plainly visible", MOST_FALSE, np.inf, of(shown, True))
        noise = {m: max(float(np.std([r[m][n] for r in still])) for n in names) for m in METHODS}
        yield Figure(figure, "noise at rest, steadied, sd", 0, 0.05, noise)
        for cause, readings in false.items():
            most = {m: max(of(r, False)[m] for r in readings) for m in METHODS}
            yield Figure(figure, f"false: {cause}", -np.inf, MOST_FALSE, most)


def measured(face: str, pictures: int, gathered: int) -> list[Figure]:
    """All figures of one face."""
    sitting = Sitting(face, pictures, gathered)
    parts = (gains, leaks, jitters, heads, lights, far_away, eyes, textures)
    unseen = tuple(a for a in AREAS if all(np.isnan(r["coach"][a]) for r in sitting.resting))
    return [replace(figure, face=face, unseen=unseen) for part in parts for figure in part(sitting)]


def _shown(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.2f}"


def _number(value: float) -> float | None:
    return round(value, 3) if np.isfinite(value) else None


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
        aim = first.aim + ("" if all(f.reached for f in row) else "  not reached")
        table.add_row(first.figure, first.what, aim, *(_shown(f.values[m]) for f in row for m in METHODS))
    figures = [figure for of_face in done for figure in of_face]
    Console(width=150).print(table)
    for face, of_face in zip(at_hand, done, strict=True):
        if unseen := of_face[0].unseen:
            print(f"Never seen on {face}: {', '.join(unseen)}. An area that is not seen is in no figure.")
    judged = [figure for figure in figures if figure.judged]
    Console(width=150).print(
        f"{sum(f.reached for f in judged)} of {len(judged)} figures within their aim; "
        f"{len(figures) - len(judged)} not judged (-)."
    )
    gained: dict[str, dict[tuple[str, str], float]] = {}
    for f in figures:
        if "gain" in f.figure + f.what:
            gained.setdefault(f.what.split(":")[0], {}).update({(f.face, m): f.values[m] for m in METHODS})
    draw(gained, to)
    if json_file is not None:
        lines = [
            {
                "face": f.face,
                "figure": f.figure,
                "what": f.what,
                "aim": [_number(f.low), _number(f.high)],
                "reached": f.reached if f.judged else None,
            }
            | {m: _number(v) for m, v in f.values.items()}
            for f in figures
        ]
        json_file.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
