"""Practices as tables for the charts, and what may honestly be said about their course.

What was not seen is NaN in every table: never zero, never quiet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum
from typing import Any, Literal

import numpy as np
import pandas as pd

from coach.events import Repetition, UnwantedMovement
from coach.face import Side
from coach.manner import UNEVEN
from coach.records.history import PracticeRecord

JUDGED_ENOUGH = 0.8
"""Share of the time in repetitions that must have been judged before "nothing joined in" may be said.

Proposal: with a fifth unseen, all of one repetition in five could have been missed."""

KeptFrom = Literal["joined_in", "too_big", "too_small", "uneven", "short"]

PRACTICES_A_WEEK = 3
"""A week with fewer practices has no median (clinical.md 7.7: at least 3 sessions per point)."""

NOISE_MM = 0.15
"""The camera's own noise; days are never taken to differ less than this (clinical.md 5.7: brow, the noisiest)."""


def practice_frame(practices: Iterable[PracticeRecord], zone: tzinfo) -> pd.DataFrame:
    """One row a practice, the oldest first; times in `zone`, the person's own.

    `judged_share` is that of the time in repetitions; `clean` is NaN where it is too small to mean anything.
    `joining_in` counts the repetitions in which anything was seen to join in, `unseen` those in which a watched
    area was not seen. `kept_from` is what kept repetitions from being clean.
    """
    rows = [
        {
            "practice": practice.uid,
            "started_at": practice.started_at,
            "card": practice.card_id,
            "card_name": practice.card_name,
            "planned": practice.repetitions_planned,
            "done": len(practice.repetitions),
            "clean": practice.clean_repetitions if judged_enough(practice) else np.nan,
            "joining_in": joining_in(practice),
            "kept_from": kept_from(practice),
            "unseen": sum(bool(not_known(r, practice.affected)) for r in practice.repetitions),
            "evenness": median(r.symmetry for r in practice.repetitions),
            "minutes": _number(practice.seconds) / 60,
            "judged_share": _number(practice.moving_judged),
            "ending": practice.ending or "ended early",
        }
        for practice in practices
    ]
    columns = [
        "practice",
        "started_at",
        "card",
        "card_name",
        "planned",
        "done",
        "clean",
        "joining_in",
        "kept_from",
        "unseen",
    ]
    return dated(
        pd.DataFrame(rows, columns=[*columns, "evenness", "minutes", "judged_share", "ending"]), zone
    )


def pattern_frame(practices: Iterable[PracticeRecord], zone: tzinfo) -> pd.DataFrame:
    """One row for each practice and each pattern that ever joined in with the same exercise, the oldest first.

    `joined_in` and `warned` count repetitions; NaN where too little was seen to say "none". `onset_mm` is the median
    of how far the movement had got when the pattern began; NaN where it did not join in. `quiet_mm` is how far
    the movement got in a practice in which it could be judged and stayed quiet; NaN otherwise.
    """
    practices = list(practices)
    joining: dict[str, dict[tuple[str, Side | None], None]] = {}
    for practice in practices:
        for unwanted in _unwanted(practice):
            joining.setdefault(practice.card_id, {})[unwanted.pattern, unwanted.side] = None
    rows = [
        {
            "practice": practice.uid,
            "started_at": practice.started_at,
            "card": practice.card_id,
            "pattern": pattern,
            "side": side.value if side else "",
            **_course(practice, pattern, side),
        }
        for practice in practices
        for pattern, side in joining.get(practice.card_id, ())
    ]
    columns = [
        "practice",
        "started_at",
        "card",
        "pattern",
        "side",
        "joined_in",
        "warned",
        "onset_mm",
        "quiet_mm",
    ]
    return dated(pd.DataFrame(rows, columns=columns), zone)


def joining_in(practice: PracticeRecord) -> int:
    """In how many repetitions anything was seen to join in."""
    return sum(bool(repetition.unwanted) for repetition in practice.repetitions)


def kept_from(practice: PracticeRecord) -> KeptFrom:
    """What mostly kept the repetitions of a practice from being clean."""
    if joining_in(practice):
        return "joined_in"
    kinds = Counter(_kept_from(r) for r in practice.repetitions if not r.clean and seen_well(r))
    return kinds.most_common(1)[0][0] if kinds else "short"


def _kept_from(repetition: Repetition) -> KeptFrom:
    if "too_big" in repetition.corrections:
        return "too_big"
    uneven = repetition.symmetry is not None and repetition.symmetry < UNEVEN
    if uneven or "uneven" in repetition.corrections:
        return "uneven"
    return "too_small" if "too_small" in repetition.corrections and not repetition.hold_seconds else "short"


