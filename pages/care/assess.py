"""Assess: the clinical sheets filled in by hand, their course, and beside them the camera's own range test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, get_args

import streamlit as st

from coach.calibration import NAMES
from coach.clinic import assessed
from coach.clinic.access import Who
from coach.clinic.at_home import AT_HOME, OWN_WORDING, HomeSheet
from coach.clinic.entries import SHEETS, Entry
from coach.clinic.reach import reaches
from coach.clinic.scales import SCALES
from coach.clinic.sheet import EntryRefused, Figure, Sheet
from coach.exercise import TargetMovement
from coach.records import Patient, RecordsError, telling
from coach.records.care_history import Assessment, SheetRequest
from pages import entry, rooms
from pages.care import courses, forms, sheets
from pages.care.courses import Treated
from pages.care.forms import Theirs
from pages.care.story_time import SHORT
from pages.patient_row import plain

_SHORT = {
    "sunnybrook": "Sunnybrook",
    "house_brackmann": "House-Brackmann",
    "eface": "eFACE",
    "fdi": "FDI",
    "saq": "SAQ",
    "face": "FaCE",
}
_LISTED = 6


def draw(patient: Patient, who: Who) -> None:
    """The whole part."""
    who = entry.require("/assess", patient.uid)
    forms.style()
    day = forms.theirs(patient)
    records = rooms.records()
    filled = records.assessments(patient.uid)
    treated = [
        (one.day, SHORT[one.kind])
        for one in records.treatments(patient.uid)
        if one.kind != "therapy_visit"  # sheets are filled in at visits: their lines would cross the figures
    ]
    requests = records.sheet_requests(patient.uid)
    forms.said_before()
    left, right = st.columns([8, 5], gap="medium")
    with left:
        _fill_in(day, who, filled)
    with right:
        _at_home(day, who, requests)
        _range_test(day, treated)
    _over_time(filled, treated)
    _list(day, who, filled, requests)


# -- filling in


def _fill_in(day: Theirs, who: Who, filled: Sequence[Assessment]) -> None:
    st.subheader("Fill in a sheet", anchor=False)
    uid = day.patient.uid
    slot = st.session_state.setdefault("sheets", {}).setdefault(uid, {"turn": 0, "answers": {}})
    chosen = st.pills(
        "Sheet",
        list(SHEETS),
        default=next(iter(SHEETS)),
        required=True,
        format_func=lambda one: _SHORT.get(one, SHEETS[one].name),
        key=f"sheet-{uid[:8]}",
        label_visibility="collapsed",
    )
    sheet = SHEETS[chosen]
    answers: dict[str, Any] = slot["answers"].setdefault(sheet.id, {})

    def key(name: str) -> str:
        return f"{sheet.id}-{name}-{slot['turn']}-{uid[:8]}"

    with st.container(border=True, key="sheet", gap="small"):
        st.markdown(f"**{sheet.name}**")
        sheets.fill_in(sheet, answers, key)
        st.caption(f"{sheet.source}. {sheet.licence}")
    figures = _figures(sheet, answers)
    with st.container(border=True, key="totals", gap="small"):
        _totals(figures, [one for one in filled if one.scale == sheet.id])
        day_of_it, button = st.columns([2, 3], vertical_alignment="bottom")
        when = day_of_it.date_input(
            "Day of the assessment",
            value=day.now.date(),
            min_value=forms.EARLIEST,
            max_value=day.now.date() + forms.FAR,
            format="DD/MM/YYYY",
            key=key("day"),
        )
        keep = button.button(
            _keep_words(sheet, answers),
            key=key("keep"),
            type="primary",
            disabled=not answers,
            width="stretch",
        )
        if keep:
            _keep(day, who, sheet, answers, when)


def _figures(sheet: Sheet, answers: dict[str, Any]) -> tuple[Figure, ...]:
    try:
        return Entry.of(sheet, answers).figures
    except EntryRefused:
        return ()


def _totals(figures: Sequence[Figure], before: Sequence[Assessment]) -> None:
    """What it gives so far, each figure with what is missing and what has become of it."""
    if not figures:
        st.caption("The figures come here as you answer.")
        return
    whole, *parts = figures
    _one_total(whole, before, large=True)
    if parts:
        told = []
        for figure in parts:
            name = figure.scale.name.partition(": ")[2] or figure.scale.name
            told.append(f"{telling.sentence_case(name)}: **{figure.words}**{_remarks(figure)}")
        st.markdown("  \n".join(told))


def _one_total(figure: Figure, before: Sequence[Assessment], *, large: bool) -> None:
    st.markdown(f"**{figure.scale.name}: {figure.words}**{_remarks(figure)}")
    earlier = next(
        (one for one in reversed(before) if one.totals.get(figure.scale.id) is not None),
        None,
    )
    if earlier is not None:
        change = figure.since(Figure(figure.scale, earlier.totals[figure.scale.id]))
        if change is not None:
            words = change.words[:1].lower() + change.words[1:]
            st.caption(f"Since {telling.long_day(earlier.day)}: {words}")


def _remarks(figure: Figure) -> str:
    return f" ({'; '.join(figure.remarks)})" if figure.remarks else ""


def _keep_words(sheet: Sheet, answers: dict[str, Any]) -> str:
    """What the button says: a sheet with gaps is kept as one, and that is known before."""
    totals, statements = sheet.either
    asked = [item for item in sheet.items if item.id in statements or not statements]
    if totals and not statements & answers.keys():
        return "Keep this sheet"
    missing = sum(item.id not in answers for item in asked)
    if not missing or not answers:
        return "Keep this sheet"
    return f"Keep it with {missing} of {len(asked)} not answered"


def _keep(day: Theirs, who: Who, sheet: Sheet, answers: dict[str, Any], when: date) -> None:
    uid = day.patient.uid
    entry.require("/assess", uid)
    try:
        if when is None or when > day.now.date():
            raise RecordsError("The day of an assessment is today or earlier. Please choose it again.")
        filled = Entry.of(sheet, answers)
        assessed.keep(rooms.records(), uid, filled, when, who.name, rooms.now())
    except (EntryRefused, RecordsError) as refused:
        forms.could_not(refused)
        return
    slot = st.session_state["sheets"][uid]
    slot["answers"][sheet.id] = {}
    slot["turn"] += 1
    forms.say_after(f"{sheet.name} of {telling.long_day(when)} is kept.")
    st.rerun()


# -- what the patient fills in at home


def _at_home(day: Theirs, who: Who, requests: Sequence[SheetRequest]) -> None:
    """What can be asked for, what is asked for, and how far it is."""
    st.subheader("Ask the patient at home", anchor=False)
    st.caption("They find it under Today, one question a screen. It comes back here, with a note to you.")
    for name, asked in AT_HOME.items():
        request = next((one for one in requests if one.scale == name and one.answered_at is None), None)
        with st.container(key=f"home-{name}", horizontal=True, vertical_alignment="center", gap="small"):
            _asked_for(day, who, asked, request)


def _asked_for(day: Theirs, who: Who, asked: HomeSheet, request: SheetRequest | None) -> None:
    uid, records = day.patient.uid, rooms.records()
    if request is None:
        with st.container(gap=None):
            st.markdown(f"**{asked.sheet.name}**")
            if asked.remark != OWN_WORDING:
                st.caption("They need the paper sheet from you.")
        if st.button(forms.button_words("Ask for it", asked.sheet.name), key=f"ask-{asked.sheet.id}"):
            entry.require("/assess", uid)
            records.request_sheet(uid, asked.sheet.id, who.name, rooms.now())
            st.rerun()
        return
    since = telling.long_day(day.day_of(request.created_at))
    done = f"{len(request.answers)} of {len(asked.questions)} questions are done."
    with st.container(gap=None):
        st.markdown(f"**{asked.sheet.name}**")
        st.caption(f"Asked for on {since} by {plain(request.author)}; {done}")
    if st.button(forms.button_words("Ask no longer", asked.sheet.name), key=f"unask-{asked.sheet.id}"):
        entry.require("/assess", uid)
        records.withdraw_request(request.uid, uid, who.name, rooms.now())
        st.rerun()


# -- what the camera read


def _range_test(day: Theirs, treated: Sequence[Treated]) -> None:
    st.subheader("Beside it: the camera's range test", anchor=False)
    st.caption("A test of its own, about once a week, at home. Its millimetres are not points of any sheet.")
    found = reaches(day.range_tests())
    if not found:
        st.write("It has not been done yet.")
        return
    affected = day.patient.affected
    last, first = found[-1].day, found[0].day
    courses.reach_chart(
        [one for one in found if one.day == last],
        [one for one in found if one.day == first and first != last],
        affected,
    )
    movements = [m for m in get_args(TargetMovement) if any(one.movement == m for one in found)]
    chosen = st.pills(
        "Over time",
        movements,
        default="smile" if "smile" in movements else movements[0],
        required=True,
        format_func=lambda movement: telling.sentence_case(NAMES[movement]),
        key=f"reach-{day.patient.uid[:8]}",
    )
    courses.reach_course([one for one in found if one.movement == chosen], affected, treated)


# -- over time


def _over_time(filled: Sequence[Assessment], treated: Sequence[Treated]) -> None:
    known = {name for one in filled for name, total in one.totals.items() if total is not None}
    whole = courses.whole_scales(filled)
    parts = [scale for name, scale in SCALES.items() if name in known and scale not in whole]
    if not whole and not parts:
        return
    st.subheader("Over time", anchor=False)
    courses.side_by_side(whole, filled, treated)
    if parts:
        with st.expander("The parts of these"):
            courses.side_by_side(parts, filled, treated)


def _list(day: Theirs, who: Who, filled: Sequence[Assessment], requests: Sequence[SheetRequest]) -> None:
    if not filled:
        return
    from_home = {(one.scale, one.answered_at) for one in requests}
    st.subheader("Sheets that are kept", anchor=False)
    newest = sorted(filled, key=lambda one: (one.day, one.created_at), reverse=True)
    shown = newest if st.session_state.get("every-sheet") else newest[:_LISTED]
    for one in shown:
        sheet = SHEETS.get(one.scale)
        with st.container(key=f"kept-{one.uid}", horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(gap=None):
                name = sheet.name if sheet else one.scale
                st.markdown(f"**{name}** · {telling.long_day(one.day)}, by {plain(one.author)}")
                st.caption(_in_short(one))
                if (one.scale, one.created_at) in from_home:
                    st.caption(AT_HOME[one.scale].remark)
            of = f"{name}, {telling.long_day(one.day)}"
            with st.popover(forms.button_words("Open", of), width="content"):
                if sheet is not None:
                    st.markdown(sheets.as_told(sheet, one.items))
                if st.button("Take this sheet back", key=f"withdraw-{one.uid}"):
                    entry.require("/assess", day.patient.uid)
                    rooms.records().withdraw_assessment(one.uid, day.patient.uid, who.name, rooms.now())
                    forms.say_after(f"{name} of {telling.long_day(one.day)} is taken back.")
                    st.rerun()
                st.caption("What is kept is not changed: take it back and fill it in anew.")
    if len(newest) > _LISTED:
        st.toggle(f"Show all {len(newest)}", key="every-sheet")


def _in_short(one: Assessment) -> str:
    told = []
    for name, total in one.totals.items():
        scale = SCALES.get(name)
        if scale is not None and total is not None:
            told.append(f"{scale.name.partition(': ')[2] or scale.name}: {Figure(scale, total).words}")
    return telling.sentence_case("; ".join(told) or "no figure known") + "."
