"""What a report is drawn from: values and the sentences that go with them, with nothing left to be looked up.

What is not known is None and is said to be so; what was not judged is in no series.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Literal

from coach.face import Side

Looks = Literal["joined_in", "quiet", "first", "second", "third", "fourth"]
"""How the points of a series look: those of an onset have a meaning each, others are only told apart."""

Dated = tuple[tuple[date, float], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one kind; `joined` are weeks, with a line from each to the next."""

    name: str
    looks: Looks
    points: Dated
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """One chart and the sentence that says what it shows.

    `weeks` is its middle, week by week; `band` the start with its own ups and downs. Without `lowest` and `highest`
    the axis follows the values, from zero where none is below it.
    """

    title: str
    sentence: str
    unit: str
    series: tuple[Series, ...] = ()
    weeks: Dated = ()
    band: tuple[float, float] | None = None
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One exercise as it is prescribed."""

    name: str
    dose: str
    band: str
    level: str


@dataclass(frozen=True, slots=True)
class Prescribed:
    """The version that is valid at the end of the period."""

    version: int
    day: date
    author: str
    sessions_per_day: int
    when: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """Sessions of one week; `planned` is None where nothing was prescribed then."""

    monday: date
    done: int
    planned: int | None


@dataclass(frozen=True, slots=True)
class Practised:
    """What was done of what was prescribed, in words, and week by week."""

    sentences: tuple[str, ...]
    weeks: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """One figure around a treatment, in words: its middles before and after, its noise, and what may be said."""

    what: str
    before: str
    after: str
    noise: str
    compared: str


@dataclass(frozen=True, slots=True)
class Treated:
    """One treatment; `letter` marks its day in every chart, without one it is a small tick."""

    letter: str
    day: date
    what: str
    figures: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessed:
    """One scale: the latest figure within the period, the one before it, and what the change may be called."""

    scale: str
    day: date
    figure: str
    before_day: date | None = None
    before: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """A note or a wish that waits."""

    day: date
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything on the two pages; charts begin no earlier than `began`, the first day of which there is anything."""

    name: str
    record: str
    first: date
    last: date
    made_at: datetime
    made_by: str
    began: date | None = None
    affected: Side | None = None
    cause: str | None = None
    onset: date | None = None
    months_since_onset: int | None = None
    stage: str | None = None
    to_mind: str = ""
    flags: tuple[str, ...] = ()
    prescribed: Prescribed | None = None
    practised: Practised = Practised((), ())
    onsets: tuple[Picture, ...] = ()
    onset_words: str = ""
    pictures: tuple[Picture, ...] = ()
    treated: tuple[Treated, ...] = ()
    treated_words: str = ""
    assessed: tuple[Assessed, ...] = ()
    open: tuple[Open, ...] = ()
    engines: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()
    demo: bool = False

    @property
    def letters(self) -> str:
        """All that is written in it: much of it is people's own words, in any script."""
        return "".join(_texts(self))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif is_dataclass(value):
        for part in fields(value):
            yield from _texts(getattr(value, part.name))
