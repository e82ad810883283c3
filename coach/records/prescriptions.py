"""What is prescribed: each change is a version of its own, and the older ones stay readable."""

from __future__ import annotations

from uuid import uuid4

from pydantic import ValidationError
from sqlalchemy import func, select

from coach.prescription import Item, Prescription
from coach.records.faults import RecordsError
from coach.records.ledger import Ledger, the_patient
from coach.records.tables import PrescriptionRow


class Prescriptions(Ledger):
    """What people are to practise."""

    def prescribe(self, patient_uid: str, prescription: Prescription) -> Prescription:
        """Write down a new version for this person; gives it back with its uid and version."""
        with self._write() as database:
            the_patient(database, patient_uid, lock=True)
            latest = database.scalar(
                select(func.max(PrescriptionRow.version)).where(PrescriptionRow.patient_uid == patient_uid)
            )
            written = prescription.model_copy(update={"uid": uuid4().hex, "version": (latest or 0) + 1})
            database.add(
                PrescriptionRow(
                    patient_uid=patient_uid,
                    items=[item.model_dump(mode="json") for item in written.items],
                    **written.model_dump(exclude={"items"}),
                )
            )
        return written

    def prescription(self, patient_uid: str) -> Prescription | None:
        """The version that is valid now; None where nothing is prescribed."""
        found = self._prescriptions(patient_uid, newest_only=True)
        return found[0] if found else None

    def prescriptions(self, patient_uid: str) -> list[Prescription]:
        """All versions of this person, the newest first."""
        return self._prescriptions(patient_uid)

    def _prescriptions(self, patient_uid: str, newest_only: bool = False) -> list[Prescription]:
        query = (
            select(PrescriptionRow)
            .where(PrescriptionRow.patient_uid == patient_uid)
            .order_by(PrescriptionRow.version.desc())
        )
        with self._read() as database:
            rows = database.scalars(query.limit(1) if newest_only else query)
            return [read_prescription(row) for row in rows]


def read_prescription(row: PrescriptionRow) -> Prescription:
    """The version in a row; raises RecordsError where this version of the coach cannot read it."""
    try:
        return Prescription.model_validate(
            {name: getattr(row, name) for name in Prescription.model_fields if name != "items"}
            | {"items": tuple(Item.model_validate(item) for item in row.items)}
        )
    except ValidationError as fault:
        raise RecordsError(
            f"Version {row.version} of the prescription {row.uid} cannot be read by this version of the coach: "
            f"{fault.error_count()} of its values are not what they may be."
        ) from fault
