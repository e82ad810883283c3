"""How much memory a long practice takes: decoder, MediaPipe and engine, minute by minute of the practice.

    python benchmarks/memory.py [--minutes 60]      (make memory)

One recorded smile is sent again and again as the camera sends it, ten pictures a second, as fast as they are seen.
What Python itself gathers is tested in tests/test_engine_memory.py; this also sees what the libraries below hold.
"""

from __future__ import annotations

import resource
import sys
from itertools import cycle
from pathlib import Path
from typing import Annotated

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "tests")]

import typer
from patient_script import Act, Script, smile
from rich.console import Console
from simulated_patient import SimulatedPatient

from coach.library import load_library
from coach.picture import decode
from coach.plan import Plan
from coach.practice import Practice

FPS = 10.0
SETTLED_MINUTES = 2  # by then every room has been used and warmed
MOST_GROWTH_MIB = 10.0
KIB_PER_UNIT = 1 / 1024 if sys.platform == "darwin" else 1  # a Mac counts bytes


def peak_mib() -> float:
    """The most memory this process has ever had in use."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB_PER_UNIT / 1024


def main(minutes: Annotated[int, typer.Option(min=SETTLED_MINUTES + 1, help="of practice")] = 60) -> None:
    """Print the peak at every full minute; exit 1 if it still grows once all is warm."""
    patient, script = SimulatedPatient(), Script(6.0, (Act(2.0, 0.8, 1.8, 0.7, smile(3.1)),))
    jpegs = cycle([patient.jpeg(script.at(n / FPS), n) for n in range(round(script.duration * FPS))])
    library = load_library()
    card = library.exercises["small-closed-smile"]
    endless = {"repetitions": 100_000, "hold_seconds": 1.0, "rest_seconds": 1.0}
    card = card.model_copy(update={"dose": card.dose.model_copy(update=endless)})
    practice = Practice(Plan.of(card, library.patterns, None), library.patterns, rest_seconds=1.0)
    console = Console()
    settled = peak_mib()
    for number in range(round(minutes * 60 * FPS)):
        snapshot = practice.see(decode(next(jpegs)), number / FPS)
        minute, rest = divmod(number + 1, round(60 * FPS))
        if rest == 0:
            console.print(f"minute {minute}: {peak_mib():.1f} MiB, repetition {snapshot.repetition}")
            settled = peak_mib() if minute == SETTLED_MINUTES else settled
    practice.close()
    growth = peak_mib() - settled
    console.print(f"Since minute {SETTLED_MINUTES}: {growth:+.1f} MiB ({MOST_GROWTH_MIB:g} is the most).")
    raise typer.Exit(1 if growth > MOST_GROWTH_MIB else 0)


if __name__ == "__main__":
    typer.run(main)
