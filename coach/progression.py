"""When an exercise goes to the next level or back to the one before, and what keeps every step back.

clinical.md 1.5, proposals there. What was not judged counts neither for a step up nor for one down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from coach.comfort import RISE
from coach.levels import LEVELS, asks_evenness

if TYPE_CHECKING:
    from coach.events import Repetition
    from coach.exercise import Exercise
    from coach.prescription import Item, Prescription

SESSIONS_UP, DAYS_UP = 3, 2
HELD_SHARE = 0.8
"""A repetition was held when it was in the band for 4 of 5 seconds, or as large a share of another hold."""
HELD_OFTEN = 0.8
EVEN_ENOUGH = 0.80
JOINED_SELDOM = 0.2

SESSIONS_DOWN = 2
JOINED_OFTEN = 0.5

BY_ITSELF_UP_TO = 3
"""Beyond this level only a therapist goes up."""

CAME_DOWN_OFTEN, CAME_DOWN_WITHIN = 2, timedelta(weeks=8)
"""Also up to a level that was come down from so often within so long only a therapist goes again (proposal,
docs/decisions.md 22): what is quiet when small and joins in each time it grows wants a band between, or something
else, and trying it over and over practises what joins in. Eight weeks are four reviews of 14 days (clinical.md 1.3)."""

JUDGED_ENOUGH = 0.8
"""Share of a repetition that must have been judged before it counts (proposal, as in the charts)."""

REPETITIONS_ENOUGH = 3
"""Judged repetitions a session needs before it counts (proposal: among fewer, one alone decides)."""

UNSEEN_SESSIONS = 2
"""After so many sessions that count for nothing because a watched area was not seen, it is told (proposal: once may
be the light of a day; a step down takes two as well)."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one repetition went. `symmetry` None: not seen. `flagged` means something joined in; None: not known.

    `unseen` names the watched patterns that were not seen.
    """

    hold_seconds: float
    symmetry: float | None
    flagged: bool | None
    judged_share: float
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outing:
    """One practice of a card at its present level.

    `session` is the same for practices of one session, also where it was gone on with on another day. The rises are how
    far tightness and pain went up in that session; None: not answered.
    """

    day: date
    session: str
    hold_wanted: float
    results: tuple[Result, ...]
    tightness_rise: int | None = None
    pain_rise: int | None = None

    @classmethod
    def of(
        cls,
        day: date,
        session: str,
        hold_wanted: float,
        repetitions: Iterable[Repetition],
        tightness_rise: int | None = None,
        pain_rise: int | None = None,
    ) -> Outing:
        """What the log of a practice says. With a watched area unseen it is not known that nothing joined in."""
        results = tuple(
            Result(
                hold_seconds=repetition.hold_seconds,
                symmetry=repetition.symmetry,
                flagged=any(unwanted.warned_at is not None for unwanted in repetition.unwanted)
                or (None if repetition.unseen else False),
                judged_share=repetition.judged_share,
                unseen=repetition.unseen,
            )
            for repetition in repetitions
        )
        return cls(day, session, hold_wanted, results, tightness_rise, pain_rise)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A step to another level: why, for the therapist; what changes, for the person.

    `by_itself` means it may be taken at once; otherwise it waits for the therapist.
    """

    from_level: int
    to_level: int
    reason: str
    words: str
    by_itself: bool


@dataclass(frozen=True, slots=True)
class HeldUp:
    """Why no step can be due: watched patterns that were not seen, the most frequent first.

    `unseen` counts the repetitions of the last sessions that nothing is known of for it, of `seen_well`, those in
    which the face itself was judged.
    """

    patterns: tuple[str, ...]
    unseen: int
    seen_well: int

    def reason(self, names: Mapping[str, str]) -> str:
        """Why, for the therapist; `names` are those of the patterns."""
        told = ", ".join(names.get(pattern, pattern) for pattern in self.patterns)
        if len(self.patterns) > 1:
            told = f"at least one of {told}"
        return (
            f"In the last {UNSEEN_SESSIONS} sessions the camera did not see what is watched for ({told}) in "
            f"{self.unseen} of {self.seen_well} repetitions, so what joins in speaks for no step. Light from the "
            "front, and hair, glasses or a collar out of the way, may help; else take it off the watch list."
        )


@dataclass(frozen=True, slots=True)
class _Session:
    """All outings of one session together; `judged` are its repetitions that count, with their share of the hold.

    `blind` are those in which the face was judged, but not all that is watched was seen.
    """

    days: frozenset[date]
    judged: tuple[tuple[Result, float], ...]
    blind: tuple[Result, ...]
    rise: int | None

    @property
    def counts(self) -> bool:
        return len(self.judged) >= REPETITIONS_ENOUGH

    @property
    def held_up(self) -> bool:
        return not self.counts and len(self.judged) + len(self.blind) >= REPETITIONS_ENOUGH

    @property
    def flagged(self) -> int:
        return sum(bool(result.flagged) for result, _ in self.judged)

    @property
    def risen(self) -> bool:
        return self.rise is not None and self.rise >= RISE

    @property
    def joined_often(self) -> bool:
        return self.counts and self.flagged > JOINED_OFTEN * len(self.judged)


def propose(
    level: int, outings: Sequence[Outing], *, evenness_asked: bool = True, times_down: int = 0
) -> Proposal | None:
    """The step that is due, or None. `outings` are those of one card since the level began, the oldest first.

    `times_down` is how often the card has come down to this level of late.
    """
    sessions = _sessions(outings)
    return _down(level, sessions) or _up(level, sessions, evenness_asked, times_down)


