"""Recorded clips go through the same engine: the table, the summary and the marked clip say what was seen, and when."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from patient_script import Timing, small_smiles
from simulated_patient import HEIGHT, WIDTH, SimulatedPatient

from coach import ENGINE_VERSION
from coach.clip import COLUMNS, Outputs, Summary, analyse
from coach.events import Phase
from coach.face import Side
from coach.film import ClipError, Film
from coach.library import load_library
from coach.movements import EXPERIMENTAL

LIBRARY = load_library()
CARD = LIBRARY.exercises["small-closed-smile"]
REAL = Path(__file__).resolve().parents[2] / "shared" / "clips"

FPS = 15.0
TIMING = Timing(before=3.0, ramp=1.5, hold=3.5, release=1.5, rest=3.0)
EACH_SECONDS = TIMING.ramp + TIMING.hold + TIMING.release + TIMING.rest
SMILE_MM = 3.1
EMPTY_CHAIR = 9  # pictures
SECOND_JOINS_AT = (
    TIMING.before + EACH_SECONDS + 1.0
)  # the right eye comes in one second after the second smile

Row = dict[str, str]


def short_holds() -> Any:
    """The card with a hold of 2 s, so that a clip stays short."""
    return CARD.model_copy(
        update={"dose": CARD.dose.model_copy(update={"hold_seconds": 2.0, "rest_seconds": 2.0})}
    )


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small smiles; in the second the right eye narrows by 2 mm. Then the chair is empty for 0.6 s."""
    script = small_smiles(2, SMILE_MM, eye_narrowing_right=2.0, joining_from=2, timing=TIMING)
    smiling = [
        cv2.cvtColor(picture, cv2.COLOR_RGB2BGR) for _, picture, _ in SimulatedPatient().frames(script, FPS)
    ]
    path = tmp_path_factory.mktemp("clips") / "two smiles 01.mp4"
    return write_pictures(path, smiling + [np.full((HEIGHT, WIDTH, 3), 120, np.uint8)] * EMPTY_CHAIR)


@pytest.fixture(scope="module")
def results(clip: Path) -> tuple[Summary, Outputs]:
    """The whole clip analysed once, all results written."""
    outputs = Outputs(clip.with_suffix(".csv"), clip.with_suffix(".json"), clip.with_name("marked.mp4"))
    return analyse(clip, short_holds(), LIBRARY.patterns, Side.RIGHT, outputs), outputs


@pytest.fixture(scope="module")
def rows(results: tuple[Summary, Outputs]) -> list[Row]:
    assert results[1].csv is not None
    with results[1].csv.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def summary(results: tuple[Summary, Outputs]) -> Any:
    assert results[1].json is not None
    return json.loads(results[1].json.read_text(encoding="utf-8"))


def pictures_of(path: Path) -> list[Any]:
    film = Film(path)
    try:
        return [picture for _, picture in film.pictures()]
    finally:
        film.close()


def write_pictures(path: Path, pictures: list[Any], code: str = "mp4v") -> Path:
    height, width = pictures[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*code), FPS, (width, height))
    for picture in pictures:
        writer.write(picture)
    writer.release()
    return path


# What is written


def test_the_table_has_one_row_for_every_picture_and_the_promised_columns(
    rows: list[Row], clip: Path
) -> None:
    sides = [
        f"{movement}_{side}_mm"
        for movement in (
            "brow_raise",
            "eye_narrowing",
            "cheek_raise",
            "nose_wrinkle",
            "corner_up",
            "corner_out",
            "upper_lip_raise",
            "lower_lip_drop",
            "brow_draw_in",
            "fold_raise",
        )
        for side in ("left", "right")
    ]
    first = ["time_s", "judged", "reason", "phase", "blink", "warning", "yaw_deg", "pitch_deg", "roll_deg"]
    assert list(COLUMNS[:9]) == first
    middle = {"pucker_mm", "mouth_open_mm", "chin_raise_mm", "mouth_shift_mm"}
    experimental = {"chin_dimpling_percent", "neck_bands_right_percent", "neck_bands_left_percent"}
    assert set(COLUMNS[9:]) == {*sides, *middle, *experimental}
    assert list(rows[0]) == list(COLUMNS)
    assert len(rows) == len(pictures_of(clip))
    times = np.array([float(row["time_s"]) for row in rows])
    assert np.allclose(np.diff(times), 1 / FPS, atol=0.002)


