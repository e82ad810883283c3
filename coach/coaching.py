"""One exercise as phases: a pure step that follows what the person does.

A prompt need not be obeyed on the second: whoever starts early, pauses half way or lets go late is followed.
While the face is not judged the clock stands still. Where the movement itself cannot be measured the clock leads, and
where nothing is to move the hold begins at once; the areas that stay quiet are watched all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from coach import manner, repetition, watch
from coach.events import (
    Corrected,
    Event,
    HoldCounted,
    Phase,
    PhaseEntered,
    PracticeDone,
    RepetitionDone,
    UnwantedMovement,
    UnwantedMovementEnded,
    UnwantedMovementStarted,
    UnwantedMovementWarned,
)
from coach.face import SIDES
from coach.manner import LET_GO, STARTED, UNEVEN, Going, Sides
from coach.movements import Readings, target_amplitude
from coach.plan import Plan, Turn
from coach.repetition import Attempt
from coach.rest import Rest

LONGEST_STEP_SECONDS = 0.5  # a longer gap between pictures was not seen, so it is not counted
LOST_SECONDS = 3.0  # after this long unseen the person may have moved: the resting face is taken again
STILL_HELD = 0.8  # a hold that sags a little is still a hold
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
NOT_A_REST = -0.6  # a movement this far the wrong way means the "rest" was taken on a moved face
MOVING = (Phase.MOVE, Phase.HOLD, Phase.RELEASE)


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
class Coaching:
    """Where the exercise stands.

    `phase_seconds` counts judged time in the phase; `settled_seconds` how long the condition for leaving it has
    held; `level` is the movement as a share of the band's lower edge (None: unseen), `top` the band's upper edge.
    `corrected` is the latest correction that was said.
    """

    areas: tuple[watch.Area, ...]
    phase: Phase = Phase.PREPARE
    repetition: int = 1
    phase_seconds: float = 0.0
    settled_seconds: float = 0.0
    unseen_seconds: float = 0.0
    last_at: float | None = None
    level: float | None = None
    sides: Sides = (None, None)
    furthest: float | None = None
    top: float = 2.0
    corrected: Corrected | None = None
    attempt: Attempt = field(default_factory=Attempt)

    @property
    def warning(self) -> watch.Area | None:
        """The area a warning stands for at present: the one furthest over its tolerance."""
        return max((a for a in self.areas if a.warned), key=lambda a: a.excess, default=None)

    @property
    def quiet(self) -> bool:
        """Whether every watched area is inside its tolerance."""
        return not any(area.joining_in for area in self.areas)

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


Step = tuple[Coaching, tuple[Event, ...]]


def start(plan: Plan) -> Coaching:
    """Before the first picture."""
    return Coaching(areas=_areas(plan.turn(1)))


def _areas(turn: Turn) -> tuple[watch.Area, ...]:
    return tuple(watch.Area(rule) for rule in turn.rules)


def step(plan: Plan, state: Coaching, seen: Seen, now: float) -> Step:
    """The state after one more picture, and what happened. `now` is the picture's own time in seconds.

    A clock that stands still, goes back or jumps adds nothing.
    """
    gap = 0.0 if state.last_at is None else max(now - state.last_at, 0.0)
    seconds = gap if gap <= LONGEST_STEP_SECONDS else 0.0
    state = replace(state, last_at=now if state.last_at is None else max(now, state.last_at))
    if state.phase is Phase.DONE:
        return state, ()
    if state.phase in MOVING:
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
    turn = plan.turn(state.repetition)
    state = _measure(turn, state, seen.readings, seen.rest)
    state, noticed = _watch(plan, turn, state, seen, seconds, now)
    if seen.blink and state.phase in (Phase.REST, Phase.MOVE):
        return state, noticed  # a blink closes the eyes further than any exercise, and begins none
    state, corrected = _correct(plan, turn, state, seen, seconds, now)
    state, moved_on = _way(turn)[state.phase](plan, state, seconds, now)
    return state, noticed + corrected + moved_on


def _unseen(plan: Plan, state: Coaching, seconds: float, now: float) -> Step:
    """The clock stands still; after a while the repetition is begun anew from a fresh rest."""
    state = replace(
        state, unseen_seconds=state.unseen_seconds + seconds, level=None, furthest=None, sides=(None, None)
    )
    if not state.lost or state.phase in (Phase.PREPARE, Phase.REST):
        return state, ()
    return after_break(plan, state, now)


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
    if state.phase not in MOVING or seen.blink:
        return state, ()
    if turn.band is not None and (state.level is None or state.level > state.top * TOO_BIG_TO_JUDGE):
        return state, ()
    seen_sides = [a for a in state.sides if a is not None]
    amplitude = float(np.mean(seen_sides)) if seen_sides and turn.band is not None else None
    going = state.phase is not Phase.RELEASE
    events: list[Event] = []
    areas = []
    attempt = state.attempt
    for before in state.areas:
        after = watch.step(
            before, seen.readings, seen.rest, amplitude, now, seconds, plan.dwell_seconds, going
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
        too_big=state.too_big,
        uneven=state.uneven,
    )
    made, kind = manner.step(state.attempt.manner, going, now, seconds, plan.dwell_seconds)
    state = replace(state, attempt=replace(state.attempt, manner=made))
    return (state, ()) if kind is None else _corrected(turn, state, kind, now)


def _corrected(turn: Turn, state: Coaching, kind: str, now: float) -> Step:
    event = Corrected(now, kind)
    return replace(state, corrected=state.corrected if turn.muted else event), (event,)


def _settled(state: Coaching, condition: bool, seconds: float) -> tuple[Coaching, bool]:
    """Whether a condition has stood long enough, and the state that remembers it."""
    standing = state.settled_seconds + seconds if condition else 0.0
    return replace(state, settled_seconds=standing), standing >= SETTLE_SECONDS


def _enter(state: Coaching, phase: Phase, now: float) -> Step:
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
    areas = _areas(plan.turn(state.repetition))
    return _enter(replace(state, areas=areas, attempt=kept), Phase.REST, now)


def _rest(plan: Plan, state: Coaching, seconds: float, now: float) -> Step:
    """The resting face is taken. The person may rest on, up to the card's time, or start on their own."""
    turn = plan.turn(state.repetition)
    begun = turn.band is not None and state.level is not None and state.level > STARTED
    state, early = _settled(state, begun, seconds)
    if early or state.repetition == 1 or state.phase_seconds >= plan.dose.rest_seconds:
        return _enter(state, Phase.HOLD if turn.still else Phase.MOVE, now)
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
        return _enter(state, Phase.HOLD, now)
    if state.phase_seconds >= MOVE_PATIENCE_SECONDS and level < STARTED:
        return after_break(plan, state, now)
    return state, ()


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
        state, released = _enter(state, Phase.RELEASE, now)
        return state, counted + released
    state, let_go = _settled(state, level < LET_GO, seconds)
    if let_go and state.phase_seconds < BRUSHED_SECONDS and not attempt.warned:
        return _enter(replace(state, attempt=Attempt(unwanted=attempt.unwanted)), Phase.MOVE, now)
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
        return _enter(state, Phase.HOLD, now)
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
    state, ended = _finish(plan, state, now) if turn.still else _enter(state, Phase.RELEASE, now)
    return state, counted + ended


