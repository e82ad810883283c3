"""The record of what happened: every entry holds on to the last, and whoever meddles with it is found out."""

from __future__ import annotations

import logging
import random
import threading
from datetime import datetime, timedelta, timezone

import pytest
from reception import HERE, NOON, OTHER, Desk, desk
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from coach.clinic.access import NotAllowed, Who
from coach.clinic.accounts import Role
from coach.clinic.audit import REFUSALS_A_MINUTE
from coach.records import Records, RecordsError

COLUMNS = ("at", "what", "account_uid", "patient_uid", "address_key", "detail", "previous", "hash")


@pytest.fixture
def at_desk(records: Records) -> Desk:
    return desk(records)


def happen(at: Desk, count: int) -> None:
    for number in range(count):
        at.reception.note(
            "page_seen",
            at.clock.passes(seconds=1),
            who=f"{number % 3:032x}",
            whose=f"{number % 5:032x}",
            address=HERE,
            detail=f"/patient {number}",
        )


def test_an_entry_says_who_what_whose_when_and_from_where(at_desk: Desk) -> None:
    at_desk.reception.note(
        "report_printed", at_desk.now, who="a" * 32, whose="b" * 32, address=HERE, detail="/report"
    )
    (event,) = at_desk.reception.events()
    assert (event.number, event.what, event.who, event.whose, event.at, event.detail) == (
        *(1, "report_printed", "a" * 32, "b" * 32, NOON, "/report"),
    )
    assert event.address is not None
    assert len(event.address) == 64
    at_desk.reception.note("report_printed", at_desk.now, address="::ffff:" + HERE)
    assert at_desk.reception.events()[0].address == event.address


def test_what_happened_to_one_patient_is_found(at_desk: Desk) -> None:
    happen(at_desk, 12)
    found = at_desk.reception.events(whose=f"{2:032x}")
    assert [event.number for event in found] == [8, 3]
    assert [event.number for event in at_desk.reception.events(what="page_seen", newest=2)] == [12, 11]
    assert at_desk.reception.events(what="other") == []


def test_the_chain_holds_whatever_zone_a_time_came_in(at_desk: Desk) -> None:
    east = timezone(timedelta(hours=9))
    at_desk.reception.note("page_seen", datetime(2026, 3, 2, 21, 0, 0, 123456, tzinfo=east))
    assert at_desk.reception.verify().faults == ()
    with pytest.raises(RecordsError, match="no time zone"):
        at_desk.reception.note("page_seen", NOON.replace(tzinfo=None))


def test_what_happened_has_a_plain_name_and_a_detail_is_a_few_plain_letters(at_desk: Desk) -> None:
    for what in ("", "Page", "page seen", "page\nsigned_in", "x" * 41, "seit\u00e9"):
        with pytest.raises(RecordsError, match="no name for what happened"):
            at_desk.reception.note(what, NOON)
    for detail in ("two\nlines", "a\r", "x" * 201, "\u00c4nne", "<b>", "\x00", "a;b"):
        with pytest.raises(RecordsError, match="cannot be noted"):
            at_desk.reception.note("page_seen", NOON, detail=detail)
    assert at_desk.reception.events() == []


def test_many_at_once_leave_one_chain(at_desk: Desk) -> None:
    def one() -> None:
        for _ in range(5):
            at_desk.reception.note("page_seen", at_desk.now)

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert at_desk.reception.verify().events == 40
    assert at_desk.reception.verify().intact


# Meddling


@pytest.mark.parametrize("change", ["UPDATE audit_event SET detail = ''", "DELETE FROM audit_event"])
def test_the_database_itself_changes_no_entry_and_deletes_none(at_desk: Desk, change: str) -> None:
    happen(at_desk, 3)
    with at_desk.reception.engine.connect() as connection, pytest.raises(DBAPIError, match="only added to"):
        connection.execute(text(change))
    assert at_desk.reception.verify().events == 3


def unlock(connection: Connection) -> None:
    """As somebody who may do everything in the database could."""
    names = ["audit_event_only_grows"]
    if connection.dialect.name == "sqlite":
        names = ["audit_event_no_update", "audit_event_no_delete"]
    of_table = "" if connection.dialect.name == "sqlite" else " ON audit_event"
    for name in names:
        connection.execute(text(f"DROP TRIGGER {name}{of_table}"))


