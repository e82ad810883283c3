"""What one picture gave: everything a page, a log or a clip needs to show, computed and never kept in step by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from coach.events import Event, Phase
from coach.face import (
    BROW,
    CHEEK,
    CHIN_PAD,
    EYE_OUTLINE,
    INNER_BROW,
    LOWER_LIP,
    MOUTH_CORNER,
    NASAL_WING,
    NOSE_BRIDGE,
    SIDES,
    UPPER_LID,
    UPPER_LIP,
    Face,
    FloatArray,
    Pose,
    Side,
)
from coach.head import PX_PER_MM
from coach.movements import MILLIMETRES, Readings
from coach.plan import Plan
from coach.rest import Rest
from coach.sight import Reason
from coach.skin import Shift
from coach.under_way import Coaching

Point = tuple[float, float]
"""A place in the unmirrored picture, x and y from 0 to 1."""


@dataclass(frozen=True, slots=True)
class JoinedIn:
    """The area a warning stands for: its pattern, side (None: midline) and outline in the picture."""

    pattern: str
    side: Side | None
    outline: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """Where one side started from, where it is, and the band to reach."""

    side: Side
    rest: Point
    now: Point
    band_low: Point
    band_high: Point
    in_band: bool


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What one picture gave; fields as the live page and the clip reader need them.

    `hold_share` is how much of the hold is done, 0 to 1, `hold_count` its whole seconds; `pace` is how much of the
    movement would be there now at the asked pace, 0 to 1; `midline` is the line from the bridge of the nose to the
    chin; `muted` means nothing is said about how it goes; `task` is the card's own task, by its id, where it has any;
    `movements` are mm since rest while judged; `timing_ms` holds track, skin, judge and total.
    """

    at: float
    phase: Phase
    repetition: int
    repetitions: int
    judged: bool
    reason: Reason | None
    message: str
    cue: str | None
    tone: float | None
    say: str | None
    warning: JoinedIn | None
    hold_share: float
    guides: tuple[Guide, ...]
    events: tuple[Event, ...]
    movements: Readings
    pose: Pose | None
    blink: bool
    hold_count: int = 0
    hold_seconds: float = 0.0
    pace: float = 0.0
    muted: bool = False
    correction: str | None = None
    side: Side | None = None
    task: str | None = None
    led: str = "movement"
    midline: tuple[Point, Point] | None = None
    timing_ms: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Exactly what goes to the browser."""
        warning = self.warning
        return {
            "at": round(self.at, 3),
            "phase": self.phase.value,
            "repetition": self.repetition,
            "repetitions": self.repetitions,
            "judged": self.judged,
            "reason": self.reason.value if self.reason is not None else None,
            "message": self.message,
            "cue": self.cue,
            "tone": self.tone,
            "say": self.say,
            "warning": None
            if warning is None
            else {
                "pattern": warning.pattern,
                "side": warning.side.value if warning.side is not None else None,
                "outline": [list(point) for point in warning.outline],
            },
            "hold_share": round(self.hold_share, 3),
            "guides": [
                {
                    "side": g.side.value,
                    "rest": list(g.rest),
                    "now": list(g.now),
                    "band_low": list(g.band_low),
                    "band_high": list(g.band_high),
                    "in_band": g.in_band,
                }
                for g in self.guides
            ],
            "hold_count": self.hold_count,
            "hold_seconds": self.hold_seconds,
            "pace": round(self.pace, 3),
            "muted": self.muted,
            "correction": self.correction,
            "side": self.side.value if self.side is not None else None,
            "task": self.task,
            "led": self.led,
            "midline": None if self.midline is None else [list(point) for point in self.midline],
            "movements": {n: _rounded(self.movements[n]) for n in MILLIMETRES} if self.judged else {},
            "done": self.phase is Phase.DONE,
        }


def _rounded(mm: float | None) -> float | None:
    return None if mm is None else round(mm, 2)


_OUTLINED: Mapping[str, tuple[Mapping[Side, tuple[int, ...]], float, float]] = {
    # area of a pattern: landmarks in its middle, half width and height in mm
    "mouth_corner": ({s: (MOUTH_CORNER[s],) for s in SIDES}, 13.0, 11.0),
    "cheek": ({s: (CHEEK[s],) for s in SIDES}, 16.0, 14.0),
    "brow": ({s: (BROW[s],) for s in SIDES}, 22.0, 10.0),
    "nose": ({s: (NASAL_WING[s],) for s in SIDES}, 11.0, 12.0),
    "eye": (EYE_OUTLINE, 21.0, 13.0),
    "chin": (dict.fromkeys(SIDES, (CHIN_PAD,)), 18.0, 14.0),
}
_AROUND = np.linspace(0, 2 * np.pi, 25)[:-1]


def outline(area: str, side: Side | None, face: Face, px_per_mm: float) -> tuple[Point, ...]:
    """An ellipse around an area of the face, in the picture."""
    landmarks, wide_mm, high_mm = _OUTLINED[area]
    centre = face.points[list(landmarks[side or Side.RIGHT]), :2].mean(axis=0)
    ring = np.stack([wide_mm * np.cos(_AROUND), high_mm * np.sin(_AROUND)], axis=-1) * px_per_mm
    roll = np.radians(face.pose.roll_degrees)
    turned = ring @ np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    return tuple(_point(p, face) for p in centre + turned)


_AT = {  # target movement: the landmark that shows on each side how far it has gone
    "eye_closing": {s: UPPER_LID[s][1] for s in SIDES},
    "brow_raise": BROW,
    "frown": INNER_BROW,
    "nose_wrinkle": NASAL_WING,
    "upper_lip_raise": UPPER_LIP,
    "lower_lip_drop": LOWER_LIP,
}


def guides(plan: Plan, state: Coaching, rest: Rest, shift: Shift, face: Face) -> tuple[Guide, ...]:
    """Where the band lies on each side that is to move and is seen; in the person's own picture."""
    turn = plan.turn(state.repetition)
    if turn.band is None or turn.movement is None or turn.muted:
        return ()
    found = []
    for side, amplitude in zip(SIDES, state.sides, strict=True):
        if amplitude is None or side not in turn.sides:
            continue
        landmark = _AT.get(turn.movement, MOUTH_CORNER)[side]
        at = shift.resting.landmarks.at[landmark]
        start = at + shift.head_motion(landmark)
        way = _way(turn.movement, side)
        gone = shift.sites_mm[f"corner_{side.value}"] if turn.movement == "smile" else way * amplitude
        low, high = turn.band.mm(side, rest)
        places = shift.in_picture(
            np.array([start, *(start + PX_PER_MM * step for step in (gone, way * low, way * high))])
        )
        begun, now, band_low, band_high = (_point(p, face) for p in places)
        found.append(Guide(side, begun, now, band_low, band_high, low <= amplitude <= high))
    return tuple(found)


