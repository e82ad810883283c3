"""One exercise as phases: a pure step that follows what the person does.

A prompt need not be obeyed on the second: whoever starts early, pauses half way or lets go late is followed.
While the face is not judged the clock stands still.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from coach import watch
from coach.events import (
    Event,
    Phase,
    PhaseEntered,
    PracticeDone,
    Repetition,
    RepetitionDone,
    UnwantedMovement,
    UnwantedMovementEnded,
    UnwantedMovementStarted,
    UnwantedMovementWarned,
)
from coach.exercise import Exercise, Pattern
from coach.face import SIDES, Side
from coach.movements import Readings, target_amplitude
from coach.rest import Rest
from coach.resting_shape import RestingShape

LONGEST_STEP_SECONDS = 0.5  # a longer gap between pictures was not seen, so it is not counted
LOST_SECONDS = 3.0  # after this long unseen the person may have moved: the resting face is taken again
STARTED = 0.3  # levels are shares of the band's lower edge: from here on a movement is under way,
LET_GO = 0.3  # below this it has melted away,
STILL_HELD = 0.8  # and a hold that sags a little is still a hold
EASED_BACK = (
    0.4  # after a warning the hold counts from here: back off to just below the point, and hold there
)
OVER = 1.15  # a hold may waver this far above the band before "smaller is better" is said
TOO_BIG_TO_JUDGE = 1.5  # beyond this multiple of the band healthy faces co-move too (clinical.md 5.4)
HOLD_PATIENCE_SECONDS = 20.0  # a hold that will not settle is let go kindly
RELEASE_PATIENCE_SECONDS = 12.0  # likewise a release that never quite ends: the next rest starts anew
MOVE_PATIENCE_SECONDS = 25.0  # nothing happened: take the resting face again, it has gone stale
BRUSHED_SECONDS = 1.0  # a band that was only brushed was no repetition: it may be tried again
SETTLE_SECONDS = 0.2  # a level must stand this long: one stray picture changes no phase
NOTED_SECONDS = 0.3  # an area outside its tolerance for less is a flicker, not noted
UNEVEN = 0.5  # the weaker side below half of the other is not even any more (clinical.md 1.2, rule 3: our own bound)
UNSEEN_SHARE = (
    1 / 3
)  # an area unseen for more of a repetition was not seen: nothing is said of it, nor that it was quiet
NOT_A_REST = -0.6  # a movement this far the wrong way means the "rest" was taken on a moved face


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What is practised and what is watched."""

    exercise: Exercise
    rules: tuple[watch.Rule, ...]
    dwell_seconds: float

    @classmethod
    def of(
        cls, exercise: Exercise, patterns: Mapping[str, Pattern], affected: Side | None, sensitivity: str
    ) -> Plan:
        """The plan for one person; both sides are watched where the affected side is not known."""
        rules = watch.rules(exercise, patterns, affected, sensitivity)
        return cls(exercise, rules, watch.DWELL_SECONDS[sensitivity])


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one picture showed: readings in mm since rest while judged; `rest` None until it is taken.

    `blink` masks the watched areas: a blink moves the whole face a little.
    """

    judged: bool
    readings: Readings | None = None
    rest: Rest | None = None
    blink: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """The repetition under way. Times in seconds; `held` collects (right, left) amplitudes in mm.

    `resting` is the shape of the face in the rest it started from.
    """

    started_at: float | None = None
    hold_seconds: float = 0.0
    hold_reached: bool = False
    peak: tuple[float | None, float | None] = (None, None)
    held: tuple[tuple[float | None, float | None], ...] = ()
    unwanted: tuple[UnwantedMovement, ...] = ()
    warned: bool = False
    resting: RestingShape | None = None
    pictures: int = 0
    judged: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Coaching:
    """Where the exercise stands.

    `phase_seconds` counts judged time in the phase; `settled_seconds` how long the condition for leaving it has
    held; `level` is the movement as a share of the band's lower edge (None: unseen), `top` the band's upper edge.
    """

    areas: tuple[watch.Area, ...]
    phase: Phase = Phase.PREPARE
    repetition: int = 1
    phase_seconds: float = 0.0
    settled_seconds: float = 0.0
    unseen_seconds: float = 0.0
    last_at: float | None = None
    level: float | None = None
    sides: tuple[float | None, float | None] = (None, None)
    furthest: float | None = None
    top: float = 2.0
    attempt: Attempt = Attempt()

    @property
    def warning(self) -> watch.Area | None:
        """The area a warning stands for at present: the one furthest over its tolerance."""
        warned = [a for a in self.areas if a.warned_at is not None]
        return max(warned, key=lambda a: a.excess, default=None)

    @property
    def lost(self) -> bool:
        """Unseen or not judged for so long that what was taken at rest is not held against the face any more."""
        return self.unseen_seconds >= LOST_SECONDS

    @property
    def bottom(self) -> float:
        """The level from which a hold counts: lower once something joined in, so that easing back is holding."""
        return EASED_BACK if self.attempt.warned else 1.0

    @property
    def too_big(self) -> bool:
        """One side is above the band: smaller is better, and the stronger side is the one to restrain."""
        return self.furthest is not None and self.furthest > self.top * OVER

    @property
    def uneven(self) -> bool:
        """The weaker side lags far behind a movement that is well under way."""
        right, left = self.sides
        if right is None or left is None or self.level is None or self.level < UNEVEN:
            return False
        return min(right, left) < UNEVEN * max(right, left)


def start(plan: Plan) -> Coaching:
    """Before the first picture."""
    return Coaching(areas=tuple(watch.Area(rule) for rule in plan.rules))


def band_mm(plan: Plan, side: Side, rest: Rest) -> tuple[float, float]:
    """The band to reach on one side in mm."""
    target = plan.exercise.target
    unit = rest.lid_gap_mm[side] / 100 if target.unit == "percent_of_rest_gap" else 1.0
    return target.low * unit, target.high * unit


def step(plan: Plan, state: Coaching, seen: Seen, now: float) -> tuple[Coaching, tuple[Event, ...]]:
    """The state after one more picture, and what happened. `now` is the picture's own time in seconds.

    A clock that stands still, goes back or jumps adds nothing.
    """
    gap = 0.0 if state.last_at is None else max(now - state.last_at, 0.0)
    seconds = gap if gap <= LONGEST_STEP_SECONDS else 0.0
    state = replace(state, last_at=now if state.last_at is None else max(now, state.last_at))
    if state.phase is Phase.DONE:
        return state, ()
    if state.phase in (Phase.MOVE, Phase.HOLD, Phase.RELEASE):
        attempt = state.attempt
        state = replace(
            state,
            attempt=replace(attempt, pictures=attempt.pictures + 1, judged=attempt.judged + seen.judged),
        )
    if not seen.judged:
        return _unseen(plan, state, min(gap, LONGEST_STEP_SECONDS), now)
    state = replace(state, unseen_seconds=0.0, phase_seconds=state.phase_seconds + seconds)
    if seen.rest is None or seen.readings is None or state.phase is Phase.PREPARE:
        return _enter(state, Phase.REST, now) if state.phase is not Phase.REST else (state, ())
    state = _measure(plan, state, seen.readings, seen.rest)
    state, noticed = _watch(plan, state, seen, seconds, now)
    if seen.blink and state.phase in (Phase.REST, Phase.MOVE):
        return state, noticed  # a blink closes the eyes further than any exercise, and begins none
    state, moved_on = _PHASES[state.phase](plan, state, seconds, now)
    return state, noticed + moved_on


def _unseen(plan: Plan, state: Coaching, seconds: float, now: float) -> tuple[Coaching, tuple[Event, ...]]:
    """The clock stands still; after a while the repetition is begun anew from a fresh rest."""
    state = replace(
        state, unseen_seconds=state.unseen_seconds + seconds, level=None, furthest=None, sides=(None, None)
    )
    if not state.lost or state.phase in (Phase.PREPARE, Phase.REST):
        return state, ()
    return after_break(plan, state, now)


def _measure(plan: Plan, state: Coaching, readings: Readings, rest: Rest) -> Coaching:
    """The level of the wanted movement, and the repetition's samples of it."""
    movement = plan.exercise.target.movement
    right, left = (target_amplitude(movement, readings, side) for side in SIDES)
    bands = [band_mm(plan, side, rest) for side in SIDES]
    levels = [a / low for a, (low, _) in zip((right, left), bands, strict=True) if a is not None]
    level, furthest = (float(np.mean(levels)), max(levels)) if levels else (None, None)
    attempt = replace(state.attempt, resting=rest.shape)
    if state.phase in (Phase.MOVE, Phase.HOLD):
        attempt = replace(attempt, peak=(_larger(attempt.peak[0], right), _larger(attempt.peak[1], left)))
    top = bands[0][1] / bands[0][0]
    return replace(state, level=level, furthest=furthest, sides=(right, left), top=top, attempt=attempt)


