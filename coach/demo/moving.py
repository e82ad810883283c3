"""An invented face in motion: what would be read of it in each picture, and how its person eases in, heeds and lets go.

Pure functions of how severe it is on that day, how tired, how far the person goes and what they are told. Millimetres
are those of coach.movements; nothing here is a model of a real face.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from coach.events import Corrected, Event, Phase, PhaseEntered, UnwantedMovementWarned
from coach.exercise import Exercise, Pattern
from coach.face import SIDES, Side
from coach.manner import STARTED
from coach.movements import MILLIMETRES, NAMES
from coach.plan import Turn
from coach.rest import Rest
from coach.resting_shape import RestingShape
from coach.under_way import Coaching

ROOT_HALF = math.sqrt(0.5)  # a smile goes out and up alike
ROUNDED_MM = 0.3  # what joins in sets in softly, not with a corner
LIDS_FOLLOW = 0.45  # over the long way of a lid, other areas move less for each mm
BY_ITSELF = 0.2  # share of the reach that lip sounds, a puff or a sip come to, as far as areas join in
EASE_OFF_SECONDS = 2.0
SHRINK_SECONDS = 0.8
WAIT_SECONDS = 2.5  # so long one stays below the band before trying a little more
A_LITTLE_MORE = 1.12
LOW_ENOUGH = 0.45  # of the band's lower edge: after a warning the hold counts from two fifths on
HIGH_ENOUGH = 0.5

_NOISE: Mapping[
    str, float
] = {  # of steadied readings at rest (docs/validation.md), as multiples of a face's own
    "brow_raise": 0.7,
    "eye_narrowing": 0.9,
    "cheek_raise": 1.3,
    "nose_wrinkle": 1.3,
    "corner_up": 0.8,
    "corner_out": 0.8,
    "pucker": 1.1,
    "chin_raise": 1.1,
}
_ALONG: Mapping[str, Mapping[str, float]] = {  # what goes along in every face, in mm for each mm
    "smile": {"cheek_raise": 0.22, "fold_raise": 0.3, "upper_lip_raise": 0.12, "eye_narrowing": 0.02},
    "pucker": {"fold_raise": -0.1, "eye_narrowing": 0.01},
    "eye_closing": {"brow_raise": -0.05},
    "brow_raise": {"eye_narrowing": -0.1},
    "frown": {"brow_raise": -0.15},
    "nose_wrinkle": {"upper_lip_raise": 0.3},
    "upper_lip_raise": {"nose_wrinkle": 0.25},
    "lower_lip_drop": {"mouth_open": 0.3},
}
_MOVED = {
    "eye_closing": "eye_narrowing",
    "frown": "brow_draw_in",
}


@dataclass(frozen=True, slots=True)
class Coupling:
    """How one area joins in: from which share of the healthy reach on, and by how many mm for each mm further."""

    onset: float
    gain: float


@dataclass(frozen=True, slots=True)
class Face:
    """What does not change: the affected side, lid gaps and reach of the healthy side in mm, what joins in with what.

    `noise_mm` is the sd of a steadied reading at rest; `unseen` are readings that the camera never gets. The heights
    are how much lower the affected side rests, in mm.
    """

    affected: Side
    reach_mm: Mapping[str, float]
    joins: Mapping[str, Coupling]
    healthy_gap_mm: float = 10.0
    affected_gap_mm: float = 8.8
    noise_mm: float = 0.07
    unseen: tuple[str, ...] = ()
    corner_height_mm: float = 0.8
    brow_height_mm: float = 0.6

    def gap_mm(self, side: Side) -> float:
        """The lid gap of one side at rest."""
        return self.affected_gap_mm if side is self.affected else self.healthy_gap_mm


@dataclass(frozen=True, slots=True)
class Severity:
    """How it stands on one day.

    `later` is added to every onset (a share of the reach), `gain` multiplies every coupling, `evenness` is how far the
    affected side goes for the other's 1, and `tone` how much of the tightness at rest is left.
    """

    later: float
    gain: float
    evenness: float
    tone: float


@dataclass(frozen=True, slots=True)
class Follower:
    """One reading that joins in: from `onset_mm` of the wanted movement on, `gain` mm for each mm, in its `sign`."""

    reading: str
    sign: float
    onset_mm: float
    gain: float

    def mm(self, wanted_mm: float) -> float:
        """How far it has come along."""
        beyond = wanted_mm - self.onset_mm
        if beyond <= -ROUNDED_MM:
            return 0.0
        if beyond < ROUNDED_MM:
            beyond = (beyond + ROUNDED_MM) ** 2 / (4 * ROUNDED_MM)
        return self.sign * self.gain * beyond


@dataclass(frozen=True, slots=True)
class Try:
    """How one repetition is meant: how far (mean of both sides), how slowly, how soon after the cue.

    `late_seconds` is how far the affected side sets off behind; with `heeds` the person eases off when told to.
    """

    goal_mm: float
    ramp_seconds: float
    release_seconds: float
    reaction_seconds: float
    late_seconds: float = 0.0
    heeds: bool = True


@dataclass(frozen=True, slots=True)
class Intent:
    """One smooth way: from `start_mm` to `goal_mm` along a raised cosine, begun at `since`."""

    start_mm: float = 0.0
    goal_mm: float = 0.0
    since: float = 0.0
    seconds: float = 1.0

    def mm(self, at: float) -> float:
        """How far it has got."""
        share = min(max((at - self.since) / self.seconds, 0.0), 1.0)
        return self.start_mm + (self.goal_mm - self.start_mm) * (1.0 - math.cos(math.pi * share)) / 2.0

    def towards(self, goal_mm: float, at: float, seconds: float, after: float = 0.0) -> Intent:
        """Another way from wherever this one will be when it begins."""
        begins = at + after
        return Intent(self.mm(begins), goal_mm, begins, max(seconds, 0.1))


def followers(
    face: Face,
    severity: Severity,
    exercise: Exercise,
    turn: Turn,
    patterns: Mapping[str, Pattern],
    tired: float = 0.0,
) -> tuple[Follower, ...]:
    """What joins in during a turn; `tired` (0 to 1) brings it on earlier."""
    wanted = turn.movement or "smile"
    reach = face.reach_mm[wanted]
    gain = severity.gain * (LIDS_FOLLOW if wanted == "eye_closing" else 1.0)
    found = []
    for name in dict.fromkeys(watched.pattern for watched in exercise.watch):
        pattern, coupling = patterns[name], face.joins.get(name)
        if coupling is None or pattern.movement is None:
            continue
        side: Side | None = face.affected
        if pattern.where == "midline":
            side = None
        elif pattern.where == "resting_side":
            side = None if turn.side is None else turn.side.other
        moved = "corner_out" if pattern.movement == "corner_travel" else pattern.movement
        onset = max(coupling.onset + severity.later - 0.04 * tired, 0.0) * reach
        sign = -1.0 if pattern.direction == "less" else 1.0
        found.append(
            Follower(moved if side is None else f"{moved}_{side.value}", sign, onset, gain * coupling.gain)
        )
    return tuple(found)


def sides_mm(face: Face, severity: Severity, mean_mm: float, affected_mean_mm: float) -> dict[Side, float]:
    """Both sides of a movement, the affected one behind by the day's evenness; the means are those now and then."""
    healthy = 2.0 * mean_mm / (1.0 + severity.evenness)
    behind = 2.0 * affected_mean_mm / (1.0 + severity.evenness) * severity.evenness
    return {face.affected: behind, face.affected.other: healthy}


