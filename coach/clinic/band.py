"""A person's own ups and downs: the band within which nothing is called a change, and which weeks may speak.

clinical.md 7.7, proposals there: at least three practices a week, 2 SD of the person's own weeks, two weeks running.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from coach.records.trends import PRACTICES_A_WEEK

SPREADS = 2
"""So many SD to each side are noise."""

WEEKS_BEFORE = 2
"""Fewer weeks have no band (proposal: the SD of three practices alone is too uncertain to call anything a change)."""

WEEKS_RUNNING = 2
"""So many weeks, one after the other, must agree."""


@dataclass(frozen=True, slots=True)
class Band:
    """The middle of some weeks, and how far the person's own ups and downs go around it."""

    middle: float
    low: float
    high: float


def enough(weeks: Mapping[int, Sequence[float]]) -> dict[int, Sequence[float]]:
    """The weeks, by number, that say something: those with fewer than three practices are left out."""
    return {week: values for week, values in weeks.items() if len(values) >= PRACTICES_A_WEEK}


def band(before: Mapping[int, Sequence[float]], least_sd: float) -> Band | None:
    """The band of some weeks that say something; None: too few.

    The SD is never taken to be less than `least_sd`, the measure's own noise. It is that of single practices, not of
    the weeks' medians, so that it stays wide where a week has few of them.
    """
    if len(before) < WEEKS_BEFORE:
        return None
    values = [value for some in before.values() for value in some]
    middle, spread = median(values), SPREADS * max(float(np.std(values, ddof=1)), least_sd)
    return Band(middle, middle - spread, middle + spread)


def running(numbers: Iterable[int]) -> bool:
    """Whether enough weeks follow each other directly."""
    ordered = sorted(numbers)
    return any(
        ordered[at + WEEKS_RUNNING - 1] == first + WEEKS_RUNNING - 1
        for at, first in enumerate(ordered[: len(ordered) - WEEKS_RUNNING + 1])
    )
