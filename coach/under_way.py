"""An exercise under way: where it stands after a picture, and what follows from that alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from coach import repetition, watch
from coach.events import Corrected, Event, Phase, UnwantedMovement
from coach.manner import UNEVEN, Sides
from coach.plan import Plan, Turn
from coach.repetition import Attempt

LOST_SECONDS = 3.0  # after this long unseen the person may have moved: the resting face is taken again
MOVEMENT_LOST_SECONDS = (
    6.0  # likewise where the face is seen and its movement is not; closed eyes are told before
)
TOLD_UNSEEN_SECONDS = 1.0  # so long it is not worth a word: a shadow passes
EASED_BACK = (
    0.4  # after a warning the hold counts from here: back off to just below the point, and hold there
)
OVER = 1.15  # a hold may waver this far above the band before "smaller is better" is said
MOVING = (Phase.MOVE, Phase.HOLD, Phase.RELEASE)


@dataclass(frozen=True, slots=True, eq=False)
class Coaching:
    """Where the exercise stands.

    `phase_seconds` counts judged time in the phase; `settled_seconds` how long the condition for leaving it has
    held; `unseen_seconds` how long nothing of the face was seen, `movement_unseen_seconds` how long of a face that was
    seen the movement was not. `level` is the movement as a share of the band's lower edge (None: unseen), `top` the
    band's upper edge; `blink` is so in the last picture.
    `corrected` is the latest correction that was said.
    """

    areas: tuple[watch.Area, ...]
    phase: Phase = Phase.PREPARE
    repetition: int = 1
    phase_seconds: float = 0.0
    settled_seconds: float = 0.0
    unseen_seconds: float = 0.0
    movement_unseen_seconds: float = 0.0
    last_at: float | None = None
    level: float | None = None
    sides: Sides = (None, None)
    furthest: float | None = None
    top: float = 2.0
    blink: bool = False
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
    def movement_lost(self) -> bool:
        """Likewise where the face is seen and its movement is not."""
        return self.movement_unseen_seconds >= MOVEMENT_LOST_SECONDS

    @property
    def movement_unseen(self) -> bool:
        """Whether the movement that is asked for has not been seen for a while, although the face is."""
        return self.movement_unseen_seconds >= TOLD_UNSEEN_SECONDS

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
    return Coaching(areas=areas_of(plan.turn(1)))


def areas_of(turn: Turn) -> tuple[watch.Area, ...]:
    """The watched areas of a turn, before anything is seen of them."""
    return tuple(watch.Area(rule) for rule in turn.rules)


def corrected(turn: Turn, state: Coaching, kind: str, now: float) -> Step:
    """Something about the movement is to be another way; where nothing is said it is only kept."""
    event = Corrected(now, kind)
    return replace(state, corrected=state.corrected if turn.muted else event), (event,)


def unfinished(state: Coaching) -> tuple[UnwantedMovement, ...]:
    """What joined in during the repetition under way, up to the last picture."""
    now = state.last_at or 0.0
    going_on = [noted for area in state.areas if area.joining_in for noted in repetition.noted(area, now)]
    return (*state.attempt.unwanted, *going_on)
