"""What can go wrong with the log, each told as what happened, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from coach import CoachError


class RecordsError(CoachError):
    """The practice log could not be opened, read or written."""


class RowRefused(RecordsError):
    """What was to be written does not fit the tables; trying again would not help."""


# SQLite's own words (sqlite.org/rescode.html), because Python 3.10 does not pass its error numbers on.
_SQLITE_FAULTS = {
    "database or disk is full": (
        "The disk is full, so nothing more can be saved in {where}. "
        "Free some space on it and go on: what was saved before is safe."
    ),
    "database is locked": (
        "Another program is holding {where}, so it could not be used within 5 seconds. "
        "Close other copies of the coach, or the program that has the file open, and try again."
    ),
    "file is not a database": (
        "{where} is not a practice log: another program may have written it, or it is damaged. "
        "Move it away (or bring back a copy you saved) and start again."
    ),
    "database disk image is malformed": (
        "{where} is damaged. Move it away, bring back a copy you saved, and start again."
    ),
    "readonly database": (
        "{where} may be read but not written. Make the file and its folder writable for you, "
        "or set COACH_DATA to a folder that is."
    ),
    "unable to open database file": (
        "{where} cannot be opened. Make the file and its folder readable and writable for you, "
        "or set COACH_DATA to a folder that is."
    ),
    "disk i/o error": (
        "The disk under {where} does not answer as it should. Check that it is connected and healthy, "
        "then try again."
    ),
}


def place(url: URL) -> str:
    """Where the log lives, fit to be shown: no password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "memory"
    return url.render_as_string(hide_password=True)


def unwritable_folder(folder: str, reason: str) -> RecordsError:
    """The folder of the log cannot be made or used."""
    return RecordsError(
        f"The folder {folder} cannot be made ({reason}). "
        "Make its parent writable for you, or set COACH_DATA to a folder that is."
    )


@contextmanager
def told_plainly(url: URL) -> Iterator[None]:
    """Turn what the database driver says into words a person can act on."""
    try:
        yield
    except (IntegrityError, DataError) as fault:
        first = str(fault.orig).strip().splitlines()[0]  # PostgreSQL's further lines hold the row itself
        raise RowRefused(f"This cannot be written down: {first}.") from fault
    except DBAPIError as fault:
        said = str(fault.orig)
        for words, told in _SQLITE_FAULTS.items():
            if words in said.lower():
                raise RecordsError(told.format(where=place(url))) from fault
        if url.get_backend_name() == "sqlite":
            raise RecordsError(f"The practice log {place(url)} could not be used: {said}.") from fault
        raise RecordsError(
            f"The database {place(url)} could not be used: {said.strip()}. "
            "Check that it is running and that COACH_DATABASE_URL is right."
        ) from fault
    except StatementError as fault:  # a value that could not even be handed to the database
        raise RowRefused(f"This cannot be written down: {fault.orig}.") from fault
