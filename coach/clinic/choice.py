"""Which exercises may be chosen for somebody now, and the reason told for those that may not (clinical.md 1.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from coach.exercise import Exercise, Stage

if TYPE_CHECKING:
    from coach.programme import Programme

CATEGORIES: Mapping[Stage, str] = MappingProxyType(
    {
        "initiation": "Initiation",
        "facilitation": "Facilitation",
        "movement_control": "Movement control",
        "relaxation": "Relaxation",
    }
)
"""The treatment categories by their names (clinical.md 1.4: VanSwearingen and Brach)."""

SIGNS: Mapping[Stage, str] = MappingProxyType(
    {
        "initiation": "Droops at rest, no movement or a trace, nothing joins in: protect the eye, rest, imagine.",
        "facilitation": "Some movement, nothing joins in or a trace: small and even, and watch for its first signs.",
        "movement_control": "It moves and other parts join in: quiet first, then a small movement.",
        "relaxation": "Tight, cramping or twitching: lower the tone; no long holds, no goals of size.",
    }
)
"""How each category looks and what it aims at, in short (clinical.md 1.4)."""


def against(exercise: Exercise, stage: Stage | None, months: int | None) -> str | None:
    """Why an exercise may not be chosen; None where it may. `months` are those since onset, None: not known."""
    if exercise.judged == "range":
        return "A test, not practice: it is offered to everybody by itself."
    if stage is None:
        return "Choose a treatment category first."
    if stage not in exercise.stages:
        return f"For {listed(CATEGORIES[s].lower() for s in exercise.stages)}, not for {CATEGORIES[stage].lower()}."
    return too_early(exercise.not_before_months, months)


def against_programme(
    programme: Programme, exercises: Mapping[str, Exercise], stage: Stage | None, months: int | None
) -> str | None:
    """Why a ready programme may not be taken as it is; None where it may."""
    if programme.stage != stage:
        return f"For {CATEGORIES[programme.stage].lower()}."
    return too_early(max(exercises[item.card].not_before_months for item in programme.items), months)


def too_early(not_before_months: int, months: int | None) -> str | None:
    """Why something waits for a month that has not come yet, or may not have; None where it need not wait."""
    if not not_before_months:
        return None
    if months is None:
        return f"From {not_before_months} months after onset on (S5), and the onset is not known."
    if months < not_before_months:
        return f"From {not_before_months} months after onset on (S5); it has been {counted(months)}."
    return None


def counted(months: int) -> str:
    """So many months, in words."""
    if months == 0:
        return "less than a month"
    return "1 month" if months == 1 else f"{months} months"


def listed(names: Iterable[str]) -> str:
    """One, two and three."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
