"""Wherever a band of lids is told it is the level's: a tiny closing is smaller on paper too, and never millimetres."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest

from coach import words
from coach.assignment import Assignment
from coach.clinic.report_gathering import _band
from coach.events import Repetition
from coach.face import Side
from coach.levels import instruction
from coach.library import load_library
from coach.plan import Plan
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


@pytest.mark.parametrize(
    ("card", "size"), [("gentle-eye-closing", "about half way"), ("half-closing", "a little")]
)
def test_the_tiny_closing_is_told_in_one_size_and_with_open_eyes(card: str, size: str) -> None:
    exercise = load_library().exercises[card]
    told = instruction(exercise, 2)
    prompt = Plan.of(exercise, load_library().patterns, Side.RIGHT, Assignment(card, level=2)).turn(1).prompt
    assert size in told
    assert size in prompt
    assert "eyes stay open" in told
    assert "shut" not in told
    assert instruction(exercise, 3) == exercise.instruction


@pytest.mark.parametrize("level", [1, 2])
def test_eyes_that_stay_open_are_not_led_as_closed(level: int) -> None:
    closing = load_library().exercises["gentle-eye-closing"]
    plan = Plan.of(closing, load_library().patterns, Side.RIGHT, Assignment(closing.id, level=level))
    assert not plan.turn(1).eyes_closed


def test_where_only_rest_is_asked_no_movement_is_told() -> None:
    cards = load_library().exercises
    assert instruction(cards["small-closed-smile"], 1) == words.REST_ONLY
    assert instruction(cards["cheek-massage"], 1) == cards["cheek-massage"].instruction
