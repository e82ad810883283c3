"""Choosing for a plan: one exercise more from the library, or a ready programme to start from."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from coach.clinic import choice
from coach.exercise import Exercise, Region
from coach.levels import has_levels
from coach.prescription import MOST_ITEMS
from coach.programme import Programme
from pages import programmes
from pages.care import forms
from pages.care.exercises import PICTURE, picture
from pages.care.planning import Planning


def one_more(planning: Planning) -> None:
    """The library for this category; what may not be chosen now is named with its reason."""
    shown = planning.key("adding")
    if not st.session_state.get(shown):
        st.button(
            "Add an exercise",
            key=planning.key("add"),
            icon=":material/add:",
            disabled=planning.draft.full,
            on_click=st.session_state.__setitem__,
            args=(shown, True),
        )
        if planning.draft.full:
            st.caption(f"A plan holds up to {MOST_ITEMS} exercises. Take one out to add another.")
        return
    with st.container(border=True, key="adding"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown("**Add an exercise**", width="content")
            st.button(
                "Done",
                key=planning.key("added"),
                on_click=st.session_state.__setitem__,
                args=(shown, False),
            )
        _library(planning)


def _library(planning: Planning) -> None:
    cards = [e for e in planning.day.library.exercises.values() if e.judged != "range"]
    reasons = {e.id: choice.against(e, planning.draft.stage, planning.months) for e in cards}
    fitting = [e for e in cards if reasons[e.id] is None]
    regions = [region for region in get_args(Region) if any(e.region == region for e in fitting)]
    region = st.pills("Where", regions, format_func=str.capitalize, key=planning.key("region"))
    in_plan = {item.card for item in planning.draft.items}
    with st.container(key="cards"):
        for exercise in sorted(fitting, key=lambda e: (regions.index(e.region), e.clinical_id, e.name)):
            if region in (None, exercise.region):
                _card(planning, exercise, exercise.id in in_plan)
    later = [e for e in cards if reasons[e.id] is not None]
    if later:
        with st.expander(f"Not for now: {len(later)}, and why"):
            st.markdown("\n".join(f"- **{e.name}**: {reasons[e.id]}" for e in later))


def _card(planning: Planning, exercise: Exercise, is_in: bool) -> None:
    with st.container(
        key=f"card-{exercise.id}", border=True, horizontal=True, vertical_alignment="center", gap="small"
    ):
        with st.container(width=PICTURE):
            picture(planning.key(f"choice-{exercise.id}"), exercise, planning)
        with st.container(gap=None):
            st.markdown(f"**{exercise.name}**")
            st.caption(f"{exercise.clinical_id} · {exercise.seconds() / 60:.1f}\N{NO-BREAK SPACE}min")
        st.button(
            forms.button_words("In", f"the plan: {exercise.name}")
            if is_in
            else forms.button_words("Add", exercise.name),
            key=planning.key(f"add-{exercise.id}"),
            help=None if is_in else f"Add {exercise.name}",
            disabled=is_in or planning.draft.full,
            on_click=_add,
            args=(planning, exercise),
        )


def _add(planning: Planning, exercise: Exercise) -> None:
    planning.put(planning.draft.added(exercise.id, level=2 if has_levels(exercise) else 3))


def ready(planning: Planning) -> None:
    """The ready programmes of this category."""
    stage = planning.draft.stage
    found = [p for p in planning.day.library.programmes.values() if p.stage == stage]
    if not found:
        st.caption("There is no ready programme for this category.")
    for programme in found:
        _programme(planning, programme)


def _programme(planning: Planning, programme: Programme) -> None:
    exercises = planning.day.library.exercises
    reason = choice.against_programme(programme, exercises, planning.draft.stage, planning.months)
    with st.container(border=True, key=f"ready-{programme.id}", gap="xsmall"):
        st.markdown(f"**{programme.name}**")
        names = ", ".join(exercises[item.card].name for item in programme.items)
        lasts = programmes.minutes(programmes.length(programme, planning.day.library)).capitalize()
        st.caption(f"{names}. {lasts}.")
        if reason:
            forms.to_mind(reason, programme.id)
        st.button(
            forms.button_words("Start from this", programme.name),
            key=planning.key(f"start-{programme.id}"),
            disabled=reason is not None,
            on_click=_start,
            args=(planning, programme),
        )


def _start(planning: Planning, programme: Programme) -> None:
    planning.afresh(planning.draft.starting_from(programme), planning.base)