def midline(face: Face) -> tuple[Point, Point]:
    """The bridge of the nose and the chin in the picture."""
    return _point(face.points[NOSE_BRIDGE, :2], face), _point(face.points[CHIN_PAD, :2], face)


def pace(plan: Plan, state: Coaching) -> float:
    """How much of the movement would be there now at the card's own pace, 0 to 1."""
    if plan.turn(state.repetition).still:
        return 0.0
    match state.phase:
        case Phase.MOVE:
            return min(state.phase_seconds / plan.dose.ramp_seconds, 1.0)
        case Phase.HOLD:
            return 1.0
        case Phase.RELEASE:
            return max(1.0 - state.phase_seconds / plan.dose.release_seconds, 0.0)
    return 0.0


def _way(movement: str, side: Side) -> FloatArray:
    """The direction in which a target movement goes, in crop axes (x right, y down)."""
    away = -1.0 if side is Side.RIGHT else 1.0
    match movement:
        case "smile":  # about 47 degrees up and out [S41]
            return np.array([away * np.sqrt(0.5), -np.sqrt(0.5)])
        case "pucker" | "frown":
            return np.array([-away, 0.0])
        case "eye_closing" | "lower_lip_drop":
            return np.array([0.0, 1.0])
        case _:
            return np.array([0.0, -1.0])


def _point(pixels: FloatArray, face: Face) -> Point:
    return (round(float(pixels[0]) / face.picture_width, 4), round(float(pixels[1]) / face.picture_height, 4))
