"""The person's own range: the healthy side's fullest movement, from the latest test, and nothing that was not seen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach import calibration
from coach.calibration import Measured, Range, ranges, set_aside, stale
from coach.events import Repetition
from coach.exercise import TargetMovement
from coach.face import Side

DAY = date(2026, 3, 9)
LATER = DAY + timedelta(days=20)


def shown(movement: str | None, right: float | None, left: float | None) -> Repetition:
    return Repetition(1, 1.0, 9.0, right, left, None, 2.0, True, 1.0, (), movement=movement)


def a_test(*repetitions: Repetition, day: date = DAY) -> Measured:
    return Measured(day, repetitions)


SMILES = a_test(
    shown("smile", 4.0, 3.0), shown("smile", 3.5, 3.2), shown("smile", 9.0, 11.0), shown("smile", 10.0, 10.5)
)


def test_the_smiles_range_is_that_of_the_full_smile_on_the_healthy_side() -> None:
    assert ranges([SMILES], Side.LEFT) == {"smile": Range(10.0, DAY)}
    assert ranges([SMILES], Side.RIGHT) == {"smile": Range(11.0, DAY)}


def test_where_the_affected_side_is_not_known_the_smaller_side_is_taken() -> None:
    assert ranges([SMILES], None) == {"smile": Range(10.0, DAY)}
    assert ranges([a_test(shown("smile", 10.0, None))], None) == {}


def test_each_movement_has_its_own_range() -> None:
    found = ranges(
        [a_test(shown("smile", 9.0, 8.0), shown("pucker", 6.0, 6.0), shown("brow_raise", 5.0, 2.0))],
        Side.LEFT,
    )
    assert {name: own.mm for name, own in found.items()} == {"smile": 9.0, "pucker": 6.0, "brow_raise": 5.0}


def test_rest_and_other_repetitions_give_no_range() -> None:
    assert ranges([a_test(shown(None, 3.0, 3.0), shown("wiggle", 3.0, 3.0))], None) == {}
    assert ranges([], Side.LEFT) == {}


def test_what_was_not_seen_on_the_healthy_side_has_no_range() -> None:
    assert ranges([a_test(shown("smile", None, 8.0))], Side.LEFT) == {}
    assert ranges([a_test(shown("smile", None, 8.0), shown("smile", 7.0, None))], Side.LEFT) == {
        "smile": Range(7.0, DAY)
    }


def test_the_latest_test_holds_also_where_it_is_given_first() -> None:
    later = a_test(shown("smile", 7.0, 7.0), day=LATER)
    assert ranges([later, SMILES], Side.LEFT) == {"smile": Range(7.0, LATER)}


def test_a_movement_that_was_not_tried_again_keeps_its_earlier_range() -> None:
    later = a_test(shown("pucker", 6.0, 6.0), day=LATER)
    assert ranges([SMILES, later], Side.LEFT) == {"smile": Range(10.0, DAY), "pucker": Range(6.0, LATER)}


def test_a_movement_tried_again_and_not_seen_has_no_range_any_more() -> None:
    assert ranges([SMILES, a_test(shown("smile", None, None), day=LATER)], Side.LEFT) == {}


@pytest.mark.parametrize(("mm", "used"), [(0.9, False), (1.0, True), (30.0, True), (30.1, False)])
def test_a_range_that_cannot_be_one_is_set_aside(mm: float, used: bool) -> None:
    found = ranges([a_test(shown("smile", mm, 5.0))], Side.LEFT)
    assert found == ({"smile": Range(mm, DAY)} if used else {})


def test_what_is_set_aside_is_said() -> None:
    test = a_test(shown("smile", 0.4, 5.0), shown("pucker", 31.0, 5.0), shown("brow_raise", 6.0, 1.0))
    assert set_aside([test], Side.LEFT) == (
        "Your smile was read as about 0.4 mm, too small to go by. Until the next test the card's own band holds.",
        "Your pucker was read as about 31.0 mm, too large to go by. Until the next test the card's own band holds.",
    )
    assert set_aside([SMILES], Side.LEFT) == ()


def test_every_movement_has_a_name() -> None:
    assert set(calibration.NAMES) == set(get_args(TargetMovement))


def test_after_eight_weeks_a_range_is_due_again() -> None:
    assert not stale(DAY, DAY + timedelta(days=55))
    assert stale(DAY, DAY + timedelta(days=56))


amplitudes = st.none() | st.floats(min_value=-2, max_value=40)
any_shown = st.builds(shown, st.sampled_from(["smile", "pucker", None]), amplitudes, amplitudes)
any_test = st.builds(
    Measured,
    day=st.dates(min_value=DAY, max_value=LATER),
    repetitions=st.lists(any_shown, max_size=6).map(tuple),
)


@given(st.lists(any_test, max_size=4), st.none() | st.sampled_from(Side))
def test_a_range_is_always_plausible_and_was_really_seen(
    tests: list[Measured], affected: Side | None
) -> None:
    seen = {a for t in tests for r in t.repetitions for a in (r.amplitude_right_mm, r.amplitude_left_mm)}
    for own in ranges(tests, affected).values():
        assert 1.0 <= own.mm <= 30.0
        assert own.mm in seen
        assert own.day in {test.day for test in tests}


@given(st.lists(any_test, max_size=4))
def test_not_knowing_the_side_never_asks_for_more(tests: list[Measured]) -> None:
    cautious = ranges(tests, None)
    for side in Side:
        of_side = ranges(tests, side)
        for movement in cautious.keys() & of_side.keys():
            assert cautious[movement].mm <= of_side[movement].mm
