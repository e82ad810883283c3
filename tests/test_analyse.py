"""The command over a clip: what is amiss is told in a sentence with exit code 2, and leaves nothing behind."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from simulated_patient import SimulatedPatient
from test_clip import write_pictures

from coach import __main__
from coach.clip import Outputs, analyse
from coach.face import Side
from coach.library import EXERCISES, load_library

LIBRARY = load_library()
CARD = LIBRARY.exercises["small-closed-smile"]

Picture = NDArray[np.uint8]
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def frame() -> Picture:
    """The simulated patient at rest, as OpenCV has pictures (BGR)."""
    return np.asarray(cv2.cvtColor(SimulatedPatient().frame(), cv2.COLOR_RGB2BGR), dtype=np.uint8)


def broken(kind: str, folder: Path, frame: Picture) -> Path:
    """A file that cannot be analysed."""
    path = folder / f"{kind}.mp4"
    match kind:
        case "empty":
            path.write_bytes(b"")
        case "noise":
            path.write_bytes(np.random.default_rng(1).bytes(5000))
        case "words":
            path.write_text("This is not a video.\n" * 50, encoding="utf-8")
        case "cut":
            whole = write_pictures(path, [frame] * 20).read_bytes()
            path.write_bytes(whole[: len(whole) // 2])
        case "folder":
            path.mkdir()
        case "breaks-off":
            path = folder / "breaks-off.avi"
            write_pictures(path, [frame] * 60, "MJPG")
            data = path.read_bytes()
            path.write_bytes(data[: len(data) // 3])
        case "faceless":
            write_pictures(path, [np.full((240, 320, 3), 120, np.uint8)] * 20)
        case "dark":
            write_pictures(path, [np.full((240, 320, 3), 10, np.uint8)] * 20)
        case "two-people":
            write_pictures(path, [np.hstack([frame, frame])] * 20)
        case "two-people-leave":
            two = np.hstack([frame, frame])
            write_pictures(path, [two] * 20 + [np.full_like(two, 120)] * 15)
        case _:
            assert kind == "missing"
    return path


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """The command line as it is typed: exit code, what it printed, what it complained of."""

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["coach", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            __main__.main()
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return run


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("missing", "there is no such file"),
        ("folder", "there is no such file"),
        ("empty", "the file is empty"),
        ("noise", "this is not a video that can be read"),
        ("words", "this is not a video that can be read"),
        ("cut", "this is not a video that can be read"),
        ("breaks-off", "the file is broken"),
        ("faceless", "no face could be measured: none was found in 20 of 20 pictures"),
        ("dark", "no face could be measured: it was too dark in 20 of 20 pictures"),
        ("two-people", "no face could be measured: two were in view in 20 of 20 pictures"),
        ("two-people-leave", "no face could be measured: two were in view in 20 of 35 pictures"),
    ],
)
def test_a_clip_that_cannot_be_analysed_is_told_and_leaves_nothing(
    kind: str, told: str, tmp_path: Path, frame: Picture, command: Command
) -> None:
    path = broken(kind, tmp_path, frame)
    out = tmp_path / "results"
    out.mkdir()
    (out / "old.json").write_text("kept", encoding="utf-8")
    results = ("--csv", out / "a.csv", "--json", out / "old.json", "--video", out / "a.mp4")
    code, printed, complaint = command("analyse", path, "--exercise", CARD.id, "--affected", "left", *results)
    assert code == 2
    assert f"{path.name}: {told}" in complaint
    assert printed == ""
    assert "Traceback" not in complaint
    assert [file.name for file in out.iterdir()] == ["old.json"]
    assert (out / "old.json").read_text(encoding="utf-8") == "kept"


@pytest.fixture
def still(tmp_path: Path, frame: Picture) -> Path:
    return write_pictures(tmp_path / "still.mp4", [frame] * 8)


def test_the_command_tells_in_a_line_what_the_clip_held(still: Path, command: Command) -> None:
    code, printed, complaint = command("analyse", still, "--exercise", CARD.id, "--affected", "left")
    assert code == 0
    assert printed.startswith("8 pictures, ")
    assert "Repetitions: 0, clean: 0. Unwanted movements: 0." in printed
    assert "8/8" in complaint  # the progress bar


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ("--exercise", "large-smile", "--affected", "left"),
            "no exercise 'large-smile'; there is: brow-eye-stretch",
        ),
        (("--exercise", CARD.id), "Missing option '--affected'"),
        (("--exercise", CARD.id, "--affected", "both"), "'both'"),
        (("--affected", "left"), "Missing option '--exercise'"),
        (("--exercise", CARD.id, "--affected", "left", "--rest-seconds", "0"), "--rest-seconds"),
        (
            ("--exercise", CARD.id, "--affected", "left", "--csv", "nowhere/at/all.csv"),
            "in a folder that is there",
        ),
        (("--exercise", CARD.id, "--affected", "left", "--csv", "."), "in a folder that is there"),
        (("--exercise", CARD.id, "--affected", "left", "--csv", "x", "--json", "x"), "named twice"),
        (("--exercise", CARD.id, "--affected", "left", "--video", "still.mp4"), "named twice"),
        (
            ("--exercise", CARD.id, "--affected", "left", "--video", "marked.words"),
            "does its name end in .mp4?",
        ),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_told(
    options: tuple[str, ...], told: str, still: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(still.parent)
    before = still.read_bytes()
    code, _, complaint = command("analyse", still, *options)
    assert code == 2
    assert told in " ".join(complaint.split())
    assert [file.name for file in still.parent.iterdir()] == ["still.mp4"]
    assert still.read_bytes() == before


def test_a_broken_off_analysis_leaves_nothing(still: Path, tmp_path: Path) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    outputs = Outputs(tmp_path / "a.csv", tmp_path / "a.json", tmp_path / "a.mp4")
    with pytest.raises(KeyboardInterrupt):
        analyse(still, CARD, LIBRARY.patterns, Side.LEFT, outputs, on_picture=interrupted)
    assert [file.name for file in tmp_path.iterdir()] == ["still.mp4"]


def test_cards_are_checked_by_command(command: Command, tmp_path: Path) -> None:
    code, printed, _ = command("cards", "check")
    counts = f"{len(LIBRARY.patterns)} patterns and {len(LIBRARY.programmes)} programmes are in order.\n"
    assert (code, printed) == (0, f"{len(LIBRARY.exercises)} cards (0 of your own), {counts}")
    code, _, complaint = command("cards", "check", tmp_path)
    assert code == 2
    assert "no card found" in complaint
    (tmp_path / "odd.toml").write_text('id = "even"', encoding="utf-8")
    (tmp_path / "broken.toml").write_text("id = ", encoding="utf-8")
    code, _, complaint = command("cards", "check", tmp_path)
    assert code == 2
    assert f"{tmp_path / 'odd.toml'}: id is 'even'; allowed: the file's name, 'odd'" in complaint
    assert f"{tmp_path / 'broken.toml'}: not TOML" in complaint


def test_a_whole_collection_is_checked_by_command(command: Command, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EXERCISES, tmp_path / "exercises"))
    assert command("cards", "check", folder)[0] == 0
    (folder / "patterns.toml").write_text("[chin]", encoding="utf-8")
    code, _, complaint = command("cards", "check", folder)
    assert code == 2
    assert "patterns.toml: chin.name is missing; allowed: text of 1 to 60 characters" in complaint
