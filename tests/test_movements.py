"""Readings smoothed over a tenth of a second: quieter, hardly later, and never a guess."""

from __future__ import annotations

import numpy as np
import pytest

from coach.movements import NAMES, STEADY_SECONDS, Readings, Steadied

ZERO: Readings = dict.fromkeys(NAMES, 0.0)


def moved(mm: float | None) -> Readings:
    return {**ZERO, "corner_up_right": mm}


def followed(values: list[float | None], per_second: float) -> list[float | None]:
    steadied = Steadied(ZERO, 0.0)
    found = []
    for number, value in enumerate(values, start=1):
        steadied = steadied.step(moved(value), number / per_second)
        found.append(steadied.readings["corner_up_right"])
    return found


@pytest.mark.parametrize("per_second", [10, 15, 30])
def test_a_movement_is_there_within_three_tenths_of_a_second_at_any_pace(per_second: int) -> None:
    found = followed([2.0] * per_second, per_second)

    assert found[round(3 * STEADY_SECONDS * per_second) - 1] == pytest.approx(2.0, rel=0.06)


def test_noise_is_halved_at_thirty_pictures_a_second() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 600)

    found = followed([float(value) for value in noise], 30)

    assert np.std([value for value in found[10:] if value is not None]) < 0.05


def test_what_is_unseen_stays_unseen_and_is_taken_as_it_is_when_it_comes_back() -> None:
    assert followed([1.0, None, 2.0], 10)[1:] == [None, 2.0]


def test_a_clock_that_goes_back_changes_nothing() -> None:
    steadied = Steadied(moved(1.0), 5.0).step(moved(3.0), 4.0)

    assert steadied.readings["corner_up_right"] == 1.0
    assert steadied.at == 5.0
