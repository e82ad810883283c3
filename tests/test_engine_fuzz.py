"""Whatever comes in the middle of a repetition: no crash, no warning, a reason is told; and then it goes on."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

import cv2
import numpy as np
import pytest
from hypothesis import Phase as Stage
from hypothesis import given, settings
from hypothesis import strategies as st
from patient_script import STILL, Act, Script, smile
from PIL import Image
from simulated_patient import SimulatedPatient

from coach.assignment import Assignment
from coach.events import Phase, RepetitionDone, UnwantedMovementWarned
from coach.library import load_library
from coach.picture import BrokenPicture, PictureTooLarge, decode
from coach.plan import Plan
from coach.practice import Picture, Practice
from coach.sight import Mouth, Reason
from coach.snapshot import Snapshot

LIBRARY = load_library()
FPS = 6.0
SMILED = Act(1.7, 0.7, 1.6, 0.5, smile(3.1))
MID_HOLD = round((SMILED.start + SMILED.ramp + 0.6) * FPS)
MOST_ROUNDS = 3  # what a disturbance cuts short is done again; 3 s unseen take a new rest besides


@lru_cache(maxsize=1)
def one_round() -> tuple[bytes, ...]:
    """A face at rest, a smile that is held, and rest again, as the camera sends them."""
    script = Script(SMILED.end + 0.5, (SMILED,))
    patient = SimulatedPatient()
    return tuple(patient.jpeg(script.at(n / FPS), n) for n in range(round(script.duration * FPS)))


@lru_cache(maxsize=1)
def still_face() -> Picture:
    return SimulatedPatient().frame(STILL)


class Sitting:
    """One practice of as many repetitions as are wanted, and what was said to every picture of it."""

    def __init__(self) -> None:
        full = LIBRARY.exercises["small-closed-smile"]
        endless = {"repetitions": 1000, "hold_seconds": 1.0, "rest_seconds": 1.0}
        card = full.model_copy(update={"dose": full.dose.model_copy(update=endless)})
        self.practice = Practice(
            Plan.of(card, LIBRARY.patterns, None, Assignment(card.id, sensitivity="sensitive")),
            LIBRARY.patterns,
            rest_seconds=0.8,
        )
        self.at = 100.0
        self.seen: list[Snapshot] = []

    def sees(self, picture: Picture | bytes, after: float = 1 / FPS) -> Snapshot:
        """One picture, `after` seconds behind the last."""
        self.at += after
        picture = decode(picture) if isinstance(picture, bytes) else picture
        snapshot = self.practice.see(picture, self.at)
        json.dumps(snapshot.to_json(), allow_nan=False)
        assert [e for e in snapshot.events if isinstance(e, UnwantedMovementWarned)] == []
        assert snapshot.warning is None
        assert snapshot.message
        assert snapshot.judged == (snapshot.reason is None)
        if not snapshot.judged:
            assert set(snapshot.movements.values()) == {None}
            assert (snapshot.tone, snapshot.guides) == (None, ())
        self.seen.append(snapshot)
        return snapshot

    def sees_nothing_in(
        self, picture: Picture | bytes, times: int = 1, after: float = 1 / FPS
    ) -> set[Reason | None]:
        """Pictures of no use: none of them is judged; the reasons that are told."""
        reasons = {self.sees(picture, after).reason for _ in range(times)}
        assert None not in reasons
        return reasons

    def starts(self) -> None:
        """To the middle of a hold."""
        for data in one_round()[:MID_HOLD]:
            self.sees(data)
        assert self.seen[-1].phase is Phase.HOLD

    def goes_on(self) -> None:
        """The smile is let go; then the next ones, until one is clean."""
        before = len(self.seen)
        for data in one_round()[MID_HOLD:]:
            self.sees(data)
        for _ in range(MOST_ROUNDS):
            done = [
                e.repetition for s in self.seen[before:] for e in s.events if isinstance(e, RepetitionDone)
            ]
            if done and done[-1].clean:
                return
            for data in one_round():
                self.sees(data)
        pytest.fail(f"no clean repetition any more; last: {self.seen[-1].phase} {self.seen[-1].reason}")


def noise(height: int = 480, width: int = 640, seed: int = 0) -> Picture:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def cartoon() -> Picture:
    """A round face with dots for eyes and an arc for a mouth."""
    picture = np.full((480, 640, 3), (120, 180, 230), np.uint8)
    cv2.ellipse(picture, (320, 240), (120, 150), 0, 0, 360, (255, 215, 170), -1, cv2.LINE_AA)
    for x in (275, 365):
        cv2.ellipse(picture, (x, 205), (22, 13), 0, 0, 360, (255, 255, 255), -1, cv2.LINE_AA)
        cv2.circle(picture, (x, 205), 9, (60, 40, 30), -1, cv2.LINE_AA)
        cv2.ellipse(picture, (x, 175), (26, 8), 0, 180, 360, (90, 60, 40), 4, cv2.LINE_AA)
    cv2.line(picture, (320, 215), (312, 255), (220, 170, 130), 4, cv2.LINE_AA)
    cv2.ellipse(picture, (320, 300), (45, 25), 0, 10, 170, (190, 60, 60), 6, cv2.LINE_AA)
    return picture


def jpeg(picture: Picture, mode: str = "RGB", kind: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).convert(mode).save(file, kind)
    return file.getvalue()


def flat(value: int, *shape: int) -> Picture:
    return np.full(shape or (480, 640, 3), value, np.uint8)


# --- what may come: each disturbs a sitting, and says itself what has to be told of it


def no_pictures(sitting: Sitting) -> None:
    not_8_bit_rgb: list[np.ndarray] = [
        np.full((480, 640, 3), np.nan, np.float32),
        np.full((480, 640, 3), np.inf),
        flat(128, 480, 640),
        flat(128, 480, 640, 2),
        flat(128, 480, 640, 4),
        flat(128, 0, 0, 3),
        np.zeros((480, 640, 3), np.int8),
        np.zeros((480, 640, 3), bool),
        np.zeros((480, 640, 3), object),
        np.zeros((), np.uint8),
    ]
    for picture in not_8_bit_rgb:
        with pytest.raises(ValueError, match="8-bit RGB"):
            sitting.sees(picture)


def broken_bytes(sitting: Sitting) -> None:
    whole, rng = one_round()[0], np.random.default_rng(5)
    broken = [
        b"",
        whole[:2],
        whole[: len(whole) // 2],
        whole[:-2],
        jpeg(still_face(), "LA", "PNG"),
        whole[2:],
    ]
    broken += [whole[:20] + rng.bytes(n) for n in (1, 300, 20_000)]
    for data in broken:
        with pytest.raises(BrokenPicture) as told:
            sitting.sees(data)
        assert str(told.value)


def too_many_pixels(sitting: Sitting) -> None:
    with pytest.raises(PictureTooLarge, match="7680x4320"):
        sitting.sees(jpeg(flat(128, 4320, 7680, 3)))
    face = cv2.resize(still_face(), (5760, 4320), interpolation=cv2.INTER_LINEAR)
    wide = cv2.copyMakeBorder(face, 0, 0, 960, 960, cv2.BORDER_REPLICATE)
    assert sitting.sees_nothing_in(np.asarray(wide, np.uint8)) <= {
        Reason.TOO_NEAR,
        Reason.MOVING_TOO_FAST,
        Reason.NO_FACE,
    }


def half_a_jpeg_that_says_it_is_whole(sitting: Sitting) -> None:
    """The decoder fills the lower half with grey and says nothing."""
    for share in (0.3, 0.5, 0.7):
        data = one_round()[MID_HOLD]
        for _ in range(3):
            sitting.sees(data[: int(len(data) * share)] + b"\xff\xd9")


def bytes_gone_astray(sitting: Sitting) -> None:
    """The header is whole; of the rest some bytes are random."""
    rng = np.random.default_rng(11)
    for _ in range(8):
        data = bytearray(one_round()[MID_HOLD])
        for at in rng.integers(700, len(data) - 2, 12):
            data[at] = rng.integers(0, 256)
        with contextlib.suppress(BrokenPicture):
            sitting.sees(bytes(data))


def black(sitting: Sitting) -> None:
    assert sitting.sees_nothing_in(flat(0), 8) == {Reason.TOO_DARK}


def white(sitting: Sitting) -> None:
    assert sitting.sees_nothing_in(flat(255), 8) == {Reason.TOO_BRIGHT}


def noise_for_four_seconds(sitting: Sitting) -> None:
    for number in range(round(4 * FPS)):
        assert sitting.sees_nothing_in(noise(seed=number)) == {Reason.NO_FACE}


def sizes_no_camera_has(sitting: Sitting) -> None:
    for size in ((1, 1), (1, 640), (640, 1), (2, 3), (31, 17)):
        assert sitting.sees_nothing_in(noise(*size)) == {Reason.NO_FACE}


def grey_and_print_colours(sitting: Sitting) -> None:
    """These show the face, in other words: they may be judged, if it is the same face in the same light."""
    held = decode(one_round()[MID_HOLD])
    for mode in ("L", "CMYK", "L", "RGB"):
        sitting.sees(jpeg(held, mode))


def a_cartoon(sitting: Sitting) -> None:
    sitting.sees_nothing_in(cartoon(), 10)


def two_faces(sitting: Sitting) -> None:
    reasons = sitting.sees_nothing_in(np.hstack([still_face(), still_face()]), 10)
    assert Reason.TWO_FACES in reasons


def another_size_of_the_same(sitting: Sitting) -> None:
    for width in (320, 1280, 320, 1280):
        sitting.sees(cv2.resize(decode(one_round()[MID_HOLD]), (width, width * 3 // 4)).astype(np.uint8))


def no_time(sitting: Sitting) -> None:
    for at in (float("nan"), float("inf"), float("-inf")):
        with pytest.raises(ValueError, match="number of seconds"):
            sitting.practice.see(still_face(), at)


def set_back_a_little(sitting: Sitting) -> None:
    for back in (-0.3, 0.2, -0.4, 0.1):
        sitting.sees(one_round()[MID_HOLD], back)


def set_back_an_hour(sitting: Sitting) -> None:
    sitting.sees(one_round()[MID_HOLD], -3600.0)


def an_hour_later(sitting: Sitting) -> None:
    sitting.sees(one_round()[MID_HOLD], 3600.0)


def standing_still(sitting: Sitting) -> None:
    for _ in range(15):
        sitting.sees(one_round()[MID_HOLD], 0.0)


def two_hundred_a_second(sitting: Sitting) -> None:
    reasons = [sitting.sees(one_round()[MID_HOLD + number % 2], 0.005).reason for number in range(60)]
    assert reasons.count(None) > 50, (
        "the mesh wavers from picture to picture; that is neither haste nor talking"
    )


def none_for_ten_seconds(sitting: Sitting) -> None:
    sitting.sees(one_round()[MID_HOLD], 10.0)


DISTURBANCES: Mapping[str, Callable[[Sitting], None]] = {
    f.__name__.replace("_", " "): f
    for f in (
        no_pictures, broken_bytes, too_many_pixels, half_a_jpeg_that_says_it_is_whole, bytes_gone_astray, black, white,
        noise_for_four_seconds, sizes_no_camera_has, grey_and_print_colours, a_cartoon, two_faces,
        another_size_of_the_same, no_time, set_back_a_little, set_back_an_hour, an_hour_later, standing_still,
        two_hundred_a_second, none_for_ten_seconds,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def sitting() -> Iterator[Sitting]:
    """One sitting through which everything goes, one after the other."""
    sitting = Sitting()
    yield sitting
    sitting.practice.close()


@pytest.mark.parametrize("disturb", DISTURBANCES.values(), ids=DISTURBANCES)
def test_in_the_middle_of_a_hold_it_is_told_and_never_warned_of_and_the_practice_goes_on(
    sitting: Sitting, disturb: Callable[[Sitting], None]
) -> None:
    sitting.starts()
    disturb(sitting)
    sitting.goes_on()


@settings(max_examples=2, deadline=None, derandomize=True, database=None, phases=(Stage.generate,))
@given(st.lists(st.sampled_from(list(DISTURBANCES)), min_size=4, max_size=5, unique=True))
def test_they_may_also_come_one_straight_after_the_other(sitting: Sitting, names: list[str]) -> None:
    sitting.starts()
    for name in names:
        DISTURBANCES[name](sitting)
    sitting.goes_on()


def test_a_face_that_appears_out_of_noise_and_cartoons_is_practised_with() -> None:
    sitting = Sitting()
    try:
        for number in range(4):
            sitting.sees_nothing_in(noise(seed=number))
        assert sitting.sees_nothing_in(cartoon(), 8) <= {Reason.NO_FACE, Reason.STARTING, Reason.TAKING_REST}
        sitting.starts()
        sitting.goes_on()
    finally:
        sitting.practice.close()


@pytest.mark.parametrize("fps", [10.0, 15.0, 30.0, 60.0, 200.0])
def test_lips_that_only_waver_are_not_talking_at_any_pace(fps: float) -> None:
    """With a camera's noise of 6 grey levels the mesh reads lips at rest with an sd of 0.34 mm."""
    rng, mouth = np.random.default_rng(1), Mouth()
    for number in range(round(30 * fps)):
        mouth = mouth.step(2.0 + rng.normal(0, 0.34), number / fps)
        assert not mouth.talking
