"""What filled-in sheets gave over time: the course of one scale, and what may be said of its change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Protocol

from coach.clinic.scales import Scale
from coach.clinic.sheet import Figure
from coach.records.telling import long_day


class Filled(Protocol):
    """One sheet that was filled in on a day; `totals` are raw, by scale, None where not known."""

    @property
    def day(self) -> date:
        """The day it speaks of."""

    @property
    def totals(self) -> Mapping[str, Fraction | None]:
        """What it gave."""


@dataclass(frozen=True, slots=True)
class Point:
    """What one sheet gave on one scale."""

    day: date
    raw: Fraction
    shown: Fraction


@dataclass(frozen=True, slots=True)
class Noise:
    """What lies within the noise of the first figure, by one study."""

    low: Fraction
    high: Fraction
    words: str


def course(filled: Iterable[Filled], scale: Scale) -> tuple[Point, ...]:
    """The figures of one scale that are known, the oldest first."""
    points = []
    for one in filled:
        raw = one.totals.get(scale.id)
        shown = Figure(scale, raw).shown
        if raw is not None and shown is not None:
            points.append(Point(one.day, raw, shown))
    return tuple(sorted(points, key=lambda point: point.day))


def noise(scale: Scale, first: Point) -> tuple[Noise, ...]:
    """Around the first figure, the widest band first; none where none was published."""
    bands = [
        Noise(
            low=max(first.shown - study.points, Fraction(scale.lowest)),
            high=min(first.shown + study.points, Fraction(scale.highest)),
            words=study.words,
        )
        for study in sorted(scale.noise, key=lambda study: -study.points)
    ]
    return tuple(bands)


def said(scale: Scale, points: tuple[Point, ...]) -> str:
    """The course in words: where it stands, and what has become of it since the start and since the last time."""
    if not points:
        return f"{scale.name} is not known yet."
    first, last = points[0], points[-1]
    words = f"{scale.name}: {scale.say(last.shown)} on {long_day(last.day)}."
    if len(points) == 1:
        return words
    earlier = (first,) if len(points) == 2 else (first, points[-2])
    changes = [(point, scale.change(point.raw, last.raw).words) for point in earlier]
    if scale.noise:
        return words + "".join(f" Since {long_day(point.day)}: {_lower(told)}" for point, told in changes)
    # without a figure for the noise the same is to be said of every change
    moved = "; ".join(
        f"{'since' if number else 'Since'} {long_day(point.day)}: {_lower(told.partition('.')[0])}"
        for number, (point, told) in enumerate(changes)
    )
    return f"{words} {moved}. {scale.better.capitalize()} is better here, but {scale.no_noise}."


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
