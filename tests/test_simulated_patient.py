"""The simulated patient tells the truth: what a script says in millimetres is what the picture shows."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from patient_face import MARGIN, POINTS, WIDTH
from simulated_patient import (
    EYE_SHUT_MM,
    STILL,
    Act,
    Movement,
    Picture,
    Script,
    SimulatedPatient,
    eye_closings,
    faces,
    main,
    puckers,
    repetitions,
    small_smiles,
    smile,
    write_mjpeg,
    write_video,
)

SIDES = ("right", "left")
BOTH_SHUT = Movement(eye_closing_right=EYE_SHUT_MM + 2, eye_closing_left=EYE_SHUT_MM + 2)
BUSY = smile(3) + Movement(eye_narrowing_right=2, shift_x_mm=2, roll_degrees=3, nearness=0.02, yaw_degrees=4)


@pytest.fixture(scope="module")
def patient() -> SimulatedPatient:
    return SimulatedPatient(seed=7)


@pytest.fixture(scope="module")
def at_rest(patient: SimulatedPatient) -> Picture:
    return patient.clean_frame(STILL)


def seen_displacement_mm(
    patient: SimulatedPatient, before: Picture, after: Picture, landmark: int
) -> NDArray[np.float64]:
    """Where the skin around a landmark went, found in the two pictures alone: (picture's right, up)."""
    px = patient.portrait.photograph.px_per_mm
    centre = patient.portrait.landmarks[landmark, :2]
    before, after = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (before, after))
    half, reach = 5, 12  # small, as the displacement falls off around its landmark
    patch = cv2.getRectSubPix(before, (2 * half + 1, 2 * half + 1), centre.tolist())
    side = 2 * (half + reach) + 1
    found = cv2.matchTemplate(cv2.getRectSubPix(after, (side, side), centre.tolist()), patch, cv2.TM_SQDIFF)
    _, _, (x, y), _ = cv2.minMaxLoc(found)
    # The patch is a little bent as well: let its middle be found exactly under an affine change.
    bend = np.array([[1, 0, centre[0] + x - reach - half], [0, 1, centre[1] + y - reach - half]], np.float32)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 100, 1e-5)
    _, bend = cv2.findTransformECC(patch, after, bend, cv2.MOTION_AFFINE, criteria, None, 1)
    moved = bend @ np.array([half, half, 1.0]) - centre
    return np.array([moved[0], -moved[1]]) / px


def shown_rest_point(patient: SimulatedPatient, movement: Movement, landmark: int) -> NDArray[np.float64]:
    """Which point of the resting picture is drawn where the landmark is said to be."""
    at = patient.landmarks(movement)[landmark].astype(np.float32).reshape(1, 1, 2)
    return np.array([cv2.remap(grid, at, None, cv2.INTER_LINEAR)[0, 0] for grid in patient._lookup(movement)])


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("name", ["corner_up", "corner_out", "cheek_raise"])
def test_three_millimetres_are_three_millimetres_in_the_picture(
    patient: SimulatedPatient, at_rest: Picture, name: str, side: str
) -> None:
    moved = patient.clean_frame(Movement(**{f"{name}_{side}": 3.0}))
    out = -3.0 if side == "right" else 3.0
    expected = (out, 0.0) if name == "corner_out" else (0.0, 3.0)
    landmark = POINTS[name][SIDES.index(side)]
    assert seen_displacement_mm(patient, at_rest, moved, landmark) == pytest.approx(expected, abs=0.15)


def test_every_movement_has_its_stated_size_at_its_landmark(patient: SimulatedPatient) -> None:
    diagonal = 2.0 / np.sqrt(2)
    right = {
        "brow_raise_right": (0, 2),
        "cheek_raise_right": (0, 2),
        "fold_raise_right": (-diagonal, diagonal),
        "nose_wrinkle_right": (0, 2),
        "corner_up_right": (0, 2),
        "corner_out_right": (-2, 0),
        "upper_lip_raise_right": (0, 2),
        "lower_lip_drop_right": (0, -2),
        "chin_raise": (0, 2),
        "mouth_open": (0, -2),
        "pucker": (1, 0),
    }
    for name, expected in right.items():
        landmark = POINTS[name.removesuffix("_right")][0]
        moved = patient.displacement_mm(Movement(**{name: 2.0}), landmark)
        assert moved == pytest.approx(expected, abs=0.01), name


