"""The engine's rooms one by one: rest, blinks, sight, skin, lids, tracker; on figures and the simulated patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from patient_script import NAMES as MOVEMENTS
from patient_script import STILL, Movement, smile
from simulated_patient import SimulatedPatient

from coach import blink, lids, sight
from coach.assignment import Assignment
from coach.blink import Blinking
from coach.events import UnwantedMovementStarted
from coach.face import IRIS_MM, SIDES, Face, FloatArray, Side
from coach.head import EYE_LINE, UNITS, Motion, Points
from coach.library import load_library
from coach.light import Gray
from coach.movements import MILLIMETRES, NAMES, Readings, read
from coach.plan import Plan
from coach.practice import Picture, Practice
from coach.rest import RestTaking
from coach.sight import Facing, Mouth, Reason
from coach.skin import OWNERS, Resting, Shift, Skin, _sites
from coach.tracker import Sighting, Tracker

LIBRARY = load_library()
ZERO: Readings = dict.fromkeys(NAMES, 0.0)
GAPS = {Side.RIGHT: 10.0, Side.LEFT: 8.0}


# --- the resting face


def taken_over(readings: list[Readings], fps: float = 10.0) -> RestTaking | None:
    taking: RestTaking | None = RestTaking()
    for number, reading in enumerate(readings):
        assert taking is not None
        taking = taking.add(reading, 5.0 + number / fps)
    return taking


@pytest.mark.parametrize("fps", [5.0, 10.0, 30.0])
def test_quiet_seconds_are_seconds_at_any_pace(fps: float) -> None:
    taking = taken_over([ZERO] * (round(2 * fps) + 1), fps)

    assert taking is not None
    assert taking.quiet_seconds == pytest.approx(2.0)


@pytest.mark.parametrize("name", [n for n in MILLIMETRES if not n.startswith("eye_narrowing")])
@pytest.mark.parametrize("mm", [1.0, -1.0])
def test_a_face_that_moves_is_not_at_rest(name: str, mm: float) -> None:
    taking: RestTaking | None = RestTaking(quiet_seconds=1.0, last_at=5.0, samples=(ZERO,))
    for number in range(1, 13):
        taking = taking.add({**ZERO, name: mm}, 5.0 + number / 12) if taking is not None else None

    assert taking is None


def test_flat_skin_that_strays_in_single_pictures_is_at_rest() -> None:
    """A cheek without texture: 0.6 mm (sd) in each picture, as on the second face at a noise of 6 grey levels."""
    strays = np.random.default_rng(3).normal(0.0, 0.6, 50)
    taking: RestTaking | None = RestTaking()
    for number, mm in enumerate(strays):
        assert taking is not None
        taking = taking.add({**ZERO, "cheek_raise_right": float(mm)}, 5.0 + number / 25)

    assert taking is not None
    assert taking.quiet_seconds == pytest.approx(49 / 25)


def test_a_small_waver_a_lid_and_what_is_not_seen_do_not_disturb_rest() -> None:
    reading = {**ZERO, "chin_raise": 0.7, "eye_narrowing_left": 2.0, "brow_raise_right": None}

    assert RestTaking().add(reading, 1.0) is not None


@pytest.mark.parametrize("jump", [-3.0, 0.0, 0.6, 3600.0])
def test_a_clock_that_jumps_adds_no_rest(jump: float) -> None:
    taking = RestTaking(quiet_seconds=1.0, last_at=50.0, samples=(ZERO,)).add(ZERO, 50.0 + jump)

    assert taking is not None
    assert taking.quiet_seconds == 1.0


def test_rest_is_the_median_and_its_noise_a_robust_spread() -> None:
    wavering = [{**ZERO, "chin_raise": 0.2 + mm} for mm in (-0.1, 0.0, 0.1, -0.1, 0.0, 0.1, 0.55)]
    taking = taken_over(wavering)
    assert taking is not None

    rest = taking.taken(GAPS)

    assert rest.baseline["chin_raise"] == pytest.approx(0.2)
    assert rest.noise["chin_raise"] == pytest.approx(1.48 * 0.1)
    assert rest.since({**ZERO, "chin_raise": 1.7})["chin_raise"] == pytest.approx(1.5)


def test_the_noise_of_a_normal_waver_is_its_standard_deviation() -> None:
    waver = np.random.default_rng(3).normal(0, 0.1, 400).tolist()
    taking = taken_over([{**ZERO, "corner_up_left": mm} for mm in waver])
    assert taking is not None

    assert taking.taken(GAPS).noise["corner_up_left"] == pytest.approx(0.1, rel=0.15)


@pytest.mark.parametrize(("seen", "known"), [(3, False), (5, False), (6, True), (10, True)])
def test_what_is_seen_in_less_than_half_of_the_rest_has_none(seen: int, known: bool) -> None:
    taking = taken_over([{**ZERO, "chin_raise": 0.1 if n < seen else None} for n in range(10)])
    assert taking is not None

    rest = taking.taken(GAPS)

    assert (rest.baseline["chin_raise"] is not None) == known
    assert (rest.since(ZERO)["chin_raise"] is not None) == known
    assert rest.since({**ZERO, "corner_up_left": None})["corner_up_left"] is None


def test_the_resting_lid_gap_is_that_of_the_median_and_never_nothing() -> None:
    taking = taken_over([{**ZERO, "eye_narrowing_right": 0.5, "eye_narrowing_left": 12.0}] * 5)
    assert taking is not None

    assert taking.taken(GAPS).lid_gap_mm == {Side.RIGHT: 9.5, Side.LEFT: 1.0}


# --- blinks


def masked(gaps: list[tuple[float, float]]) -> list[float]:
    """The times at which a course of lid gaps is masked."""
    state, times = Blinking(), []
    for at, gap in gaps:
        state = blink.step(state, gap, at)
        if state.masks(at):
            times.append(at)
    return times


def closing_for(seconds: float, fps: float, until: float = 5.0) -> list[tuple[float, float]]:
    """An eye 0.2 open that shuts at 2 s for a while."""
    times = [n / fps for n in range(round(until * fps))]
    return [(t, 0.07 if 2.0 <= t < 2.0 + seconds - 1e-9 else 0.2) for t in times]


@pytest.mark.parametrize("fps", [10.0, 15.0, 30.0])
def test_a_blink_is_masked_and_a_quarter_of_a_second_behind_it(fps: float) -> None:
    times = masked(closing_for(0.2, fps))

    assert times[0] == pytest.approx(2.0)
    assert 2.2 + 0.25 - 1 / fps <= times[-1] <= 2.2 + 0.25 + 1 / fps + 1e-6
    assert len(times) == pytest.approx((times[-1] - times[0]) * fps + 1), "without a gap"


@pytest.mark.parametrize("fps", [10.0, 15.0, 30.0])
def test_eyes_shut_for_two_seconds_are_meant_and_soon_judged(fps: float) -> None:
    times = masked(closing_for(2.0, fps))
    shut = [t for t in times if t < 4.0]

    assert shut[0] == pytest.approx(2.0)
    assert shut[-1] <= 2.5 + 1 / fps + 1e-6


def test_lids_that_drift_shut_are_no_blink() -> None:
    course = [(n / 20, 0.2 * max(1 - n / 20 / 3, 0.3)) for n in range(80)]

    assert masked(course) == []


def test_a_clock_that_goes_back_leaves_no_blink_behind() -> None:
    state = Blinking()
    for at, gap in [*closing_for(0.2, 10.0, until=2.1), (0.0, 0.2), (0.1, 0.2), (0.2, 0.2), (0.6, 0.2)]:
        state = blink.step(state, gap, at)

    assert state.since is None


# --- faces for the rooms that look at pictures


@dataclass(frozen=True, eq=False)
class Seen:
    gray: Gray
    face: Face


@dataclass(frozen=True, eq=False)
class Sitter:
    """The simulated patient in front of the engine's eyes, with its resting picture."""

    patient: SimulatedPatient
    tracker: Tracker
    skin: Skin
    resting: Resting
    eyes: dict[Side, lids.RestingEye]
    facing: Facing
    still: Seen

    def shows(self, movement: Movement, key: int = 100) -> Seen:
        for number in range(4):  # the mesh needs a few pictures to follow
            seen = look(self.patient.frame(movement, key + number), self.tracker)
        return seen

    def shift(self, movement: Movement, key: int = 100) -> tuple[Seen, Shift]:
        seen = self.shows(movement, key)
        return seen, self.skin.since(self.resting, seen.gray, seen.face)

    def reason(self, movement: Movement) -> Reason | None:
        seen, shift = self.shift(movement)
        before = sight.before_rest(seen.face, seen.gray)
        return before or sight.since_rest(seen.face, shift, self.facing, eyes_closed=False)

    def narrowing(self, movement: Movement) -> dict[Side, float]:
        """Lid gap lost, mean of six pictures."""
        sums: dict[Side, list[float]] = {side: [] for side in SIDES}
        for number in range(6):
            seen, shift = self.shift(movement, 200 + 10 * number)
            windows = lids.windows(shift, seen.gray)
            for side in SIDES:
                found = lids.narrowing_mm(self.eyes[side], windows[side])
                assert found is not None
                sums[side].append(sum(found))
        return {side: float(np.mean(values)) for side, values in sums.items()}


