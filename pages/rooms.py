"""What every page shares: the practice log and the exercise library, opened once for the whole server."""

import streamlit as st

from coach.exercise import Library, load_library
from coach.records import Records, database_url, open_records


def records() -> Records:
    """The practice log; one for all pages and all people, each call asks for one person's rows."""
    return _records_at(database_url())


@st.cache_resource(show_spinner=False)
def library() -> Library:
    """The exercise cards and the patterns they watch."""
    return load_library()


@st.cache_resource(show_spinner=False)
def _records_at(url: str) -> Records:
    return open_records(url)