@pytest.mark.parametrize(
    "movement",
    [BUSY, smile(6), Movement(pucker=10), Movement(yaw_degrees=15), Movement(pitch_degrees=-10)],
    ids=["busy", "large smile", "large pucker", "yaw", "pitch"],
)
def test_the_picture_shows_each_landmark_where_the_truth_says(
    patient: SimulatedPatient, movement: Movement
) -> None:
    for landmark in (61, 291, 50, 280, 199, 105, 334, 1, 168, 129, 358):
        expected = patient.portrait.landmarks[landmark, :2]
        assert shown_rest_point(patient, movement, landmark) == pytest.approx(expected, abs=0.15), landmark


@pytest.mark.parametrize("picture", faces())
@pytest.mark.parametrize(
    "movement", [Movement(yaw_degrees=5), Movement(pitch_degrees=-5)], ids=["yaw", "pitch"]
)
def test_a_turned_head_is_a_rigid_one(picture: str, movement: Movement) -> None:
    portrait = SimulatedPatient(picture=picture).portrait
    mesh, px = portrait.landmarks, portrait.photograph.px_per_mm
    moved = (SimulatedPatient(picture=picture).landmarks(movement) - mesh[:, :2]) / px
    x, y, depth = ((mesh - mesh[168]) / px).T
    one, none = np.ones_like(x), np.zeros_like(x)
    along_x = np.stack([one, none, x, -y, depth, none], axis=-1)
    along_y = np.stack([none, one, y, x, none, depth], axis=-1)
    modes = np.stack([along_x, along_y], axis=1).reshape(-1, 6)
    fit = np.linalg.lstsq(modes, moved.reshape(-1), rcond=None)[0]
    left_over = np.linalg.norm(moved - (modes @ fit).reshape(-1, 2), axis=1)
    assert np.hypot(*moved.T).max() > 5
    # The outermost landmarks lie on skin seen edge-on, 20 mm of depth within one of width: no picture holds that.
    assert np.percentile(left_over, 95) < 0.35
    assert left_over.mean() < 0.15


def test_hair_and_temples_turn_with_the_face_and_the_background_stays(patient: SimulatedPatient) -> None:
    def shift_mm(x: float, y: float) -> float:
        point = np.array([[x, y]])
        moved = patient._forward(point, Movement(yaw_degrees=5)) - point
        return float(moved[0, 0]) / patient.portrait.photograph.px_per_mm

    forehead, temple = patient.portrait.landmarks[10, :2], patient.portrait.landmarks[54, :2]
    assert shift_mm(*forehead) > 5
    assert shift_mm(forehead[0], forehead[1] - 20) > 4
    assert 1.5 < shift_mm(*temple) < shift_mm(*forehead)
    assert abs(shift_mm(WIDTH - 10, 100)) < 1.5


def test_a_near_camera_sees_the_nose_grow_before_the_ears(patient: SimulatedPatient) -> None:
    near = SimulatedPatient(camera_mm=500)
    assert np.array_equal(near.clean_frame(STILL), patient.clean_frame(STILL))

    def grown(of: SimulatedPatient, left: int, right: int) -> float:
        before, after = (of.landmarks(Movement(nearness=n))[[left, right], 0] for n in (0.0, 0.1))
        return float(np.ptp(after) / np.ptp(before))

    assert grown(patient, 129, 358) == pytest.approx(grown(patient, 234, 454)) == pytest.approx(1.1)
    assert grown(near, 129, 358) > grown(near, 234, 454) + 0.01
    moved = near.landmarks(Movement(shift_x_mm=10)) - patient.portrait.landmarks[:, :2]
    assert moved[4, 0] > moved[168, 0] > moved[234, 0], "what is nearer moves more"
    for movement in (Movement(nearness=0.05, shift_x_mm=4, roll_degrees=3), Movement(yaw_degrees=4)):
        for landmark in (61, 280, 199, 105, 1):
            expected = near.portrait.landmarks[landmark, :2]
            assert shown_rest_point(near, movement, landmark) == pytest.approx(expected, abs=0.15), landmark


