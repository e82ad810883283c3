"""Who is at the page, and what they may open: asked anew by every page and before every look at a patient's data."""

from __future__ import annotations

import streamlit as st

from coach.clinic.access import NotAllowed, Who
from coach.clinic.who import COOKIE, Reception
from coach.face import Side
from coach.records import Patient
from pages import rooms

PROFILE = "profile"  # at home: whose practice it is, of the people who share this computer


def reception() -> Reception:
    """The accounts and sign-ins, in the same database as the log."""
    return rooms.reception()


def who() -> Who | None:
    """Who is there; None: nobody who may see anything."""
    cookie = st.context.cookies.get(COOKIE)
    # A page that no browser has opened has no real cookies.
    token = cookie if isinstance(cookie, str) else None
    return reception().who(token, rooms.now(), profile=st.session_state.get(PROFILE))


def require(name: str, patient_uid: str | None = None) -> Who:
    """Whoever may open this; for anybody else the page ends here, and that is noted."""
    there = who()
    try:
        return reception().require(there, name, rooms.now(), patient_uid=patient_uid)
    except NotAllowed:
        closed(there)
        st.stop()


def closed(there: Who | None) -> None:
    """What is said where somebody may not go on."""
    st.header("This page is not open to you", anchor=False)
    if there is None or there.account_uid is None:
        st.write("Please sign in first.")
        st.link_button("Sign in", "/sign-in", type="primary")
    else:
        st.write("You are signed in, and this page belongs to somebody else.")


def several_people(there: Who) -> bool:
    """Whether several people share this computer, and nobody has said yet who is practising."""
    return there.at_home and PROFILE not in st.session_state and len(rooms.records().patients()) > 1


def choose_person() -> None:
    """Who is practising, for as long as this page stays open."""
    st.header("Who is practising?", anchor=False)
    for one in rooms.records().patients():
        st.button(
            one.name,
            key=f"profile-{one.uid}",
            on_click=st.session_state.__setitem__,
            args=(PROFILE, one.uid),
            width="stretch",
        )


def affected() -> Side | None:
    """Which side drawings mark; None where it is not known, or where nobody's own face is meant."""
    there = who()
    if there is None or (there.patient_uid is None and not there.at_home):
        return None
    return _own(there).affected


def patient(page: str) -> Patient:
    """The person whose own practice it is; for anybody else the page ends here."""
    there = who()
    if there is None or (there.patient_uid is None and not there.at_home):
        require(page)  # which nobody may open without a patient of their own
    assert there is not None
    own = _own(there)
    require(page, own.uid)
    return own


def _own(there: Who) -> Patient:
    """At home the first call makes the one profile of this computer."""
    if there.patient_uid is None:
        return rooms.records().profile()
    return rooms.records().patient(there.patient_uid)
