"""How soon and how often the coach answers: in a real Chromium, and the processor's time for one picture by stage.

    python benchmarks/latency.py [--seconds 60] [--json FILE]      (make latency)

The browser runs on the same computer, with the simulated patient as its camera. Capture to overlay is what
pages/camera/camera.js measures: from the camera's capture time to the overlay being drawn, over 60 pictures each.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "tests")]

import cv2
import numpy as np
import typer
from browser import chromium, film, played, server, visit
from patient_script import Script, Timing, small_smiles
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.table import Table
from simulated_patient import SimulatedPatient

from coach.face import Side
from coach.library import load_library
from coach.picture import decode
from coach.plan import Plan
from coach.practice import Practice

CARD = "small-closed-smile"
WINDOW_PICTURES = 60  # camera.js takes its figures over so many
SETTLING_SECONDS = 5.0  # the first pictures load and warm what the later ones use
FILM_SECONDS = 25.0
PICTURES = 300  # for the stages: ten seconds of one smile
TO_AIM_AT = {"median_ms": 60, "p95_ms": 120, "pictures_per_second": 20}
STAGES = ("track", "skin", "judge", "total")
MOST_JUDGING_MS = 0.5
Figures = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures were taken on; `load` is how busy it was before (processes waiting, one minute)."""

    system: str
    processor: str
    cores: int
    load: float
    python: str
    mediapipe: str
    opencv: str
    streamlit: str
    chromium: str

    @classmethod
    def this(cls, chromium_version: str) -> Machine:
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        return cls(
            platform.platform(terse=True),
            _processor(),
            os.cpu_count() or 1,
            round(load, 2),
            platform.python_version(),
            version("mediapipe"),
            cv2.__version__,
            version("streamlit"),
            chromium_version,
        )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")


def smiling(seconds: float) -> Script:
    """A head that is never quite still, small smiles and blinks."""
    timing = Timing(before=6.0, ramp=2.0, hold=5.0, release=2.0, rest=max(seconds - 15.0, 1.0))
    return small_smiles(1, timing=timing).with_head_drift().with_blinks()


def in_chromium(seconds: float, folder: Path) -> tuple[Figures, str]:
    """Windows of 60 pictures each, for so long; the median window, and the worst."""
    camera = film(folder / "smiles.mjpeg", smiling(FILM_SECONDS))
    windows: list[tuple[float, float, float]] = []
    with (
        sync_playwright() as playwright,
        server(folder / "data") as house,
        chromium(playwright, *played(camera)) as browser,
        visit(browser, house.address(f"/practice?exercise={CARD}"), folder) as there,
    ):
        there.until("it.state === 'live' && it.repetition > 0", 60)
        there.page.wait_for_timeout(SETTLING_SECONDS * 1000)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            there.page.evaluate("window.seen.length = 0")
            there.page.wait_for_function(f"() => window.seen.length >= {WINDOW_PICTURES}", polling=100)
            shown = there.page.evaluate("window.seen.at(-1)")
            windows.append((float(shown["latencyMs"]), float(shown["latencyP95Ms"]), float(shown["fps"])))
        chromium_version = browser.version
    median, p95, rate = np.array(windows).T
    return {
        "median_ms": {"typical": float(np.median(median)), "worst": float(median.max())},
        "p95_ms": {"typical": float(np.median(p95)), "worst": float(p95.max())},
        "pictures_per_second": {"typical": float(np.median(rate)), "worst": float(rate.min())},
        "windows": {"count": float(len(windows))},
    }, chromium_version


def by_stage() -> Figures:
    """Median and p95 of each stage of the server's way with one picture, one after another, in milliseconds."""
    library = load_library()
    practice = Practice(Plan.of(library.exercises[CARD], library.patterns, Side.RIGHT), library.patterns)
    taken: dict[str, list[float]] = {name: [] for name in ("decode", *STAGES, "json")}
    processor: list[float] = []
    try:
        for number, (at, jpeg) in enumerate(pictures()):
            cpu, began = time.process_time(), time.perf_counter()
            picture = decode(jpeg)
            decoded = time.perf_counter()
            snapshot = practice.see(picture, at)
            seen = time.perf_counter()
            json.dumps(snapshot.to_json())
            answered = time.perf_counter()
            if number < 30:
                continue
            taken["decode"].append((decoded - began) * 1e3)
            for stage in STAGES:
                taken[stage].append(snapshot.timing_ms[stage])
            taken["json"].append((answered - seen) * 1e3)
            processor.append((time.process_time() - cpu) * 1e3)
    finally:
        practice.close()
    taken["processor"] = processor
    return {
        stage: {"median_ms": float(np.median(values)), "p95_ms": float(np.percentile(values, 95))}
        for stage, values in taken.items()
    }


def pictures() -> Iterator[tuple[float, bytes]]:
    """What a camera at 25 pictures a second would send."""
    patient, script = SimulatedPatient(), smiling(PICTURES / 25)
    for number in range(PICTURES):
        at = number / 25
        yield at, patient.jpeg(script.at(at), number, quality=85)


def main(
    seconds: Annotated[float, typer.Option(help="How long to measure in Chromium.")] = 60.0,
    to: Annotated[Path | None, typer.Option("--json", help="Write the figures to this file as well.")] = None,
) -> None:
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        stages = by_stage()
        live, chromium_version = in_chromium(seconds, Path(folder))
    machine = Machine.this(chromium_version)
    console.print(*(f"{name} {value}" for name, value in asdict(machine).items()), sep=" · ", style="dim")

    table = Table("In Chromium", "to aim at", "typical", "worst", title="Capture to overlay")
    for name, aim in TO_AIM_AT.items():
        values = live[name]
        table.add_row(name.replace("_", " "), str(aim), f"{values['typical']:.0f}", f"{values['worst']:.0f}")
    table.caption = f"{live['windows']['count']:.0f} windows of {WINDOW_PICTURES} pictures"
    console.print(table)

    table = Table("Stage", "median, ms", "p95, ms", title="One picture on the server (640x480)")
    for name, values in stages.items():
        table.add_row(name, f"{values['median_ms']:.1f}", f"{values['p95_ms']:.1f}")
    table.caption = (
        "track: MediaPipe. skin: the engine without it. judge: coaching, watch and feedback. "
        "processor: time of all cores, decode to JSON."
    )
    console.print(table)
    skin, track, judge = (stages[name]["median_ms"] for name in ("skin", "track", "judge"))
    console.print(f"The engine takes {skin / track:.2f} of MediaPipe's time (to aim at: 1 at most).")
    console.print(f"Judging takes {judge:.2f} ms (to aim at: {MOST_JUDGING_MS:g} at most).")
    if to is not None:
        figures = {"machine": asdict(machine), "chromium": live, "stages": stages}
        to.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    typer.run(main)
