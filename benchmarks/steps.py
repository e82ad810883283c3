"""How often a level swings: the steps in the lives of the demonstration, with the rule against it or without.

    python benchmarks/steps.py [--without] [--weeks 26] [--people 12]

What is counted is who took a step, up or down, and how often one led up to a level that the card had come down from.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT)]

import typer

from coach import progression
from coach.demo.life import Life
from coach.demo.living import live
from coach.demo.making import SEED
from coach.demo.people import PEOPLE
from coach.library import load_library
from coach.prescription import COACH

TODAY = date(2026, 9, 1)


def steps(life: Life) -> Iterator[str]:
    """Each step of each card, by who took it and whether the card had come down from that level before."""
    came_down: set[tuple[str, int]] = set()
    for before, after in pairwise(life.prescriptions):
        were = {item.card: item.level for item in before.items}
        for item in after.items:
            level = were.get(item.card, item.level)
            if level == item.level:
                continue
            who = "coach" if after.author == COACH else "therapist"
            yield f"{who} {'up' if item.level > level else 'down'}"
            if item.level < level:
                came_down.add((item.card, level))
            elif (item.card, item.level) in came_down:
                yield "up again"


def main(
    without: Annotated[bool, typer.Option(help="The coach tries again however often it came down.")] = False,
    weeks: float = 26.0,
    people: int = len(PEOPLE),
) -> None:
    """Live the lives and count."""
    if without:
        progression.CAME_DOWN_OFTEN = sys.maxsize
    with TemporaryDirectory() as folder:
        library = load_library(own=Path(folder))
    together: Counter[str] = Counter()
    for person in PEOPLE[:people]:
        life = live(
            person, library, TODAY, weeks=weeks, seed=SEED, zone=timezone.utc, traces_for=timedelta(0)
        )
        found = Counter(steps(life)) + Counter(versions=len(life.prescriptions))
        together += found
        print(f"{person.name}: {dict(sorted(found.items()))}", flush=True)
    print(f"All: {dict(sorted(together.items()))}")


if __name__ == "__main__":
    typer.run(main)
