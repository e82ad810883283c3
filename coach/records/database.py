"""Opening the database: where it lives, how SQLite is set, and bringing its tables up to date."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

import coach.records.care_tables
import coach.records.clinic_tables  # noqa: F401  (with them the tables are known to the migrations)
from coach.records.faults import RecordsError, place, told_plainly, unwritable_folder

_MIGRATIONS = Path(__file__).parent / "migrations"

_PRAGMAS = {
    "busy_timeout": 5000,  # milliseconds; first, so that the next ones wait as well
    "journal_mode": "WAL",  # readers never wait for the writer
    "synchronous": "FULL",  # with NORMAL a power cut may take the last commits (sqlite.org/pragma.html)
    "foreign_keys": "ON",
}

_MIGRATION_LOCK = (
    7_302_553  # any number, ours alone in the database: one copy of the coach migrates at a time
)


def database_url(environment: Mapping[str, str] = os.environ) -> str:
    """Where the log lives: COACH_DATABASE_URL, or a file in the folder COACH_DATA (`./data` unless set)."""
    given = environment.get("COACH_DATABASE_URL")
    if given:
        return given
    folder = Path(environment.get("COACH_DATA") or "data").absolute()
    return URL.create("sqlite", database=str(folder / "coach.sqlite")).render_as_string()


def open_database(url: str) -> Engine:
    """An engine on an up-to-date database; folder, file and tables are made where they are missing."""
    try:
        address = make_url(url)
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        if address.get_backend_name() == "sqlite":
            _make_folder(address)
        # What people did and felt has no place in the words of a fault, which may end up in a log file.
        engine = create_engine(address, pool_pre_ping=True, hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as fault:
        raise RecordsError(
            f"COACH_DATABASE_URL cannot be used ({fault}). Write it as postgresql://user:password@host/name "
            "(and install psycopg), or leave it out to use a file in COACH_DATA."
        ) from fault
    if address.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    with told_plainly(address):
        try:
            _migrate(engine)
        except BaseException:
            engine.dispose()
            raise
    return engine


def _make_folder(address: URL) -> None:
    folder = Path(address.database or ".").absolute().parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # health data: for its owner's eyes
    except OSError as fault:
        raise unwritable_folder(str(folder), fault.strerror or type(fault).__name__) from fault


def _set_pragmas(connection: SqliteConnection, _: ConnectionPoolEntry) -> None:
    # Python's sqlite3 would start transactions by itself, and not for CREATE TABLE: _begin does it for all.
    connection.isolation_level = None
    for name, value in _PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={value}")


def _begin(connection: Connection) -> None:
    # A writer takes its lock at once: one that first reads and then writes would be refused, not made to wait.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    with engine.execution_options(writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        known = {script.revision for script in scripts.walk_revisions()}
        present = set(MigrationContext.configure(connection).get_current_heads())
        if not present <= known:
            raise RecordsError(
                f"{place(engine.url)} was made by a newer version of the coach. "
                "Start that version, or bring this one up to date; nothing in the file was changed."
            )
        if present != set(scripts.get_heads()):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
