"""What the camera has not seen for some sessions, so that an exercise stays where it is: for the person, the therapist.

A level is only left on what was seen, and somebody who does all that is asked would wait without knowing for what.
"""

from __future__ import annotations

from collections.abc import Iterable

from coach import levels, progression
from coach.clinic.choice import listed
from coach.exercise import Exercise
from coach.prescription import Item
from coach.progression import HeldUp
from coach.records import telling
from pages.day import Day

Held = tuple[Exercise, HeldUp]


def held_up(day: Day, planned: Iterable[tuple[Item, Exercise]]) -> list[Held]:
    """The exercises that can take no step for this, as long as it is still watched for."""
    stepping = {exercise.id for _, exercise, _ in day.proposals()}
    found = []
    for item, exercise in planned:
        if exercise.id in stepping or not levels.has_levels(exercise):
            continue
        held = progression.held_up(day.outings(item, exercise))
        if held is not None and (item.watch is None or set(held.patterns) & set(item.watch)):
            found.append((exercise, held))
    return found


def for_the_person(day: Day, held: Iterable[Held]) -> list[str]:
    """One sentence for the exercises that wait for the same."""
    patterns = day.library.patterns
    waiting: dict[tuple[str, ...], list[str]] = {}
    for exercise, one in held:
        # Two patterns may be read at the same place.
        areas = dict.fromkeys(telling.unseen_area(p, day.patient.affected, patterns) for p in one.patterns)
        waiting.setdefault(tuple(areas), []).append(exercise.name)
    return [
        f"{telling.sentence_case(listed(areas))} could not be seen well enough in your last two sessions, so "
        f"{listed(names)} {'stays as it is' if len(names) == 1 else 'stay as they are'} for now. Light from the front, "
        "and hair, glasses or a collar out of the way, may help, where that is safe for you. If not, your "
        f"therapist can leave {'that area' if len(areas) == 1 else 'those areas'} out."
        for areas, names in waiting.items()
    ]


def for_the_therapist(day: Day, held: Iterable[Held]) -> list[str]:
    """One sentence for each exercise, with the figures."""
    names = {pattern.id: pattern.name for pattern in day.library.patterns.values()}
    return [f"{exercise.name}: no step can be due. {one.reason(names)}" for exercise, one in held]
