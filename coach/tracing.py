"""The course of a repetition, gathered while it goes on: what is kept of it is a trace of numbers."""

from __future__ import annotations

from collections import deque

import numpy as np

from coach.face import FloatArray
from coach.movements import MILLIMETRES, Readings
from coach.trace import Trace

CLOSEST_SECONDS = 0.03  # a camera of 30 pictures a second is kept whole, a faster one thinned out
LEAD_SECONDS = 1.0  # of the stillness before a movement
LONGEST_SECONDS = 120.0  # no repetition is followed for longer: only its end is kept then


class Tracing:
    """The readings of one repetition so far."""

    def __init__(self) -> None:
        self._moments: deque[tuple[float, FloatArray]] = deque()

    def add(self, at: float, readings: Readings, begun: bool) -> None:
        """One more judged picture; before the movement has `begun` only a short lead is kept."""
        if self._moments and at - self._moments[-1][0] < CLOSEST_SECONDS:
            return
        values = np.array([readings[name] for name in MILLIMETRES], dtype=np.float64)
        self._moments.append((at, values))
        longest = LONGEST_SECONDS if begun else LEAD_SECONDS
        while at - self._moments[0][0] > longest:
            self._moments.popleft()

    def clear(self) -> None:
        """Begin anew."""
        self._moments.clear()

    def trace(self) -> Trace:
        """All of it."""
        moments = np.array([at for at, _ in self._moments], dtype=np.float64)
        values = np.array([values for _, values in self._moments], dtype=np.float64)
        return Trace(moments, MILLIMETRES, values.reshape(-1, len(MILLIMETRES)))
