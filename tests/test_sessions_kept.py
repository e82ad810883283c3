"""A session is kept step by step, can be stopped and taken up again, and belongs to one person."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from practices import A_PRESCRIPTION, EYE, STARTED, a_repetition, another_person, begin

from coach.exercise import Exercise
from coach.library import load_library
from coach.records import Records, RecordsError, SessionRecord

COMFORT = {"eyes": [], "pain": 1, "tightness": 4, "said": "a little dry, \u2728"}
LATER = STARTED + timedelta(minutes=9)


@pytest.fixture
def smile() -> Exercise:
    return load_library().exercises["small-closed-smile"]


def session_of(records: Records, uid: str) -> SessionRecord:
    session = records.session(uid, records.profile().uid)
    assert session is not None
    return session


def test_a_session_comes_back_as_it_happened(records: Records) -> None:
    patient = records.profile()
    prescribed = records.prescribe(patient.uid, A_PRESCRIPTION)

    uid = records.begin_session(patient.uid, prescribed.uid, COMFORT, STARTED)
    under_way = session_of(records, uid)
    for step in ("comfort", "rest", "exercise-1"):
        records.step_done(uid, patient.uid, step)
    records.end_session(uid, patient.uid, "finished", LATER, {"tightness": 2, "effort": 3, "eyes": 8})

    assert (under_way.patient_uid, under_way.prescription_uid) == (patient.uid, prescribed.uid)
    assert (under_way.started_at, under_way.comfort_at, under_way.comfort) == (STARTED, STARTED, COMFORT)
    assert (under_way.ended_at, under_way.ending, under_way.steps_done) == (None, None, ())
    session = session_of(records, uid)
    assert session.steps_done == ("comfort", "rest", "exercise-1")
    assert (session.ending, session.ended_at) == ("finished", LATER)
    assert session.feelings == {"tightness": 2, "effort": 3, "eyes": 8}


def test_a_session_may_begin_with_nothing_asked_and_nothing_prescribed(records: Records) -> None:
    session = session_of(records, records.begin_session(records.profile().uid, None, None, STARTED))

    assert (session.prescription_uid, session.comfort, session.comfort_at) == (None, None, None)
    assert session.feelings is None


def test_a_step_done_twice_is_done_once(records: Records) -> None:
    patient = records.profile()
    uid = records.begin_session(patient.uid, None, COMFORT, STARTED)

    for step in ("rest", "exercise-2", "rest", "exercise-1", "exercise-2"):
        records.step_done(uid, patient.uid, step)

    assert session_of(records, uid).steps_done == ("rest", "exercise-2", "exercise-1")


def test_a_stopped_session_is_taken_up_again_on_another_day(records: Records) -> None:
    patient, tomorrow = records.profile(), STARTED + timedelta(days=1)
    uid = records.begin_session(patient.uid, None, COMFORT, STARTED)
    records.step_done(uid, patient.uid, "rest")
    records.end_session(uid, patient.uid, "stopped", LATER)
    assert session_of(records, uid).ending == "stopped"

    records.comfort_again(uid, patient.uid, {"pain": 0}, tomorrow)
    session = session_of(records, uid)
    assert (session.ending, session.ended_at) == (None, None)
    assert (session.comfort, session.comfort_at, session.started_at) == ({"pain": 0}, tomorrow, STARTED)

    records.end_session(uid, patient.uid, "stopped", tomorrow)
    records.step_done(uid, patient.uid, "exercise-1")
    assert session_of(records, uid).ending is None
    assert session_of(records, uid).steps_done == ("rest", "exercise-1")

    records.end_session(uid, patient.uid, "stopped", tomorrow)
    records.end_session(uid, patient.uid, "finished", tomorrow + timedelta(minutes=3))
    assert session_of(records, uid).ending == "finished"


@pytest.mark.parametrize("ending", ["finished", "safety"])
def test_a_session_that_is_over_stays_as_it_is(records: Records, ending: Any) -> None:
    patient = records.profile()
    uid = records.begin_session(patient.uid, None, COMFORT, STARTED)
    records.end_session(uid, patient.uid, ending, LATER, {"effort": 2})
    over = session_of(records, uid)
    calls: list[Callable[[], None]] = [
        lambda: records.step_done(uid, patient.uid, "exercise-1"),
        lambda: records.comfort_again(uid, patient.uid, {"pain": 0}, LATER),
        lambda: records.end_session(uid, patient.uid, "stopped", LATER, {"effort": 9}),
    ]

    for call in calls:
        with pytest.raises(RecordsError, match=rf"session {uid} is over \({ending}\)"):
            call()
    records.end_session(uid, patient.uid, ending, LATER + timedelta(hours=1))  # told twice: as first told

    assert session_of(records, uid) == over


def test_feelings_may_come_after_the_end(records: Records) -> None:
    patient = records.profile()
    uid = records.begin_session(patient.uid, None, COMFORT, STARTED)

    records.end_session(uid, patient.uid, "finished", LATER)
    records.end_session(uid, patient.uid, "finished", LATER + timedelta(minutes=1), {"effort": 3})

    session = session_of(records, uid)
    assert (session.ended_at, session.feelings) == (LATER, {"effort": 3})


def test_a_safety_stop_is_kept_with_its_answers(records: Records) -> None:
    patient = records.profile()
    answers = {"eyes": ["pain", "sight"]}

    uid = records.begin_session(patient.uid, None, answers, STARTED)
    records.end_session(uid, patient.uid, "safety", STARTED)

    session = session_of(records, uid)
    assert (session.ending, session.comfort, session.steps_done) == ("safety", answers, ())


def test_sessions_come_newest_first(records: Records) -> None:
    patient = records.profile()
    uids = [
        records.begin_session(patient.uid, None, None, STARTED + timedelta(days=day)) for day in (1, 3, 2)
    ]

    assert [s.uid for s in records.sessions(patient.uid)] == [uids[1], uids[2], uids[0]]


def test_nobody_reads_or_changes_another_persons_session(records: Records) -> None:
    mine, other = records.profile(), another_person(records)
    uid = records.begin_session(mine.uid, None, COMFORT, STARTED)
    before = session_of(records, uid)
    calls: list[Callable[[], None]] = [
        lambda: records.step_done(uid, other.uid, "exercise-1"),
        lambda: records.comfort_again(uid, other.uid, {"pain": 9}, LATER),
        lambda: records.end_session(uid, other.uid, "safety", LATER, {"effort": 9}),
        lambda: records.step_done("nothing", mine.uid, "exercise-1"),
    ]

    for call in calls:
        with pytest.raises(RecordsError, match=r"no session \w+ of this person"):
            call()

    assert records.session(uid, other.uid) is None
    assert records.sessions(other.uid) == []
    assert records.repetitions_done(uid, other.uid) == {}
    assert session_of(records, uid) == before


def test_a_session_cannot_follow_another_persons_prescription(records: Records) -> None:
    mine, other = records.profile(), another_person(records)
    theirs = records.prescribe(other.uid, A_PRESCRIPTION)

    with pytest.raises(RecordsError, match=f"no prescription {theirs.uid} of this person"):
        records.begin_session(mine.uid, theirs.uid, COMFORT, STARTED)
    with pytest.raises(RecordsError, match="no profile nobody"):
        records.begin_session("nobody", None, COMFORT, STARTED)
    assert records.sessions(mine.uid) == []


@pytest.mark.parametrize(
    "answers",
    [{"pain": float("nan")}, {"pain": STARTED}, {"said": "o" * 20_000}, {("a", "b"): 1}, ["pain"], 7],
    ids=["not a number", "a moment", "a novel", "odd name", "a list", "a figure"],
)
def test_answers_that_cannot_be_kept_are_told(records: Records, answers: Any) -> None:
    patient = records.profile()
    uid = records.begin_session(patient.uid, None, COMFORT, STARTED)

    with pytest.raises(RecordsError, match="These answers"):
        records.begin_session(patient.uid, None, answers, STARTED)
    with pytest.raises(RecordsError, match="These answers"):
        records.comfort_again(uid, patient.uid, answers, LATER)
    with pytest.raises(RecordsError, match="These answers"):
        records.end_session(uid, patient.uid, "finished", LATER, answers)

    assert len(records.sessions(patient.uid)) == 1
    session = session_of(records, uid)
    assert (session.comfort, session.ending, session.feelings) == (COMFORT, None, None)


def test_what_makes_no_sense_is_told(records: Records) -> None:
    patient = records.profile()
    uid = records.begin_session(patient.uid, None, COMFORT, STARTED)
    nowhere = STARTED.replace(tzinfo=None)

    with pytest.raises(RecordsError, match="ending is 'bored'; allowed: finished, stopped, safety"):
        records.end_session(uid, patient.uid, "bored", LATER)  # type: ignore[arg-type]
    for step in ("", "x" * 61):
        with pytest.raises(RecordsError, match="allowed: a key of 1 to 60 letters"):
            records.step_done(uid, patient.uid, step)
    with pytest.raises(RecordsError, match="no time zone"):
        records.begin_session(patient.uid, None, COMFORT, nowhere)
    with pytest.raises(RecordsError, match="no time zone"):
        records.comfort_again(uid, patient.uid, COMFORT, nowhere)
    with pytest.raises(RecordsError, match="no time zone"):
        records.end_session(uid, patient.uid, "stopped", nowhere)


def test_steps_done_at_the_same_time_are_all_kept(records: Records) -> None:
    patient = records.profile()
    uid = records.begin_session(patient.uid, None, COMFORT, STARTED)
    faults: list[BaseException] = []

    def do(steps: range) -> None:
        try:
            for step in steps:
                records.step_done(uid, patient.uid, f"exercise-{step}")
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=do, args=(range(first, first + 6),)) for first in (0, 3, 6, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    done = session_of(records, uid).steps_done
    assert sorted(done) == sorted(f"exercise-{step}" for step in range(15))


# What is left to do


def test_the_repetitions_done_are_counted_by_item_over_all_practices_of_a_session(
    records: Records, smile: Exercise
) -> None:
    patient = records.profile()
    uid = records.begin_session(patient.uid, None, COMFORT, STARTED)
    elsewhere = records.begin_session(patient.uid, None, COMFORT, STARTED)
    for session, item, repetitions in (
        (uid, 0, 3),  # stopped after three
        (uid, 0, 2),  # gone on with
        (uid, 2, 1),
        (uid, 1, 0),
        (uid, None, 4),
        (elsewhere, 0, 5),
        (None, None, 5),
    ):
        practice = begin(records, smile, session=session, item=item)
        for number in range(1, repetitions + 1):
            records.add_repetition(practice, a_repetition(number, EYE))

    assert records.repetitions_done(uid, patient.uid) == {0: 5, 2: 1}
    assert records.repetitions_done("nothing", patient.uid) == {}


def test_a_practice_stopped_in_the_middle_goes_on_with_the_rest(records: Records, smile: Exercise) -> None:
    patient = records.profile()
    uid = records.begin_session(patient.uid, None, COMFORT, STARTED)
    first = begin(records, smile, session=uid, item=0, repetitions=5)
    for number in (1, 2):
        records.add_repetition(first, a_repetition(number))
    records.end_practice(first, "stopped", LATER, 0.9)

    left = 5 - records.repetitions_done(uid, patient.uid)[0]
    second = begin(records, smile, session=uid, item=0, repetitions=left)
    for number in range(1, left + 1):
        records.add_repetition(second, a_repetition(number))

    assert records.repetitions_done(uid, patient.uid) == {0: 5}
    practices = {p.uid: p for p in records.practices(patient.uid)}
    assert (practices[first].repetitions_planned, practices[second].repetitions_planned) == (5, 3)
