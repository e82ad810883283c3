"""Notes that go to and fro, as both sides see them: who wrote what and when, and what has become of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone, tzinfo
from html import escape
from pathlib import Path

import streamlit as st

from coach.clinic.choice import listed
from coach.records import telling
from coach.records.care_history import Note, Sender

_SHOWN = 12
_CSS = Path(__file__).with_name("thread.css")


def style() -> None:
    """The look of notes."""
    st.html(_CSS)


def draw(notes: Sequence[Note], reader: Sender, zone: tzinfo, whose: str, name: str | None = None) -> None:
    """The notes, the newest first; those of the reader's side stand on the right. `name` is a therapist's own."""
    every = st.session_state.get(f"every-note-{whose}", False)
    for note in notes if every else notes[:_SHOWN]:
        st.html(bubble(note, reader, zone, name))
    if len(notes) > _SHOWN:
        st.toggle(f"Show all {len(notes)}", key=f"every-note-{whose}")


def bubble(note: Note, reader: Sender, zone: tzinfo, name: str | None = None) -> str:
    """One note as it is drawn; whatever stands in it is only ever words."""
    mine = note.sender == reader
    who = "You" if mine and name in (None, note.author) else note.author
    head = f"{who}, {moment(note.created_at, zone)}"
    said = "".join(f"<p>{escape(line)}</p>" for line in words(note).splitlines() if line.strip())
    became = standing(note, reader, zone)
    foot = f'<p class="note-foot">{escape(became)}</p>' if became else ""
    side = "mine" if mine else "theirs"
    return f'<div class="note note-{side}"><p class="note-head">{escape(head)}</p>{said}{foot}</div>'


def words(note: Note) -> str:
    """What a note says; the wish for an appointment with its times."""
    if note.kind != "appointment":
        return note.text
    times = f"Preferred: {listed(note.preferred_times)}." if note.preferred_times else "At any time."
    return "\n".join(part for part in (f"An appointment, please. {times}", note.text) if part)


def standing(note: Note, reader: Sender, zone: tzinfo) -> str:
    """What has become of a note; empty where there is nothing to say."""
    if note.sender == "therapist":
        if reader == "patient" or note.seen_at is None:
            return "" if reader == "patient" else "Not read yet."
        return f"Read {moment(note.seen_at, zone)}."
    if note.done_at is not None:
        if note.done_by == note.author:
            return "Taken back."
        if reader == "patient":
            return "Answered." if note.kind == "note" else "Seen to."
        return f"Done by {note.done_by}, {moment(note.done_at, zone)}."
    if note.seen_at is not None:
        by = "your therapist" if reader == "patient" else note.seen_by
        return f"Seen by {by}, {moment(note.seen_at, zone)}."
    return "On its way: not seen yet." if reader == "patient" else "New."


def moment(at: datetime, zone: tzinfo) -> str:
    """When, in words."""
    here = at.astimezone(zone)
    year = "" if here.year == datetime.now(timezone.utc).astimezone(zone).year else f" {here.year}"
    return f"{telling.day(here)}{year}, {here:%H:%M}"
