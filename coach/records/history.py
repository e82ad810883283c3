"""What the log gives back: a person, and one practice with its repetitions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from coach.events import Repetition
from coach.face import Side

Ending = Literal["finished", "stopped"]


@dataclass(frozen=True, slots=True)
class Patient:
    """A person who practises; `affected` is None where the side is not known."""

    uid: str
    name: str
    affected: Side | None


@dataclass(frozen=True, slots=True)
class PracticeRecord:
    """One practice as it was logged.

    `ending` is None where the practice was cut off (browser closed, power lost): it ended early, and what
    had been done by then is here. `card_version` and `engine_version` say which rules made the figures.
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
