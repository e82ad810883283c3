"""Read about an exercise before doing it: its drawing, what it is for, how it goes, and what the camera can tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

import streamlit as st

from coach.exercise import Drawing, Exercise, Region, Stage
from coach.face import Side
from pages import entry, face, rooms
from pages.face import telling

STAGES: dict[Stage, str] = {
    "initiation": "First movements",
    "facilitation": "Helping movement along",
    "movement_control": "Keeping movements apart",
    "relaxation": "Letting go",
}

# What a movement is practised for, in plain words.
_FOR = {
    "smile": "For mouth corners that widen, small and even, while eyes, chin and neck stay out of it.",
    "pucker": "For lips that come forward while both eyes stay open.",
    "eye_closing": "For eyes that close lightly while cheeks and mouth stay heavy.",
    "brow_raise": "For brows that lift while the mouth stays asleep.",
    "frown": "For brows that draw together while eyes and mouth stay as they are.",
    "nose_wrinkle": "For a nose that moves by itself, with open eyes and a still mouth.",
    "upper_lip_raise": "For an upper lip that lifts while the nose stays quiet.",
    "lower_lip_drop": "For a lower lip that sinks while the chin stays smooth and the neck soft.",
}
_TIMES = {1: "Once", 2: "Twice"}
_LONGEST_STRETCH_SECONDS = 30  # S7: stretches of 10 to 30 s; what lasts longer is a massage
_PICTURE = 116  # pixels


def purpose(exercise: Exercise) -> str:
    """What an exercise is for, in one plain sentence."""
    quiet = telling.staying_quiet(face.quiet_areas(exercise, rooms.library().patterns))
    if exercise.target is not None:
        one_side = exercise.target.one_side
        return (
            "For one side that moves while the other sleeps." if one_side else _FOR[exercise.target.movement]
        )
    if exercise.judged == "areas":
        where = "talking, eating or showing what you feel" if exercise.talking else "a light movement"
        return f"For {where}, while {quiet} stay quiet."
    if exercise.judged == "stillness":
        return "For finding out how soft your face can be. Everything else builds on it."
    if exercise.judged == "range":
        return "For the coach to learn how far you go in comfort. A test, not practice."
    if exercise.drawing.touch:
        return "For loosening what is tight with your own fingers, so that movement comes more easily."
    return "For practising a movement in your mind, while your face rests."


def dose(exercise: Exercise) -> str:
    """How long and how often, in words."""
    plan = exercise.dose
    if exercise.judged in ("nothing", "stillness"):
        return f"{plan.hold_seconds:g} seconds, then a rest of {plan.rest_seconds:g}. {often(exercise)}."
    return (
        f"Ease in for {plan.ramp_seconds:g} seconds, stay for {plan.hold_seconds:g}, let it melt for "
        f"{plan.release_seconds:g}, rest for {plan.rest_seconds:g}. {often(exercise)}."
    )


def often(exercise: Exercise) -> str:
    """How many times, and about how long it takes."""
    times = exercise.dose.repetitions
    each = " each" if exercise.tasks else ""
    minutes = max(1, round(exercise.seconds() / 60))
    about = f"about {minutes} minute{'' if minutes == 1 else 's'}"
    return f"{_TIMES.get(times, f'{times} times')}{each}, {about}"


def camera(exercise: Exercise) -> str:
    """What the camera does in an exercise."""
    if exercise.judged == "nothing":
        return "This one runs by the clock. The camera stays off and nothing is judged."
    if exercise.judged == "range":
        return "The camera looks how far each movement goes. Nothing is judged."
    return exercise.quality


def drawn(exercise: Exercise) -> Drawing:
    """The drawing that stands for an exercise; of a series of movements, that of the first."""
    return exercise.tasks[0].drawing if exercise.tasks else exercise.drawing


def picture(exercise: Exercise, affected: Side | None, small: bool) -> None:
    """The drawing of an exercise: a small still one, or a large moving one with its sentence."""
    where = "small" if small else "large"
    face.drawing(
        f"{where}-{exercise.id}",
        drawn(exercise),
        affected,
        face.quiet_areas(exercise, rooms.library().patterns),
        bool(exercise.target and exercise.target.one_side),
        exercise.name,
        still=small,
        small=small,
        fingers="stretch" if exercise.dose.hold_seconds <= _LONGEST_STRETCH_SECONDS else "circle",
    )


def open_card(exercise: str) -> None:
    """Show one exercise; its address can be kept."""
    st.query_params["exercise"] = exercise


def practise(exercise: Exercise) -> None:
    """Lead to the practice of an exercise, from its beginning."""
    st.session_state.pop("ended", None)
    st.session_state["turn"] = st.session_state.get("turn", 0) + 1
    st.switch_page("practice.py", query_params={"exercise": exercise.id})


def one_card(exercise: Exercise, affected: Side | None) -> None:
    """All there is to say about one exercise."""
    st.button("← All exercises", type="tertiary", on_click=st.query_params.clear)
    st.header(exercise.name, anchor=False)
    st.write(purpose(exercise))
    left, right = st.columns([9, 11], gap="medium")
    with left:
        picture(exercise, affected, small=False)
    with right:
        st.markdown(f"**How to do it**  \n{exercise.instruction}")
        if exercise.in_words:
            st.markdown(f"**In everyday life**  \n{exercise.in_words}")
        st.markdown(f"**How long**  \n{dose(exercise)}")
        quiet = telling.staying_quiet(face.quiet_areas(exercise, rooms.library().patterns))
        if quiet:
            st.markdown(f"**What stays quiet**  \n{quiet[0].upper()}{quiet[1:]}.")
        st.markdown(f"**What the camera can tell**  \n{camera(exercise)}")
        if exercise.eyes_closed:
            st.markdown("Your eyes are shut in this one: sounds lead you.")
        if exercise.not_before_months:
            st.markdown(
                f"Not in the first {exercise.not_before_months} months after the palsy began; ask your therapist."
            )
        if st.button("Practise this", type="primary", width="stretch"):
            practise(exercise)
    for task in exercise.tasks:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container(width=_PICTURE):
                face.drawing(
                    f"task-{task.id}", task.drawing, affected, (), False, task.name, still=True, small=True
                )
            st.markdown(f"**{task.name}**  \n{task.prompt}", width="stretch")
    stages = ", ".join(STAGES[stage] for stage in exercise.stages)
    st.caption(f"For the stages: {stages}. Muscles: {exercise.muscle}. Nerve branches: {exercise.branch}.")
    with st.expander("Where this comes from"):
        st.markdown("\n".join(f"- {source}" for source in exercise.sources))


def all_cards(exercises: Iterable[Exercise], affected: Side | None) -> None:
    """Every exercise of a stage, region by region, each with a still drawing."""
    shown = sorted(exercises, key=lambda e: (e.judged == "range", e.clinical_id, e.name))
    for region in get_args(Region):
        cards = [exercise for exercise in shown if exercise.region == region]
        if not cards:
            continue
        st.subheader(region.capitalize(), anchor=False)
        for exercise in cards:
            listed(exercise, affected)


def listed(exercise: Exercise, affected: Side | None) -> None:
    """One exercise among the others: a still drawing, what it is for, and the way to all the rest."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(width=_PICTURE):
            picture(exercise, affected, small=True)
        with st.container(gap="xsmall"):
            st.markdown(f"#### {exercise.name}")
            st.markdown(purpose(exercise))
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(often(exercise), width="stretch")
                st.button("Read more", key=f"open-{exercise.id}", on_click=open_card, args=(exercise.id,))


entry.require("/library")
library = rooms.library()
affected = entry.affected()
wanted = st.query_params.get("exercise")
exercise = library.exercises.get(wanted or "")
if exercise is not None:
    one_card(exercise, affected)
else:
    st.header("The exercises", anchor=False)
    st.write("Read about an exercise before you do it. Arrows show what moves; shaded areas stay quiet.")
    if wanted:
        st.info("The exercise in this address is not here. These are the ones there are.")
    stage = st.pills(
        "Which stage are you in? Your therapist knows.", list(STAGES), format_func=STAGES.__getitem__
    )
    all_cards((e for e in library.exercises.values() if stage is None or stage in e.stages), affected)
    if library.faults:
        with st.container(border=True):
            st.markdown("**Some cards are waiting to be mended.** They are left out; all others work.")
            st.code("\n".join(library.faults), language=None, wrap_lines=True)
