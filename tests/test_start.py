"""Starting: what is missing is told in one sentence, and what is there is served."""

from __future__ import annotations

import builtins
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from coach import __main__

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60.0

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def complaint(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.setattr(sys, "argv", ["coach", *words])
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as end:
        __main__.main()
    assert end.value.code == 2
    return capsys.readouterr().err


def test_a_port_that_is_taken_is_told_with_the_way_to_another(
    port: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        told = complaint(capsys, monkeypatch, "run", "--port", str(port))
    assert told.startswith(f"Port {port} is in use on this computer")
    assert f"make run PORT={port + 1}" in told


@pytest.mark.parametrize(
    "words", [("run",), ("analyse", "clip.mp4", "--exercise", "small-closed-smile", "--affected", "left")]
)
@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("libGL.so.1: cannot open shared object file", "sudo apt install libgl1 libglib2.0-0"),
        ("libgthread-2.0.so.0: cannot open shared object file", "sudo apt install libgl1 libglib2.0-0"),
        ("No module named 'cv2'", "Delete the folder .venv"),
    ],
)
def test_an_opencv_that_does_not_load_is_told_with_what_to_do(
    words: tuple[str, ...],
    reason: str,
    told: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def without_opencv(name: str, *rest: Any, **more: Any) -> Any:
        if name == "cv2":
            raise ImportError(reason)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_opencv)
    sentence = complaint(capsys, monkeypatch, *words)
    assert reason in sentence
    assert told in sentence
    assert "Traceback" not in sentence


def test_the_coach_serves_its_page_here_only_makes_its_log_and_stops_quietly(
    port: int, tmp_path: Path
) -> None:
    coach = subprocess.Popen(
        [sys.executable, "-m", "coach", "run", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "COACH_DATA": str(tmp_path / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        page = fetch(f"http://127.0.0.1:{port}/", coach)
        assert "<html" in page
        assert (tmp_path / "data" / "coach.sqlite").is_file()
    finally:
        coach.send_signal(signal.SIGINT)
        said, complained = coach.communicate(timeout=PATIENCE_SECONDS)
    assert said.startswith(f"The coach is at http://127.0.0.1:{port} ")
    assert "External URL" not in said
    assert "Network URL" not in said
    assert "Traceback" not in complained
    assert coach.returncode == 0


def fetch(address: str, server: subprocess.Popen[str]) -> str:
    """The page, as soon as it is served."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the page was not served")


# What make says where Python is missing, too new or bare


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., tuple[int, str]]]:
    """`make run` in a folder of its own, where only the Pythons named exist, each given as a shell script."""
    place, bin_ = tmp_path / "place", tmp_path / "bin"
    place.mkdir()
    bin_.mkdir()
    shutil.copy(ROOT / "Makefile", place)
    (place / "requirements.txt").touch()
    (bin_ / "uname").symlink_to(str(shutil.which("uname")))
    make = shutil.which("make")
    assert make is not None

    def run(*words: str, **pythons: str) -> tuple[int, str]:
        for name, script in pythons.items():
            python = bin_ / name.replace("_", ".")
            python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
            python.chmod(python.stat().st_mode | stat.S_IXUSR)
        done = subprocess.run(
            [make, "run", *words],
            cwd=place,
            env={"PATH": str(bin_)},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    yield run
    assert not (place / ".venv").exists()


def python(version: str, venv: bool = True) -> str:
    """A stand-in that knows its version and whether it can make environments; it cannot in fact make one."""
    answers = f'case "$2" in *version_info*) echo {version};; *venv*) exit {0 if venv else 1};; esac'
    return f'[ "$1" = -c ] || exit 9\n{answers}'


STAND_IN = "echo 'pyenv: command not found' >&2; exit 127"


@needs_make
def test_without_any_python_make_says_so(make: Callable[..., tuple[int, str]]) -> None:
    code, said = make()
    assert code != 0
    assert said.startswith("No Python found: please install Python 3.12")
    assert said.count("\n") == 1


@needs_make
@pytest.mark.parametrize("version", ["3.13", "3.14", "3.9", "2.7"])
def test_a_python_mediapipe_does_not_know_is_named(
    version: str, make: Callable[..., tuple[int, str]]
) -> None:
    code, said = make(python3=python(version), python3_12=STAND_IN)
    assert code != 0
    assert said.startswith(f"Found Python {version}, but MediaPipe needs Python 3.10, 3.11 or 3.12")
    assert said.count("\n") == 1


@needs_make
def test_a_python_without_venv_is_told_with_the_package_to_install(
    make: Callable[..., tuple[int, str]],
) -> None:
    code, said = make(python3=python("3.11", venv=False))
    assert code != 0
    assert said.startswith("Python 3.11 has no venv module")
    assert "sudo apt install python3-venv" in said
    assert said.count("\n") == 1


@needs_make
def test_the_first_python_that_works_is_taken(make: Callable[..., tuple[int, str]]) -> None:
    code, said = make(python3_12=STAND_IN, python3_11=python("3.11", venv=False), python3=python("3.10"))
    assert "Making .venv with Python 3.10." in said
    assert code != 0  # the stand-in cannot really make one


@needs_make
def test_a_python_named_by_hand_is_the_only_one_asked(make: Callable[..., tuple[int, str]]) -> None:
    _, said = make("PYTHON=mine", mine=python("3.13"), python3=python("3.12"))
    assert said.startswith("Found Python 3.13")
