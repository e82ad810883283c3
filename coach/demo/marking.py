"""What is a demonstration and what is not: a mark in its folder, and the rules that keep it away from real data."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from coach import CoachError
from coach.records.database import database_url

MARK = "DEMONSTRATION"
"""The file that says so; it holds how the demonstration was made and what opens its therapist's pages, as JSON."""

DATABASE = "coach.sqlite"
_WORDS = (
    "Everybody in this folder is invented. It may be deleted at any time; python -m coach demo makes it anew."
)

_ROOT = Path(__file__).resolve().parents[2]  # where the coach runs: folders are told from here

Made = Mapping[str, str | int | float]


class DemoRefused(CoachError):
    """The demonstration would come where something else is."""


@dataclass(frozen=True, slots=True)
class Door:
    """What the demonstration's therapist signs in with: drawn for this one alone and written down nowhere else, so that
    the account in a copy of its database opens to nobody.
    """

    sign_in_name: str
    password: str


def is_demo(url: str) -> bool:
    """Whether the database at this address is a demonstration: pages then say so, each of them."""
    folder = _folder_of(url)
    return folder is not None and (folder / MARK).is_file()


def door_of(url: str) -> Door | None:
    """What opens the therapist's pages, if the database at this address is a demonstration."""
    folder = _folder_of(url)
    told = None if folder is None else _told(folder, "door")
    name, password = (told or {}).get("sign_in_name"), (told or {}).get("password")
    return Door(name, password) if isinstance(name, str) and isinstance(password, str) else None


def made(folder: Path) -> Made | None:
    """How the demonstration in a folder was made; None where there is none, or where it cannot be told."""
    return _told(folder, "made")


def _told(folder: Path, what: str) -> Made | None:
    try:
        told = json.loads((folder / MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return told[what] if isinstance(told, dict) and isinstance(told.get(what), dict) else None


def check(folder: Path, environment: Mapping[str, str] = os.environ) -> None:
    """See that a demonstration may come into this folder.

    Raises:
        DemoRefused: it is, or holds, where the real data is, or it is something else than an older demonstration.
    """
    wanted = folder.resolve()
    for real in _real_folders(environment):
        if real == wanted or wanted in real.parents:
            raise DemoRefused(
                f"{folder} is where the real data is ({real}). The demonstration needs a folder of its own."
            )
    if os.path.lexists(folder) and not ((folder / MARK).is_file() or _is_empty(folder)):
        raise DemoRefused(
            f"{folder} is there and is no demonstration (it holds no file {MARK}). Nothing in it was changed; "
            "move it away, or name another folder."
        )


@contextmanager
def in_place_of(folder: Path, how: Made, door: Door) -> Iterator[Path]:
    """A new folder with the mark in it: it takes the place of `folder` once all is done, and vanishes otherwise."""
    making = folder.with_name(f"{folder.name}.making")
    if os.path.lexists(making):
        if not (making / MARK).is_file():
            raise DemoRefused(f"{making} is in the way, and is no demonstration. Move it away.")
        shutil.rmtree(making)
    try:
        making.mkdir(mode=0o700, parents=True)
        told = {"words": _WORDS, "made": dict(how), "door": asdict(door)}
        (making / MARK).write_text(json.dumps(told, indent=1), "utf-8")
        yield making
        if folder.exists():
            shutil.rmtree(folder)
        making.rename(folder)
    except OSError as fault:
        raise DemoRefused(
            f"The demonstration could not be put into {folder} ({fault.strerror or fault}). Is it open somewhere?"
        ) from fault
    finally:
        if (making / MARK).is_file():
            shutil.rmtree(making, ignore_errors=True)


def _real_folders(environment: Mapping[str, str]) -> Iterator[Path]:
    """Where the environment keeps what is real: the database, and a therapist's own cards in COACH_DATA."""
    for base in (_ROOT, Path.cwd()):
        yield (base / (environment.get("COACH_DATA") or "data")).resolve()
        folder = _folder_of(database_url(environment), base)
        if folder is not None:
            yield folder


def _folder_of(url: str, base: Path | None = None) -> Path | None:
    """The folder of an SQLite file, told from `base` or from where we are; None for any other database."""
    try:
        address = make_url(url)
    except ArgumentError:
        return None
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        return None
    return ((base or Path.cwd()) / str(address.database)).resolve().parent


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())