def _larger(a: float | None, b: float | None) -> float | None:
    return b if a is None else a if b is None else max(a, b)


def _watch(
    plan: Plan, state: Coaching, seen: Seen, seconds: float, now: float
) -> tuple[Coaching, tuple[Event, ...]]:
    """Step every watched area; the movement of a moving face only, and never beyond where healthy faces co-move."""
    assert seen.readings is not None
    assert seen.rest is not None
    if state.phase not in (Phase.MOVE, Phase.HOLD, Phase.RELEASE) or seen.blink or state.level is None:
        return state, ()
    if state.level > state.top * TOO_BIG_TO_JUDGE:
        return state, ()
    seen_sides = [a for a in state.sides if a is not None]
    amplitude = float(np.mean(seen_sides)) if seen_sides else 0.0
    events: list[Event] = []
    areas = []
    attempt = state.attempt
    for before in state.areas:
        after = watch.step(
            before, seen.readings, seen.rest, max(amplitude, 0.0), now, seconds, plan.dwell_seconds
        )
        name, side = before.rule.pattern, before.rule.side
        if after.joining_in and not before.joining_in:
            events.append(UnwantedMovementStarted(now, name, side))
        if after.warned_at is not None and before.warned_at is None:
            events.append(UnwantedMovementWarned(now, name, side))
            attempt = replace(attempt, warned=True)
        if before.joining_in and not after.joining_in:
            events.append(UnwantedMovementEnded(now, name, side))
            attempt = replace(attempt, unwanted=attempt.unwanted + _noted(before, now))
        areas.append(after)
    return replace(state, areas=tuple(areas), attempt=attempt), tuple(events)


