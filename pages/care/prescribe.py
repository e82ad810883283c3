"""Prescribe: what somebody is to practise from their next session on, put together beside what they will see of it."""

from __future__ import annotations

from functools import partial
from typing import get_args

import streamlit as st

from coach.clinic import choice
from coach.clinic.access import Who
from coach.clinic.draft import Draft
from coach.exercise import Exercise
from coach.levels import LEVELS
from coach.prescription import COACH, Prescription, Weekday
from coach.progression import Proposal
from coach.records import Patient, RecordsError, telling
from pages import entry, rooms, unseen
from pages.care import choosing, exercises, forms, preview
from pages.care.planning import Planning, follow
from pages.patient_row import plain
from pages.programmes import SELF, WITH_THERAPIST

_AUTHORS = {
    SELF: "the patient",
    WITH_THERAPIST: "the patient with their therapist",
    COACH: "the coach itself",
}
_LISTED = 5


def draw(patient: Patient, who: Who) -> None:
    """The whole part."""
    who = entry.require("/prescribe", patient.uid)
    forms.style()
    day = forms.theirs(patient)
    history = rooms.records().history(patient.uid)
    planning = Planning(day, history.months_since_onset(day.now.date()) if history else None)
    follow(planning)
    forms.said_before()
    _standing(planning)
    _steps_due(planning, who)
    left, right = st.columns([7, 5], gap="medium")
    with left:
        _category(planning)
        if planning.draft.stage is not None:
            _exercises(planning)
    with right:
        if planning.draft.stage is not None:
            st.subheader("A session", anchor=False)
            preview.length(planning)
            _when(planning)
            _keep(planning, who)
    if planning.draft.items:
        st.subheader("As the patient sees it", anchor=False)
        preview.draw(planning)
    _versions(planning)


# -- what is so now


def _standing(planning: Planning) -> None:
    latest = planning.latest
    if latest is None:
        st.caption("Nothing is prescribed yet. Begin with the treatment category.")
        return
    words = f"Version {latest.version}, {_by_and_when(planning, latest)}."
    under_way = planning.day.open_session
    began_with = planning.day.version(under_way.prescription_uid) if under_way else None
    if began_with is not None and began_with.uid != latest.uid:
        words += f" A session that is under way goes on with version {began_with.version}."
    st.caption(words)
    missing = planning.day.missing(latest)
    if missing:
        st.caption(f"Not in the library any more, and left out of sessions: {', '.join(missing)}.")
    if planning.overtaken:
        forms.meanwhile(
            f"**Meanwhile version {latest.version} was written by {_author(latest)}.** "
            "Your changes here began with an earlier one.",
            (
                f"Go on from version {latest.version}",
                planning.key("newest"),
                partial(planning.afresh, Draft.of(latest), latest),
            ),
            ("Keep what is here", planning.key("mine"), partial(planning.afresh, planning.draft, latest)),
        )


def _steps_due(planning: Planning, who: Who) -> None:
    """The steps that wait for the therapist, each with its reason; those that the coach takes are only told."""
    due, unseen_areas = _due(planning)
    asked = [(e, p) for _, e, p in due if not p.by_itself]
    if asked:
        with st.container(border=True, key="steps-due", gap="small"):
            st.markdown("**Ready for your word**")
            for exercise, proposal in asked:
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    with st.container(gap=None):
                        st.markdown(
                            f"**{exercise.name}: level {proposal.from_level} to {proposal.to_level}**, "
                            f"{LEVELS[proposal.to_level].name}"
                        )
                        st.caption(proposal.reason)
                    with st.container(horizontal=True, gap="xsmall", width="content"):
                        if st.button("Move on", key=planning.key(f"on-{exercise.id}"), type="primary"):
                            _step(planning, who, exercise.id, proposal.to_level)
                        if st.button("Not yet", key=planning.key(f"stay-{exercise.id}")):
                            _step(planning, who, exercise.id, None)
    for _, exercise, proposal in due:
        if proposal.by_itself:
            st.caption(
                f"{exercise.name}: the coach goes from level {proposal.from_level} to {proposal.to_level} by itself "
                f"at the next visit. {proposal.reason}"
            )
    for words in unseen_areas:
        st.caption(words)


