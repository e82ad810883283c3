"""From phase to phase: a repetition goes its way, ends, and after a break is begun anew.

Where the movement is measured it leads, where it cannot be the clock does; where nothing is to move the hold begins at
once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from coach import manner, repetition
from coach.events import (
    AFTERWARDS,
    Event,
    HoldCounted,
    Phase,
    PhaseEntered,
    PracticeDone,
    RepetitionDone,
    UnwantedMovementEnded,
)
from coach.manner import BELOW_SECONDS, LET_GO, STARTED
from coach.plan import Plan
from coach.repetition import Attempt
from coach.under_way import Coaching, Step, areas_of, corrected, unfinished

STILL_HELD = 0.8  # a hold that sags a little is still a hold
HOLD_PATIENCE_SECONDS = 20.0  # a hold that will not settle is let go kindly
RELEASE_PATIENCE_SECONDS = 12.0  # likewise a release that never quite ends: the next rest starts anew
# Nothing happened: take the resting face again, it has gone stale. On the way, but not there: let it go kindly.
MOVE_PATIENCE_SECONDS = 25.0
BRUSHED_SECONDS = 1.0  # a band that was only brushed was no repetition: it may be tried again
SETTLE_SECONDS = 0.2  # a level must stand this long: one stray picture changes no phase
NOT_A_REST = -0.6  # a movement this far the wrong way means the "rest" was taken on a moved face


def go_on(plan: Plan, state: Coaching, seconds: float, now: float) -> Step:
    """The way on from the phase that is under way, after `seconds` of it more."""
    ways = _BY_CLOCK if plan.turn(state.repetition).band is None else _LED
    return ways[state.phase](plan, state, seconds, now)


def enter(state: Coaching, phase: Phase, now: float) -> Step:
    """Into another phase."""
    return replace(state, phase=phase, phase_seconds=0.0, settled_seconds=0.0), (PhaseEntered(now, phase),)


def after_break(plan: Plan, state: Coaching, now: float) -> Step:
    """Go on after a pause: from a fresh resting face, with the same repetition."""
    if state.phase in (Phase.PREPARE, Phase.DONE):
        return state, ()
    if state.attempt.hold_reached:  # everything that counts was done: keep it
        return _finish(plan, state, now)
    # What joined in so far belongs to this repetition still: its log must not lose a warning that was given.
    before = state.attempt
    kept = Attempt(
        unwanted=unfinished(state), warned=before.warned, manner=manner.Manner(told=before.manner.told)
    )
    areas = areas_of(plan.turn(state.repetition))
    return enter(replace(state, areas=areas, attempt=kept), Phase.REST, now)


def _settled(state: Coaching, condition: bool, seconds: float) -> tuple[Coaching, bool]:
    """Whether a condition has stood long enough, and the state that remembers it."""
    standing = state.settled_seconds + seconds if condition else 0.0
    return replace(state, settled_seconds=standing), standing >= SETTLE_SECONDS


def _rest(plan: Plan, state: Coaching, seconds: float, now: float) -> Step:
    """The resting face is taken. The person may rest on, up to the card's time, or start on their own."""
    turn = plan.turn(state.repetition)
    begun = turn.band is not None and state.level is not None and state.level > STARTED
    state, early = _settled(state, begun, seconds)
    if early or state.repetition == 1 or state.phase_seconds >= plan.dose.rest_seconds:
        return enter(state, Phase.HOLD if turn.still else Phase.MOVE, now)
    return state, ()


def _move(plan: Plan, state: Coaching, seconds: float, now: float) -> Step:
    level = state.level
    if level is None:
        return state, ()
    attempt = state.attempt
    if level < STARTED:  # a stray picture or a false start: it has not begun
        attempt = replace(attempt, started_at=None)
    elif attempt.started_at is None:
        attempt = replace(attempt, started_at=now)
    state = replace(state, attempt=attempt)
    state, settled = _settled(state, level >= state.bottom or level < NOT_A_REST, seconds)
    if settled and level < NOT_A_REST:
        return after_break(plan, state, now)
    if settled:
        return enter(state, Phase.HOLD, now)
    if state.phase_seconds < MOVE_PATIENCE_SECONDS:
        return state, ()
    if level < STARTED:
        return after_break(plan, state, now)
    as_far_as_it_goes = attempt.manner.below_seconds >= BELOW_SECONDS  # and told so
    return enter(state, Phase.RELEASE, now) if as_far_as_it_goes else (state, ())


def _hold(plan: Plan, state: Coaching, seconds: float, now: float) -> Step:
    """Only time inside the band with every watched area quiet is counted; easing back after a warning is inside.

    Where nothing is said about how it goes, the person sees the time in the movement counted, whatever joins in.
    """
    level = state.level
    if level is None:
        return state, ()
    muted = plan.turn(state.repetition).muted
    bottom = 1.0 if muted else state.bottom
    under_way = bottom * STILL_HELD <= level
    inside = under_way and not state.too_big
    state, counted = _count(state, inside and state.quiet, under_way if muted else None, seconds, now)
    attempt = state.attempt
    if inside and seconds > 0:
        attempt = replace(attempt, held=(*attempt.held, state.sides))
    state = replace(state, attempt=replace(attempt, hold_reached=_held(plan, attempt.hold_seconds)))
    if _hold_over(plan, state):
        state, released = enter(state, Phase.RELEASE, now)
        return state, counted + released
    state, let_go = _settled(state, level < LET_GO, seconds)
    if let_go and state.phase_seconds < BRUSHED_SECONDS and not attempt.warned:
        return enter(replace(state, attempt=Attempt(unwanted=attempt.unwanted)), Phase.MOVE, now)
    if not let_go:
        return state, counted
    state, finished = _finish(plan, state, now)
    return state, counted + finished


