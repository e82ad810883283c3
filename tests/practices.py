"""Repetitions and practices as a real run would have logged them."""

from __future__ import annotations

from datetime import datetime, timezone

from coach.events import Repetition, UnwantedMovement
from coach.exercise import Exercise
from coach.face import Side
from coach.records import Patient, Records
from coach.records.tables import PatientRow
from coach.resting_shape import RestingShape

STARTED = datetime(2026, 3, 29, 0, 30, tzinfo=timezone.utc)
"""In the night in which Europe's clocks go forward."""

EYE = UnwantedMovement(
    pattern="oral-ocular-narrow",
    movement="eye_narrowing",
    side=Side.RIGHT,
    started_at=3.25,
    ended_at=5.5,
    peak_mm=1.9,
    onset_amplitude_mm=4.1,
    warned_at=3.95,
)
CHIN = UnwantedMovement(
    pattern="chin",
    movement="chin_raise",
    side=None,
    started_at=4.0,
    ended_at=4.5,
    peak_mm=1.2,
    onset_amplitude_mm=5.0,
    warned_at=None,
)

RESTING = RestingShape(lid_gap_right_mm=8.25, lid_gap_left_mm=9.5, corner_height_mm=-1.5, brow_height_mm=None)
"""A rest with the right eye narrower and the right corner higher; the brows were not seen."""


def a_repetition(number: int, *unwanted: UnwantedMovement) -> Repetition:
    """A finished repetition; clean unless something joined in."""
    return Repetition(
        number=number,
        started_at=number * 20.0,
        ended_at=number * 20.0 + 11.5,
        amplitude_right_mm=5.25,
        amplitude_left_mm=None,
        symmetry=None,
        hold_seconds=5.0,
        clean=not unwanted,
        judged_share=0.97,
        unwanted=unwanted,
    )


def begin(records: Records, exercise: Exercise, patient: Patient | None = None) -> str:
    """A practice of the log's own profile, unless another person is named."""
    patient = patient or records.profile()
    return records.begin_practice(patient.uid, exercise, Side.RIGHT, "default", STARTED)


def another_person(records: Records) -> Patient:
    """Somebody else in the same log, who came after the profile of this computer."""
    records.profile()
    other = Patient(uid="f" * 32, name="Somebody else", affected=None)
    with records.engine.begin() as connection:
        connection.execute(
            PatientRow.__table__.insert(),
            {"uid": other.uid, "name": other.name, "created_at": datetime.now(timezone.utc)},
        )
    return other
