"""What every page shares: the practice log, the exercises, the live practices, and what time it is."""

import os
from datetime import datetime, timezone
from functools import cache

import streamlit as st

from coach.library import Library, current_library
from coach.live import Live
from coach.records import Records, database_url, open_records


def records() -> Records:
    """The practice log; one for all pages and all people, each call asks for one person's rows."""
    return _records_at(database_url())


def library() -> Library:
    """The exercise cards, a therapist's own among them, and the patterns they watch; what is faulty is left out."""
    return current_library()


def now() -> datetime:
    """This moment."""
    return datetime.now(timezone.utc)


def live() -> Live:
    """The practices under way, and the tickets to them."""
    return _live_at(database_url())


@st.cache_resource(show_spinner=False)
def _records_at(url: str) -> Records:
    return open_records(url)


@cache  # not a Streamlit cache: clearing those in the browser must not end other people's practices
def _live_at(url: str) -> Live:
    return Live(_records_at(url), library, secret=os.environ.get("COACH_SECRET"))
