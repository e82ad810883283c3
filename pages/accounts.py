"""Who can sign in: invite colleagues, close an account and open it again, help with a lost password."""

from __future__ import annotations

import streamlit as st

from coach.clinic.accounts import MANAGES, STAFF, Account, AccountRefused, Role
from coach.records import RecordsError, telling
from pages import charts, entry, rooms
from pages.newcomers import slip
from pages.patient_row import plain

ROLES = {Role.THERAPIST: "Therapist", Role.ADMINISTRATOR: "Administrator", Role.PATIENT: "Patient"}


def invite() -> None:
    """A code for a colleague."""
    who = entry.require("/accounts")
    choices = [role for role in ROLES if role in MANAGES[who.role] & STAFF]
    with st.form("invite-colleague", border=True):
        st.subheader("Invite a colleague", anchor=False)
        name = st.text_input("Name", max_chars=100)
        role = st.radio("As", choices, format_func=ROLES.__getitem__, horizontal=True)
        pressed = st.form_submit_button("Make a code", type="primary")
    st.caption(
        "Therapists see all patients of the clinic. Administrators keep accounts in order and see no patient."
    )
    if pressed and role is not None:
        try:
            slip(entry.reception().invite(role, name, rooms.now(), by=who.account_uid))
        except (RecordsError, AccountRefused) as fault:
            st.warning(str(fault))


def one(account: Account, mine: str | None) -> None:
    """One account, and what can be done about it."""
    closed = account.revoked_at is not None
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        since = telling.long_day(account.created_at.astimezone(charts.zone()))
        second = ", with a second step" if account.second_step else ""
        state = "closed" if closed else f"since {since}{second}"
        st.markdown(f"**{plain(account.name)}**  \n{ROLES[account.role]}, {state}", width="stretch")
        if account.uid == mine:
            st.caption("you", width="content")
            return
        if not closed and st.button("New password", key=f"password-{account.uid}"):
            act(lambda by: slip(entry.reception().new_password_code(account.uid, rooms.now(), by=by)))
        word = "Open again" if closed else "Close"
        if st.button(word, key=f"close-{account.uid}"):
            change = entry.reception().restore if closed else entry.reception().revoke
            if act(lambda by: change(account.uid, rooms.now(), by=by)):
                st.rerun()


def act(do) -> bool:  # type: ignore[no-untyped-def]
    """Do something in the name of whoever is there now; False where it was refused."""
    who = entry.require("/accounts")
    try:
        do(who.account_uid)
    except (RecordsError, AccountRefused) as fault:
        st.warning(str(fault))
        return False
    return True


who = entry.require("/accounts")
st.header("Accounts", anchor=False)
invite()
for account in entry.reception().accounts(tuple(MANAGES[who.role])):
    one(account, who.account_uid)
