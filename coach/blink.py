"""Blinks, from the lid gap of the eye that blinks best: they mask the watched areas, they are never a finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coach.face import Side

# clinical.md 7.2: about 100 ms closing, at most 300 ms shut, the longest about 500 ms. The mesh reads 0.6 of a closure
# of both eyes (clinical.md 5.6), so the 30 % drop proposed there is sought as 20 %.
DROP = 0.8
DROP_WITHIN_SECONDS = 0.2
BACK = 0.88
# Of the resting gap: only an open eye can blink. Shut lids waver by a fifth of what is left of their gap all the time.
OPEN = 0.6
LONGEST_SECONDS = 0.5
AFTER_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Blinking:
    """Recent lid gaps (time, gap) and the blink under way; gaps are shares of the eye distance."""

    recent: tuple[tuple[float, float], ...] = ()
    open_gap: float = 0.0
    since: float | None = None
    masked_until: float = float("-inf")

    def masks(self, at: float) -> bool:
        """Whether a picture taken `at` lies in a blink or just behind one."""
        return self.since is not None or at < self.masked_until


def lid_gap(gaps: Mapping[Side, float], affected: Side | None) -> float:
    """The lid gap that tells of blinks: the healthy eye's, or the wider of both where that is not known."""
    return gaps[affected.other] if affected is not None else max(gaps.values())


def step(state: Blinking, gap: float, at: float, resting_gap: float = 0.0) -> Blinking:
    """The state after one more picture; `resting_gap` is 0 while it is not known.

    A closure longer than a blink is meant, and masks nothing any more.
    """
    before = state.recent[-1][0] if state.recent else at
    # On a slow computer the picture before may be longer ago, and yet all there is to tell a blink by.
    within = max(DROP_WITHIN_SECONDS, at - before) if at - before <= LONGEST_SECONDS else DROP_WITHIN_SECONDS
    recent = (*((t, g) for t, g in state.recent if 0 < at - t <= within), (at, gap))
    if state.since is not None:
        back, meant = gap > BACK * state.open_gap, at - state.since > LONGEST_SECONDS
        if not back and not meant:
            return Blinking(recent, state.open_gap, state.since, at + AFTER_SECONDS)
        return Blinking(((at, gap),), masked_until=at + AFTER_SECONDS if back else at)
    open_gap = max(g for _, g in recent)
    if gap < DROP * open_gap and open_gap > OPEN * resting_gap:
        return Blinking(recent, open_gap, at, at + AFTER_SECONDS)
    return Blinking(recent, masked_until=state.masked_until)
