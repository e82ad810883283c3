"""A sheet that is filled in by hand: its items, what may be answered to each, and the figures read off it."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from coach.clinic.scales import Change, Scale

Answer = str | int | Decimal
"""The id of a choice, or a number by entry; not answered is None, an answer of its own."""

Points = Mapping[str, Fraction | None]
"""What the answers count, by item; None where an item is not answered."""

Counted = Sequence[Fraction] | Sequence[int]
"""What some answered items count."""

FINEST = Decimal("0.01")
"""Numbers are entered in hundredths at most, finer than any of these scales is printed."""


class EntryRefused(ValueError):
    """What was entered cannot be: `faults` names every fault there is, with the item, its value and what is allowed."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen, in our own words, and what it counts."""

    id: str | int
    words: str
    points: int


@dataclass(frozen=True, slots=True)
class Item:
    """One item, in our own words: it takes one of its choices or, without any, a number from `lowest` to `highest`."""

    id: str
    words: str
    source: str
    choices: tuple[Choice, ...] = ()
    lowest: int = 0
    highest: int = 0

    @property
    def allowed(self) -> str:
        """What may be answered, in words; it may also be left unanswered."""
        if self.choices:
            return ", ".join(str(choice.id) for choice in self.choices)
        return f"a number from {self.lowest} to {self.highest} with at most two decimals"

    def read(self, value: object) -> Answer:
        """The answer that a value stands for; raises ValueError with the item, the value and what is allowed."""
        answer = self._choice(value) if self.choices else self._number(value)
        if answer is None:
            raise ValueError(f"{self.id} is {shown(value)}; allowed: {self.allowed}")
        return answer

    def points(self, answer: Answer) -> Fraction:
        """What an answer that has been read counts."""
        if not self.choices:
            return Fraction(answer)
        return next(Fraction(choice.points) for choice in self.choices if choice.id == answer)

    def _choice(self, value: object) -> str | int | None:
        # True is not 1, and 1.0 is not either
        return next((c.id for c in self.choices if type(value) is type(c.id) and value == c.id), None)

    def _number(self, value: object) -> Decimal | None:
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
            return None
        number = Decimal(str(float(value))) if isinstance(value, float) else Decimal(value)
        if not number.is_finite() or not self.lowest <= number <= self.highest:
            return None
        return number if number == number.quantize(FINEST) else None


@dataclass(frozen=True, slots=True)
class Figure:
    """What a sheet gives on one scale; `raw` is what the arithmetic gives, None where too little is answered for it."""

    scale: Scale
    raw: Fraction | None
    remarks: tuple[str, ...] = ()

    @property
    def shown(self) -> Fraction | None:
        """The figure within its scale."""
        if self.raw is None:
            return None
        return max(Fraction(self.scale.lowest), min(Fraction(self.scale.highest), self.raw))

    @property
    def words(self) -> str:
        """The figure in words; where it had to be brought into its scale, what the arithmetic gave stands beside it."""
        if self.raw is None or self.shown is None:
            return "not known"
        words = self.scale.say(self.shown)
        return (
            words if self.raw == self.shown else f"{words} (the arithmetic gives {self.scale.say(self.raw)})"
        )

    def since(self, earlier: Figure) -> Change | None:
        """What has become of it, by the raw figures; None where one of the two is not known."""
        if earlier.scale != self.scale:
            raise ValueError(f"scale is {earlier.scale.id}; allowed: {self.scale.id}, to be compared with it")
        if self.raw is None or earlier.raw is None:
            return None
        return self.scale.change(earlier.raw, self.raw)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Items that are filled in together, and how the figures are read off what they count.

    `licence` is what has to be known about the words of the original. `either` are two ways of filling it in that
    exclude each other: what is entered as a total, and the statements it would be reckoned from.
    """

    id: str
    name: str
    source: str
    licence: str
    items: tuple[Item, ...] = field(repr=False)
    figures: Callable[[Points], tuple[Figure, ...]] = field(repr=False)
    either: tuple[frozenset[str], frozenset[str]] = field(default=(frozenset(), frozenset()), repr=False)

    def read(self, answers: Mapping[str, object]) -> dict[str, Answer | None]:
        """The answers in the order of the items; None or left out is not answered.

        Raises:
            EntryRefused: something is no item, cannot be answered like this, or nothing is answered.
        """
        ids = [item.id for item in self.items]
        faults = [
            f"{shown(name)} is no item; allowed: {', '.join(ids)}" for name in answers if name not in ids
        ]
        read: dict[str, Answer | None] = dict.fromkeys(ids)
        for item in self.items:
            value = answers.get(item.id)
            if value is not None:
                try:
                    read[item.id] = item.read(value)
                except ValueError as fault:
                    faults.append(str(fault))
        given = {name for name in ids if answers.get(name) is not None}
        totals, statements = self.either
        if given & statements:
            faults += [
                f"{name} is {shown(answers[name])}; allowed: either this or the single statements, not both"
                for name in ids
                if name in given & totals
            ]
        if not given and not faults:
            faults.append(f"{self.id} is empty; allowed: at least one answer")
        if faults:
            raise EntryRefused(faults)
        return read


def known(points: Points, ids: Sequence[str]) -> list[Fraction]:
    """What those of the items that are answered count."""
    return [counted for counted in (points[name] for name in ids) if counted is not None]


def unanswered(points: Points, ids: Sequence[str]) -> tuple[str, ...]:
    """The remark that some of the items are not answered; none where all are."""
    left = len(ids) - len(known(points, ids))
    if left == len(ids):
        return ("not answered",)
    return (f"{left} of {len(ids)} not answered",) if left else ()


def sum_of(points: Counted, count: int) -> Fraction:
    """The sum of exactly so many items: never that of a sheet with gaps."""
    if len(points) != count:
        raise ValueError(f"{len(points)} items are answered; allowed: all {count}")
    return Fraction(sum(points))


def shown(value: object) -> str:
    """A foreign value, short enough for a message."""
    return str(value) if isinstance(value, Decimal) else reprlib.repr(value)
