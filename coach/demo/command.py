"""The command that makes the demonstration and serves it, beside the real coach and on a port of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated

import typer

PORT = 8502
FOLDER = Path(__file__).resolve().parents[2] / "data-demo"


def demo_with(
    serve: Callable[[int], None], check_port: Callable[[int], None] = lambda port: None
) -> Callable[..., None]:
    """The command, which ends in `serve`: the coach at home on a port, whatever the environment said before.

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
        own = environment(folder)
        for name in [name for name in os.environ if name.startswith("COACH_")]:
            del os.environ[name]
        os.environ.update(own)
        print(welcome(port, own), flush=True)
        serve(port)

    return demo


def environment(folder: Path) -> dict[str, str]:
    """What the coach is to be told so that it opens the demonstration, at home; nothing else of its own may be set."""
    return {"COACH_DATA": str(folder.absolute()), "COACH_MODE": "home"}


def welcome(port: int, environment: Mapping[str, str]) -> str:
    """Where to look, and what the therapist's pages open with."""
    from coach.demo.marking import door_of
    from coach.records import database_url

    door = door_of(database_url(environment))
    if door is None:
        return "This demonstration has lost what opens the therapist's pages: python -m coach demo --anew"
    # By another name than the real coach: cookies know no ports, and signing in here would sign out there.
    return (
        f"The therapist's pages: http://localhost:{port}/patients\n"
        f"They open with the name {door.sign_in_name} and the password: {door.password}"
    )


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
