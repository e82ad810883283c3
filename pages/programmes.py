"""Choosing a ready programme: what fits is asked in plain words, what it holds is said before it is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from coach import session
from coach.exercise import Exercise, Stage
from coach.levels import planned
from coach.library import Library
from coach.prescription import Item, Prescription
from coach.programme import Programme
from pages.day import whole

STAGES: Mapping[Stage, tuple[str, str]] = {
    # The treatment categories (clinical.md 1.4) as people would say them; the commonest for this coach first.
    "movement_control": ("Other parts join in when I move", "My eye narrows when I smile, for example."),
    "relaxation": ("My face is tight", "It pulls, cramps or twitches, also at rest."),
    "facilitation": (
        "My face is beginning to move again",
        "The movements are small, and nothing joins in yet.",
    ),
    "initiation": ("My face hardly moves yet", "It droops on one side."),
}
# What a level asks, as it is read in a plan without the levels before it.
LEVEL_WORDS: Mapping[int, str] = {
    1: "For resting only.",
    2: "A tiny movement.",
    3: "A small movement.",
    4: "A small movement; how it goes is told in every other repetition.",
    5: "A small movement; how it went is told afterwards.",
    6: "In words and expressions; how it went is told afterwards.",
}
ASK = "Ask your therapist which one fits. You can change it at any time in the settings."
SELF, WITH_THERAPIST = "self", "with therapist"


def times(count: int) -> str:
    """How often, in words."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def minutes(seconds: float) -> str:
    """About how long, in words."""
    return f"about {max(1, round(seconds / 60))} min"


def dose(item: Item, exercise: Exercise) -> str:
    """How often and how long, in words."""
    seconds = session.estimate_seconds(exercise, whole(item, exercise))
    return f"{times(planned(item, exercise))}, {minutes(seconds)}"


def length(programme: Programme, library: Library) -> float:
    """How long a session of a programme takes, in seconds."""
    items = [(Item(**item.model_dump()), library.exercises[item.card]) for item in programme.items]
    return session.session_seconds((exercise, whole(item, exercise)) for item, exercise in items)


def choose(
    stage: Stage, library: Library, on_choose: Callable[[Programme], None], current: str | None = None
) -> None:
    """The programmes of one category as cards."""
    found = [programme for programme in library.programmes.values() if programme.stage == stage]
    if not found:
        st.write("There is no ready programme for this yet. Your therapist can put one together.")
    for programme in found:
        with st.container(border=True, key=f"programme-{programme.id}"):
            st.subheader(programme.name, anchor=False)
            st.write(programme.about)
            names = [library.exercises[item.card].name for item in programme.items]
            st.caption(f"{' · '.join(names)}. {minutes(length(programme, library)).capitalize()} a session.")
            later = max(library.exercises[item.card].not_before_months for item in programme.items)
            if later:
                st.caption(f"It holds stretches that begin {later} months after the palsy, not before.")
            if programme.id == current:
                st.caption("This is your programme now.")
            else:
                st.button(
                    "Choose this",
                    key=f"choose-{programme.id}",
                    on_click=on_choose,
                    args=(programme,),
                    width="stretch",
                )


def prescribed(programme: Programme, now: object, before: Prescription | None = None) -> Prescription:
    """A programme as a prescription, chosen by the person; what a therapist has set about the view stays."""
    return Prescription.model_validate(
        {
            "created_at": now,
            "author": SELF,
            "programme": programme.id,
            "stage": programme.stage,
            "half_mirror": before.half_mirror if before else False,
            "sessions_per_day": before.sessions_per_day if before else 2,
            "items": tuple(Item(**item.model_dump()) for item in programme.items),
        }
    )
