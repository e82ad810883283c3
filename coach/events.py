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

    `side` is None for the midline (chin). `peak_mm` is its largest reading; `onset_amplitude_mm` is how far
    the wanted movement had got when it began; `warned_at` is None where it passed too soon to be said.
    """

    pattern: str
    movement: str
    side: Side | None
    started_at: float
    ended_at: float
    peak_mm: float
    onset_amplitude_mm: float
    warned_at: float | None


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
    | RepetitionDone
    | PracticeDone
)