@pytest.mark.parametrize("picture", faces())
def test_every_face_fills_the_picture_alike_and_can_be_moved(picture: str) -> None:
    patient = SimulatedPatient(picture=picture)
    landmarks = patient.portrait.landmarks
    assert 190 < np.ptp(landmarks[:468, 0]) < 250
    assert landmarks[:468, :2].mean(axis=0) == pytest.approx((320, 240), abs=25)
    for name in ("corner_up_right", "cheek_raise_left", "chin_raise", "mouth_open"):
        landmark = POINTS[name.removesuffix("_right").removesuffix("_left")][name.endswith("_left")]
        size = np.hypot(*patient.displacement_mm(Movement(**{name: 2.0}), landmark))
        assert size == pytest.approx(2.0, abs=0.01), name
    assert min(patient.lid_gap_mm(side) for side in SIDES) > 7


@pytest.mark.parametrize("picture", faces())
def test_an_opening_mouth_parts_the_lips_even_where_they_met(picture: str) -> None:
    patient = SimulatedPatient(picture=picture)
    upper, lower = patient.landmarks(Movement(mouth_open=6))[[13, 14]]
    assert lower[1] - upper[1] > 5 * patient.portrait.photograph.px_per_mm
    opened = patient.clean_frame(Movement(mouth_open=6))
    column, between = int(lower[0]), int(lower[1] - 2.5 * patient.portrait.photograph.px_per_mm)
    assert opened[between : between + 3, column].max() < 80, "dark"
    assert opened[int(lower[1]) + 4, column, 0] > 90, "and below it the lower lip"


def test_an_unknown_face_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'nobody'.*astronaut, variant"):
        SimulatedPatient(picture="nobody")


def test_a_face_that_is_not_at_hand_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import patient_photographs

    monkeypatch.setattr(patient_photographs, "CLIP", tmp_path / "absent.mp4")
    assert patient_photographs.faces() == ("astronaut", "variant")
    with pytest.raises(FileNotFoundError, match=r"absent\.mp4"):
        patient_photographs.photograph("clip")


def test_one_side_does_not_move_the_other(patient: SimulatedPatient, at_rest: Picture) -> None:
    right_only = smile(4, left=0) + Movement(
        cheek_raise_right=2, eye_closing_right=4, nose_wrinkle_right=2, brow_raise_right=2
    )
    moved = patient.clean_frame(right_only)
    changed = np.abs(moved.astype(int) - at_rest).max(axis=2) > 2
    middle = int(patient.portrait.landmarks[168, 0])
    assert changed[:, : middle - 20].sum() > 2000  # the subject's right lies on the left of the picture
    assert not changed[:, middle + 30 :].any()
    assert patient.displacement_mm(right_only, 291) == pytest.approx((0, 0), abs=0.01)


def test_a_mirrored_patient_has_its_sides_swapped() -> None:
    plain, mirrored = SimulatedPatient(), SimulatedPatient(mirrored=True)
    face = (slice(120, 360), slice(200, 440))
    one, other = plain.clean_frame(STILL)[face], mirrored.clean_frame(STILL)[face]
    assert (
        np.abs(np.fliplr(other).astype(int) - one).mean() < 12 < 30 < np.abs(other.astype(int) - one).mean()
    )
    assert mirrored.lid_gap_mm("left") == pytest.approx(plain.lid_gap_mm("right"), abs=1.2)
    corner_right = mirrored.portrait.landmarks[61, 0]
    assert mirrored.landmarks(Movement(corner_out_right=3))[61, 0] < corner_right - 4