def _release_by_clock(plan: Plan, state: Coaching, seconds: float, now: float) -> Step:
    return _finish(plan, state, now) if state.phase_seconds >= plan.dose.release_seconds else (state, ())


def _finish(plan: Plan, state: Coaching, now: float) -> Step:
    """Close the repetition: it goes into the log before the next one begins."""
    events: list[Event] = []
    turn = plan.turn(state.repetition)
    if state.attempt.manner.released_fast:
        made = state.attempt.manner.telling("released_fast")
        state = replace(state, attempt=replace(state.attempt, manner=made))
        state, corrected = _corrected(turn, state, "released_fast", now)
        events += corrected
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
    state = replace(state, attempt=Attempt(), level=None, furthest=None, sides=(None, None))
    if state.repetition >= plan.repetitions:
        state, over = _enter(replace(state, areas=()), Phase.DONE, now)
        return state, (*events, *over, PracticeDone(now))
    following = state.repetition + 1
    state = replace(state, repetition=following, areas=_areas(plan.turn(following)))
    state, rest = _enter(state, Phase.REST, now)
    return state, (*events, *rest)


def unfinished(state: Coaching) -> tuple[UnwantedMovement, ...]:
    """What joined in during the repetition under way, up to the last picture."""
    now = state.last_at or 0.0
    going_on = [noted for area in state.areas if area.joining_in for noted in repetition.noted(area, now)]
    return (*state.attempt.unwanted, *going_on)


Way = dict[Phase, Callable[[Plan, Coaching, float, float], Step]]
_LED: Way = {Phase.REST: _rest, Phase.MOVE: _move, Phase.HOLD: _hold, Phase.RELEASE: _release}
_BY_CLOCK: Way = {
    Phase.REST: _rest,
    Phase.MOVE: _move_by_clock,
    Phase.HOLD: _hold_by_clock,
    Phase.RELEASE: _release_by_clock,
}


def _way(turn: Turn) -> Way:
    return _BY_CLOCK if turn.band is None else _LED
