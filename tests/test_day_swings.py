"""The person's own page goes by the same rule as the morning page: what swings is left to the therapist."""

from __future__ import annotations

from pathlib import Path

from weeks import LIBRARY, NOW, SMILE, days_ago, five, practise, prescribe, somebody

from coach.prescription import Item
from coach.records import open_records
from pages.day import Day, settle


def test_a_step_up_that_was_come_down_from_twice_is_not_taken_by_itself(tmp_path: Path) -> None:
    records = open_records(f"sqlite:///{tmp_path / 'log.sqlite'}")
    for first_down, level in ((50, 2), (60, 3)):
        uid = somebody(records, f"{first_down} days ago")
        for days, there in ((70, 3), (first_down, 2), (40, 3), (30, 2)):
            prescribe(records, uid, days_ago(days), [Item(card=SMILE.id, level=there)])
        for days in (3, 2, 1):
            practise(records, uid, days_ago(days), five(), level=2)

        settled = settle(Day(records, LIBRARY, records.patient(uid), NOW))

        assert settled.prescription is not None
        assert settled.prescription.items[0].level == level
        waits = [proposal.by_itself for _, _, proposal in settled.proposals()]
        assert waits == ([False] if level == 2 else [])
    records.close()
