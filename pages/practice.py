"""Practise one exercise in front of the camera, or choose one to practise."""

import streamlit as st

from coach.exercise import Exercise
from coach.face import Side
from coach.records import Patient
from pages import rooms
from pages.camera import practice_live
from pages.charts import summary

SIDES: dict[str, Side | None] = {"Right": Side.RIGHT, "Left": Side.LEFT, "Not sure": None}

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


def minutes(exercise: Exercise) -> int:
    """About how long the exercise takes, in whole minutes."""
    dose = exercise.dose
    seconds = dose.repetitions * (
        dose.rest_seconds + dose.ramp_seconds + dose.hold_seconds + dose.release_seconds
    )
    return max(1, round(seconds / 60))


def go_to(exercise_id: str | None) -> None:
    """Open the page of one exercise, or the choice of exercises."""
    st.session_state.pop("ended", None)
    st.session_state["turn"] = st.session_state.get("turn", 0) + 1
    if exercise_id is None:
        st.query_params.clear()
    else:
        st.query_params["exercise"] = exercise_id


def choose(patient: Patient) -> None:
    """The exercises as calm cards, and which side is affected."""
    st.header("What would you like to practise?")
    st.write("Small, slow and even. The coach watches the parts of your face that like to join in.")
    st.session_state.setdefault(
        "affected", next(name for name, side in SIDES.items() if side is patient.affected)
    )
    st.radio(
        "Which side of your face is affected?",
        list(SIDES),
        key="affected",
        on_change=lambda: rooms.records().set_affected(patient.uid, SIDES[st.session_state["affected"]]),
        horizontal=True,
        help="Your own right and left. If you are not sure, the coach watches both sides.",
    )
    for exercise in rooms.library().exercises.values():
        with st.container(border=True):
            st.subheader(exercise.name, anchor=False)
            st.write(exercise.instruction)
            st.caption(f"{exercise.dose.repetitions} times, about {minutes(exercise)} min")
            st.button(
                "Practise this",
                key=exercise.id,
                type="primary",
                on_click=go_to,
                args=(exercise.id,),
                width="stretch",
            )


def practise(exercise: Exercise, patient: Patient) -> None:
    """The live mirror for one exercise."""
    st.subheader(exercise.name, anchor=False)
    turn = st.session_state.get("turn", 0)
    patterns = rooms.library().patterns
    key = f"live-{exercise.id}-{turn}"

    def keep_ending() -> None:
        st.session_state["ended"] = {**st.session_state[key]["ended"], "exercise": exercise.id}

    practice_live(
        key=key,
        data={
            "ticket": rooms.live().ticket(exercise.id, patient.uid, patient.affected),
            "eyesClosed": exercise.eyes_closed,
            "areas": {watch.pattern: patterns[watch.pattern].area for watch in exercise.watch},
        },
        on_ended=keep_ending,
    )
    with st.expander("How to do it"):
        st.write(exercise.instruction)
        st.write(exercise.quality)
        st.write(watched(patient.affected))
    with st.expander("About the camera"):
        st.markdown("\n".join(f"- {sentence}" for sentence in ABOUT_THE_CAMERA))
    st.caption(
        "Nothing leaves this computer. The camera picture is looked at in memory and forgotten; only numbers are kept."
    )
    st.button("Choose another exercise", on_click=go_to, args=(None,))


def watched(affected: Side | None) -> str:
    """Which side the coach watches, in words."""
    if affected is None:
        return "The coach watches both sides of your face, because you are not sure which one is affected."
    return f"The coach watches your {affected.value} side. You can change this where you choose an exercise."


def after(exercise: Exercise, patient: Patient, ended: dict[str, str]) -> None:
    """What was practised, and where to go from here."""
    finished = ended.get("ending") == "finished"
    st.header("Well done" if finished else "Until next time")
    record = rooms.records().practice(ended.get("practice") or "", patient.uid)
    if record is None:
        st.write("This practice could not be written down, so there is no summary of it.")
    else:
        summary(record)
    again, progress = st.columns(2)
    again.button("Practise again", type="primary", on_click=go_to, args=(exercise.id,), width="stretch")
    if progress.button("See my progress", width="stretch"):
        go_to(None)
        st.switch_page("progress.py")
    st.button("Choose another exercise", on_click=go_to, args=(None,))


patient = rooms.records().profile()
wanted = st.query_params.get("exercise")
exercise = rooms.library().exercises.get(wanted or "")
if exercise is not None:
    ended = st.session_state.get("ended", {})
    if ended.get("exercise") == exercise.id:  # the browser's Back may have led to another exercise since
        after(exercise, patient, ended)
    else:
        practise(exercise, patient)
else:
    if wanted:
        st.info("The exercise in this address is not here. These are the ones there are.")
    choose(patient)
