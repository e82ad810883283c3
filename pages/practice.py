"""Practise one exercise outside a session: in front of the camera, or by the clock."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from coach.calibration import RANGE_CARD
from coach.exercise import Exercise, closes_eyes
from coach.levels import assignment_of, instruction
from coach.prescription import Item
from pages import after, charts, entry, mirror, rooms
from pages.day import Day

SAFETY = "Small and soft. Stop if anything hurts or your eye feels sore."


def go_to(exercise_id: str) -> None:
    """Open the practice of an exercise from its beginning."""
    for name in ("ended", "began_at"):
        st.session_state.pop(name, None)
    st.session_state["turn"] = st.session_state.get("turn", 0) + 1
    st.query_params["exercise"] = exercise_id


def elsewhere() -> None:
    """The ways on from here."""
    if st.button("Choose another exercise", key="another"):
        forget()
        st.switch_page("library.py")


def forget() -> None:
    """Let go of the last practice, so that the next one begins anew."""
    st.session_state.pop("ended", None)


def prescribed(day: Day, exercise: Exercise) -> Item:
    """The exercise as it is prescribed, else as its card says."""
    items = day.prescription.items if day.prescription else ()
    return next((item for item in items if item.card == exercise.id), Item(card=exercise.id))


def practise(day: Day, exercise: Exercise) -> None:
    """The live mirror for one exercise, or its clock."""
    patient = day.patient
    item = prescribed(day, exercise)
    turn = st.session_state.setdefault("turn", 0)
    st.subheader(exercise.name, anchor=False)
    if exercise.id == RANGE_CARD:
        st.write(mirror.A_TEST)
    if mirror.uses_camera(exercise):

        def ended(told: Mapping[str, Any]) -> None:
            st.session_state["ended"] = {**told, "exercise": exercise.id}

        mirror.live(
            f"live-{exercise.id}-{turn}",
            exercise,
            assignment_of(item, exercise, day.ranges),
            patient,
            ended,
            half_mirror=day.prescription is not None and day.prescription.half_mirror,
        )
    else:
        by_the_clock(day, exercise, item, turn)
    st.caption(SAFETY)
    with st.expander("How to do it"):
        st.write(instruction(exercise, item.level))
        st.write(exercise.quality)
        if mirror.uses_camera(exercise):
            st.write(mirror.watched(patient.affected))
    if mirror.uses_camera(exercise):
        with st.expander("About the camera"):
            st.markdown("\n".join(f"- {sentence}" for sentence in mirror.ABOUT_THE_CAMERA))
        st.caption(mirror.private())
    elsewhere()


def by_the_clock(day: Day, exercise: Exercise, item: Item, turn: int) -> None:
    """A massage, a stretch, a movement in the mind: begun with a tap, because hands are to be ready first."""
    began = st.session_state.get("began_at", {})
    if (began.get("exercise"), began.get("turn")) != (exercise.id, turn):
        st.write(exercise.instruction)
        if exercise.not_before_months:
            st.caption(f"Only from {exercise.not_before_months} months after the palsy on.")
        st.button(
            "I am ready", key="ready", type="primary", on_click=begin, args=(exercise,), width="stretch"
        )
        mirror.draw(f"drawing-{exercise.id}", exercise, day.patient)
        return

    def over(ending: str) -> None:
        st.session_state.pop("began_at")
        uid = rooms.records().keep_timer_practice(
            day.patient.uid,
            exercise,
            day.patient.affected,
            assignment_of(item, exercise, {}),
            began["at"],
            rooms.now(),
            "finished" if ending == "finished" else "stopped",
        )
        st.session_state["ended"] = {"practice": uid, "ending": ending, "exercise": exercise.id}

    st.write(exercise.instruction)
    mirror.clock(f"clock-{exercise.id}-{turn}", exercise, item, day.patient, lambda: over("finished"))
    st.button(
        "That is enough", key="enough", type="tertiary", on_click=over, args=("stopped",), width="stretch"
    )


def begin(exercise: Exercise) -> None:
    """Start the clock of an exercise."""
    turn = st.session_state["turn"] = st.session_state.get("turn", 0) + 1
    st.session_state["began_at"] = {"exercise": exercise.id, "turn": turn, "at": rooms.now()}


def ended(day: Day, exercise: Exercise, told: Mapping[str, str]) -> None:
    """What was practised, and where to go from here."""
    finished = told.get("ending") == "finished"
    st.header("Well done" if finished else "Until next time", anchor=False)
    record = rooms.records().practice(told.get("practice") or "", day.patient.uid)
    if record is None:
        st.write("This practice could not be written down, so there is no summary of it.")
    elif exercise.id == RANGE_CARD:
        after.range_found(day, record)
    elif not mirror.uses_camera(exercise):
        st.write("Let your hands rest, and let your face hang soft for a moment.")
    else:
        charts.summary(record)
        if closes_eyes(exercise, record.level) and record.repetitions:
            # Eyes that were closed saw nothing of it (S77).
            mirror.replay(f"replay-{record.uid}", record, mirror.telling_repetition(record))
    again, progress = st.columns(2)
    again.button(
        "Practise again", key="again", type="primary", on_click=go_to, args=(exercise.id,), width="stretch"
    )
    if progress.button("See my progress", key="progress", width="stretch"):
        forget()
        st.switch_page("progress.py")
    if st.button("To today's plan", key="today", type="tertiary"):
        forget()
        st.switch_page("today.py")
    elsewhere()


def not_now(day: Day) -> None:
    """Today's comfort check said that the face, the eyes or a doctor come first."""
    held = day.held_back
    if held is None:
        return
    with st.container(border=True, key="advice"):
        st.subheader(held.title, anchor=False)
        st.write(held.advice)
    if st.button("Back to today", key="today", type="primary", width="stretch"):
        st.switch_page("today.py")
    st.stop()


wanted = st.query_params.get("exercise")
exercise = rooms.library().exercises.get(wanted or "")
if not wanted:
    st.switch_page("library.py")
day = Day(rooms.records(), rooms.library(), entry.patient("/practice"), rooms.now().astimezone(charts.zone()))
if exercise is None:
    st.info("The exercise in this address is not here.")
    if st.button("See all exercises", key="all", type="primary", width="stretch"):
        st.switch_page("library.py")
    if st.button("To today's plan", key="today", width="stretch"):
        st.switch_page("today.py")
else:
    told = st.session_state.get("ended", {})
    if told.get("exercise") == exercise.id:  # the browser's Back may have led to another exercise since
        ended(day, exercise, told)
    else:
        not_now(day)
        practise(day, exercise)
