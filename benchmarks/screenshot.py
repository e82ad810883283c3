"""The pictures in the README: the project's own pages in a real Chromium, with the simulated patient as camera.

    python benchmarks/screenshot.py [--to docs] [--only practising | therapist]      (make screenshot)

Each page is taken at desktop and at phone width. The portrait is NASA's of the astronaut Eileen Collins (public
domain), moved by known amounts. The therapist's pages are those of the demonstration (make demo), which is made first
where there is none of today.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path
from typing import Annotated

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import cv2
import numpy as np
import typer
from browser import Server, Visit, chromium, film, played, server, visit
from patient_script import Timing, small_smiles
from playwright.sync_api import Browser, Locator, expect, sync_playwright
from rich.console import Console

from coach import comfort
from coach.demo import command
from coach.face import Side
from coach.prescription import Item, Prescription
from coach.records import Records, open_records
from coach.records.history import View

TIMING = Timing(before=6.0, ramp=1.6, hold=5.0, release=1.6, rest=4.0)
REPETITIONS, JOINS_FROM = 3, 2  # so that the summary has a clean repetition as well
QUIET_CAMERA = 1.0  # grey levels of noise: noise is most of what a PNG of a picture holds
WARNED = "it.phase === 'hold' && it.judged === 'true' && it.warning"
WIDTHS = {"": (1280, 820), "-phone": (390, 844)}
TALL = {"": (1280, 1180), "-phone": (390, 1100)}  # what a therapist has on the screen is worth a longer look
A_STORY, A_CLOSER_LOOK, A_PRESCRIPTION = "Demo: Tom Harbour", "Demo: Clara Orchard", "Demo: Rosa Field"


class Whose(str, Enum):
    """Whose pages are taken."""

    PRACTISING = "practising"
    THERAPIST = "therapist"


def keep(picture: bytes, path: Path) -> None:
    """Write a page's picture as a small PNG: six bits a colour, and the grain of the photograph smoothed away."""
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    smooth = cv2.bilateralFilter(pixels, d=5, sigmaColor=12, sigmaSpace=3)
    cv2.imwrite(str(path), (smooth & 0xFC) | (smooth >> 6), [cv2.IMWRITE_PNG_COMPRESSION, 9])
    Console().print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def taken(
    there: Visit,
    to: Path,
    name: str,
    *,
    settle_ms: int = 1500,
    widths: Mapping[str, tuple[int, int]] = WIDTHS,
    on_phone: Locator | None = None,
) -> None:
    """One page at both widths; on the phone from something further down, if that is named."""
    for ending, (width, height) in widths.items():
        there.page.set_viewport_size({"width": width, "height": height})
        there.page.mouse.move(0, 0)  # a chart under the pointer shows its tools
        there.page.wait_for_timeout(settle_ms)  # charts and drawings come after their page
        if ending and on_phone is not None:
            on_phone.evaluate("it => it.scrollIntoView()")
            there.page.wait_for_timeout(settle_ms)
        keep(there.page.screenshot(), to / f"{name}{ending}.png")


def prescribed(house: Server) -> Records:
    """The log, with a small smile prescribed."""
    records = open_records(f"sqlite:///{house.database}")
    patient = records.profile()
    records.set_affected(patient.uid, Side.RIGHT)
    item = Item(card="small-closed-smile", repetitions=REPETITIONS)
    plan = Prescription(created_at=datetime.now(timezone.utc), author="therapist", items=(item,))
    records.prescribe(patient.uid, plan)
    return records


def warned_in(browser: Browser, house: Server, records: Records, view: View, to: Path, name: str) -> None:
    """The exercise in one view at the moment of a warning; practised once for each width."""
    records.set_view(records.profile().uid, view)
    for ending, (width, height) in WIDTHS.items():
        address = house.address("/practice?exercise=small-closed-smile")
        with visit(browser, address, to, width=width, height=height) as there:
            there.until(WARNED, 120)
            expect(there.page.locator(".coach-message")).to_contain_text("joining in", timeout=5_000)
            keep(there.page.screenshot(), to / f"{name}{ending}.png")


