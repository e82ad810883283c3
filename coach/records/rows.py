"""A practice in rows of the tables, and back."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from coach.events import Repetition, UnwantedMovement, WatchedArea
from coach.records.history import PracticeRecord
from coach.records.tables import (
    PracticeRow,
    RepetitionRow,
    TraceRow,
    UnwantedMovementRow,
    WatchedAreaRow,
)
from coach.resting_shape import UNSEEN, RestingShape
from coach.trace import Trace


def repetition_row(practice_uid: str, repetition: Repetition, trace: Trace | None) -> RepetitionRow:
    """A repetition with all that belongs to it, ready to be added."""
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
        movement=repetition.movement,
        side=repetition.side,
        corrections=list(repetition.corrections),
        rise_seconds=_seen(repetition.rise_seconds),
        release_seconds=_seen(repetition.release_seconds),
        isolation=_seen(repetition.isolation),
        muted=bool(repetition.muted),
        unwanted=[
            UnwantedMovementRow(
                position=position,
                pattern=unwanted.pattern,
                movement=unwanted.movement,
                side=unwanted.side,
                started_at_seconds=float(unwanted.started_at),
                ended_at_seconds=float(unwanted.ended_at),
                peak_mm=float(unwanted.peak_mm),
                onset_amplitude_mm=_seen(unwanted.onset_amplitude_mm),
                warned_at_seconds=_seen(unwanted.warned_at),
            )
            for position, unwanted in enumerate(repetition.unwanted)
        ],
        watched=[
            WatchedAreaRow(
                position=position,
                pattern=area.pattern,
                side=area.side,
                coupling=_seen(area.coupling),
                peak_mm=_seen(area.peak_mm),
                seen_share=float(area.seen_share),
            )
            for position, area in enumerate(repetition.watched)
        ],
        trace=None if trace is None else TraceRow(data=trace.to_parquet()),
    )


def _seen(value: float | None) -> float | None:
    """A plain float; what was not seen (None or not a number) stays None."""
    return None if value is None or math.isnan(value) else float(value)


def read_practices(database: Session, *conditions: ColumnElement[bool]) -> list[PracticeRecord]:
    """The practices these conditions hold for, the newest first, with all their repetitions."""
    # Plain rows, not objects: half a year has thousands of repetitions, and a page waits for all of them. What belongs
    # to a row is read after it, so that nothing is missing of a repetition that is written at this moment.
    wanted = select(PracticeRow.uid).where(*conditions)
    practices = database.execute(
        select(PracticeRow.__table__)
        .where(*conditions)
        .order_by(PracticeRow.started_at.desc(), PracticeRow.uid)
    ).all()
    repetitions, unwanted, watched = (
        database.execute(
            select(kind.__table__).where(kind.practice_uid.in_(wanted)).order_by(*kind.__table__.primary_key)
        ).all()
        for kind in (RepetitionRow, UnwantedMovementRow, WatchedAreaRow)
    )
    joined: dict[tuple[str, int], list[UnwantedMovement]] = defaultdict(list)
    for row in unwanted:
        joined[row.practice_uid, row.repetition_number].append(_unwanted_movement(row))
    areas: dict[tuple[str, int], list[WatchedArea]] = defaultdict(list)
    for practice_uid, number, _, *area in watched:  # by far the most rows
        areas[practice_uid, number].append(WatchedArea(*area))
    done: dict[str, list[Repetition]] = defaultdict(list)
    for row in repetitions:
        key = row.practice_uid, row.number
        done[row.practice_uid].append(_repetition(row, tuple(joined[key]), tuple(areas[key])))
    return [_practice_record(row, tuple(done[row.uid])) for row in practices]


def _practice_record(row: Row[Any], repetitions: tuple[Repetition, ...]) -> PracticeRecord:
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
        ending=row.ending,
        judged_share=row.judged_share,
        repetitions=repetitions,
        session_uid=row.session_uid,
        item=row.item,
        prescription_uid=row.prescription_uid,
        level=row.level,
        feedback=row.feedback,
        is_check=row.is_check,
        band=None if row.band_low is None else (row.band_low, row.band_high),
        felt=None if row.felt is None else tuple(row.felt),
    )


def _repetition(
    row: Row[Any], unwanted: tuple[UnwantedMovement, ...], watched: tuple[WatchedArea, ...]
) -> Repetition:
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
        unwanted=unwanted,
        unseen=tuple(row.unseen),
        resting=None if resting == UNSEEN else resting,
        movement=row.movement,
        side=row.side,
        corrections=tuple(row.corrections),
        rise_seconds=row.rise_seconds,
        release_seconds=row.release_seconds,
        isolation=row.isolation,
        muted=row.muted,
        watched=watched,
    )


def _unwanted_movement(row: Row[Any]) -> UnwantedMovement:
    return UnwantedMovement(
        pattern=row.pattern,
        movement=row.movement,
        side=row.side,
        started_at=row.started_at_seconds,
        ended_at=row.ended_at_seconds,
        peak_mm=row.peak_mm,
        onset_amplitude_mm=row.onset_amplitude_mm,
        warned_at=row.warned_at_seconds,
    )
