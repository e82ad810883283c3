"""The log of every practice: written repetition by repetition, read by the summary and the charts."""

from coach.records.database import database_url
from coach.records.faults import RecordsError
from coach.records.history import Ending, Patient, PracticeRecord
from coach.records.log import Records, open_records

__all__ = ["Ending", "Patient", "PracticeRecord", "Records", "RecordsError", "database_url", "open_records"]
