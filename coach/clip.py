"""The same practice over a recorded video: a table of every picture, a summary, and the clip with the coach's marks.

Nothing is written until all of it is: each result first grows in a file beside its place, and takes its name last.
"""

from __future__ import annotations

import csv
import json
import math
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, TextIO

import cv2
import numpy as np

from coach import ENGINE_VERSION
from coach.events import Repetition, UnwantedMovement
from coach.exercise import Exercise, Pattern
from coach.face import Side
from coach.film import ClipError, Film, Picture
from coach.movements import EXPERIMENTAL, MILLIMETRES, NAMES
from coach.overlay import draw
from coach.plan import Plan
from coach.practice import DROPPED_AFTER_START, SCALE_PICTURES, Practice
from coach.resting_shape import RestingShape
from coach.sight import Reason
from coach.snapshot import Snapshot

COLUMNS = (
    *("time_s", "judged", "reason", "phase", "blink", "warning", "yaw_deg", "pitch_deg", "roll_deg"),
    *(f"{name}_mm" for name in MILLIMETRES),
    *(
        f"{name}_percent" for name in EXPERIMENTAL
    ),  # of the skin's brightness; experimental: no card watches them
)
# The mesh needs a few pictures to settle and the scale some more. A recording can be looked at twice: its opening
# is first played backwards up to the first picture, so that a short rest at its start is not used up by that.
SETTLING_PICTURES = DROPPED_AFTER_START + SCALE_PICTURES
STAGES = ("track", "skin", "judge", "total")
WITHOUT_A_FACE = {
    Reason.NO_FACE: "none was found",
    Reason.TWO_FACES: "two were in view",
    Reason.TOO_DARK: "it was too dark",
    Reason.TOO_BRIGHT: "it was too bright",
}
"""Why a picture gave no landmarks at all, in words."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the results go; None: that one is not wanted."""

    csv: Path | None = None
    json: Path | None = None
    video: Path | None = None


class Summary:
    """What a clip held, gathered picture by picture."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.judged = 0
        self.faces = 0
        self.reasons: Counter[Reason] = Counter()
        self.repetitions: list[Repetition] = []
        self.unfinished: tuple[UnwantedMovement, ...] = ()
        self._timing: dict[str, list[float]] = {stage: [] for stage in STAGES}

    def see(self, snapshot: Snapshot) -> None:
        """Add one picture."""
        self.times.append(snapshot.at)
        self.judged += snapshot.judged
        self.faces += snapshot.pose is not None
        if snapshot.reason is not None:
            self.reasons[snapshot.reason] += 1
        for stage in STAGES:
            if stage in snapshot.timing_ms:
                self._timing[stage].append(snapshot.timing_ms[stage])

    @property
    def frames(self) -> int:
        """How many pictures there were."""
        return len(self.times)

    @property
    def judged_share(self) -> float:
        """The share of all pictures that were judged, 0 to 1.

        Getting ready counts as not judged, as in the table; `Practice.judged_share` leaves it out.
        """
        return self.judged / self.frames

    @property
    def fps(self) -> float | None:
        """Pictures a second as they came; None for a single one."""
        length = self.times[-1] - self.times[0]
        return (self.frames - 1) / length if length > 0 else None

    @property
    def unwanted(self) -> tuple[UnwantedMovement, ...]:
        """Everything that joined in, also in a repetition the clip ends in."""
        finished = [movement for repetition in self.repetitions for movement in repetition.unwanted]
        return (*finished, *self.unfinished)

    def to_json(self, exercise: Exercise, affected: Side) -> dict[str, Any]:
        """The summary as it is written."""
        return {
            "engine": ENGINE_VERSION,
            "card": exercise.id,
            "affected": affected.value,
            "frames": self.frames,
            "fps": _rounded(self.fps),
            "judged_share": _rounded(self.judged_share),
            "repetitions": [
                {
                    "start_s": _rounded(done.started_at),
                    "end_s": _rounded(done.ended_at),
                    "amplitude_mm": {
                        "left": _rounded(done.amplitude_left_mm),
                        "right": _rounded(done.amplitude_right_mm),
                    },
                    "symmetry": _rounded(done.symmetry),
                    "hold_s": _rounded(done.hold_seconds),
                    "clean": done.clean,
                    "resting": _resting(done.resting),
                }
                for done in self.repetitions
            ],
            "unwanted": [
                {
                    "pattern": moved.pattern,
                    "movement": moved.movement,
                    "side": moved.side.value if moved.side else None,
                    "start_s": _rounded(moved.started_at),
                    "end_s": _rounded(moved.ended_at),
                    "peak_mm": _rounded(moved.peak_mm),
                    "onset_amplitude_mm": _rounded(moved.onset_amplitude_mm),
                    "warned_at_s": _rounded(moved.warned_at),
                }
                for moved in self.unwanted
            ],
            "timing_ms": {
                stage: {
                    "p50": _rounded(float(np.percentile(taken, 50)) if taken else None),
                    "p95": _rounded(float(np.percentile(taken, 95)) if taken else None),
                }
                for stage, taken in self._timing.items()
            },
        }


def analyse(
    clip: Path,
    exercise: Exercise,
    patterns: Mapping[str, Pattern],
    affected: Side,
    outputs: Outputs,
    *,
    rest_seconds: float = 2.0,
    on_open: Callable[[int | None], None] = lambda expected: None,
    on_picture: Callable[[], None] = lambda: None,
) -> Summary:
    """Practise over a clip and write what is wanted.

    `on_open` hears how many pictures the file promises, `on_picture` is called after each one.

    Raises:
        ClipError: the file is broken, empty or without one face to measure, or a result cannot be written.
            Nothing is written then.
    """
    summary = Summary()
    with ExitStack() as stack:
        places = stack.enter_context(_whole_or_not_at_all(clip, outputs))
        film = Film(clip)
        stack.callback(film.close)
        on_open(film.expected)
        practice = Practice(
            Plan.of(exercise, patterns, affected),
            patterns,
            on_repetition=lambda repetition, _: summary.repetitions.append(repetition),
            rest_seconds=rest_seconds,
            experimental=True,
        )
        stack.callback(practice.close)
        table = None
        if places.csv is not None:
            table = csv.writer(stack.enter_context(_text(places.csv)), lineterminator="\n")
            table.writerow(COLUMNS)
        marked = _Marked(places.video, film.fps) if places.video is not None else None
        if marked is not None:
            stack.callback(marked.close)
        pictures = film.pictures()
        opening = list(islice(pictures, SETTLING_PICTURES + 1))
        for at, picture in reversed(opening[1:]):
            practice.see(_rgb(picture), 2 * opening[0][0] - at)
        for at, picture in chain(opening, pictures):
            snapshot = practice.see(_rgb(picture), at)
            summary.see(snapshot)
            if table is not None:
                table.writerow(_row(snapshot))
            if marked is not None:
                draw(picture, snapshot)
                marked.write(picture)
            on_picture()
        summary.unfinished = practice.unfinished
        if summary.faces == 0:
            reason, count = summary.reasons.most_common(1)[0]
            raise ClipError(
                f"{clip}: no face could be measured: {WITHOUT_A_FACE[reason]} in {count} of {summary.frames} pictures."
            )
        if places.json is not None:
            with _text(places.json) as file:
                json.dump(summary.to_json(exercise, affected), file, indent=2, allow_nan=False)
                file.write("\n")
    return summary


class _Marked:
    """The clip with the coach's marks, written as it grows; sound is not kept."""

    def __init__(self, path: Path, fps: float | None) -> None:
        self._path, self._fps = path, fps or 30.0
        self._writer: cv2.VideoWriter | None = None

    def write(self, picture: Picture) -> None:
        if self._writer is None:
            height, width = picture.shape[:2]
            code = cv2.VideoWriter.fourcc(*"mp4v")
            self._writer = cv2.VideoWriter(str(self._path), code, self._fps, (width, height))
            if not self._writer.isOpened():
                raise ClipError(f"{self._path}: a video cannot be written there; does its name end in .mp4?")
        self._writer.write(picture)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.release()


