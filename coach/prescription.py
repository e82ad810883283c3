"""What a person is to practise in the coming weeks; every change is a new version, and old versions stay."""

from __future__ import annotations

from pydantic import AwareDatetime, Field, model_validator

from coach import programme as ready
from coach.exercise import Card, Stage, between, text, yes_or_no


class Item(ready.Item):
    """One exercise of a prescription; what is None is as its card says.

    `share_low` to `share_high` is the band in percent of the healthy side's own comfortable maximum; `watch` names the
    patterns that are watched.
    """

    share_low: float | None = between(5, 60, "percent", default=None)
    share_high: float | None = between(5, 60, "percent", default=None)
    watch: tuple[str, ...] | None = None

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

    `uid` and `version` are given when it is written down; before, they are empty.
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
    items: tuple[Item, ...] = Field(min_length=1, max_length=8, description="a list of 1 to 8 exercises")
