"""What waits for a time since onset, and since a botulinum injection: when it opens, and where that comes from."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from coach.records.telling import long_day

LOOK_FROM = timedelta(weeks=8)
STRETCHES_MONTHS = 3

TOXIN_LASTS = timedelta(weeks=18)
"""After this an injection's effect is over as a rule (general knowledge, clinical.md 1.6: about 3 to 4 months)."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Something that is to begin on a day; `name` is for a picture, `words` say what and why."""

    day: date
    name: str
    words: str

    def said(self, today: date) -> str:
        """Whether its day has come, in words."""
        since = "Since" if self.day <= today else "From"
        return f"{since} {long_day(self.day)}: {self.words}"


def gates(onset: date) -> tuple[Gate, ...]:
    """What time since onset decides, the earliest first (clinical.md 1.4)."""
    return (
        Gate(
            onset + LOOK_FROM,
            "look for first signs",
            "look for first signs of synkinesis once a month (proposal: they come about 12 to 16 weeks after onset or "
            "later, S3, and in 17 % within 3 months, S46).",
        ),
        Gate(
            months_after(onset, STRETCHES_MONTHS),
            "stretches may begin",
            f"stretches and releases of the tight side, not before {STRETCHES_MONTHS} months (S5).",
        ),
    )


def injection(day: date, today: date) -> str:
    """Where a botulinum injection stands now, so that nothing is compared across it unawares (clinical.md 1.6)."""
    weeks = (today - day).days // 7
    if today < day:
        return f"Planned for {long_day(day)}. Follow the injector's advice on massage in the first days."
    course = "its effect begins in days, is largest at about 2 to 4 weeks and fades at about 3 to 4 months"
    if today - day > TOXIN_LASTS:
        return f"The last injection was on {long_day(day)}, longer ago than its effect lasts as a rule."
    return f"The last injection was {_weeks(weeks)} ago, on {long_day(day)}: {course} (general knowledge)."


def beyond_the_rules(noted: Iterable[str], listed: Iterable[str]) -> tuple[str, ...]:
    """Of what is noted, that for which the coach's own rules were not made (clinical.md 1.6)."""
    known = {one.casefold() for one in listed}
    return tuple(one for one in noted if one.casefold() in known)


def months_after(day: date, months: int) -> date:
    """The day on which so many months are full; where a month lacks the day, it is the first of the next one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day > monthrange(year, month + 1)[1]:
        year, month = divmod(year * 12 + month + 1, 12)
        return date(year, month + 1, 1)
    return date(year, month + 1, day.day)


def _weeks(weeks: int) -> str:
    if weeks == 0:
        return "less than a week"
    return "a week" if weeks == 1 else f"{weeks} weeks"
