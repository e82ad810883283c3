"""People and their care, written and read: history, treatments, assessments and notes.

Every read asks for one person's rows, and every write says who wrote. What was entered stays as it was written: to
correct it, withdraw it and enter it anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any, TypeVar, cast, get_args
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from coach.face import Side
from coach.records.care_history import (
    Assessment,
    Cause,
    History,
    Note,
    NoteKind,
    Person,
    Sender,
    Treatment,
    TreatmentKind,
)
from coach.records.care_tables import AssessmentRow, HistoryRow, NoteRow, TreatmentRow
from coach.records.faults import RecordsError
from coach.records.ledger import Ledger, moment, the_patient
from coach.records.tables import PatientRow

LONGEST_NAME = 200
LONGEST_LINE = 200
LONGEST_TEXT = 4000
MOST_LINES = 40
LONGEST_ITEMS = 10_000  # letters of a scale's answers; the longest sheet has a few hundred

EARLIEST = date(1900, 1, 1)
AHEAD = timedelta(days=366)
"""A treatment may be planned so far ahead; a later day is a slip of the keys."""

Entered = TypeVar("Entered", TreatmentRow, AssessmentRow)
Kept = TypeVar("Kept", TreatmentRow, AssessmentRow, NoteRow)


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
            name=_line("name", name, LONGEST_NAME),
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
            the_patient(database, patient_uid).name = _line("name", name, LONGEST_NAME)

    # -- history

    def history(self, patient_uid: str) -> History | None:
        """How it began and what is to be minded; None where nothing is written down."""
        with self._read() as database:
            row = database.get(HistoryRow, patient_uid)
            return None if row is None else _history(row)

    def keep_history(self, patient_uid: str, history: History, author: str, at: datetime) -> History:
        """Write the history down in place of what was there; gives it back with who wrote it, and when."""
        if history.cause is not None:
            _one_of("cause", history.cause, get_args(Cause))
        if history.onset is not None:
            _day("onset", history.onset, EARLIEST, at.date() + timedelta(days=1))
        values = {
            "cause": history.cause,
            "onset": history.onset,
            "contraindications": _lines("contraindications", history.contraindications),
            "leave_out": _text("leave_out", history.leave_out, required=False),
            "updated_at": moment(at),
            "author": _line("author", author),
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
            kind=_one_of("kind", kind, get_args(TreatmentKind)),
            day=_day("day", day, EARLIEST, at.date() + AHEAD),
            sites=_lines("sites", sites),
            dose_text=_line("dose_text", dose_text, required=False),
            note=_text("note", note, required=False),
            author=_line("author", author),
            created_at=moment(at),
        )
        with self._write() as database:
            the_patient(database, patient_uid)
            database.add(row)
            return _treatment(row)

    def withdraw_treatment(self, uid: str, patient_uid: str, author: str, at: datetime) -> None:
        """Take a treatment back that was entered by mistake; once is for good."""
        self._withdraw(TreatmentRow, uid, patient_uid, author, at)

    # -- assessments

    def assessments(self, patient_uid: str, scale: str | None = None) -> list[Assessment]:
        """The scales filled in for this person, the oldest first, without those withdrawn."""
        query = select(AssessmentRow).where(
            AssessmentRow.patient_uid == patient_uid, AssessmentRow.withdrawn_at.is_(None)
        )
        if scale is not None:
            query = query.where(AssessmentRow.scale == scale)
        query = query.order_by(AssessmentRow.day, AssessmentRow.created_at, AssessmentRow.uid)
        with self._read() as database:
            return [_assessment(row) for row in database.scalars(query)]

    def add_assessment(
        self,
        patient_uid: str,
        scale: str,
        day: date,
        items: Mapping[str, Any],
        totals: Mapping[str, Fraction | int | None],
        author: str,
        at: datetime,
    ) -> Assessment:
        """Write a filled-in scale down; what may be answered, coach.clinic knows."""
        row = AssessmentRow(
            uid=uuid4().hex,
            patient_uid=patient_uid,
            scale=_line("scale", scale, 40),
            day=_day("day", day, EARLIEST, at.date() + timedelta(days=1)),
            items=_json("items", items),
            totals=_json("totals", {name: _in_words(total) for name, total in totals.items()}),
            author=_line("author", author),
            created_at=moment(at),
        )
        with self._write() as database:
            the_patient(database, patient_uid)
            database.add(row)
            return _assessment(row)

    def withdraw_assessment(self, uid: str, patient_uid: str, author: str, at: datetime) -> None:
        """Take an assessment back that was entered by mistake; once is for good."""
        self._withdraw(AssessmentRow, uid, patient_uid, author, at)

    # -- notes

    def notes(self, patient_uid: str) -> list[Note]:
        """The notes from and to this person, the newest first."""
        query = (
            select(NoteRow)
            .where(NoteRow.patient_uid == patient_uid)
            .order_by(NoteRow.created_at.desc(), NoteRow.uid)
        )
        with self._read() as database:
            return [_note(row) for row in database.scalars(query)]

    def write_note(
        self,
        patient_uid: str,
        sender: Sender,
        author: str,
        text: str,
        at: datetime,
        *,
        kind: NoteKind = "note",
        preferred_times: Iterable[str] = (),
    ) -> Note:
        """Write a note down, or the wish for an appointment, which needs no words of its own."""
        times = _lines("preferred_times", preferred_times)
        if times and kind != "appointment":
            raise RecordsError("preferred_times are given; allowed: only with the wish for an appointment.")
        row = NoteRow(
            uid=uuid4().hex,
            patient_uid=patient_uid,
            sender=_one_of("sender", sender, get_args(Sender)),
            kind=_one_of("kind", kind, get_args(NoteKind)),
            author=_line("author", author),
            text=_text("text", text, required=kind == "note"),
            preferred_times=times,
            created_at=moment(at),
        )
        with self._write() as database:
            the_patient(database, patient_uid)
            database.add(row)
            return _note(row)

    def mark_seen(self, uid: str, patient_uid: str, author: str, at: datetime) -> None:
        """Write down who first saw a note, and when; later looks change nothing."""
        seen_by, seen_at = _line("author", author), moment(at)
        with self._write() as database:
            row = _theirs(database, NoteRow, uid, patient_uid)
            if row.seen_at is None:
                row.seen_at, row.seen_by = seen_at, seen_by

    def mark_done(self, uid: str, patient_uid: str, author: str, at: datetime) -> None:
        """Write down that a note waits no longer; it has been seen by then."""
        done_by, done_at = _line("author", author), moment(at)
        with self._write() as database:
            row = _theirs(database, NoteRow, uid, patient_uid)
            if row.seen_at is None:
                row.seen_at, row.seen_by = done_at, done_by
            if row.done_at is None:
                row.done_at, row.done_by = done_at, done_by

    def mark_open(self, uid: str, patient_uid: str) -> None:
        """Let a note wait again that was called done by a slip."""
        with self._write() as database:
            row = _theirs(database, NoteRow, uid, patient_uid)
            row.done_at = row.done_by = None

    def _withdraw(self, kind: type[Entered], uid: str, patient_uid: str, author: str, at: datetime) -> None:
        by, when = _line("author", author), moment(at)
        with self._write() as database:
            row = _theirs(database, kind, uid, patient_uid)
            if row.withdrawn_at is None:
                row.withdrawn_at, row.withdrawn_by = when, by


def _theirs(database: Session, kind: type[Kept], uid: str, patient_uid: str) -> Kept:
    """A row of this person, locked; another person's row is not there for them."""
    row = database.get(kind, uid, with_for_update=True)
    if row is None or row.patient_uid != patient_uid:
        raise RecordsError(f"There is no {kind.__tablename__} {uid} of this person in this log.")
    return row


