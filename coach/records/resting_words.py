"""What may be said of the face at rest: one side beside the other, and whether the weeks have changed it.

Neither direction is called better: an eye may open and a corner may sink because it lets go, or because it is tired.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from coach.face import Side
from coach.records.resting import MEASURES, NOT_BEFORE_DAYS
from coach.records.telling import day
from coach.records.trends import NOISE_MM, Comparison, Course

ABOUT = (
    "Measured by the camera while you rested, before each repetition. "
    "A camera cannot tell the true size of a difference; only the change over weeks counts."
)

LINE = (
    "Line: from day to day; once there are two full weeks (with at least three practices), from week to week."
)

SHADED = "Shaded: the start, with your own ups and downs. Only what leaves the shade, and stays outside, is a change."

NAMES = {"eye": "Eyes", "corner": "Corners of the mouth", "brow": "Brows"}

ALIKE_MM = 2 * NOISE_MM
"""A smaller difference is not called one."""

_WHO = {"eye": "your {this} eye", "corner": "the {this} corner of your mouth", "brow": "your {this} brow"}
_OTHER = {"eye": "your {that}", "corner": "the {that}", "brow": "your {that}"}
_WAYS = {"eye": ("narrower", "more open"), "corner": ("lower", "higher"), "brow": ("lower", "higher")}
_ALIKE = {"eye": "about as open as", "corner": "about level with", "brow": "about level with"}


def sides(affected: Side | None) -> tuple[str, str]:
    """The side that is spoken of, and the one it is held against."""
    this = affected or Side.LEFT
    return this.value, this.other.value


def ways(measure: str) -> tuple[str, str]:
    """What further down and what further up in the picture mean."""
    less, more = _WAYS[measure]
    return f"\N{DOWNWARDS ARROW} {less}", f"\N{UPWARDS ARROW} {more}"


def signed(value_mm: float) -> str:
    """A difference with its sign."""
    return f"{value_mm:+.1f}".replace("-", "\N{MINUS SIGN}")


def said(measure: str, days: pd.DataFrame, comparison: Comparison, affected: Side | None) -> str:
    """The last day, and the weeks; what was seen on too few days is said to be so."""
    if len(days) < NOT_BEFORE_DAYS:
        return "This could not be seen well enough on two days yet."
    this, _ = sides(affected)
    last = days.iloc[-1]
    less, more = _WAYS[measure]
    how = f"{more if last['mm'] > 0 else less} than"
    if abs(last["mm"]) < ALIKE_MM:
        how = _ALIKE[measure]
    rested = (
        f"On {day(last['day'])}, {_WHO[measure].format(this=this)} rested {how} {_other(measure, affected)}."
    )
    return f"{rested} {_compared(measure, comparison, affected)}"


def not_yet(rests: pd.DataFrame) -> str | None:
    """A kind word while there are too few days for a course; None: there are enough."""
    seen = rests.dropna(subset=list(MEASURES), how="all")["day"].nunique()
    if seen >= NOT_BEFORE_DAYS:
        return None
    when = "After one more day of practice" if seen else "From your next two days of practice on"
    return (
        f"{when}, you will see here how your face rests: your eyes, the corners of your mouth and your brows. "
        "There is nothing to do for it; the camera looks while you rest before each repetition."
    )


def table(courses: Mapping[str, pd.DataFrame], affected: Side | None) -> pd.DataFrame:
    """The days as a table, the newest first: one side beside the other, with a plus for more open or higher."""
    this, _ = sides(affected)
    columns = {
        f"{this} {name}, mm".capitalize(): courses[measure].set_index("day")["mm"]
        for measure, name in (("eye", "eye"), ("corner", "corner"), ("brow", "brow"))
    }
    days = pd.DataFrame(columns).sort_index(ascending=False)
    cells = {
        name: ["not seen" if pd.isna(value) else signed(value) for value in column]
        for name, column in days.items()
    }
    return pd.DataFrame(cells, index=pd.Index([day(at) for at in days.index], name="Day"))


def _other(measure: str, affected: Side | None) -> str:
    return _OTHER[measure].format(that=sides(affected)[1])


def _compared(measure: str, comparison: Comparison, affected: Side | None) -> str:
    less, more = _WAYS[measure]
    other = _other(measure, affected)
    if comparison.low is None:
        return "After a few more practices you will see here how the weeks compare."
    return {
        Course.TOO_EARLY: "A few more weeks will show whether it changes.",
        Course.SAME: "In your last two full weeks that was about as at the start.",
        Course.MORE: f"In your last two full weeks it was {more}, beside {other}, than at the start.",
        Course.LESS: f"In your last two full weeks it was {less}, beside {other}, than at the start.",
    }[comparison.course]
