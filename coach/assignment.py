"""What is to be practised now: one exercise with everything a prescription, a level or a person's own range changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Schedule = Literal["every", "half", "after"]
"""When it is said how a repetition went: in every one, in every other one, or only after the set."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One exercise to practise; what is None is as its card says.

    `done` repetitions of it were practised earlier in the session, and `repetitions` are left. `band` is in mm, or in
    percent of the resting lid gap where the card counts in that. `watch` names the patterns that are watched.
    `is_check` marks the weekly check without feedback. `session`, `item` and `prescription` say where it belongs; a
    practice outside a session has none of them.
    """

    exercise: str
    repetitions: int | None = None
    done: int = 0
    hold_seconds: float | None = None
    band: tuple[float, float] | None = None
    level: int = 3
    feedback: Schedule = "every"
    sensitivity: str = "default"
    watch: tuple[str, ...] | None = None
    is_check: bool = False
    session: str | None = None
    item: int | None = None
    prescription: str | None = None
