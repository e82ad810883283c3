"""The command line: python -m coach run, demo, analyse, cards check, accounts, audit."""

from __future__ import annotations

import os
import runpy
import signal
import socket
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from coach import CoachError
from coach.clinic.mode import read_mode
from coach.demo.command import demo_with
from coach.face import Side
from coach.library import PATTERNS_FILE, LibraryError, load_library, open_library

if TYPE_CHECKING:
    from coach.clinic.who import Reception
    from coach.records import Records

HOST = "127.0.0.1"
FRONT_DOOR = Path(__file__).resolve().parent.parent / "streamlit_app.py"

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
cards = typer.Typer(no_args_is_help=True, help="Exercise cards.")
app.add_typer(cards, name="cards")
accounts = typer.Typer(no_args_is_help=True, help="Who can sign in.")
app.add_typer(accounts, name="accounts")


class StartError(CoachError):
    """Something this computer lacks keeps the coach from starting."""


@app.callback()
def _coach() -> None:
    """Face Retraining Coach: small, slow, even movements."""


@app.command()
def run(
    port: Annotated[
        int, typer.Option(min=1024, max=65535, help="Where the page is served on this computer.")
    ] = 8501,
) -> None:
    """Serve the coach on this computer, for this computer only."""
    os.chdir(FRONT_DOOR.parent)  # Streamlit reads .streamlit/config.toml from here
    read_mode(os.environ, HOST)
    _check_opencv()
    _check_port(port)
    for fault in open_library().faults:
        print(f"Left out of the exercises: {fault}", file=sys.stderr)
    from coach.records import open_records  # late, like OpenCV: the other commands need neither

    open_records()
    print(f"The coach is at http://{HOST}:{port} (stop it with Ctrl+C).", flush=True)
    signal.signal(
        signal.SIGINT, lambda *_: sys.exit(0)
    )  # after the server has closed: no complaint, no failure
    # Streamlit runs in this very process: what was loaded for the checks need not be loaded again.
    sys.argv = ["streamlit", "run", str(FRONT_DOOR), f"--server.address={HOST}", f"--server.port={port}"]
    runpy.run_module("streamlit", run_name="__main__")


app.command(name="demo")(demo_with(run, lambda port: _check_port(port)))


@app.command()
def analyse(
    clip: Annotated[Path, typer.Argument(help="A video of one face.")],
    exercise: Annotated[str, typer.Option(help="The card's id, such as small-closed-smile.")],
    affected: Annotated[Side, typer.Option(help="The person's own affected side.")],
    rest_seconds: Annotated[
        float, typer.Option(min=0.2, max=30, help="How long the face is at rest at the start, in seconds.")
    ] = 2.0,
    csv: Annotated[Path | None, typer.Option(help="Write a row for every picture here.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the summary here.")] = None,
    video: Annotated[
        Path | None, typer.Option(help="Write the clip with the coach's marks here (.mp4).")
    ] = None,
) -> None:
    """Run the coach over a recorded clip: the same measuring and coaching, without a camera."""
    _check_opencv()
    library = open_library()
    if exercise not in library.exercises:
        told = "".join(f"\n  {fault}" for fault in library.faults if f"{exercise}.toml: " in fault)
        raise CoachError(
            f"There is no exercise {exercise!r}; there is: {', '.join(sorted(library.exercises))}.{told}"
        )
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from coach.clip import Outputs, analyse

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(clip.name, total=None)
        summary = analyse(
            clip,
            library.exercises[exercise],
            library.patterns,
            affected,
            Outputs(csv, json, video),
            rest_seconds=rest_seconds,
            on_open=lambda expected: progress.update(bar, total=expected),
            on_picture=lambda: progress.advance(bar),
        )
    clean = sum(repetition.clean for repetition in summary.repetitions)
    print(
        f"{summary.frames} pictures, {summary.judged_share:.0%} of them judged. "
        f"Repetitions: {len(summary.repetitions)}, clean: {clean}. "
        f"Unwanted movements: {len(summary.unwanted)}."
    )


@cards.command()
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Where your own cards are, unless in data/exercises; or a whole collection with its patterns.toml."
        ),
    ] = None,
) -> None:
    """Read the shipped cards and your own, and tell all faults at once."""
    if folder is not None and not any(folder.glob("*.toml")):
        raise LibraryError(folder, ("no card found; allowed: at least one <id>.toml",))
    whole = folder is not None and (folder / PATTERNS_FILE).exists()
    library = load_library(folder, own=folder) if folder is not None and whole else load_library(own=folder)
    print(
        f"{len(library.exercises)} cards ({len(library.own)} of your own), {len(library.patterns)} patterns and "
        f"{len(library.programmes)} programmes are in order."
    )


@accounts.command(name="new-password")
def new_password(
    sign_in_name: Annotated[str, typer.Argument(help="The name somebody signs in with.")],
) -> None:
    """Make a code for a new password, for a therapist who has forgotten theirs and has no colleague to ask."""
    reception, uid = _account(sign_in_name)
    invited = reception.new_password_code(uid, datetime.now(timezone.utc), by=None)
    print(f"Open /join, type {invited.code} and choose a new password. The code works once.")


@accounts.command()
def close(
    sign_in_name: Annotated[str, typer.Argument(help="The name somebody signs in with.")],
) -> None:
    """Close an account, the last therapist's too: whoever is signed in to it is out, and its codes are dead."""
    reception, uid = _account(sign_in_name)
    reception.revoke(uid, datetime.now(timezone.utc))
    print("It is closed. While no therapist is left, the next start in a clinic prints a code for a new one.")


def _account(sign_in_name: str) -> tuple[Reception, str]:
    from coach.clinic.who import Reception

    reception = Reception(_open().engine, read_mode(os.environ, HOST))
    account = reception.account_named(sign_in_name)
    if account is None:
        raise CoachError(f"Nobody signs in as {sign_in_name!r} in this log.")
    return reception, account.uid


@app.command()
def audit() -> None:
    """Go through the record of who did what, and tell whether anything in it was changed or taken away."""
    from coach.clinic.who import Reception

    chain = Reception(_open().engine, read_mode(os.environ, HOST)).verify()
    if chain.faults:
        raise CoachError("The record has been changed:\n" + "\n".join(f"  {fault}" for fault in chain.faults))
    print(f"{chain.events} entries, each as it was written. The newest is known by {chain.head}.")


def _open() -> Records:
    from coach.records import open_records

    return open_records()


def _check_opencv() -> None:
    try:
        import cv2  # noqa: F401  (only to see whether it loads)
    except ImportError as error:
        if "libGL" in str(error) or "libgthread" in str(error) or "libglib" in str(error):
            raise StartError(
                f"OpenCV needs two small system libraries ({error}). "
                "On Debian and Ubuntu: sudo apt install libgl1 libglib2.0-0"
            ) from error
        raise StartError(
            f"OpenCV does not load ({error}). Delete the folder .venv and run: make run"
        ) from error


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        if os.name != "nt":  # a port just let go is free; on Windows the option would mean something else
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise StartError(
                f"Port {port} is in use on this computer, perhaps by a coach that is already running: "
                f"look at http://{HOST}:{port}, or choose another port: make run PORT={port + 1}"
            ) from error


def main() -> None:
    """Run the command line; what a person can put right is told in a sentence, with exit code 2."""
    try:
        app()
    except CoachError as error:
        Console(stderr=True).print(str(error), style="bold", markup=False, highlight=False, soft_wrap=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
