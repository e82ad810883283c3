"""How long practice was prescribed for, beside how long it lasted: exercises only, without the rests around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import get_args

from coach import levels, session
from coach.exercise import Exercise
from coach.prescription import Prescription, Weekday

DAY = timedelta(days=1)
WEEKDAYS: tuple[str, ...] = get_args(Weekday)


def minutes_a_day(prescription: Prescription, exercises: Mapping[str, Exercise]) -> float:
    """What a version asks for on one of its days: the exercises that fit its sessions, when nothing holds them up."""
    known = [(item, exercises[item.card]) for item in prescription.items if item.card in exercises]
    fit = session.fit([(exercise, levels.assignment_of(item, exercise, {})) for item, exercise in known])
    once = sum(session.estimate_seconds(exercise, assignment) for exercise, assignment in fit.kept)
    return prescription.sessions_per_day * once / 60


def is_for(prescription: Prescription, day: date) -> bool:
    """Whether a version is for this day of the week."""
    return not prescription.days or WEEKDAYS[day.weekday()] in prescription.days


def valid_on(versions: Sequence[Prescription], day: date, zone: tzinfo | None) -> Prescription | None:
    """The version that held when a day was over; None: nothing was prescribed yet. `versions` are the oldest first."""
    return next((one for one in reversed(versions) if one.created_at.astimezone(zone).date() <= day), None)


def prescribed_minutes(
    versions: Sequence[Prescription],
    exercises: Mapping[str, Exercise],
    start: datetime,
    end: datetime,
    zone: tzinfo | None,
) -> float | None:
    """What was asked for between two moments, of a day that is only partly between them that part.

    None: nothing was prescribed yet. `versions` are the oldest first.
    """
    asked: dict[int, float] = {}
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    parts: list[float] = []
    while day <= last:
        version, part = valid_on(versions, day, zone), _part(day, start, end, zone)
        if version is not None and part:
            if version.version not in asked:
                asked[version.version] = minutes_a_day(version, exercises)
            parts.append(asked[version.version] * is_for(version, day) * part)
        day += DAY
    return sum(parts) if parts else None


def _part(day: date, start: datetime, end: datetime, zone: tzinfo | None) -> float:
    """How much of a day lies between two moments, 0 to 1; days on which clocks change are as long as they are."""
    began, over = _begins(day, zone), _begins(day + DAY, zone)
    return max((min(over, end) - max(began, start)) / (over - began), 0.0)


@lru_cache(maxsize=1024)  # the same few days for everybody
def _begins(day: date, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(timezone.utc)
