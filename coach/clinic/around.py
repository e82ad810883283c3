"""What a person's figures were before a treatment and after it, each measure by itself, beside their own ups and downs.

A comparison is no proof: whatever else changed on that day is in it, too. It never reaches across another injection or
operation, and it says "more" or "less" only where the ups and downs before cannot explain it (clinical.md 7.7).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Literal

import pandas as pd

from coach.clinic.band import Band, band, enough, running
from coach.clinic.story import Story
from coach.records.care_history import Treatment
from coach.records.resting import rest_frame, within_a_day_mm
from coach.records.trends import NOISE_MM, Course

WEEKS = 4
"""So many weeks before and after are compared (proposal: enough for a course, short against three months of toxin)."""

SETTLES: Mapping[str, timedelta] = {"botulinum_toxin": timedelta(days=14)}
"""So long the time after has not come yet: toxin peaks at about 2 to 4 weeks (clinical.md 1.6)."""

BOUNDS = ("botulinum_toxin", "surgery")
"""What is never compared across; between visits of therapy practice goes on."""

Table = Literal["onset", "coupling", "evenness", "excursion", "clean", "resting", "ratings"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is compared. `noise` is the least SD it is taken to have; `by` are what it is told apart by."""

    id: str
    table: Table
    column: str
    words: str
    noise: float
    source: str
    by: tuple[str, ...] = ()
    row: str = "practice"


_MM = f"proposal: the camera's own noise, {NOISE_MM} mm"
_TENTH = "proposal: one repetition in five more or less is no change"
_STEP = "proposal: one step of the scale more or less is no change"
MEASURES: tuple[Measure, ...] = (
    Measure(
        "onset", "onset", "onset_mm", "mm before it joins in", NOISE_MM, _MM, ("card", "pattern", "side")
    ),
    Measure(
        "joined",
        "onset",
        "joined_share",
        "share in which it joined in",
        0.1,
        _TENTH,
        ("card", "pattern", "side"),
    ),
    Measure(
        "coupling",
        "coupling",
        "coupling",
        "mm of it with each mm of the movement",
        0.05,
        "proposal: the camera's own noise beside a movement of 3 mm",
        ("card", "pattern", "side"),
    ),
    Measure(
        "symmetry",
        "evenness",
        "symmetry",
        "evenness of both sides",
        0.05,
        "proposal: the camera's own noise beside a movement of 3 mm",
        ("card",),
    ),
    Measure("excursion", "excursion", "reached_mm", "mm reached", NOISE_MM, _MM, ("card",)),
    Measure("clean", "clean", "clean_share", "share of clean repetitions", 0.1, _TENTH, ("card",)),
    Measure("resting_eye", "resting", "eye", "mm the eye rests further open", NOISE_MM, _MM),
    Measure("resting_corner", "resting", "corner", "mm the corner rests higher", NOISE_MM, _MM),
    Measure("resting_brow", "resting", "brow", "mm the brow rests higher", NOISE_MM, _MM),
    Measure("pain", "ratings", "pain", "pain after a session", 0.5, _STEP, row="session"),
    Measure("tightness", "ratings", "tightness", "tightness after a session", 0.5, _STEP, row="session"),
)


@dataclass(frozen=True, slots=True)
class Around:
    """One measure around one treatment; `before` and `after` are medians, None where too few weeks say anything.

    `rows_before` and `rows_after` are the practices (or sessions) they are of, in the order of time.
    """

    treatment: str
    measure: Measure
    card: str
    pattern: str
    side: str
    before: float | None
    low: float | None
    high: float | None
    after: float | None
    course: Course
    rows_before: tuple[str, ...]
    rows_after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weeks:
    """The days from `first` on, `over` not among them, in whole weeks counted from one of these ends."""

    first: date
    over: date
    counted_back: bool = False

    def number(self, day: date) -> int | None:
        """Which of them a day is in, from 0; None: none."""
        if not self.first <= day < self.over:
            return None
        return ((self.over - day).days - 1 if self.counted_back else (day - self.first).days) // 7


