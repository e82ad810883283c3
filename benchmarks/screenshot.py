"""The pictures in the README: the project's own pages in a real Chromium, with the simulated patient as camera.

    python benchmarks/screenshot.py [--to docs]      (make screenshot)

The portrait is NASA's of the astronaut Eileen Collins (public domain), moved by known amounts.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import cv2
import numpy as np
import typer
from browser import chromium, film, played, server, visit
from patient_script import Timing, small_smiles
from playwright.sync_api import expect, sync_playwright
from rich.console import Console

TIMING = Timing(before=6.0, ramp=1.5, hold=5.0, release=1.5, rest=4.0)
JOINS_FROM = 4  # so that the summary has clean repetitions as well
QUIET_CAMERA = 1.0  # grey levels of noise: noise is most of what a PNG of a picture holds
ALMOST_HELD = "it.repetition === '4' && it.phase === 'hold' && it.judged === 'true' && it.warning"


def keep(picture: bytes, path: Path) -> None:
    """Write a page's picture as a small PNG: six bits a colour, and the grain of the photograph smoothed away."""
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    smooth = cv2.bilateralFilter(pixels, d=5, sigmaColor=12, sigmaSpace=3)
    cv2.imwrite(str(path), (smooth & 0xFC) | (smooth >> 6), [cv2.IMWRITE_PNG_COMPRESSION, 9])


def main(
    to: Annotated[Path, typer.Option(help="The folder to write practice.png and progress.png to.")] = ROOT
    / "docs",
) -> None:
    script = small_smiles(5, eye_narrowing_right=2.0, joining_from=JOINS_FROM, timing=TIMING)
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        camera = film(folder / "smiles.mjpeg", script, QUIET_CAMERA)
        with (
            server(folder / "data") as house,
            chromium(playwright, *played(camera)) as browser,
            visit(
                browser, house.address("/practice?exercise=small-closed-smile"), folder, height=820
            ) as there,
        ):
            there.until(ALMOST_HELD, 120)
            keep(there.page.screenshot(), to / "practice.png")
            expect(there.page.get_by_role("heading", name="Well done")).to_be_visible(timeout=60_000)
            there.button("See my progress").click()
            expect(there.page.get_by_role("heading", name="Clean repetitions")).to_be_visible(timeout=30_000)
            there.page.set_viewport_size({"width": 1280, "height": 1560})
            there.page.mouse.move(0, 0)  # a chart under the pointer shows its tools
            there.page.wait_for_timeout(2000)  # the charts are drawn after their page
            keep(there.page.screenshot(), to / "progress.png")
    for path in (to / "practice.png", to / "progress.png"):
        Console().print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    typer.run(main)
