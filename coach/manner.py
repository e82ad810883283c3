"""How a movement is made: too big, too small, too fast, sides that do not go together, let go too fast.

Too big is told as often as it comes, as an unwanted movement is; the others once in a repetition.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

STARTED = 0.3  # levels are shares of the band's lower edge: from here on a movement is under way,
LET_GO = 0.3  # below this it has melted away
UNEVEN = 0.5  # the weaker side below half of the other is not even any more (clinical.md 1.2, rule 3: our own bound)
# A smooth (raised cosine) movement to the middle of a band of 20 to 40 % passes from STARTED to the band's lower edge
# in this share of its whole ramp: (acos(1 - 2 * 1 / 1.5) - acos(1 - 2 * 0.3 / 1.5)) / pi.
PASSING_SHARE = 0.313
FASTEST_RAMP_SECONDS = 1.0  # clinical.md 1.2, rule 1: anything under about a second is too fast
BELOW_SECONDS = 6.0  # proposal: twice the cards' three seconds on the way, and still below the band
APART_SECONDS = 0.5  # proposal: sides that begin further apart than this did not start together
Sides = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Going:
    """A movement in one picture: its level, both sides and the band's lower edge on each in mm; None: not to move.

    `rising` is the way up, `held` the hold; `below` (on the way, with nothing that joined in, and not yet in the band),
    `too_big` and `uneven` are so in this picture.
    """

    level: float
    sides: Sides
    lows: Sides
    rising: bool
    held: bool
    below: bool
    too_big: bool
    uneven: bool


@dataclass(frozen=True, slots=True)
class Manner:
    """What one repetition has shown of it; times in seconds of the practice's clock.

    `set_off_at` and `side_set_off_at` are when it began, `reached_at` when the band was reached, `last_inside_at` when
    the movement was in it last, `let_go_at` when it had melted away. `told` names what was corrected so far.
    """

    set_off_at: float | None = None
    side_set_off_at: Sides = (None, None)
    reached_at: float | None = None
    last_inside_at: float | None = None
    let_go_at: float | None = None
    over_seconds: float = 0.0
    over_told: bool = False
    uneven_seconds: float = 0.0
    below_seconds: float = 0.0
    told: tuple[str, ...] = ()

    @property
    def rise_seconds(self) -> float | None:
        """How long the way up took, by its passing of the band's lower part; None: not seen whole."""
        if self.set_off_at is None or self.reached_at is None:
            return None
        return (self.reached_at - self.set_off_at) / PASSING_SHARE

    @property
    def release_seconds(self) -> float | None:
        """How long letting go took, likewise; None: not seen whole."""
        if self.last_inside_at is None or self.let_go_at is None:
            return None
        return (self.let_go_at - self.last_inside_at) / PASSING_SHARE

    @property
    def released_fast(self) -> bool:
        """Whether it was dropped rather than let melt."""
        return self.release_seconds is not None and self.release_seconds < FASTEST_RAMP_SECONDS

    def telling(self, kind: str) -> Manner:
        """With one more thing told."""
        return replace(self, told=tuple(dict.fromkeys((*self.told, kind))))


def step(
    manner: Manner, going: Going, now: float, seconds: float, dwell_seconds: float
) -> tuple[Manner, str | None]:
    """The manner after one more judged picture, and what is to be corrected now, if anything."""
    manner = _followed(manner, going, now)
    change = seconds if going.too_big else -seconds
    over = min(max(manner.over_seconds + change, 0.0), dwell_seconds)
    uneven = manner.uneven_seconds + seconds if going.uneven and (going.rising or going.held) else 0.0
    manner = replace(
        manner,
        over_seconds=over,
        over_told=manner.over_told and over > 0,
        uneven_seconds=uneven,
        below_seconds=manner.below_seconds + seconds if going.below else 0.0,
    )
    if not going.rising and not going.held:
        return manner, None
    if over >= dwell_seconds - 1e-9 and not manner.over_told:
        return replace(manner, over_told=True).telling("too_big"), "too_big"
    rise = manner.rise_seconds
    seen_now = {
        "too_fast": rise is not None and rise < FASTEST_RAMP_SECONDS,
        "uneven_start": _apart(manner, going, now),
        "uneven": uneven >= dwell_seconds,
        "too_small": manner.below_seconds >= BELOW_SECONDS and "uneven" not in manner.told,
    }
    kind = next((kind for kind, is_so in seen_now.items() if is_so and kind not in manner.told), None)
    return (manner, None) if kind is None else (manner.telling(kind), kind)


def _followed(manner: Manner, going: Going, now: float) -> Manner:
    """When it set off, on each side, reached the band, left it, melted away."""
    level = going.level
    if going.rising and level < STARTED:  # a stray picture or a false start: it has not begun
        return replace(manner, set_off_at=None, side_set_off_at=(None, None), reached_at=None)
    begun = tuple(
        before if before is not None or amount is None or low is None or amount < STARTED * low else now
        for before, amount, low in zip(manner.side_set_off_at, going.sides, going.lows, strict=True)
    )
    manner = replace(
        manner,
        set_off_at=now if manner.set_off_at is None and going.rising else manner.set_off_at,
        side_set_off_at=(begun[0], begun[1]),
    )
    if level >= 1.0:
        reached = now if manner.reached_at is None and going.rising else manner.reached_at
        return replace(manner, reached_at=reached, last_inside_at=now, let_go_at=None)
    if level < LET_GO and manner.last_inside_at is not None and manner.let_go_at is None:
        return replace(manner, let_go_at=now)
    return manner


def _apart(manner: Manner, going: Going, now: float) -> bool:
    """Whether one side set off well before the other."""
    begun = [at for at in manner.side_set_off_at if at is not None]
    if None in going.lows or not begun:
        return False
    return (max(begun) if len(begun) == len(going.lows) else now) - min(begun) > APART_SECONDS
