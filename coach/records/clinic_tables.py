"""The tables of who may come in: accounts, who is signed in where, wrong tries, invitations, and what happened.

No password, no code, no cookie and no network address is in them: only what lets one be recognised.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from coach.records.tables import Table


class AccountRow(Table):
    """Somebody who can sign in; a patient's account belongs to one patient, and goes with them.

    `second_step` is the secret of the codes on a phone, `second_step_used` the half minute of the last one used.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("role IN ('patient', 'therapist', 'administrator')", name="role"),
        CheckConstraint("(role = 'patient') = (patient_uid IS NOT NULL)", name="whose"),
    )

    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    role: Mapped[str] = mapped_column(String(13))
    sign_in_name: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(255))
    second_step: Mapped[str | None] = mapped_column(String(64))
    second_step_used: Mapped[int | None]
    patient_uid: Mapped[str | None] = mapped_column(
        ForeignKey("patient.uid", ondelete="CASCADE"), unique=True
    )
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInRow(Table):
    """One browser that is signed in; of its cookie only the SHA-256 is here."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "account_uid"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_uid: Mapped[str] = mapped_column(ForeignKey("account.uid", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class WrongTryRow(Table):
    """One name and password, or code, that did not fit; the name need not be anybody's."""

    __tablename__ = "wrong_try"
    __table_args__ = (Index(None, "name_key", "at"), Index(None, "address_key", "at"))

    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_key: Mapped[str] = mapped_column(String(64))
    address_key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class InvitationRow(Table):
    """A code that works once: for a new account, or for a new password of the account named."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('setup', 'patient', 'therapist', 'administrator', 'password')", name="kind"
        ),
        CheckConstraint("(kind = 'patient') = (patient_uid IS NOT NULL)", name="whose"),
        CheckConstraint("(kind = 'password') = (account_uid IS NOT NULL)", name="account"),
    )

    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(13))
    name: Mapped[str] = mapped_column(String(200))
    patient_uid: Mapped[str | None] = mapped_column(ForeignKey("patient.uid", ondelete="CASCADE"))
    account_uid: Mapped[str | None] = mapped_column(ForeignKey("account.uid", ondelete="CASCADE"))
    made_by: Mapped[str | None] = mapped_column(String(32))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AuditEventRow(Table):
    """One thing that happened; never changed, and tied to the one before it. The uids outlive those they name."""

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "patient_uid"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(40))
    account_uid: Mapped[str | None] = mapped_column(String(32))
    patient_uid: Mapped[str | None] = mapped_column(String(32))
    address_key: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(String(200))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHeadRow(Table):
    """One row: the newest event. Without it, the last ones could be taken away unseen."""

    __tablename__ = "audit_head"

    uid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
