"""Writing a practice down as it happens, and reading it back."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from typing import get_args
from uuid import uuid4

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from coach import ENGINE_VERSION
from coach.assignment import Assignment, Schedule
from coach.events import Repetition
from coach.exercise import Exercise, Tolerance
from coach.face import Side
from coach.records.faults import RecordsError, RowRefused
from coach.records.history import Ending, FeltArea, PracticeRecord
from coach.records.ledger import Ledger, moment, the_patient, theirs
from coach.records.rows import read_practices, repetition_row
from coach.records.tables import PracticeRow, PrescriptionRow, RepetitionRow, SessionRow, TraceRow
from coach.records.tally import tally
from coach.trace import Trace, TraceError

HIGHEST_LEVEL = 6  # clinical.md 1.5
MOST_ITEMS = 100
MOST_REPETITIONS = 1000


class Practices(Ledger):
    """What people practised."""

    def begin_practice(
        self,
        patient_uid: str,
        exercise: Exercise,
        affected: Side | None,
        assignment: Assignment,
        started_at: datetime,
    ) -> str:
        """Write down that a practice began, with what was assigned and the versions of its rules; returns its uid."""
        with self._write() as database:
            row = _practice_row(database, patient_uid, exercise, affected, assignment, started_at)
            database.add(row)
            return row.uid

    def keep_timer_practice(
        self,
        patient_uid: str,
        exercise: Exercise,
        affected: Side | None,
        assignment: Assignment,
        started_at: datetime,
        ended_at: datetime,
        ending: Ending,
    ) -> str:
        """Write down a whole practice that a timer led, of which the camera saw nothing; returns its uid."""
        if exercise.judged != "nothing":
            raise RecordsError(f"{exercise.name} is practised with the camera, not with the timer alone.")
        if moment(ended_at) < moment(started_at):
            raise RecordsError(f"A practice that began at {started_at} cannot have ended at {ended_at}.")
        with self._write() as database:
            row = _practice_row(database, patient_uid, exercise, affected, assignment, started_at)
            row.ending, row.ended_at = _ending(ending), ended_at
            database.add(row)
            return row.uid

    def add_repetition(self, practice_uid: str, repetition: Repetition, trace: Trace | None = None) -> None:
        """Write one finished repetition down with all that joined in, and its course; a number already there stays."""
        try:
            with self._write() as database:
                # Two added at once would each be counted without the other.
                practice = database.get(PracticeRow, practice_uid, with_for_update=True)
                if database.get(RepetitionRow, (practice_uid, repetition.number)) is None:
                    database.add(repetition_row(practice_uid, repetition, trace))
                    database.flush()
                    if practice is not None:
                        practice.tally = dict(tally(database, practice_uid) or {})
        except RowRefused as fault:
            with self._read() as database:
                if database.get(RepetitionRow, (practice_uid, repetition.number)) is not None:
                    return  # another thread was quicker with the same one
                if database.get(PracticeRow, practice_uid) is None:
                    raise RecordsError(f"There is no practice {practice_uid} in this log.") from fault
            raise RowRefused(f"Repetition {repetition.number}: {fault}") from fault

    def end_practice(
        self, practice_uid: str, ending: Ending, ended_at: datetime, judged_share: float | None
    ) -> None:
        """Write down that the practice is over, and what share of it could be judged."""
        with self._write() as database:
            row = database.get(PracticeRow, practice_uid)
            if row is None:
                raise RecordsError(f"There is no practice {practice_uid} in this log.")
            row.ending, row.ended_at = _ending(ending), moment(ended_at)
            row.judged_share = None if judged_share is None else float(judged_share)

    def keep_felt(self, practice_uid: str, patient_uid: str, areas: Iterable[FeltArea]) -> None:
        """Write down where the person felt something join in; no area at all means they felt nothing."""
        felt, known = set(areas), get_args(FeltArea)
        if not felt <= set(known):
            raise RecordsError(f"Felt is {', '.join(sorted(felt))}; allowed: any of {', '.join(known)}.")
        with self._write() as database:
            row = theirs(database, PracticeRow, practice_uid, patient_uid)
            row.felt = [area for area in known if area in felt]

    def practice(self, uid: str, patient_uid: str) -> PracticeRecord | None:
        """One practice of this person; None where there is none, or where it is somebody else's."""
        found = self._practices(PracticeRow.uid == uid, PracticeRow.patient_uid == patient_uid)
        return found[0] if found else None

    def practices(
        self,
        patient_uid: str,
        *,
        since: datetime | None = None,
        card: str | None = None,
        session_uid: str | None = None,
    ) -> list[PracticeRecord]:
        """The practices of this person, the newest first; all, or those since a moment, of a card, of a session."""
        conditions = [PracticeRow.patient_uid == patient_uid]
        if since is not None:
            conditions.append(PracticeRow.started_at >= moment(since))
        if card is not None:
            conditions.append(PracticeRow.card_id == card)
        if session_uid is not None:
            conditions.append(PracticeRow.session_uid == session_uid)
        return self._practices(*conditions)

    def traces(self, practice_uid: str, patient_uid: str) -> dict[int, Trace]:
        """The courses of a practice of this person by the number of the repetition; older ones have none."""
        query = (
            select(TraceRow.repetition_number, TraceRow.data)
            .join(PracticeRow, PracticeRow.uid == TraceRow.practice_uid)
            .where(PracticeRow.uid == practice_uid, PracticeRow.patient_uid == patient_uid)
            .order_by(TraceRow.repetition_number)
        )
        with self._read() as database:
            rows = database.execute(query).all()
        try:
            return {number: Trace.of_parquet(data) for number, data in rows}
        except TraceError as fault:
            raise RecordsError(f"A course of the practice {practice_uid} cannot be read. {fault}") from fault

    def _practices(self, *conditions: ColumnElement[bool]) -> list[PracticeRecord]:
        with self._read() as database:
            return read_practices(database, *conditions)


