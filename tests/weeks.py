"""Sessions and practices of whole weeks, written through the log as a real run would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from practices import CHIN, EYE, a_repetition

from coach.assignment import Assignment
from coach.events import Repetition, UnwantedMovement
from coach.exercise import Exercise
from coach.face import Side
from coach.library import load_library
from coach.prescription import Item, Prescription
from coach.records import Records

LIBRARY = load_library()
SMILE = LIBRARY.exercises["small-closed-smile"]
PUCKER = LIBRARY.exercises["small-pucker"]
MASSAGE = LIBRARY.exercises["cheek-massage"]

NOW = datetime(2026, 6, 10, 7, 30, tzinfo=timezone.utc)
"""A Wednesday morning."""

FINE: Mapping[str, Any] = {"eyes": [], "new_signs": [], "muscles": [], "pain": 1, "tightness": 3}
WELL: Mapping[str, Any] = {"tightness": 3, "effort": 2, "eye_comfort": 8, "pain": 1}


def days_ago(days: float, hours: float = 0.0) -> datetime:
    """So long before NOW."""
    return NOW - timedelta(days=days, hours=hours)


def well(number: int, *unwanted: UnwantedMovement, **changed: Any) -> Repetition:
    """A repetition that was seen, held and even."""
    seen: dict[str, Any] = {"amplitude_right_mm": 3.0, "amplitude_left_mm": 3.4, "symmetry": 3.0 / 3.4}
    return replace(a_repetition(number, *unwanted), **(seen | changed))


def five(joining: int = 0, onset_mm: float = 4.0, **changed: Any) -> list[Repetition]:
    """Five of them; in the first `joining` the eye joins in and is warned of."""
    eye = replace(EYE, onset_amplitude_mm=onset_mm)
    return [well(number, *([eye] if number <= joining else []), **changed) for number in range(1, 6)]


def with_chin(number: int, onset_mm: float | None) -> Repetition:
    """The chin joined in, too briefly to be warned of."""
    return well(number, replace(CHIN, onset_amplitude_mm=onset_mm))


def practise(
    records: Records,
    patient_uid: str,
    at: datetime,
    repetitions: Iterable[Repetition] | None = None,
    *,
    exercise: Exercise = SMILE,
    comfort: Mapping[str, Any] | None = FINE,
    feelings: Mapping[str, Any] | None = WELL,
    minutes: float | None = 3.0,
    affected: Side | None = Side.RIGHT,
    prescription: str | None = None,
    **assigned: Any,
) -> str:
    """One session with one practice; gives back the practice. `minutes` None: it was cut off."""
    session = records.begin_session(patient_uid, prescription, comfort, at)
    practice = records.begin_practice(
        patient_uid, exercise, affected, Assignment(exercise.id, session=session, item=1, **assigned), at
    )
    for repetition in five() if repetitions is None else repetitions:
        records.add_repetition(practice, repetition)
    if minutes is not None:
        records.end_practice(practice, "finished", at + timedelta(minutes=minutes), 0.9)
        records.end_session(session, patient_uid, "finished", at + timedelta(minutes=minutes + 2), feelings)
    return practice


def prescribe(
    records: Records,
    patient_uid: str,
    at: datetime,
    items: Sequence[Item] = (Item(card=SMILE.id),),
    **given: Any,
) -> Prescription:
    """A version that is valid from then on."""
    return records.prescribe(
        patient_uid, Prescription(created_at=at, author="Dr Kay", items=tuple(items), **given)
    )


def somebody(records: Records, name: str = "Anna Example", affected: Side | None = Side.RIGHT) -> str:
    """A new person who has been there for long."""
    return records.create_patient(name, affected, days_ago(400)).uid
