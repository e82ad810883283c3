"""Repetitions and practices as a real run would have logged them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import numpy as np

from coach.assignment import Assignment
from coach.events import Repetition, UnwantedMovement, WatchedArea
from coach.exercise import Exercise
from coach.face import Side
from coach.prescription import Item, Prescription
from coach.records import Patient, Records
from coach.records.tables import PatientRow
from coach.resting_shape import RestingShape
from coach.trace import Trace

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

WATCHED = (
    WatchedArea("oral-ocular-narrow", Side.RIGHT, coupling=0.31, peak_mm=1.9, seen_share=0.95),
    WatchedArea("chin", None, coupling=None, peak_mm=None, seen_share=0.0),
)

A_PRESCRIPTION = Prescription(
    created_at=STARTED,
    author="Dr Kay",
    programme="eyes-open",
    stage="movement_control",
    half_mirror=True,
    sessions_per_day=3,
    items=(
        Item(card="small-closed-smile", repetitions=4, hold_seconds=7.5, share_low=20, share_high=35),
        Item(card="small-pucker", level=2, sensitivity="sensitive", watch=("chin", "ocular-oral")),
    ),
)


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


FULL = replace(
    a_repetition(1, EYE),
    movement="smile",
    side=Side.LEFT,
    corrections=("too_big", "released_fast"),
    rise_seconds=2.5,
    release_seconds=0.75,
    isolation=0.8,
    muted=True,
    watched=WATCHED,
)
"""A repetition with everything that can be known of one."""


def a_course(seconds: float = 4.0, *names: str) -> Trace:
    """A repetition seen at 25 pictures a second, its first movement unseen for a while."""
    at = np.arange(0.0, seconds, 0.04) + 20.0
    names = names or ("corner_up_right", "eye_narrowing_right")
    values = np.stack([np.round(3 * np.sin(at + shift), 2) for shift in range(len(names))], axis=1)
    values[10:20, 0] = np.nan
    return Trace(at, names, values)


def begin(records: Records, exercise: Exercise, patient: Patient | None = None, **assigned: Any) -> str:
    """A practice of the log's own profile, unless another person is named."""
    patient = patient or records.profile()
    assignment = Assignment(exercise.id, **assigned)
    return records.begin_practice(patient.uid, exercise, Side.RIGHT, assignment, STARTED)


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
