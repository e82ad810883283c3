"""A video file as a row of pictures, each with the time at which it was taken."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from coach import CoachError

MOST_FPS = 240.0
LOST_SHARE = 0.05  # a file may hold a few pictures fewer than its header says; more means that it breaks off

Picture = NDArray[np.uint8]
"""Shape (height, width, 3); blue, green, red, as OpenCV has them."""


class ClipError(CoachError):
    """The clip cannot be analysed, or a result cannot be written."""


class Film:
    """An opened file; times are in seconds from its beginning."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            raise ClipError(f"{path}: there is no such file.")
        if path.stat().st_size == 0:
            raise ClipError(f"{path}: the file is empty.")
        # Our own sentence says what is amiss; theirs about the same would stand around it.
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
        cv2.setLogLevel(2)  # errors only
        # The backend is named: left to choose, OpenCV takes digits in a name for a sequence of pictures.
        self._capture = cv2.VideoCapture(str(path.resolve()), cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            raise ClipError(f"{path}: this is not a video that can be read (or it is broken).")
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps = fps if math.isfinite(fps) and 0 < fps <= MOST_FPS else None
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.expected = int(count) if math.isfinite(count) and count > 0 else None

    def pictures(self) -> Iterator[tuple[float, Picture]]:
        """Every picture with its time; raises ClipError where the file holds none or breaks off."""
        at: float | None = None
        number = 0
        while True:
            read, picture = self._capture.read()
            if not read:
                break
            at = self._time(at)
            number += 1
            yield at, np.asarray(picture, dtype=np.uint8)
        if number == 0:
            raise ClipError(f"{self.path}: no picture in it can be read.")
        if self.expected is not None and number < self.expected - max(2, LOST_SHARE * self.expected):
            raise ClipError(
                f"{self.path}: the file is broken: {number} of its {self.expected} pictures can be read."
            )

    def _time(self, last: float | None) -> float:
        """The time the file gives; where it gives none or does not go on, one picture after the last."""
        at = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if math.isfinite(at) and at >= 0 and (last is None or at > last):
            return at
        if last is None:
            return 0.0
        if self.fps is None:
            raise ClipError(
                f"{self.path}: the file tells neither when its pictures were taken nor how many a second."
            )
        return last + 1 / self.fps

    def close(self) -> None:
        """Let the file go."""
        self._capture.release()