def session(browser: Browser, house: Server, to: Path) -> None:
    """Today's page, a whole session, its summary and the progress behind it."""
    with visit(browser, house.address("/today"), to) as there:
        begin = there.button("Begin today.s practice")
        expect(begin).to_be_visible()
        taken(there, to, "today")
        begin.click()
        answers = [*(comfort.QUESTIONS[n].none for n in range(3)), "1", "2"]
        for number, answer in enumerate(answers, start=1):
            expect(there.page.get_by_text(f"Question {number} of 5")).to_be_visible()
            there.page.get_by_role("button", name=answer, exact=True).click()
        there.button("Skip this rest").click()
        there.button("I am ready").click()
        there.until("it.phase === 'done'", 150)
        there.button("No, all quiet").click(timeout=60_000)
        there.button("^Go on$").click()
        there.button("Skip this rest").click()
        for number, answer in enumerate(("1", "2", "9", "0"), start=1):
            expect(there.page.get_by_text(f"Question {number} of 4")).to_be_visible()
            there.page.get_by_role("button", name=answer, exact=True).click()
        expect(there.page.get_by_role("heading", name="That was today's practice")).to_be_visible()
        taken(there, to, "summary")
        there.page.goto(house.address("/progress"))
        expect(there.page.get_by_role("heading", name="Clean repetitions")).to_be_visible(timeout=30_000)
        taken(there, to, "progress", settle_ms=2500)
        there.page.goto(house.address("/library"))
        expect(there.page.get_by_role("heading", name="Soft face at rest")).to_be_visible(timeout=30_000)
        taken(there, to, "library", settle_ms=2500)


def practising(to: Path) -> None:
    """What somebody sees who practises."""
    script = small_smiles(REPETITIONS, eye_narrowing_right=2.5, joining_from=JOINS_FROM, timing=TIMING)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        camera = film(folder / "smiles.mjpeg", script, QUIET_CAMERA)
        with server(folder / "data") as house, chromium(playwright, *played(camera)) as browser:
            records = prescribed(house)
            warned_in(browser, house, records, "mirror", to, "practice")
            warned_in(browser, house, records, "line", to, "hidden-face")
            session(browser, house, to)
            records.close()


def therapist(to: Path) -> None:
    """What the therapist of the demonstration sees, in a copy of it."""
    command.prepare(command.FOLDER, weeks=26, patients=12)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        shutil.copytree(command.FOLDER, folder / "data")
        with server(folder / "data", view=None) as house, chromium(playwright) as browser:
            uids = {row["name"]: row["uid"] for row in house.rows("SELECT name, uid FROM patient")}

            def part(of: str, which: str) -> str:
                return house.address(f"/patient?patient={uids[of]}&part={which}")

            with visit(browser, house.address("/sign-in?next=/patients"), to, camera=False) as there:
                there.button("Sign in").click()
                expect(there.page.get_by_role("heading", name="Patients")).to_be_visible()
                expect(there.page.get_by_text(A_STORY).first).to_be_visible()
                taken(there, to, "patients", settle_ms=4000, widths=TALL)
                for picture, of, which, seen, on_phone in (
                    ("patient", A_STORY, "story", "All exercises together", "How far the smile gets"),
                    ("closer", A_CLOSER_LOOK, "closer", ", repetition ", ", repetition "),
                    ("prescribe", A_PRESCRIPTION, "prescribe", "A session", None),
                ):
                    there.page.goto(part(of, which))
                    expect(there.page.get_by_role("heading", name=seen).first).to_be_visible()
                    further = None if on_phone is None else there.page.get_by_text(on_phone).first
                    taken(there, to, picture, settle_ms=4000, widths=TALL, on_phone=further)
                report(there, house.address(f"/report?patient={uids[A_STORY]}"), folder, to)


def report(there: Visit, address: str, folder: Path, to: Path) -> None:
    """The first page of a printed report, by pdftoppm (poppler-utils), where that is installed."""
    if shutil.which("pdftoppm") is None:
        Console().print("No pdftoppm here (poppler-utils): the report's picture is left as it was.")
        return
    pdf = folder / "report.pdf"
    pdf.write_bytes(there.page.request.get(address).body())
    draw = ["pdftoppm", "-png", "-singlefile", "-scale-to-x", "1000", "-scale-to-y", "-1", pdf]
    subprocess.run([*draw, folder / "report"], check=True)
    keep((folder / "report.png").read_bytes(), to / "report.png")


def main(
    to: Annotated[Path, typer.Option(help="The folder to write the pictures to.")] = ROOT / "docs",
    only: Annotated[Whose | None, typer.Option(help="Only these pages.")] = None,
) -> None:
    to.mkdir(parents=True, exist_ok=True)
    if only is not Whose.THERAPIST:
        practising(to)
    if only is not Whose.PRACTISING:
        therapist(to)


if __name__ == "__main__":
    typer.run(main)
