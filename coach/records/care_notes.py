"""Notes that go to and fro between a person and their therapists, and the wish for an appointment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast, get_args
from uuid import uuid4

from sqlalchemy import select

from coach.records.care_history import Note, NoteKind, Sender
from coach.records.care_tables import NoteRow
from coach.records.care_written import a_line, a_text, one_of, some_lines
from coach.records.faults import RecordsError
from coach.records.ledger import Ledger, moment, the_patient, theirs


class Notes(Ledger):
    """What is written to each other, seen and done."""

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
        row = a_note(patient_uid, sender, author, text, at, kind=kind, preferred_times=preferred_times)
        with self._write() as database:
            the_patient(database, patient_uid)
            database.add(row)
            return _note(row)

    def mark_seen(self, uid: str, patient_uid: str, author: str, at: datetime) -> None:
        """Write down who first saw a note, and when; later looks change nothing."""
        seen_by, seen_at = a_line("author", author), moment(at)
        with self._write() as database:
            row = theirs(database, NoteRow, uid, patient_uid, lock=True)
            if row.seen_at is None:
                row.seen_at, row.seen_by = seen_at, seen_by

    def mark_done(self, uid: str, patient_uid: str, author: str, at: datetime) -> None:
        """Write down that a note waits no longer; it has been seen by then."""
        done_by, done_at = a_line("author", author), moment(at)
        with self._write() as database:
            row = theirs(database, NoteRow, uid, patient_uid, lock=True)
            if row.seen_at is None:
                row.seen_at, row.seen_by = done_at, done_by
            if row.done_at is None:
                row.done_at, row.done_by = done_at, done_by

    def mark_open(self, uid: str, patient_uid: str) -> None:
        """Let a note wait again that was called done by a slip."""
        with self._write() as database:
            row = theirs(database, NoteRow, uid, patient_uid, lock=True)
            row.done_at = row.done_by = None


def a_note(
    patient_uid: str,
    sender: Sender,
    author: str,
    text: str,
    at: datetime,
    *,
    kind: NoteKind = "note",
    preferred_times: Iterable[str] = (),
) -> NoteRow:
    """A note that is not written down yet."""
    times = some_lines("preferred times", preferred_times)
    if times and kind != "appointment":
        raise RecordsError("preferred times are given; allowed: only with the wish for an appointment.")
    return NoteRow(
        uid=uuid4().hex,
        patient_uid=patient_uid,
        sender=one_of("sender", sender, get_args(Sender)),
        kind=one_of("kind", kind, get_args(NoteKind)),
        author=a_line("author", author),
        text=a_text("text", text, required=kind == "note"),
        preferred_times=times,
        created_at=moment(at),
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
