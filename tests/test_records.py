"""The log gives back what was written, in SQLite and in PostgreSQL, and shows nobody another person's rows."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta, timezone
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from databases import postgres_programs, throwaway_postgres
from practices import CHIN, EYE, RESTING, STARTED, a_repetition, another_person, begin
from sqlalchemy import create_engine, inspect, text

from coach import ENGINE_VERSION
from coach.exercise import Exercise, load_library
from coach.face import Side
from coach.records import Records, RecordsError, database_url, open_records
from coach.records.tables import Table

MIGRATIONS = Path(__file__).resolve().parent.parent / "coach" / "records" / "migrations"
_names = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    programs = postgres_programs()
    missing = "PostgreSQL (apt-get install postgresql)" if programs is None else None
    if find_spec("psycopg") is None:
        missing = "psycopg (requirements-dev.txt)"
    if missing or programs is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{missing} is not installed")
    with throwaway_postgres(programs) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of its own."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'coach.sqlite'}"
    server, name = request.getfixturevalue("postgres"), f"coach_{next(_names)}"
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


@pytest.fixture
def records(database: str) -> Iterator[Records]:
    opened = open_records(database)
    yield opened
    opened.close()


@pytest.fixture
def smile() -> Exercise:
    return load_library().exercises["small-closed-smile"]


def test_a_practice_comes_back_as_it_was_written(records: Records, smile: Exercise) -> None:
    patient = records.profile()
    berlin = timezone(timedelta(hours=2))
    repetitions = (a_repetition(1), a_repetition(2, EYE, CHIN), a_repetition(3, CHIN, EYE))

    uid = records.begin_practice(patient.uid, smile, Side.RIGHT, "lenient", STARTED.astimezone(berlin))
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


def test_a_moment_without_a_time_zone_is_refused(records: Records, smile: Exercise) -> None:
    with pytest.raises(Exception, match="has no time zone"):
        records.begin_practice(records.profile().uid, smile, None, "default", STARTED.replace(tzinfo=None))


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
        records.begin_practice(patient.uid, smile, None, "default", STARTED + timedelta(days=day))
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


@pytest.mark.parametrize("call", ["begin", "add", "end", "affected"])
def test_unknown_uids_are_told(records: Records, smile: Exercise, call: str) -> None:
    calls = {
        "begin": lambda: records.begin_practice("nobody", smile, None, "default", STARTED),
        "add": lambda: records.add_repetition("nothing", a_repetition(1)),
        "end": lambda: records.end_practice("nothing", "stopped", STARTED, None),
        "affected": lambda: records.set_affected("nobody", Side.LEFT),
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


# The database itself


def test_an_empty_database_is_taken_to_exactly_these_tables(records: Records) -> None:
    with records.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Table.metadata) == []
        constraints = {
            table: {check["name"] for check in inspect(connection).get_check_constraints(table)}
            for table in Table.metadata.tables
        }
    assert constraints == {
        name: {c.name for c in table.constraints if c.name and c.name.startswith("ck_")}
        for name, table in Table.metadata.tables.items()
    }


def test_a_log_of_the_first_version_goes_on(database: str, smile: Exercise) -> None:
    """Its practices stay, with no shape of the resting face, and new ones have it."""
    first = open_records(database)
    uid = begin(first, smile)
    first.add_repetition(uid, a_repetition(1, EYE, CHIN))
    take_to(first, "0001")
    assert "resting_corner_height_mm" not in columns_of_repetition(first)
    first.close()

    second = open_records(database)
    second.add_repetition(uid, replace(a_repetition(2), resting=RESTING))
    practice = second.practice(uid, second.profile().uid)
    second.close()

    assert practice is not None
    assert practice.repetitions == (a_repetition(1, EYE, CHIN), replace(a_repetition(2), resting=RESTING))


def take_to(records: Records, revision: str) -> None:
    """Take the tables back to an earlier version."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with records.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def columns_of_repetition(records: Records) -> set[str]:
    return {column["name"] for column in inspect(records.engine).get_columns("repetition")}


def test_opening_again_changes_nothing(database: str, smile: Exercise) -> None:
    first = open_records(database)
    uid = begin(first, smile)
    first.close()

    second = open_records(database)
    assert second.practice(uid, second.profile().uid) is not None
    second.close()


def test_a_newer_database_is_left_alone(records: Records, database: str) -> None:
    with records.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(RecordsError, match="newer version of the coach"):
        open_records(database)

    with records.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_sqlite_is_set_to_lose_nothing(tmp_path: Path) -> None:
    records = open_records(f"sqlite:///{tmp_path}/coach.sqlite")
    with records.engine.connect() as connection:

        def pragma(name: str) -> object:
            return connection.execute(text(f"PRAGMA {name}")).scalar()

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2  # FULL
        assert pragma("foreign_keys") == 1
        assert pragma("busy_timeout") == 5000
    records.close()


def test_rows_go_with_the_person_they_belong_to(records: Records, smile: Exercise) -> None:
    uid = begin(records, smile)
    records.add_repetition(uid, a_repetition(1, EYE))

    with records.engine.begin() as connection:
        connection.execute(text("DELETE FROM patient"))
        left = [
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()
            for table in ("practice", "repetition", "unwanted_movement")
        ]

    assert left == [0, 0, 0]


def test_the_environment_says_where_the_log_lives(tmp_path: Path) -> None:
    assert database_url({"COACH_DATABASE_URL": "postgresql://here/there", "COACH_DATA": "x"}) == (
        "postgresql://here/there"
    )
    assert database_url({"COACH_DATA": str(tmp_path)}) == f"sqlite:///{tmp_path / 'coach.sqlite'}"
    assert database_url({}) == f"sqlite:///{Path.cwd() / 'data' / 'coach.sqlite'}"


def test_a_folder_with_odd_letters_is_only_for_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "Müller's 100% data #1"
    monkeypatch.setenv("COACH_DATA", str(folder))
    monkeypatch.delenv("COACH_DATABASE_URL", raising=False)

    open_records().close()

    assert (folder / "coach.sqlite").is_file()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
