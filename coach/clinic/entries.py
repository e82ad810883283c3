"""A sheet as somebody has filled it in: checked, read off, and kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from coach.clinic.asked import FACE, FDI, SAQ
from coach.clinic.rated import EFACE, HOUSE_BRACKMANN, SUNNYBROOK
from coach.clinic.sheet import Answer, EntryRefused, Figure, Item, Sheet, shown

SHEETS = {sheet.id: sheet for sheet in (SUNNYBROOK, HOUSE_BRACKMANN, EFACE, FDI, SAQ, FACE)}
"""Every sheet by its id, in the order in which it is offered."""

_FIELDS = ("sheet", "answers")


@dataclass(frozen=True, slots=True)
class Entry:
    """One sheet with its answers, one for each item in their order; None is not answered.

    Raises:
        EntryRefused: an answer cannot be; it names every fault at once.
    """

    sheet: Sheet
    answers: tuple[Answer | None, ...]

    def __post_init__(self) -> None:
        ids = [item.id for item in self.sheet.items]
        if len(self.answers) != len(ids):
            raise EntryRefused([f"answers are {len(self.answers)}; allowed: {len(ids)}, one for each item"])
        read = self.sheet.read(dict(zip(ids, self.answers, strict=True)))
        object.__setattr__(self, "answers", tuple(read.values()))

    @classmethod
    def of(cls, sheet: Sheet, answers: Mapping[str, object]) -> Entry:
        """The sheet with these answers by item; what is left out or None is not answered."""
        return cls(sheet, tuple(sheet.read(answers).values()))

    @classmethod
    def of_json(cls, value: object) -> Entry:
        """The entry a decoded JSON object holds; raises EntryRefused, a ValueError, where it is something else."""
        if not isinstance(value, Mapping):
            raise EntryRefused([f"The entry is {shown(value)}; allowed: an object with sheet and answers"])
        faults = [
            f"{name} is missing; allowed: an object with sheet and answers"
            for name in _FIELDS
            if name not in value
        ]
        faults += [
            f"{shown(name)} is no field; allowed: sheet, answers" for name in value if name not in _FIELDS
        ]
        if faults:
            raise EntryRefused(faults)
        named, answers = value["sheet"], value["answers"]
        sheet = SHEETS.get(named) if isinstance(named, str) else None
        if sheet is None:
            faults.append(f"sheet is {shown(named)}; allowed: {', '.join(SHEETS)}")
        if not isinstance(answers, Mapping):
            faults.append(
                f"answers is {shown(answers)}; allowed: an object with one answer, or null, for each item"
            )
        if sheet is None or not isinstance(answers, Mapping):
            raise EntryRefused(faults)
        faults += [
            f"{item.id} is missing; allowed: {item.allowed}, or null for not answered"
            for item in sheet.items
            if item.id not in answers
        ]
        try:
            read = sheet.read(answers)
        except EntryRefused as refused:
            raise EntryRefused([*faults, *refused.faults]) from None
        if faults:
            raise EntryRefused(faults)
        return cls(sheet, tuple(read.values()))

    def as_json(self) -> dict[str, object]:
        """The entry as a JSON object; a number by entry is in hundredths, so a float keeps it as it was typed."""
        return {
            "sheet": self.sheet.id,
            "answers": {
                item.id: _plain(given) for item, given in zip(self.sheet.items, self.answers, strict=True)
            },
        }

    @property
    def figures(self) -> tuple[Figure, ...]:
        """What it gives on each of its scales, the whole before its parts."""
        return self.sheet.figures(
            {
                item.id: None if given is None else item.points(given)
                for item, given in zip(self.sheet.items, self.answers, strict=True)
            }
        )

    @property
    def unanswered(self) -> tuple[Item, ...]:
        """The items without an answer."""
        return tuple(
            item for item, given in zip(self.sheet.items, self.answers, strict=True) if given is None
        )


def _plain(answer: Answer | None) -> str | int | float | None:
    return float(answer) if isinstance(answer, Decimal) else answer
