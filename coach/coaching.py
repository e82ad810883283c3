"""One exercise as a pure step: what a picture shows is measured, watched and corrected, and the phase goes on.

A prompt need not be obeyed on the second: whoever starts early, pauses half way or lets go late is followed.
While the face is not judged the clock stands still. A blink says nothing: what was read before it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from coach import manner, phases, repetition, watch
from coach.events import (
    Event,
    Phase,
    UnwantedMovementEnded,
    UnwantedMovementStarted,
    UnwantedMovementWarned,
)
from coach.face import SIDES
from coach.manner import STARTED, Going
from coach.movements import Readings, target_amplitude
from coach.plan import Plan, Turn
from coach.rest import Rest
from coach.under_way import MOVING, Coaching, Step, corrected

LONGEST_STEP_SECONDS = 0.5  # a longer gap between pictures was not seen, so it is not counted
TOO_BIG_TO_JUDGE = 1.5  # beyond this multiple of the band healthy faces co-move too (clinical.md 5.4)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one picture showed: readings in mm since rest while judged; `rest` None until it is taken.

    A `blink` moves the whole face a little, and the lids further than any exercise does. `turned_degrees` is how far
    the head has turned and nodded since rest.
    """

    judged: bool
    readings: Readings | None = None
    rest: Rest | None = None
    blink: bool = False
    turned_degrees: float = 0.0


def step(plan: Plan, state: Coaching, seen: Seen, now: float) -> Step:
    """The state after one more picture, and what happened. `now` is the picture's own time in seconds.

    A clock that stands still, goes back or jumps adds nothing.
    """
    gap = 0.0 if state.last_at is None else max(now - state.last_at, 0.0)
    seconds = gap if gap <= LONGEST_STEP_SECONDS else 0.0
    state = replace(
        state, last_at=now if state.last_at is None else max(now, state.last_at), blink=seen.blink
    )
    if state.phase is Phase.DONE:
        return state, ()
    if state.phase in MOVING:
        state = replace(state, attempt=replace(state.attempt, pictures=state.attempt.pictures + 1))
    unseen_seconds = min(gap, LONGEST_STEP_SECONDS)
    if not seen.judged:
        for_so_long = state.unseen_seconds + unseen_seconds
        return _unseen(plan, replace(state, unseen_seconds=for_so_long, movement_unseen_seconds=0.0), now)
    state = replace(state, unseen_seconds=0.0)
    if seen.rest is None or seen.readings is None or state.phase is Phase.PREPARE:
        state = _judged(state, seconds)
        return phases.enter(state, Phase.REST, now) if state.phase is not Phase.REST else (state, ())
    turn = plan.turn(state.repetition)
    if not seen.blink:
        state = _measure(turn, state, seen.readings, seen.rest)
    if turn.band is not None and state.level is None and state.phase in MOVING:
        for_so_long = state.movement_unseen_seconds + unseen_seconds
        return _unseen(plan, replace(state, movement_unseen_seconds=for_so_long), now)
    state = _judged(state, seconds)
    if seen.blink:  # it begins no movement, but what is held or let go goes on
        state = _unwatched(state, seconds)
        return (
            (state, ())
            if state.phase in (Phase.REST, Phase.MOVE)
            else phases.go_on(plan, state, seconds, now)
        )
    state, noticed = _watch(plan, turn, state, seen, seconds, now)
    state, told = _correct(plan, turn, state, seen, seconds, now)
    state, moved_on = phases.go_on(plan, state, seconds, now)
    return state, noticed + told + moved_on


def _judged(state: Coaching, seconds: float) -> Coaching:
    """One more picture that was judged: it stands for `seconds` of the phase."""
    attempt = state.attempt
    if state.phase in MOVING:
        attempt = replace(attempt, judged=attempt.judged + 1)
    return replace(
        state,
        movement_unseen_seconds=0.0,
        phase_seconds=state.phase_seconds + seconds,
        attempt=attempt,
    )