def test_the_table_says_nothing_of_a_picture_that_is_not_judged(rows: list[Row]) -> None:
    assert {row["judged"] for row in rows} == {"true", "false"}
    assert {row["reason"] for row in rows[-EMPTY_CHAIR:]} == {"no_face"}
    assert {row["phase"] for row in rows} <= {phase.value for phase in Phase}
    for row in rows:
        figures = [row[column] for column in COLUMNS[9:]]
        if row["judged"] == "false":
            assert figures == [""] * len(figures)
        if row["phase"] in ("move", "hold", "release") and row["judged"] == "true":
            assert "" not in figures[: -len(EXPERIMENTAL)]
            assert row["chin_dimpling_percent"] != ""
            assert row["neck_bands_right_percent"] == row["neck_bands_left_percent"] == ""  # under her collar
            assert row["reason"] == ""


def test_the_smile_is_seen_on_both_sides_and_in_the_right_direction(rows: list[Row]) -> None:
    first_hold = (TIMING.before + TIMING.ramp, TIMING.before + TIMING.ramp + TIMING.hold)
    held = [
        row
        for row in rows
        if first_hold[0] < float(row["time_s"]) < first_hold[1] and row["judged"] == "true"
    ]
    assert len(held) > 0.9 * TIMING.hold * FPS
    for movement in ("corner_up_left_mm", "corner_up_right_mm", "corner_out_left_mm", "corner_out_right_mm"):
        assert np.median([float(row[movement]) for row in held]) == pytest.approx(
            SMILE_MM / np.sqrt(2), rel=0.3
        )
    assert abs(np.median([float(row["eye_narrowing_right_mm"]) for row in held])) < 0.5


def test_the_warning_stands_in_the_rows_of_the_second_smile_only(rows: list[Row]) -> None:
    warned = [float(row["time_s"]) for row in rows if row["warning"]]
    assert {row["warning"] for row in rows if row["warning"]} == {"oral-ocular-narrow"}
    assert min(warned) > SECOND_JOINS_AT
    assert max(warned) < SECOND_JOINS_AT + EACH_SECONDS


def test_the_summary_has_the_promised_fields(summary: Any, rows: list[Row]) -> None:
    assert list(summary) == [
        *(
            "engine",
            "card",
            "affected",
            "frames",
            "fps",
            "judged_share",
            "repetitions",
            "unwanted",
            "timing_ms",
        )
    ]
    assert summary["engine"] == ENGINE_VERSION
    assert (summary["card"], summary["affected"], summary["frames"]) == (CARD.id, "right", len(rows))
    assert summary["fps"] == pytest.approx(FPS, abs=0.01)
    judged = sum(row["judged"] == "true" for row in rows)
    assert summary["judged_share"] == pytest.approx(judged / len(rows), abs=0.001)
    assert list(summary["timing_ms"]) == ["track", "skin", "judge", "total"]
    for taken in summary["timing_ms"].values():
        assert 0 < taken["p50"] <= taken["p95"]


def test_the_first_smile_is_clean_and_the_second_is_not(summary: Any) -> None:
    first, second = summary["repetitions"]
    assert list(first) == [*("start_s", "end_s", "amplitude_mm", "symmetry", "hold_s", "clean", "resting")]
    assert (first["clean"], second["clean"]) == (True, False)
    assert first["hold_s"] >= 2.0
    assert TIMING.before < first["start_s"] < first["end_s"] <= second["start_s"] < second["end_s"]
    for done in (first, second):
        assert set(done["amplitude_mm"]) == {"left", "right"}
        assert all(value == pytest.approx(SMILE_MM, rel=0.3) for value in done["amplitude_mm"].values())
        assert 0.75 < done["symmetry"] <= 1.0


