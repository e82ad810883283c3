"""The script behind the front door: the frame around every page, and which pages there are."""

import streamlit as st

from coach import CoachError
from pages import rooms

st.set_page_config(page_title="Face Retraining Coach", page_icon="🪞", layout="centered")

# Streamlit leaves 6 rem above every page, where on a phone the mirror belongs, and its small print is too pale.
FRAME = """<style>
.stMainBlockContainer { padding-top: 1rem; padding-bottom: 3rem; }
.stAppHeader { display: none; }
[data-testid="stCaptionContainer"] { color: #4a5754; opacity: 1; }
</style>"""


def front() -> None:
    """The bare address leads to practising; the page keeps an address of its own, so it can be linked to."""
    st.switch_page("practice.py", query_params=st.query_params.to_dict())


pages = [st.Page("practice.py", title="Practise"), st.Page("progress.py", title="Progress")]
page = st.navigation([st.Page(front, default=True, visibility="hidden"), *pages], position="hidden")

st.html(FRAME)
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.markdown("**Face Retraining Coach**", width="stretch")
    for link in pages:
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
