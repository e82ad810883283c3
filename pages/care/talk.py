"""Talk: what the patient wrote and asks for, stops by the safety check, what waits for an answer, and the answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

import streamlit as st

from coach.clinic.access import Who
from coach.clinic.flags import Flag
from coach.clinic.glance import one_at_a_glance
from coach.records import Patient, RecordsError
from coach.records.care_history import Note
from pages import charts, entry, rooms
from pages.care import forms, thread
from pages.patient_row import plain


def draw(patient: Patient, who: Who) -> None:
    """The whole part."""
    who = entry.require("/patient", patient.uid)
    forms.style()
    thread.style()
    notes, zone = rooms.records().notes(patient.uid), charts.zone()
    forms.said_before()
    waiting = [note for note in notes if note.sender == "patient" and note.done_at is None]
    left, right = st.columns([5, 6], gap="large")
    with left:
        st.subheader("Waiting for you", anchor=False)
        stop = _stop(patient, zone)
        if stop is not None:
            _deal_with(patient, who, stop)
        elif not waiting:
            st.caption("Nothing waits.")
        _waiting(patient, who, waiting, zone)
        _write(patient, who, waiting)
    with right:
        st.subheader("All notes", anchor=False)
        if not notes:
            st.caption("Nobody has written yet.")
        thread.draw(notes, "therapist", zone, patient.uid[:8], who.name)
        _done(patient, who, notes)
        _dealt_with(patient, zone)


def _stop(patient: Patient, zone: tzinfo) -> Flag | None:
    """The flag of the stops that nobody has dealt with."""
    row = one_at_a_glance(rooms.records(), rooms.library(), patient.uid, rooms.now().astimezone(zone))
    return next((flag for flag in row.flags if flag.kind == "stopped"), None) if row else None


def _deal_with(patient: Patient, who: Who, stop: Flag) -> None:
    """What was done about it; with it the flag goes, until a newer stop."""
    assert stop.at is not None
    # Named after the latest stop that is shown: a press that was about an earlier one finds its form gone.
    key = f"{stop.at.timestamp():.0f}-{patient.uid[:8]}"
    with st.form(f"dealt-{key}", border=True):
        st.markdown(f"**{plain(stop.words)}**")
        words = st.text_input(
            "What was done?",
            max_chars=200,
            placeholder="called; the eye clinic has seen her",
            key=f"dealt-words-{key}",
        )
        done = st.form_submit_button("It is dealt with", key=f"dealt-on-{key}")
    st.caption("The flag goes from the morning page, and what was done stays on record here.")
    if not done:
        return
    entry.require("/patient", patient.uid)
    try:
        if not words.strip():
            raise RecordsError("Please write a few words: what was done?")
        rooms.records().deal_with_stops(patient.uid, stop.at, words, who.name, rooms.now())
    except RecordsError as refused:
        forms.could_not(refused)
        return
    st.rerun()


def _dealt_with(patient: Patient, zone: tzinfo) -> None:
    """What was done about earlier stops."""
    dealt = rooms.records().dealt_stops(patient.uid)
    if not dealt:
        return
    st.subheader("Stops that are dealt with", anchor=False)
    for one in dealt:
        with st.container(key=f"dealt-{one.uid}", gap=None):
            st.markdown(plain(one.note))
            stop = thread.moment(one.up_to, zone)
            st.caption(f"By {plain(one.author)}, {thread.moment(one.created_at, zone)}; the stop was {stop}.")


def _waiting(patient: Patient, who: Who, waiting: Sequence[Note], zone: tzinfo) -> None:
    for note in reversed(waiting):
        with st.container(border=True, key=f"waits-{note.uid}", gap="small"):
            st.html(thread.bubble(note, "therapist", zone))
            with st.container(horizontal=True, gap="small"):
                if st.button("Done", key=f"done-{note.uid}", help="It waits no longer"):
                    _mark(patient, who, [note], done=True)
                if note.seen_at is None and st.button(
                    "Seen", key=f"seen-{note.uid}", help="The patient sees that you have read it"
                ):
                    _mark(patient, who, [note], done=False)


def _mark(patient: Patient, who: Who, notes: Sequence[Note], *, done: bool) -> None:
    entry.require("/patient", patient.uid)
    mark = rooms.records().mark_done if done else rooms.records().mark_seen
    for note in notes:
        mark(note.uid, patient.uid, who.name, rooms.now())
    st.rerun()


def _write(patient: Patient, who: Who, waiting: Sequence[Note]) -> None:
    """An answer, or a word of one's own."""
    turns = st.session_state.setdefault("answers", {})
    turn = turns.setdefault(patient.uid, 0)
    with st.form(f"answer-{turn}-{patient.uid[:8]}", enter_to_submit=False):
        words = st.text_area(
            "Your answer" if waiting else "A note to the patient",
            max_chars=4000,
            height=120,
            key=f"answer-words-{turn}-{patient.uid[:8]}",
        )
        settles = bool(waiting) and st.checkbox(
            "With it, what waits is done", value=True, key=f"settles-{turn}-{patient.uid[:8]}"
        )
        send = st.form_submit_button("Send", key=f"send-{turn}-{patient.uid[:8]}", type="primary")
    st.caption("The patient reads it under Notes, the next time they open the coach.")
    if not send:
        return
    entry.require("/patient", patient.uid)
    try:
        if not words.strip():
            raise RecordsError("There is nothing to send yet. Please write a few words.")
        rooms.records().write_note(patient.uid, "therapist", who.name, words, rooms.now())
    except RecordsError as refused:
        forms.could_not(refused)
        return
    turns[patient.uid] = turn + 1
    forms.say_after("Your note is sent.")
    _mark(patient, who, waiting, done=settles)


def _done(patient: Patient, who: Who, notes: Sequence[Note]) -> None:
    """A way back for what was called done by a slip."""
    done = [note for note in notes if note.sender == "patient" and note.done_at is not None]
    if not done:
        return
    latest = max(done, key=lambda note: (note.done_at, note.uid))
    if st.button("Let the one done last wait again", key=f"again-{latest.uid}", type="tertiary"):
        entry.require("/patient", patient.uid)
        rooms.records().mark_open(latest.uid, patient.uid)
        st.rerun()
