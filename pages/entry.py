"""Who is at the page, and what they may open: asked anew by every page and before every look at a patient's data."""

from __future__ import annotations

from urllib.parse import quote

import streamlit as st

from coach.clinic.access import NotAllowed, Who
from coach.clinic.who import COOKIE, Reception
from coach.face import Side
from coach.records import Patient
from pages import rooms
from pages.patient_row import plain

# At home: whose practice it is, of the people who share this computer. A page knows it, and a cookie remembers it for
# the day (pages/practising_route.py); "" is nobody yet.
PROFILE = "profile"
CHOSEN = "profile-chosen"
REMEMBERED = "coach_profile"


def reception() -> Reception:
    """The accounts and sign-ins, in the same database as the log."""
    return rooms.reception()


def who() -> Who | None:
    """Who is there; None: nobody who may see anything."""
    return reception().who(_cookie(COOKIE), rooms.now(), profile=_profile())


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
    people = _people(there)
    return len(people) > 1 and _profile() not in people


def choose_person() -> None:
    """Who is practising, until it is changed or the day is over."""
    _remember()
    st.header("Who is practising?", anchor=False)
    for one in rooms.records().patients():
        st.button(
            plain(one.name), key=f"profile-{one.uid}", on_click=_practises, args=(one.uid,), width="stretch"
        )


def several_profiles() -> bool:
    """Whether somebody else could be practising here."""
    there = who()
    return there is not None and len(_people(there)) > 1


def somebody_else(label: str) -> None:
    """A way to say that it is somebody else who is practising; none where nobody else is here."""
    if several_profiles():
        st.button(label, key="somebody-else", type="tertiary", on_click=_practises, args=("",))


def _people(there: Who) -> list[str]:
    """Who shares this computer; in a clinic everybody signs in for themselves."""
    return [one.uid for one in rooms.records().patients()] if there.at_home else []


def _practises(patient_uid: str) -> None:
    """It is this person's practice from now on; what the one before had begun on this page is not theirs."""
    st.session_state.clear()
    st.session_state[PROFILE] = st.session_state[CHOSEN] = patient_uid


def _remember() -> None:
    """Have the browser remember who was just chosen here: only an answer of ours can tell it."""
    chosen = st.session_state.get(CHOSEN)
    if chosen is not None:
        query = f"?profile={quote(chosen)}" if chosen else ""
        st.html(f'<img src="/practising{query}" alt="" hidden>')


def remembered() -> None:
    """The page was drawn to its end, so the browser was told; in another window somebody else may be chosen by now."""
    st.session_state.pop(CHOSEN, None)


def _profile() -> str | None:
    profile: str | None = st.session_state.get(PROFILE, _cookie(REMEMBERED))
    return profile


def _cookie(name: str) -> str | None:
    """A page that no browser has opened has no real cookies."""
    cookie = st.context.cookies.get(name)
    return cookie if isinstance(cookie, str) else None


def affected() -> Side | None:
    """Which side drawings mark; None where it is not known, or where nobody's own face is meant."""
    there = who()
    if there is None or (there.patient_uid is None and not there.at_home) or several_people(there):
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
    if there.at_home:
        _remember()
    return own


def _own(there: Who) -> Patient:
    """At home the first call makes the one profile of this computer."""
    if there.patient_uid is None:
        return rooms.records().profile()
    return rooms.records().patient(there.patient_uid)
