"""Accounts: who there is, in which role, with which password; and whose account has been closed."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from coach.clinic.audit import Audit
from coach.clinic.passwords import Fault, fault_of
from coach.records.clinic_tables import AccountRow, InvitationRow, SignInRow
from coach.records.faults import RecordsError
from coach.records.ledger import moment, the_patient

LONGEST_NAME = 100
SHORTEST_SIGN_IN_NAME = 3


class Role(str, Enum):
    """What somebody is here for."""

    PATIENT = "patient"
    THERAPIST = "therapist"
    ADMINISTRATOR = "administrator"  # keeps accounts in order; sees no patient's data


STAFF = frozenset({Role.THERAPIST, Role.ADMINISTRATOR})

MANAGES: Mapping[Role, frozenset[Role]] = {
    Role.PATIENT: frozenset(),
    Role.THERAPIST: frozenset(Role),
    # Whoever could let a therapist in could come in as one, and would see patients' data.
    Role.ADMINISTRATOR: frozenset({Role.ADMINISTRATOR}),
}
"""Whose accounts each role invites, closes, opens again, and gives a new password."""


class AccountRefused(RecordsError):
    """An account cannot be made or changed so: `reason` is a key of the doors' words."""

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in; `second_step` says whether they are asked for a code, too."""

    uid: str
    role: Role
    sign_in_name: str
    name: str
    patient_uid: str | None
    second_step: bool
    created_at: datetime
    revoked_at: datetime | None


class Accounts(Audit):
    """Makes accounts and changes them."""

    def create_account(
        self,
        role: Role,
        sign_in_name: str,
        name: str,
        password: str,
        at: datetime,
        *,
        patient_uid: str | None = None,
        by: str | None = None,
        address: str | None = None,
    ) -> Account:
        """A new account, made by an account or (None) on this computer itself."""
        self._check(sign_in_name, name, password)
        hashed = self._passwords.hash(password)
        with self._write() as database:
            self._may_manage(database, by, role)
            account = self._add(database, role, sign_in_name, name, hashed, at, patient_uid)
            self._note(
                database,
                "account_made",
                at,
                who=by or account.uid,
                whose=patient_uid,
                address=address,
                detail=f"{role.value} {account.uid}",
            )
        return account

    def account(self, uid: str) -> Account | None:
        """One account."""
        with self._read() as database:
            row = database.get(AccountRow, uid)
            return None if row is None else account_from(row)

    def account_named(self, sign_in_name: str) -> Account | None:
        """The account somebody signs in to with this name."""
        with self._read() as database:
            row = row_named(database, sign_in_name)
            return None if row is None else account_from(row)

    def accounts(self, roles: Collection[Role] = tuple(Role)) -> list[Account]:
        """The accounts in these roles, by name; `MANAGES` says which roles are somebody's business."""
        query = select(AccountRow).where(AccountRow.role.in_([role.value for role in roles]))
        with self._read() as database:
            return [account_from(row) for row in database.scalars(query.order_by(AccountRow.name))]

    def has_therapist(self) -> bool:
        """Whether somebody can sign in as a therapist."""
        with self._read() as database:
            return therapist_exists(database)

    def revoke(self, uid: str, at: datetime, *, by: str | None = None, address: str | None = None) -> None:
        """Close an account: whoever is signed in to it is out at once, everywhere, and the codes it made are dead.

        Only on this computer itself (`python -m coach accounts close`) can the last therapist's account be closed:
        nobody else lets therapists in.
        """
        with self._write() as database:
            self._one_at_a_time(database)  # two could close each other's
            row = self._managed(database, uid, by)
            if by is not None and _is_last(database, row):
                raise AccountRefused(
                    "last",
                    f"{row.name} is the last therapist here. Please invite another one; once they have joined, this "
                    "account can be closed.",
                )
            row.revoked_at = row.revoked_at or moment(at)
            self._end_all(database, uid)
            database.execute(
                update(InvitationRow)
                .where(or_(InvitationRow.made_by == uid, InvitationRow.account_uid == uid))
                .where(InvitationRow.used_at.is_(None), InvitationRow.expires_at > moment(at))
                .values(expires_at=moment(at))
            )
            self._note(
                database,
                "account_closed",
                at,
                who=by,
                whose=row.patient_uid,
                address=address,
                detail=f"{row.role} {uid}",
            )

    def restore(self, uid: str, at: datetime, *, by: str | None = None, address: str | None = None) -> None:
        """Open a closed account again, with the password it had."""
        with self._write() as database:
            row = self._managed(database, uid, by)
            row.revoked_at = None
            self._note(
                database,
                "account_opened_again",
                at,
                who=by,
                whose=row.patient_uid,
                address=address,
                detail=f"{row.role} {uid}",
            )

    def _check(self, sign_in_name: str, name: str, password: str) -> None:
        """Everything that can be said of these before the database is asked."""
        if not SHORTEST_SIGN_IN_NAME <= len(normal(sign_in_name)) <= LONGEST_NAME or not _printable(
            sign_in_name
        ):
            raise AccountRefused(
                "sign_in_name",
                f"The sign-in name is {sign_in_name[:120]!r}; allowed: {SHORTEST_SIGN_IN_NAME} to {LONGEST_NAME} "
                "letters.",
            )
        self._check_name(name)
        self._check_password(password, sign_in_name, name)

    def _check_name(self, name: str) -> None:
        if not 1 <= len(name.strip()) <= LONGEST_NAME or not _printable(name):
            raise AccountRefused("name", f"The name is {name[:120]!r}; allowed: 1 to {LONGEST_NAME} letters.")

    def _check_password(self, password: str, *names: str) -> None:
        fault: Fault | None = fault_of(
            password, *names, *(part for name in names for part in name.split("@")[:1])
        )
        if fault:
            raise AccountRefused(f"password_{fault}", f"This cannot be a password (it is too {fault}).")

    def _add(
        self,
        database: Session,
        role: Role,
        sign_in_name: str,
        name: str,
        password_hash: str,
        at: datetime,
        patient_uid: str | None,
    ) -> Account:
        if row_named(database, sign_in_name) is not None:
            raise AccountRefused("taken", f"Somebody signs in as {normal(sign_in_name)!r} already.")
        if (patient_uid is None) == (role is Role.PATIENT):
            raise RecordsError("A patient's account belongs to a patient, and no other account does.")
        if patient_uid is not None:
            the_patient(database, patient_uid, lock=True)
            if database.scalar(select(AccountRow.uid).where(AccountRow.patient_uid == patient_uid)):
                raise AccountRefused("has_account", "This patient has an account already.")
        row = AccountRow(
            uid=self._uid(),
            role=role.value,
            sign_in_name=normal(sign_in_name),
            name=name.strip(),
            password_hash=password_hash,
            patient_uid=patient_uid,
            created_at=moment(at),
        )
        database.add(row)
        database.flush()
        return account_from(row)

    def _end_all(self, database: Session, account_uid: str) -> None:
        """Nobody is signed in to this account any more, in no browser."""
        database.execute(delete(SignInRow).where(SignInRow.account_uid == account_uid))

    def _may_manage(self, database: Session, by: str | None, role: Role) -> None:
        if by is None:  # whoever sits at the computer the database is on
            return
        manager = the_account(database, by)
        if manager.revoked_at is not None or role not in MANAGES[Role(manager.role)]:
            raise AccountRefused("not_theirs", f"This is not for {manager.role}s to decide.")

    def _managed(self, database: Session, uid: str, by: str | None) -> AccountRow:
        row = the_account(database, uid)
        self._may_manage(database, by, Role(row.role))
        return row


