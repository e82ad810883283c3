"""The morning page: every patient as one row, whoever wants a look first, one click to the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import streamlit as st

from coach.clinic.glance import Row, at_a_glance
from pages import charts, entry, newcomers, patient_row, rooms
from pages.patient_row import plain

SHOWN = 40  # rows at first, and with each "show more"
SORTS = {"need": "Need", "name": "Name", "last": "Last practice"}


def listing(rows: Sequence[Row], now: datetime) -> None:
    """What is looked for, in the order that is wanted; typing and sorting read nothing anew."""
    entry.require("/patients")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="patients-tools"):
        wanted = st.text_input(
            "Search by name",
            key="patients-search",
            placeholder="Search by name",
            label_visibility="collapsed",
            icon=":material/search:",
        )
        order = st.segmented_control(
            "Sort by",
            list(SORTS),
            default="need",
            format_func=SORTS.__getitem__,
            key="patients-sort",
            required=True,
            label_visibility="collapsed",
        )
    found = [row for row in rows if wanted.strip().casefold() in row.person.name.casefold()]
    found = sort(found, order or "need")
    shown = found[: st.session_state.get("patients-shown", SHOWN)]
    if not found:
        st.write(f"Nobody here is called “{plain(wanted.strip())}”.")
    with st.container(key="rows", gap=None):
        if shown:
            st.html(patient_row.HEADINGS)
        for row in shown:
            one_row(row, now)
    left = len(found) - len(shown)
    if left:
        st.button(
            f"Show {min(left, SHOWN)} more of {left}", key="patients-more", on_click=_more, width="stretch"
        )


def sort(rows: Sequence[Row], order: str) -> list[Row]:
    """Rows come by need; by their last practice, the latest is first, and whoever never practised is last."""
    if order == "name":
        return sorted(rows, key=lambda row: (row.person.name.casefold(), row.person.uid))
    if order == "last":
        return sorted(
            rows, key=lambda row: -row.last_practice_at.timestamp() if row.last_practice_at else 0.0
        )
    return list(rows)


def _more() -> None:
    st.session_state["patients-shown"] = st.session_state.get("patients-shown", SHOWN) + SHOWN


def one_row(row: Row, now: datetime) -> None:
    """One person: the name leads to them, and so does the whole row."""
    with st.container(key=f"row-{row.person.uid}", horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link("patient.py", label=plain(row.person.name), query_params={"patient": row.person.uid})
        st.html(patient_row.html(row, now))


who = entry.require("/patients")
st.set_page_config(layout="wide")
st.html(Path(__file__).with_name("patients.css"))
now = rooms.now().astimezone(charts.zone())
with st.container(horizontal=True, vertical_alignment="center", key="patients-top"):
    st.header("Patients", anchor=False, width="stretch")
    newcomers.ask(who)
rows = at_a_glance(rooms.records(), rooms.library(), now)
if rows:
    st.markdown(patient_row.summary(rows))
    st.fragment(listing)(rows, now)
    st.caption(patient_row.ABOUT)
else:
    st.write("Nobody practises here yet. Whoever is invited will have a row here.")
