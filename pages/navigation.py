"""The script behind the front door: the frame around every page, and which pages there are for whom."""

from pathlib import Path

import streamlit as st

from coach import CoachError
from coach.clinic.access import opens
from coach.clinic.accounts import Role
from coach.demo.marking import is_demo
from coach.records import database_url
from pages import entry, rooms

st.set_page_config(page_title="Face Retraining Coach", page_icon="🪞", layout="centered")

try:
    rooms.live()
    who = entry.who()
except CoachError as error:
    st.header("The coach cannot open yet")
    st.write(str(error))
    if st.button("Try again", type="primary"):
        st.rerun()
    st.stop()


def front() -> None:
    """The bare address leads to today, or to the patients; each page keeps an address of its own."""
    first = next(one for one in (*own, *staffed) if one in theirs and one is not library)
    st.switch_page(first, query_params=st.query_params.to_dict())


library = st.Page("library.py", title="Exercises")
own = [
    st.Page("today.py", title="Today"),
    library,
    st.Page("progress.py", title="Progress"),
    st.Page("notes.py", title="Notes"),
    st.Page("settings.py", title="Settings"),
]
practising = [
    st.Page("practice.py", title="Practise", visibility="hidden"),
    st.Page("session.py", title="Your session", visibility="hidden"),
]
staffed = [st.Page("patients.py", title="Patients"), st.Page("accounts.py", title="Accounts")]
one_patient = [st.Page("patient.py", title="Patient", visibility="hidden")]

everything = [*own, *practising, *staffed, *one_patient]
theirs = [one for one in everything if who is not None and opens(who, f"/{one.url_path}")]
links = [one for one in (*staffed, *own) if one in theirs]
if who is not None and who.at_home:  # nobody else's account is to be looked after
    links = [one for one in links if one.url_path != "accounts"]
page = st.navigation([st.Page(front, default=True, visibility="hidden"), *theirs], position="hidden")

st.html(Path(__file__).with_name("frame.css"))
with st.container(key="top", horizontal=True, vertical_alignment="center", gap="small"):
    st.markdown("**Face Retraining Coach**", width="stretch")
    if page.url_path != "session":  # there is one thing to do there, and it has ways out of its own
        for link in links:
            st.page_link(link, width="content")
        if who is not None and who.account_uid is not None:
            place = " in-settings" if who.role is Role.PATIENT else ""
            st.html(
                f'<a class="sign-out{place}" href="/sign-out" target="_self">Sign out</a>', width="content"
            )

if is_demo(database_url()):
    st.info("A demonstration: everybody here is invented, and nothing is real.")
personal = [one for one in (*own, *practising) if one is not library]
if who is not None and page in personal and entry.several_people(who):
    entry.choose_person()
elif theirs:
    page.run()
else:
    entry.closed(who)
entry.remembered()

st.divider()
st.caption(
    "**Face Retraining Coach** supports practice prescribed by your therapist. "
    "It does not diagnose and it does not replace your therapist. "
    "Stop if something hurts or your eye feels sore, and tell your therapist."
)
