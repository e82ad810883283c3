"""Who can sign in: invite colleagues, close an account and open it again, help with a lost password or telephone."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from coach.clinic.access import Who
from coach.clinic.accounts import MANAGES, STAFF, Account, AccountRefused, Role
from coach.clinic.invitations import Invitation
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
    if not pressed or role is None:
        return
    if not name.strip():
        st.warning("Please write your colleague's name first.")
        return
    act(lambda by: slip(entry.reception().invite(role, name, rooms.now(), by=by)))


def codes_on_their_way(who: Who) -> None:
    """The codes that can still be used, each with a way to make it worthless."""
    found = [one for one in entry.reception().invitations() if _is_theirs(one, who)]
    if not found:
        return
    st.subheader("Codes that are not used yet", anchor=False)
    for one in found:
        _code(one)


def _code(one: Invitation) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"code-{one.uid}"):
        until = one.expires_at.astimezone(charts.zone())
        what = "new password" if one.kind == "password" else one.kind
        st.markdown(
            f"{plain(one.name)}, {what}: until {telling.long_day(until)}, {until:%H:%M}", width="stretch"
        )
        taken = st.button("Take it back", key=f"take-back-{one.uid}")
    if taken and act(lambda by: entry.reception().withdraw(one.uid, rooms.now(), by=by)):
        st.rerun()


def _is_theirs(one: Invitation, who: Who) -> bool:
    """Whether a code can be used, and is for an account that is somebody's business."""
    if one.used_at is not None or one.expires_at <= rooms.now() or one.kind == "setup":
        return False
    if one.kind != "password":
        return Role(one.kind) in MANAGES[who.role]
    account = entry.reception().account(one.account_uid) if one.account_uid else None
    return account is not None and account.role in MANAGES[who.role]


def one(account: Account, mine: str | None) -> None:
    """One account, and what can be done about it."""
    closed = account.revoked_at is not None
    reception, uid = entry.reception(), account.uid
    with st.container(border=True, key=f"account-{uid}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            since = telling.long_day(account.created_at.astimezone(charts.zone()))
            second = ", with a second step" if account.second_step else ""
            state = "closed" if closed else f"since {since}{second}"
            st.markdown(f"**{plain(account.name)}**  \n{ROLES[account.role]}, {state}", width="stretch")
            if uid == mine:
                st.caption("you", width="content")
                return
            new_password = not closed and st.button("New password", key=f"password-{uid}")
            lost = account.second_step and st.button(
                "Lost telephone", key=f"telephone-{uid}", help="Sign in without a code from it from now on"
            )
            ends = st.button("Open it again" if closed else "Close this account", key=f"close-{uid}")
        if new_password:
            act(lambda by: slip(reception.new_password_code(uid, rooms.now(), by=by)))
        if lost and act(lambda by: reception.drop_second_step(uid, rooms.now(), by=by)):
            st.rerun()
        change = reception.restore if closed else reception.revoke
        if ends and act(lambda by: change(uid, rooms.now(), by=by)):
            st.rerun()


def act(do: Callable[[str | None], object]) -> bool:
    """Do something in the name of whoever is there now; False where it was refused."""
    who = entry.require("/accounts")
    try:
        do(who.account_uid)
    except (RecordsError, AccountRefused) as fault:
        st.warning(plain(str(fault)))
        return False
    return True


who = entry.require("/accounts")
st.header("Accounts", anchor=False)
invite()
codes_on_their_way(who)
st.subheader("Who can sign in", anchor=False)
for account in entry.reception().accounts(tuple(MANAGES[who.role])):
    one(account, who.account_uid)