@contextmanager
def _whole_or_not_at_all(clip: Path, outputs: Outputs) -> Iterator[Outputs]:
    """Files to write into; they take their names when everything went well, and vanish otherwise."""
    wanted = {kind: path for kind in ("csv", "json", "video") if (path := getattr(outputs, kind)) is not None}
    taken = [clip.resolve()]
    for path in wanted.values():
        if path.resolve() in taken:
            raise ClipError(
                f"{path}: named twice; every result needs a place of its own, and the clip stays as it is."
            )
        if path.is_dir() or not path.resolve().parent.is_dir():
            raise ClipError(f"{path}: cannot be written; it has to be a file in a folder that is there.")
        taken.append(path.resolve())
    parts = {kind: path.with_name(f".{path.stem}.part{path.suffix}") for kind, path in wanted.items()}
    try:
        yield Outputs(**parts)
        for kind, part in parts.items():
            os.replace(part, wanted[kind])
    except OSError as error:
        raise ClipError(f"{error.filename or 'The result'}: cannot be written ({error.strerror}).") from error
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


@contextmanager
def _text(path: Path) -> Iterator[TextIO]:
    with path.open("w", encoding="utf-8", newline="") as file:
        yield file


def _resting(shape: RestingShape | None) -> dict[str, Any] | None:
    if shape is None:
        return None
    return {
        "lid_gap_mm": {"left": _rounded(shape.lid_gap_left_mm), "right": _rounded(shape.lid_gap_right_mm)},
        "corner_height_mm": _rounded(shape.corner_height_mm),
        "brow_height_mm": _rounded(shape.brow_height_mm),
    }


def _rgb(picture: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _row(snapshot: Snapshot) -> list[object]:
    pose = snapshot.pose
    degrees = (pose.yaw_degrees, pose.pitch_degrees, pose.roll_degrees) if pose is not None else (None,) * 3
    seen = snapshot.movements if snapshot.judged else {}
    return [
        f"{snapshot.at:.3f}",
        _word(snapshot.judged),
        snapshot.reason.value if snapshot.reason is not None else "",
        snapshot.phase.value,
        _word(snapshot.blink),
        snapshot.warning.pattern if snapshot.warning else "",
        *(_figure(value, 2) for value in degrees),
        *(_figure(seen.get(name), 3) for name in NAMES),
    ]


def _word(value: bool) -> str:
    return "true" if value else "false"


def _figure(value: float | None, digits: int) -> str:
    return "" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 3)
