"""Can this picture be judged? If not, the reason: it is told to the person and kept in the log, never guessed over."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from coach.face import SIDES, Face, FloatArray, Pose, Side
from coach.movements import share_of_new
from coach.skin import Shift


class Reason(str, Enum):
    """Why a picture is not judged."""

    STARTING = "starting"
    TAKING_REST = "taking_rest"
    PAUSED = "paused"
    BROKEN_FRAME = "broken_frame"
    NO_FACE = "no_face"
    TWO_FACES = "two_faces"
    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    TURNED_AWAY = "turned_away"
    LOOKING_ASIDE = "looking_aside"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    MOVING_TOO_FAST = "moving_too_fast"
    TALKING = "talking"
    HAND_OVER_FACE = "hand_over_face"
    MOVEMENT_UNSEEN = "movement_unseen"


SMALLEST_IRIS_PX = 11.0  # a face 120 px wide; smaller and a grey level of noise is worth a millimetre
DARKEST, BRIGHTEST = 40.0, 225.0  # mean grey of the face; beyond, skin has no texture left
MOST_YAW_DEGREES, MOST_PITCH_DEGREES = (
    10.0,
    20.0,
)  # clinical.md 7.3; the mesh's own pitch varies between people
MOST_TURN_DEGREES = (
    5.0  # from the resting pose: beyond, the six head modes leave 0.3-0.5 mm (measurement.md 2)
)
# Times the size at rest. A camera at half a metre sees what is near it grow more: each percent is 0.05 mm of false lip.
MOST_NEARER = 1.15
FASTEST_MM_PER_SECOND = 60.0  # half a millimetre of motion blur at 1/120 s
EYES_WAVER_MM = 0.5  # from picture to picture, in the landmarks alone: at 200 a second as much as a fast head
# Of the fissure's width, from the resting gaze. An iris 2.5 mm aside reads 0.065 and, unseen to be aside, makes both
# lids read 1.5 mm narrower; a resting gaze wavers by 0.007.
GAZE_ASIDE = 0.05
OPEN_ENOUGH = 0.6  # of the resting gap: below, the iris is covered and gaze cannot be told
WORST_FIT_MM = 1.5  # a head seen at rest leaves 0.1-0.8 mm unexplained, a hand or a turn 3 and more
# Skin is followed through 30 % of light more or less (docs/validation.md), not through a hand.
DARKER, BRIGHTER = 0.6, 1.6  # of the light at rest
WASHED_OUT = 0.04  # more of the face white than at rest by this share: skin there misleads by 0.7 mm and more
MOST_LOST = 0.4  # a wide smile loses up to 0.3 of the patches, a hand more
# A mouth that turns round between opening and closing at more than 1.5 Hz talks (clinical.md 7.4).
TALK_SECONDS, TALK_TURNS, TALK_MM = 1.5, 4, 1.0
# The lips' contours waver by 0.3 mm (sd) from picture to picture: at 100 a second that would be talking.
TALK_STEADY_SECONDS = 0.05


def before_rest(face: Face, gray: NDArray[np.uint8]) -> Reason | None:
    """What can be told of a picture by itself."""
    points = face.points[:468, :2]
    left, top = points.min(axis=0)
    right, bottom = points.max(axis=0)
    if left < 0 or top < 0 or right > face.picture_width or bottom > face.picture_height:
        return Reason.TOO_NEAR
    if face.iris_px < SMALLEST_IRIS_PX:
        return Reason.TOO_FAR
    pose = face.pose
    if abs(pose.yaw_degrees) > MOST_YAW_DEGREES or abs(pose.pitch_degrees) > MOST_PITCH_DEGREES:
        return Reason.TURNED_AWAY
    return light(gray[int(top) : int(bottom) + 1, int(left) : int(right) + 1])


def light(gray: NDArray[np.uint8]) -> Reason | None:
    """Whether a grey picture is too dark or too bright to show skin."""
    level = float(cv2.mean(gray)[0])
    if level < DARKEST:
        return Reason.TOO_DARK
    return Reason.TOO_BRIGHT if level > BRIGHTEST else None


def too_fast(before: FloatArray | None, face: Face, seconds: float, px_per_mm: float) -> bool:
    """Whether the head moves so fast that the picture blurs; `before` are the last picture's eye centres."""
    if before is None or seconds <= 0:
        return False
    moved = float(np.linalg.norm(face.eye_centres.mean(axis=0) - before.mean(axis=0)))
    return moved / px_per_mm > FASTEST_MM_PER_SECOND * seconds + EYES_WAVER_MM


