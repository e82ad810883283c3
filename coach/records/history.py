"""What the log gives back: a person, one practice with its repetitions, and one session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from coach.assignment import Schedule
from coach.events import Repetition
from coach.face import Side

Ending = Literal["finished", "stopped"]
SessionEnding = Literal["finished", "stopped", "safety"]
View = Literal["ask", "mirror", "line", "bars"]
FeltArea = Literal["chin", "neck", "cheek"]


@dataclass(frozen=True, slots=True)
class Patient:
    """A person who practises; `affected` is None where the side is not known, `view` how they see themselves: "ask"
    until they have chosen.
    """

    uid: str
    name: str
    affected: Side | None
    view: View = "ask"


@dataclass(frozen=True, slots=True)
class PracticeRecord:
    """One practice as it was logged.

    `ending` is None where the practice was cut off (browser closed, power lost): it ended early, and what
    had been done by then is here. `card_version` and `engine_version` say which rules made the figures.
    `session_uid`, `item` and `prescription_uid` say where it belongs; a practice outside a session has none of them.
    `band` is None where it was the card's own. `felt` is what the person felt join in: none of it if empty, not asked
    if None. A practice led by a timer alone has no repetitions.
    """

    uid: str
    patient_uid: str
    card_id: str
    card_name: str
    card_version: str
    engine_version: str
    affected: Side | None
    sensitivity: str
    repetitions_planned: int
    started_at: datetime
    ended_at: datetime | None
    ending: Ending | None
    judged_share: float | None
    repetitions: tuple[Repetition, ...]
    session_uid: str | None = None
    item: int | None = None
    prescription_uid: str | None = None
    level: int = 3
    feedback: Schedule = "every"
    is_check: bool = False
    band: tuple[float, float] | None = None
    felt: tuple[FeltArea, ...] | None = None

    @property
    def clean_repetitions(self) -> int:
        """How many repetitions were held with every watched area quiet."""
        return sum(repetition.clean for repetition in self.repetitions)

    @property
    def seconds(self) -> float | None:
        """How long it lasted; where it was cut off, from its first repetition to its last; None: not known."""
        if self.ended_at is not None:
            return (self.ended_at - self.started_at).total_seconds()
        if not self.repetitions:
            return None
        return self.repetitions[-1].ended_at - self.repetitions[0].started_at

    @property
    def moving_judged(self) -> float | None:
        """The share of the time in repetitions in which the face could be judged, 0 to 1; None: no repetition.

        What the figures of the repetitions rest on; `judged_share` also counts getting ready and resting.
        """
        lengths = [repetition.ended_at - repetition.started_at for repetition in self.repetitions]
        if sum(lengths) <= 0:
            return None
        judged = sum(
            length * repetition.judged_share
            for length, repetition in zip(lengths, self.repetitions, strict=True)
        )
        return judged / sum(lengths)


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One session as it was logged, with the keys of the steps that are done in the order they were done.

    `ending` is None while it is under way, or where it was left without a word. `comfort` holds the latest answers to
    the comfort check, given at `comfort_at`; `feelings` those to the closing questions. Its practices carry its uid.
    """

    uid: str
    patient_uid: str
    prescription_uid: str | None
    started_at: datetime
    ended_at: datetime | None
    ending: SessionEnding | None
    comfort: Mapping[str, Any] | None
    comfort_at: datetime | None
    steps_done: tuple[str, ...]
    feelings: Mapping[str, Any] | None
