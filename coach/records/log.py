"""Writing a practice down as it happens, and reading it back.

Every call is one short transaction of its own on a shared engine, so any thread may call at any time, and
what a call has returned from is on the disk.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from coach import ENGINE_VERSION
from coach.events import Repetition, UnwantedMovement
from coach.face import Side
from coach.records.database import database_url, open_database
from coach.records.faults import RecordsError, told_plainly
from coach.records.history import Ending, Patient, PracticeRecord
from coach.records.tables import PatientRow, PracticeRow, RepetitionRow, UnwantedMovementRow
from coach.resting_shape import UNSEEN, RestingShape

if TYPE_CHECKING:
    from coach.exercise import Exercise


def open_records(url: str | None = None) -> Records:
    """The log at `url`, or where the environment says; folder, file and tables are made where missing."""
    return Records(open_database(url or database_url()))


class Records:
    """The practice log."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(writes=True)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def profile(self) -> Patient:
        """The one person of this computer; made on the first call."""
        with self._write() as session:
            row = session.scalars(select(PatientRow).order_by(PatientRow.created_at, PatientRow.uid)).first()
            if row is None:
                row = PatientRow(
                    uid=uuid4().hex, name="Me", affected=None, created_at=datetime.now(timezone.utc)
                )
                session.add(row)
            return Patient(uid=row.uid, name=row.name, affected=row.affected)

    def set_affected(self, patient_uid: str, affected: Side | None) -> None:
        """Remember which side of this person's face is affected; None: not known."""
        with self._write() as session:
            row = session.get(PatientRow, patient_uid)
            if row is None:
                raise RecordsError(f"There is no profile {patient_uid} in this log. Reload the page.")
            row.affected = affected

    def begin_practice(
        self,
        patient_uid: str,
        exercise: Exercise,
        affected: Side | None,
        sensitivity: str,
        started_at: datetime,
    ) -> str:
        """Write down that a practice began, with the versions of its rules; returns its uid."""
        uid = uuid4().hex
        with self._write() as session:
            if session.get(PatientRow, patient_uid) is None:
                raise RecordsError(f"There is no profile {patient_uid} in this log. Reload the page.")
            session.add(
                PracticeRow(
                    uid=uid,
                    patient_uid=patient_uid,
                    card_id=exercise.id,
                    card_name=exercise.name,
                    card_version=exercise.version,
                    engine_version=ENGINE_VERSION,
                    affected=affected,
                    sensitivity=sensitivity,
                    repetitions_planned=exercise.dose.repetitions,
                    started_at=started_at,
                )
            )
        return uid

    def add_repetition(self, practice_uid: str, repetition: Repetition) -> None:
        """Write one finished repetition down with all that joined in; a number already there stays as it is."""
        try:
            with self._write() as session:
                if session.get(RepetitionRow, (practice_uid, repetition.number)) is None:
                    session.add(_repetition_row(practice_uid, repetition))
        except IntegrityError as fault:
            with self._read() as session:
                if session.get(RepetitionRow, (practice_uid, repetition.number)) is not None:
                    return  # another thread was quicker with the same one
                if session.get(PracticeRow, practice_uid) is None:
                    raise RecordsError(f"There is no practice {practice_uid} in this log.") from fault
            raise RecordsError(
                f"Repetition {repetition.number} cannot be written down: {fault.orig}."
            ) from fault

    def end_practice(
        self, practice_uid: str, ending: Ending, ended_at: datetime, judged_share: float | None
    ) -> None:
        """Write down that the practice is over, and what share of it could be judged."""
        with self._write() as session:
            row = session.get(PracticeRow, practice_uid)
            if row is None:
                raise RecordsError(f"There is no practice {practice_uid} in this log.")
            row.ending, row.ended_at = ending, ended_at
            row.judged_share = None if judged_share is None else float(judged_share)

    def practice(self, uid: str, patient_uid: str) -> PracticeRecord | None:
        """One practice of this person; None where there is none, or where it is somebody else's."""
        found = self._practices(PracticeRow.uid == uid, PracticeRow.patient_uid == patient_uid)
        return found[0] if found else None

    def practices(self, patient_uid: str) -> list[PracticeRecord]:
        """All practices of this person, the newest first."""
        return self._practices(PracticeRow.patient_uid == patient_uid)

    def _practices(self, *conditions: ColumnElement[bool]) -> list[PracticeRecord]:
        query = (
            select(PracticeRow)
            .where(*conditions)
            .order_by(PracticeRow.started_at.desc(), PracticeRow.uid)
            .options(selectinload(PracticeRow.repetitions).selectinload(RepetitionRow.unwanted))
        )
        with self._read() as session:
            return [_practice_record(row) for row in session.scalars(query)]

    @contextmanager
    def _write(self) -> Iterator[Session]:
        # Outside Session.begin(): a full disk is often noticed only at the commit.
        with told_plainly(self.engine.url), Session(self._writing) as session, session.begin():
            yield session

    @contextmanager
    def _read(self) -> Iterator[Session]:
        with told_plainly(self.engine.url), Session(self.engine) as session:
            yield session


