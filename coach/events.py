"""What happened in a practice, in the past tense; feedback and the log read the same list.

Times are seconds on the practice's own clock, amplitudes are millimetres of the target movement.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from coach.face import Side
from coach.resting_shape import RestingShape


class Phase(str, Enum):
    """Where the exercise stands."""

    PREPARE = "prepare"  # getting the face in view, facing the camera, in good light
    REST = "rest"  # face at rest; the resting face is taken
    MOVE = "move"  # easing into the movement
    HOLD = "hold"  # inside the band, the hold is being counted
    RELEASE = "release"  # letting the movement melt away
    DONE = "done"


@dataclass(frozen=True, slots=True)
class UnwantedMovement:
    """One area that joined in during one repetition.

    `side` is None for the midline (chin). `peak_mm` is its largest reading; `onset_amplitude_mm` is how far the wanted
    movement had got when it began, None where that is not measured; `warned_at` is None where it passed too soon to be
    said.
    """

    pattern: str
    movement: str
    side: Side | None
    started_at: float
    ended_at: float
    peak_mm: float
    onset_amplitude_mm: float | None
    warned_at: float | None


@dataclass(frozen=True, slots=True)
class WatchedArea:
    """What one watched area did in one repetition, whether or not it joined in.

    `side` is None for the midline. `coupling` is its movement in mm for each mm of the wanted movement, `peak_mm` its
    largest reading; None: not known. `seen_share` is the share of the repetition in which it was seen, 0 to 1.
    """

    pattern: str
    side: Side | None
    coupling: float | None
    peak_mm: float | None
    seen_share: float


@dataclass(frozen=True, slots=True)
class Repetition:
    """One finished repetition.

    `amplitude_*_mm` is the median during the hold, or the largest value if no hold was reached; None: unseen.
    `symmetry` is the smaller over the larger amplitude, 0 to 1; None: unseen.
    `hold_seconds` counts only time inside the band with every watched area quiet.
    `clean` means the hold was reached, no warning was given and the sides went together.
    `unseen` names the watched patterns that could not be seen for much of it: nothing is known of those.
    `judged_share` is the share of this repetition's frames in which the face could be judged, 0 to 1.
    `resting` is the shape of the face in the rest before it; None: not seen.
    `movement` is the target movement that was measured, `side` the one that moved alone; None: both.
    `corrections` names what was said or would have been said about the movement itself: "too_big", "too_small",
    "too_fast", "uneven_start", "uneven", "released_fast"; "blinked" where its hold was mostly blinks, so that nothing
    is known of it.
    `rise_seconds` and `release_seconds` are how long the way there and the way back took; None: not seen.
    `isolation` is how much of all that moved was the wanted movement, 0 to 1; None: not known.
    `muted` means nothing was said about it while it went on.
    `watched` holds every watched area.
    """

    number: int
    started_at: float
    ended_at: float
    amplitude_right_mm: float | None
    amplitude_left_mm: float | None
    symmetry: float | None
    hold_seconds: float
    clean: bool
    judged_share: float
    unwanted: tuple[UnwantedMovement, ...]
    unseen: tuple[str, ...] = ()
    resting: RestingShape | None = None
    movement: str | None = None
    side: Side | None = None
    corrections: tuple[str, ...] = ()
    rise_seconds: float | None = None
    release_seconds: float | None = None
    isolation: float | None = None
    muted: bool = False
    watched: tuple[WatchedArea, ...] = ()


@dataclass(frozen=True, slots=True)
class PhaseEntered:
    """A new phase began."""

    at: float
    phase: Phase


@dataclass(frozen=True, slots=True)
class UnwantedMovementStarted:
    """A watched area left its tolerance; it is not said before it has lasted."""

    at: float
    pattern: str
    side: Side | None


@dataclass(frozen=True, slots=True)
class UnwantedMovementWarned:
    """A watched area stayed outside its tolerance long enough to be said."""

    at: float
    pattern: str
    side: Side | None


@dataclass(frozen=True, slots=True)
class UnwantedMovementEnded:
    """A watched area came back to rest."""

    at: float
    pattern: str
    side: Side | None


@dataclass(frozen=True, slots=True)
class HoldCounted:
    """One more whole second of the hold is done, counted from 1."""

    at: float
    seconds: int


AFTERWARDS = ("released_fast", "blinked")  # known once a repetition is over, and told in the rest behind it


@dataclass(frozen=True, slots=True)
class Corrected:
    """Something about the movement itself is to be another way.

    `kind` is "too_big", "too_small", "too_fast", "uneven_start", "uneven", "released_fast" or "blinked".
    """

    at: float
    kind: str


@dataclass(frozen=True, slots=True)
class RepetitionDone:
    """A repetition finished; the log takes it before the next one begins."""

    at: float
    repetition: Repetition


@dataclass(frozen=True, slots=True)
class PracticeDone:
    """The prescribed repetitions are done."""

    at: float


Event = (
    PhaseEntered
    | UnwantedMovementStarted
    | UnwantedMovementWarned
    | UnwantedMovementEnded
    | HoldCounted
    | Corrected
    | RepetitionDone
    | PracticeDone
)
