"""The whole log, opened."""

from __future__ import annotations

from coach.records.care import Care
from coach.records.care_notes import Notes
from coach.records.care_sheets import Sheets
from coach.records.care_stops import Stops
from coach.records.database import database_url, open_database
from coach.records.everybody import Everybody
from coach.records.people import People
from coach.records.practices import Practices
from coach.records.prescriptions import Prescriptions
from coach.records.sessions import Sessions


class Records(People, Prescriptions, Sessions, Practices, Care, Sheets, Notes, Stops, Everybody):
    """The practice log."""


def open_records(url: str | None = None) -> Records:
    """The log at `url`, or where the environment says; folder, file and tables are made where missing."""
    return Records(open_database(url or database_url()))
