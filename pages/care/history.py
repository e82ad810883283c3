"""History: how it began, what the time since then opens, what is to be minded, and the treatments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from coach.clinic import onset
from coach.clinic.access import Who
from coach.face import Side
from coach.records import Patient, RecordsError, telling
from coach.records.care_history import History, Treatment
from pages import charts, entry, rooms
from pages.care import forms, timeline
from pages.patient_row import plain

CAUSES = {
    "bells_palsy": "Bell's palsy",
    "ramsay_hunt": "Ramsay Hunt",
    "trauma": "Trauma",
    "other": "Other",
}
SIDES: dict[str, Side | None] = {"right": Side.RIGHT, "left": Side.LEFT, "not known": None}

# clinical.md 1.6: for these the coach's rules were not made, and a therapist decides.
BEYOND = (
    "eyelid weight",
    "gracilis transfer",
    "cross-face graft",
    "neurectomy",
    "both sides affected",
    "hemifacial spasm",
    "central palsy (stroke)",
    "a child",
)
# clinical.md 7.6 and S78: they change how the face rests, or need care with the eye.
TO_MIND = ("numb eye", "dry eye", "contact lenses", "ptosis", "thyroid eye", "brow lift", "beard", "glasses")
SITES = (
    "around the eye",
    "cheek",
    "corner of the mouth",
    "chin",
    "neck",
    "brow",
    "nose",
)


def draw(patient: Patient, who: Who) -> None:
    """The whole part."""
    who = entry.require("/patient", patient.uid)
    forms.style()
    records, today = rooms.records(), rooms.now().astimezone(charts.zone()).date()
    history, treatments = records.history(patient.uid), records.treatments(patient.uid)
    forms.said_before()
    _standing(history, treatments, today)
    left, right = st.columns(2, gap="large")
    with left:
        _how_it_began(patient, who, history, today)
    with right:
        _treatments(patient, who, treatments, today)


# -- where it stands


def _standing(history: History | None, treatments: Sequence[Treatment], today: date) -> None:
    began = history.onset if history else None
    gates = onset.gates(began) if began else ()
    if began is None:
        st.write(
            "The day of onset is not known yet. Until it is, exercises that wait for a time since onset stay closed."
        )
    timeline.draw(history, gates, treatments, today)
    lines = [gate.said(today) for gate in gates]
    injections = [one.day for one in treatments if one.kind == "botulinum_toxin"]
    if injections:
        lines.append(onset.injection(max(injections), today))
    if lines:
        st.markdown("\n".join(f"- {line}" for line in lines))
    beyond = onset.beyond_the_rules(history.contraindications, BEYOND) if history else ()
    if beyond:
        forms.to_mind(
            f"**{telling.sentence_case(', '.join(beyond))}**: the coach's own rules were not made for this, so what is "
            "practised is for you to decide each time (S5; proposal)."
        )


# -- how it began


def _how_it_began(patient: Patient, who: Who, history: History | None, today: date) -> None:
    st.subheader("How it began", anchor=False)
    known = history or History()
    kept = f"{patient.uid[:8]}-{known.updated_at.isoformat() if known.updated_at else 'first'}"
    slot = _begun(patient, kept)
    version, overtaken = slot["began"], slot["seen"] != kept
    if overtaken and history is not None:
        _meanwhile(slot, history, kept)
    with st.form(f"history-{version}", enter_to_submit=False):
        cause = st.pills(
            "Cause",
            list(CAUSES),
            default=known.cause,
            format_func=CAUSES.__getitem__,
            key=f"cause-{version}",
        )
        began = st.date_input(
            "Day of onset (empty: not known)",
            value=known.onset,
            min_value=forms.EARLIEST,
            max_value=today + forms.FAR,
            format="DD/MM/YYYY",
            key=f"onset-{version}",
        )
        side = st.segmented_control(
            "Affected side, the patient's own",
            list(SIDES),
            default=next(name for name, side in SIDES.items() if side is patient.affected),
            required=True,
            format_func=str.capitalize,
            key=f"side-{version}",
        )
        minded = st.multiselect(
            "To be minded",
            list(dict.fromkeys((*BEYOND, *TO_MIND, *known.contraindications))),
            default=known.contraindications,
            accept_new_options=True,
            placeholder="Choose, or write your own",
            key=f"to-mind-{version}",
        )
        leave_out = st.text_area(
            "What to leave out",
            value=known.leave_out,
            max_chars=4000,
            height=100,
            placeholder="No fingers inside the mouth, for example.",
            key=f"leave-out-{version}",
        )
        keep = st.form_submit_button("Keep this", type="primary")
    if history is not None and history.updated_at is not None:
        at = history.updated_at.astimezone(charts.zone())
        st.caption(f"Kept by {plain(history.author)} on {telling.long_day(at)}.")
    if keep and not overtaken:
        given = History(cause=cause, onset=began, contraindications=tuple(minded), leave_out=leave_out or "")
        _keep_history(patient, who, given, SIDES[side], today)


def _begun(patient: Patient, kept: str) -> dict[str, str]:
    """Which version the form on this page began with, and which one was seen since; what is typed belongs to the first.

    A form that was left, and with it what was typed there, begins anew.
    """
    slots: dict[str, dict[str, str]] = st.session_state.setdefault("history", {})
    if patient.uid in slots and f"cause-{slots[patient.uid]['began']}" not in st.session_state:
        del slots[patient.uid]
    return slots.setdefault(patient.uid, {"began": kept, "seen": kept})


def _meanwhile(slot: dict[str, str], history: History, kept: str) -> None:
    """Somebody else has kept another history since the form was drawn: nothing of either is lost without a word."""
    author = plain(history.author)
    forms.meanwhile(
        f"**Meanwhile this was kept by {author}.** What is in the form here began with what was known before, and is "
        "not kept yet.",
        (f"Show what {author} kept", "history-newest", partial(slot.update, began=kept, seen=kept)),
        ("Go on with what is here", "history-mine", partial(slot.update, seen=kept)),
    )


def _keep_history(patient: Patient, who: Who, given: History, side: Side | None, today: date) -> None:
    entry.require("/patient", patient.uid)
    try:
        if given.onset is not None and given.onset > today:
            raise RecordsError("The day of onset is today or earlier. Please choose it again.")
        rooms.records().keep_history(patient.uid, given, who.name, rooms.now())
    except RecordsError as refused:
        forms.could_not(refused)
        return
    if side is not patient.affected:
        rooms.records().set_affected(patient.uid, side)
    del st.session_state["history"][patient.uid]
    forms.say_after("The history is kept.")
    st.rerun()


# -- treatments


def _treatments(patient: Patient, who: Who, treatments: Sequence[Treatment], today: date) -> None:
    st.subheader("Treatments", anchor=False)
    slot = st.session_state.setdefault("treatments", {}).setdefault(
        patient.uid, {"turn": 0, "changing": None, "open": False}
    )
    changing = next((one for one in treatments if one.uid == slot["changing"]), None)
    if changing is None and not slot["open"]:
        st.button(
            "Add a treatment",
            key=f"treatment-add-{patient.uid[:8]}",
            icon=":material/add:",
            on_click=slot.update,
            kwargs={"open": True},
        )
    else:
        _form(patient, who, slot, changing, today)
    if not treatments:
        st.caption("None is written down yet. Each becomes a mark on the patient's charts.")
    for one in reversed(treatments):
        _listed(patient, who, slot, one, today)


def _form(patient: Patient, who: Who, slot: dict[str, Any], changing: Treatment | None, today: date) -> None:
    turn = slot["turn"]
    with st.form(f"treatment-{turn}-{patient.uid[:8]}", enter_to_submit=False):
        st.markdown("**Change it**" if changing else "**A new treatment**")
        kind = st.pills(
            "Kind",
            list(timeline.KINDS),
            default=changing.kind if changing else None,
            format_func=timeline.KINDS.__getitem__,
            key=f"kind-{turn}",
        )
        day = st.date_input(
            "Day",
            value=changing.day if changing else today,
            min_value=forms.EARLIEST,
            max_value=today + forms.FAR,
            format="DD/MM/YYYY",
            key=f"day-{turn}",
        )
        sites = st.multiselect(
            "Sites",
            list(dict.fromkeys((*SITES, *(changing.sites if changing else ())))),
            default=changing.sites if changing else (),
            accept_new_options=True,
            placeholder="Choose, or write your own",
            key=f"sites-{turn}",
        )
        dose = st.text_input(
            "Dose, in your own words",
            value=changing.dose_text if changing else "",
            max_chars=200,
            key=f"dose-{turn}",
        )
        note = st.text_area(
            "Note",
            value=changing.note if changing else "",
            max_chars=4000,
            height=80,
            key=f"note-{turn}",
        )
        with st.container(horizontal=True):
            keep = st.form_submit_button("Keep this", key=f"treatment-keep-{turn}", type="primary")
            leave = st.form_submit_button("Leave it", key=f"treatment-leave-{turn}")
    if leave:
        _close(slot)
        st.rerun()
    if keep:
        _keep_treatment(patient, who, slot, changing, kind, day, sites, dose, note)


def _close(slot: dict[str, Any]) -> None:
    slot.update(turn=slot["turn"] + 1, changing=None, open=False)


def _keep_treatment(
    patient: Patient,
    who: Who,
    slot: dict[str, Any],
    changing: Treatment | None,
    kind: str | None,
    day: date | None,
    sites: Sequence[str],
    dose: str,
    note: str,
) -> None:
    """What was entered stays as it was written: a change takes the old entry back and enters it anew."""
    entry.require("/patient", patient.uid)
    records, now = rooms.records(), rooms.now()
    try:
        if kind is None or day is None:
            raise RecordsError("Please choose what kind of treatment it was, and its day.")
        records.add_treatment(
            patient.uid,
            kind,  # type: ignore[arg-type]
            day,
            who.name,
            now,
            sites=sites,
            dose_text=dose,
            note=note,
        )
        if changing is not None:
            records.withdraw_treatment(changing.uid, patient.uid, who.name, now)
    except RecordsError as refused:
        forms.could_not(refused)
        return
    _close(slot)
    forms.say_after(f"{timeline.KINDS[kind]} of {telling.long_day(day)} is kept, and marked on every chart.")
    st.rerun()


def _listed(patient: Patient, who: Who, slot: dict[str, Any], one: Treatment, today: date) -> None:
    with st.container(key=f"treated-{one.uid}", horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None):
            planned = " · planned" if one.day > today else ""
            st.markdown(f"**{timeline.KINDS[one.kind]}** · {telling.long_day(one.day)}{planned}")
            told = "; ".join(part for part in (", ".join(one.sites), one.dose_text, one.note) if part)
            st.caption(plain(f"{telling.sentence_case(told) + ' ' if told else ''}({one.author})"))
        of = f"{timeline.KINDS[one.kind]}, {telling.long_day(one.day)}"
        with st.popover(forms.button_words("Change", of), width="content"):
            st.button(
                "Change it",
                key=f"treatment-change-{one.uid}",
                on_click=slot.update,
                kwargs={"changing": one.uid, "turn": slot["turn"] + 1},
            )
            if st.button("Take it back", key=f"treatment-back-{one.uid}"):
                entry.require("/patient", patient.uid)
                rooms.records().withdraw_treatment(one.uid, patient.uid, who.name, rooms.now())
                forms.say_after(f"{timeline.KINDS[one.kind]} of {telling.long_day(one.day)} is taken back.")
                st.rerun()
