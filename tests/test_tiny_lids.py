"""Wherever a band of lids is told it is the level's: a tiny closing is smaller on paper too, and never millimetres."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest

from coach.clinic.report_gathering import _band
from coach.events import Repetition
from coach.face import Side
from coach.library import load_library
from coach.prescription import Item
from coach.records import PracticeRecord
from coach.resting_shape import RestingShape
from pages.care.planning import Planning, band_words
from pages.care.repetition import _reach

HALF = load_library().exercises["half-closing"]
NOT_TESTED: Planning = SimpleNamespace(day=SimpleNamespace(ranges={}))  # type: ignore[assignment]


@pytest.mark.parametrize(("level", "told"), [(2, "20 to 30 %"), (3, "40 to 60 %")])
def test_the_therapist_reads_the_band_of_the_level(level: int, told: str) -> None:
    item = Item(card=HALF.id, level=level)
    assert band_words(item, HALF, NOT_TESTED).startswith(told)
    assert _band(item, HALF).startswith(told)


def test_a_band_in_percent_is_never_taken_for_millimetres() -> None:
    resting = RestingShape(10.0, 8.0, 0.0, 0.0)
    repetition = replace(
        Repetition(1, 1.0, 9.0, 2.5, 2.0, 0.8, 5.0, True, 1.0, ()), movement="eye_closing", resting=resting
    )
    record = PracticeRecord(
        uid="one",
        patient_uid="she",
        card_id=HALF.id,
        card_version=HALF.version,
        card_name=HALF.name,
        affected=Side.RIGHT,
        sensitivity="default",
        repetitions_planned=5,
        engine_version="0",
        started_at=datetime(2026, 3, 9, tzinfo=timezone.utc),
        ended_at=None,
        ending=None,
        judged_share=1.0,
        repetitions=(repetition,),
        level=2,
        band=(20.0, 30.0),
    )
    assert _reach(record, repetition, HALF) == pytest.approx((1.8, 2.7))
    assert _reach(record, repetition, None) is None, "the card has changed, or is gone"