def gray_of(picture: Picture) -> Gray:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def look(picture: Picture, tracker: Tracker) -> Seen:
    face = tracker.follow(picture, 0.0)
    assert isinstance(face, Face)
    return Seen(gray_of(picture), face)


def sit(patient: SimulatedPatient, tracker: Tracker) -> Sitter:
    for key in range(8):
        still = look(patient.frame(STILL, key), tracker)
    skin = Skin(still.face.eye_distance_px / (still.face.iris_px / IRIS_MM))
    resting = skin.rest(still.gray, still.face)
    eyes = lids.rest(resting, lids.windows(skin.since(resting, still.gray, still.face), still.gray))
    return Sitter(patient, tracker, skin, resting, eyes, Facing.of(still.face), still)


@pytest.fixture(scope="module")
def tracker() -> Iterator[Tracker]:
    with Tracker() as tracker:
        yield tracker


@pytest.fixture(scope="module")
def sitter(tracker: Tracker) -> Sitter:
    return sit(SimulatedPatient(), tracker)


def largest_mm(shift: Shift) -> float:
    """The largest movement that is read of the skin; how far a flat cheek goes sideways is not."""
    readings = read(shift, dict.fromkeys(SIDES))
    sums = ("pucker", "mouth_open")  # of two movements
    return max(abs(mm) for name, mm in readings.items() if mm is not None and name not in sums)


