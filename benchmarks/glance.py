"""How long the page that looks at everybody takes: an invented clinic with a year of practice, and the whole glance.

    python benchmarks/glance.py [--people 500] [--weeks 52] [--practices-a-week 5] [--database URL] [--json FILE]

Each practice has 5 repetitions with 6 watched areas. The time is that of `coach.clinic.glance.at_a_glance`: all
questions to the database and everything that is reckoned from the answers. It opens the log anew and looks five
times; what is stated is the median. Courses of single repetitions are not made: the glance never reads them.
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
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated

sys.path[:0] = [str(Path(__file__).parent.parent)]

import sqlalchemy
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import event, func, select

from benchmarks import invented_clinic
from coach.clinic.glance import Row, at_a_glance
from coach.library import load_library
from coach.records import open_records

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=timezone.utc)
RUNS = 5
TO_AIM_AT_SECONDS = 1.0


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
        str | None, typer.Option(help="An empty database, or one filled by this; else a new file.")
    ] = None,
    to: Annotated[Path | None, typer.Option("--json", help="Write the figures to this file as well.")] = None,
) -> None:
    """Print the times and exit 1 where the median is longer than it may be."""
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        url = database or f"sqlite:///{folder}/invented.sqlite"
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
    table.caption = f"{runs[-1].questions} questions to the database for {len(rows)} people"
    console.print(table)

    table = Table("What was found", "people", title="The glance itself")
    kinds = Counter(flag.kind for row in rows for flag in row.flags)
    for kind, count in kinds.most_common():
        table.add_row(f"flag: {kind}", str(count))
    table.add_row("with a course of onsets", str(sum(len(row.onset) > 1 for row in rows)))
    table.add_row("with a course of clean repetitions", str(sum(len(row.clean) > 1 for row in rows)))
    console.print(table)
    console.print(
        f"The whole glance takes {median['seconds']:.2f} s (to aim at: {TO_AIM_AT_SECONDS:g} s at most)."
    )
    if to is not None:
        figures = {
            "machine": machine,
            "rows": sizes,
            "runs": [asdict(run) for run in runs],
            "median": median,
            "flags": kinds,
        }
        to.write_text(json.dumps(figures, indent=2) + "\n")
    raise typer.Exit(1 if median["seconds"] > TO_AIM_AT_SECONDS else 0)


if __name__ == "__main__":
    typer.run(main)
