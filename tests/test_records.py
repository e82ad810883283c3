"""The log gives back what was written, in SQLite and in PostgreSQL, and shows nobody another person's rows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from practices import (
    CHIN,
    EYE,
    FULL,
    RESTING,
    STARTED,
    WATCHED,
    a_course,
    a_repetition,
    another_person,
    begin,
)
from sqlalchemy import text

from coach import ENGINE_VERSION
from coach.assignment import Assignment
from coach.events import Repetition
from coach.exercise import Exercise
from coach.face import Side
from coach.library import load_library
from coach.records import Records, RecordsError, open_records

MIGRATIONS = Path(__file__).resolve().parent.parent / "coach" / "records" / "migrations"


@pytest.fixture
def smile() -> Exercise:
    return load_library().exercises["small-closed-smile"]


def test_a_practice_comes_back_as_it_was_written(records: Records, smile: Exercise) -> None:
    patient = records.profile()
    berlin = timezone(timedelta(hours=2))
    repetitions = (a_repetition(1), a_repetition(2, EYE, CHIN), a_repetition(3, CHIN, EYE))

    assignment = Assignment(smile.id, sensitivity="lenient")
    uid = records.begin_practice(patient.uid, smile, Side.RIGHT, assignment, STARTED.astimezone(berlin))
    for repetition in reversed(repetitions):
        records.add_repetition(uid, repetition)
    records.end_practice(uid, "finished", STARTED + timedelta(minutes=3), 0.91)
    practice = records.practice(uid, patient.uid)

    assert practice is not None
    assert practice.repetitions == repetitions
    assert (practice.card_id, practice.card_name) == ("small-closed-smile", smile.name)
    assert (practice.card_version, practice.engine_version) == (smile.version, ENGINE_VERSION)
    assert (practice.affected, practice.sensitivity) == (Side.RIGHT, "lenient")
    assert practice.repetitions_planned == smile.dose.repetitions
    assert practice.started_at == STARTED
    assert practice.started_at.utcoffset() == timedelta(0)
    assert practice.ended_at == STARTED + timedelta(minutes=3)
    assert (practice.ending, practice.judged_share, practice.seconds) == ("finished", 0.91, 180.0)
    assert practice.clean_repetitions == 1


def test_what_was_assigned_comes_back_with_the_practice(records: Records, smile: Exercise) -> None:
    patient = records.profile()
    session = records.begin_session(patient.uid, None, None, STARTED)
    uid = begin(
        records,
        smile,
        repetitions=2,
        band=(1.5, 3.25),
        level=5,
        feedback="after",
        is_check=True,
        session=session,
        item=0,
    )

    practice = records.practice(uid, patient.uid)

    assert practice is not None
    assert (practice.session_uid, practice.item, practice.prescription_uid) == (session, 0, None)
    assert (practice.level, practice.feedback, practice.is_check) == (5, "after", True)
    assert (practice.band, practice.repetitions_planned, practice.felt) == ((1.5, 3.25), 2, None)


def test_a_practice_by_itself_is_as_its_card_says(records: Records, smile: Exercise) -> None:
    practice = records.practice(begin(records, smile), records.profile().uid)

    assert practice is not None
    assert (practice.session_uid, practice.item, practice.prescription_uid) == (None, None, None)
    assert (practice.level, practice.feedback, practice.is_check) == (3, "every", False)
    assert (practice.band, practice.repetitions_planned) == (None, smile.dose.repetitions)


def test_each_task_of_the_calibration_is_planned_as_often_as_the_card_says(records: Records) -> None:
    card = load_library().exercises["comfortable-range"]

    practice = records.practice(begin(records, card), records.profile().uid)

    assert practice is not None
    assert practice.repetitions_planned == card.dose.repetitions * len(card.tasks) > card.dose.repetitions


@pytest.mark.parametrize(
    ("assigned", "told"),
    [
        ({"repetitions": 0}, "repetitions is 0; allowed: 1 to 1000"),
        ({"item": 10**30}, "item is 10+; allowed: 0 to 100"),
        ({"item": -1}, "item is -1"),
        ({"level": 7}, "level is 7; allowed: 1 to 6"),
        ({"feedback": "never"}, "feedback is 'never'; allowed: every, half, after"),
        ({"sensitivity": "harsh"}, "sensitivity is 'harsh'; allowed: sensitive, default, lenient"),
        ({"band": (3.0, 3.0)}, "band is 3 to 3; allowed: from 0 up, low before high"),
        ({"band": (float("nan"), 3.0)}, "band is nan to 3"),
        ({"band": (1.0, float("inf"))}, "band is 1 to inf"),
        ({"session": "nothing"}, "no session nothing of this person"),
        ({"prescription": "nothing"}, "no prescription nothing of this person"),
        ({"level": 0, "item": -1}, "level is 0; .*; item is -1; "),
    ],
)
def test_an_assignment_that_makes_no_sense_is_told(
    records: Records, smile: Exercise, assigned: dict[str, Any], told: str
) -> None:
    with pytest.raises(RecordsError, match=told):
        begin(records, smile, **assigned)
    assert records.practices(records.profile().uid) == []


def test_an_assignment_of_another_exercise_is_told(records: Records, smile: Exercise) -> None:
    with pytest.raises(RecordsError, match=r"exercise is 'pout'; allowed: .* 'small-closed-smile'"):
        records.begin_practice(records.profile().uid, smile, None, Assignment("pout"), STARTED)


def test_a_practice_cannot_be_hung_on_another_persons_session(records: Records, smile: Exercise) -> None:
    other = another_person(records)
    theirs = records.begin_session(other.uid, None, None, STARTED)

    with pytest.raises(RecordsError, match=f"no session {theirs} of this person"):
        begin(records, smile, session=theirs)


def test_a_moment_without_a_time_zone_is_refused(records: Records, smile: Exercise) -> None:
    nowhere, uid = STARTED.replace(tzinfo=None), begin(records, smile)

    with pytest.raises(RecordsError, match="has no time zone"):
        records.begin_practice(records.profile().uid, smile, None, Assignment(smile.id), nowhere)
    with pytest.raises(RecordsError, match="has no time zone"):
        records.end_practice(uid, "finished", nowhere, None)


@pytest.mark.parametrize("view", ["line", "bars", "mirror"])
def test_how_people_like_to_see_themselves_is_remembered(records: Records, view: Any) -> None:
    patient, other = records.profile(), another_person(records)
    assert patient.view == "ask"

    records.set_view(other.uid, "line" if view == "mirror" else "mirror")
    records.set_view(patient.uid, view)

    assert records.profile().view == view


def test_a_view_that_is_not_there_is_told(records: Records) -> None:
    with pytest.raises(RecordsError, match="view is 'x-ray'; allowed: ask, mirror, line, bars"):
        records.set_view(records.profile().uid, "x-ray")  # type: ignore[arg-type]


def test_the_profile_of_a_computer_is_made_once_and_remembers_its_side(database: str) -> None:
    first = open_records(database)
    patient = first.profile()
    first.set_affected(patient.uid, Side.LEFT)
    first.close()

    second = open_records(database)
    assert second.profile() == replace(patient, affected=Side.LEFT)
    second.set_affected(patient.uid, None)
    assert second.profile() == replace(patient, affected=None)
    second.close()


def test_a_repetition_sent_twice_is_kept_once_as_first_written(records: Records, smile: Exercise) -> None:
    uid = begin(records, smile)

    records.add_repetition(uid, a_repetition(1, EYE))
    records.add_repetition(uid, a_repetition(1, EYE))
    records.add_repetition(uid, a_repetition(1))

    practice = records.practice(uid, records.profile().uid)
    assert practice is not None
    assert practice.repetitions == (a_repetition(1, EYE),)


def test_what_was_not_seen_stays_unseen(records: Records, smile: Exercise) -> None:
    uid = begin(records, smile)

    records.add_repetition(uid, replace(a_repetition(1), amplitude_right_mm=float("nan"), symmetry=None))
    practice = records.practice(uid, records.profile().uid)

    assert practice is not None
    assert practice.repetitions[0].amplitude_right_mm is None
    assert practice.repetitions[0].symmetry is None


@pytest.mark.parametrize("unseen", [(), ("chin",), ("oral-ocular-narrow", "chin")])
def test_the_areas_that_were_not_seen_come_back(
    records: Records, smile: Exercise, unseen: tuple[str, ...]
) -> None:
    repetition = replace(a_repetition(1, EYE), unseen=unseen)
    uid = begin(records, smile)

    records.add_repetition(uid, repetition)

    practice = records.practice(uid, records.profile().uid)
    assert practice is not None
    assert practice.repetitions == (repetition,)


def test_the_face_at_rest_comes_back_as_it_was_seen(records: Records, smile: Exercise) -> None:
    repetitions = (
        replace(a_repetition(1), resting=RESTING),
        replace(a_repetition(2), resting=None),
        replace(a_repetition(3), resting=replace(RESTING, lid_gap_right_mm=None, lid_gap_left_mm=None)),
    )
    uid = begin(records, smile)

    for repetition in repetitions:
        records.add_repetition(uid, repetition)
    records.add_repetition(
        uid, replace(repetitions[1], resting=RESTING)
    )  # sent again: stays as first written

    practice = records.practice(uid, records.profile().uid)
    assert practice is not None
    assert practice.repetitions == repetitions


def test_how_a_repetition_went_comes_back_with_every_watched_area(records: Records, smile: Exercise) -> None:
    repetitions = (FULL, a_repetition(2), replace(FULL, number=3, watched=tuple(reversed(WATCHED))))
    uid = begin(records, smile)

    for repetition in repetitions:
        records.add_repetition(uid, repetition)
    records.add_repetition(uid, replace(FULL, watched=(), muted=False))  # sent again: stays as first written

    practice = records.practice(uid, records.profile().uid)
    assert practice is not None
    assert practice.repetitions == repetitions


def test_what_joined_in_by_the_clock_has_no_onset(records: Records, smile: Exercise) -> None:
    repetition = a_repetition(1, EYE, replace(CHIN, onset_amplitude_mm=None))
    uid = begin(records, smile)

    records.add_repetition(uid, repetition)

    practice = records.practice(uid, records.profile().uid)
    assert practice is not None
    assert practice.repetitions == (repetition,)


def test_figures_that_are_not_known_stay_unknown(records: Records, smile: Exercise) -> None:
    nan = float("nan")
    uid = begin(records, smile)

    unknown = replace(WATCHED[0], coupling=nan, peak_mm=nan)
    records.add_repetition(uid, replace(FULL, isolation=nan, rise_seconds=nan, watched=(unknown,)))

    practice = records.practice(uid, records.profile().uid)
    assert practice is not None
    (repetition,) = practice.repetitions
    assert (repetition.isolation, repetition.rise_seconds) == (None, None)
    assert repetition.watched == (replace(WATCHED[0], coupling=None, peak_mm=None),)


@pytest.mark.parametrize(
    "beyond",
    [
        replace(FULL, isolation=1.5),
        replace(FULL, judged_share=-0.5),
        replace(FULL, number=0),
        replace(FULL, watched=(replace(WATCHED[0], seen_share=2.0),)),
    ],
    ids=["isolation", "judged share", "number", "seen share"],
)
def test_a_repetition_that_cannot_be_is_told_and_leaves_nothing_behind(
    records: Records, smile: Exercise, beyond: Repetition
) -> None:
    uid, patient = begin(records, smile), records.profile()

    with pytest.raises(RecordsError, match=rf"Repetition {beyond.number}: This cannot be written down: "):
        records.add_repetition(uid, beyond, a_course())

    practice = records.practice(uid, patient.uid)
    assert practice is not None
    assert practice.repetitions == ()
    assert records.traces(uid, patient.uid) == {}


# The course of each repetition


def test_the_course_of_a_repetition_comes_back(records: Records, smile: Exercise) -> None:
    uid, patient = begin(records, smile), records.profile()
    course = a_course(4.0)

    records.add_repetition(uid, a_repetition(1), a_course(2.0, "pucker"))
    records.add_repetition(uid, a_repetition(2))
    records.add_repetition(uid, a_repetition(3), course)
    records.add_repetition(uid, a_repetition(3), a_course(1.0))  # sent again: stays as first written
    records.add_repetition(uid, a_repetition(2), a_course(1.0))

    traces = records.traces(uid, patient.uid)
    assert sorted(traces) == [1, 3]
    assert (traces[1].names, traces[3].names) == (("pucker",), course.names)
    np.testing.assert_allclose(traces[3].at_seconds, course.at_seconds, atol=0.0005)
    np.testing.assert_allclose(traces[3].values_mm, course.values_mm, atol=0.005)


def test_nobody_gets_another_persons_course(records: Records, smile: Exercise) -> None:
    mine, other = records.profile(), another_person(records)
    uid = begin(records, smile, mine)
    records.add_repetition(uid, a_repetition(1), a_course())

    assert records.traces(uid, other.uid) == {}
    assert sorted(records.traces(uid, mine.uid)) == [1]


def test_a_course_that_is_damaged_is_told(records: Records, smile: Exercise) -> None:
    uid, patient = begin(records, smile), records.profile()
    records.add_repetition(uid, a_repetition(1), a_course())
    with records.engine.begin() as connection:
        connection.execute(text("UPDATE trace SET data = :data"), {"data": b"PAR1 what is this PAR1"})

    with pytest.raises(RecordsError, match=f"course of the practice {uid} cannot be read"):
        records.traces(uid, patient.uid)
    assert records.practice(uid, patient.uid) is not None


# What people felt


def test_what_was_felt_is_kept_beside_what_was_seen(records: Records, smile: Exercise) -> None:
    uid, patient = begin(records, smile), records.profile()

    def felt() -> object:
        practice = records.practice(uid, patient.uid)
        assert practice is not None
        return practice.felt

    assert felt() is None
    records.keep_felt(uid, patient.uid, [])
    assert felt() == ()
    records.keep_felt(uid, patient.uid, ["cheek", "chin", "cheek"])
    assert felt() == ("chin", "cheek")
    with pytest.raises(RecordsError, match="Felt is chin, ear; allowed: any of chin, neck, cheek"):
        records.keep_felt(uid, patient.uid, ["chin", "ear"])  # type: ignore[list-item]
    assert felt() == ("chin", "cheek")


def test_nobody_answers_for_another_person(records: Records, smile: Exercise) -> None:
    mine, other = records.profile(), another_person(records)
    uid = begin(records, smile, mine)

    with pytest.raises(RecordsError, match=f"no practice {uid} of this person"):
        records.keep_felt(uid, other.uid, ["chin"])

    practice = records.practice(uid, mine.uid)
    assert practice is not None
    assert practice.felt is None


# Led by a timer


def test_a_practice_led_by_a_timer_has_no_repetitions_and_nothing_judged(records: Records) -> None:
    massage, patient = load_library().exercises["cheek-massage"], records.profile()
    session = records.begin_session(patient.uid, None, None, STARTED)
    assignment = Assignment(massage.id, repetitions=3, session=session, item=0)
    ended = STARTED + timedelta(seconds=90)

    uid = records.keep_timer_practice(patient.uid, massage, Side.LEFT, assignment, STARTED, ended, "finished")
    practice = records.practice(uid, patient.uid)

    assert practice is not None
    assert (practice.repetitions, practice.repetitions_planned, practice.judged_share) == ((), 3, None)
    assert (practice.ending, practice.seconds, practice.moving_judged) == ("finished", 90.0, None)
    assert (practice.affected, practice.session_uid, practice.item) == (Side.LEFT, session, 0)


def test_a_timer_cannot_stand_in_for_the_camera(records: Records, smile: Exercise) -> None:
    patient, assignment = records.profile(), Assignment(smile.id)

    with pytest.raises(RecordsError, match="practised with the camera"):
        records.keep_timer_practice(
            patient.uid, smile, None, assignment, STARTED, STARTED + timedelta(seconds=9), "finished"
        )


def test_a_practice_cannot_end_before_it_began(records: Records) -> None:
    massage, patient = load_library().exercises["cheek-massage"], records.profile()

    with pytest.raises(RecordsError, match="cannot have ended at"):
        records.keep_timer_practice(
            patient.uid,
            massage,
            None,
            Assignment(massage.id),
            STARTED,
            STARTED - timedelta(seconds=1),
            "stopped",
        )


def test_an_ending_that_is_none_is_told(records: Records, smile: Exercise) -> None:
    uid = begin(records, smile)

    with pytest.raises(RecordsError, match="ending is 'given up'; allowed: finished, stopped"):
        records.end_practice(uid, "given up", STARTED, None)  # type: ignore[arg-type]


# Whose rows they are


def test_nobody_gets_another_persons_practice(records: Records, smile: Exercise) -> None:
    mine, other = records.profile(), another_person(records)
    my_practice, their_practice = begin(records, smile, mine), begin(records, smile, other)

    assert records.practice(their_practice, mine.uid) is None
    assert records.practice(my_practice, other.uid) is None
    assert [practice.uid for practice in records.practices(mine.uid)] == [my_practice]
    assert [practice.uid for practice in records.practices(other.uid)] == [their_practice]


def test_practices_come_newest_first(records: Records, smile: Exercise) -> None:
    patient = records.profile()
    uids = [
        records.begin_practice(patient.uid, smile, None, Assignment(smile.id), STARTED + timedelta(days=day))
        for day in (1, 3, 2)
    ]

    assert [practice.uid for practice in records.practices(patient.uid)] == [uids[1], uids[2], uids[0]]


def test_a_practice_that_was_never_ended_shows_as_ended_early(records: Records, smile: Exercise) -> None:
    uid = begin(records, smile)
    records.add_repetition(uid, a_repetition(1))
    records.add_repetition(uid, replace(a_repetition(2), judged_share=0.47))

    practice = records.practice(uid, records.profile().uid)

    assert practice is not None
    assert (practice.ending, practice.ended_at) == (None, None)
    assert practice.seconds == a_repetition(2).ended_at - a_repetition(1).started_at
    assert practice.moving_judged == pytest.approx((0.97 + 0.47) / 2)


@pytest.mark.parametrize("call", ["begin", "add", "end", "affected", "view", "felt"])
def test_unknown_uids_are_told(records: Records, smile: Exercise, call: str) -> None:
    calls: dict[str, Callable[[], object]] = {
        "begin": lambda: records.begin_practice("nobody", smile, None, Assignment(smile.id), STARTED),
        "add": lambda: records.add_repetition("nothing", a_repetition(1)),
        "end": lambda: records.end_practice("nothing", "stopped", STARTED, None),
        "affected": lambda: records.set_affected("nobody", Side.LEFT),
        "view": lambda: records.set_view("nobody", "line"),
        "felt": lambda: records.keep_felt("nothing", records.profile().uid, []),
    }

    with pytest.raises(RecordsError, match=r"no (practice nothing|profile nobody)"):
        calls[call]()


def test_threads_may_write_at_the_same_time(records: Records, smile: Exercise) -> None:
    patient = records.profile()
    uids = [begin(records, smile) for _ in range(4)]
    faults: list[BaseException] = []

    def practise(uid: str) -> None:
        try:
            for number in range(1, 11):
                records.add_repetition(uid, a_repetition(number, EYE))
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=practise, args=(uid,)) for uid in uids * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert {len(practice.repetitions) for practice in records.practices(patient.uid)} == {10}