def readings(
    face: Face,
    noise: Sequence[float],
    wanted: str | None,
    sides: Mapping[Side, float],
    joining: Iterable[Follower] = (),
    effort_mm: float = 0.0,
    shut: float = 0.0,
) -> dict[str, float | None]:
    """What one picture reads since rest; `noise` has a value for each of MILLIMETRES.

    `effort_mm` is how far the movement has got for those that join in; `shut` how much of the lid gap a blink covers.
    """
    values: dict[str, float | None] = dict(zip(MILLIMETRES, noise, strict=True))

    def add(name: str, mm: float) -> None:
        values[name] = (values[name] or 0.0) + mm

    if wanted is not None:
        moved = _MOVED.get(wanted, wanted)
        for side, mm in sides.items():
            if mm == 0.0:
                continue
            if wanted == "smile":
                add(f"corner_out_{side.value}", mm * ROOT_HALF)
                add(f"corner_up_{side.value}", mm * ROOT_HALF)
            elif wanted == "pucker":
                add(f"corner_out_{side.value}", -mm)
            else:
                add(f"{moved}_{side.value}", mm)
            for name, share in _ALONG[wanted].items():
                add(name if name in values else f"{name}_{side.value}", mm * share)
    for follower in joining:
        add(follower.reading, follower.mm(effort_mm))
    if shut:
        for side in SIDES:
            add(f"eye_narrowing_{side.value}", shut * face.gap_mm(side))
    if wanted in ("smile", "pucker"):
        values["pucker"] = -((values["corner_out_right"] or 0.0) + (values["corner_out_left"] or 0.0))
    for name in face.unseen:
        values[name] = None
    return values


