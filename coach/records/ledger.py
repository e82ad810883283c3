"""The open database, and the two ways to it.

Every call is one short transaction of its own on a shared engine, so any thread may call at any time, and
what a call has returned from is on the disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from coach.records.care_tables import AssessmentRow, NoteRow, RequestRow, TreatmentRow
from coach.records.faults import RecordsError, told_plainly
from coach.records.tables import PatientRow, PracticeRow, PrescriptionRow, SessionRow

Owned = TypeVar(
    "Owned", PracticeRow, PrescriptionRow, SessionRow, TreatmentRow, AssessmentRow, NoteRow, RequestRow
)


class Ledger:
    """What all parts of the log share."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(writes=True)

    @property
    def file(self) -> str | None:
        """The file it all lies in; None where it is a database server's."""
        url = self.engine.url
        return url.database if url.get_backend_name() == "sqlite" else None

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def _write(self) -> Iterator[Session]:
        # Outside Session.begin(): a full disk is often noticed only at the commit.
        with told_plainly(self.engine.url), Session(self._writing) as database, database.begin():
            yield database

    @contextmanager
    def _read(self) -> Iterator[Session]:
        with told_plainly(self.engine.url), Session(self.engine) as database:
            yield database


def the_patient(database: Session, uid: str, *, lock: bool = False) -> PatientRow:
    """The row of a person; with `lock` nobody else may add to what is theirs until it is written."""
    row = database.get(PatientRow, uid, with_for_update=lock or None)
    if row is None:
        raise RecordsError(f"There is no profile {uid} in this log. Reload the page.")
    return row


def theirs(database: Session, kind: type[Owned], uid: str, patient_uid: str, *, lock: bool = False) -> Owned:
    """A row that belongs to this person; another person's row is not there for them."""
    row = database.get(kind, uid, with_for_update=lock or None)
    if row is None or row.patient_uid != patient_uid:
        raise RecordsError(f"There is no {kind.__tablename__} {uid} of this person in this log.")
    return row


def moment(at: datetime) -> datetime:
    """The moment itself; one without a zone could be any of 24."""
    if at.tzinfo is None:
        raise RecordsError(f"The time {at} has no time zone, so it cannot be written down.")
    return at
