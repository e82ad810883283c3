"""After an exercise, a test or a session: what was done, in words first, and nothing about size."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from coach import calibration, comfort
from coach.calibration import NAMES, Measured
from coach.exercise import closes_eyes
from coach.records import PracticeRecord, SessionRecord, telling
from coach.records.trends import not_known
from coach.session import FELT_AREAS
from pages import charts, mirror, rooms, strip, unseen
from pages.day import Day, answers, feelings
from pages.sitting import Sitting

QUIET = "Soft and quiet: that is what your face learns from."
GENTLE = "Every gentle try counts. Quiet comes with rest, and with less."
BY_FEEL = "That was by feel, without help. How it went, the coach tells you now."


def result(record: PracticeRecord) -> None:
    """How one exercise went, in short, and once more as a drawing."""
    library = rooms.library()
    exercise = library.exercises.get(record.card_id)
    if record.is_check:
        st.write(BY_FEEL)
    st.markdown(telling.headline(record, rooms.now()))
    for sentence in telling.joined_in(record, library.patterns, charts.movement_word(record.card_id)):
        st.markdown(sentence)
    if record.felt:
        st.markdown(f"You felt: {', '.join(FELT_AREAS[area].lower() for area in record.felt)}.")
    number = mirror.telling_repetition(record)
    key = f"replay-{record.uid}"
    if exercise is not None and closes_eyes(exercise, record.level):
        # Eyes that were closed saw nothing of it (S77).
        st.markdown("With your eyes closed you could not see it. Here it is:")
        mirror.replay(key, record, number)
    else:
        with st.expander("See it once more as a drawing"):
            if not mirror.replay(key, record, number):
                st.write("The course of this repetition was not kept.")


def range_found(day: Day, record: PracticeRecord) -> None:
    """What the guided test found, in plain words."""
    tested = [Measured(day.day_of(record.started_at), record.repetitions)]
    found = calibration.ranges(tested, day.patient.affected)
    if found:
        st.write(
            "This is how far it is comfortable for you. From now on your exercises go by it, at a small part."
        )
        st.markdown(
            "\n".join(f"- {NAMES[name].capitalize()}: {telling.mm(own.mm)}" for name, own in found.items())
        )
    else:
        st.write(
            "Too little could be seen this time to find a range. Your exercises stay as they are on their cards."
        )
    for sentence in calibration.set_aside(tested, day.patient.affected):
        st.write(sentence)


def session_summary(sitting: Sitting) -> None:
    """What was done in a session, how it felt, and one kind sentence."""
    record = sitting.record
    minutes = telling.minutes(sitting.used_seconds)
    st.write(f"You practised for {minutes}." if sitting.practices else "You rested.")
    with st.container(border=True, key="done"):
        for number, (_, exercise) in enumerate(sitting.planned, 1):
            st.markdown(_done(exercise.name, sitting.of(number)))
    practised = [kept for number, kept in enumerate(sitting.planned, 1) if sitting.repetitions(number)]
    held = unseen.held_up(sitting.day, practised)
    for sentence in (*_felt(record), *unseen.for_the_person(sitting.day, held)):
        st.write(sentence)
    if sitting.practices:
        st.write(QUIET if any(r.clean_repetitions for r in sitting.practices) else GENTLE)
    with_repetitions = [r for r in sitting.practices if r.repetitions and r.card_id != calibration.RANGE_CARD]
    if with_repetitions:
        with st.expander("See each repetition"):
            for one in with_repetitions:
                movement = charts.movement_word(one.card_id)
                st.markdown(f"**{one.card_name}**")
                strip.draw(one, rooms.library().patterns, movement)


def _done(name: str, practices: Iterable[PracticeRecord]) -> str:
    """One exercise of a session in a line."""
    practices = [*practices]
    count = sum(len(record.repetitions) for record in practices)
    if not practices:
        return f"**{name}**: left for another time"
    if not count:
        finished = any(record.ending == "finished" for record in practices)
        return f"**{name}**: {'done' if finished else 'begun'}"
    clean = sum(record.clean_repetitions for record in practices)
    which = "" if count == 1 else "all of them " if clean == count else f"{clean} of them "
    quiet = f", {which}with everything else quiet" if clean else ""
    if quiet and any(r.clean and not_known(r, one.affected) for one in practices for r in one.repetitions):
        quiet += ", as far as it could be seen"
    return f"**{name}**: {count} repetition{'' if count == 1 else 's'}{quiet}"


def _felt(record: SessionRecord) -> list[str]:
    """How it felt, and what is to be done about it."""
    before, after = answers(record), feelings(record)
    if after is None:
        return []
    said = [
        f"How you felt, from 0 to {comfort.LARGEST}: tightness {after.tightness}, effort {after.effort}, "
        f"eye comfort {after.eye_comfort}, pain {after.pain}."
    ]
    return [*said, *(comfort.words_after(before, after) if before else ())]
