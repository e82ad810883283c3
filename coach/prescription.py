"""What a person is to practise in the coming weeks; every change is a new version, and old versions stay."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

from pydantic import AwareDatetime, Field, model_validator

from coach import programme as ready
from coach.exercise import Card, Stage, between, text, yes_or_no

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

MOST_ITEMS = 8

COACH = "coach"
"""Who wrote a version that only brings an exercise to the level that was due."""


class Item(ready.Item):
    """One exercise of a prescription; what is None is as its card says.

    `share_low` to `share_high` is the band in percent of the healthy side's own comfortable maximum; `watch` names the
    patterns that are watched. On the day `stayed_on` a therapist let the level be although a step was due: only what
    is practised on later days speaks for one again.
    """

    share_low: float | None = between(5, 60, "percent", default=None)
    share_high: float | None = between(5, 60, "percent", default=None)
    watch: tuple[str, ...] | None = None
    stayed_on: date | None = None

    @model_validator(mode="after")
    def _band_makes_sense(self) -> Item:
        if (self.share_low is None) != (self.share_high is None):
            raise ValueError("share_low and share_high belong together; allowed: both or neither")
        if self.share_low is not None and self.share_high is not None and self.share_low >= self.share_high:
            raise ValueError(
                f"share_low is {self.share_low:g}; allowed: less than share_high, which is {self.share_high:g}"
            )
        return self


class Prescription(Card):
    """One version of a person's prescription.

    `uid` and `version` are given when it is written down; before, they are empty. Without `days` it is for every day;
    `times` is when on a day, in the therapist's own words.
    """

    uid: str = ""
    version: int = 0
    created_at: AwareDatetime
    author: str = text(200)
    programme: str | None = text(100, default=None)
    stage: Stage | None = None
    half_mirror: bool = yes_or_no(default=False)
    # Two a day (clinical.md 8, 6). Proposal: four are the limit, because attention and muscles tire (S1).
    sessions_per_day: int = between(1, 4, "sessions", default=2)
    days: tuple[Weekday, ...] = ()
    times: str | None = text(200, default=None)
    items: tuple[Item, ...] = Field(
        min_length=1, max_length=MOST_ITEMS, description=f"a list of 1 to {MOST_ITEMS} exercises"
    )

    @property
    def when(self) -> str | None:
        """On which days and when on them, in words; None where neither is set."""
        return when(self.days, self.times)


def when(days: tuple[Weekday, ...], times: str | None) -> str | None:
    """Days and times in words; None where neither is set."""
    named = [day.capitalize() for day in get_args(Weekday) if day in days]
    if len(named) == len(get_args(Weekday)):
        named = []
    *most, last = named or ["Every day"]
    told = f"{', '.join(most)} and {last}" if most else last
    if not named and not times:
        return None
    return f"{told}: {times}" if times else told