def test_the_lid_leaves_the_iris_where_it_is_until_it_covers_it(
    patient: SimulatedPatient, at_rest: Picture
) -> None:
    for side, iris in (("right", 468), ("left", 473)):
        column, row = np.rint(patient.portrait.landmarks[iris, :2]).astype(int)
        centre = (slice(row - 1, row + 2), slice(column - 1, column + 2))
        half = patient.clean_frame(Movement(**{f"eye_narrowing_{side}": 2.0}))
        shut = patient.clean_frame(Movement(**{f"eye_closing_{side}": EYE_SHUT_MM + 2}))
        assert np.array_equal(half[centre], at_rest[centre])
        red, green, blue = shut[centre].reshape(-1, 3).mean(axis=0)
        assert at_rest[centre].mean() < 70 < 100 < red, "the dark pupil lies under skin"
        assert red > green > blue


def test_the_lids_meet_and_go_no_further(patient: SimulatedPatient) -> None:
    more = Movement(eye_closing_right=EYE_SHUT_MM + 8, eye_closing_left=EYE_SHUT_MM + 8)
    assert np.array_equal(patient.clean_frame(BOTH_SHUT), patient.clean_frame(more))
    assert patient.lid_gap_lost_mm(more, "right") == patient.lid_gap_mm("right")
    assert patient.lid_gap_lost_mm(Movement(eye_narrowing_left=1, lower_lid_raise_left=0.5), "left") == 1.5


def test_the_landmark_model_sees_the_eyes_close_and_the_head_turn(patient: SimulatedPatient) -> None:
    from patient_face import _find_landmarks

    def gap(landmarks: NDArray[np.float64]) -> float:
        return (
            float(np.hypot(*(landmarks[159, :2] - landmarks[145, :2])))
            / patient.portrait.photograph.px_per_mm
        )

    assert gap(_find_landmarks(patient.clean_frame(STILL))) > 8
    assert gap(_find_landmarks(patient.clean_frame(BOTH_SHUT))) < 3

    def turned(yaw: float) -> float:
        """Degrees between the line from temple to temple and the picture, from the model's own depth."""
        points = _find_landmarks(patient.clean_frame(Movement(yaw_degrees=yaw)))
        across = points[454] - points[234]
        return float(np.degrees(np.arctan2(across[2], across[0])))

    assert turned(12) - turned(0) == pytest.approx(12, abs=4)
    assert turned(-12) - turned(0) == pytest.approx(-12, abs=4)


def test_the_gaze_moves_the_irises_and_not_the_lids(patient: SimulatedPatient) -> None:
    from patient_face import _find_landmarks

    ahead, aside = (patient.clean_frame(Movement(gaze_x_mm=mm)) for mm in (0.0, 4.0))
    moved = (_find_landmarks(aside) - _find_landmarks(ahead))[[468, 473], 0]
    assert moved.min() / patient.portrait.photograph.px_per_mm > 2.5
    changed = np.abs(aside.astype(int) - ahead).max(axis=2) > 2
    for eye in (patient.portrait.openings["right_eye"], patient.portrait.openings["left_eye"]):
        for column, upper, lower in zip(range(eye.left, eye.right + 1), eye.upper, eye.lower, strict=True):
            changed[int(upper) - 1 : int(lower) + 3, column] = False
    assert not changed.any()


def test_an_open_mouth_uncovers_darkness_and_keeps_the_upper_teeth(
    patient: SimulatedPatient, at_rest: Picture
) -> None:
    opened = patient.clean_frame(Movement(mouth_open=8))
    column = int(patient.portrait.landmarks[14, 0])
    top, bottom = patient.portrait.landmarks[[13, 14], 1].astype(int)
    assert np.abs(opened[top : top + 5, column].astype(int) - at_rest[top : top + 5, column]).max() < 40
    assert opened[bottom + 3 : bottom + 9, column].max() < 80 < at_rest[bottom - 4, column].max()


