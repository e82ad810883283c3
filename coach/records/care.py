"""People and their care, written and read: who they are, their history and their treatments.

Every read asks for one person's rows, and every write says who wrote. What was entered stays as it was written: to
correct it, withdraw it and enter it anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from typing import cast, get_args
from uuid import uuid4

from sqlalchemy import select

from coach.face import Side
from coach.records.care_history import Cause, History, Person, Treatment, TreatmentKind
from coach.records.care_tables import HistoryRow, TreatmentRow
from coach.records.care_written import (
    AHEAD,
    EARLIEST,
    LONGEST_NAME,
    a_day,
    a_line,
    a_text,
    one_of,
    some_lines,
    take_back,
)
from coach.records.ledger import Ledger, moment, the_patient, theirs
from coach.records.tables import PatientRow


class Care(Ledger):
    """Who the people are, and what a therapist and they write down beside the practice."""

    # -- people

    def patients(self) -> list[Person]:
        """Everybody who practises, in the order in which they came."""
        query = select(PatientRow).order_by(PatientRow.created_at, PatientRow.uid)
        with self._read() as database:
            return [_person(row) for row in database.scalars(query)]

    def person(self, patient_uid: str) -> Person:
        """One of them; raises RecordsError where there is nobody of that uid."""
        with self._read() as database:
            return _person(the_patient(database, patient_uid))

    def create_patient(self, name: str, affected: Side | None = None, at: datetime | None = None) -> Person:
        """Write down somebody new, now unless a moment is given."""
        created_at = datetime.now(timezone.utc) if at is None else moment(at)
        row = PatientRow(
            uid=uuid4().hex,
            name=a_line("name", name, LONGEST_NAME),
            affected=affected,
            created_at=created_at,
            view="ask",
        )
        with self._write() as database:
            database.add(row)
            return _person(row)

    def rename(self, patient_uid: str, name: str) -> None:
        """Write down another name of somebody."""
        with self._write() as database:
            the_patient(database, patient_uid).name = a_line("name", name, LONGEST_NAME)

    # -- history

    def history(self, patient_uid: str) -> History | None:
        """How it began and what is to be minded; None where nothing is written down."""
        with self._read() as database:
            row = database.get(HistoryRow, patient_uid)
            return None if row is None else _history(row)

    def keep_history(self, patient_uid: str, history: History, author: str, at: datetime) -> History:
        """Write the history down in place of what was there; gives it back with who wrote it, and when."""
        if history.cause is not None:
            one_of("cause", history.cause, get_args(Cause))
        if history.onset is not None:
            a_day("onset", history.onset, EARLIEST, at.date() + timedelta(days=1))
        values = {
            "cause": history.cause,
            "onset": history.onset,
            "contraindications": some_lines("contraindications", history.contraindications),
            "leave_out": a_text("text on what to leave out", history.leave_out, required=False),
            "updated_at": moment(at),
            "author": a_line("author", author),
        }
        with self._write() as database:
            the_patient(database, patient_uid, lock=True)  # two first histories at once: the later one stays
            row = database.get(HistoryRow, patient_uid) or HistoryRow(patient_uid=patient_uid)
            for name, value in values.items():
                setattr(row, name, value)
            database.add(row)
            return _history(row)

    # -- treatments

    def treatments(self, patient_uid: str) -> list[Treatment]:
        """The treatments of this person, the oldest first, without those withdrawn."""
        query = (
            select(TreatmentRow)
            .where(TreatmentRow.patient_uid == patient_uid, TreatmentRow.withdrawn_at.is_(None))
            .order_by(TreatmentRow.day, TreatmentRow.created_at, TreatmentRow.uid)
        )
        with self._read() as database:
            return [_treatment(row) for row in database.scalars(query)]

    def add_treatment(
        self,
        patient_uid: str,
        kind: TreatmentKind,
        day: date,
        author: str,
        at: datetime,
        *,
        sites: Iterable[str] = (),
        dose_text: str = "",
        note: str = "",
    ) -> Treatment:
        """Write a treatment down."""
        row = TreatmentRow(
            uid=uuid4().hex,
            patient_uid=patient_uid,
            kind=one_of("kind", kind, get_args(TreatmentKind)),
            day=a_day("day", day, EARLIEST, at.date() + AHEAD),
            sites=some_lines("sites", sites),
            dose_text=a_line("dose", dose_text, required=False),
            note=a_text("note", note, required=False),
            author=a_line("author", author),
            created_at=moment(at),
        )
        with self._write() as database:
            the_patient(database, patient_uid)
            database.add(row)
            return _treatment(row)

    def withdraw_treatment(self, uid: str, patient_uid: str, author: str, at: datetime) -> None:
        """Take a treatment back that was entered by mistake; once is for good."""
        with self._write() as database:
            take_back(theirs(database, TreatmentRow, uid, patient_uid, lock=True), author, at)


# -- what comes back


def _person(row: PatientRow) -> Person:
    return Person(row.uid, row.name, row.affected, row.created_at)


def _history(row: HistoryRow) -> History:
    return History(
        cause=cast("Cause | None", row.cause),
        onset=row.onset,
        contraindications=tuple(row.contraindications),
        leave_out=row.leave_out,
        updated_at=row.updated_at,
        author=row.author,
    )


def _treatment(row: TreatmentRow) -> Treatment:
    return Treatment(
        uid=row.uid,
        patient_uid=row.patient_uid,
        kind=cast("TreatmentKind", row.kind),
        day=row.day,
        sites=tuple(row.sites),
        dose_text=row.dose_text,
        note=row.note,
        author=row.author,
        created_at=row.created_at,
    )