def _practice_row(
    database: Session,
    patient_uid: str,
    exercise: Exercise,
    affected: Side | None,
    assignment: Assignment,
    started_at: datetime,
) -> PracticeRow:
    faults = [*_faults(assignment, exercise)]
    if faults:
        raise RecordsError(f"This practice cannot be written down: {'; '.join(faults)}.")
    the_patient(database, patient_uid)
    if assignment.session is not None:
        theirs(database, SessionRow, assignment.session, patient_uid)
    if assignment.prescription is not None:
        theirs(database, PrescriptionRow, assignment.prescription, patient_uid)
    low, high = assignment.band or (None, None)
    return PracticeRow(
        uid=uuid4().hex,
        patient_uid=patient_uid,
        card_id=exercise.id,
        card_name=exercise.name,
        card_version=exercise.version,
        engine_version=ENGINE_VERSION,
        affected=affected,
        sensitivity=assignment.sensitivity,
        # In a card with tasks, its repetitions are those of each task.
        repetitions_planned=assignment.repetitions or exercise.dose.repetitions * max(1, len(exercise.tasks)),
        started_at=moment(started_at),
        session_uid=assignment.session,
        item=assignment.item,
        prescription_uid=assignment.prescription,
        level=assignment.level,
        feedback=assignment.feedback,
        is_check=assignment.is_check,
        band_low=low,
        band_high=high,
    )


def _faults(assignment: Assignment, exercise: Exercise) -> Iterable[str]:
    if assignment.exercise != exercise.id:
        yield f"exercise is {assignment.exercise!r}; allowed: that of its card, {exercise.id!r}"
    for name, value, most, lowest in (
        ("repetitions", assignment.repetitions, MOST_REPETITIONS, 1),
        ("level", assignment.level, HIGHEST_LEVEL, 1),
        ("item", assignment.item, MOST_ITEMS, 0),
    ):
        if value is not None and not lowest <= value <= most:
            yield f"{name} is {value}; allowed: {lowest} to {most}"
    for name, word, allowed in (
        ("feedback", assignment.feedback, get_args(Schedule)),
        ("sensitivity", assignment.sensitivity, tuple(Tolerance.model_fields)),
    ):
        if word not in allowed:
            yield f"{name} is {word!r}; allowed: {', '.join(allowed)}"
    low, high = assignment.band or (0.0, 1.0)
    if not (math.isfinite(low) and math.isfinite(high) and 0 <= low < high):
        yield f"band is {low:g} to {high:g}; allowed: from 0 up, low before high"


def _ending(ending: Ending) -> Ending:
    if ending not in get_args(Ending):
        raise RecordsError(f"The ending is {ending!r}; allowed: {', '.join(get_args(Ending))}.")
    return ending
