"""From phase and events to what is said, shown and sounded: one calm sentence, one cue, one tone.

Words are about the person's own side, never about size, strength or fault. In a repetition about which nothing is said
(fading feedback) the phases are told, and nothing of how it goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coach import words
from coach.events import (
    AFTERWARDS,
    Corrected,
    Event,
    HoldCounted,
    Phase,
    PhaseEntered,
    PracticeDone,
    RepetitionDone,
    UnwantedMovementEnded,
    UnwantedMovementWarned,
)
from coach.exercise import Pattern
from coach.face import Side
from coach.plan import Plan, Turn
from coach.sight import Reason
from coach.under_way import Coaching

RESTLESS_SECONDS = 15.0  # a quiet face rests in two; whoever waits longer wants to know why
CORRECTED_SECONDS = 3.0  # so long a correction stands, if nothing else has to be said


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the person is told now: `cue` sounds once, `tone` is the soft tone's strength, `say` is spoken."""

    message: str
    cue: str | None = None
    tone: float | None = None
    say: str | None = None


def warning_words(pattern: Pattern, side: Side | None) -> str:
    """The pattern's own sentence with the side filled in."""
    return pattern.say.format(side=side.value) if side is not None else pattern.say


def prompt(turn: Turn) -> str:
    """What is said as a movement begins."""
    if turn.still:
        return words.REST_ONLY
    return turn.prompt if turn.side is None else f"{words.ALONE[turn.side.value]} {turn.prompt}"


def compose(
    plan: Plan,
    patterns: Mapping[str, Pattern],
    state: Coaching,
    events: tuple[Event, ...],
    reason: Reason | None,
) -> Feedback:
    """One calm message for this picture; `reason` where it is not judged."""
    turn = plan.turn(state.repetition)
    just_done = next((e.repetition.number for e in events if isinstance(e, RepetitionDone)), state.repetition)
    of_events = plan.turn(just_done)
    return Feedback(
        _message(turn, patterns, state, reason),
        _cue(of_events, state, events),
        _tone(turn, state, reason),
        _spoken(of_events, turn, patterns, events),
    )


def muted(turn: Turn, state: Coaching) -> bool:
    """Whether nothing is said about how the repetition under way goes."""
    return turn.muted and state.phase in (Phase.MOVE, Phase.HOLD, Phase.RELEASE)


def _message(turn: Turn, patterns: Mapping[str, Pattern], state: Coaching, reason: Reason | None) -> str:
    if state.phase is Phase.DONE:
        return words.DONE
    correction = _correction(state)
    if reason is Reason.TAKING_REST:
        if state.phase_seconds > RESTLESS_SECONDS:
            return words.RESTLESS
        return correction or words.SETTLE
    if reason is not None:
        return words.REASONS[reason]
    if muted(turn, state):
        return _phase_words(turn, state)
    warning = state.warning
    if warning is not None:
        return warning_words(patterns[warning.rule.pattern], warning.rule.side)
    if state.phase in (Phase.MOVE, Phase.HOLD):
        if state.too_big:
            return words.CORRECTIONS["too_big"]
        if state.uneven:
            return words.CORRECTIONS["uneven"]
    return correction or _phase_words(turn, state)


def _correction(state: Coaching) -> str | None:
    """What was corrected a moment ago. The way down is spoken of in the rest behind it."""
    given = state.corrected
    if given is None or (state.last_at or 0.0) - given.at > CORRECTED_SECONDS:
        return None
    if (state.phase is Phase.REST) != (given.kind in AFTERWARDS):
        return None
    return words.CORRECTIONS[given.kind]


def _phase_words(turn: Turn, state: Coaching) -> str:
    match state.phase:
        case Phase.REST:
            return words.REST_ON
        case Phase.RELEASE:
            return words.RELEASE
        case Phase.HOLD if turn.still:
            return words.REST_ONLY
        case Phase.HOLD if turn.band is None and turn.movement is not None:
            return words.SHOW_RANGE
        case Phase.HOLD:
            return words.HOLD_EASED if state.attempt.warned and not turn.muted else words.HOLD
    return prompt(turn)


def _cue(turn: Turn, state: Coaching, events: tuple[Event, ...]) -> str | None:
    """The most pressing sound of a picture; every change that the person has to know of has one."""
    cues: list[str] = []
    for event in events:
        match event:
            case UnwantedMovementWarned() | Corrected(kind="too_big") if not turn.muted:
                cues.append("warning")
            case PracticeDone():
                cues.append("done")
            case PhaseEntered(phase=Phase.MOVE):
                cues.append("move_start")
            case PhaseEntered(phase=Phase.HOLD):
                cues.append("hold_start")
            case PhaseEntered(phase=Phase.RELEASE):
                cues.append("hold_done" if state.attempt.hold_reached or turn.muted else "release_start")
            case RepetitionDone():
                cues.append("repetition_done")
            case PhaseEntered(phase=Phase.REST):
                cues.append("rest_start")
            case UnwantedMovementEnded() if not turn.muted and state.warning is None and state.attempt.warned:
                cues.append("joined_end")
            case HoldCounted():
                cues.append("count")
    return min(cues, key=_PRESSING.index, default=None)


_PRESSING = (
    *("warning", "done", "hold_done", "release_start", "hold_start", "move_start", "repetition_done"),
    *("rest_start", "joined_end", "count"),
)


def _tone(turn: Turn, state: Coaching, reason: Reason | None) -> float | None:
    """The soft tone sounds while the movement is in its band and everything else is quiet; rest is silent."""
    if reason is not None or state.phase is not Phase.HOLD or state.level is None or turn.muted:
        return None
    if state.too_big or state.warning is not None or state.uneven:
        return None
    return min(max(state.level / state.top, 0.0), 1.0)


def _spoken(
    turn: Turn, coming: Turn, patterns: Mapping[str, Pattern], events: tuple[Event, ...]
) -> str | None:
    """What is said aloud; `turn` is the one the events belong to, `coming` the one under way."""
    if not turn.muted:
        for event in events:
            if isinstance(event, UnwantedMovementWarned):
                return warning_words(patterns[event.pattern], event.side)
    for event in events:
        if isinstance(event, Corrected) and not turn.muted and event.kind not in AFTERWARDS:
            return words.CORRECTIONS[event.kind]
    for event in reversed(events):
        match event:
            case PhaseEntered(phase=Phase.DONE):
                return words.DONE
            case PhaseEntered(phase=Phase.REST):
                late = [e.kind for e in events if isinstance(e, Corrected) and e.kind in AFTERWARDS]
                return words.CORRECTIONS[late[-1]] if late and not turn.muted else words.SETTLE
            case PhaseEntered(phase=Phase.MOVE):
                return prompt(coming)
            case PhaseEntered(phase=Phase.HOLD):
                return words.REST_ONLY if coming.still else words.HOLD
            case PhaseEntered(phase=Phase.RELEASE):
                return words.RELEASE
            case HoldCounted(seconds=seconds):
                return words.count(seconds) if turn.eyes_closed else None
    return None
