"""Somebody new: at home a profile on this computer, in the clinic a code for an account of their own."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from coach.clinic.access import Who
from coach.clinic.accounts import AccountRefused, Role
from coach.clinic.invitations import VALID, Invited
from coach.face import Side
from coach.records import Patient, RecordsError, telling
from pages import charts, entry, rooms
from pages.patient_row import plain

SIDES: dict[str, Side | None] = {"Right": Side.RIGHT, "Left": Side.LEFT, "Not known": None}


def ask(who: Who) -> None:
    """The form for somebody new."""
    clinic = not who.at_home
    with st.popover("Invite a patient" if clinic else "Add a patient", key="newcomer"):
        with st.form("newcomer-form", border=False, clear_on_submit=True):
            name = st.text_input("Name", max_chars=100)
            side = st.radio("Affected side", list(SIDES), index=2, horizontal=True)
            pressed = st.form_submit_button(
                "Make a code" if clinic else "Make a profile", type="primary", width="stretch"
            )
        if not pressed:
            st.caption(
                "The code lets one person make their own account. It is shown once."
                if clinic
                else "They choose their name on the first page of this computer, without a password."
            )
            return
        try:
            _welcome(who, name, SIDES[side], clinic)
        except (RecordsError, AccountRefused) as fault:
            st.warning(plain(str(fault)))


def _welcome(who: Who, name: str, side: Side | None, clinic: bool) -> None:
    entry.require("/patients")
    person = rooms.records().create_patient(name, side, rooms.now())
    if not clinic:
        st.success(f"{plain(person.name)} has a profile here now.")
        st.page_link("patient.py", label="Open it", query_params={"patient": person.uid, "part": "history"})
        return
    invited = entry.reception().invite(
        Role.PATIENT, person.name, rooms.now(), by=who.account_uid, patient_uid=person.uid
    )
    slip(invited)
    st.page_link(
        "patient.py", label="Open their page", query_params={"patient": person.uid, "part": "history"}
    )


def slip(invited: Invited) -> None:
    """What to hand over: the code, where it is used, and until when; it cannot be shown again."""
    st.write(f"For {plain(invited.invitation.name)}: open `{_join()}` and type this code.")
    st.code(invited.code, language=None)
    until = invited.invitation.expires_at.astimezone(charts.zone())
    st.caption(
        f"It works once, within {VALID[invited.invitation.kind].days} days: until {telling.long_day(until)}, "
        f"{until:%H:%M}. It cannot be shown again; a new one can be made."
    )


def _join() -> str:
    """Where a code is used: as the coach was told, else at the address where the therapist is."""
    here = urlsplit(st.context.url or "")
    there = f"{here.scheme}://{here.netloc}" if here.netloc else ""
    return f"{entry.reception().mode.public_url or there}/join"


def code_for(who: Who, patient: Patient) -> None:
    """A code for somebody who has a profile and no account yet; only where people sign in."""
    accounts = entry.reception().accounts()
    if who.at_home or any(account.patient_uid == patient.uid for account in accounts):
        return
    with st.popover("Invite", key="invite"):
        st.write("They have no account yet.")
        if not st.button("Make a code", key="make-code", type="primary", width="stretch"):
            return
        entry.require("/patient", patient.uid)
        try:
            slip(
                entry.reception().invite(
                    Role.PATIENT, patient.name, rooms.now(), by=who.account_uid, patient_uid=patient.uid
                )
            )
        except (RecordsError, AccountRefused) as fault:
            st.warning(plain(str(fault)))
