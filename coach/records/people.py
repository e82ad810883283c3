"""The people of the log, and what it remembers of them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import cast, get_args
from uuid import uuid4

from sqlalchemy import select

from coach.face import Side
from coach.records.faults import RecordsError
from coach.records.history import Patient, View
from coach.records.ledger import Ledger, the_patient
from coach.records.tables import PatientRow


class People(Ledger):
    """Who practises."""

    def profile(self) -> Patient:
        """The one person of this computer; made on the first call."""
        with self._write() as database:
            oldest = select(PatientRow).order_by(PatientRow.created_at, PatientRow.uid)
            row = database.scalars(oldest).first()
            if row is None:
                row = PatientRow(
                    uid=uuid4().hex,
                    name="Me",
                    affected=None,
                    created_at=datetime.now(timezone.utc),
                    view="ask",
                )
                database.add(row)
            return _patient(row)

    def patient(self, uid: str) -> Patient:
        """One person.

        Raises:
            RecordsError: there is nobody of that uid in this log.
        """
        with self._read() as database:
            return _patient(the_patient(database, uid))

    def set_affected(self, patient_uid: str, affected: Side | None) -> None:
        """Remember which side of this person's face is affected; None: not known."""
        with self._write() as database:
            the_patient(database, patient_uid).affected = affected

    def set_view(self, patient_uid: str, view: View) -> None:
        """Remember how this person likes to see themselves."""
        if view not in get_args(View):
            raise RecordsError(f"The view is {view!r}; allowed: {', '.join(get_args(View))}.")
        with self._write() as database:
            the_patient(database, patient_uid).view = view


def _patient(row: PatientRow) -> Patient:
    return Patient(uid=row.uid, name=row.name, affected=row.affected, view=cast("View", row.view))
