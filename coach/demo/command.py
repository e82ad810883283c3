"""The command that makes the demonstration and serves it, beside the real coach and on a port of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated

import typer

PORT = 8502
FOLDER = Path(__file__).resolve().parents[2] / "data-demo"


def demo_with(
    serve: Callable[[int], None], check_port: Callable[[int], None] = lambda port: None
) -> Callable[..., None]:
    """The command, which ends in `serve`: the coach on a port, with whatever the environment says by then.

    `check_port` may refuse before anything is made, which takes minutes.
    """

    def demo(
        port: Annotated[
            int, typer.Option(min=1024, max=65535, help="Where the page is served on this computer.")
        ] = PORT,
        weeks: Annotated[int, typer.Option(min=1, max=104, help="How long everybody has practised.")] = 26,
        patients: Annotated[int, typer.Option(min=1, max=12, help="How many people there are.")] = 12,
        folder: Annotated[Path, typer.Option(help="Where it lies; never where the real data is.")] = FOLDER,
        anew: Annotated[bool, typer.Option("--anew", help="Make it again although it is there.")] = False,
    ) -> None:
        """Make a clinic of invented people, apart from all real data, and serve it."""
        check_port(port)
        prepare(folder, weeks, patients, anew=anew)
        os.environ.update(environment(folder))
        os.environ.pop("COACH_DATABASE_URL", None)
        serve(port)

    return demo


def environment(folder: Path) -> dict[str, str]:
    """What the coach is to be told so that it opens the demonstration; COACH_DATABASE_URL must be gone."""
    return {"COACH_DATA": str(folder.absolute()), "COACH_DEMO": "1"}


def prepare(folder: Path, weeks: int, patients: int, *, anew: bool = False) -> None:
    """Make the demonstration of today, unless it is there already."""
    from rich.console import Console  # late: the other commands need none of this
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    from coach.demo import marking
    from coach.demo.making import how, make_demo
    from coach.demo.people import PEOPLE

    now = datetime.now(timezone.utc).astimezone()
    people = PEOPLE[:patients]
    console = Console(stderr=True)
    marking.check(folder)
    if not anew and marking.made(folder) == how(now.date(), weeks, len(people)):
        console.print(f"The demonstration of today is in {folder} already.", highlight=False)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console.print(
        f"Making a clinic of {len(people)} invented people in {folder}: this takes up to a few minutes. "
        "Nothing real is touched.",
        highlight=False,
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("living", total=len(people))

        def finished(name: str) -> None:
            progress.update(bar, advance=1, description=name)

        make_demo(
            folder,
            now.date(),
            weeks=weeks,
            people=people,
            zone=now.tzinfo or timezone.utc,
            on_person=finished,
        )
