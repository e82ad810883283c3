"""The person's own progress: how far before something joins in, clean repetitions, evenness, days, the face at rest."""

from __future__ import annotations

from datetime import datetime, timezone

import pandas as pd
import streamlit as st

from coach.face import Side
from coach.records import PracticeRecord, course_words, listing, telling
from coach.records.trends import compare, pattern_frame, practice_frame
from pages import charts, entry, resting, rooms

_LISTED = 10


def now() -> datetime:
    """This moment."""
    return datetime.now(timezone.utc)


def invite() -> None:
    """Before the first practice."""
    with st.container(border=True):
        st.subheader("Your first practice will appear here", anchor=False)
        st.write(
            "After a few minutes of practice you will see how far your movement gets before another part of your "
            "face joins in, and which days you practised."
        )
        if st.button("Start practising", type="primary"):
            st.switch_page("today.py")


def open_practice(uid: str) -> None:
    """Show one practice; its address can be kept."""
    st.query_params["practice"] = uid


def one_practice(record: PracticeRecord) -> None:
    """The summary of one practice, and the way back."""
    st.button("← All my practices", type="tertiary", on_click=st.query_params.clear)
    st.header(record.card_name, anchor=False)
    started = record.started_at.astimezone(charts.zone())
    minutes = "" if record.seconds is None else f" · {telling.minutes(record.seconds)}"
    st.caption(f"{telling.long_day(started)}, {started:%H:%M}{minutes} · {telling.ending(record, now())}")
    charts.summary(record)


def one_exercise(card: str, practices: pd.DataFrame, courses: pd.DataFrame) -> None:
    """The course of one exercise: what joins in first, then clean repetitions, then evenness."""
    patterns = rooms.library().patterns
    movement = charts.movement_word(card)
    st.subheader("How far before something joins in", anchor=False)
    if courses.empty:
        st.markdown(course_words.nothing_yet(practices))
    by_area = sorted(courses.groupby(["pattern", "side"]), key=lambda item: -item[1]["joined_in"].sum())
    for (pattern, side), course in by_area:
        who = telling.area(pattern, side, patterns)
        if len(by_area) > 1:
            st.markdown(f"**{telling.sentence_case(who)}**")
        charts.onset(course, who, movement, compare(course["day"], course["onset_mm"]))
    st.subheader("Clean repetitions", anchor=False)
    charts.clean(practices)
    st.subheader("Evenness", anchor=False)
    charts.evenness(practices)
    charts.in_numbers(listing.practice_table(practices, courses, patterns))


def all_practices(records: list[PracticeRecord], affected: Side | None) -> None:
    """Days, then the chosen exercise, then the face at rest, then the list."""
    zone = charts.zone()
    practices, courses = practice_frame(records, zone), pattern_frame(records, zone)
    charts.days(practices, datetime.now(zone).date())
    names = {record.card_id: record.card_name for record in reversed(records)}
    card = next(iter({record.card_id: None for record in records}))
    if len(names) > 1:
        cards = list(names)
        card = st.radio(
            "Exercise",
            cards,
            index=cards.index(card),
            format_func=names.__getitem__,
            horizontal=True,
            key="card",
        )
    one_exercise(card, practices[practices["card"] == card], courses[courses["card"] == card])
    resting.draw(records, affected, zone)
    st.subheader("Your practices", anchor=False)
    shown = len(records) if st.session_state.get("all") else _LISTED
    for record in records[:shown]:
        started = record.started_at.astimezone(zone)
        st.button(
            f"{telling.day(started)}, {started:%H:%M} · {record.card_name} · {telling.result(record, now())}",
            key=record.uid,
            width="stretch",
            on_click=open_practice,
            args=(record.uid,),
        )
    if len(records) > shown:
        st.toggle("Show all", key="all")


patient = entry.patient("/progress")
# What was opened and left before a first repetition stays in the log; it is no day of practice and no row here.
records = [record for record in rooms.records().practices(patient.uid) if record.repetitions]
wanted = st.query_params.get("practice")
opened = rooms.records().practice(wanted, patient.uid) if wanted else None
if opened is not None:
    one_practice(opened)
else:
    st.header("Your progress", anchor=False)
    if wanted:
        st.info("This practice is not among yours. Here are all that are.")
    if records:
        all_practices(records, patient.affected)
    else:
        invite()
