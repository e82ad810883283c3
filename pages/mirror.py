"""One exercise in front of the camera, or by the clock where no camera is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from coach import levels
from coach.assignment import Assignment
from coach.events import Repetition
from coach.exercise import Exercise, closes_eyes
from coach.face import Side
from coach.prescription import Item
from coach.records import Patient, PracticeRecord, View
from pages import face, rooms
from pages.camera import practice_live
from pages.countdown import Part, countdown

# docs/validation.md in five sentences.
ABOUT_THE_CAMERA = (
    "The camera follows small patches of your skin and compares them with your own resting face, taken anew before "
    "every repetition.",
    "It speaks up for movements of one to two millimetres, and reads a little less than the chin, cheeks and eyelids "
    "truly do.",
    "It needs even light from the front and a face that looks towards it; when you turn away or a hand covers your "
    "face it says that it cannot see, which is not the same as all being quiet.",
    "Now and then it will speak up in vain or miss something small, and glasses and beards have not been tried at "
    "all.",
    "It was tried on photographs that were made to move and on a few films, not yet with patients, so trust your "
    "therapist's eye more than the coach's.",
)
PRIVATE_AT_HOME = (
    "Nothing leaves this computer. "
    "The camera picture is looked at in memory and forgotten; only numbers are kept."
)
PRIVATE_IN_A_CLINIC = (
    "The camera picture goes to your clinic's computer and nowhere else. "
    "There it is looked at in memory and forgotten; only numbers are kept."
)
A_TEST = "This is a test, not practice: as far as is comfortable, never further."

_LONGEST_STRETCH_SECONDS = 30  # S7: stretches of 10 to 30 s; what lasts longer is a massage


def private() -> str:
    """What becomes of the camera picture, at home or in a clinic."""
    return PRIVATE_IN_A_CLINIC if rooms.mode().clinic else PRIVATE_AT_HOME


def uses_camera(exercise: Exercise) -> bool:
    """Whether the exercise is watched."""
    return exercise.judged != "nothing"


def live(
    key: str,
    exercise: Exercise,
    assignment: Assignment,
    patient: Patient,
    on_ended: Callable[[Mapping[str, Any]], None],
    *,
    half_mirror: bool = False,
) -> None:
    """The live mirror; `on_ended` is told once how it ended, before the page runs again."""
    patterns = rooms.library().patterns

    def ended() -> None:
        on_ended(st.session_state[key]["ended"])

    def view_changed(view: str) -> None:
        rooms.records().set_view(patient.uid, _view(view))

    practice_live(
        key=key,
        data={
            "ticket": rooms.live().ticket(assignment, patient.uid, patient.affected),
            "eyesClosed": closes_eyes(exercise, assignment.level),
            "areas": {watch.pattern: patterns[watch.pattern].area for watch in exercise.watch},
            "view": patient.view,
            "halfMirror": half_mirror,
            "affected": patient.affected.value if patient.affected else None,
            "drawing": face.beside_the_mirror(exercise, assignment.level),
            "quiet": [
                [area, side] for area, side in face.quiet_areas(exercise, patterns) if side != face.RESTING
            ],
        },
        on_ended=ended,
        on_view_change=view_changed,
    )


def clock(
    key: str,
    exercise: Exercise,
    item: Item,
    patient: Patient,
    on_done: Callable[[], None],
) -> None:
    """A massage, a stretch or a movement in the mind: how long it takes, and its drawing."""
    times = levels.planned(item, exercise)
    hold = item.hold_seconds or exercise.dose.hold_seconds
    parts = []
    for number in range(1, times + 1):
        which = exercise.prompt if times == 1 else f"{number} of {times}. {exercise.prompt}"
        parts.append(Part(which, hold + exercise.dose.ramp_seconds + exercise.dose.release_seconds))
        if number < times:
            parts.append(Part("Let go and rest.", exercise.dose.rest_seconds))
    clock_beside, drawing_beside = st.columns([1, 1], vertical_alignment="center", gap="medium")
    with clock_beside:
        countdown(key, parts, on_done)
    with drawing_beside:
        draw(f"{key}-drawing", exercise, patient)


def draw(key: str, exercise: Exercise, patient: Patient, level: int = 3) -> None:
    """The moving drawing of an exercise at its level; of a test with many movements, that of the first."""
    face.drawing(
        key,
        exercise.tasks[0].drawing if exercise.tasks else levels.drawn(exercise, level),
        patient.affected,
        face.quiet_areas(exercise, rooms.library().patterns),
        exercise.target is not None and exercise.target.one_side,
        exercise.name,
        fingers="stretch" if exercise.dose.hold_seconds <= _LONGEST_STRETCH_SECONDS else "circle",
    )


def replay(key: str, record: PracticeRecord, number: int) -> bool:
    """One repetition as the moving line face; False where its course was not kept."""
    patterns = rooms.library().patterns
    repetition = next((r for r in record.repetitions if r.number == number), None)
    trace = rooms.records().traces(record.uid, record.patient_uid).get(number)
    if repetition is None or trace is None:
        return False
    face.replay(
        key,
        trace.names,
        trace.at_seconds,
        trace.values_mm,
        _marks(repetition, patterns),
        record.affected,
    )
    return True


def telling_repetition(record: PracticeRecord) -> int:
    """The repetition that is worth seeing again: the one in which most joined in, else the last."""
    best = max(record.repetitions, key=lambda r: (len(r.unwanted), r.number))
    return best.number


def watched(affected: Side | None) -> str:
    """Which side the coach watches, in words."""
    if affected is None:
        return "The coach watches both sides of your face, because you are not sure which one is affected."
    return f"The coach watches your {affected.value} side. You can change this in the settings."


def _marks(repetition: Repetition, patterns: Mapping[str, Any]) -> list[face.Mark]:
    return [
        face.Mark(unwanted.started_at, unwanted.ended_at, patterns[unwanted.pattern].area, unwanted.side)
        for unwanted in repetition.unwanted
        if unwanted.pattern in patterns
    ]


def _view(view: str) -> View:
    return {"line": "line", "bars": "bars"}.get(view, "mirror")  # type: ignore[return-value]
