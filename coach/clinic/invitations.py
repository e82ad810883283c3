"""Invitations: a code on a slip of paper lets one person make their account, or a new password, once.

Twelve letters and digits without look-alikes are 60 random bits; the database has only what recognises them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from coach.clinic.accounts import (
    AccountRefused,
    Role,
    account_from,
    the_account,
    therapist_exists,
)
from coach.clinic.second_step import SecondStep
from coach.clinic.sign_in import CodeNeeded, NotSignedIn, SignedIn
from coach.records.clinic_tables import AccountRow, InvitationRow
from coach.records.ledger import moment, the_patient

Kind = Literal["setup", "patient", "therapist", "administrator", "password"]

# Proposals: a patient's slip may lie at home for a week; what opens other people's data is used at once.
VALID: Mapping[Kind, timedelta] = {
    "setup": timedelta(hours=24),
    "patient": timedelta(days=7),
    "therapist": timedelta(days=2),
    "administrator": timedelta(days=2),
    "password": timedelta(days=2),
}
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # neither 0 nor O, 1 nor I
CODE_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a code is for: the account of somebody with this name, or a new password for `account_uid`."""

    uid: str
    kind: Kind
    name: str
    patient_uid: str | None
    account_uid: str | None
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invited:
    """The code to hand over; it cannot be read again later."""

    code: str
    invitation: Invitation


