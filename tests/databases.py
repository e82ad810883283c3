"""Empty logs to test with, in SQLite and in a PostgreSQL of our own: on loopback, gone after the test run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from coach.records import Records, open_records

OWNER = "postgres"
_names = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server, up to the name of the database."""
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
    """An empty log."""
    opened = open_records(database)
    yield opened
    opened.close()


def postgres_programs() -> Path | None:
    """The folder of PostgreSQL's programs; Debian keeps them off the path, one folder a version."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[4]))
    return versions[-1].parent if versions else None


@contextmanager
def throwaway_postgres(programs: Path) -> Iterator[str]:
    """Start a server; gives its address up to the name of the database."""
    folder = Path(tempfile.mkdtemp(prefix="coach-postgres-"))
    # The server refuses to run as root.
    user = OWNER if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, *arguments],
            user=user,
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=60,
        )

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = str(folder / "data")
    try:
        run("initdb", "-D", data, "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = f"-h 127.0.0.1 -p {port} -k {folder} -F"
        run("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql+psycopg://{OWNER}@127.0.0.1:{port}"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
