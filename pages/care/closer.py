"""Look closer: any session, any practice in it, any repetition, as lines over time and as a moving line face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np
import streamlit as st

from coach.clinic.access import Who
from coach.events import Repetition
from coach.exercise import Exercise
from coach.records import Patient, PracticeRecord, RecordsError, telling
from coach.trace import Trace
from pages import charts, drawing, entry, mirror, rooms
from pages.care import repetition as lines
from pages.care import repetition_chart, repetition_words
from pages.care.repetition import Area, Course
from pages.care.repetition_chart import Shown
from pages.care.repetition_words import theirs

_SIDES = "sides"  # chosen among the areas: each side's own way as well


@dataclass(frozen=True, slots=True)
class Sitting:
    """The practices of one session in the order of time, or one practice outside any."""

    key: str
    practices: tuple[PracticeRecord, ...]

    @property
    def started_at(self) -> datetime:
        """When its first practice began."""
        return self.practices[0].started_at


def sittings(records: Sequence[PracticeRecord]) -> list[Sitting]:
    """All of them with anything to look at, the newest first."""
    together: dict[str, list[PracticeRecord]] = {}
    for record in sorted(records, key=lambda record: record.started_at):
        if record.repetitions:
            together.setdefault(record.session_uid or record.uid, []).append(record)
    found = [Sitting(key, tuple(practices)) for key, practices in together.items()]
    return sorted(found, key=lambda sitting: sitting.started_at, reverse=True)


def draw(patient: Patient, who: Who) -> None:
    """Choose a session, a practice and a repetition, and see it."""
    entry.require("/patient", patient.uid)
    found = sittings(rooms.records().practices(patient.uid))
    if not found:
        st.write(
            "Nothing has been practised before the camera yet. The first repetition will be here to look at."
        )
        return
    record, number = _chosen(found, charts.zone())
    repetition = next(r for r in record.repetitions if r.number == number)
    trace = _trace(record, number)
    picture, beside = st.columns([5, 3], gap="large")
    with picture:
        st.subheader(f"{record.card_name}, repetition {number}", anchor=False)
        _picture(record, repetition, rooms.library().exercises.get(record.card_id), trace)
    with beside, st.container(key="closer-replay"):
        st.markdown("**As the patient can see it again**")
        if trace is None:
            st.write("There is no course to draw from.")
        else:
            mirror.replay(f"closer-{record.uid}-{number}", record, number)
        st.caption("Drawn from numbers. No picture exists.")
    facts = repetition_words.figures(record, repetition)
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts.items())
    st.html(f'<dl class="facts">{rows}</dl>')
    st.caption(repetition_words.ISOLATION)
    with st.expander("All repetitions of this practice in numbers"):
        st.table(repetition_words.table(record))


def _trace(record: PracticeRecord, number: int) -> Trace | None:
    try:
        found = rooms.records().traces(record.uid, record.patient_uid).get(number)
    except RecordsError:
        return None
    return found if found is not None and len(found.at_seconds) else None


# --- what is looked at


def _chosen(found: list[Sitting], zone: tzinfo) -> tuple[PracticeRecord, int]:
    """The practice and the repetition in the address; where there is none, the newest and the most telling one."""
    by_practice = {record.uid: sitting for sitting in found for record in sitting.practices}
    wanted = st.query_params.get("practice", "")
    sitting = by_practice.get(wanted, found[0])
    record = next((r for r in sitting.practices if r.uid == wanted), sitting.practices[0])
    first, second, third = st.columns([5, 4, 4], gap="medium")
    with first:
        _choose_sitting(found, sitting, zone)
    with second:
        _choose_practice(sitting, record)
    with third:
        number = _choose_repetition(record)
    return record, number


def _choose_sitting(found: list[Sitting], sitting: Sitting, zone: tzinfo) -> None:
    keys = [one.key for one in found]
    place = keys.index(sitting.key)
    labels = {one.key: _label(one, zone) for one in found}
    st.session_state["closer-session"] = sitting.key
    st.selectbox(
        "Session",
        keys,
        key="closer-session",
        format_func=labels.__getitem__,
        on_change=lambda: _go(found[keys.index(st.session_state["closer-session"])]),
    )
    with st.container(horizontal=True, gap="small"):
        earlier, later = place + 1, place - 1
        st.button(
            "← Earlier",
            key="closer-earlier",
            disabled=earlier == len(found),
            on_click=lambda: _go(found[earlier]),
        )
        st.button("Later →", key="closer-later", disabled=later < 0, on_click=lambda: _go(found[later]))


def _choose_practice(sitting: Sitting, record: PracticeRecord) -> None:
    names = {one.uid: f"{one.card_name} · {repetition_words.count(one)}" for one in sitting.practices}
    st.session_state["closer-practice"] = record.uid
    st.radio(
        "Exercise",
        list(names),
        key="closer-practice",
        format_func=names.__getitem__,
        on_change=lambda: _go(sitting, st.session_state["closer-practice"]),
    )


def _choose_repetition(record: PracticeRecord) -> int:
    signs = {
        r.number: f"{r.number}\N{NO-BREAK SPACE}{repetition_words.SIGNS[repetition_words.kind(r)]}"
        for r in record.repetitions
    }
    named = st.query_params.get("repetition", "")
    number = int(named) if named.isascii() and named.isdigit() and int(named) in signs else 0
    number = number or mirror.telling_repetition(record)
    st.session_state["closer-repetition"] = number
    st.pills(
        "Repetition",
        list(signs),
        key="closer-repetition",
        format_func=signs.__getitem__,
        on_change=lambda: _turn(record, number),
    )
    st.caption(repetition_words.LEGEND)
    return number


def _go(sitting: Sitting, practice: str | None = None) -> None:
    """Another practice; which repetition of it is left open."""
    st.query_params["practice"] = practice or sitting.practices[0].uid
    st.query_params.pop("repetition", None)


def _turn(record: PracticeRecord, shown: int) -> None:
    """Another repetition; the one that is shown stays where it is pressed once more."""
    st.query_params["practice"] = record.uid
    st.query_params["repetition"] = str(st.session_state["closer-repetition"] or shown)


def _label(sitting: Sitting, zone: tzinfo) -> str:
    started = sitting.started_at.astimezone(zone)
    names = list(dict.fromkeys(record.card_name for record in sitting.practices))
    shown = ", ".join(names) if len(names) <= 3 else f"{len(names)} exercises"
    return f"{started:%a} {telling.day(started)}, {started:%H:%M} · {shown}"


# --- the picture


def _picture(
    record: PracticeRecord, repetition: Repetition, exercise: Exercise | None, trace: Trace | None
) -> None:
    """The lines of one repetition under its sentence; only the sentence where no course was kept."""
    if trace is None:
        st.markdown(repetition_words.sentence(record, repetition, None))
        st.write("The course of this repetition was not kept.")
        return
    patterns = rooms.library().patterns
    course = lines.course(trace, record, repetition, exercise, patterns)
    names = {line.area: theirs(telling.area(*line.area, patterns)) for line in course.watched}
    shown = _shown(record, repetition, course, names)
    drawing.show(
        repetition_chart.picture(course, repetition, repetition_words.movement(record, repetition), shown),
        repetition_words.sentence(record, repetition, course),
    )
    st.caption(repetition_chart.notes(course, record, exercise, list(shown.areas)))


def _shown(record: PracticeRecord, repetition: Repetition, course: Course, names: dict[Area, str]) -> Shown:
    """Which of the watched areas are drawn: at first those that joined in, else the one that came nearest to it."""
    both = len(course.sides) > 1
    words = {**{area: name.removeprefix("the ") for area, name in names.items()}, _SIDES: "each side"}
    choices: list[Area | str] = [*names, *([_SIDES] if both else [])]
    if len(choices) < 2:
        return Shown(names)
    joined = [area for area in names if area in {(u.pattern, u.side) for u in repetition.unwanted}]
    chosen = st.pills(
        "Drawn beside the movement",
        choices,
        selection_mode="multi",
        default=joined or _nearest(course),
        format_func=lambda choice: telling.sentence_case(words[choice]),
        key=f"closer-areas-{record.uid}-{repetition.number}",
    )
    return Shown({area: name for area, name in names.items() if area in chosen}, _SIDES in chosen)


def _nearest(course: Course) -> list[Area]:
    """The area that came nearest to what may pass."""
    shares = {
        line.area: float(np.nanmax(line.mm / line.let_pass_mm))
        for line in course.watched
        if line.let_pass_mm is not None and np.isfinite(line.mm / line.let_pass_mm).any()
    }
    if shares:
        return [max(shares, key=lambda area: shares[area])]
    return [line.area for line in course.watched[:1]]
