"""The database itself: its tables, how logs of earlier versions go on, and where it lives."""

from __future__ import annotations

import stat
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from practices import A_PRESCRIPTION, CHIN, EYE, FULL, RESTING, STARTED, a_course, a_repetition, begin
from sqlalchemy import bindparam, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from coach.exercise import Exercise
from coach.face import Side
from coach.library import load_library
from coach.records import Records, RecordsError, clinic_tables, database_url, open_records
from coach.records.care_history import History
from coach.records.tables import Table, UtcTime

MIGRATIONS = Path(__file__).resolve().parent.parent / "coach" / "records" / "migrations"
OLD = replace(a_repetition(1, EYE), unseen=("cheek-lift",))


@pytest.fixture
def smile() -> Exercise:
    return load_library().exercises["small-closed-smile"]


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


def migrate(database: str, revision: str) -> None:
    """Take the tables up or down to one version, as that version left them."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(database)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        there = MigrationContext.configure(connection).get_current_revision()
        (command.downgrade if there and there > revision else command.upgrade)(config, revision)
    engine.dispose()


def as_it_was_written(database: str) -> None:
    """One practice with two repetitions in the columns of the first version; the first has something joining in."""
    rows = {
        "patient": {"uid": "p" * 32, "name": "Me", "affected": "right", "created_at": STARTED},
        "practice": {
            "uid": "a" * 32,
            "patient_uid": "p" * 32,
            "card_id": "small-closed-smile",
            "card_name": "Small closed smile",
            "card_version": "0123456789ab",
            "engine_version": "0.1",
            "affected": "right",
            "sensitivity": "lenient",
            "repetitions_planned": 5,
            "started_at": STARTED,
            "ended_at": STARTED + timedelta(minutes=2),
            "ending": "stopped",
            "judged_share": 0.75,
        },
        "repetition": {
            "practice_uid": "a" * 32,
            "number": 1,
            "started_at_seconds": 20.0,
            "ended_at_seconds": 31.5,
            "amplitude_right_mm": 5.25,
            "hold_seconds": 5.0,
            "clean": False,
            "judged_share": 0.97,
            "unseen": '["cheek-lift"]',
        },
        "unwanted_movement": {
            "practice_uid": "a" * 32,
            "repetition_number": 1,
            "position": 0,
            "pattern": EYE.pattern,
            "movement": EYE.movement,
            "side": "right",
            "started_at_seconds": EYE.started_at,
            "ended_at_seconds": EYE.ended_at,
            "peak_mm": EYE.peak_mm,
            "onset_amplitude_mm": EYE.onset_amplitude_mm,
            "warned_at_seconds": EYE.warned_at,
        },
    }
    engine = create_engine(database)
    with engine.begin() as connection:
        for table, row in rows.items():
            values = ", ".join(f":{name}" for name in row)
            moments = [bindparam(name, type_=UtcTime()) for name in row if name.endswith("_at")]
            insert = text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})")
            connection.execute(insert.bindparams(*moments), row)
    engine.dispose()


def test_a_log_of_the_first_version_goes_on(database: str, smile: Exercise) -> None:
    """Its practices stay, with no shape of the resting face, and new ones have it."""
    migrate(database, "0001")
    as_it_was_written(database)

    records = open_records(database)
    (practice,) = records.practices(records.profile().uid)
    assert (practice.uid, practice.sensitivity, practice.ending) == ("a" * 32, "lenient", "stopped")
    assert practice.repetitions == (OLD,)
    records.add_repetition(practice.uid, replace(FULL, number=2, resting=RESTING), a_course())
    (practice,) = records.practices(records.profile().uid)
    records.close()

    assert practice.repetitions == (OLD, replace(FULL, number=2, resting=RESTING))


def test_a_log_of_the_second_version_goes_on(database: str, smile: Exercise) -> None:
    """Its practices are read as what they were: by themselves, at the card's own level, all of it told."""
    migrate(database, "0002")
    as_it_was_written(database)
    brows = create_engine(database)
    with brows.begin() as connection:
        connection.execute(text("UPDATE repetition SET resting_brow_height_mm = 1.25"))
    brows.dispose()

    records = open_records(database)
    patient = records.profile()
    (practice,) = records.practices(patient.uid)
    assert (patient.uid, patient.affected, patient.view) == ("p" * 32, Side.RIGHT, "mirror")
    assert (practice.started_at, practice.seconds, practice.judged_share) == (STARTED, 120.0, 0.75)
    assert (practice.level, practice.feedback, practice.is_check) == (3, "every", False)
    assert (practice.session_uid, practice.item, practice.prescription_uid) == (None, None, None)
    assert (practice.band, practice.felt) == (None, None)
    (repetition,) = practice.repetitions
    assert repetition.resting is not None
    assert repetition.resting.brow_height_mm == 1.25
    assert replace(repetition, resting=None) == OLD
    assert records.traces(practice.uid, patient.uid) == {}
    assert (records.sessions(patient.uid), records.prescription(patient.uid)) == ([], None)

    session = records.begin_session(patient.uid, None, {"pain": 0}, STARTED)
    uid = begin(records, smile, session=session, item=0, level=4)
    records.add_repetition(uid, FULL, a_course())
    records.keep_felt(practice.uid, patient.uid, [])
    assert records.repetitions_done(session, patient.uid) == {0: 1}
    assert {p.uid: (p.level, p.felt) for p in records.practices(patient.uid)} == {
        uid: (4, None),
        practice.uid: (3, ()),
    }
    records.close()