def test_the_face_before_each_smile_is_told(summary: Any) -> None:
    first, second = (done["resting"] for done in summary["repetitions"])
    assert list(first) == ["lid_gap_mm", "corner_height_mm", "brow_height_mm"]
    for side in ("left", "right"):
        assert 6 < first["lid_gap_mm"][side] < 12
        assert first["lid_gap_mm"][side] == pytest.approx(second["lid_gap_mm"][side], abs=1.0)
    for name in ("corner_height_mm", "brow_height_mm"):
        assert first[name] == pytest.approx(second[name], abs=1.0)


def test_what_joined_in_is_told_with_its_side_and_times(summary: Any) -> None:
    (warned,) = [moved for moved in summary["unwanted"] if moved["warned_at_s"] is not None]
    assert list(warned) == [
        *("pattern", "movement", "side", "start_s", "end_s", "peak_mm", "onset_amplitude_mm", "warned_at_s")
    ]
    assert (warned["pattern"], warned["movement"], warned["side"]) == (
        "oral-ocular-narrow",
        "eye_narrowing",
        "right",
    )
    assert SECOND_JOINS_AT < warned["start_s"] < warned["warned_at_s"] < warned["end_s"]
    assert warned["peak_mm"] > 0.5
    assert 0 < warned["onset_amplitude_mm"] < 1.3 * SMILE_MM


def test_the_marked_clip_is_as_long_and_carries_marks(results: tuple[Summary, Outputs], clip: Path) -> None:
    assert results[1].video is not None
    before, after = pictures_of(clip), pictures_of(results[1].video)
    assert len(after) == len(before)
    assert after[0].shape == (HEIGHT, WIDTH, 3)
    deep = round(WIDTH / 18)
    beside_the_words = (slice(0, deep), slice(7 * WIDTH // 8, None))
    words = slice(HEIGHT - deep, None)
    for old, new in zip(before, after, strict=True):
        assert new[beside_the_words].mean() < old[beside_the_words].mean() * 0.75
        assert np.abs(new[words].astype(int) - old[words]).max() > 90
    face = slice(HEIGHT // 4, 3 * HEIGHT // 4)
    warned_at = next(moved.warned_at for moved in results[0].unwanted if moved.warned_at is not None)
    number = round((warned_at + 0.5) * FPS)
    assert np.abs(after[number][face].astype(int) - before[number][face]).max() > 90


def test_a_clip_that_ends_within_a_repetition_keeps_what_joined_in_but_not_the_repetition(
    clip: Path, tmp_path: Path
) -> None:
    end = round((SECOND_JOINS_AT + 3.5) * FPS)
    cut = write_pictures(tmp_path / "cut.mp4", pictures_of(clip)[:end])
    summary = analyse(cut, short_holds(), LIBRARY.patterns, Side.RIGHT, Outputs())
    assert [done.number for done in summary.repetitions] == [1]
    (going_on,) = [moved for moved in summary.unwanted if moved.warned_at is not None]
    assert going_on.pattern == "oral-ocular-narrow"
    assert going_on.ended_at == pytest.approx((end - 1) / FPS, abs=0.01)


# When a picture was taken


class Reader:
    """Stands in for OpenCV's reader: so many pictures, with the times and the rate it is told to give."""

    def __init__(self, times_ms: list[float], fps: float, expected: int = 0) -> None:
        self.times_ms, self.fps, self.expected, self.read_so_far = times_ms, fps, expected, 0

    def __call__(self, *_: object) -> Reader:
        return self

    def isOpened(self) -> bool:  # noqa: N802  (OpenCV's name)
        return True

    def get(self, what: int) -> float:
        if what == cv2.CAP_PROP_POS_MSEC:
            return self.times_ms[self.read_so_far - 1]
        return self.fps if what == cv2.CAP_PROP_FPS else float(self.expected)

    def read(self) -> tuple[bool, Any]:
        if self.read_so_far == len(self.times_ms):
            return False, None
        self.read_so_far += 1
        return True, np.zeros((4, 4, 3), np.uint8)

    def release(self) -> None:
        pass


@pytest.fixture
def times_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Reader], list[float]]:
    def times(film: Reader) -> list[float]:
        monkeypatch.setattr(cv2, "VideoCapture", film)
        (tmp_path / "film.mp4").write_bytes(b"film")
        return [at for at, _ in Film(tmp_path / "film.mp4").pictures()]

    return times


def test_the_files_own_times_are_kept(times_of: Callable[[Reader], list[float]]) -> None:
    assert times_of(Reader([0, 40, 120, 125], fps=30)) == [0, 0.04, 0.12, 0.125]


def test_without_times_the_rate_gives_them(times_of: Callable[[Reader], list[float]]) -> None:
    assert times_of(Reader([0, 0, 0, 0], fps=20)) == pytest.approx([0, 0.05, 0.1, 0.15])
    assert times_of(Reader([float("nan"), -5, 0], fps=20)) == pytest.approx([0, 0.05, 0.1])


def test_time_never_goes_back(times_of: Callable[[Reader], list[float]]) -> None:
    assert times_of(Reader([0, 100, 50, 60, 300], fps=10)) == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])


