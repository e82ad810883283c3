"""The log of every practice: written repetition by repetition, read by the summary and the charts."""

from coach.records.database import database_url
from coach.records.faults import RecordsError, RowRefused
from coach.records.history import (
    Ending,
    FeltArea,
    Patient,
    PracticeRecord,
    SessionEnding,
    SessionRecord,
    View,
)
from coach.records.log import Records, open_records

__all__ = [
    "Ending",
    "FeltArea",
    "Patient",
    "PracticeRecord",
    "Records",
    "RecordsError",
    "RowRefused",
    "SessionEnding",
    "SessionRecord",
    "View",
    "database_url",
    "open_records",
]