def named(value: object) -> str:
    """What a movement does, for a test's name."""
    if not isinstance(value, Movement):
        return str(value)
    return " ".join(f"{n} {mm:g}" for n in MOVEMENTS if (mm := getattr(value, n))) or "still"


# --- sight


@pytest.mark.parametrize(
    ("movement", "reason"),
    [
        (STILL, None),
        (smile(3.0), None),
        (Movement(shift_x_mm=4, shift_y_mm=-3), None),
        (Movement(roll_degrees=5), None),
        (Movement(nearness=0.05), None),
        (Movement(yaw_degrees=15), Reason.TURNED_AWAY),
        (Movement(yaw_degrees=-15), Reason.TURNED_AWAY),
        (Movement(gaze_x_mm=1), None),
        (Movement(gaze_x_mm=2.5), Reason.LOOKING_ASIDE),
        (Movement(gaze_x_mm=-4), Reason.LOOKING_ASIDE),
        (Movement(gain=-0.6), Reason.TOO_DARK),
        (Movement(covered=1.0), Reason.TOO_DARK),
        (Movement(gain=1.0), Reason.TOO_BRIGHT),
    ],
    ids=named,
)
def test_what_the_picture_shows_is_judged_or_has_its_reason(
    sitter: Sitter, movement: Movement, reason: Reason | None
) -> None:
    if movement.covered:  # no face is found behind a hand: the picture itself says why
        gray = gray_of(sitter.patient.frame(movement))
        assert sight.light(gray) is reason
        return
    assert sitter.reason(movement) is reason