def _repetition_row(practice_uid: str, repetition: Repetition) -> RepetitionRow:
    resting = repetition.resting or UNSEEN
    return RepetitionRow(
        practice_uid=practice_uid,
        number=repetition.number,
        started_at_seconds=float(repetition.started_at),
        ended_at_seconds=float(repetition.ended_at),
        amplitude_right_mm=_seen(repetition.amplitude_right_mm),
        amplitude_left_mm=_seen(repetition.amplitude_left_mm),
        symmetry=_seen(repetition.symmetry),
        hold_seconds=float(repetition.hold_seconds),
        clean=bool(repetition.clean),
        judged_share=float(repetition.judged_share),
        unseen=list(repetition.unseen),
        resting_lid_gap_right_mm=_seen(resting.lid_gap_right_mm),
        resting_lid_gap_left_mm=_seen(resting.lid_gap_left_mm),
        resting_corner_height_mm=_seen(resting.corner_height_mm),
        resting_brow_height_mm=_seen(resting.brow_height_mm),
        unwanted=[
            UnwantedMovementRow(
                position=position,
                pattern=unwanted.pattern,
                movement=unwanted.movement,
                side=unwanted.side,
                started_at_seconds=float(unwanted.started_at),
                ended_at_seconds=float(unwanted.ended_at),
                peak_mm=float(unwanted.peak_mm),
                onset_amplitude_mm=float(unwanted.onset_amplitude_mm),
                warned_at_seconds=_seen(unwanted.warned_at),
            )
            for position, unwanted in enumerate(repetition.unwanted)
        ],
    )


def _seen(value: float | None) -> float | None:
    """A plain float; what was not seen (None or not a number) stays None."""
    return None if value is None or math.isnan(value) else float(value)


def _practice_record(row: PracticeRow) -> PracticeRecord:
    return PracticeRecord(
        uid=row.uid,
        patient_uid=row.patient_uid,
        card_id=row.card_id,
        card_name=row.card_name,
        card_version=row.card_version,
        engine_version=row.engine_version,
        affected=row.affected,
        sensitivity=row.sensitivity,
        repetitions_planned=row.repetitions_planned,
        started_at=row.started_at,
        ended_at=row.ended_at,
        ending=cast("Ending | None", row.ending),
        judged_share=row.judged_share,
        repetitions=tuple(_repetition(repetition) for repetition in row.repetitions),
    )


def _repetition(row: RepetitionRow) -> Repetition:
    resting = RestingShape(
        lid_gap_right_mm=row.resting_lid_gap_right_mm,
        lid_gap_left_mm=row.resting_lid_gap_left_mm,
        corner_height_mm=row.resting_corner_height_mm,
        brow_height_mm=row.resting_brow_height_mm,
    )
    return Repetition(
        number=row.number,
        started_at=row.started_at_seconds,
        ended_at=row.ended_at_seconds,
        amplitude_right_mm=row.amplitude_right_mm,
        amplitude_left_mm=row.amplitude_left_mm,
        symmetry=row.symmetry,
        hold_seconds=row.hold_seconds,
        clean=row.clean,
        judged_share=row.judged_share,
        unseen=tuple(row.unseen),
        resting=None if resting == UNSEEN else resting,
        unwanted=tuple(
            UnwantedMovement(
                pattern=unwanted.pattern,
                movement=unwanted.movement,
                side=unwanted.side,
                started_at=unwanted.started_at_seconds,
                ended_at=unwanted.ended_at_seconds,
                peak_mm=unwanted.peak_mm,
                onset_amplitude_mm=unwanted.onset_amplitude_mm,
                warned_at=unwanted.warned_at_seconds,
            )
            for unwanted in row.unwanted
        ),
    )
