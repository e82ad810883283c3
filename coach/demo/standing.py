"""How it stands with an invented person on a day: what was learnt, and what an injection holds back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from coach.demo.moving import Severity
from coach.demo.person import Injection, Person

TOXIN_FULL_WEEKS, TOXIN_FADES_WEEKS, TOXIN_OVER_WEEKS = 2.5, 10.0, 17.0


def toxin(injections: Iterable[Injection], today: date, day: date) -> float:
    """How much of every coupling injections take away on a day, 0 to 1; `today` is what weeks are told from."""
    left = 1.0
    for injection in injections:
        weeks = injection.weeks_ago - (today - day).days / 7
        if weeks <= 0:
            continue
        rising = min(weeks / TOXIN_FULL_WEEKS, 1.0)
        fading = (TOXIN_OVER_WEEKS - weeks) / (TOXIN_OVER_WEEKS - TOXIN_FADES_WEEKS)
        left *= 1.0 - injection.strength * rising * min(max(fading, 0.0), 1.0)
    return 1.0 - left


def severity_on(person: Person, won: float, today: date, day: date) -> Severity:
    """How it stands once `won` (0 to 1) of what can be won is."""
    start, end = person.evenness
    effect = toxin(person.injections, today, day)
    return Severity(
        later=person.won * won,
        gain=(1.0 - 0.3 * won) * (1.0 - effect),
        evenness=start + (end - start) * won,
        tone=(1.0 - 0.4 * won) * (1.0 - 0.3 * effect),
    )