def test_eyes_that_are_meant_to_close_are_not_asked_where_they_look(sitter: Sitter) -> None:
    seen, shift = sitter.shift(Movement(gaze_x_mm=4))

    assert sight.since_rest(seen.face, shift, sitter.facing, eyes_closed=True) is None


@pytest.mark.parametrize(("shrink", "reason"), [(0.7, None), (0.45, Reason.TOO_FAR)])
def test_a_face_far_away_is_asked_to_come_nearer(
    sitter: Sitter, shrink: float, reason: Reason | None
) -> None:
    small = cv2.resize(sitter.patient.frame(), None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    canvas = np.full((480, 640, 3), 120, np.uint8)
    canvas[: small.shape[0], : small.shape[1]] = small
    with Tracker() as tracker:
        seen = look(canvas, tracker)

    assert sight.before_rest(seen.face, seen.gray) is reason


def test_a_face_that_leaves_the_picture_is_asked_to_move_back(sitter: Sitter) -> None:
    points = sitter.still.face.points.copy()
    points[:, 0] -= points[:, 0].min() + 5

    outside = Face(points, sitter.still.face.picture_width, sitter.still.face.picture_height)

    assert sight.before_rest(outside, sitter.still.gray) is Reason.TOO_NEAR


def test_a_head_that_moves_fast_blurs(sitter: Sitter) -> None:
    face = sitter.still.face
    px_per_mm = face.iris_px / IRIS_MM
    before = face.eye_centres - np.array([10.0, 0.0]) * px_per_mm

    assert sight.too_fast(before, face, 0.1, px_per_mm)
    assert not sight.too_fast(before, face, 0.5, px_per_mm)
    assert not sight.too_fast(before, face, 0.0, px_per_mm)
    assert not sight.too_fast(None, face, 0.1, px_per_mm)


def hand_over(picture: Picture, face: Face, share: float) -> Picture:
    """Something skin-coloured over the lower `share` of the face."""
    points = face.points[:468, :2]
    (left, top), (right, bottom) = points.min(axis=0).astype(int), points.max(axis=0).astype(int)
    hand = picture.copy()
    edge = int(bottom - share * (bottom - top))
    hand[edge : bottom + 10, left - 10 : right + 10] = (190, 140, 115)
    return cv2.GaussianBlur(hand, (5, 5), 0)


def test_a_hand_over_the_face_is_seen_to_cover_it(sitter: Sitter) -> None:
    picture = hand_over(sitter.patient.frame(STILL, 300), sitter.still.face, 0.6)
    found = sitter.tracker.follow(picture, 0.0)
    if isinstance(found, Face):
        gray = gray_of(picture)
        shift = sitter.skin.since(sitter.resting, gray, found)
        assert sight.before_rest(found, gray) or sight.since_rest(found, shift, sitter.facing, False)
    else:
        assert found is Sighting.NO_FACE


def talked(course: list[tuple[float, float]]) -> list[float]:
    mouth, times = Mouth(), []
    for at, open_mm in course:
        mouth = mouth.step(open_mm, at)
        if mouth.talking:
            times.append(at)
    return times


@pytest.mark.parametrize("fps", [10.0, 15.0, 30.0])
def test_a_mouth_that_opens_and_shuts_again_and_again_is_talking(fps: float) -> None:
    course = [(n / fps, 2.0 + 2.0 * np.sin(2 * np.pi * 2.5 * n / fps)) for n in range(round(4 * fps))]

    times = talked([*course, *((4 + n / fps, 0.0) for n in range(round(3 * fps)))])

    assert 0.5 < times[0] < 2.0
    assert times[-1] < 6.0, "and is soon believed to be still again"


@pytest.mark.parametrize(
    "course",
    [
        pytest.param([(n / 15, 4.0 if 20 < n < 60 else 0.0) for n in range(90)], id="one slow opening"),
        pytest.param([(n / 15, 0.4 * (-1) ** n) for n in range(90)], id="noise"),
    ],
)
def test_what_is_not_talking_is_not_called_so(course: list[tuple[float, float]]) -> None:
    assert talked(course) == []


# --- skin


def test_the_same_picture_has_not_moved_at_all(sitter: Sitter) -> None:
    shift = sitter.skin.since(sitter.resting, sitter.still.gray, sitter.still.face)

    assert largest_mm(shift) < 0.01
    assert shift.fit_mm < 0.01
    assert shift.lost_share == 0
    assert shift.brightness_ratio == pytest.approx(1.0, abs=1e-3)
    assert not shift.by_mesh


@pytest.fixture(scope="module")
def clean_sitter(tracker: Tracker) -> Sitter:
    """Seen by a webcam, without its noise and JPEG."""
    return sit(SimulatedPatient(noise_sd=0.0, jpeg_quality=None, camera_mm=500), tracker)


def carried(seen: Seen, move: FloatArray) -> Seen:
    """Picture and face as a whole taken elsewhere by a 2x3 similarity."""
    size = seen.face.picture_width, seen.face.picture_height
    points = seen.face.points.copy()
    points[:, :2] = points[:, :2] @ move[:, :2].T + move[:, 2]
    points[:, 2] *= float(np.hypot(move[0, 0], move[1, 0]))
    gray = cv2.warpAffine(seen.gray, move, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return Seen(np.asarray(gray, dtype=np.uint8), Face(points, *size))


@pytest.mark.parametrize(
    ("right", "down", "degrees"),
    [
        (7.0, -4.0, 0.0),
        (-5.5, 6.5, 0.0),
        (0, 0, 6.0),
        (0, 0, -10.0),
        (3, 2, 4),
    ],
)
def test_a_picture_carried_elsewhere_shows_no_movement(
    clean_sitter: Sitter, right: float, down: float, degrees: float
) -> None:
    centre = clean_sitter.still.face.eye_centres.mean(axis=0).tolist()
    move = cv2.getRotationMatrix2D(centre, degrees, 1.0)
    move[:, 2] += right, down
    there = carried(clean_sitter.still, np.asarray(move, dtype=np.float64))

    shift = clean_sitter.skin.since(clean_sitter.resting, there.gray, there.face)

    assert largest_mm(shift) < 0.1
    windows = lids.windows(shift, there.gray)
    for side in SIDES:
        found = lids.narrowing_mm(clean_sitter.eyes[side], windows[side])
        assert found is not None
        assert abs(sum(found)) < 0.15


@pytest.mark.parametrize(
    "movement",
    [
        Movement(shift_x_mm=4),
        Movement(shift_x_mm=-3, shift_y_mm=4),
        Movement(roll_degrees=4),
        Movement(roll_degrees=-6),
        Movement(nearness=0.04),
        Movement(nearness=-0.05),
    ],
    ids=named,
)
def test_a_head_that_moves_as_a_whole_moves_no_skin(clean_sitter: Sitter, movement: Movement) -> None:
    clean_sitter.shows(movement)  # whatever the mesh followed before, by now it follows this
    _, shift = clean_sitter.shift(movement)

    assert largest_mm(shift) < 0.25


@pytest.mark.parametrize(
    ("movement", "site", "way"),
    [
        (Movement(corner_up_right=2.0), "corner_right", (0.0, -2.0)),
        (Movement(corner_out_left=2.0), "corner_left", (2.0, 0.0)),
        (Movement(corner_out_right=2.0), "corner_right", (-2.0, 0.0)),
        (Movement(cheek_raise_left=2.0), "cheek_left", (0.0, -2.0)),
        (Movement(brow_raise_right=2.0), "brow_right", (0.0, -2.0)),
        (Movement(chin_raise=2.0), "chin", (0.0, -2.0)),
    ],
    ids=["corner up", "corner out, left", "corner out, right", "cheek up", "brow up", "chin up"],
)
def test_skin_that_moves_is_read_where_it_moves_and_not_on_the_other_side(
    sitter: Sitter, movement: Movement, site: str, way: tuple[float, float]
) -> None:
    # One picture of flat skin is noisy by 0.1 to 0.3 mm (benchmarks/accuracy.py); the coach steadies several, so do we.
    shifts = [sitter.shift(movement, 200 + 10 * number)[1] for number in range(5)]

    moved = np.median([shift.sites_mm[site] for shift in shifts], axis=0)
    assert np.linalg.norm(moved - np.array(way)) < 0.4 * np.linalg.norm(way)
    assert moved @ np.array(way) / np.dot(way, way) == pytest.approx(0.85, abs=0.25)
    if site != "chin":
        name, side = site.split("_")
        mirrored = f"{name}_{Side(side).other.value}"
        other = np.median([shift.sites_mm[mirrored] for shift in shifts], axis=0)
        assert np.abs(other).max() < 0.25


# --- lids

NARROWINGS = [pytest.param(s, mm, id=f"{s.value} {mm} mm") for s in SIDES for mm in (1.0, 1.5, 2.0, 3.0)]


@pytest.mark.parametrize(("side", "mm"), NARROWINGS)
def test_a_narrowing_eye_is_read_by_how_much(sitter: Sitter, side: Side, mm: float) -> None:
    read = sitter.narrowing(Movement(**{f"eye_narrowing_{side.value}": mm}))

    assert 0.7 <= read[side] / mm <= 1.1


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("mm", [1.0, 2.0, 3.0])
def test_a_narrowing_eye_is_seen_and_not_on_the_other_side(sitter: Sitter, side: Side, mm: float) -> None:
    read = sitter.narrowing(Movement(**{f"eye_narrowing_{side.value}": mm}))

    assert read[side] > 0.5 * mm
    assert abs(read[side.other]) < 0.15


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("mm", [1.0, 2.0, 3.0])
def test_a_closing_eye_is_read_by_how_much(sitter: Sitter, side: Side, mm: float) -> None:
    read = sitter.narrowing(Movement(**{f"eye_closing_{side.value}": mm}))

    assert 0.7 <= read[side] / mm <= 1.1
    assert abs(read[side.other]) < 0.15


def test_lids_that_moving_cheeks_and_corners_carry_do_not_narrow(sitter: Sitter) -> None:
    read = sitter.narrowing(smile(3.0))

    assert all(abs(mm) < 0.25 for mm in read.values())


# --- the tracker and pictures no camera should send


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((48, 64), np.uint8),
        np.zeros((48, 64, 1), np.uint8),
        np.zeros((48, 64, 4), np.uint8),
        np.zeros((48, 64, 3), np.float32),
        np.zeros((48, 64, 3), np.uint16),
        np.zeros((0, 64, 3), np.uint8),
        np.zeros((48, 0, 3), np.uint8),
        np.zeros((2, 48, 64, 3), np.uint8),
    ],
    ids=lambda p: f"{p.dtype} {p.shape}",
)
def test_what_is_no_rgb_picture_is_refused_with_what_it_is(tracker: Tracker, picture: Picture) -> None:
    with pytest.raises(ValueError, match="8-bit RGB") as refused:
        tracker.follow(picture, 0.0)

    assert str(picture.shape) in str(refused.value)
    practice = Practice(
        Plan.of(LIBRARY.exercises["small-closed-smile"], LIBRARY.patterns, None), LIBRARY.patterns
    )
    try:
        with pytest.raises(ValueError, match="8-bit RGB"):
            practice.see(picture, 0.0)
    finally:
        practice.close()