def _noted(area: watch.Area, now: float) -> tuple[UnwantedMovement, ...]:
    """The area's movement as it goes into the log; a flicker is not noted."""
    if area.started_at is None or (area.warned_at is None and area.outside_seconds < NOTED_SECONDS):
        return ()
    return (
        UnwantedMovement(
            pattern=area.rule.pattern,
            movement=area.rule.movement,
            side=area.rule.side,
            started_at=area.started_at,
            ended_at=now,
            peak_mm=area.peak_mm,
            onset_amplitude_mm=area.onset_amplitude_mm,
            warned_at=area.warned_at,
        ),
    )


def _settled(state: Coaching, condition: bool, seconds: float) -> tuple[Coaching, bool]:
    """Whether a condition has stood long enough, and the state that remembers it."""
    standing = state.settled_seconds + seconds if condition else 0.0
    return replace(state, settled_seconds=standing), standing >= SETTLE_SECONDS


def _enter(state: Coaching, phase: Phase, now: float) -> tuple[Coaching, tuple[Event, ...]]:
    return replace(state, phase=phase, phase_seconds=0.0, settled_seconds=0.0), (PhaseEntered(now, phase),)


def after_break(plan: Plan, state: Coaching, now: float) -> tuple[Coaching, tuple[Event, ...]]:
    """Go on after a pause: from a fresh resting face, with the same repetition."""
    if state.phase in (Phase.PREPARE, Phase.DONE):
        return state, ()
    if state.attempt.hold_reached:  # everything that counts was done: keep it
        return _finish(plan, state, now)
    # What joined in so far belongs to this repetition still: its log must not lose a warning that was given.
    kept = Attempt(unwanted=unfinished(state), warned=state.attempt.warned)
    return _enter(replace(state, areas=start(plan).areas, attempt=kept), Phase.REST, now)


def _rest(plan: Plan, state: Coaching, seconds: float, now: float) -> tuple[Coaching, tuple[Event, ...]]:
    """The resting face is taken. The person may rest on, up to the card's time, or start on their own."""
    begun = state.level is not None and state.level > STARTED
    state, early = _settled(state, begun, seconds)
    if early or state.repetition == 1 or state.phase_seconds >= plan.exercise.dose.rest_seconds:
        return _enter(state, Phase.MOVE, now)
    return state, ()


def _move(plan: Plan, state: Coaching, seconds: float, now: float) -> tuple[Coaching, tuple[Event, ...]]:
    level = state.level
    if level is None:
        return state, ()
    attempt = state.attempt
    if level < STARTED:
        attempt = replace(attempt, started_at=None)  # a stray picture or a false start: it has not begun
    elif attempt.started_at is None:
        attempt = replace(attempt, started_at=now)
    state = replace(state, attempt=attempt)
    state, settled = _settled(state, level >= state.bottom or level < NOT_A_REST, seconds)
    if settled and level < NOT_A_REST:
        return after_break(plan, state, now)
    if settled:
        return _enter(state, Phase.HOLD, now)
    if state.phase_seconds >= MOVE_PATIENCE_SECONDS and level < STARTED:
        return after_break(plan, state, now)
    return state, ()


