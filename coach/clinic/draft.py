"""A plan while a therapist puts it together: it may still be empty or too long, and is no version until it is written.

And what one version has changed from another, in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from pydantic import ValidationError

from coach.clinic.choice import CATEGORIES, listed
from coach.exercise import Stage
from coach.levels import stepped
from coach.prescription import MOST_ITEMS, Item, Prescription, Weekday, when
from coach.programme import Programme
from coach.records.faults import RecordsError

SENSITIVITIES: Mapping[str, str] = {"sensitive": "early", "default": "as usual", "lenient": "late"}
"""When the coach speaks up."""


class DraftRefused(RecordsError):
    """This cannot be prescribed."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be prescribed; each change gives a new one."""

    stage: Stage | None = None
    programme: str | None = None
    half_mirror: bool = False
    sessions_per_day: int = 2
    days: tuple[Weekday, ...] = ()
    times: str | None = None
    items: tuple[Item, ...] = ()

    @classmethod
    def of(cls, prescription: Prescription | None) -> Draft:
        """What is prescribed, to be changed; empty where nothing is."""
        if prescription is None:
            return cls()
        return cls(**{name: getattr(prescription, name) for name in cls.__dataclass_fields__})

    @property
    def full(self) -> bool:
        """Whether no more exercises go in."""
        return len(self.items) >= MOST_ITEMS

    def item(self, card: str) -> Item | None:
        """What is planned of a card; None where it is not in the plan."""
        return next((item for item in self.items if item.card == card), None)

    def starting_from(self, programme: Programme) -> Draft:
        """A ready programme in place of the exercises; days, times and the view stay."""
        items = tuple(Item(**item.model_dump()) for item in programme.items)
        return replace(self, programme=programme.id, stage=programme.stage, items=items)

    def added(self, card: str, level: int = 3) -> Draft:
        """One exercise more, at the end; each goes in once, and only so many do."""
        if self.full or self.item(card) is not None:
            return self
        return replace(self, programme=None, items=(*self.items, Item(card=card, level=level)))

    def without(self, card: str) -> Draft:
        """One exercise less."""
        left = tuple(item for item in self.items if item.card != card)
        return self if left == self.items else replace(self, programme=None, items=left)

    def moved(self, card: str, by: int) -> Draft:
        """An exercise further up (-1) or down (1), as far as there is room."""
        items = list(self.items)
        at = next((number for number, item in enumerate(items) if item.card == card), None)
        if at is None:
            return self
        item = items.pop(at)
        items.insert(min(max(at + by, 0), len(items)), item)
        return replace(self, items=tuple(items))

    def with_item(self, changed: Item) -> Draft:
        """The same exercise with another dose, level or band."""
        return replace(
            self, items=tuple(changed if item.card == changed.card else item for item in self.items)
        )

    def stepped(self, card: str, to_level: int) -> Draft:
        """An exercise at another level, as a step that was due takes it there."""
        item = self.item(card)
        if item is None:
            return self
        return self.with_item(stepped(item, to_level).model_copy(update={"stayed_on": None}))

    def staying(self, card: str, day: date) -> Draft:
        """An exercise that stays at its level although a step was due on that day."""
        item = self.item(card)
        return self if item is None else self.with_item(item.model_copy(update={"stayed_on": day}))

    def written(self, author: str, at: datetime) -> Prescription:
        """The plan as a version that can be written down.

        Raises:
            DraftRefused: it has no exercise or too many, or one of its values cannot be.
        """
        values = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "items"}
        values["times"] = (self.times or "").strip() or None
        if not self.items:
            raise DraftRefused("There is no exercise in the plan yet. Choose at least one.")
        if len(self.items) > MOST_ITEMS:
            raise DraftRefused(
                f"There are {len(self.items)} exercises in the plan; up to {MOST_ITEMS} can be prescribed. "
                "A session has room for fewer still."
            )
        try:
            items = tuple(Item.model_validate(item.model_dump()) for item in self.items)
            return Prescription.model_validate({**values, "items": items, "author": author, "created_at": at})
        except ValidationError as fault:
            raise DraftRefused("; ".join(_told(fault))) from fault

    def changes_from(self, before: Draft, names: Mapping[str, str]) -> tuple[str, ...]:
        """What is different from another plan, each in a few words; `names` are those of cards and patterns."""
        return (*_exercises(before, self, names), *_around(before, self))


def _told(fault: ValidationError) -> Iterator[str]:
    for one in fault.errors():
        place = ".".join(str(part) for part in one["loc"])
        yield f"{place + ': ' if place else ''}{one['msg'].removeprefix('Value error, ')}"


def _exercises(before: Draft, after: Draft, names: Mapping[str, str]) -> Iterator[str]:
    old, new = ({item.card: item for item in draft.items} for draft in (before, after))
    yield from (f"{names.get(card, card)} added" for card in new if card not in old)
    yield from (f"{names.get(card, card)} taken out" for card in old if card not in new)
    for card, item in new.items():
        if card in old and (told := list(_item(old[card], item, names))):
            yield f"{names.get(card, card)}: {', '.join(told)}"
    stayed = [card for card in old if card in new]
    if stayed != [card for card in new if card in old]:
        yield "another order"


def _item(before: Item, after: Item, names: Mapping[str, str]) -> Iterator[str]:
    if before.level != after.level:
        yield f"level {after.level} (before: {before.level})"
    if before.repetitions != after.repetitions:
        yield f"repetitions {_or_card(after.repetitions)} (before: {_or_card(before.repetitions)})"
    if before.hold_seconds != after.hold_seconds:
        yield f"hold {_or_card(after.hold_seconds, ' s')} (before: {_or_card(before.hold_seconds, ' s')})"
    if (before.share_low, before.share_high) != (after.share_low, after.share_high):
        yield f"band {_band(after)} (before: {_band(before)})"
    if before.sensitivity != after.sensitivity:
        yield f"speaks up {SENSITIVITIES[after.sensitivity]}"
    if before.watch != after.watch:
        some = [names.get(pattern, pattern) for pattern in after.watch or ()]
        yield f"watches {listed(some)}" if some else "watches everything"
    if before.stayed_on != after.stayed_on and before.level == after.level and after.stayed_on:
        yield f"stays at level {after.level} for now"


def _around(before: Draft, after: Draft) -> Iterator[str]:
    if before.stage != after.stage and after.stage:
        yield f"category {CATEGORIES[after.stage].lower()}"
    if before.sessions_per_day != after.sessions_per_day:
        yield f"sessions a day {after.sessions_per_day} (before: {before.sessions_per_day})"
    if (before.days, before.times) != (after.days, after.times):
        yield (when(after.days, after.times) or "every day, at any time").replace("Every", "every", 1)
    if before.half_mirror != after.half_mirror:
        yield f"half-mirrored view {'on' if after.half_mirror else 'off'}"


def _or_card(value: float | None, unit: str = "") -> str:
    return "as on the card" if value is None else f"{value:g}{unit}"


def _band(item: Item) -> str:
    if item.share_low is None or item.share_high is None:
        return "of the level"
    return f"{item.share_low:g}-{item.share_high:g} %"
