"""Ready programmes: three to five exercises that fit one treatment category and one short session."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Literal

from pydantic import Field

from coach.exercise import Card, Exercise, Source, Stage, between, identifier, origins, text

# clinical.md 1.3: a session stays under 12 minutes.
LONGEST_SESSION_SECONDS = 12 * 60
# proposal: comfort check, rest at both ends and the closing questions take about two and a half minutes
FRAME_SECONDS = 150
# proposal: looking away, blinking, and the question after an exercise
PAUSE_SECONDS = 20


class Item(Card):
    """One exercise of a programme; what is left out is taken from the card."""

    card: str = text(60)
    repetitions: int | None = between(1, 20, "repetitions", default=None)
    hold_seconds: float | None = between(1, 120, "seconds", default=None)
    level: int = between(1, 6, "(the levels)", default=3)
    sensitivity: Literal["sensitive", "default", "lenient"] = "default"


class Programme(Card):
    """A ready set of exercises for one treatment category; a therapist may prescribe it and change it."""

    id: str = identifier()
    name: str = text(60)
    about: str = text()
    stage: Stage
    items: tuple[Item, ...] = Field(min_length=3, max_length=5, description="a list of 3 to 5 exercises")
    sources: tuple[Source, ...] = origins()


def seconds(programme: Programme, exercises: Mapping[str, Exercise]) -> float:
    """How long one session of it takes when nothing holds it up, with its frame and its pauses."""
    practised = sum(
        exercises[item.card].seconds(item.repetitions, item.hold_seconds) for item in programme.items
    )
    return FRAME_SECONDS + practised + PAUSE_SECONDS * len(programme.items)


def unfit(
    programme: Programme, exercises: Mapping[str, Exercise], known: Collection[str] = ()
) -> Iterator[str]:
    """What keeps a programme from being practised: unknown cards, another stage, too long a session.

    Cards that are `known` but not among the exercises are themselves to be mended, and not told again here.
    """
    seen = set()
    for number, item in enumerate(programme.items):
        place = f"items.{number}.card is {item.card!r}"
        exercise = exercises.get(item.card)
        if exercise is None and item.card not in known:
            yield f"{place}; allowed: {', '.join(sorted(exercises)) or 'no card is in order'}"
        elif exercise is not None and programme.stage not in exercise.stages:
            yield f"{place}, for {', '.join(exercise.stages)}; allowed: cards for {programme.stage}"
        if item.card in seen:
            yield f"{place} again; allowed: each card once"
        seen.add(item.card)
    if seen <= exercises.keys() and (longest := seconds(programme, exercises)) >= LONGEST_SESSION_SECONDS:
        yield (
            f"items take {longest / 60:.1f} minutes; allowed: less than {LONGEST_SESSION_SECONDS / 60:g}, with "
            f"{FRAME_SECONDS} s around the exercises and {PAUSE_SECONDS} s after each"
        )
