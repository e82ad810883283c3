"""Every sentence the coach says while somebody practises: calm, short, about the person's own side.

What a movement is called and what to say when an area joins in stands on the cards (exercises/), what the page says by
itself in coach/page_words.py, what is asked before a session in coach/comfort.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from coach.sight import Reason

SETTLE = "Let your face go soft. Nothing to do."
RESTLESS = "Still settling. A little more light, or something to lean your head on, helps."

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
    Reason.MOVEMENT_UNSEEN: "I cannot see this movement just now. Hair or a shadow may lie over it.",
}

REST_ON = "Rest. Breathe out slowly."
REST_ONLY = "Nothing to move. Let your whole face hang soft and heavy."
LIDS_A_LITTLE = "Lower both lids a little, and stay there."
LIDS_HALF_WAY = "Lower both lids about half way, and stay there."
HOLD = "Hold it there, softly."
HOLD_EASED = "That is it. Hold just here."
SHOW_RANGE = "Stay there as long as it is comfortable."
RELEASE = "Let it melt away."
DONE = "That was the last one. Let everything rest."
ALONE: Mapping[str, str] = {
    "right": "Your right side alone.",
    "left": "Your left side alone.",
}

CORRECTIONS: Mapping[str, str] = {
    "too_big": "Smaller is better. Ease back a little.",
    "too_small": "A little further, if that is comfortable.",
    "too_fast": "A little slower. Take about three seconds.",
    "uneven_start": "Let both sides set off together.",
    "uneven": "Let the quicker side wait for the other.",
    "released_fast": "Let it melt slowly, as slowly as it came.",
    "blinked": "Your eyes may want a pause. Blink softly a few times.",
}

TINY = "Today a tiny movement is enough: only a small part of the way."

COUNTED_SINGLY = 20  # seconds; longer holds are counted in tens


def count(seconds: int) -> str | None:
    """The number said at a whole second of the hold, where eyes are closed; None where none is said."""
    if seconds < 1 or (seconds > COUNTED_SINGLY and seconds % 10):
        return None
    return str(seconds)