def _due(planning: Planning) -> tuple[list[tuple[int, Exercise, Proposal]], list[str]]:
    """The steps that are due, and why none can be; found anew with each version, session and day: it reads much."""
    day = planning.day
    latest = next(iter(day.sessions), None)
    now = (
        planning.uid,
        planning.latest.uid if planning.latest else None,
        (latest.uid, latest.ending, latest.steps_done) if latest else None,
        day.now.date(),
    )
    known = st.session_state.get("steps-due")
    if known is None or known[0] != now:
        held = unseen.held_up(day, day.known(planning.latest))
        known = (now, day.proposals(), unseen.for_the_therapist(day, held))
        st.session_state["steps-due"] = known
    return known[1], known[2]


def _step(planning: Planning, who: Who, card: str, to_level: int | None) -> None:
    """Take a step that was due, or leave it for now, at once; what else is on the table stays there."""
    entry.require("/prescribe", planning.uid)

    def changed(draft: Draft) -> Draft:
        today = planning.day.now.date()
        return draft.staying(card, today) if to_level is None else draft.stepped(card, to_level)

    draft = changed(planning.draft)
    is_mine = not planning.overtaken
    written = rooms.records().prescribe(
        planning.uid, changed(Draft.of(planning.latest)).written(who.name, rooms.now())
    )
    if is_mine:
        planning.afresh(draft, written)
    name = planning.names[card]
    forms.say_after(
        f"{name} stays at its level. It is asked again once later days speak for it."
        if to_level is None
        else f"{name} goes to level {to_level} from the next session on. This is version {written.version}."
    )
    st.rerun()


# -- what is put together


def _category(planning: Planning) -> None:
    st.subheader("Exercises", anchor=False)
    key = planning.key("stage")
    st.segmented_control(
        "Treatment category",
        list(choice.CATEGORIES),
        default=planning.draft.stage,
        required=planning.draft.stage is not None,
        format_func=lambda stage: choice.CATEGORIES[stage],
        key=key,
        on_change=_put,
        args=(planning, "stage", key),
    )
    since = "not known" if planning.months is None else choice.counted(planning.months)
    stage = planning.draft.stage
    st.caption(f"{choice.SIGNS[stage] + ' ' if stage else ''}Since onset: {since}.")


def _exercises(planning: Planning) -> None:
    if not planning.draft.items:
        choosing.ready(planning)
    exercises.draw(planning)
    choosing.one_more(planning)
    if planning.draft.items:
        with st.expander("Start from a ready programme instead"):
            choosing.ready(planning)


def _when(planning: Planning) -> None:
    """Sessions a day, days, times and the view."""
    draft = planning.draft
    key = planning.key("sessions")
    st.segmented_control(
        "Sessions a day",
        [1, 2, 3, 4],
        default=draft.sessions_per_day,
        required=True,
        key=key,
        on_change=_put,
        args=(planning, "sessions_per_day", key),
    )
    key = planning.key("days")
    st.pills(
        "Days (none: every day)",
        list(get_args(Weekday)),
        selection_mode="multi",
        default=draft.days,
        format_func=lambda day: day[:2].capitalize(),
        key=key,
        on_change=_put,
        args=(planning, "days", key),
    )
    key = planning.key("times")
    st.text_input(
        "When on the day",
        value=draft.times or "",
        max_chars=200,
        placeholder="after breakfast and in the evening",
        key=key,
        on_change=_put,
        args=(planning, "times", key),
    )
    key = planning.key("half")
    st.toggle(
        "Both halves of the mirror show the healthy side",
        value=draft.half_mirror,
        key=key,
        on_change=_put,
        args=(planning, "half_mirror", key),
        help="As in mirror therapy: what the affected side would look like if it moved the same way.",
    )