def test_two_faces_are_two_faces_and_one_is_one(sitter: Sitter) -> None:
    one = sitter.patient.frame()
    with Tracker() as tracker:
        assert tracker.follow(np.hstack([one, one]), 0.0) is Sighting.TWO_FACES
    with Tracker() as tracker:
        assert isinstance(tracker.follow(np.ascontiguousarray(one), 0.0), Face)


def test_a_part_of_a_larger_picture_can_be_followed(sitter: Sitter) -> None:
    larger = cv2.copyMakeBorder(sitter.patient.frame(), 40, 40, 40, 40, cv2.BORDER_REFLECT)
    with Tracker() as tracker:
        assert isinstance(tracker.follow(larger[40:-40, 40:-40], 0.0), Face)


def noise(height: int, width: int) -> Picture:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("picture", "reasons"),
    [
        pytest.param(np.zeros((480, 640, 3), np.uint8), {Reason.TOO_DARK}, id="black"),
        pytest.param(np.full((480, 640, 3), 255, np.uint8), {Reason.TOO_BRIGHT}, id="white"),
        pytest.param(np.full((480, 640, 3), 128, np.uint8), {Reason.NO_FACE}, id="empty"),
        pytest.param(noise(480, 640), {Reason.NO_FACE}, id="noise"),
        pytest.param(np.full((1, 1, 3), 128, np.uint8), {Reason.NO_FACE}, id="1x1"),
        pytest.param(noise(1, 640), {Reason.NO_FACE}, id="one row"),
        pytest.param(noise(640, 1), {Reason.NO_FACE}, id="one column"),
        pytest.param(noise(16, 16), {Reason.NO_FACE}, id="tiny"),
        pytest.param(np.full((3000, 4000, 3), 128, np.uint8), {Reason.NO_FACE}, id="huge"),
    ],
)
def test_a_picture_without_a_face_has_a_reason_and_starts_nothing(
    picture: Picture, reasons: set[Reason]
) -> None:
    practice = Practice(
        Plan.of(LIBRARY.exercises["small-closed-smile"], LIBRARY.patterns, None), LIBRARY.patterns
    )
    try:
        snapshots = [practice.see(picture, n * 0.1) for n in range(3)]
    finally:
        practice.close()

    for snapshot in snapshots:
        assert not snapshot.judged
        assert snapshot.reason in reasons
        assert snapshot.message
        assert snapshot.warning is None
        assert snapshot.events == ()