def meddle(connection: Connection, lot: random.Random, last: int) -> str:
    """Change, remove, insert or swap something; says what."""
    number = lot.randint(1, last)
    kind = lot.choice(["change", "remove", "insert", "swap", "cut off", "forge the end"])
    if kind == "change":
        column = lot.choice(COLUMNS)
        value: object = f"{lot.getrandbits(60):x}"
        if column == "at":
            later = NOON + timedelta(days=lot.randint(1, 99))
            value = str(later.replace(tzinfo=None)) if connection.dialect.name == "sqlite" else later
        connection.execute(
            text(f"UPDATE audit_event SET {column} = :value WHERE number = :number"),
            {"value": value, "number": number},
        )
        return f"{kind} {column} of {number}"
    if kind == "remove":
        connection.execute(text("DELETE FROM audit_event WHERE number = :number"), {"number": number})
    elif kind == "cut off":
        connection.execute(text("DELETE FROM audit_event WHERE number >= :number"), {"number": number})
    elif kind == "insert":
        columns = ", ".join(COLUMNS)
        connection.execute(
            text(
                f"INSERT INTO audit_event (number, {columns}) "
                f"SELECT :new, {columns} FROM audit_event WHERE number = :number"
            ),
            {"number": number, "new": lot.choice([0, last + 1, last + 7])},
        )
    elif kind == "swap":
        other = lot.choice([n for n in range(1, last + 1) if n != number])
        for old, new in ((number, -1), (other, number), (-1, other)):
            connection.execute(
                text("UPDATE audit_event SET number = :new WHERE number = :old"), {"old": old, "new": new}
            )
    else:
        connection.execute(text("UPDATE audit_head SET number = :number - 1"), {"number": number})
    return f"{kind} {number}"


def test_a_thousand_ways_to_meddle_are_all_found_out(at_desk: Desk) -> None:
    happen(at_desk, 12)
    intact = at_desk.reception.verify()
    assert (intact.events, intact.intact) == (12, True)
    lot = random.Random(5)
    unseen = []
    with at_desk.reception.engine.begin() as connection:
        unlock(connection)
        saved = [
            (table, [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {table}"))])
            for table in ("audit_event", "audit_head")
        ]
    for _ in range(1000):
        with at_desk.reception.engine.begin() as connection:
            done = meddle(connection, lot, 12)
        if at_desk.reception.verify().intact:
            unseen.append(done)
        with at_desk.reception.engine.begin() as connection:
            for table, rows in saved:
                connection.execute(text(f"DELETE FROM {table}"))
                columns = list(rows[0])
                connection.execute(
                    text(f"INSERT INTO {table} ({', '.join(columns)}) VALUES (:{', :'.join(columns)})"), rows
                )
    assert unseen == []
    assert at_desk.reception.verify() == intact


def test_whoever_writes_all_of_it_anew_is_found_out_by_an_entry_noted_elsewhere(at_desk: Desk) -> None:
    happen(at_desk, 3)
    noted = at_desk.reception.verify().head
    happen(at_desk, 3)
    assert at_desk.reception.verify(noted).intact
    with at_desk.reception.engine.begin() as connection:
        unlock(connection)
        connection.execute(text("DELETE FROM audit_event"))
        connection.execute(text("UPDATE audit_head SET number = 0, hash = :none"), {"none": "0" * 64})
    happen(at_desk, 6)
    assert at_desk.reception.verify().intact
    assert at_desk.reception.verify(noted).faults == ("The entry that was noted earlier is not there.",)


# Refusals


def test_what_is_refused_is_written_down_and_logged_without_a_name(
    at_desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    whose = at_desk.profile("pat")
    who = Who(Role.PATIENT, "Other Person", "o" * 32, "p" * 32)
    with caplog.at_level(logging.WARNING), pytest.raises(NotAllowed):
        at_desk.reception.require(who, "/progress", at_desk.now, patient_uid=whose, address=HERE)
    (event,) = at_desk.reception.events()
    assert (event.what, event.who, event.whose, event.detail) == (
        *("access_refused", "o" * 32, whose, "/progress"),
    )
    assert caplog.messages == ["Refused: access_refused (/progress)."]


def test_a_flood_of_refusals_does_not_fill_the_disk_and_is_counted(at_desk: Desk) -> None:
    for _ in range(REFUSALS_A_MINUTE + 40):
        at_desk.reception.refused("foreign_host", at_desk.now)
    assert len(at_desk.reception.events()) == REFUSALS_A_MINUTE
    at_desk.clock.passes(seconds=60)
    at_desk.reception.refused("foreign_host", at_desk.now)
    newest, before = at_desk.reception.events(newest=2)
    assert (newest.what, before.what, before.detail) == ("foreign_host", "refusals_not_listed", "40")


def test_what_is_refused_is_undone_but_stays_on_record(at_desk: Desk) -> None:
    """A wrong password writes an entry and nothing else."""
    at_desk.therapist()
    at_desk.reception.try_sign_in("thea", OTHER, at_desk.now)
    assert at_desk.record() == ["account_made", "sign_in_refused"]