def _unseen(plan: Plan, state: Coaching, now: float) -> Step:
    """The clock stands still; once it is lost the repetition is begun anew from a fresh rest."""
    state = replace(state, level=None, furthest=None, sides=(None, None))
    if not (state.lost or state.movement_lost) or state.phase in (Phase.PREPARE, Phase.REST):
        return state, ()
    return phases.after_break(plan, state, now)


def _measure(turn: Turn, state: Coaching, readings: Readings, rest: Rest) -> Coaching:
    """The level of the wanted movement, and the repetition's samples of it."""
    attempt = replace(state.attempt, resting=rest.shape)
    if turn.movement is None:
        return replace(state, attempt=attempt)
    right, left = (
        target_amplitude(turn.movement, readings, side) if side in turn.sides else None for side in SIDES
    )
    if state.phase in (Phase.MOVE, Phase.HOLD):
        attempt = replace(attempt, peak=repetition.larger(attempt.peak, (right, left)))
    state = replace(state, sides=(right, left), attempt=attempt)
    if turn.band is None:
        return state
    bands = [turn.band.mm(side, rest) for side in SIDES]
    levels = [a / low for a, (low, _) in zip((right, left), bands, strict=True) if a is not None]
    level, furthest = (float(np.mean(levels)), max(levels)) if levels else (None, None)
    return replace(state, level=level, furthest=furthest, top=bands[0][1] / bands[0][0])


def _watch(plan: Plan, turn: Turn, state: Coaching, seen: Seen, seconds: float, now: float) -> Step:
    """Step every watched area; the movement of a moving face only, and never beyond where healthy faces co-move."""
    assert seen.readings is not None
    assert seen.rest is not None
    if state.phase not in MOVING:
        return state, ()
    if state.level is not None and state.level > state.top * TOO_BIG_TO_JUDGE:
        return _unwatched(state, seconds), ()
    seen_sides = [a for a in state.sides if a is not None]
    amplitude = float(np.mean(seen_sides)) if seen_sides and turn.band is not None else None
    going = state.phase is not Phase.RELEASE
    events: list[Event] = []
    areas = []
    attempt = state.attempt
    for before in state.areas:
        after = watch.step(
            before,
            seen.readings,
            seen.rest,
            amplitude,
            now,
            seconds,
            plan.dwell_seconds,
            going,
            seen.turned_degrees,
        )
        name, side = before.rule.pattern, before.rule.side
        if after.joining_in and not before.joining_in:
            events.append(UnwantedMovementStarted(now, name, side))
        if after.warned and not before.warned:
            events.append(UnwantedMovementWarned(now, name, side))
            attempt = replace(attempt, warned=True)
        if before.joining_in and not after.joining_in:
            events.append(UnwantedMovementEnded(now, name, side))
            attempt = replace(attempt, unwanted=attempt.unwanted + repetition.noted(before, now))
        areas.append(after)
    return replace(state, areas=tuple(areas), attempt=attempt), tuple(events)


def _unwatched(state: Coaching, seconds: float) -> Coaching:
    """The areas of a moving face were not watched for `seconds`: that is not quiet."""
    if state.phase not in MOVING:
        return state
    return replace(state, areas=tuple(watch.unwatched(area, seconds) for area in state.areas))


def _correct(plan: Plan, turn: Turn, state: Coaching, seen: Seen, seconds: float, now: float) -> Step:
    """How the movement is made: what is to be gentler is told."""
    if turn.band is None or state.level is None or state.phase not in MOVING or seen.rest is None:
        return state, ()
    right, left = (turn.band.mm(side, seen.rest)[0] if side in turn.sides else None for side in SIDES)
    going = Going(
        state.level,
        state.sides,
        (right, left),
        rising=state.phase is Phase.MOVE,
        held=state.phase is Phase.HOLD,
        below=state.phase is Phase.MOVE and not state.attempt.warned and STARTED <= state.level < 1.0,
        too_big=state.too_big,
        uneven=state.uneven,
    )
    made, kind = manner.step(state.attempt.manner, going, now, seconds, plan.dwell_seconds)
    state = replace(state, attempt=replace(state.attempt, manner=made))
    return (state, ()) if kind is None else corrected(turn, state, kind, now)