@pytest.mark.parametrize("fps", [0, -1, float("nan"), 90000])
def test_a_file_that_knows_no_time_at_all_is_not_guessed_over(
    times_of: Callable[[Reader], list[float]], fps: float
) -> None:
    with pytest.raises(ClipError, match="neither when its pictures were taken nor how many a second"):
        times_of(Reader([0, 0], fps=fps))


def test_a_file_that_breaks_off_is_broken_but_a_missing_last_picture_is_not(
    times_of: Callable[[Reader], list[float]],
) -> None:
    assert len(times_of(Reader([0, 40, 80, 120], fps=25, expected=5))) == 4
    with pytest.raises(ClipError, match="4 of its 80 pictures"):
        times_of(Reader([0, 40, 80, 120], fps=25, expected=80))


# Real footage, where it is at hand


@pytest.fixture
def real(tmp_path: Path) -> Callable[[str, float], tuple[Summary, list[Row]]]:
    if not REAL.is_dir():
        pytest.skip("the real clips are not kept with the project")

    def run(name: str, rest_seconds: float) -> tuple[Summary, list[Row]]:
        table = tmp_path / "table.csv"
        summary = analyse(
            REAL / name, CARD, LIBRARY.patterns, Side.RIGHT, Outputs(csv=table), rest_seconds=rest_seconds
        )
        with table.open(encoding="utf-8", newline="") as file:
            return summary, list(csv.DictReader(file))

    return run


def test_a_real_healthy_smile_is_seen_on_both_sides_without_a_warning(
    real: Callable[[str, float], tuple[Summary, list[Row]]],
) -> None:
    summary, rows = real("PF_single_face.mp4", 0.4)
    assert len(rows) == 72
    smiling = [row for row in rows if 0.65 < float(row["time_s"]) < 2.2 and row["corner_up_right_mm"]]
    assert len(smiling) >= 5
    for side in ("left", "right"):
        assert np.median([float(row[f"corner_up_{side}_mm"]) for row in smiling]) > 3
        assert np.median([float(row[f"corner_out_{side}_mm"]) for row in smiling]) > 2
    assert not [row for row in rows if row["warning"]]
    assert not [moved for moved in summary.unwanted if moved.warned_at is not None]


def test_a_real_hand_over_the_face_and_a_turned_head_are_not_judged(
    real: Callable[[str, float], tuple[Summary, list[Row]]],
) -> None:
    _, rows = real("PF_WolfgangLanger_Pexels.mp4", 2.0)
    assert len(rows) == 472
    hand, turned = rows[76:226], rows[396:416]
    assert np.mean([row["judged"] == "false" for row in hand]) > 0.8
    assert np.mean([row["judged"] == "false" for row in turned]) > 0.9
    assert "turned_away" in {row["reason"] for row in rows}
    assert not [row for row in hand if row["warning"]]
