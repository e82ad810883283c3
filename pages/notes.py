"""Notes to the therapist: write one, ask for an appointment, and read the answers."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from coach.records import Patient, RecordsError
from coach.records.care_history import Note
from pages import charts, entry, rooms
from pages.care import forms, thread

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
PARTS = ("mornings", "around noon", "afternoons")


def write(patient: Patient) -> None:
    """A note in one's own words."""
    turn = st.session_state.setdefault("note-turn", 0)
    with st.form(f"note-{turn}", enter_to_submit=False):
        words = st.text_area(
            "What would you like to tell or ask?",
            max_chars=4000,
            height=130,
            key=f"note-words-{turn}",
        )
        send = st.form_submit_button("Send this note", key=f"note-send-{turn}", type="primary")
    st.caption(
        "For the next days. With a painful or red eye call your eye service today; with new weakness or numbness get "
        "medical help now."
    )
    if not send:
        return
    try:
        if not words.strip():
            raise RecordsError("There is nothing to send yet. Please write a few words.")
        keep(patient, words)
    except RecordsError as refused:
        forms.could_not(refused)
        return
    st.session_state["note-turn"] += 1
    forms.say_after("Your note is on its way to your therapist.")
    st.rerun()


def ask(patient: Patient, notes: Sequence[Note]) -> None:
    """The wish for an appointment; one at a time."""
    open_wish = next((note for note in notes if note.kind == "appointment" and note.done_at is None), None)
    if open_wish is not None:
        st.write("You have asked for an appointment. Your therapist answers here.")
        if st.button("I no longer need it", key="wish-back"):
            entry.require("/notes", patient.uid)
            rooms.records().mark_done(open_wish.uid, patient.uid, patient.name, rooms.now())
            forms.say_after("Your wish for an appointment is taken back.")
            st.rerun()
        return
    turn = st.session_state.setdefault("wish-turn", 0)
    with st.form(f"wish-{turn}", border=False, enter_to_submit=False):
        days = st.pills("Which days suit you?", DAYS, selection_mode="multi", key=f"wish-days-{turn}")
        parts = st.pills(
            "And when?", PARTS, selection_mode="multi", format_func=str.capitalize, key=f"wish-parts-{turn}"
        )
        own = st.text_input("Or in your own words", max_chars=150, key=f"wish-own-{turn}")
        words = st.text_area(
            "What is it about? (if you like)", max_chars=4000, height=80, key=f"wish-about-{turn}"
        )
        send = st.form_submit_button("Ask for an appointment", key=f"wish-send-{turn}", type="primary")
    if not send:
        return
    try:
        keep(patient, words, preferred(days, parts, own))
    except RecordsError as refused:
        forms.could_not(refused)
        return
    st.session_state["wish-turn"] += 1
    forms.say_after("Your therapist sees that you would like an appointment.")
    st.rerun()


def preferred(days: Sequence[str], parts: Sequence[str], own: str) -> tuple[str, ...]:
    """The times as they are read: "Monday mornings", one each."""
    if days and parts:
        times = [f"{day} {part}" for day in days for part in parts]
    else:
        times = [*days, *(part.capitalize() for part in parts)]
    return (*times, *([own.strip()] if own.strip() else []))


def keep(patient: Patient, words: str, times: Sequence[str] | None = None) -> None:
    """Write a note down, or with times (also none) the wish for an appointment."""
    entry.require("/notes", patient.uid)
    rooms.records().write_note(
        patient.uid,
        "patient",
        patient.name,
        words,
        rooms.now(),
        kind="note" if times is None else "appointment",
        preferred_times=times or (),
    )


def answers(patient: Patient, notes: Sequence[Note]) -> None:
    """What is new from the therapist, as long as this visit lasts; they see that it was read."""
    new = [note for note in notes if note.sender == "therapist" and note.seen_at is None]
    for note in new:
        rooms.records().mark_seen(note.uid, patient.uid, patient.name, rooms.now())
    met = st.session_state.setdefault("new-notes", [])
    met += [note.uid for note in new]
    shown = [note for note in notes if note.uid in met]
    if shown:
        st.subheader("New for you", anchor=False)
        for note in shown:
            st.html(thread.bubble(note, "patient", charts.zone()))


patient = entry.patient("/notes")
entry.require("/notes", patient.uid)
thread.style()
st.header("Notes to your therapist", anchor=False)
forms.said_before()
notes = rooms.records().notes(patient.uid)
answers(patient, notes)
write(patient)
with st.expander("Ask for an appointment", icon=":material/event:"):
    ask(patient, notes)
if notes:
    st.subheader("All your notes", anchor=False)
    thread.draw(notes, "patient", charts.zone(), "mine")
