"""What every page shares: the practice log, the exercises, the live practices, who may come in, and what time it is."""

import os
from datetime import datetime, timezone
from functools import cache

import streamlit as st

from coach.clinic.mode import Mode, read_mode
from coach.clinic.who import Reception
from coach.library import Library, current_library
from coach.live import Live
from coach.records import Records, database_url, open_records

_MODE = ("COACH_MODE", "COACH_SECRET", "COACH_PUBLIC_URL", "COACH_ALLOWED_HOSTS")


def records() -> Records:
    """The practice log; one for all pages and all people, each call asks for one person's rows."""
    return _records_at(database_url())


def library() -> Library:
    """The exercise cards, a therapist's own among them, and the patterns they watch; what is faulty is left out."""
    return current_library()


def now() -> datetime:
    """This moment."""
    return datetime.now(timezone.utc)


def mode() -> Mode:
    """At home or in a clinic; one for the whole process, because its secret may be made for it.

    Raises:
        ModeError: the environment does not say how the coach can be run safely.
    """
    return _mode_as(*(os.environ.get(name) for name in _MODE))


def reception() -> Reception:
    """The accounts and sign-ins, in the same database as the log."""
    return _reception_at(database_url(), mode())


def live() -> Live:
    """The practices under way, and the tickets to them."""
    return _live_at(database_url(), mode())


@cache
def _mode_as(*_: str | None) -> Mode:
    return read_mode(os.environ, st.get_option("server.address"))


@st.cache_resource(show_spinner=False)
def _records_at(url: str) -> Records:
    return open_records(url)


@cache  # not a Streamlit cache: clearing those in the browser must not end other people's practices
def _reception_at(url: str, how: Mode) -> Reception:
    return Reception(_records_at(url).engine, how)


@cache
def _live_at(url: str, how: Mode) -> Live:
    return Live(_records_at(url), library, _reception_at(url, how), secret=how.secret)