def not_known(repetition: Repetition, affected: Side | None) -> tuple[str, ...]:
    """The patterns of which one repetition cannot say whether they stayed quiet: not seen, nor seen to join in.

    With both sides watched (`affected` None) one that joined in leaves the other side open.
    """
    joined = {unwanted.pattern for unwanted in repetition.unwanted if unwanted.side in (affected, None)}
    return tuple(pattern for pattern in repetition.unseen if pattern not in joined)


def judged_enough(practice: PracticeRecord) -> bool:
    """Whether enough was seen for a quiet practice to mean something."""
    return (practice.moving_judged or 0.0) >= JUDGED_ENOUGH and any(map(seen_well, practice.repetitions))


def seen_well(repetition: Repetition) -> bool:
    """Whether enough of one repetition was seen to call it quiet; of a hold that was mostly blinks too little was."""
    return repetition.judged_share >= JUDGED_ENOUGH and "blinked" not in repetition.corrections


def reached_mm(repetition: Repetition) -> float:
    """How far a repetition went: the mean of the sides that were seen, as for onsets; NaN: neither."""
    seen = [a for a in (repetition.amplitude_right_mm, repetition.amplitude_left_mm) if a is not None]
    return float(np.mean(seen)) if seen else np.nan


def median(values: Iterable[float | None]) -> float:
    """The median of what was seen; NaN if nothing was."""
    seen: Sequence[float] = [v for v in values if v is not None and not np.isnan(v)]
    return float(np.median(seen)) if seen else np.nan


class Course(Enum):
    """Where a figure has been going, said only when the person's own ups and downs cannot explain it."""

    TOO_EARLY = "too early"  # not enough practices to compare
    SAME = "same"  # within the ups and downs of the start
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The start against the two latest weeks; `low` and `high` bound the ups and downs at the start."""

    course: Course
    low: float | None = None
    high: float | None = None


def weeks_of(days: pd.Series[Any], values: pd.Series[Any]) -> pd.DataFrame:
    """Median and spread by week of practice (7 days, counted from the first day); weeks with too few are left out."""
    seen = pd.DataFrame({"day": pd.to_datetime(days), "value": values.astype(float)})
    seen["week"] = (seen["day"] - seen["day"].min()).dt.days // 7
    seen = seen.dropna(subset=["value"])
    weeks = seen.groupby("week")["value"].agg(["median", "std", "count"])
    weeks["day"] = seen.groupby("week")["day"].median()
    return weeks[weeks["count"] >= PRACTICES_A_WEEK]


def compare(days: pd.Series[Any], values: pd.Series[Any], noise_mm: float = NOISE_MM) -> Comparison:
    """The start (the first week with enough practices) against now.

    A change counts beyond 2 SD of the start, in two weeks running (clinical.md 7.7, a proposal there); that SD is
    never taken to be less than `noise_mm`.
    """
    weeks = weeks_of(days, values)
    if weeks.empty:
        return Comparison(Course.TOO_EARLY)
    start = weeks.iloc[0]
    spread = 2 * max(float(start["std"]), noise_mm)
    low, high = float(start["median"]) - spread, float(start["median"]) + spread
    latest = weeks.iloc[1:].tail(2)
    if len(latest) < 2 or latest.index[1] != latest.index[0] + 1:
        return Comparison(Course.TOO_EARLY, low, high)
    if (latest["median"] > high).all():
        return Comparison(Course.MORE, low, high)
    if (latest["median"] < low).all():
        return Comparison(Course.LESS, low, high)
    return Comparison(Course.SAME, low, high)


def _course(practice: PracticeRecord, pattern: str, side: Side | None) -> dict[str, float]:
    found = [
        (repetition, unwanted)
        for repetition in practice.repetitions
        for unwanted in repetition.unwanted
        if (unwanted.pattern, unwanted.side) == (pattern, side)
    ]
    unseen = any(pattern in repetition.unseen for repetition in practice.repetitions)
    if not found and (unseen or not judged_enough(practice)):
        return dict.fromkeys(("joined_in", "warned", "onset_mm", "quiet_mm"), np.nan)
    return {
        "joined_in": len({repetition.number for repetition, _ in found}),
        "warned": len({repetition.number for repetition, seen in found if seen.warned_at is not None}),
        "onset_mm": median(unwanted.onset_amplitude_mm for _, unwanted in found),
        "quiet_mm": np.nan
        if found
        else median(reached_mm(repetition) for repetition in practice.repetitions),
    }


def _unwanted(practice: PracticeRecord) -> Iterator[UnwantedMovement]:
    for repetition in practice.repetitions:
        yield from repetition.unwanted


def dated(frame: pd.DataFrame, zone: tzinfo) -> pd.DataFrame:
    """The frame in the order of time, with the day on the person's own calendar."""
    frame["started_at"] = pd.to_datetime(frame["started_at"], utc=True).dt.tz_convert(zone)
    frame.insert(2, "day", frame["started_at"].dt.date)
    return frame.sort_values("started_at", kind="stable").reset_index(drop=True)


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)