def due(
    item: Item,
    exercise: Exercise,
    outings: Sequence[Outing],
    versions: Iterable[Prescription],
    now: datetime,
) -> Proposal | None:
    """The step that is due of an item of a prescription, or None; `versions` are all that were prescribed."""
    return propose(
        item.level,
        outings,
        evenness_asked=asks_evenness(exercise, item.level),
        times_down=times_down(versions, item.card, item.level, now),
    )


def times_down(versions: Iterable[Prescription], card: str, level: int, now: datetime) -> int:
    """How often of late a card has come down to this level, or past it, from the one above, by whosever word.

    Of a card that stands in a version more than once the highest level counts.
    """
    in_time = sorted(versions, key=lambda version: version.created_at)
    levels_then = [
        (version.created_at, max(there))
        for version in in_time
        if (there := [item.level for item in version.items if item.card == card])
    ]
    return sum(
        before > level >= after and now - at < CAME_DOWN_WITHIN
        for (_, before), (at, after) in pairwise(levels_then)
    )


def held_up(outings: Sequence[Outing]) -> HeldUp | None:
    """What keeps every step back although there was practice; None where nothing does."""
    latest = _sessions(outings)[-UNSEEN_SESSIONS:]
    if len(latest) < UNSEEN_SESSIONS or not all(session.held_up for session in latest):
        return None
    blind = [result for session in latest for result in session.blind]
    often = Counter(pattern for result in blind for pattern in result.unseen)
    most = max(often.values(), default=0)
    return HeldUp(
        patterns=tuple(pattern for pattern, times in often.most_common() if 2 * times >= most),
        unseen=len(blind),
        seen_well=len(blind) + sum(len(session.judged) for session in latest),
    )


def _sessions(outings: Sequence[Outing]) -> list[_Session]:
    """The outings by session, in the order in which each was last practised."""
    together: dict[str, list[Outing]] = {}
    for outing in outings:
        together[outing.session] = [*together.pop(outing.session, []), outing]
    return [_session(parts) for parts in together.values()]


def _session(parts: Iterable[Outing]) -> _Session:
    parts = tuple(parts)
    seen_well = [
        (result, result.hold_seconds / outing.hold_wanted)
        for outing in parts
        for result in outing.results
        if result.judged_share >= JUDGED_ENOUGH
    ]
    judged = tuple((result, share) for result, share in seen_well if result.flagged is not None)
    blind = tuple(result for result, _ in seen_well if result.flagged is None)
    rises = [
        rise for outing in parts for rise in (outing.tightness_rise, outing.pain_rise) if rise is not None
    ]
    return _Session(frozenset(outing.day for outing in parts), judged, blind, max(rises, default=None))


def _down(level: int, sessions: Iterable[_Session]) -> Proposal | None:
    telling = [session for session in sessions if session.counts or session.risen][-SESSIONS_DOWN:]
    if level <= 1 or len(telling) < SESSIONS_DOWN:
        return None
    if not all(session.joined_often or session.risen for session in telling):
        return None
    reasons = [
        f"something joined in in {session.flagged} of {len(session.judged)} judged repetitions"
        if session.joined_often
        else f"tightness or pain rose by {session.rise} of 10"
        for session in telling
    ]
    return Proposal(
        from_level=level,
        to_level=level - 1,
        reason=f"In the last {SESSIONS_DOWN} sessions: {'; '.join(reasons)}.",
        words=f"One step softer lets it settle. {LEVELS[level - 1].down}",
        by_itself=True,
    )


def _up(level: int, sessions: Sequence[_Session], evenness_asked: bool, times_down: int) -> Proposal | None:
    latest = [session for session in sessions if session.counts][-SESSIONS_UP:]
    days = frozenset[date]().union(*(session.days for session in latest))
    if level >= max(LEVELS) or len(latest) < SESSIONS_UP or len(days) < DAYS_UP:
        return None
    judged = [repetition for session in latest for repetition in session.judged]
    held = sum(share >= HELD_SHARE - 1e-9 for _, share in judged)
    flagged = sum(session.flagged for session in latest)
    if held < HELD_OFTEN * len(judged) or flagged > JOINED_SELDOM * len(judged):
        return None
    told = f"held in {held} of {len(judged)} judged repetitions, something joined in in {flagged}"
    if evenness_asked:
        evenness = [result.symmetry for result, _ in judged if result.symmetry is not None]
        if len(evenness) < JUDGED_ENOUGH * len(judged) or median(evenness) < EVEN_ENOUGH:
            return None
        told += f", evenness {median(evenness):.2f}"
    risen = any(session.risen for session in sessions[sessions.index(latest[0]) :])
    if risen:
        told += f"; tightness or pain rose by {RISE} or more of 10 meanwhile"
    swings = times_down >= CAME_DOWN_OFTEN
    if swings:
        weeks = CAME_DOWN_WITHIN.days // 7
        told += f"; but within {weeks} weeks it has come down from level {level + 1} {times_down} times"
    by_itself = level < BY_ITSELF_UP_TO and not risen and not swings
    next_level = LEVELS[level + 1]
    praise = "" if risen else "This has become soft and quiet. "
    what_next = next_level.up if by_itself else "Your therapist is asked about the next step."
    return Proposal(
        from_level=level,
        to_level=next_level.number,
        reason=f"In the last {SESSIONS_UP} sessions on {len(days)} days: {told}.",
        words=praise + what_next,
        by_itself=by_itself,
    )
