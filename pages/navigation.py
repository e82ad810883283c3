"""The script behind the front door: the frame around every page, and which pages there are."""

from pathlib import Path

import streamlit as st

from coach import CoachError
from pages import rooms

st.set_page_config(page_title="Face Retraining Coach", page_icon="🪞", layout="centered")


def front() -> None:
    """The bare address leads to today; the page keeps an address of its own, so it can be linked to."""
    st.switch_page("today.py", query_params=st.query_params.to_dict())


links = [
    st.Page("today.py", title="Today"),
    st.Page("library.py", title="Exercises"),
    st.Page("progress.py", title="Progress"),
    st.Page("settings.py", title="Settings"),
]
practising = [
    st.Page("practice.py", title="Practise", visibility="hidden"),
    st.Page("session.py", title="Your session", visibility="hidden"),
]
page = st.navigation(
    [st.Page(front, default=True, visibility="hidden"), *links, *practising], position="hidden"
)

st.html(Path(__file__).with_name("frame.css"))
with st.container(key="top", horizontal=True, vertical_alignment="center", gap="small"):
    st.markdown("**Face Retraining Coach**", width="stretch")
    if page.url_path != "session":  # there is one thing to do there, and it has ways out of its own
        for link in links:
            st.page_link(link, width="content")

try:
    rooms.live()
except CoachError as error:
    st.header("The coach cannot open yet")
    st.write(str(error))
    if st.button("Try again", type="primary"):
        st.rerun()
    st.stop()

page.run()

st.divider()
st.caption(
    "**Face Retraining Coach** supports practice prescribed by your therapist. "
    "It does not diagnose and it does not replace your therapist. "
    "Stop if something hurts or your eye feels sore, and tell your therapist."
)