def test_a_log_can_be_taken_back_to_the_first_version_and_on_again(database: str, smile: Exercise) -> None:
    first = open_records(database)
    uid = begin(first, smile)
    clocked = replace(CHIN, onset_amplitude_mm=None)
    first.add_repetition(uid, replace(FULL, resting=RESTING, unwanted=(EYE, clocked)), a_course())
    first.close()
    migrate(database, "0001")

    second = open_records(database)
    (practice,) = second.practices(second.profile().uid)
    second.close()

    assert practice.repetitions == (a_repetition(1, EYE),)


@pytest.mark.parametrize(("side", "fits"), [("left", True), ("both", False)])
def test_what_the_tables_refused_before_they_refuse_after_each_step(
    database: str, side: str, fits: bool
) -> None:
    migrate(database, "0002")
    as_it_was_written(database)
    open_records(database).close()
    engine = create_engine(database)

    with engine.connect() as connection, nullcontext() if fits else pytest.raises(IntegrityError):
        connection.execute(text("UPDATE unwanted_movement SET side = :side"), {"side": side})
    engine.dispose()


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
    patient = records.profile()
    prescribed = records.prescribe(patient.uid, A_PRESCRIPTION)
    session = records.begin_session(patient.uid, prescribed.uid, {"pain": 0}, STARTED)
    uid = begin(records, smile, session=session, item=0, prescription=prescribed.uid)
    records.add_repetition(uid, FULL, a_course())
    records.keep_history(patient.uid, History(cause="bells_palsy"), "Ada", STARTED)
    records.add_treatment(patient.uid, "botulinum_toxin", STARTED.date(), "Ada", STARTED)
    records.add_assessment(
        patient.uid, "house_brackmann", STARTED.date(), {"grade": "III"}, {}, "Ada", STARTED
    )
    records.write_note(patient.uid, "patient", "Me", "How far may I go?", STARTED)
    records.request_sheet(patient.uid, "fdi", "Ada", STARTED)
    records.deal_with_stops(patient.uid, STARTED, "Called.", "Ada", STARTED)
    # Accounts and what happened are not only a patient's (tests/test_accounts.py has those that are).
    clinics = {row.__tablename__ for row in vars(clinic_tables).values() if hasattr(row, "__tablename__")}
    tables = [name for name in Table.metadata.tables if name not in {"patient", *clinics}]

    def rows() -> set[object]:
        with records.engine.begin() as connection:
            return {connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() for name in tables}

    assert 0 not in rows()
    with records.engine.begin() as connection:
        connection.execute(text("DELETE FROM patient"))
    assert rows() == {0}


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
