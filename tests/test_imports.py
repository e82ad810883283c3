"""The rooms keep their directions: the engine knows no web page, one file knows MediaPipe, time comes in."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COACH = sorted(path for path in (ROOT / "coach").rglob("*.py"))
EVERYTHING = [*COACH, *sorted((ROOT / "pages").rglob("*.py")), ROOT / "streamlit_app.py"]

# Who may import whom inside coach/ (a room not named here may import any). Each speaks only of the rooms below it.
BELOW = {
    "face": set(),
    "events": {"face"},
    "exercise": set(),
    "picture": set(),
    "tracker": {"face"},
    "skin": {"face"},
    "lids": {"face", "skin"},
    "movements": {"face", "skin", "lids"},
    "rest": {"face", "skin", "lids", "movements"},
    "watch": {"face", "exercise", "movements", "rest", "events"},
    "coaching": {"face", "exercise", "movements", "rest", "watch", "events"},
    "feedback": {"face", "exercise", "events", "coaching", "watch"},
}
CLOCKLESS = [name for name in BELOW if name != "picture"]
CLOCKS = {"time", "datetime", "sched", "timeit"}


def imported(source: str) -> Iterator[str]:
    """Every module a file imports, also inside functions, by its full name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where a name comes from"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def uses(source: str, package: str) -> bool:
    """Whether a file imports a package or anything inside it."""
    return any(name == package or name.startswith(f"{package}.") for name in imported(source))


def files_using(package: str, files: list[Path]) -> list[str]:
    return [
        str(p.relative_to(ROOT)) for p in files if p.exists() and uses(p.read_text(encoding="utf-8"), package)
    ]


def test_nothing_in_coach_imports_streamlit() -> None:
    assert files_using("streamlit", COACH) == []


def test_only_the_tracker_imports_mediapipe() -> None:
    assert files_using("mediapipe", EVERYTHING) == ["coach/tracker.py"]


def test_the_engine_does_not_know_the_pages() -> None:
    assert files_using("pages", COACH) == []


def test_pages_hold_no_sql() -> None:
    pages = [path for path in EVERYTHING if path not in COACH]
    assert files_using("sqlalchemy", pages) == []


@pytest.mark.parametrize("room", sorted(BELOW))
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    source = (ROOT / "coach" / f"{room}.py").read_text(encoding="utf-8")
    known = {name.split(".")[1] for name in imported(source) if name.startswith("coach.")} - {
        "CoachError",
        "ENGINE_VERSION",
    }
    assert known <= BELOW[room]


@pytest.mark.parametrize("room", CLOCKLESS)
def test_no_room_below_practice_reads_a_clock(room: str) -> None:
    source = (ROOT / "coach" / f"{room}.py").read_text(encoding="utf-8")
    assert [clock for clock in CLOCKS if uses(source, clock)] == []


@pytest.mark.parametrize(
    ("source", "package", "found"),
    [
        ("import streamlit", "streamlit", True),
        ("import streamlit as st", "streamlit", True),
        ("from streamlit.starlette import App", "streamlit", True),
        ("def later():\n    import streamlit.web", "streamlit", True),
        ("if True:\n    from time import monotonic", "time", True),
        ("import streamlit_app", "streamlit", False),
        ("# import streamlit\nname = 'streamlit'", "streamlit", False),
        ("import timeouts", "time", False),
    ],
)
def test_this_guard_sees_what_it_looks_for(source: str, package: str, found: bool) -> None:
    assert uses(source, package) is found


def import_all(forbidden: str, extra: str = "") -> subprocess.CompletedProcess[str]:
    """Import every room of coach/ in a Python where one package cannot be had."""
    rooms = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in COACH]
    rooms = [room.removesuffix(".__init__") for room in rooms if "migrations" not in room]
    program = (
        f"import sys; sys.modules[{forbidden!r}] = None\n"
        + "".join(f"import {room}\n" for room in rooms)
        + extra
    )
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_whole_engine_can_be_imported_where_there_is_no_streamlit() -> None:
    done = import_all("streamlit")
    assert done.returncode == 0, done.stderr


def test_that_import_would_fail_if_a_room_did_import_streamlit() -> None:
    done = import_all("streamlit", extra="import streamlit")
    assert done.returncode != 0
    assert "import of streamlit halted" in done.stderr