def around(story: Story, treatment: Treatment) -> list[Around]:
    """Every measure before and after a treatment, one by one; there is no figure for all of it."""
    before, after = weeks_around(treatment, story.treatments)
    found = []
    for measure in MEASURES:
        frame: pd.DataFrame = getattr(story, measure.table)
        noise = _noise(story, measure)
        for names, rows in _apart(frame, measure):
            seen = rows[[measure.row, "day", measure.column]].dropna()
            values = [
                (str(uid), day, float(value)) for uid, day, value in seen.itertuples(index=False, name=None)
            ]
            found.append(_compared(treatment, measure, names, values, before, after, noise))
    return found


def weeks_around(treatment: Treatment, treatments: Sequence[Treatment]) -> tuple[Weeks, Weeks]:
    """The weeks before a treatment and those after it, no further than the next injection or operation.

    The day itself is in neither: nothing says whether its practice came first.
    """
    others = [one for one in treatments if one.kind in BOUNDS and one.day != treatment.day]
    settled = [_settled(one) for one in others if one.day < treatment.day]
    next_ones = [one.day for one in others if one.day > treatment.day]
    reach = timedelta(weeks=WEEKS)
    before = Weeks(max([treatment.day - reach, *settled]), treatment.day, counted_back=True)
    since = _settled(treatment)
    return before, Weeks(since, min([since + reach, *next_ones]))


def _settled(treatment: Treatment) -> date:
    """The first day that is after a treatment."""
    return treatment.day + SETTLES.get(treatment.kind, timedelta(0)) + timedelta(days=1)


def _noise(story: Story, measure: Measure) -> float:
    """The least SD: at rest that of the person's own rests within a day, where it is known and larger."""
    if measure.table != "resting":
        return measure.noise
    rests = rest_frame(story.rested, story.person.affected, story.zone)
    within = within_a_day_mm(rests, measure.column)
    return measure.noise if math.isnan(within) else max(within, measure.noise)


def _apart(frame: pd.DataFrame, measure: Measure) -> Iterator[tuple[tuple[str, str, str], pd.DataFrame]]:
    """The rows by card, pattern and side, as far as the measure is told apart by them."""
    if frame.empty:
        return
    if not measure.by:
        yield ("", "", ""), frame
        return
    for names, rows in frame.groupby(list(measure.by), sort=True):
        card, *rest = (str(name) for name in names)
        pattern, side = rest or ("", "")
        yield (card, pattern, side), rows


def _compared(
    treatment: Treatment,
    measure: Measure,
    names: tuple[str, str, str],
    values: Sequence[tuple[str, date, float]],
    before: Weeks,
    after: Weeks,
    noise: float,
) -> Around:
    earlier, rows_before = _by_week(values, before)
    later, rows_after = _by_week(values, after)
    usual = band(earlier, noise)
    middle = median(value for some in later.values() for value in some) if later else None
    card, pattern, side = names
    return Around(
        treatment=treatment.uid,
        measure=measure,
        card=card,
        pattern=pattern,
        side=side,
        before=None if usual is None else usual.middle,
        low=None if usual is None else usual.low,
        high=None if usual is None else usual.high,
        after=middle,
        course=_course(usual, middle, later),
        rows_before=() if usual is None else rows_before,
        rows_after=rows_after,
    )


def _by_week(
    values: Sequence[tuple[str, date, float]], weeks: Weeks
) -> tuple[dict[int, Sequence[float]], tuple[str, ...]]:
    """The values of the weeks that say something, and the rows they are of."""
    numbered = [(weeks.number(day), uid, value) for uid, day, value in values]
    by_week: dict[int, list[float]] = {}
    for number, _, value in numbered:
        if number is not None:
            by_week.setdefault(number, []).append(value)
    said = enough(by_week)
    return said, tuple(uid for number, uid, _ in numbered if number in said)


def _course(usual: Band | None, middle: float | None, later: Mapping[int, Sequence[float]]) -> Course:
    """More or less only where all of it together, and two weeks running, are outside the band on the same side."""
    if usual is None or middle is None or not running(later):
        return Course.TOO_EARLY
    above = [week for week, values in later.items() if median(values) > usual.high]
    below = [week for week, values in later.items() if median(values) < usual.low]
    if middle > usual.high and running(above):
        return Course.MORE
    if middle < usual.low and running(below):
        return Course.LESS
    return Course.SAME
