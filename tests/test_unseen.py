"""Whoever practises well and is not seen is told so, and what helps; the therapist reads it with the figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from therapist import THERAPIST, opened_part, read
from visitors import opened, words
from weeks import LIBRARY, NOW, PUCKER, SMILE, days_ago, five, practise, prescribe, somebody

from coach.face import Side
from coach.prescription import Item
from coach.progression import HeldUp
from coach.records import Records, open_records
from pages import unseen
from pages.day import Day

UNSEEN = {"unseen": ("platysma",)}


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    found = open_records(f"sqlite:///{tmp_path / 'log.sqlite'}")
    yield found
    found.close()


def of(records: Records, uid: str) -> Day:
    return Day(records, LIBRARY, records.patient(uid), NOW)


def test_two_sessions_in_which_the_neck_was_not_seen_are_told(records: Records) -> None:
    uid = somebody(records)
    planned = [(Item(card=card.id), card) for card in (SMILE, PUCKER)]
    practise(records, uid, days_ago(2), five(**UNSEEN), exercise=SMILE)
    practise(records, uid, days_ago(2), five(), exercise=PUCKER)
    assert unseen.held_up(of(records, uid), planned) == []

    practise(records, uid, days_ago(1), five(**UNSEEN), exercise=SMILE)
    practise(records, uid, days_ago(1), five(), exercise=PUCKER)
    day = of(records, uid)
    held = unseen.held_up(day, planned)

    assert [(exercise.id, one.patterns, one.unseen) for exercise, one in held] == [
        (SMILE.id, ("platysma",), 10)
    ]
    (told,) = unseen.for_the_person(day, held)
    assert told.startswith(
        "Your right mouth corner could not be seen well enough in your last two sessions, so Small"
    )
    (reason,) = unseen.for_the_therapist(day, held)
    assert "neck pulling the mouth corner down" in reason
    assert "10 of 10 repetitions" in reason


def test_the_summary_and_the_prescription_say_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_DATA", str(tmp_path))
    monkeypatch.delenv("COACH_DATABASE_URL", raising=False)
    monkeypatch.setattr("pages.rooms.now", lambda: NOW)
    records = open_records()
    uid = records.profile().uid
    records.set_affected(uid, Side.RIGHT)
    version = prescribe(records, uid, days_ago(3), stage="movement_control")
    for days in (2, 1):
        practise(records, uid, days_ago(days), five(**UNSEEN), prescription=version.uid)
    (latest, *_) = records.sessions(uid)
    records.close()

    summary = words(opened("session.py", session=latest.uid))
    assert "could not be seen well enough" in summary
    assert "all of them with everything else quiet, as far as it could be seen" in summary
    monkeypatch.setattr("pages.entry.who", lambda: THERAPIST)
    assert "no step can be due" in read(opened_part("prescribe", uid))


@pytest.mark.parametrize(("watch", "is_told"), [(("platysma", "chin"), True), (("chin",), False)])
def test_what_is_not_watched_any_more_holds_nothing_up(
    records: Records, watch: tuple[str, ...], is_told: bool
) -> None:
    uid = somebody(records)
    for days in (2, 1):
        practise(records, uid, days_ago(days), five(**UNSEEN), exercise=SMILE)
    planned = [(Item(card=SMILE.id, watch=watch), SMILE)]
    assert bool(unseen.held_up(of(records, uid), planned)) is is_told


def test_exercises_that_wait_for_the_same_are_told_together(records: Records) -> None:
    day = of(records, somebody(records, affected=None))
    neck, chin = HeldUp(("platysma",), 10, 10), HeldUp(("chin", "platysma"), 9, 10)
    together = unseen.for_the_person(day, [(SMILE, neck), (PUCKER, neck)])
    assert len(together) == 1
    assert f"{SMILE.name} and {PUCKER.name} stay as they are" in together[0]

    apart = unseen.for_the_person(day, [(SMILE, neck), (PUCKER, chin)])
    assert ["those areas" in told for told in apart] == [False, True]


def test_a_step_that_is_due_is_never_told_not_to_be(records: Records) -> None:
    uid = somebody(records)
    prescribe(records, uid, days_ago(9), (Item(card=SMILE.id, level=3),))
    sore = {"tightness": 6, "effort": 2, "eye_comfort": 8, "pain": 4}
    for days in (2, 1):
        practise(records, uid, days_ago(days), five(**UNSEEN), feelings=sore)
    day = of(records, uid)
    assert [exercise.id for _, exercise, _ in day.proposals()] == [SMILE.id]
    assert unseen.held_up(day, day.known(day.prescription)) == []


def test_what_was_not_seen_before_the_level_began_anew_holds_nothing_up(records: Records) -> None:
    uid = somebody(records)
    prescribe(records, uid, days_ago(30), (Item(card=SMILE.id, level=3),))
    for days in (25, 24):
        practise(records, uid, days_ago(days), five(**UNSEEN))
    prescribe(records, uid, days_ago(20), (Item(card=SMILE.id, level=2),))
    prescribe(records, uid, days_ago(10), (Item(card=SMILE.id, level=3),))
    day = of(records, uid)
    assert unseen.held_up(day, day.known(day.prescription)) == []