def _put(planning: Planning, field: str, key: str) -> None:
    value = st.session_state[key]
    if field == "days":
        value = tuple(day for day in get_args(Weekday) if day in value)
        value = () if len(value) == len(get_args(Weekday)) else value
    elif field == "times":
        value = value.strip() or None
    values = {name: getattr(planning.draft, name) for name in Draft.__dataclass_fields__}
    planning.put(Draft(**{**values, field: value}))


def _keep(planning: Planning, who: Who) -> None:
    """What is new, and writing it down."""
    changes = planning.changes
    held = [item.card for item in planning.draft.items if planning.against(item)]
    with st.container(border=True, key="keep", gap="small"):
        if changes:
            st.markdown(
                "**New in this version**\n"
                + "\n".join(f"- {plain(telling.sentence_case(change))}" for change in changes)
            )
        else:
            st.caption("Nothing is changed yet.")
        if held:
            names = choice.listed(planning.names.get(card, card) for card in held)
            forms.to_mind(f"Before this can be kept: {names}, as said there.", "held")
        ready = bool(changes and planning.draft.items) and not held and not planning.overtaken
        if st.button(
            "Prescribe this", key=planning.key("keep"), type="primary", disabled=not ready, width="stretch"
        ):
            _write(planning, who)
        if changes:
            st.button(
                "Undo all of this",
                key=planning.key("undo"),
                type="tertiary",
                on_click=planning.afresh,
                args=(Draft.of(planning.latest), planning.latest),
            )
        st.caption("It takes effect at the patient's next session.")


def _write(planning: Planning, who: Who) -> None:
    entry.require("/prescribe", planning.uid)
    try:
        written = rooms.records().prescribe(planning.uid, planning.draft.written(who.name, rooms.now()))
    except RecordsError as refused:
        forms.could_not(refused)
        return
    planning.afresh(Draft.of(written), written)
    forms.say_after(f"This is version {written.version}. The next session goes by it.")
    st.rerun()


# -- what was so before


def _versions(planning: Planning) -> None:
    versions = planning.day.prescriptions
    if not versions:
        return
    st.subheader("Versions", anchor=False)
    everything = st.session_state.get(planning.key("every-version"), False)
    shown = versions if everything else versions[:_LISTED]
    for version in shown:
        before = next((one for one in versions if one.version < version.version), None)
        told = Draft.of(version).changes_from(Draft.of(before), planning.names)
        with st.container(
            key=f"version-{version.version}", horizontal=True, vertical_alignment="center", gap="small"
        ):
            with st.container(gap=None):
                now = " · in use" if version is versions[0] else ""
                st.markdown(f"**Version {version.version}** · {_by_and_when(planning, version)}{now}")
                changed = telling.sentence_case("; ".join(told) or "nothing changed") + "."
                st.caption(plain(changed if before else _first(version, planning)))
            if version is not versions[0]:
                st.button(
                    forms.button_words("Start from this", f"version {version.version}"),
                    key=planning.key(f"version-{version.version}"),
                    on_click=planning.afresh,
                    args=(Draft.of(version), planning.latest),
                )
    if len(versions) > _LISTED:
        st.toggle(f"Show all {len(versions)}", key=planning.key("every-version"))


def _first(version: Prescription, planning: Planning) -> str:
    return ", ".join(planning.names.get(item.card, item.card) for item in version.items) + "."


def _by_and_when(planning: Planning, version: Prescription) -> str:
    at = version.created_at.astimezone(planning.day.zone)
    return f"by {_author(version)}, {telling.long_day(at)}"


def _author(version: Prescription) -> str:
    return _AUTHORS.get(version.author, plain(version.author))