def test_nothing_moves_at_rest(patient: SimulatedPatient, at_rest: Picture) -> None:
    photograph = patient.portrait.photograph.pixels[MARGIN:-MARGIN, MARGIN:-MARGIN]
    assert np.array_equal(at_rest, photograph)
    assert np.array_equal(patient.landmarks(STILL), patient.portrait.landmarks[:, :2])


def test_the_head_moves_without_black_borders(patient: SimulatedPatient) -> None:
    far = Movement(shift_x_mm=60, shift_y_mm=-40, roll_degrees=15, nearness=-0.3)
    border = np.concatenate([patient.clean_frame(far)[edge].reshape(-1, 3) for edge in (0, -1)])
    assert (border.max(axis=1) == 0).mean() < 0.01


def test_light_and_a_hand_over_the_lens(patient: SimulatedPatient, at_rest: Picture) -> None:
    bright = patient.clean_frame(Movement(gain=0.2))
    assert bright[:, :, 1].mean() > 1.1 * at_rest[:, :, 1].mean()
    assert patient.clean_frame(Movement(covered=1.0)).std() < 15


@pytest.mark.parametrize("picture", faces())
def test_30_percent_more_light_hardly_clips_the_skin(picture: str) -> None:
    patient = SimulatedPatient(picture=picture)
    outline = cv2.convexHull(np.rint(patient.portrait.landmarks[:468, :2]).astype(np.int32))
    face = cv2.fillConvexPoly(np.zeros((480, 640), np.uint8), outline, 1).astype(bool)
    bright = patient.clean_frame(Movement(gain=0.3))[face]
    assert (bright.max(axis=1) == 255).mean() < 0.03
    assert bright.mean() > 125


def test_side_light_brightens_one_side_and_darkens_the_other(
    patient: SimulatedPatient, at_rest: Picture
) -> None:
    lit = patient.clean_frame(Movement(side_light=1.0)).astype(float)
    right, left = (patient.portrait.landmarks[cheek, :2].astype(int) for cheek in (50, 280))
    middle = int(patient.portrait.landmarks[[50, 280], 1].mean())
    for column, low, high in ((right[0], 0.7, 0.85), (left[0], 1.15, 1.3)):
        place = (slice(middle - 5, middle + 5), slice(column - 5, column + 5))
        assert low < lit[place].mean() / at_rest[place].mean() < high
    dimmer = patient.clean_frame(Movement(side_light=1.0, gain=-0.3)).astype(float)
    assert dimmer.mean() / lit.mean() == pytest.approx(0.7, abs=0.02)


def test_the_same_seed_gives_the_same_pictures() -> None:
    script = Script(8, (Act(1, 2, 2, 2, smile(3)),)).with_blinks().with_head_drift()
    first, again, other = (
        list(SimulatedPatient(seed=seed).frames(script, fps=2, drop=0.2)) for seed in (3, 3, 4)
    )
    assert len(first) < 2 * script.duration  # some were dropped
    assert [time for time, *_ in first] == [time for time, *_ in again] != [time for time, *_ in other]
    assert all(np.array_equal(one[1], two[1]) for one, two in zip(first, again, strict=True))
    assert not np.array_equal(first[0][1], other[0][1])


def test_the_noise_has_the_size_it_says(at_rest: Picture) -> None:
    noisy = SimulatedPatient(seed=1, noise_sd=4, jpeg_quality=None).frame(STILL)
    middle = (at_rest > 20) & (at_rest < 235)
    assert float((noisy.astype(int) - at_rest)[middle].std()) == pytest.approx(4, abs=0.3)


def test_a_script_adds_smooth_acts_up() -> None:
    script = Script(10).adding(
        Act(1, 2, 2, 2, Movement(chin_raise=2)), Act(3, 2, 0, 2, Movement(chin_raise=1))
    )
    readings = [script.at(seconds).chin_raise for seconds in (0, 1, 2, 3, 5, 7, 9)]
    assert readings == pytest.approx([0, 0, 1, 2, 3, 0, 0])
    steps = np.diff([script.at(seconds).chin_raise for seconds in np.arange(0, 10, 0.01)])
    assert np.abs(steps).max() < 0.025


