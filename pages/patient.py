"""One patient: who they are, why they want a look, and the parts of their page, each one click away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from coach.clinic.access import Who
from coach.clinic.choice import CATEGORIES
from coach.clinic.flags import Flag
from coach.clinic.glance import Row, one_at_a_glance
from coach.clinic.report_gathering import CAUSES
from coach.records import Patient, RecordsError
from pages import charts, entry, newcomers, patient_row, rooms
from pages.patient_row import plain

PARTS = {  # by their name in the address
    "story": "Story",
    "closer": "Look closer",
    "prescribe": "Prescribe",
    "assess": "Assess",
    "history": "History",
    "talk": "Talk",
}
WANTED_BY = {
    "ready": "prescribe",
    "note": "talk",
    "appointment": "talk",
    "stopped": "talk",
}  # where a flag is answered


def part_of(name: str) -> Callable[[Patient, Who], None] | None:
    """How a part is drawn; it is only read when it is opened. None: it is not here."""
    if find_spec(f"pages.care.{name}") is None:
        return None
    draw: Callable[[Patient, Who], None] = import_module(f"pages.care.{name}").draw
    return draw


def about(patient: Patient, row: Row | None, now: datetime) -> Iterator[str]:
    """Who this is, in a line."""
    records = rooms.records()
    yield f"{patient.affected.value} side affected" if patient.affected else "affected side not known"
    history = records.history(patient.uid)
    months = history.months_since_onset(now.date()) if history else None
    cause = CAUSES[history.cause] if history and history.cause else None
    if months is not None:
        since = "1 month since onset" if months == 1 else f"{months} months since onset"
        yield f"{since} ({cause})" if cause else since
    else:
        yield f"{cause}, onset not known" if cause else "onset not known"
    try:
        prescription = records.prescription(patient.uid)
    except RecordsError:
        prescription = None
    if prescription is not None and prescription.stage:
        yield CATEGORIES[prescription.stage].lower()
    if row is not None:
        last = patient_row.last_practice(row.last_practice_at, now)
        yield last if row.last_practice_at is None else f"last practice {last}"
        yield patient_row.minutes_words(row)


def noted(patient: Patient, who: Who) -> None:
    """Who looked at whom is on record, once for each window."""
    looked_at = st.session_state.setdefault("looked-at", set())
    if patient.uid not in looked_at:
        looked_at.add(patient.uid)
        entry.reception().note("patient_opened", rooms.now(), who=who.account_uid, whose=patient.uid)


def to_mind(patient: Patient) -> str:
    """What is to be minded with this person; nothing where nothing is written down."""
    history = rooms.records().history(patient.uid)
    if history is None:
        return ""
    told = [f"to mind: {', '.join(history.contraindications)}"] if history.contraindications else []
    told += [f"leave out: {history.leave_out}"] if history.leave_out else []
    return "; ".join(told)


def parts(patient: Patient, here: str, flags: tuple[Flag, ...]) -> None:
    """The way to the parts; a dot where a flag is answered there."""
    wanted = {WANTED_BY.get(flag.kind) for flag in flags}
    with st.container(horizontal=True, key="parts", gap=None):
        for name, words in PARTS.items():
            with st.container(key=f"part-{name}-{'here' if name == here else 'there'}", width="content"):
                # Not a link: one that leads to the page it stands on leaves the address as it was (Streamlit 1.60),
                # and the next click of anything would go back there.
                st.button(
                    f"{words} •" if name in wanted else words,
                    key=f"open-{name}",
                    type="tertiary",
                    on_click=st.query_params.from_dict,
                    args=({"patient": patient.uid, "part": name},),
                )


def head(patient: Patient, who: Who, here: str) -> None:
    """The name, what is to be known before anything else, the flags, and the way to the parts."""
    now = rooms.now().astimezone(charts.zone())
    row = one_at_a_glance(rooms.records(), rooms.library(), patient.uid, now)
    flags = row.flags if row is not None else ()
    st.page_link("patients.py", label="← All patients")
    with st.container(horizontal=True, vertical_alignment="center", key="patient-top"):
        st.header(plain(patient.name), anchor=False, width="stretch")
        newcomers.code_for(who, patient)
        report = urlencode({"patient": patient.uid, "zone": st.context.timezone or "UTC"})
        st.link_button("Print", f"/report?{report}", icon=":material/print:")
    minded = to_mind(patient)
    st.caption(" · ".join(plain(words) for words in about(patient, row, now)))
    if minded:
        st.caption(f"**{plain(minded[:1].upper())}{plain(minded[1:])}**")
    if flags:
        with st.container(key="patient-flags"):
            st.html(patient_row.flags(flags))
    parts(patient, here, flags)


def opened() -> None:
    """The page of the patient in the address."""
    wanted = st.query_params.get("patient", "")
    who = entry.require("/patient", wanted or None)
    st.set_page_config(layout="wide")
    st.html(Path(__file__).with_name("patient.css"))
    try:
        patient = rooms.records().patient(wanted)
    except RecordsError:
        st.page_link("patients.py", label="← All patients")
        st.header("There is nobody at this address", anchor=False)
        return
    noted(patient, who)
    part = st.query_params.get("part", "")
    part = part if part in PARTS else "story"
    head(patient, who, part)
    draw = part_of(part)
    if draw is None:
        st.write("This part is not here yet.")
        return
    draw(patient, who)


opened()