def _hold(plan: Plan, state: Coaching, seconds: float, now: float) -> tuple[Coaching, tuple[Event, ...]]:
    """Only time inside the band with every watched area quiet is counted; easing back after a warning is inside."""
    level = state.level
    if level is None:
        return state, ()
    attempt, quiet = state.attempt, not any(area.joining_in for area in state.areas)
    inside = state.bottom * STILL_HELD <= level and not state.too_big
    if inside and quiet:
        attempt = replace(attempt, hold_seconds=attempt.hold_seconds + seconds)
    if inside and seconds > 0:
        attempt = replace(attempt, held=(*attempt.held, state.sides))
    attempt = replace(attempt, hold_reached=attempt.hold_seconds >= plan.exercise.dose.hold_seconds - 1e-9)
    state = replace(state, attempt=attempt)
    if attempt.hold_reached or state.phase_seconds >= HOLD_PATIENCE_SECONDS + plan.exercise.dose.hold_seconds:
        return _enter(state, Phase.RELEASE, now)
    state, let_go = _settled(state, level < LET_GO, seconds)
    if let_go and state.phase_seconds < BRUSHED_SECONDS and not attempt.warned:
        return _enter(replace(state, attempt=Attempt(unwanted=attempt.unwanted)), Phase.MOVE, now)
    return _finish(plan, state, now) if let_go else (state, ())


def _release(plan: Plan, state: Coaching, seconds: float, now: float) -> tuple[Coaching, tuple[Event, ...]]:
    if state.level is None:
        return state, ()
    state, melted = _settled(state, state.level < LET_GO, seconds)
    return (
        _finish(plan, state, now)
        if melted or state.phase_seconds >= RELEASE_PATIENCE_SECONDS
        else (state, ())
    )


def _finish(plan: Plan, state: Coaching, now: float) -> tuple[Coaching, tuple[Event, ...]]:
    """Close the repetition: it goes into the log before the next one begins."""
    attempt = state.attempt
    events: list[Event] = []
    unwanted = attempt.unwanted
    for area in state.areas:
        if area.joining_in:
            events.append(UnwantedMovementEnded(now, area.rule.pattern, area.rule.side))
            unwanted += _noted(area, now)
    right, left = (_amplitude(attempt, index) for index in (0, 1))
    symmetry = _symmetry(right, left)
    repetition = Repetition(
        number=state.repetition,
        started_at=attempt.started_at if attempt.started_at is not None else now - state.phase_seconds,
        ended_at=now,
        amplitude_right_mm=right,
        amplitude_left_mm=left,
        symmetry=symmetry,
        hold_seconds=attempt.hold_seconds,
        clean=attempt.hold_reached and not attempt.warned and (symmetry is None or symmetry >= UNEVEN),
        judged_share=attempt.judged / max(attempt.pictures, 1),
        unwanted=unwanted,
        unseen=tuple(dict.fromkeys(a.rule.pattern for a in state.areas if a.unseen_share > UNSEEN_SHARE)),
        resting=attempt.resting,
    )
    events.append(RepetitionDone(now, repetition))
    fresh = replace(state, areas=start(plan).areas, attempt=Attempt())
    if state.repetition >= plan.exercise.dose.repetitions:
        fresh, done = _enter(fresh, Phase.DONE, now)
        return fresh, (*events, *done, PracticeDone(now))
    fresh, rest = _enter(replace(fresh, repetition=state.repetition + 1), Phase.REST, now)
    return fresh, (*events, *rest)


def unfinished(state: Coaching) -> tuple[UnwantedMovement, ...]:
    """What joined in during the repetition under way, up to the last picture."""
    now = state.last_at or 0.0
    going_on = [noted for area in state.areas if area.joining_in for noted in _noted(area, now)]
    return (*state.attempt.unwanted, *going_on)


def _amplitude(attempt: Attempt, index: int) -> float | None:
    """Median over the hold, or the largest value where there was none; None: unseen."""
    if not attempt.held:
        return attempt.peak[index]
    held = [value for pair in attempt.held if (value := pair[index]) is not None]
    return float(np.median(held)) if held else None


def _symmetry(right: float | None, left: float | None) -> float | None:
    """Smaller over larger amplitude (clinical.md 5.3); None where a side is unseen or nothing moved."""
    if right is None or left is None or max(right, left) <= 0:
        return None
    return max(min(right, left), 0.0) / max(right, left)


_PHASES = {
    Phase.REST: _rest,
    Phase.MOVE: _move,
    Phase.HOLD: _hold,
    Phase.RELEASE: _release,
}
