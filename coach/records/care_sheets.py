"""Clinical sheets: those that are filled in, and those a therapist asks the person to fill in themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from coach.records.care_history import Assessment, SheetRequest
from coach.records.care_notes import a_note
from coach.records.care_tables import AssessmentRow, RequestRow
from coach.records.care_written import EARLIEST, a_day, a_line, in_words, plain_json, take_back
from coach.records.faults import RecordsError
from coach.records.ledger import Ledger, moment, the_patient, theirs


class Sheets(Ledger):
    """What was filled in, and what is asked for."""

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
        row = _row(patient_uid, scale, day, items, totals, author, at)
        with self._write() as database:
            the_patient(database, patient_uid)
            database.add(row)
            return _assessment(row)

    def withdraw_assessment(self, uid: str, patient_uid: str, author: str, at: datetime) -> None:
        """Take an assessment back that was entered by mistake; once is for good."""
        with self._write() as database:
            take_back(theirs(database, AssessmentRow, uid, patient_uid, lock=True), author, at)

    # -- asked for

    def sheet_requests(self, patient_uid: str) -> list[SheetRequest]:
        """What this person was asked to fill in, the newest first, without what was taken back."""
        query = (
            select(RequestRow)
            .where(RequestRow.patient_uid == patient_uid, RequestRow.withdrawn_at.is_(None))
            .order_by(RequestRow.created_at.desc(), RequestRow.uid)
        )
        with self._read() as database:
            return [_request(row) for row in database.scalars(query)]

    def request_sheet(self, patient_uid: str, scale: str, author: str, at: datetime) -> SheetRequest:
        """Ask this person to fill a sheet in; once it is asked for, asking again changes nothing."""
        row = RequestRow(
            uid=uuid4().hex,
            patient_uid=patient_uid,
            scale=a_line("scale", scale, 40),
            author=a_line("author", author),
            created_at=moment(at),
            answers={},
        )
        open_one = select(RequestRow).where(
            RequestRow.patient_uid == patient_uid,
            RequestRow.scale == row.scale,
            RequestRow.answered_at.is_(None),
            RequestRow.withdrawn_at.is_(None),
        )
        with self._write() as database:
            the_patient(database, patient_uid, lock=True)  # two therapists at once ask for one
            asked = database.scalars(open_one).first()
            if asked is None:
                database.add(row)
                asked = row
            return _request(asked)

    def withdraw_request(self, uid: str, patient_uid: str, author: str, at: datetime) -> None:
        """Ask for it no longer; what was answered stays."""
        with self._write() as database:
            row = theirs(database, RequestRow, uid, patient_uid, lock=True)
            if row.answered_at is None:
                take_back(row, author, at)

    def keep_answers(
        self, uid: str, patient_uid: str, answers: Mapping[str, Any], *, anew: Collection[str] = ()
    ) -> SheetRequest:
        """Keep these answers beside those kept so far, until the sheet is sent; `anew`: items to be asked again."""
        with self._write() as database:
            row = _open(theirs(database, RequestRow, uid, patient_uid, lock=True))
            kept = {**row.answers, **plain_json("answers", answers)}
            row.answers = {item: answer for item, answer in kept.items() if item not in anew}
            return _request(row)

    def answer_request(
        self,
        uid: str,
        patient_uid: str,
        day: date,
        items: Mapping[str, Any],
        totals: Mapping[str, Fraction | int | None],
        author: str,
        at: datetime,
        *,
        note: str | None = None,
    ) -> Assessment:
        """Write down what was asked for, as the person has filled it in, with a note of theirs; it is asked no more."""
        with self._write() as database:
            request = _open(theirs(database, RequestRow, uid, patient_uid, lock=True))
            row = _row(patient_uid, request.scale, day, items, totals, author, at)
            request.answered_at = moment(at)
            database.add(row)
            if note is not None:
                database.add(a_note(patient_uid, "patient", author, note, at))
            return _assessment(row)


def _open(row: RequestRow) -> RequestRow:
    if row.answered_at is not None or row.withdrawn_at is not None:
        raise RecordsError("These questions are not asked any more. Thank you all the same.")
    return row


def _row(
    patient_uid: str,
    scale: str,
    day: date,
    items: Mapping[str, Any],
    totals: Mapping[str, Fraction | int | None],
    author: str,
    at: datetime,
) -> AssessmentRow:
    return AssessmentRow(
        uid=uuid4().hex,
        patient_uid=patient_uid,
        scale=a_line("scale", scale, 40),
        day=a_day("day", day, EARLIEST, at.date() + timedelta(days=1)),
        items=plain_json("items", items),
        totals=plain_json("totals", {name: in_words(total) for name, total in totals.items()}),
        author=a_line("author", author),
        created_at=moment(at),
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


def _request(row: RequestRow) -> SheetRequest:
    return SheetRequest(
        uid=row.uid,
        patient_uid=row.patient_uid,
        scale=row.scale,
        author=row.author,
        created_at=row.created_at,
        answers=dict(row.answers),
        answered_at=row.answered_at,
    )