def test_gaze_and_light_wander_as_asked() -> None:
    script = Script(30).with_gaze_shifts(mm=2.0).with_light_drift()
    truths = [script.at(seconds) for seconds in np.arange(0, 30, 0.05)]
    gaze, gain, side = (
        np.array([getattr(truth, name) for truth in truths]) for name in ("gaze_x_mm", "gain", "side_light")
    )
    assert (gaze.min(), gaze.max()) == pytest.approx((-2, 2))
    assert 0.7 < (gaze == 0).mean() < 0.9, "most of the time they look ahead"
    assert (gain.min(), gain.max()) == pytest.approx((-0.3, 0.3), abs=0.001)
    assert script.at(15).gain == pytest.approx(-0.3)
    assert script.at(5).gain == pytest.approx(0.3)
    assert (side.min(), side.max()) == pytest.approx((-0.5, 0.5), abs=0.001)


def test_an_eye_that_joins_from_the_third_repetition_on_does_so_just_then() -> None:
    script = small_smiles(5, eye_narrowing_right=2.0).with_head_drift()
    corners = script.passings(lambda truth: truth.corner_up_left, 1.0)
    eyes = script.passings(lambda truth: truth.lid_gap_lost("right"), 1.0)
    assert (len(corners), len(eyes)) == (5, 3)
    assert all(0 < eye - corner < 2 for eye, corner in zip(eyes, corners[2:], strict=True))
    assert script.at(eyes[0]).lid_gap_lost("right") == pytest.approx(1.0, abs=0.01)
    assert script.passings(lambda truth: truth.lid_gap_lost("left"), 0.1) == ()


def test_the_ready_made_scripts_reach_their_size_in_every_repetition() -> None:
    for script, reading, size in (
        (small_smiles(3, 3.1), lambda truth: np.hypot(truth.corner_up_left, truth.corner_out_left), 3.1),
        (puckers(3, 6.0), lambda truth: truth.pucker, 6.0),
        (eye_closings(3, 9.0), lambda truth: truth.lid_gap_lost("right"), 9.0),
        (repetitions(Movement(brow_raise_left=2), 3), lambda truth: truth.brow_raise_left, 2.0),
    ):
        assert len(script.passings(reading, size * 0.999)) == 3


def test_the_camera_file_is_as_many_jpegs_as_it_says(tmp_path: Path) -> None:
    patient, script = SimulatedPatient(seed=2), Script(0.2).with_head_drift()
    path = tmp_path / "camera.mjpeg"
    assert write_mjpeg(path, script, patient) == 6
    pictures = [b"\xff\xd8" + rest for rest in path.read_bytes().split(b"\xff\xd8")[1:]]
    assert len(pictures) == 6
    for number, data in enumerate(pictures):
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        stretched = (cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB).astype(float) - 16) * 255 / 219
        difference = np.clip(stretched, 0, 255) - patient.frame(script.at(number / 30), number)
        assert np.abs(difference).mean() < 2.5
        size_and_sampling = data[data.index(b"\xff\xc0") :]
        assert size_and_sampling[11] == 0x22, "brightness at twice the sampling of colour each way: 4:2:0"


def test_a_film_can_be_made_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "film.avi"
    monkeypatch.setattr("sys.argv", ["simulated_patient.py", str(path), "--script", "still", "--fps", "2"])
    main()
    assert "20 pictures" in capsys.readouterr().out
    film = cv2.VideoCapture(str(path))
    assert (film.get(cv2.CAP_PROP_FRAME_COUNT), film.read()[1].shape) == (20, (480, 640, 3))
    with pytest.raises(OSError, match="OpenCV cannot write"):
        write_video(tmp_path / "film.nonsense", Script(1))
