"""What many practices say together, in calm words: every course has its sentence from here."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from coach.records.telling import ADVICE, day, long_day, mm, percent, repetitions, were
from coach.records.trends import JUDGED_ENOUGH, Comparison, Course

RECENT = 5
"""How many of the latest practices "lately" means."""


def onset(course: pd.DataFrame, name: str, movement: str, comparison: Comparison) -> str:
    """How far the movement got before one area joined in: the last time, lately, and against the start."""
    known = course.dropna(subset=["joined_in"])
    if known.empty:
        return f"Too little could be seen to say when {name} joined in."
    last = known.iloc[-1]
    said = f"On {day(last['day'])}, {name} "
    if last["joined_in"] > 0:
        far = last["onset_mm"]
        said += "joined in." if pd.isna(far) else f"joined in when your {movement} had reached {mm(far)}."
    else:
        said += "stayed quiet"
        said += "." if pd.isna(last["quiet_mm"]) else f", and your {movement} reached {mm(last['quiet_mm'])}."
    lately = known.tail(RECENT)
    quiet = int((lately["joined_in"] == 0).sum())
    if len(lately) > 1 and quiet:
        said += f" It stayed quiet in {quiet} of the last {len(lately)} practices."
    onsets = lately["onset_mm"].dropna()
    if len(onsets) > 1:
        said += f" Lately it joined in {_between(onsets, 'mm')}."
    return f"{said} {_compared(comparison)}"


def nothing_yet(practices: pd.DataFrame) -> str:
    """For an exercise in which nothing ever joined in, as far as could be seen."""
    seen = practices[practices["judged_share"] >= JUDGED_ENOUGH]
    if seen.empty:
        return "Too little could be seen so far to say whether anything joins in."
    where = f"in {_practices(len(seen))} that could be judged"
    if seen["unseen"].any():
        return (
            f"As far as the camera could see, nothing joined in, {where}. "
            "Not every area could be seen in every repetition."
        )
    return f"Nothing that the camera watches joined in, {where}."


def clean(practices: pd.DataFrame) -> str:
    """Clean repetitions of those done: the last time, and lately."""
    seen = practices.dropna(subset=["clean"])
    if seen.empty:
        return "No repetition was seen well enough yet to call it clean."
    last = seen.iloc[-1]
    said = f"On {day(last['day'])}, "
    if last["clean"]:
        said += f"{last['clean']:.0f} of {repetitions(last['done'])} {were(last['clean'])} clean."
    else:
        said += f"no repetition was clean yet. {ADVICE[last['kept_from']]}"
    lately = seen.tail(RECENT)
    if len(lately) > 1:
        together = f"{lately['clean'].sum():.0f} of {lately['done'].sum()}"
        said += f" In the last {len(lately)} practices that could be judged it was {together}."
    return said


def evenness(practices: pd.DataFrame) -> str:
    """How alike both sides moved: the last time, and lately."""
    seen = practices["evenness"].dropna()
    if seen.empty:
        return "Both sides were not seen together often enough to compare them."
    last = practices.loc[seen.index[-1], "day"]
    said = f"On {day(last)}, the smaller side moved {percent(seen.iloc[-1])} as far as the larger."
    lately = seen.tail(RECENT)
    if len(lately) > 1:
        said += f" In the last {len(lately)} practices it was {_between(lately * 100, '%')}."
    else:
        said += " Your next practices will be drawn beside it."
    return said


def days(practices: pd.DataFrame, today: date) -> str:
    """On how many of the last 14 days there was practice, and when the last one was."""
    latest = practices["day"].max()
    since = today - timedelta(days=13)
    recent = practices[practices["day"] >= since]
    ago = (today - latest).days
    when = {0: "today", 1: "yesterday"}.get(ago, f"{ago} days ago" if ago < 60 else f"on {long_day(latest)}")
    if recent.empty:
        return f"Your last practice was {when}. A few minutes are a good way back in."
    distinct = recent["day"].nunique()
    on = "on one day" if distinct == 1 else f"on {distinct} days"
    return f"In the last 14 days you practised {on}; the last time was {when}."


def _compared(comparison: Comparison) -> str:
    if comparison.low is None or comparison.high is None:
        return "After a few more practices you will see here how the weeks compare."
    start = f"at the start ({max(comparison.low, 0):.1f} to {comparison.high:.1f}\N{NO-BREAK SPACE}mm)"
    return {
        Course.TOO_EARLY: f"A few more weeks will show how that compares with {start[3:]}.",
        Course.SAME: f"That is about as {start}.",
        Course.MORE: f"In the last two weeks you got further than {start}.",
        Course.LESS: f"In the last two weeks it began earlier than {start}.",
    }[comparison.course]


def _between(values: pd.Series[Any], unit: str) -> str:
    digits = 1 if unit == "mm" else 0
    low, high = f"{values.min():.{digits}f}", f"{values.max():.{digits}f}"
    unit = f"\N{NO-BREAK SPACE}{unit}"
    return f"at about {low}{unit}" if low == high else f"between {low} and {high}{unit}"


def _practices(count: int) -> str:
    return "1 practice" if count == 1 else f"{count} practices"
