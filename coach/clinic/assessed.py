"""Filled-in scales in the log: an entry is checked before it is kept, and read off anew when it comes back."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import cast

from coach.clinic.entries import Entry
from coach.records import Records
from coach.records.care_history import Assessment, SheetRequest


def keep(
    records: Records, patient_uid: str, entry: Entry, day: date, author: str, at: datetime
) -> Assessment:
    """Write a filled-in sheet down, with the raw totals its arithmetic gives."""
    return records.add_assessment(patient_uid, entry.sheet.id, day, *_kept(entry), author, at)


def keep_asked(
    records: Records, request: SheetRequest, entry: Entry, day: date, author: str, at: datetime, note: str
) -> Assessment:
    """The same for a sheet that was asked for, filled in by the person themselves, with a note of theirs."""
    return records.answer_request(request.uid, request.patient_uid, day, *_kept(entry), author, at, note=note)


def entry_of(assessment: Assessment) -> Entry:
    """The entry as it was filled in; raises EntryRefused where the sheet has changed since."""
    return Entry.of_json({"sheet": assessment.scale, "answers": assessment.items})


def _kept(entry: Entry) -> tuple[dict[str, object], dict[str, Fraction | None]]:
    answers = cast("dict[str, object]", entry.as_json()["answers"])
    return answers, {figure.scale.id: figure.raw for figure in entry.figures}