class Invitations(SecondStep):
    """Makes codes and lets people in with them."""

    def invite(
        self,
        role: Role,
        name: str,
        now: datetime,
        *,
        by: str | None,
        patient_uid: str | None = None,
        address: str | None = None,
    ) -> Invited:
        """A code for a new account in this role; a patient's belongs to their profile.

        Raises:
            AccountRefused: the name cannot be one, or the patient has an account.
        """
        with self._write() as database:
            self._may_manage(database, by, role)
            if patient_uid is not None:
                name = the_patient(database, patient_uid).name
                if database.scalar(select(AccountRow.uid).where(AccountRow.patient_uid == patient_uid)):
                    raise AccountRefused("has_account", "This patient has an account already.")
            name = " ".join(name.split())  # as pasted from elsewhere, with odd spaces
            self._check_name(name)
            invited = self._make(database, role.value, name, now, patient_uid=patient_uid, by=by)
            self._note(
                database, "invited", now, who=by, whose=patient_uid, address=address, detail=role.value
            )
        return invited

    def new_password_code(
        self, account_uid: str, now: datetime, *, by: str | None, address: str | None = None
    ) -> Invited:
        """A code for a new password, for somebody who has forgotten theirs; staff give it to the person they see."""
        with self._write() as database:
            row = self._managed(database, account_uid, by)
            invited = self._make(database, "password", row.name, now, account_uid=account_uid, by=by)
            self._note(
                database,
                "new_password_allowed",
                now,
                who=by,
                whose=row.patient_uid,
                address=address,
                detail=f"{row.role} {account_uid}",
            )
        return invited

    def setup_code(self, now: datetime) -> str | None:
        """A code for the first therapist, to be printed where the coach is started; None: there is a therapist."""
        with self._write() as database:
            if therapist_exists(database):
                return None
            invited = self._make(database, "setup", "", now, by=None)
            self._note(database, "setup_code_made", now)
        return invited.code

    def invitations(self) -> list[Invitation]:
        """All that were made, the newest first."""
        with self._read() as database:
            query = select(InvitationRow).order_by(InvitationRow.made_at.desc(), InvitationRow.uid)
            return [_invitation(row) for row in database.scalars(query)]

    def withdraw(self, uid: str, now: datetime, *, by: str | None, address: str | None = None) -> None:
        """Make a code worthless that has not been used."""
        with self._write() as database:
            row = database.get(InvitationRow, uid, with_for_update=True)
            if row is None or row.used_at is not None:
                return
            if row.account_uid is not None:
                self._managed(database, row.account_uid, by)
            else:
                self._may_manage(database, by, Role.THERAPIST if row.kind == "setup" else Role(row.kind))
            row.expires_at = moment(now)
            self._note(database, "invitation_withdrawn", now, who=by, whose=row.patient_uid, address=address)

    def open_invitation(
        self, code: str, now: datetime, *, address: str | None = None
    ) -> Invitation | NotSignedIn:
        """What this code is for, while it can be used; codes that are not good count as wrong tries of this address."""
        with self._write() as database:
            trying = self._begin_try(database, None, address, moment(now))
            if not isinstance(trying, int):
                row = self._good(database, code, now)
                if row is None:
                    self._note(database, "code_refused", now, address=address)
                    return NotSignedIn("wrong")
                self._take_back(database, trying)
                return _invitation(row)
        self.refused("code_waits", now, address=address)
        return NotSignedIn("wait", trying)

    def join(
        self,
        code: str,
        sign_in_name: str,
        name: str,
        password: str,
        now: datetime,
        *,
        address: str | None = None,
        token: str | None = None,
    ) -> SignedIn | CodeNeeded | NotSignedIn:
        """Make the account or the new password the code is for, and sign in; the code is used up only if that worked.

        Raises:
            AccountRefused: the name, the sign-in name or the password cannot be one.
        """
        found = self.open_invitation(code, now, address=address)
        if isinstance(found, NotSignedIn):
            return found
        if found.kind == "password":
            return self._new_password(found, code, password, now, address, token)
        role = Role.THERAPIST if found.kind == "setup" else Role(found.kind)
        name = found.name or name
        self._check(sign_in_name, name, password)
        hashed = self._passwords.hash(password)
        with self._write() as database:
            if found.kind == "setup":
                self._one_at_a_time(database)
            row = self._good(database, code, now)
            if row is None:
                self._note(database, "code_refused", now, address=address)
                return NotSignedIn("wrong")
            account = self._add(database, role, sign_in_name, name, hashed, now, found.patient_uid)
            row.used_at = moment(now)
            self._note(
                database,
                "joined",
                now,
                who=account.uid,
                whose=account.patient_uid,
                address=address,
                detail=f"{found.kind} by {row.made_by or 'console'}",
            )
            return self._start(database, the_account(database, account.uid), now, address, token)

    def set_up_at_home(
        self,
        sign_in_name: str,
        name: str,
        password: str,
        now: datetime,
        *,
        address: str | None = None,
        token: str | None = None,
    ) -> SignedIn | NotSignedIn:
        """The first therapist's password on this computer: at home, without a code, while there is none."""
        self._check(sign_in_name, name, password)
        hashed = self._passwords.hash(password)
        with self._write() as database:
            self._one_at_a_time(database)
            if self.mode.clinic or therapist_exists(database):
                self._note(database, "set_up_refused", now, address=address)
                return NotSignedIn("wrong")
            account = self._add(database, Role.THERAPIST, sign_in_name, name, hashed, now, None)
            self._note(database, "joined", now, who=account.uid, address=address, detail="setup at home")
            return self._start(database, the_account(database, account.uid), now, address, token)

    def _new_password(
        self,
        found: Invitation,
        code: str,
        password: str,
        now: datetime,
        address: str | None,
        token: str | None,
    ) -> SignedIn | CodeNeeded | NotSignedIn:
        with self._read() as database:
            account = database.get(AccountRow, found.account_uid)
            names = () if account is None else (account.sign_in_name, account.name)
        self._check_password(password, *names)
        hashed = self._passwords.hash(password)
        with self._write() as database:
            row = self._good(database, code, now)
            if row is None or row.account_uid is None:
                self._note(database, "code_refused", now, address=address)
                return NotSignedIn("wrong")
            account = the_account(database, row.account_uid)
            account.password_hash, row.used_at = hashed, moment(now)
            self._end_all(database, account.uid)
            self._forgive_name(database, account.sign_in_name)
            self._note(
                database,
                "password_changed",
                now,
                who=account.uid,
                address=address,
                detail=f"code by {row.made_by or 'console'}",
            )
            if account.second_step is not None:
                return CodeNeeded(account_from(account))
            return self._start(database, account, now, address, token)

    def _make(
        self,
        database: Session,
        kind: str,
        name: str,
        now: datetime,
        *,
        patient_uid: str | None = None,
        account_uid: str | None = None,
        by: str | None = None,
    ) -> Invited:
        # 256 is 8 times 32: each byte gives one letter, and all are as likely.
        letters = "".join(_LETTERS[byte % 32] for byte in self._random_bytes(CODE_LETTERS))
        row = InvitationRow(
            uid=self._uid(),
            code_hash=self._key("code", letters),
            kind=kind,
            name=name.strip(),
            patient_uid=patient_uid,
            account_uid=account_uid,
            made_by=by,
            made_at=moment(now),
            expires_at=now + VALID[cast("Kind", kind)],
        )
        database.add(row)
        return Invited("-".join(re.findall("....", letters)), _invitation(row))

    def _good(self, database: Session, code: str, now: datetime) -> InvitationRow | None:
        """The invitation, if it can still be used; until this is written nobody else can."""
        letters = re.sub(r"[\s-]", "", code[:100]).upper()
        row = database.scalar(
            select(InvitationRow)
            .where(InvitationRow.code_hash == self._key("code", letters))
            .with_for_update()
        )
        if row is None or row.used_at is not None or now >= row.expires_at:
            return None
        if row.kind == "setup" and therapist_exists(database):
            return None
        if row.account_uid is not None and the_account(database, row.account_uid).revoked_at is not None:
            return None
        if row.made_by is not None:  # whoever is out cannot come in again by a code made before
            maker = database.get(AccountRow, row.made_by)
            if maker is None or maker.revoked_at is not None:
                return None
        return row


def _invitation(row: InvitationRow) -> Invitation:
    return Invitation(
        uid=row.uid,
        kind=cast("Kind", row.kind),
        name=row.name,
        patient_uid=row.patient_uid,
        account_uid=row.account_uid,
        made_at=row.made_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )
