"""Assessments and range tests over time: which figures are drawn, the noise around the first, and what is said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from practices import a_repetition

from coach.calibration import Measured
from coach.clinic.over_time import course, noise, said
from coach.clinic.reach import Reach, reaches, said_of_all, said_of_one, side_name
from coach.clinic.scales import FDI_PHYSICAL, HOUSE_BRACKMANN, SAQ, SCALES, SUNNYBROOK
from coach.face import Side

START = date(2026, 1, 5)


@dataclass(frozen=True)
class Sheet:
    day: date
    totals: dict[str, Fraction | None]


def sheets(scale: str, *values: Fraction | int | None) -> list[Sheet]:
    """One a month."""
    return [
        Sheet(START + timedelta(days=30 * n), {scale: None if value is None else Fraction(value)})
        for n, value in enumerate(values)
    ]


def test_a_course_has_what_is_known_the_oldest_first_and_within_its_scale() -> None:
    filled = [*sheets("sunnybrook", 40, None, -3), *sheets("saq", 50)]

    points = course(reversed(filled), SUNNYBROOK)

    assert [(point.day, point.raw, point.shown) for point in points] == [
        (START, 40, 40),
        (START + timedelta(days=60), -3, 0),
    ]


def test_the_noise_lies_around_the_first_figure_and_ends_with_the_scale() -> None:
    (point,) = course(sheets("saq", 30), SAQ)

    wide, narrow = noise(SAQ, point)

    assert (wide.low, wide.high, wide.words) == (20, Fraction("58.2"), "SDC 28.2, S51")
    assert (narrow.low, narrow.high) == (20, Fraction("43.14"))
    assert noise(SUNNYBROOK, course(sheets("sunnybrook", 30), SUNNYBROOK)[0]) == ()


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.id)
def test_a_change_inside_the_drawn_band_is_never_called_better_or_worse(scale) -> None:
    middle = (scale.lowest + scale.highest) // 2
    first = course(sheets(scale.id, middle), scale)[0]
    for band in noise(scale, first):
        for last in (band.low, band.high):
            words = said(scale, course(sheets(scale.id, middle, last), scale))
            assert "which is" not in words


@given(values=st.lists(st.fractions(min_value=0, max_value=100, max_denominator=100), min_size=1, max_size=6))
def test_whatever_the_figures_something_calm_is_said(values: list[Fraction]) -> None:
    words = said(FDI_PHYSICAL, course(sheets("fdi_physical", *values), FDI_PHYSICAL))

    assert words.startswith("FDI: physical function: ")
    assert words.endswith(".")


def test_nothing_known_is_said_as_that() -> None:
    assert said(SAQ, ()) == "SAQ is not known yet."


def test_steps_are_said_by_their_names() -> None:
    words = said(HOUSE_BRACKMANN, course(sheets("house_brackmann", 4, 3), HOUSE_BRACKMANN))

    assert words.startswith("House-Brackmann: III on 4 February 2026. Since 5 January 2026: 1 grade lower.")
    assert "too coarse to follow progress" in words


# -- the range test


def a_test(days: int, *tries: tuple[str, float | None, float | None]) -> Measured:
    done = [
        replace(a_repetition(n), movement=movement, amplitude_right_mm=right, amplitude_left_mm=left)
        for n, (movement, right, left) in enumerate(tries, 1)
    ]
    return Measured(START + timedelta(days=days), tuple(done))


def test_of_several_tries_the_furthest_counts_on_each_side_and_unseen_stays_unseen() -> None:
    found = reaches(
        [
            a_test(7, ("smile", 5.0, None)),
            a_test(0, ("smile", 3.0, 8.0), ("smile", 4.0, 7.0), ("pucker", None, None)),
        ]
    )

    assert found == (
        Reach(START, "smile", 4.0, 8.0),
        Reach(START, "pucker", None, None),
        Reach(START + timedelta(days=7), "smile", 5.0, None),
    )


def test_it_is_said_side_by_side_and_what_was_not_seen_is_called_that() -> None:
    found = reaches([a_test(0, ("smile", 4.0, 8.0)), a_test(7, ("smile", 5.0, None))])

    words = said_of_one(found, Side.RIGHT).replace("\N{NO-BREAK SPACE}", " ")

    assert words == (
        "Smile, by the camera: right (affected) about 5.0 mm, left (healthy) not seen on 12 January 2026; right "
        "(affected) about 4.0 mm, left (healthy) about 8.0 mm on 5 January 2026."
    )


def test_without_a_known_side_the_sides_have_only_their_names() -> None:
    (one,) = reaches([a_test(0, ("smile", 4.0, 8.0))])

    assert side_name(Side.LEFT, None) == "left"
    assert "right about 4.0" in said_of_all((one,), None)


def test_of_a_whole_test_the_furthest_movements_are_told() -> None:
    found = reaches([a_test(0, ("frown", 1.0, 1.0), ("smile", 4.0, 8.0), ("pucker", 5.0, 5.0))])

    words = said_of_all(found, Side.RIGHT)

    assert words.index("smile") < words.index("pucker")
    assert "frown" not in words
