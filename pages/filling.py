"""A sheet the therapist asks for, filled in at home: one question a screen, kept as it goes, sent when it is done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import streamlit as st

from coach.clinic import assessed
from coach.clinic.at_home import AT_HOME, HomeSheet, first_open
from coach.clinic.entries import Entry
from coach.clinic.sheet import EntryRefused
from coach.records import RecordsError
from coach.records.care_history import SheetRequest
from pages import entry, rooms
from pages.day import Day

ADDRESS = "asked"  # in the address of Today: which request is being answered
_NOT_ASKED = "These questions are not asked any more. Thank you all the same."


def invitation(day: Day) -> None:
    """What is asked for, with the way to it; practice does not wait for it."""
    for request in _open_ones(day):
        asked = AT_HOME[request.scale]
        number, count = first_open(asked, request.answers), len(asked.questions)
        label = f"Answer {count} questions"
        if request.answers:
            label = (
                f"Go on with question {number + 1} of {count}" if number is not None else "Finish and send"
            )
        with st.container(border=True, key=f"invited-{request.scale}"):
            st.write(f"Your therapist would like to know: {asked.name[:1].lower()}{asked.name[1:]}.")
            st.caption("About three minutes. You can stop at any time and go on later.")
            if st.button(label, key=f"asked-{request.scale}", width="stretch"):
                _open(request.uid)


def is_open() -> bool:
    """Whether Today is showing the questions of a sheet now."""
    return ADDRESS in st.query_params


def draw(day: Day) -> None:
    """The next question of the sheet in the address, or its end."""
    if st.session_state.pop("sheet-sent", False):
        _over("Thank you. Your therapist will see it.")
        return
    request = next((one for one in _open_ones(day) if one.uid == st.query_params[ADDRESS]), None)
    if request is None:
        _over(_NOT_ASKED)
        return
    asked = AT_HOME[request.scale]
    st.header(asked.name, anchor=False)
    st.write(asked.about)
    number = first_open(asked, request.answers)
    if number is None:
        _end(day, request, asked)
    else:
        _question(request, asked, number)
    if st.button("Stop for now", key="asked-leave", width="stretch", help="Your answers are kept"):
        _open(None)


def _open_ones(day: Day) -> list[SheetRequest]:
    requests = rooms.records().sheet_requests(day.patient.uid)
    return [one for one in reversed(requests) if one.answered_at is None and one.scale in AT_HOME]


def _question(request: SheetRequest, asked: HomeSheet, number: int) -> None:
    question = asked.questions[number]
    st.subheader(question.words, anchor=False)
    for answer, words in question.answers.items():
        with st.container(key=f"choice-{question.item}-{answer}"):
            st.button(
                words,
                key=f"{question.item}-{answer}",
                on_click=_keep,
                args=(request, {question.item: answer}),
                width="stretch",
            )
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(f"Question {number + 1} of {len(asked.questions)}", width="content")
        st.button(
            "Leave this one out",
            key=f"{question.item}-left-out",
            type="tertiary",
            on_click=_keep,
            args=(request, {question.item: None}),
        )
        _back(request, asked, number)


def _back(request: SheetRequest, asked: HomeSheet, number: int) -> None:
    """To the question before, which is asked anew."""
    if number:
        last = asked.questions[number - 1].item
        st.button(
            "← The one before", key="asked-back", type="tertiary", on_click=_keep, args=(request, {}, [last])
        )


def _end(day: Day, request: SheetRequest, asked: HomeSheet) -> None:
    """Everything is asked; nothing goes to the therapist before it is sent."""
    left_out = sum(request.answers[one.item] is None for one in asked.questions)
    st.subheader("That is all.", anchor=False)
    if left_out:
        st.write("One question is left out." if left_out == 1 else f"{left_out} questions are left out.")
    if st.button("Send it to my therapist", key="asked-send", type="primary", width="stretch"):
        _send(day, request, asked)
    _back(request, asked, len(asked.questions))


def _keep(request: SheetRequest, answers: Mapping[str, Any], anew: Collection[str] = ()) -> None:
    entry.require("/today", request.patient_uid)
    try:
        rooms.records().keep_answers(request.uid, request.patient_uid, answers, anew=anew)
    except RecordsError as refused:
        st.info(str(refused))


def _send(day: Day, request: SheetRequest, asked: HomeSheet) -> None:
    """Keep it as the person's own, and leave word of it where the therapist looks."""
    entry.require("/today", day.patient.uid)
    said = f"I have filled in “{asked.name}” ({asked.sheet.name})."
    answers = {one.item: request.answers.get(one.item) for one in asked.questions}
    try:
        filled = Entry.of(asked.sheet, answers)
        assessed.keep_asked(
            rooms.records(), request, filled, day.now.date(), day.patient.name, rooms.now(), said
        )
    except EntryRefused:
        st.info("Nothing is answered yet. Please go back and answer what you can.")
        return
    except RecordsError as refused:
        st.info(str(refused))
        return
    st.session_state["sheet-sent"] = True
    st.rerun()


def _over(words: str) -> None:
    st.header(words, anchor=False)
    if st.button("Back to today", key="today", type="primary", width="stretch"):
        _open(None)


def _open(uid: str | None) -> None:
    if uid is None:
        st.query_params.pop(ADDRESS, None)
    else:
        st.query_params[ADDRESS] = uid
    st.rerun()
