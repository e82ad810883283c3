"""Stops by the safety check that a therapist has dealt with: by whom, when, and what was done."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select

from coach.records.care_history import DealtStop
from coach.records.care_tables import DealtStopRow
from coach.records.care_written import a_line, a_text
from coach.records.ledger import Ledger, moment, the_patient


class Stops(Ledger):
    """What was done about the stops of a person; the sessions themselves stay as they were."""

    def dealt_stops(self, patient_uid: str) -> list[DealtStop]:
        """What was done, the newest first."""
        query = (
            select(DealtStopRow)
            .where(DealtStopRow.patient_uid == patient_uid)
            .order_by(DealtStopRow.created_at.desc(), DealtStopRow.uid)
        )
        with self._read() as database:
            return [_dealt(row) for row in database.scalars(query)]

    def deal_with_stops(
        self, patient_uid: str, up_to: datetime, note: str, author: str, at: datetime
    ) -> DealtStop:
        """Write down that the stops up to a moment, that of the latest that was seen, are dealt with."""
        row = DealtStopRow(
            uid=uuid4().hex,
            patient_uid=patient_uid,
            up_to=moment(up_to),
            note=a_text("note", note),
            author=a_line("author", author),
            created_at=moment(at),
        )
        with self._write() as database:
            the_patient(database, patient_uid)
            database.add(row)
            return _dealt(row)


def _dealt(row: DealtStopRow) -> DealtStop:
    return DealtStop(row.uid, row.patient_uid, row.up_to, row.note, row.author, row.created_at)
