"""The figures behind the charts as tables of words, to be read or read out; what was not seen says so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from coach.events import Repetition
from coach.face import Side
from coach.records.history import PracticeRecord
from coach.records.telling import area, day, percent, sentence_case, unseen_area
from coach.records.trends import not_known, seen_well

if TYPE_CHECKING:
    from coach.exercise import Pattern


def repetition_table(record: PracticeRecord, patterns: Mapping[str, Pattern]) -> pd.DataFrame:
    """One practice as a table to be read or read out; what was not seen says so."""
    rows = [
        {
            "No.": str(r.number),
            "Clean": "yes" if r.clean and seen_well(r) else "not yet" if seen_well(r) else "not seen",
            "Joined in, at mm": _joined_cell(r, record.affected, patterns),
            "Right, mm": _or_not_seen(r.amplitude_right_mm, ".1f"),
            "Left, mm": _or_not_seen(r.amplitude_left_mm, ".1f"),
            "Held, s": f"{r.hold_seconds:.1f}",
        }
        for r in record.repetitions
    ]
    return pd.DataFrame(rows).set_index("No.")


def practice_table(
    practices: pd.DataFrame, courses: pd.DataFrame, patterns: Mapping[str, Pattern]
) -> pd.DataFrame:
    """All practices of one exercise as a table, the newest first; what was not seen says so."""
    columns = {
        "Day": [f"{day(at)} {at:%H:%M}" for at in practices["started_at"]],
        "Clean": [_clean_cell(c, d) for c, d in zip(practices["clean"], practices["done"], strict=True)],
    }
    for pattern, side in dict.fromkeys(zip(courses["pattern"], courses["side"], strict=True)):
        course = courses[(courses["pattern"] == pattern) & (courses["side"] == side)]
        onsets = course.set_index("practice").loc[practices["practice"]]
        cells = zip(onsets["joined_in"], onsets["onset_mm"], strict=True)
        name = sentence_case(area(pattern, side, patterns).removeprefix("your "))
        columns[f"{name}, mm"] = [_onset_cell(joined, onset_mm) for joined, onset_mm in cells]
    for name, shares in (("Evenness", practices["evenness"]), ("Judged", practices["judged_share"])):
        columns[name] = ["not seen" if pd.isna(share) else percent(share) for share in shares]
    return pd.DataFrame(columns).iloc[::-1].set_index("Day")


def _joined_cell(repetition: Repetition, affected: Side | None, patterns: Mapping[str, Pattern]) -> str:
    if not repetition.unwanted and not seen_well(repetition):
        return "not judged"
    joined = [
        area(u.pattern, u.side, patterns)
        + ("" if u.onset_amplitude_mm is None else f" at {u.onset_amplitude_mm:.1f}")
        for u in repetition.unwanted
    ]
    unseen = [f"{unseen_area(p, affected, patterns)} not seen" for p in not_known(repetition, affected)]
    return "; ".join([*joined, *dict.fromkeys(unseen)]) or "nothing"


def _clean_cell(clean_ones: float, done: int) -> str:
    return "not seen" if math.isnan(clean_ones) else f"{clean_ones:.0f} of {done}"


def _onset_cell(joined_in: float, onset_mm: float) -> str:
    if math.isnan(joined_in):
        return "not judged"
    if joined_in == 0:
        return "quiet"
    return "joined in" if math.isnan(onset_mm) else f"{onset_mm:.1f}"


def _or_not_seen(value: float | None, form: str) -> str:
    return "not seen" if value is None else format(value, form)