# -- what may be written


def _one_of(what: str, value: str, allowed: Iterable[str]) -> str:
    if value not in allowed:
        raise RecordsError(f"The {what} is {str(value)[:80]!r}; allowed: {', '.join(allowed)}.")
    return value


def _day(what: str, day: date, earliest: date, latest: date) -> date:
    if isinstance(day, datetime) or not earliest <= day <= latest:
        raise RecordsError(f"The {what} is {day}; allowed: a day from {earliest} to {latest}.")
    return day


def _line(what: str, value: str, longest: int = LONGEST_LINE, *, required: bool = True) -> str:
    """One line, without blanks at its ends."""
    line = _text(what, value, longest, required=required)
    if len(line.splitlines()) > 1:
        raise RecordsError(f"The {what} is {line[:80]!r}; allowed: one line.")
    return line


def _lines(what: str, values: Iterable[str]) -> list[str]:
    """Some lines; none is empty, none comes twice."""
    if isinstance(values, str):
        raise RecordsError(f"The {what} are one text; allowed: a list of up to {MOST_LINES} lines.")
    lines = list(dict.fromkeys(_line(what, value) for value in values))
    if len(lines) > MOST_LINES:
        raise RecordsError(f"The {what} are {len(lines)}; allowed: up to {MOST_LINES} lines.")
    return lines


def _text(what: str, value: str, longest: int = LONGEST_TEXT, *, required: bool = True) -> str:
    """A text, without blanks at its ends and without signs that no keyboard has."""
    text = value.strip()
    least = 1 if required else 0
    if not least <= len(text) <= longest:
        raise RecordsError(f"The {what} has {len(text)} letters; allowed: {least} to {longest}.")
    if any((ord(sign) < 32 and sign not in "\n\r\t") or 0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        raise RecordsError(f"The {what} has signs in it that are no letters; allowed: plain text.")
    return text


def _json(what: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Plain JSON, whatever kind of mapping it came in."""
    try:
        letters = json.dumps(dict(given), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as fault:
        raise RecordsError(f"The {what} cannot be written down ({fault}).") from fault
    if len(letters) > LONGEST_ITEMS:
        raise RecordsError(f"The {what} have {len(letters)} letters; allowed: up to {LONGEST_ITEMS}.")
    return cast("dict[str, Any]", json.loads(letters))


def _in_words(total: Fraction | int | None) -> str | None:
    """An exact number as words ("105/4"); a float could end up on the wrong side of a limit."""
    if total is not None and not isinstance(total, (Fraction, int)):
        raise RecordsError(f"A total is {total!r}; allowed: a whole number, a fraction, or None.")
    return None if total is None else str(Fraction(total))


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


def _assessment(row: AssessmentRow) -> Assessment:
    return Assessment(
        uid=row.uid,
        patient_uid=row.patient_uid,
        scale=row.scale,
        day=row.day,
        items=row.items,
        totals={name: None if words is None else Fraction(words) for name, words in row.totals.items()},
        author=row.author,
        created_at=row.created_at,
    )


def _note(row: NoteRow) -> Note:
    return Note(
        uid=row.uid,
        patient_uid=row.patient_uid,
        sender=cast("Sender", row.sender),
        kind=cast("NoteKind", row.kind),
        author=row.author,
        text=row.text,
        preferred_times=tuple(row.preferred_times),
        created_at=row.created_at,
        seen_at=row.seen_at,
        seen_by=row.seen_by,
        done_at=row.done_at,
        done_by=row.done_by,
    )
