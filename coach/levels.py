"""The six levels of an exercise: what each asks, and today's assignment of what is prescribed (clinical.md 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from coach import words
from coach.assignment import Assignment, Schedule

if TYPE_CHECKING:
    from coach.calibration import Range
    from coach.exercise import Drawing, Exercise
    from coach.prescription import Item

CHECK_EVERY = timedelta(days=7)
CHECK_FROM = 3
CHECK_REPETITIONS = 3
"""The weekly check without feedback (clinical.md 6, a proposal there); short, because it is a test, not practice."""

# The steadied reading of the worst area wavers by up to 0.2 mm (docs/validation.md, jitter at rest, sd).
SMALLEST_MM = 0.8  # proposal: 4 times that, so that the movement's beginning is told from rest
NARROWEST_MM = 0.6  # proposal: 3 times that, so that a steady hold stays inside


@dataclass(frozen=True, slots=True)
class Level:
    """What a level asks. `share` is the band in percent of the healthy side's own maximum, None: the card's.

    `up` and `down` tell the person what changes when the level is reached from below and from above.
    """

    number: int
    name: str
    feedback: Schedule
    share: tuple[float, float] | None
    up: str
    down: str


LEVELS: Mapping[int, Level] = {
    level.number: level
    for level in (
        Level(1, "relax and rest only", "every", None, "", "Next time is for resting only."),
        Level(
            2,
            "a tiny movement, told at once",
            "every",
            (10, 20),
            "Next time begins with a tiny movement.",
            "Next time a tiny movement is enough.",
        ),
        Level(
            3,
            "a small movement, told at once",
            "every",
            None,
            "Next time may go a little further, still small.",
            "Next time, how it goes is told in each repetition again.",
        ),
        Level(
            4,
            "the same, told in every other repetition",
            "half",
            None,
            "Next time, how it goes is told in every other repetition: feel the ones between.",
            "Next time, how it goes is told in every other repetition again.",
        ),
        Level(
            5,
            "the same, told after the set",
            "after",
            None,
            "Next time, feel it by yourself: how it went is told afterwards.",
            "Next time is the movement by itself again; how it went is told afterwards.",
        ),
        Level(
            6,
            "in words and expressions, told after the set",
            "after",
            None,
            "Next time, the movement comes in words and expressions.",
            "",
        ),
    )
}


def asks_evenness(exercise: Exercise, level: int) -> bool:
    """Whether the sides are to go together: not at rest, and not where they take turns."""
    return level > 1 and exercise.target is not None and not exercise.target.one_side


def has_levels(exercise: Exercise) -> bool:
    """Whether a level could change anything: not where the face rests anyway, a timer runs or the range is tested."""
    return exercise.judged in ("movement", "areas")


TINY_LIDS = (
    "Let both lids sink {size}, stay there, and let them rise again. Your eyes stay open all the while. Cheeks and "
    "mouth stay heavy."
)


def is_tiny_closing(exercise: Exercise, level: int) -> bool:
    """Whether lids that the card closes, or half closes, are to sink only a part of that."""
    return level == 2 and exercise.target is not None and exercise.target.movement == "eye_closing"


def instruction(exercise: Exercise, level: int) -> str:
    """How an exercise is done at a level."""
    if level == 1 and has_levels(exercise):
        return words.REST_ONLY
    if is_tiny_closing(exercise, level):
        return TINY_LIDS.format(size="about half way" if exercise.eyes_closed else "a little")
    return exercise.instruction


def stepped(item: Item, to_level: int) -> Item:
    """The item of a prescription at another level; into and out of the tiny movement its own band is let go.

    A band that was set for one size of movement would undo the step to the other.
    """
    change: dict[str, object] = {"level": to_level}
    if (item.level <= 2) != (to_level <= 2):
        change |= {"share_low": None, "share_high": None}
    return item.model_copy(update=change)


def schedule(level: int) -> Schedule:
    """When it is said how a repetition went."""
    return LEVELS[level].feedback


def drawn(exercise: Exercise, level: int) -> Drawing:
    """The movement as a level asks for it: none where all is to rest, and the tiny one smaller than the card's."""
    if level == 1 and has_levels(exercise):
        return exercise.drawing.model_copy(update={"moves": {}})
    target, usual = exercise.target, LEVELS[level].share
    if target is None or usual is None:
        return exercise.drawing
    share = usual[1] / target.share_high
    moves = {name: mm * share for name, mm in exercise.drawing.moves.items()}
    return exercise.drawing.model_copy(update={"moves": moves})


def check_due(last_check_day: date | None, first_day: date, today: date, *, level: int) -> bool:
    """Whether the weekly check without feedback is due; `first_day` is the first on which the card was practised."""
    return level >= CHECK_FROM and today - (last_check_day or first_day) >= CHECK_EVERY


def planned(item: Item, exercise: Exercise, *, check: bool = False) -> int:
    """How many repetitions there are in all; in a card with tasks, of all tasks together."""
    times = (item.repetitions or exercise.dose.repetitions) * max(len(exercise.tasks), 1)
    return min(times, CHECK_REPETITIONS) if check else times


def assignment_of(
    item: Item,
    exercise: Exercise,
    ranges: Mapping[str, Range],
    *,
    check: bool = False,
    done: int = 0,
    session: str | None = None,
    index: int | None = None,
    prescription: str | None = None,
) -> Assignment:
    """What is to be practised now of one item of a prescription; `done` repetitions of it are left out.

    `ranges` is the person's own, by movement; `index` counts the exercises of the session from 1.

    Raises:
        ValueError: all of its repetitions are done.
    """
    left = planned(item, exercise, check=check) - done
    if left <= 0:
        raise ValueError(f"{done} repetitions of {exercise.id} are done, and no more are planned.")
    return Assignment(
        exercise=exercise.id,
        repetitions=left,
        done=done,
        hold_seconds=item.hold_seconds,
        band=_band(item, exercise, ranges),
        level=item.level,
        feedback="after" if check else schedule(item.level),
        sensitivity=item.sensitivity,
        watch=item.watch,
        is_check=check,
        session=session,
        item=index,
        prescription=prescription,
    )


def _band(item: Item, exercise: Exercise, ranges: Mapping[str, Range]) -> tuple[float, float] | None:
    """The band in the card's unit; None where it is the card's own, or where nothing is to move.

    Lids go by their own gap and not by a range: there, and where the range is not known, level 2 is to the card's band
    as its shares are to the card's.
    """
    target = exercise.target
    if target is None or item.level == 1:
        return None
    usual = LEVELS[item.level].share
    own = ranges.get(target.movement) if target.unit == "mm" else None
    if own is not None:
        share = usual or (target.share_low, target.share_high)
        if item.share_low is not None and item.share_high is not None:
            share = (item.share_low, item.share_high)
        low, high = (part / 100 * own.mm for part in share)
    elif usual is not None:
        low, high = target.low * usual[0] / target.share_low, target.high * usual[1] / target.share_high
    else:
        return None
    if target.unit != "mm":
        return low, high
    low = max(low, SMALLEST_MM)
    return low, max(high, low + NARROWEST_MM)
