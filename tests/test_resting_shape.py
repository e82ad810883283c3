"""The shape of the face at rest: it keeps still under a moving head, and what was not seen is None."""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_patient import STILL, Movement, SimulatedPatient

from coach.face import INNER_CANTHUS, LOWER_LID, MOUTH_CORNER, OUTER_CANTHUS, UPPER_LID, Face, Side
from coach.movements import NAMES
from coach.rest import RestTaking
from coach.resting_shape import BROW_LINE, UNSEEN, RestingShape, in_picture, of_rest
from coach.tracker import Tracker

PX_PER_MM = 2.0
EYE_DISTANCE_MM = 60.0
QUIET = dict.fromkeys(NAMES, 0.0)


def a_face(gap_right_mm: float = 8.0, gap_left_mm: float = 9.0) -> Face:
    """A face drawn by hand: eyes 60 mm apart, the left corner 1.5 mm higher, the left brow 2 mm lower."""
    points = np.zeros((478, 3))
    for side, sign, gap in ((Side.RIGHT, -1, gap_right_mm), (Side.LEFT, 1, gap_left_mm)):
        points[OUTER_CANTHUS[side]] = (sign * 45, 0, 0)
        points[INNER_CANTHUS[side]] = (sign * 15, 0, 0)
        for upper, lower in zip(UPPER_LID[side], LOWER_LID[side], strict=True):
            points[upper] = (sign * 30, -gap / 2, 0)
            points[lower] = (sign * 30, gap / 2, 0)
        points[MOUTH_CORNER[side]] = (sign * 25, 65, 0)
        points[list(BROW_LINE[side])] = (sign * 30, -20, 0)
        points[[468, 473][sign > 0]] = (sign * 30, 0, 0)
    points[MOUTH_CORNER[Side.LEFT], 1] -= 1.5
    points[list(BROW_LINE[Side.LEFT]), 1] += 2.0
    # Temples and sides of the face: they tell how the head is turned.
    for right, left in ((127, 356), (234, 454), (93, 323)):
        points[right], points[left] = (-70, 20, 30), (70, 20, 30)
    return Face(points * PX_PER_MM + (320, 240, 0), 640, 480)


def turned(face: Face, yaw_degrees: float) -> Face:
    angle = np.radians(yaw_degrees)
    about = np.array([[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]])
    return replace(face, points=face.points @ about.T)


def values(shape: RestingShape) -> tuple[float | None, ...]:
    return astuple(shape)


def test_the_shape_is_what_the_points_say() -> None:
    assert values(in_picture(a_face(), EYE_DISTANCE_MM)) == pytest.approx((8.0, 9.0, 1.5, -2.0))


@given(
    shift=st.tuples(st.floats(-80, 80), st.floats(-80, 80)),
    size=st.floats(0.5, 2.0),
    roll_degrees=st.floats(-30, 30),
)
@settings(max_examples=50, deadline=None)
def test_shift_size_and_roll_leave_it_alone(
    shift: tuple[float, float], size: float, roll_degrees: float
) -> None:
    angle = np.radians(roll_degrees)
    turn = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = a_face().points.copy()
    points[:, :2] = points[:, :2] @ turn.T + shift

    moved = in_picture(Face(points, 640, 480), EYE_DISTANCE_MM)

    assert values(moved) == pytest.approx((8.0, 9.0, 1.5, -2.0))


@pytest.mark.parametrize(("yaw_degrees", "seen"), [(-5.5, True), (5.5, True), (-7.0, False), (7.0, False)])
def test_a_turned_head_tells_nothing(yaw_degrees: float, seen: bool) -> None:
    shape = in_picture(turned(a_face(), yaw_degrees), EYE_DISTANCE_MM)

    assert (shape != UNSEEN) is seen


def test_eyes_that_look_aside_tell_nothing_of_the_lids() -> None:
    points = a_face().points.copy()
    points[[468, 473], 0] += 4.0 * PX_PER_MM  # 0.13 of the fissure's width

    shape = in_picture(Face(points, 640, 480), EYE_DISTANCE_MM)

    assert values(shape) == (None, None, pytest.approx(1.5), pytest.approx(-2.0))


def test_shut_eyes_tell_nothing_of_lids_and_brows_but_one_narrow_eye_is_told() -> None:
    shut, narrow = (
        in_picture(a_face(gap, other), EYE_DISTANCE_MM) for gap, other in ((2.0, 1.5), (2.0, 8.0))
    )

    assert values(shut) == (None, None, pytest.approx(1.5), None)
    assert (narrow.lid_gap_right_mm, narrow.lid_gap_left_mm) == (pytest.approx(2.0), pytest.approx(8.0))


def test_a_rest_is_the_median_of_what_most_of_its_pictures_show() -> None:
    pictures = [
        RestingShape(8.0, None, 1.0, -1.0),
        RestingShape(8.2, None, 1.2, None),
        RestingShape(9.9, 7.0, None, None),
    ]

    assert of_rest(pictures) == RestingShape(8.2, None, pytest.approx(1.1), None)
    assert of_rest([UNSEEN, UNSEEN]) is None
    assert of_rest([]) is None


def test_a_stray_picture_does_not_change_the_shape_of_a_rest() -> None:
    taking: RestTaking | None = RestTaking()
    for number in range(21):
        assert taking is not None
        stray = number == 7
        shape = RestingShape(8.0, 9.0, 30.0 if stray else 1.0, 0.0)
        taking = taking.add({**QUIET, "corner_up_left": 2.0 if stray else 0.0}, number / 10, shape)

    assert taking is not None
    assert taking.taken({Side.RIGHT: 8.0, Side.LEFT: 9.0}).shape == RestingShape(8.0, 9.0, 1.0, 0.0)


def seen_at_rest(patient: SimulatedPatient, resting: Movement) -> RestingShape:
    """What two seconds of a resting face give."""
    shapes = []
    with Tracker() as tracker:
        for number in range(20):
            face = tracker.follow(patient.frame(resting, number), number / 10)
            assert isinstance(face, Face)
            if number >= 4:
                shapes.append(in_picture(face, EYE_DISTANCE_MM))
    shape = of_rest(shapes)
    assert shape is not None
    return shape


@pytest.fixture(scope="module")
def patient() -> SimulatedPatient:
    return SimulatedPatient()


@pytest.fixture(scope="module")
def unchanged(patient: SimulatedPatient) -> RestingShape:
    return seen_at_rest(patient, STILL)


# By landmarks a change is read too small, as docs/decisions.md says; never the wrong way, nor on the other eye.
@pytest.mark.parametrize(
    ("resting", "name", "low", "high"),
    [
        (Movement(corner_up_right=-2), "corner_height_mm", 1.0, 2.2),
        (Movement(corner_up_left=-2), "corner_height_mm", -2.2, -1.0),
        (Movement(eye_narrowing_right=1.5), "lid_gap_right_mm", -1.6, -0.2),
        (Movement(eye_narrowing_left=1.5), "lid_gap_left_mm", -1.6, -0.2),
        (Movement(brow_raise_left=2), "brow_height_mm", 0.4, 2.2),
    ],
)
def test_a_changed_rest_is_read_on_its_side(
    patient: SimulatedPatient, unchanged: RestingShape, resting: Movement, name: str, low: float, high: float
) -> None:
    shape = seen_at_rest(patient, resting)

    assert low < getattr(shape, name) - getattr(unchanged, name) < high
    if name.startswith("lid_gap"):
        other = "lid_gap_left_mm" if "right" in name else "lid_gap_right_mm"
        assert abs(getattr(shape, other) - getattr(unchanged, other)) < 0.2
