"""What is amiss with the log is told in words that name the place and a way on; what was saved stays saved."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from practices import CHIN, EYE, FULL, STARTED, a_course, a_repetition, begin
from sqlalchemy import event

from coach.exercise import Exercise
from coach.library import load_library
from coach.records import Records, RecordsError, open_records


@pytest.fixture
def smile() -> Exercise:
    return load_library().exercises["small-closed-smile"]


@pytest.fixture
def sqlite_records(tmp_path: Path) -> Iterator[Records]:
    opened = open_records(f"sqlite:///{tmp_path / 'coach.sqlite'}")
    yield opened
    opened.close()


@contextmanager
def without_root_rights() -> Iterator[None]:
    """Root may write everywhere; for a while this process is nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with without_root_rights(), pytest.raises(RecordsError) as told:
            open_records(f"sqlite:///{tmp_path}/new/coach.sqlite")
    finally:
        tmp_path.chmod(0o700)

    assert f"{tmp_path}/new" in str(told.value)
    assert "COACH_DATA" in str(told.value)


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a note")

    with pytest.raises(RecordsError, match="cannot be made"):
        open_records(f"sqlite:///{tmp_path}/data/coach.sqlite")

    assert (tmp_path / "data").read_text() == "a note"


def test_a_log_that_may_only_be_read(tmp_path: Path, smile: Exercise) -> None:
    folder = tmp_path / "data"
    records = open_records(f"sqlite:///{folder}/coach.sqlite")
    begin(records, smile)
    records.close()
    (folder / "coach.sqlite").chmod(0o444)
    folder.chmod(0o555)
    parents = [p for p in tmp_path.parents if p.stat().st_uid == os.getuid() and p != Path("/tmp")]
    modes = {p: p.stat().st_mode for p in [tmp_path, *parents]}
    for parent in modes:
        parent.chmod(modes[parent] | 0o555)  # pytest's folders are root's alone
    try:
        with (
            without_root_rights(),
            pytest.raises(RecordsError, match=r"may be read but not written|cannot be"),
        ):
            open_records(f"sqlite:///{folder}/coach.sqlite")
    finally:
        folder.chmod(0o700)
        for parent, mode in modes.items():
            parent.chmod(stat.S_IMODE(mode))


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "coach.sqlite").write_text("Dear diary, " * 100)

    with pytest.raises(RecordsError, match=r"coach.sqlite is not a practice log.*Move it away"):
        open_records(f"sqlite:///{tmp_path}/coach.sqlite")

    assert (tmp_path / "coach.sqlite").read_text() == "Dear diary, " * 100


def test_a_full_disk_keeps_what_was_saved(tmp_path: Path, smile: Exercise) -> None:
    records = open_records(f"sqlite:///{tmp_path}/coach.sqlite")
    uid = begin(records, smile)
    records.engine.dispose()

    def fill_up(connection: sqlite3.Connection, _: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 1}")  # SQLite's own way to a full disk

    event.listen(records.engine, "connect", fill_up)

    def told_when_adding(number: int) -> str | None:
        try:
            records.add_repetition(uid, a_repetition(number, EYE, CHIN), a_course())
        except RecordsError as fault:
            return str(fault)
        return None

    saved, told = 0, None
    while saved < 1000 and (told := told_when_adding(saved + 1)) is None:
        saved += 1
    assert told is not None
    assert told.startswith(
        f"The disk is full, so nothing more can be saved in {tmp_path}/coach.sqlite. Free some"
    )

    event.remove(records.engine, "connect", fill_up)
    records.engine.dispose()
    records.add_repetition(uid, a_repetition(saved + 1, EYE, CHIN), a_course())
    practice = records.practice(uid, records.profile().uid)
    traces = records.traces(uid, records.profile().uid)
    records.close()
    assert practice is not None
    assert saved >= 1
    assert practice.repetitions == tuple(a_repetition(n, EYE, CHIN) for n in range(1, saved + 2))
    assert list(traces) == list(range(1, saved + 2))  # never a repetition without its course


def test_a_log_held_by_another_program(sqlite_records: Records, smile: Exercise, tmp_path: Path) -> None:
    uid = begin(sqlite_records, smile)

    def hurry(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")  # five seconds would be long for a test

    event.listen(sqlite_records.engine, "checkout", hurry)
    holder = sqlite3.connect(tmp_path / "coach.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(RecordsError, match=r"Another program is holding .*coach\.sqlite"):
        sqlite_records.add_repetition(uid, a_repetition(1))
    holder.execute("ROLLBACK")
    holder.close()

    sqlite_records.add_repetition(uid, a_repetition(1))


def test_a_session_on_a_full_disk_stays_as_it_was(tmp_path: Path) -> None:
    records = open_records(f"sqlite:///{tmp_path}/coach.sqlite")
    patient = records.profile()
    uid = records.begin_session(patient.uid, None, {"pain": 0}, STARTED)
    records.step_done(uid, patient.uid, "rest")
    before = records.session(uid, patient.uid)
    records.engine.dispose()

    def fill_up(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count=1")  # never less than there are already

    event.listen(records.engine, "connect", fill_up)
    long_answers = {"said": "o" * 9000}
    with pytest.raises(RecordsError, match="The disk is full"):
        records.end_session(uid, patient.uid, "finished", STARTED, long_answers)
    assert records.session(uid, patient.uid) == before

    event.remove(records.engine, "connect", fill_up)
    records.engine.dispose()
    records.end_session(uid, patient.uid, "finished", STARTED, long_answers)
    session = records.session(uid, patient.uid)
    records.close()
    assert session is not None
    assert (session.ending, session.feelings, session.steps_done) == ("finished", long_answers, ("rest",))


def test_what_is_told_of_a_refused_row_does_not_tell_the_row(records: Records, smile: Exercise) -> None:
    """PostgreSQL's own words would hold every value of it."""
    with pytest.raises(RecordsError) as told:
        records.add_repetition(begin(records, smile), replace(FULL, isolation=7.125))

    assert "isolation" in str(told.value)
    assert "7.125" not in str(told.value)
    assert "\n" not in str(told.value)
    assert told.value.__cause__ is not None
    if records.engine.dialect.name == "sqlite":
        assert "7.125" not in str(told.value.__cause__.__cause__)


@pytest.mark.parametrize(
    "url",
    ["nonsense", "postgresql+nosuchdriver://here/there", "strange://here"],
    ids=["word", "driver", "kind"],
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(RecordsError, match="COACH_DATABASE_URL cannot be used"):
        open_records(url)


def test_a_server_that_is_away_is_told_without_the_password() -> None:
    pytest.importorskip("psycopg")

    with pytest.raises(RecordsError, match="Check that it is running") as told:
        open_records("postgresql://coach:secret@127.0.0.1:1/coach")

    assert "secret" not in str(told.value)
