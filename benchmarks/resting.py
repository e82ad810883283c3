"""How well the shape of the face at rest is read: how it wavers from rest to rest, and what a true change reads.

    python benchmarks/resting.py [--rests 6] [--json FILE]

Practices of one smile by the whole engine, each with its own scale, over simulated patients seen from 50 cm (noise sd 4
grey levels, JPEG 80); in each the head is somewhere within 3 mm, 3 degrees of roll, 5 degrees of yaw and 2 % of size,
and wavers a little. No clinical validation.
"""

from __future__ import annotations

import json
import sys
from dataclasses import astuple, fields
from pathlib import Path
from typing import Annotated

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "tests")]

import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from simulated_patient import Act, Movement, SimulatedPatient, Timing, faces, small_smiles

from coach.events import Repetition
from coach.library import load_library
from coach.plan import Plan
from coach.practice import Practice
from coach.resting_shape import RestingShape

FPS = 10.0
NOISE_SD = (
    4.0  # grey levels; with 6 the smooth cheeks of `clip` never let a rest end, with 4 only seldom in time
)
TIMING = Timing(before=3.5, ramp=0.8, hold=2.0, release=0.8, rest=1.5)
SEAT = {"shift_x_mm": 3.0, "shift_y_mm": 3.0, "roll_degrees": 3.0, "yaw_degrees": 5.0, "nearness": 0.02}
NAMES = tuple(field.name for field in fields(RestingShape))
# What is changed for the whole practice, the figure that should tell it, and by how much.
CHANGES = {
    "right corner 2 mm lower": (Movement(corner_up_right=-2), "corner_height_mm", 2.0),
    "left corner 2 mm lower": (Movement(corner_up_left=-2), "corner_height_mm", -2.0),
    "right corner 1 mm lower": (Movement(corner_up_right=-1), "corner_height_mm", 1.0),
    "right lids 1.5 mm narrower": (Movement(eye_narrowing_right=1.5), "lid_gap_right_mm", -1.5),
    "left lids 1.5 mm narrower": (Movement(eye_narrowing_left=1.5), "lid_gap_left_mm", -1.5),
    "right brow 2 mm higher": (Movement(brow_raise_right=2), "brow_height_mm", -2.0),
}


def a_rest(patient: SimulatedPatient, change: Movement) -> tuple[float, ...]:
    """The shape of the one rest of a practice of one smile; NaN: not seen."""
    library = load_library()
    card = library.exercises["small-closed-smile"]
    dose = card.dose.model_copy(update={"repetitions": 1, "hold_seconds": 1.0})
    kept: list[Repetition] = []
    practice = Practice(
        Plan.of(card.model_copy(update={"dose": dose}), library.patterns, None),
        library.patterns,
        lambda done, _: kept.append(done),
    )
    script = small_smiles(1, timing=TIMING).with_head_drift(0.5, 0.5, 0.005, yaw_degrees=0.5)
    script = script.adding(Act(-1.0, 0.0, script.duration + 1.0, 1.0, change))
    try:
        for at, frame, _ in patient.frames(script, FPS):
            practice.see(frame, at)
            if practice.done:
                break
    finally:
        practice.close()
    if not kept or kept[0].resting is None:
        return (np.nan,) * len(NAMES)
    return tuple(np.nan if value is None else value for value in astuple(kept[0].resting))


def rests(picture: str, change: Movement, count: int) -> np.ndarray:
    """The shapes of some rests, each in a seat of its own, (rest, figure) in mm; the seats are always the same ones."""
    patient = SimulatedPatient(noise_sd=NOISE_SD, jpeg_quality=80, picture=picture, camera_mm=500.0)
    random = np.random.default_rng(11)
    seats = [
        Movement(**{name: float(random.uniform(-most, most)) for name, most in SEAT.items()})
        for _ in range(count)
    ]
    return np.array([a_rest(patient, change + seat) for seat in seats])


def main(
    rests_a_practice: Annotated[int, typer.Option("--rests", help="Rests behind each figure.")] = 6,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures there too.")] = None,
) -> None:
    """Measure and print both tables."""
    found = {
        (face, what): rests(face, change, rests_a_practice)
        for face in faces()
        for what, (change, _, _) in track(
            {"unchanged": (Movement(), "", 0.0), **CHANGES}.items(), face, console=Console(stderr=True)
        )
    }
    wavers, reads = (
        Table("from rest to rest, sd mm", *NAMES, "seen"),
        Table("true change", "face", "mm", "read, mm", "share"),
    )
    rows: list[dict[str, object]] = []
    for face in faces():
        still = found[face, "unchanged"]
        spread = np.nanstd(still, axis=0, ddof=1)
        seen = float(np.isfinite(still).mean())
        wavers.add_row(face, *(f"{sd:.2f}" for sd in spread), f"{seen:.0%}")
        rows.append({"face": face, "sd_mm": dict(zip(NAMES, spread.tolist(), strict=True)), "seen": seen})
    for what, (_, name, true) in CHANGES.items():
        for face in faces():
            middle = [np.nanmedian(found[face, w], axis=0)[NAMES.index(name)] for w in (what, "unchanged")]
            read = float(middle[0] - middle[1])
            reads.add_row(what, face, f"{true:+.1f}", f"{read:+.2f}", f"{read / true:.2f}")
            rows.append({"change": what, "face": face, "true_mm": true, "read_mm": read})
    for table in (wavers, reads):
        Console(width=130).print(table)
    if json_file is not None:
        json_file.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
