"""What the therapist's forms share: whose day it is, what was told after the last click, and how they look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import streamlit as st

from coach.calibration import RANGE_CARD, Measured
from coach.records import Patient, RecordsError
from pages import charts, rooms
from pages.day import Day
from pages.patient_row import plain

EARLIEST, FAR = date(1900, 1, 1), timedelta(days=3650)
"""What a field for a day takes. It takes later days than may be kept: left to itself, it would fill in another one."""

_CSS = Path(__file__).with_name("forms.css")
_TOLD = "told-after"


class Theirs(Day):
    """The day of one of the therapist's patients."""

    def range_tests(self) -> list[Measured]:
        """The guided range tests, the oldest first."""
        return [
            Measured(self.day_of(record.started_at), record.repetitions)
            for record in reversed(self.records.practices(self.patient.uid, card=RANGE_CARD))
            if record.repetitions
        ]


def theirs(patient: Patient) -> Theirs:
    """The day of a patient as it is now where the therapist is."""
    return Theirs(rooms.records(), rooms.library(), patient, rooms.now().astimezone(charts.zone()))


def style() -> None:
    """The look of the forms: denser than what patients see."""
    st.html(_CSS)


def say_after(words: str) -> None:
    """Tell this once the page has been drawn anew."""
    st.session_state[_TOLD] = words


def said_before() -> None:
    """What the last click brought about."""
    if words := st.session_state.pop(_TOLD, None):
        st.success(words, icon=":material/check:")


def button_words(shown: str, heard: str) -> str:
    """What a button says where several would read alike: `heard` is told to whoever listens, not shown (forms.css)."""
    return f"{shown} :small[{heard}]"


def meanwhile(words: str, *ways: tuple[str, str, Callable[[], object]]) -> None:
    """Somebody else has kept another version since this one was begun; each way on is its words, key and doing."""
    with st.container(border=True, key="overtaken"):
        st.markdown(words)
        with st.container(horizontal=True):
            for label, key, do in ways:
                st.button(label, key=key, on_click=do)


def could_not(refused: RecordsError | ValueError) -> None:
    """Something cannot be kept as it is: what, and what would do."""
    st.info(plain(str(refused)), icon=":material/edit_note:")


def to_mind(words: str, name: str = "all") -> None:
    """Something that is to be kept in mind, or that holds the rest up."""
    with st.container(key=f"minded-{name}"):
        st.markdown(words)
