"""Everything the coach says, shows and sounds: from phase and events to one calm sentence.

Words are about the person's own side, never about size, strength or fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coach.coaching import Coaching, Plan
from coach.events import Event, Phase, PhaseEntered, PracticeDone, RepetitionDone, UnwantedMovementWarned
from coach.exercise import Pattern
from coach.face import Side
from coach.sight import Reason

SETTLE = "Let your face go soft. Nothing to do."
RESTLESS = "Still settling. A little more light, or something to lean your head on, helps."
RESTLESS_SECONDS = 15.0  # a quiet face rests in two; whoever waits longer wants to know why

REASONS: Mapping[Reason, str] = {
    Reason.STARTING: "One moment, the coach is looking for your face.",
    Reason.TAKING_REST: SETTLE,
    Reason.PAUSED: "Paused. Go on whenever you like.",
    Reason.BROKEN_FRAME: "One picture did not come through. Just carry on.",
    Reason.NO_FACE: "I cannot see your face. Come into view when you are ready.",
    Reason.TWO_FACES: "I see two faces. Practise with only yours in view.",
    Reason.TOO_FAR: "Come a little nearer.",
    Reason.TOO_NEAR: "Move back a little.",
    Reason.TURNED_AWAY: "Turn gently to face the camera.",
    Reason.LOOKING_ASIDE: "Rest your gaze near the camera.",
    Reason.TOO_DARK: "It is a little dark. A light in front of you helps.",
    Reason.TOO_BRIGHT: "It is very bright. Softer light helps.",
    Reason.MOVING_TOO_FAST: "Let your head come to rest.",
    Reason.TALKING: "Let your mouth rest for a moment, then go on.",
    Reason.HAND_OVER_FACE: "Something covers part of your face. Clear the view when you can.",
}

MOVE: Mapping[str, str] = {
    "smile": "Ease into a small smile, both corners together.",
    "pucker": "Bring the lips forward a little, softly.",
    "eye_closing": "Let your lids drift shut, as if falling asleep.",
}
REST_ON = "Rest. Breathe out slowly."
HOLD = "Hold it there, softly."
HOLD_EASED = "That is it. Hold just here."
SMALLER = "Smaller is better. Ease back a little."
EVEN = "Let the quicker side wait for the other."
RELEASE = "Let it melt away."
DONE = "That was the last one. Let everything rest."


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


def compose(
    plan: Plan,
    patterns: Mapping[str, Pattern],
    state: Coaching,
    events: tuple[Event, ...],
    reason: Reason | None,
) -> Feedback:
    """One calm message for this picture; `reason` where it is not judged."""
    message = _message(plan, patterns, state, reason)
    return Feedback(
        message, _cue(state, events), _tone(state, reason), _spoken(plan, patterns, state, events)
    )


def _message(plan: Plan, patterns: Mapping[str, Pattern], state: Coaching, reason: Reason | None) -> str:
    if state.phase is Phase.DONE:
        return DONE
    if reason is Reason.TAKING_REST and state.phase_seconds > RESTLESS_SECONDS:
        return RESTLESS
    if reason is not None:
        return REASONS[reason]
    warning = state.warning
    if warning is not None:
        return warning_words(patterns[warning.rule.pattern], warning.rule.side)
    if state.phase is Phase.REST:
        return REST_ON
    if state.phase is Phase.RELEASE:
        return RELEASE
    if state.too_big:
        return SMALLER
    if state.uneven:
        return EVEN
    if state.phase is Phase.HOLD:
        return HOLD_EASED if state.attempt.warned else HOLD
    return MOVE[plan.exercise.target.movement]


def _cue(state: Coaching, events: tuple[Event, ...]) -> str | None:
    for event in events:
        if isinstance(event, UnwantedMovementWarned):
            return "warning"
    for event in events:
        match event:
            case PracticeDone():
                return "done"
            case PhaseEntered(phase=Phase.HOLD):
                return "hold_start"
            case PhaseEntered(phase=Phase.RELEASE) if state.attempt.hold_reached:
                return "hold_done"
    return "repetition_done" if any(isinstance(e, RepetitionDone) for e in events) else None


def _tone(state: Coaching, reason: Reason | None) -> float | None:
    """The soft tone sounds while the movement is in its band and everything else is quiet; rest is silent."""
    if reason is not None or state.phase is not Phase.HOLD or state.level is None:
        return None
    if state.too_big or state.warning is not None or state.uneven:
        return None
    return min(max(state.level / state.top, 0.0), 1.0)


def _spoken(
    plan: Plan, patterns: Mapping[str, Pattern], state: Coaching, events: tuple[Event, ...]
) -> str | None:
    for event in events:
        if isinstance(event, UnwantedMovementWarned):
            return warning_words(patterns[event.pattern], event.side)
    for event in reversed(events):
        match event:
            case PhaseEntered(phase=Phase.DONE):
                return DONE
            case PhaseEntered(phase=Phase.REST):
                return SETTLE
            case PhaseEntered(phase=Phase.MOVE):
                return MOVE[plan.exercise.target.movement]
            case PhaseEntered(phase=Phase.HOLD):
                return "Hold."
            case PhaseEntered(phase=Phase.RELEASE):
                return RELEASE
    return None
