"""What the log gives back of a person's care: who they are, their history, treatments, assessments and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

from coach.face import Side

Cause = Literal["bells_palsy", "ramsay_hunt", "trauma", "other"]
TreatmentKind = Literal["botulinum_toxin", "surgery", "therapy_visit", "other"]
Sender = Literal["patient", "therapist"]
NoteKind = Literal["note", "appointment"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who practises, as a list of people has them."""

    uid: str
    name: str
    affected: Side | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """How it began and what is to be minded. None and empty: not known, or not asked; never "there is nothing"."""

    cause: Cause | None = None
    onset: date | None = None
    contraindications: tuple[str, ...] = ()
    leave_out: str = ""
    updated_at: datetime | None = None
    author: str = ""

    def months_since_onset(self, today: date) -> int | None:
        """Whole months since it began, which some exercises wait for; None: not known."""
        if self.onset is None:
            return None
        months = 12 * (today.year - self.onset.year) + today.month - self.onset.month
        return max(months - (today.day < self.onset.day), 0)


@dataclass(frozen=True, slots=True)
class Treatment:
    """One treatment on its day."""

    uid: str
    patient_uid: str
    kind: TreatmentKind
    day: date
    sites: tuple[str, ...]
    dose_text: str
    note: str
    author: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """One scale filled in on a day; a total that is None was not known."""

    uid: str
    patient_uid: str
    scale: str
    day: date
    items: Mapping[str, Any]
    totals: Mapping[str, Fraction | None]
    author: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """One note, or a wish for an appointment; it waits until `done_at`."""

    uid: str
    patient_uid: str
    sender: Sender
    kind: NoteKind
    author: str
    text: str
    preferred_times: tuple[str, ...]
    created_at: datetime
    seen_at: datetime | None
    seen_by: str | None
    done_at: datetime | None
    done_by: str | None


@dataclass(frozen=True, slots=True)
class SheetRequest:
    """A sheet that the person was asked to fill in; `answers` are those given so far, by item."""

    uid: str
    patient_uid: str
    scale: str
    author: str
    created_at: datetime
    answers: Mapping[str, Any]
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class DealtStop:
    """The stops by the safety check up to a moment, dealt with: what was done about them, and by whom."""

    uid: str
    patient_uid: str
    up_to: datetime
    note: str
    author: str
    created_at: datetime
