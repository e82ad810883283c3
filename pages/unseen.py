"""What the camera has not seen for some sessions, so that an exercise stays where it is: for the person, the therapist.

A level is only left on what was seen, and somebody who does all that is asked would wait without knowing for what.
"""

from __future__ import annotations

from collections.abc import Iterable

from coach import levels
from coach.clinic.choice import listed
from coach.exercise import Exercise
from coach.levels import HeldUp, Outing
from coach.prescription import Item
from coach.records import telling
from pages.day import Day

Held = tuple[Exercise, HeldUp]


def held_up(day: Day, planned: Iterable[tuple[Item, Exercise]]) -> list[Held]:
    """The exercises that can take no step for this, as long as it is still watched for."""
    found = []
    for item, exercise in planned:
        held = levels.held_up(_outings(day, item)) if levels.has_levels(exercise) else None
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


def _outings(day: Day, item: Item) -> list[Outing]:
    """The practices in sessions at the present level, the oldest first."""
    return [
        Outing.of(day.day_of(record.started_at), record.session_uid, 1.0, record.repetitions)
        for record in reversed(day.practised)
        if record.card_id == item.card
        and record.level == item.level
        and record.session_uid is not None
        and not record.is_check
    ]
