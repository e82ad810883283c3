"""Blinks are told by how fast the lids come down, at whatever pace the pictures come."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coach.blink import Blinking, step

OPEN, SHUT = 0.12, 0.05  # lid gaps as shares of the eye distance


def masked(gap: Callable[[float], float], fps: float, seconds: float = 6.0) -> list[float]:
    """The times at which the watched areas are masked."""
    state, found = Blinking(), []
    for number in range(int(seconds * fps)):
        at = number / fps
        state = step(state, gap(at), at)
        if state.masks(at):
            found.append(at)
    return found


@pytest.mark.parametrize("fps", [3.0, 4.0, 7.0, 10.0, 15.0, 30.0])
def test_every_picture_of_a_blink_is_masked(fps: float) -> None:
    def blinking(at: float) -> float:
        return SHUT if 2.0 <= at < 2.35 else OPEN

    shut = [n / fps for n in range(int(6 * fps)) if blinking(n / fps) == SHUT]
    found = masked(blinking, fps)
    assert shut
    assert set(shut) <= set(found)
    assert max(found) < 3.1


@pytest.mark.parametrize("fps", [3.0, 7.0, 15.0, 30.0])
def test_lids_that_drift_shut_over_three_seconds_are_no_blink(fps: float) -> None:
    assert masked(lambda at: OPEN - (OPEN - SHUT) * min(at / 3, 1.0), fps) == []


def test_an_eye_that_was_not_watched_for_a_while_is_not_called_blinking() -> None:
    state = step(Blinking(), OPEN, 0.0)
    assert not step(state, SHUT, 1.0).masks(1.0)


@pytest.mark.parametrize("fps", [10.0, 15.0, 30.0])
def test_lids_held_shut_that_waver_do_not_blink(fps: float) -> None:
    """Of what is left of a shut gap the mesh's noise is half (0.025 to 0.05 of the eye distance)."""
    state, masked_pictures = Blinking(), 0
    for number in range(round(5 * fps)):
        gap = SHUT * (0.5 if number % 3 == 0 else 1.0)
        state = step(state, gap, number / fps, resting_gap=OPEN)
        masked_pictures += state.masks(number / fps)

    assert masked_pictures == 0


def test_an_open_eye_blinks_whatever_its_resting_gap_was() -> None:
    state = step(step(Blinking(), OPEN, 0.0, resting_gap=OPEN), SHUT, 0.05, resting_gap=OPEN)

    assert state.masks(0.05)
