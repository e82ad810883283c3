"""How long the page that looks at everybody takes: an invented clinic with a year of practice, and the whole glance.

    python benchmarks/glance.py [--people 500] [--weeks 52] [--practices-a-week 5] [--database URL] [--json FILE]
                                (make glance)

Each practice has 5 repetitions with 6 watched areas; courses of single repetitions are not made, the glance never reads
them. Three times are taken, five times each, and their medians stated: of `coach.clinic.glance.at_a_glance`, on a log
opened anew, which is all questions to the database and all that is reckoned from the answers; in a real Chromium, from
the click on Patients to the first rows on the screen; and there from the address to the first rows, which is
Streamlit's own page as well.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import sqlalchemy
import typer
from browser import Server, chromium
from playwright.sync_api import Browser, Page, expect, sync_playwright
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import event, func, select

from benchmarks import invented_clinic
from coach.clinic.accounts import Role
from coach.clinic.glance import Row, at_a_glance
from coach.clinic.mode import read_mode
from coach.clinic.sign_in import SignedIn
from coach.clinic.who import COOKIE, Reception
from coach.library import load_library
from coach.records import open_records

NOW = datetime.now(timezone.utc)  # the page asks the clock itself
RUNS = 5
TO_AIM_AT_SECONDS = 1.5
NAME, PASSWORD = "benchmark", "an invented pear lamp"
ROWS = ".st-key-rows [class*='st-key-row-']"


@dataclass(frozen=True, slots=True)
class Run:
    """One look at everybody: time on the clock, time of the processor, and how many questions were asked."""

    seconds: float
    processor: float
    questions: int


def look(url: str) -> tuple[Run, list[Row]]:
    """Open the log as a page would, and look once."""
    records, library = open_records(url), load_library()
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(records.engine, "before_cursor_execute", note)
    began, processor = time.perf_counter(), time.process_time()
    rows = at_a_glance(records, library, NOW)
    run = Run(time.perf_counter() - began, time.process_time() - processor, len(asked))
    records.close()
    return run, rows


def signed_in(url: str) -> str:
    """The cookie of a therapist who is let in."""
    records = open_records(url)
    desk = Reception(records.engine, read_mode({}))
    tried = desk.try_sign_in(NAME, PASSWORD, NOW)
    if not isinstance(tried, SignedIn):  # a database filled by an earlier run has the account
        desk.create_account(Role.THERAPIST, NAME, "Benchmark", PASSWORD, NOW)
        tried = desk.try_sign_in(NAME, PASSWORD, NOW)
    records.close()
    assert isinstance(tried, SignedIn), tried
    return tried.token


def pages(url: str) -> dict[str, list[float]]:
    """How many seconds the page took to show its first rows in Chromium: from the link to it, and from its address."""
    token = signed_in(url)
    house = Server(Path(sqlalchemy.make_url(url).database or "").parent)
    try:
        house.start()
        with sync_playwright() as playwright, chromium(playwright) as browser:
            return opened(browser, house, token)
    finally:
        house.kill()


def opened(browser: Browser, house: Server, token: str) -> dict[str, list[float]]:
    context = browser.new_context(viewport={"width": 1280, "height": 820})
    context.add_cookies([{"name": COOKIE, "value": token, "url": house.address()}])
    page = context.new_page()
    took: dict[str, list[float]] = {"link": [], "address": []}
    for _ in range(RUNS + 1):  # the first one starts everything up and is not counted
        took["address"].append(seconds_to_rows(page, lambda: page.goto(house.address("/patients"))))
        page.get_by_role("link", name="Exercises").click()
        expect(page.get_by_role("heading", name="Exercises")).to_be_visible(timeout=60_000)
        page.wait_for_timeout(1500)  # the pictures of that page are done
        took["link"].append(
            seconds_to_rows(page, lambda: page.get_by_role("link", name="Patients", exact=True).click())
        )
    return {way: seconds[1:] for way, seconds in took.items()}


def seconds_to_rows(page: Page, go: Callable[[], object]) -> float:
    began = time.perf_counter()
    go()
    page.locator(ROWS).first.wait_for(timeout=120_000)
    return time.perf_counter() - began


def size(url: str) -> dict[str, int]:
    """How many rows each table has."""
    records = open_records(url)
    with records.engine.connect() as connection:
        sizes = {
            kind.__tablename__: connection.scalar(select(func.count()).select_from(kind.__table__)) or 0
            for kind in invented_clinic.TABLES
        }
    records.close()
    return sizes


def main(
    people: Annotated[int, typer.Option(min=1)] = 500,
    weeks: Annotated[int, typer.Option(min=1)] = 52,
    practices_a_week: Annotated[int, typer.Option(min=1)] = 5,
    database: Annotated[
        str | None,
        typer.Option(
            help="An empty database, or one filled by this; else a new file. SQLite's is called coach.sqlite."
        ),
    ] = None,
    to: Annotated[Path | None, typer.Option("--json", help="Write the figures to this file as well.")] = None,
) -> None:
    """Print the times and exit 1 where the median is longer than it may be."""
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        url = database or f"sqlite:///{folder}/coach.sqlite"
        if url.startswith("sqlite") and Path(sqlalchemy.make_url(url).database or "").name != "coach.sqlite":
            raise typer.BadParameter("The server opens coach.sqlite in its folder: please name the file so.")
        records = open_records(url)
        if not records.patients():
            with Progress(console=console) as progress:
                task = progress.add_task("Inventing a clinic", total=weeks)
                invented_clinic.fill(
                    records,
                    NOW,
                    people=people,
                    weeks=weeks,
                    practices_a_week=practices_a_week,
                    told=lambda _: progress.advance(task),
                )
        backend = records.engine.dialect.name
        records.close()
        sizes = size(url)
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        looks = [look(url) for _ in range(RUNS)]
        took = pages(url) if backend == "sqlite" else {}
    runs, rows = [run for run, _ in looks], looks[-1][1]
    median = {name: statistics.median(asdict(run)[name] for run in runs) for name in ("seconds", "processor")}
    machine = {
        "system": platform.platform(terse=True),
        "cores": os.cpu_count(),
        "load": round(load, 2),
        "python": platform.python_version(),
        "sqlalchemy": sqlalchemy.__version__,
        "database": f"SQLite {sqlite3.sqlite_version}" if backend == "sqlite" else backend,
    }
    console.print(*(f"{name} {value}" for name, value in machine.items()), sep=" · ", style="dim")
    console.print(*(f"{count:,} {name}" for name, count in sizes.items()), sep=" · ", style="dim")

    table = Table("Everybody at a glance", "median, s", "fastest, s", "slowest, s", title=f"{RUNS} runs")
    for name, words in (("seconds", "on the clock"), ("processor", "the processor's time")):
        values = [asdict(run)[name] for run in runs]
        table.add_row(words, *(f"{value:.2f}" for value in (median[name], min(values), max(values))))
    for way, words in (("link", "the page, from the link to it"), ("address", "the page, from its address")):
        if way in took:
            table.add_row(words, *(f"{f(took[way]):.2f}" for f in (statistics.median, min, max)))
    table.caption = f"{runs[-1].questions} questions to the database for {len(rows)} people"
    console.print(table)

    table = Table("What was found", "people", title="The glance itself")
    kinds = Counter(flag.kind for row in rows for flag in row.flags)
    for kind, count in kinds.most_common():
        table.add_row(f"flag: {kind}", str(count))
    table.add_row("with a course of onsets", str(sum(len(row.onset) > 1 for row in rows)))
    table.add_row("with a course of clean repetitions", str(sum(len(row.clean) > 1 for row in rows)))
    console.print(table)
    slowest = max([median["seconds"], *(statistics.median(seconds) for seconds in took.values())])
    console.print(f"The slowest way takes {slowest:.2f} s (to aim at: {TO_AIM_AT_SECONDS:g} s at most).")
    if to is not None:
        figures = {
            "machine": machine,
            "rows": sizes,
            "runs": [asdict(run) for run in runs],
            "median": median,
            "pages": took,
            "flags": kinds,
        }
        to.write_text(json.dumps(figures, indent=2) + "\n")
    raise typer.Exit(1 if slowest > TO_AIM_AT_SECONDS else 0)


if __name__ == "__main__":
    typer.run(main)
