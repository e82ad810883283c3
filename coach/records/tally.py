"""What one practice comes to, kept beside it: a page that looks at everybody cannot wait for every repetition.

Counted anew from the rows whenever a repetition is added, in the same transaction, so the two never part.
A change of what counts needs a migration that counts the old practices again.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from coach.progression import JUDGED_ENOUGH
from coach.records.tables import RepetitionRow, UnwantedMovementRow

Joined = tuple[str, str, int, float | None]
"""A pattern, its side ("" for the midline), in how many repetitions it joined in, and the median onset in mm."""


class Tally(TypedDict):
    """One practice.

    `counted` are the repetitions of which it is known whether anything was warned of (as in coach.progression),
    `warned` those of them in which something was; `judged` is the share of the time in repetitions, None where there
    was none.
    """

    done: int
    clean: int
    counted: int
    warned: int
    judged: float | None
    joined: list[Joined]


def tally(database: Session, practice_uid: str) -> Tally | None:
    """What the rows of a practice come to; None while it has no repetition."""
    repetitions = database.execute(
        select(
            RepetitionRow.number,
            (RepetitionRow.ended_at_seconds - RepetitionRow.started_at_seconds).label("length"),
            RepetitionRow.clean,
            RepetitionRow.judged_share,
            RepetitionRow.unseen,
        )
        .where(RepetitionRow.practice_uid == practice_uid)
        .order_by(RepetitionRow.number)
    ).all()
    if not repetitions:
        return None
    unwanted = database.execute(
        select(
            UnwantedMovementRow.repetition_number,
            UnwantedMovementRow.pattern,
            UnwantedMovementRow.side,
            UnwantedMovementRow.onset_amplitude_mm,
            UnwantedMovementRow.warned_at_seconds,
        )
        .where(UnwantedMovementRow.practice_uid == practice_uid)
        .order_by(UnwantedMovementRow.repetition_number, UnwantedMovementRow.position)
    )
    numbers: dict[tuple[str, str], set[int]] = defaultdict(set)
    onsets: dict[tuple[str, str], list[float]] = defaultdict(list)
    told = set()
    for row in unwanted:
        area = row.pattern, row.side.value if row.side else ""
        numbers[area].add(row.repetition_number)
        if row.onset_amplitude_mm is not None:
            onsets[area].append(row.onset_amplitude_mm)
        if row.warned_at_seconds is not None:
            told.add(row.repetition_number)
    counts = {
        row.number
        for row in repetitions
        if row.judged_share >= JUDGED_ENOUGH and (row.number in told or not row.unseen)
    }
    moving = sum(row.length for row in repetitions)
    return Tally(
        done=len(repetitions),
        clean=sum(row.clean for row in repetitions),
        counted=len(counts),
        warned=len(counts & told),
        judged=sum(row.length * row.judged_share for row in repetitions) / moving if moving > 0 else None,
        joined=[
            (*area, len(found), median(onsets[area]) if onsets[area] else None)
            for area, found in numbers.items()
        ],
    )
