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

# The rooms of the engine, lowest first: each speaks only of rooms before it, and time comes in from above.
BELOW_PRACTICE = (
    *(
        "face",
        "trace",
        "resting_shape",
        "assignment",
        "exercise",
        "events",
        "tracker",
        "light",
        "head",
        "skin",
        "blink",
        "lids",
        "texture",
        "movements",
        "tracing",
        "sight",
        "words",
    ),
    *(
        "rest",
        "line_fit",
        "watch",
        "plan",
        "manner",
        "repetition",
        "under_way",
        "phases",
        "coaching",
        "feedback",
        "snapshot",
    ),
)
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


def text_of(room: str) -> str:
    return (ROOT / "coach" / f"{room}.py").read_text(encoding="utf-8")


def rooms_of(room: str) -> set[str]:
    """The rooms of coach/ a room imports."""
    names = {name.split(".")[1] for name in imported(text_of(room)) if name.startswith("coach.")}
    return {name for name in names if (ROOT / "coach" / f"{name}.py").exists()}


def test_nothing_in_coach_imports_streamlit() -> None:
    assert files_using("streamlit", COACH) == []


def test_only_the_tracker_imports_mediapipe() -> None:
    assert files_using("mediapipe", EVERYTHING) == ["coach/tracker.py"]


def test_the_engine_does_not_know_the_pages() -> None:
    assert files_using("pages", COACH) == []


def test_pages_hold_no_sql() -> None:
    pages = [path for path in EVERYTHING if path not in COACH]
    assert files_using("sqlalchemy", pages) == []


@pytest.mark.parametrize("room", BELOW_PRACTICE)
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    assert rooms_of(room) <= set(BELOW_PRACTICE[: BELOW_PRACTICE.index(room)])


@pytest.mark.parametrize("room", BELOW_PRACTICE)
def test_no_room_below_practice_reads_a_clock(room: str) -> None:
    assert [clock for clock in CLOCKS if uses(text_of(room), clock)] == []


def test_these_are_all_the_rooms_below_practice() -> None:
    reached, ahead = set(), ["practice"]
    while ahead:
        new = rooms_of(ahead.pop()) - reached
        reached |= new
        ahead += new
    assert reached == set(BELOW_PRACTICE)


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


def run_without(package: str, modules: list[str]) -> subprocess.CompletedProcess[str]:
    """Import modules in a Python where one package cannot be had."""
    program = f"import sys; sys.modules[{package!r}] = None\n" + "".join(
        f"import {name}\n" for name in modules
    )
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_whole_engine_can_be_imported_where_there_is_no_streamlit() -> None:
    rooms = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in COACH
    ]
    done = run_without("streamlit", [room for room in rooms if "migrations" not in room])
    assert done.returncode == 0, done.stderr


def test_that_import_would_fail_if_a_room_did_import_streamlit() -> None:
    done = run_without("streamlit", ["coach.face", "streamlit"])
    assert done.returncode != 0
    assert "import of streamlit halted" in done.stderr
