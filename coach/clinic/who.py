"""The reception: everything about who may come in, and the one question every page asks: who is there?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from coach.clinic.access import NotAllowed, Who, may
from coach.clinic.accounts import Role
from coach.clinic.invitations import Invitations
from coach.records.tables import PatientRow

COOKIE = "coach_session"


class Reception(Invitations):
    """Accounts, sign-ins, invitations and the record of what happened, on one database."""

    def who(
        self,
        token: str | None,
        now: datetime,
        *,
        profile: str | None = None,
        address: str | None = None,
        seen: bool = True,
    ) -> Who | None:
        """Who comes with this cookie; None: nobody who may see anything.

        At home everybody is a patient, without any cookie; `profile` is whose practice it is, or else it is that of the
        oldest profile. A therapist at home stays one besides. `seen`: this is somebody doing something.
        """
        account = self.signed_in(token, now, address=address, seen=seen)
        if self.mode.clinic:
            if account is None:
                return None
            return Who(account.role, account.name, account.uid, account.patient_uid)
        patient_uid, name = self._profile(profile)
        if account is None:
            return Who(Role.PATIENT, name, patient_uid=patient_uid, at_home=True)
        return Who(account.role, account.name, account.uid, account.patient_uid or patient_uid, at_home=True)

    def require(
        self,
        who: Who | None,
        name: str,
        now: datetime,
        *,
        patient_uid: str | None = None,
        address: str | None = None,
    ) -> Who:
        """Let somebody who may go on; anybody else is refused, and that is noted.

        Raises:
            NotAllowed: this is not for them.
        """
        if who is None or not may(who, name, patient_uid):
            self.refused(
                "access_refused",
                now,
                who=None if who is None else who.account_uid,
                whose=patient_uid,
                address=address,
                detail=name,
            )
            raise NotAllowed(name)
        return who

    def _profile(self, wanted: str | None) -> tuple[str | None, str]:
        oldest = select(PatientRow).order_by(PatientRow.created_at, PatientRow.uid)
        with self._read() as database:
            row = None if wanted is None else database.get(PatientRow, wanted)
            row = row or database.scalars(oldest).first()
            return (None, "Me") if row is None else (row.uid, row.name)
