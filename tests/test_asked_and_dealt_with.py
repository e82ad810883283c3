"""Sheets a person is asked to fill in, and stops that are dealt with: kept with who and when, and only theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from practices import STARTED
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from coach.records import Records, RecordsError

LATER = STARTED + timedelta(hours=2)


@pytest.fixture
def anna(records: Records) -> str:
    return records.create_patient("Anna Example", None, STARTED).uid


@pytest.fixture
def ben(records: Records) -> str:
    return records.create_patient("Ben Example", None, STARTED).uid


def test_a_sheet_is_answered_bit_by_bit_and_kept_once(records: Records, anna: str) -> None:
    asked = records.request_sheet(anna, "fdi", "Dr Kay", STARTED)
    assert records.request_sheet(anna, "fdi", "Dr Moss", LATER) == asked  # it is asked for already
    records.keep_answers(asked.uid, anna, {"eating": 5, "drinking": 3})
    kept = records.keep_answers(asked.uid, anna, {"speaking": None}, anew=["drinking"])
    assert kept.answers == {"eating": 5, "speaking": None}
    assert records.sheet_requests(anna) == [kept]

    filled = records.answer_request(
        asked.uid, anna, LATER.date(), {"eating": 5, "speaking": 1}, {"fdi_physical": 50}, "Anna", LATER
    )

    assert records.assessments(anna) == [filled]
    assert (filled.scale, filled.author, filled.created_at) == ("fdi", "Anna", LATER)
    (done,) = records.sheet_requests(anna)
    assert (done.author, done.answered_at) == ("Dr Kay", LATER)
    with pytest.raises(RecordsError, match="not asked any more"):
        records.answer_request(asked.uid, anna, LATER.date(), {}, {}, "Anna", LATER)
    with pytest.raises(RecordsError, match="not asked any more"):
        records.keep_answers(asked.uid, anna, {"eating": 4})
    assert records.assessments(anna) == [filled]
    assert records.request_sheet(anna, "fdi", "Dr Kay", LATER).uid != asked.uid  # once more, months later


def test_what_is_asked_no_longer_is_gone_for_the_person(records: Records, anna: str) -> None:
    asked = records.request_sheet(anna, "fdi", "Dr Kay", STARTED)

    records.withdraw_request(asked.uid, anna, "Dr Moss", LATER)

    assert records.sheet_requests(anna) == []
    with pytest.raises(RecordsError, match="not asked any more"):
        records.keep_answers(asked.uid, anna, {"eating": 4})


def test_what_was_done_about_stops_comes_back_newest_first(records: Records, anna: str) -> None:
    first = records.deal_with_stops(anna, STARTED, " Called her. ", "Dr Kay", LATER)
    second = records.deal_with_stops(
        anna, LATER, "Seen\nby the eye clinic.", "Dr Moss", LATER + LATER.resolution
    )

    assert records.dealt_stops(anna) == [second, first]
    assert (first.note, first.author, first.up_to, first.created_at) == (
        "Called her.",
        "Dr Kay",
        STARTED,
        LATER,
    )
    with pytest.raises(RecordsError, match="note has 0 letters"):
        records.deal_with_stops(anna, LATER, " \n", "Dr Kay", LATER)


def test_nobody_answers_or_reads_what_another_was_asked(records: Records, anna: str, ben: str) -> None:
    asked = records.request_sheet(anna, "fdi", "Dr Kay", STARTED)
    records.deal_with_stops(anna, STARTED, "Called.", "Dr Kay", STARTED)
    calls: list[Callable[[], object]] = [
        lambda: records.keep_answers(asked.uid, ben, {"eating": 5}),
        lambda: records.answer_request(asked.uid, ben, LATER.date(), {}, {}, "Ben", LATER),
        lambda: records.withdraw_request(asked.uid, ben, "Ben", LATER),
    ]

    for call in calls:
        with pytest.raises(RecordsError, match=r"no sheet_request \w+ of this person"):
            call()

    assert (records.sheet_requests(ben), records.dealt_stops(ben)) == ([], [])
    assert records.sheet_requests(anna) == [asked]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sheet_request SET withdrawn_by = 'Dr Kay'",
        "UPDATE sheet_request SET answered_at = created_at, withdrawn_at = created_at, withdrawn_by = 'Dr Kay'",
    ],
)
def test_the_tables_refuse_what_makes_no_sense(records: Records, anna: str, change: str) -> None:
    records.request_sheet(anna, "fdi", "Dr Kay", STARTED)

    with records.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text(change))