@dataclass(frozen=True, slots=True, eq=False)
class Facing:
    """How the person sat when the resting face was taken."""

    pose: Pose
    gaze: FloatArray
    eye_distance_px: float
    lid_gaps: Mapping[Side, float]

    @classmethod
    def of(cls, face: Face) -> Facing:
        """The facing in one picture."""
        return cls(face.pose, face.gaze, face.eye_distance_px, face.lid_gaps)

    def turned_degrees(self, pose: Pose) -> float:
        """How far the head has turned and nodded since; rolling it to a side does not count."""
        return math.hypot(
            pose.yaw_degrees - self.pose.yaw_degrees, pose.pitch_degrees - self.pose.pitch_degrees
        )


def since_rest(face: Face, shift: Shift, facing: Facing, eyes_closed: bool) -> Reason | None:
    """What can be told by comparison with the resting face; gaze is left out where eyes are meant to close."""
    pose = face.pose
    if (
        abs(pose.yaw_degrees - facing.pose.yaw_degrees) > MOST_TURN_DEGREES
        or abs(pose.pitch_degrees - facing.pose.pitch_degrees) > MOST_TURN_DEGREES
    ):
        return Reason.TURNED_AWAY
    nearer = face.eye_distance_px / facing.eye_distance_px
    if not 1 / MOST_NEARER < nearer < MOST_NEARER:
        return Reason.TOO_NEAR if nearer > 1 else Reason.TOO_FAR
    if shift.brightness_ratio < DARKER:
        return Reason.TOO_DARK
    if shift.brightness_ratio > BRIGHTER or shift.washed_out > WASHED_OUT:
        return Reason.TOO_BRIGHT
    if shift.fit_mm > WORST_FIT_MM or shift.lost_share > MOST_LOST:
        return Reason.HAND_OVER_FACE
    open_eyes = all(face.lid_gaps[s] > OPEN_ENOUGH * facing.lid_gaps[s] for s in SIDES)
    if not eyes_closed and open_eyes and abs(face.gaze[0] - facing.gaze[0]) > GAZE_ASIDE:
        return Reason.LOOKING_ASIDE
    return None


@dataclass(frozen=True, slots=True)
class Mouth:
    """How the mouth has been opening and closing: the times of its turning points and the way it goes now.

    `open_mm` is how far it was open, steadied, in the last picture, taken `at` seconds.
    """

    turns: tuple[float, ...] = ()
    extreme: float = 0.0
    opening: bool = True
    open_mm: float = 0.0
    at: float = float("-inf")

    def step(self, open_mm: float, at: float) -> Mouth:
        """After one more picture; a turn counts once the mouth has gone TALK_MM back."""
        turns = tuple(t for t in self.turns if 0 <= at - t <= TALK_SECONDS)
        share = share_of_new(at - self.at, TALK_STEADY_SECONDS)
        open_mm = self.open_mm + share * (open_mm - self.open_mm)
        ahead = open_mm - self.extreme if self.opening else self.extreme - open_mm
        if ahead > 0:
            return Mouth(turns, open_mm, self.opening, open_mm, at)
        if -ahead >= TALK_MM:
            return Mouth((*turns, at), open_mm, not self.opening, open_mm, at)
        return Mouth(turns, self.extreme, self.opening, open_mm, at)

    @property
    def talking(self) -> bool:
        """Whether it has turned round too often for an exercise."""
        return len(self.turns) >= TALK_TURNS
