"""A prescription is one version after another, each kept as it was, for one person."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from practices import A_PRESCRIPTION, STARTED, another_person
from pydantic import ValidationError
from sqlalchemy import text

from coach.prescription import Item, Prescription
from coach.records import Records, RecordsError


def test_a_prescription_comes_back_as_it_was_written(records: Records) -> None:
    patient = records.profile()
    assert records.prescription(patient.uid) is None

    written = records.prescribe(patient.uid, A_PRESCRIPTION)

    assert (len(written.uid), written.version) == (32, 1)
    assert written.model_copy(update={"uid": "", "version": 0}) == A_PRESCRIPTION
    assert records.prescription(patient.uid) == written
    assert records.prescriptions(patient.uid) == [written]


def test_a_bare_prescription_comes_back_with_nothing_made_up(records: Records) -> None:
    bare = Prescription(created_at=STARTED, author="Me", items=(Item(card="soft-rest"),))

    records.prescribe(records.profile().uid, bare)

    read = records.prescription(records.profile().uid)
    assert read is not None
    assert read.model_copy(update={"uid": "", "version": 0}) == bare
    assert (read.programme, read.stage, read.half_mirror, read.sessions_per_day) == (None, None, False, 2)
    assert read.items == (Item(card="soft-rest", level=3, sensitivity="default"),)


def test_a_change_is_a_new_version_and_the_old_one_stays(records: Records) -> None:
    patient = records.profile()
    first = records.prescribe(patient.uid, A_PRESCRIPTION)
    earlier = first.model_copy(update={"created_at": STARTED - timedelta(days=9), "sessions_per_day": 1})

    second = records.prescribe(patient.uid, earlier)

    assert (second.version, second.uid != first.uid) == (2, True)
    assert records.prescription(patient.uid) == second
    assert records.prescriptions(patient.uid) == [second, first]


def test_everybody_has_versions_of_their_own(records: Records) -> None:
    mine, other = records.profile(), another_person(records)
    for _ in range(2):
        records.prescribe(mine.uid, A_PRESCRIPTION)

    theirs = records.prescribe(other.uid, A_PRESCRIPTION)

    assert (theirs.version, records.prescriptions(other.uid)) == (1, [theirs])
    assert [p.version for p in records.prescriptions(mine.uid)] == [2, 1]


def test_nothing_can_be_prescribed_to_nobody(records: Records) -> None:
    with pytest.raises(RecordsError, match="no profile nobody"):
        records.prescribe("nobody", A_PRESCRIPTION)


def test_two_who_prescribe_at_the_same_time_write_two_versions(records: Records) -> None:
    patient = records.profile()
    faults: list[BaseException] = []

    def prescribe() -> None:
        try:
            for _ in range(5):
                records.prescribe(patient.uid, A_PRESCRIPTION)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=prescribe) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert [p.version for p in records.prescriptions(patient.uid)] == list(range(20, 0, -1))


def test_letters_no_database_takes_are_told(records: Records) -> None:
    """PostgreSQL has no NUL; SQLite keeps it."""
    odd = A_PRESCRIPTION.model_copy(update={"author": "Dr\x00Kay"})
    if records.engine.dialect.name == "sqlite":
        assert records.prescribe(records.profile().uid, odd).author == odd.author
    else:
        with pytest.raises(RecordsError, match=r"This cannot be written down: .*NUL"):
            records.prescribe(records.profile().uid, odd)


def test_a_prescription_this_version_cannot_read_is_told(records: Records) -> None:
    patient = records.profile()
    records.prescribe(patient.uid, A_PRESCRIPTION)
    with records.engine.begin() as connection:
        connection.execute(
            text("UPDATE prescription SET items = :items"), {"items": '[{"card": "x", "dance": 3}]'}
        )

    with pytest.raises(RecordsError, match=r"Version 1 of the prescription .* cannot be read"):
        records.prescription(patient.uid)


@pytest.mark.parametrize(
    "item",
    [
        {"card": ""},
        {"repetitions": 0},
        {"repetitions": 2.5},
        {"hold_seconds": 121},
        {"hold_seconds": float("nan")},
        {"share_low": 20},
        {"share_high": 40},
        {"share_low": 40, "share_high": 40},
        {"share_low": 20, "share_high": 90},
        {"level": 7},
        {"sensitivity": "harsh"},
        {"mirror": True},
    ],
    ids=str,
)
def test_an_item_that_makes_no_sense_is_refused(item: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Item.model_validate({"card": "small-closed-smile"} | item)


@pytest.mark.parametrize(
    "changed",
    [
        {"items": ()},
        {"items": (Item(card="soft-rest"),) * 9},
        {"author": ""},
        {"author": " "},
        {"stage": "cure"},
        {"sessions_per_day": 5},
        {"sessions_per_day": 0},
        {"created_at": STARTED.replace(tzinfo=None)},
    ],
    ids=str,
)
def test_a_prescription_that_makes_no_sense_is_refused(changed: dict[str, Any]) -> None:
    fields = {name: getattr(A_PRESCRIPTION, name) for name in Prescription.model_fields}
    with pytest.raises(ValidationError):
        Prescription.model_validate(fields | changed)
