"""What a report says of a course: how often, how far, and what may be said beside the start."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from coach.clinic.report_values import Dated
from coach.records.telling import mm
from coach.records.trends import Comparison, Course


@dataclass(frozen=True, eq=False)
class Thread:
    """One pattern in one exercise, practice by practice; onsets are held against each other only within it."""

    card: str
    name: str
    pattern: str
    side: str
    area: str
    movement: str
    course: pd.DataFrame


def onset_sentence(within: pd.DataFrame, thread: Thread, since: date) -> str:
    """In how many practices it joined in, also of late, how far the movement had got, and how far it got without."""
    known = within.dropna(subset=["joined_in"])
    more = unjudged(len(within) - len(known))
    if known.empty:
        return f"Too little could be seen to say when {thread.area} joined in{more}."
    joined, quiet = known[known["joined_in"] > 0], known[known["joined_in"] == 0]
    lately = known[known["day"] > since]
    said = f"Joined in during {len(joined)} of {practices(len(known))}{more}"
    if 0 < len(lately) < len(known):
        said += f", {(lately['joined_in'] > 0).sum()} of {len(lately)} in the last four weeks"
    onsets = joined["onset_mm"].dropna()
    if len(onsets):
        said += f", in the middle when the {thread.movement} had reached {mm(onsets.median())}"
    said += "."
    reached = quiet["quiet_mm"].dropna()
    if len(reached):
        said += f" Where it stayed quiet, the {thread.movement} reached {mm(reached.median())}."
    return said


def compared(comparison: Comparison, movement: str, recent: bool) -> str:
    """The weeks against the start; weeks of long ago say nothing of now."""
    if comparison.low is None or comparison.high is None:
        return "There is no week with three onsets yet to compare with."
    start = f"the start ({max(comparison.low, 0.0):.1f} to {comparison.high:.1f}\N{NO-BREAK SPACE}mm)"
    return {
        Course.TOO_EARLY: f"Too few full weeks to compare with {start}.",
        Course.SAME: f"The last two full weeks are within {start}.",
        Course.MORE: f"In the last two full weeks the {movement} got further than at {start}.",
        Course.LESS: f"In the last two full weeks it joined in earlier than at {start}.",
    }[comparison.course if recent else Course.TOO_EARLY]


def resting_words(comparison: Comparison, more: str, less: str, recent: bool) -> str:
    """The face at rest against the start; neither way is called better."""
    return {
        Course.TOO_EARLY: "too few weeks to compare",
        Course.SAME: "about as at the start",
        Course.MORE: f"{more} than at the start",
        Course.LESS: f"{less} than at the start",
    }[comparison.course if recent else Course.TOO_EARLY]


def area(words: str) -> str:
    """An area as it is spoken of to somebody else."""
    return words.replace("your nose", "the nose").replace("your ", "the ")


def between(points: Dated, form: str, unit: str) -> str:
    """From the smallest to the largest."""
    values = [value for _, value in points]
    low, high = format(min(values), form), format(max(values), form)
    return "" if low == high else f" ({low} to {high}{unit})"


def unjudged(how_many: int) -> str:
    """How many practices say nothing."""
    return f" ({how_many} more could not be judged)" if how_many else ""


def practices(how_many: int) -> str:
    """A number of practices."""
    return counted(how_many, "practice")


def counted(how_many: int, what: str) -> str:
    """One, or so many."""
    return f"1 {what}" if how_many == 1 else f"{how_many} {what}s"


def dated(days: Iterable[date], values: Iterable[float]) -> Dated:
    """What is known, in the order of time."""
    return tuple(
        (day, float(value)) for day, value in zip(days, values, strict=True) if not math.isnan(value)
    )