def noise_of(face: Face, rng: np.random.Generator, pictures: int) -> list[list[float]]:
    """The camera's noise for so many pictures, in the order of MILLIMETRES."""
    scale = [
        face.noise_mm * _NOISE.get(name.rsplit("_", 1)[0], _NOISE.get(name, 1.0)) for name in MILLIMETRES
    ]
    drawn: list[list[float]] = (rng.normal(size=(pictures, len(MILLIMETRES))) * scale).tolist()
    return drawn


def rest_of(face: Face, severity: Severity, rng: np.random.Generator) -> Rest:
    """A resting face as it was held: medians at zero, the noise of today's camera, and how the face stood."""
    noise: dict[str, float | None] = {}
    for name in NAMES:
        own = face.noise_mm * _NOISE.get(name.rsplit("_", 1)[0], _NOISE.get(name, 1.0))
        noise[name] = None if name in face.unseen or name not in MILLIMETRES else own
    narrower = (face.healthy_gap_mm - face.affected_gap_mm) * severity.tone
    gaps = {face.affected: face.healthy_gap_mm - narrower, face.affected.other: face.healthy_gap_mm}
    gaps = {side: gap + float(rng.normal(0.0, 0.15)) for side, gap in gaps.items()}
    lower = 1.0 if face.affected is Side.RIGHT else -1.0  # the left over the right
    corner, brow = (
        lower * height * severity.tone + float(rng.normal(0.0, sd))
        for height, sd in ((face.corner_height_mm, 0.2), (face.brow_height_mm, 0.35))
    )
    shape = RestingShape(gaps[Side.RIGHT], gaps[Side.LEFT], corner, brow)
    return Rest(dict.fromkeys(NAMES, 0.0), noise, gaps, shape)


def go_on(
    intent: Intent, tried: Try, state: Coaching, turn: Turn, events: Iterable[Event], now: float
) -> Intent:
    """What the person means to do after one more picture, told what happened in it."""
    told = not turn.muted and tried.heeds
    for event in events:
        match event:
            case PhaseEntered(phase=Phase.MOVE) if not turn.still:
                intent = intent.towards(tried.goal_mm, now, tried.ramp_seconds, tried.reaction_seconds)
            case PhaseEntered(phase=Phase.RELEASE | Phase.REST | Phase.DONE):
                intent = intent.towards(0.0, now, tried.release_seconds, tried.reaction_seconds)
            case UnwantedMovementWarned() if told and state.phase in (Phase.MOVE, Phase.HOLD):
                low = intent.mm(now) / state.level if state.level else intent.mm(now)
                goal = min(LOW_ENOUGH * low, intent.mm(now))
                intent = intent.towards(goal, now, EASE_OFF_SECONDS, tried.reaction_seconds)
            case Corrected(kind="too_big") if told:
                over = max((state.furthest or 1.0) / state.top, 1.0)
                goal = intent.mm(now) / over * 0.85
                intent = intent.towards(goal, now, SHRINK_SECONDS, tried.reaction_seconds)
    if told and _quiet_again(intent, state, now):
        return replace(intent, start_mm=intent.mm(now), goal_mm=intent.mm(now), since=now)  # and hold there
    if _falls_short(intent, state, turn, now):
        return intent.towards(intent.goal_mm * A_LITTLE_MORE, now, 1.0)
    return intent


def _quiet_again(intent: Intent, state: Coaching, now: float) -> bool:
    """Whether easing off has quietened everything before its end."""
    easing = 0 < intent.goal_mm < intent.start_mm and intent.since <= now < intent.since + intent.seconds
    high_enough = state.level is not None and state.level > HIGH_ENOUGH
    return state.phase is Phase.HOLD and state.attempt.warned and state.quiet and easing and high_enough


def _falls_short(intent: Intent, state: Coaching, turn: Turn, now: float) -> bool:
    """Whether somebody has got to where they meant to go, and it is not the band yet."""
    if state.phase is not Phase.MOVE or turn.band is None or state.level is None:
        return False
    waited = now > intent.since + intent.seconds + WAIT_SECONDS
    return waited and STARTED < state.level < state.bottom