@pytest.mark.parametrize(
    ("size", "reasons"), [((160, 120), {Reason.TOO_FAR}), ((2560, 1920), {Reason.STARTING, None})]
)
def test_a_face_in_a_small_or_a_large_picture_is_told_so_or_seen(
    sitter: Sitter, size: tuple[int, int], reasons: set[Reason | None]
) -> None:
    picture = cv2.resize(sitter.patient.frame(), size, interpolation=cv2.INTER_AREA)
    practice = Practice(
        Plan.of(LIBRARY.exercises["small-closed-smile"], LIBRARY.patterns, None), LIBRARY.patterns
    )
    try:
        snapshots = [practice.see(picture, n * 0.1) for n in range(4)]
    finally:
        practice.close()

    assert {s.reason for s in snapshots[1:]} <= reasons
    assert all(s.warning is None for s in snapshots)


def test_whatever_flashes_up_between_judged_pictures_is_never_a_warning(sitter: Sitter) -> None:
    sensitive = Assignment("small-closed-smile", sensitivity="sensitive")
    plan = Plan.of(LIBRARY.exercises["small-closed-smile"], LIBRARY.patterns, None, sensitive)
    practice = Practice(plan, LIBRARY.patterns, rest_seconds=1.0)
    odd = [
        np.zeros((480, 640, 3), np.uint8),
        noise(480, 640),
        np.full((1, 1, 3), 9, np.uint8),
        noise(480, 640) | 200,
    ]
    try:
        snapshots = []
        for number in range(80):
            picture = (
                odd[number % 4] if number > 40 and number % 3 == 0 else sitter.patient.frame(STILL, number)
            )
            snapshots.append(practice.see(picture, number / 12))
    finally:
        practice.close()

    assert any(s.judged for s in snapshots[41:]) or all(s.reason is not None for s in snapshots[41:])
    assert not [e for s in snapshots for e in s.events if isinstance(e, UnwantedMovementStarted)]
    assert all(s.reason is not None for n, s in enumerate(snapshots) if n > 40 and n % 3 == 0)


