"""Sessions: the comfort check, the steps that are done, how it ended and how it felt; step by step, as they happen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast, get_args
from uuid import uuid4

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from coach.records.faults import RecordsError
from coach.records.history import SessionEnding, SessionRecord
from coach.records.ledger import Ledger, moment, the_patient, theirs
from coach.records.tables import PracticeRow, PrescriptionRow, RepetitionRow, SessionRow

Answers = Mapping[str, Any]

LONGEST_ANSWERS = 10_000  # letters; a dozen questions have a few hundred
LONGEST_STEP = 60


class Sessions(Ledger):
    """What people did in one sitting, or in several where they stopped and went on later."""

    def begin_session(
        self, patient_uid: str, prescription_uid: str | None, comfort: Answers | None, at: datetime
    ) -> str:
        """Write down that a session began, with the answers to the comfort check; returns its uid."""
        uid = uuid4().hex
        with self._write() as database:
            the_patient(database, patient_uid)
            if prescription_uid is not None:
                theirs(database, PrescriptionRow, prescription_uid, patient_uid)
            database.add(
                SessionRow(
                    uid=uid,
                    patient_uid=patient_uid,
                    prescription_uid=prescription_uid,
                    started_at=moment(at),
                    comfort=_answers(comfort),
                    comfort_at=None if comfort is None else at,
                    steps_done=[],
                )
            )
        return uid

    def comfort_again(self, session_uid: str, patient_uid: str, comfort: Answers, at: datetime) -> None:
        """Write down the comfort check anew, as on another day; a stopped session is taken up again."""
        with self._write() as database:
            row = _under_way(database, session_uid, patient_uid)
            row.comfort, row.comfort_at = _answers(comfort), moment(at)

    def step_done(self, session_uid: str, patient_uid: str, step: str) -> None:
        """Write down that a step is done, once; a stopped session is taken up again."""
        if not 1 <= len(step) <= LONGEST_STEP:
            raise RecordsError(f"The step is {step[:80]!r}; allowed: a key of 1 to {LONGEST_STEP} letters.")
        with self._write() as database:
            row = _under_way(database, session_uid, patient_uid)
            if step not in row.steps_done:
                row.steps_done = [*row.steps_done, step]

    def end_session(
        self,
        session_uid: str,
        patient_uid: str,
        ending: SessionEnding,
        at: datetime,
        feelings: Answers | None = None,
    ) -> None:
        """Write down how a session ended; "finished" and "safety" are for good, "stopped" may go on later."""
        if ending not in get_args(SessionEnding):
            raise RecordsError(f"The ending is {ending!r}; allowed: {', '.join(get_args(SessionEnding))}.")
        with self._write() as database:
            row = theirs(database, SessionRow, session_uid, patient_uid, lock=True)
            if row.ending != ending:
                _not_over(row)
                row.ending, row.ended_at = ending, moment(at)
            if feelings is not None:
                row.feelings = _answers(feelings)

    def session(self, uid: str, patient_uid: str) -> SessionRecord | None:
        """One session of this person; None where there is none, or where it is somebody else's."""
        found = self._sessions(SessionRow.uid == uid, SessionRow.patient_uid == patient_uid)
        return found[0] if found else None

    def sessions(self, patient_uid: str) -> list[SessionRecord]:
        """All sessions of this person, the newest first."""
        return self._sessions(SessionRow.patient_uid == patient_uid)

    def repetitions_done(self, session_uid: str, patient_uid: str) -> dict[int, int]:
        """How many repetitions of each item of a session are written down; items without any are left out."""
        query = (
            select(PracticeRow.item, func.count())
            .join(RepetitionRow, RepetitionRow.practice_uid == PracticeRow.uid)
            .where(
                PracticeRow.session_uid == session_uid,
                PracticeRow.patient_uid == patient_uid,
                PracticeRow.item.is_not(None),
            )
            .group_by(PracticeRow.item)
        )
        with self._read() as database:
            return {item: done for item, done in database.execute(query) if item is not None}

    def _sessions(self, *conditions: ColumnElement[bool]) -> list[SessionRecord]:
        query = select(SessionRow).where(*conditions).order_by(SessionRow.started_at.desc(), SessionRow.uid)
        with self._read() as database:
            return [_session_record(row) for row in database.scalars(query)]


def _under_way(database: Session, uid: str, patient_uid: str) -> SessionRow:
    """The session, taken up again where it was stopped."""
    row = theirs(database, SessionRow, uid, patient_uid, lock=True)
    _not_over(row)
    row.ending = row.ended_at = None
    return row


def _not_over(row: SessionRow) -> None:
    if row.ending in ("finished", "safety"):
        raise RecordsError(f"The session {row.uid} is over ({row.ending}), so nothing can be added to it.")


def _answers(given: Answers | None) -> dict[str, Any] | None:
    """Plain JSON, whatever kind of mapping it came in."""
    if given is None:
        return None
    try:
        letters = json.dumps(dict(given), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as fault:
        raise RecordsError(f"These answers cannot be written down ({fault}).") from fault
    if len(letters) > LONGEST_ANSWERS:
        raise RecordsError(
            f"These answers have {len(letters)} letters; allowed: up to {LONGEST_ANSWERS} can be written down."
        )
    return cast("dict[str, Any]", json.loads(letters))


def _session_record(row: SessionRow) -> SessionRecord:
    return SessionRecord(
        uid=row.uid,
        patient_uid=row.patient_uid,
        prescription_uid=row.prescription_uid,
        started_at=row.started_at,
        ended_at=row.ended_at,
        ending=cast("SessionEnding | None", row.ending),
        comfort=row.comfort,
        comfort_at=row.comfort_at,
        steps_done=tuple(row.steps_done),
        feelings=row.feelings,
    )
