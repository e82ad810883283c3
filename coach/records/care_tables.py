"""The tables of a person's care: their history, treatments, assessments, notes, and what was done about stops.

What a therapist entered is withdrawn, not overwritten: only the history is one row that changes.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from coach.records.tables import Table


class HistoryRow(Table):
    """How it began and what is to be minded; one row a person, empty where it is not known."""

    __tablename__ = "history"
    __table_args__ = (
        CheckConstraint("cause IN ('bells_palsy', 'ramsay_hunt', 'trauma', 'other')", name="cause"),
    )

    patient_uid: Mapped[str] = mapped_column(ForeignKey("patient.uid", ondelete="CASCADE"), primary_key=True)
    cause: Mapped[str | None] = mapped_column(String(11))
    onset: Mapped[date | None]
    contraindications: Mapped[list[str]] = mapped_column(JSON)
    leave_out: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]
    author: Mapped[str] = mapped_column(String(200))


class TreatmentRow(Table):
    """One treatment on its day; it is a mark on every chart until it is withdrawn."""

    __tablename__ = "treatment"
    __table_args__ = (
        CheckConstraint("kind IN ('botulinum_toxin', 'surgery', 'therapy_visit', 'other')", name="kind"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
        Index(None, "patient_uid", "day"),
    )

    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    patient_uid: Mapped[str] = mapped_column(ForeignKey("patient.uid", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(15))
    day: Mapped[date]
    sites: Mapped[list[str]] = mapped_column(JSON)
    dose_text: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(200))


class AssessmentRow(Table):
    """One scale filled in: `items` as answered, `totals` as exact fractions in words, None where not known."""

    __tablename__ = "assessment"
    __table_args__ = (
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
        Index(None, "patient_uid", "scale", "day"),
    )

    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    patient_uid: Mapped[str] = mapped_column(ForeignKey("patient.uid", ondelete="CASCADE"))
    scale: Mapped[str] = mapped_column(String(40))
    day: Mapped[date]
    items: Mapped[dict[str, Any]] = mapped_column(JSON)
    totals: Mapped[dict[str, Any]] = mapped_column(JSON)
    author: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(200))


class NoteRow(Table):
    """One note from the person or to them, or their wish for an appointment; open until it is done."""

    __tablename__ = "note"
    __table_args__ = (
        CheckConstraint("sender IN ('patient', 'therapist')", name="sender"),
        CheckConstraint("kind IN ('note', 'appointment')", name="kind"),
        CheckConstraint("(seen_at IS NULL) = (seen_by IS NULL)", name="seen"),
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done"),
        CheckConstraint("done_at IS NULL OR seen_at IS NOT NULL", name="done_was_seen"),
        Index(None, "patient_uid", "created_at"),
        Index(None, "done_at"),  # what still waits, of everybody
    )

    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    patient_uid: Mapped[str] = mapped_column(ForeignKey("patient.uid", ondelete="CASCADE"))
    sender: Mapped[str] = mapped_column(String(9))
    kind: Mapped[str] = mapped_column(String(11))
    author: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    preferred_times: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None] = mapped_column(String(200))
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(200))


class RequestRow(Table):
    """A sheet that the person is asked to fill in; `answers` are those given until it is finished."""

    __tablename__ = "sheet_request"
    __table_args__ = (
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
        CheckConstraint("answered_at IS NULL OR withdrawn_at IS NULL", name="answered"),
        Index(None, "patient_uid", "created_at"),
    )

    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    patient_uid: Mapped[str] = mapped_column(ForeignKey("patient.uid", ondelete="CASCADE"))
    scale: Mapped[str] = mapped_column(String(40))
    author: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    answered_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(200))


class DealtStopRow(Table):
    """What was done about the stops by the safety check up to a moment; the sessions keep the stops themselves."""

    __tablename__ = "dealt_stop"
    __table_args__ = (Index(None, "patient_uid", "up_to"),)

    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    patient_uid: Mapped[str] = mapped_column(ForeignKey("patient.uid", ondelete="CASCADE"))
    up_to: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