def test_a_pause_stops_the_clock_and_says_so(sitter: Sitter) -> None:
    practice = Practice(
        Plan.of(LIBRARY.exercises["small-closed-smile"], LIBRARY.patterns, None), LIBRARY.patterns
    )
    try:
        practice.see(sitter.patient.frame(), 0.0)
        practice.pause()
        paused = practice.see(sitter.patient.frame(), 60.0)
        practice.resume()
        after = practice.see(sitter.patient.frame(), 60.1)
    finally:
        practice.close()

    assert (paused.judged, paused.reason, paused.events) == (False, Reason.PAUSED, ())
    assert after.reason is not Reason.PAUSED


# --- the head


def a_round_head() -> Points:
    """Points on a ball of a face, 45 mm deep, as they lie in the crop."""
    x, y = np.meshgrid(np.linspace(-110, 110, 7), np.linspace(-80, 200, 8))
    depth = -90 + 180 * (1 - np.sqrt(np.clip(1 - (x / 150) ** 2 - ((y - 60) / 230) ** 2, 0, 1)))
    return Points(EYE_LINE + np.stack([x.ravel(), y.ravel()], axis=1), depth.ravel())


@pytest.mark.parametrize("number", range(6))
def test_small_motions_of_the_head_are_what_its_large_ones_begin_with(number: int) -> None:
    """The fit steps along these: with one of them the wrong way round it would still get there, but slowly."""
    head, step = a_round_head(), np.zeros(6)
    step[number] = 1e-4 if number > 1 else 1e-2
    small = head._modes.reshape(-1, 2, 6) @ (step / UNITS)

    assert np.abs(head.carried(Motion(step, 1.0)) - small).max() < 0.25 * np.abs(small).max()