def normal(sign_in_name: str) -> str:
    """The name as it is compared: however it is typed, composed or spaced."""
    return " ".join(unicodedata.normalize("NFKC", sign_in_name).casefold().split())


def _printable(name: str) -> bool:
    return name.strip().isprintable()


def row_named(database: Session, sign_in_name: str) -> AccountRow | None:
    """The account's row somebody signs in to with this name."""
    if not _printable(sign_in_name):  # PostgreSQL would not even take it
        return None
    return database.scalar(select(AccountRow).where(AccountRow.sign_in_name == normal(sign_in_name)))


def therapist_exists(database: Session) -> bool:
    """Whether there is a therapist whose account is open."""
    there = select(func.count()).where(
        AccountRow.role == Role.THERAPIST.value, AccountRow.revoked_at.is_(None)
    )
    return bool(database.scalar(there))


def _is_last(database: Session, row: AccountRow) -> bool:
    """Whether this is the only open account of a therapist."""
    others = select(func.count()).where(
        AccountRow.role == row.role, AccountRow.uid != row.uid, AccountRow.revoked_at.is_(None)
    )
    return Role(row.role) is Role.THERAPIST and row.revoked_at is None and not database.scalar(others)


def the_account(database: Session, uid: str) -> AccountRow:
    """The account's row; until it is written nobody else changes it."""
    row = database.get(AccountRow, uid, with_for_update=True)
    if row is None:
        raise RecordsError(f"There is no account {uid} in this log. Reload the page.")
    return row


def account_from(row: AccountRow) -> Account:
    """The account as the rest of the coach knows it: without what is secret."""
    return Account(
        uid=row.uid,
        role=Role(row.role),
        sign_in_name=row.sign_in_name,
        name=row.name,
        patient_uid=row.patient_uid,
        second_step=row.second_step is not None,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )
