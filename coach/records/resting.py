"""The face at rest, day by day: how one side stands beside the other, and the person's own ups and downs within a day.

What was not seen is NaN. No figure means anything by itself (coach/resting_shape.py): only its change over weeks does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from itertools import combinations

import numpy as np
import pandas as pd

from coach.face import Side
from coach.records.history import PracticeRecord
from coach.records.trends import NOISE_MM, Comparison, compare, dated, weeks_of
from coach.resting_shape import RestingShape

MEASURES = ("eye", "corner", "brow")

NOT_BEFORE_DAYS = 2
"""On fewer days nothing has a course."""

# Half of all pairs of a normal spread differ by less than this many SD.
_HALF_OF_PAIRS = 0.954


def rest_frame(practices: Iterable[PracticeRecord], affected: Side | None, zone: tzinfo) -> pd.DataFrame:
    """One row a rest, the oldest first, in mm: what stands on the affected side beside the other.

    `eye` is how much further that eye is open, `corner` and `brow` how much higher they sit. Where the side is not
    known it is the left beside the right.
    """
    sign = -1.0 if affected is Side.RIGHT else 1.0
    rows = [
        {"practice": practice.uid, "started_at": practice.started_at}
        | {measure: sign * value for measure, value in _left_beside_right(repetition.resting).items()}
        for practice in practices
        for repetition in practice.repetitions
        if repetition.resting is not None
    ]
    return dated(pd.DataFrame(rows, columns=["practice", "started_at", *MEASURES]), zone)


def by_day(rests: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One row a day in which it was seen: the median of its rests (`mm`)."""
    days = rests.dropna(subset=[measure]).groupby("day")[measure].median()
    return pd.DataFrame({"day": list(days.index), "mm": days.to_numpy(dtype=float)})


def within_a_day_mm(rests: pd.DataFrame, measure: str) -> float:
    """The SD of single rests of one day, from the median difference between two of them; NaN: no day had two.

    Between pairs, because a day of three rests is too short for a spread of its own; a median, because one rest taken
    on a moved face must not widen it.
    """
    apart = [
        abs(a - b)
        for _, values in rests.dropna(subset=[measure]).groupby("day")[measure]
        for a, b in combinations(values.astype(float), 2)
    ]
    return float(np.median(apart)) / _HALF_OF_PAIRS if apart else np.nan


def course(rests: pd.DataFrame, measure: str) -> Comparison:
    """The start against now, practice by practice; within a person's own ups and downs there is no change."""
    practices = _by_practice(rests, measure)
    noise_mm = within_a_day_mm(rests, measure)
    return compare(practices["day"], practices["mm"], float(np.nanmax([noise_mm, NOISE_MM])))


def by_week(rests: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The middle of each week with enough practices: its day, and the median of its practices (`mm`)."""
    practices = _by_practice(rests, measure)
    weeks = weeks_of(practices["day"], practices["mm"])
    return pd.DataFrame({"day": weeks["day"].dt.date.to_list(), "mm": weeks["median"].to_list()})


def _by_practice(rests: pd.DataFrame, measure: str) -> pd.DataFrame:
    return rests.groupby("practice", sort=False).agg(day=("day", "first"), mm=(measure, "median"))


def _left_beside_right(shape: RestingShape) -> dict[str, float]:
    right, left = shape.lid_gap_right_mm, shape.lid_gap_left_mm
    return {
        "eye": np.nan if right is None or left is None else left - right,
        "corner": np.nan if shape.corner_height_mm is None else shape.corner_height_mm,
        "brow": np.nan if shape.brow_height_mm is None else shape.brow_height_mm,
    }