@pytest.mark.parametrize("yaw", [-0.06, 0.05])
@pytest.mark.parametrize("pitch", [-0.05, 0.06])
def test_a_motion_of_the_head_is_found_again(yaw: float, pitch: float) -> None:
    head = a_round_head()
    motion = Motion(np.array([4.0, -3.0, 0.02, 0.03, yaw, pitch]), 1.05)

    found, misfit = head.motion(head.carried(motion), np.ones(len(head.depth)), 1.05)

    assert misfit.max() < 0.02
    assert found.values == pytest.approx(motion.values, abs=1e-2)


def test_a_patch_that_goes_its_own_way_does_not_move_its_site() -> None:
    """One of five has locked on to skin that looks alike, 6 mm away."""
    own, alike = np.zeros((len(OWNERS), 2)), np.ones(len(OWNERS))
    own[2] = (0.0, 12.0)

    sites, _ = _sites(own, alike, np.zeros((478, 2)))

    assert max(float(np.abs(moved).max()) for moved in sites.values()) == 0.0


def test_a_white_lid_is_not_found_everywhere(sitter: Sitter) -> None:
    shift = sitter.skin.since(sitter.resting, sitter.still.gray, sitter.still.face)
    windows = lids.windows(shift, sitter.still.gray)
    white = lids.rest(sitter.resting, {s: np.full_like(windows[s], 255) for s in SIDES})

    assert all(lids.narrowing_mm(white[s], windows[s]) is None for s in SIDES)