def _count(state: Coaching, quiet: bool, shown: bool | None, seconds: float, now: float) -> Step:
    """Count what was held quietly, and what the person sees counted (`shown`; None: the same)."""
    before = state.attempt
    after = replace(
        before,
        hold_seconds=before.hold_seconds + (seconds if quiet else 0.0),
        shown_seconds=before.shown_seconds + (seconds if (quiet if shown is None else shown) else 0.0),
        blinked_seconds=before.blinked_seconds + (seconds if quiet and state.blink else 0.0),
    )
    state = replace(state, attempt=after)
    whole = int(after.shown_seconds + 1e-9)
    return state, (HoldCounted(now, whole),) if whole > int(before.shown_seconds + 1e-9) else ()


def _held(plan: Plan, seconds: float) -> bool:
    return seconds >= plan.dose.hold_seconds - 1e-9


def _hold_over(plan: Plan, state: Coaching) -> bool:
    patience = HOLD_PATIENCE_SECONDS + plan.dose.hold_seconds
    return _held(plan, state.attempt.shown_seconds) or state.phase_seconds >= patience


def _release(plan: Plan, state: Coaching, seconds: float, now: float) -> Step:
    if state.level is None:
        return state, ()
    state, melted = _settled(state, state.level < LET_GO, seconds)
    if not melted and state.phase_seconds < RELEASE_PATIENCE_SECONDS:
        return state, ()
    return _finish(plan, state, now)


def _move_by_clock(plan: Plan, state: Coaching, seconds: float, now: float) -> Step:
    if state.attempt.started_at is None:
        state = replace(state, attempt=replace(state.attempt, started_at=now))
    if state.phase_seconds >= plan.dose.ramp_seconds:
        return enter(state, Phase.HOLD, now)
    return state, ()


def _hold_by_clock(plan: Plan, state: Coaching, seconds: float, now: float) -> Step:
    """The quiet time counts; where nothing is said, or nothing is watched, all of it is shown."""
    if state.attempt.started_at is None:
        state = replace(state, attempt=replace(state.attempt, started_at=now))
    turn = plan.turn(state.repetition)
    state, counted = _count(state, state.quiet, True if turn.muted else None, seconds, now)
    attempt = state.attempt
    if turn.movement is not None and seconds > 0:
        attempt = replace(attempt, held=(*attempt.held, state.sides))
    state = replace(state, attempt=replace(attempt, hold_reached=_held(plan, attempt.hold_seconds)))
    if not _hold_over(plan, state):
        return state, counted
    state, ended = _finish(plan, state, now) if turn.still else enter(state, Phase.RELEASE, now)
    return state, counted + ended


def _release_by_clock(plan: Plan, state: Coaching, seconds: float, now: float) -> Step:
    return _finish(plan, state, now) if state.phase_seconds >= plan.dose.release_seconds else (state, ())


def _finish(plan: Plan, state: Coaching, now: float) -> Step:
    """Close the repetition: it goes into the log before the next one begins."""
    events: list[Event] = []
    turn = plan.turn(state.repetition)
    was = {"released_fast": state.attempt.manner.released_fast, "blinked": state.attempt.blinked}
    for kind in (kind for kind in AFTERWARDS if was[kind]):
        made = state.attempt.manner.telling(kind)
        state = replace(state, attempt=replace(state.attempt, manner=made))
        state, told = corrected(turn, state, kind, now)
        events += told
    unwanted = state.attempt.unwanted
    for area in state.areas:
        if area.joining_in:
            events.append(UnwantedMovementEnded(now, area.rule.pattern, area.rule.side))
            unwanted += repetition.noted(area, now)
    done = repetition.finish(
        turn,
        state.attempt,
        state.areas,
        state.repetition,
        now - state.phase_seconds,
        now,
        unwanted,
    )
    events.append(RepetitionDone(now, done))
    state = replace(
        state, attempt=Attempt(), level=None, furthest=None, sides=(None, None), movement_unseen_seconds=0.0
    )
    if state.repetition >= plan.repetitions:
        state, over = enter(replace(state, areas=()), Phase.DONE, now)
        return state, (*events, *over, PracticeDone(now))
    following = state.repetition + 1
    state = replace(state, repetition=following, areas=areas_of(plan.turn(following)))
    state, rest = enter(state, Phase.REST, now)
    return state, (*events, *rest)


Way = dict[Phase, Callable[[Plan, Coaching, float, float], Step]]
_LED: Way = {Phase.REST: _rest, Phase.MOVE: _move, Phase.HOLD: _hold, Phase.RELEASE: _release}
_BY_CLOCK: Way = {
    Phase.REST: _rest,
    Phase.MOVE: _move_by_clock,
    Phase.HOLD: _hold_by_clock,
    Phase.RELEASE: _release_by_clock,
}
