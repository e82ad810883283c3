"""One practice of one invented person: the real coaching, picture by picture, without a camera and without a clock."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from coach import coaching, under_way
from coach.coaching import Seen
from coach.demo.moving import (
    BY_ITSELF,
    Follower,
    Intent,
    Severity,
    Try,
    followers,
    go_on,
    noise_of,
    readings,
    rest_of,
    sides_mm,
)
from coach.demo.person import Camera, Person
from coach.events import Event, Phase, PhaseEntered, Repetition, RepetitionDone
from coach.exercise import Pattern
from coach.face import Side
from coach.movements import Readings
from coach.plan import Plan, Turn
from coach.rest import Rest
from coach.trace import Trace
from coach.tracing import Tracing
from coach.under_way import MOVING, Coaching

PER_SECOND = (
    8.0  # pictures, while the face moves; a camera gives 15 to 30, which would take as much longer to reckon
)
TRACED_PER_SECOND = 12.0  # where the course is kept to be looked at
QUIET_PER_SECOND = 2.5  # pictures while it rests: nothing is watched then
REST_TAKEN_SECONDS = 2.2
LONGEST_SECONDS = 300.0  # of one practice: whoever has not done it by then stops
BLINK_SECONDS, MASKED_SECONDS = 0.2, 0.45  # shut, and masked as coach.blink does
BLINK_COVERS = 0.8  # of the lid gap
NOISE_AT_ONCE = 128  # pictures
LEAST_AIM = 0.12  # of the band: who aims at its very edge falls out of it
AFTER_A_WARNING, AFTER_NONE = 0.8, 1.07


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a practice: `finished` says whether all were done, `dared` how far the person goes next time.

    Courses of the repetitions are there only if they were asked for.
    """

    repetitions: tuple[Repetition, ...]
    traces: tuple[Trace, ...]
    seconds: float
    judged_share: float
    finished: bool
    dared: float


def practise(
    plan: Plan,
    person: Person,
    severity: Severity,
    patterns: Mapping[str, Pattern],
    rng: np.random.Generator,
    *,
    won: float = 0.0,
    tired: float = 0.0,
    dared: float = 1.0,
    traced: bool = False,
    enough_after: int | None = None,
) -> Done:
    """One practice, led by coach.coaching; it is left after `enough_after` repetitions, or when it takes too long.

    `won` (0 to 1) is how much has been learnt, `tired` (0 to 1) how tired the face is by now; `dared` is how far of
    their usual aim the person goes after the warnings of the last time.
    """
    practice = _Practice(plan, person, severity, patterns, rng, won, tired, dared, traced)
    while practice.state.phase is not Phase.DONE and practice.at < LONGEST_SECONDS:
        practice.picture()
        if enough_after is not None and len(practice.repetitions) >= enough_after:
            break
    return Done(
        tuple(practice.repetitions),
        tuple(practice.traces),
        practice.at,
        practice.judged_seconds / max(practice.counted_seconds, 1e-9),
        practice.state.phase is Phase.DONE,
        practice.dared,
    )


class _Practice:
    """What coach.practice.Practice does, with an invented face where that one has a camera."""

    def __init__(
        self,
        plan: Plan,
        person: Person,
        severity: Severity,
        patterns: Mapping[str, Pattern],
        rng: np.random.Generator,
        won: float,
        tired: float,
        dared: float,
        traced: bool,
    ) -> None:
        self.plan, self.person, self.severity, self.patterns = plan, person, severity, patterns
        self.rng, self.won, self.tired, self.dared, self.traced = rng, won, tired, dared, traced
        self.state: Coaching = under_way.start(plan)
        self.at = float(rng.uniform(2.0, 4.5))  # getting into view
        self.repetitions: list[Repetition] = []
        self.traces: list[Trace] = []
        self.counted_seconds = self.judged_seconds = 0.0
        self._sight = _Sight.drawn(person.camera, rng)
        self._tracing = Tracing()
        self._rest: Rest | None = None
        self._rest_at = self.at + REST_TAKEN_SECONDS
        self._noise: list[list[float]] = []
        self._ready_for = 0
        self._intent, self._try = Intent(), Try(0.0, 3.0, 3.0, 0.5)
        self._joining: tuple[Follower, ...] = ()
        self._stray = Stray()

    def picture(self) -> None:
        """One more picture."""
        turn = self.plan.turn(self.state.repetition)
        lively = TRACED_PER_SECOND if self.traced else PER_SECOND
        gap = 1.0 / (lively if self._lively(turn) else QUIET_PER_SECOND)
        self.at += gap
        judged = self._sight.judged(self.at)
        if self._rest is None and not judged:
            self._rest_at = self.at + REST_TAKEN_SECONDS
        if self._rest is None and self.at >= self._rest_at:
            self._rest = rest_of(self.person.face, self.severity, self.rng)
        if self._rest is not None or not judged:  # taking the rest does not count, as in coach.practice
            self.counted_seconds += gap
            self.judged_seconds += gap if judged else 0.0
        seen = self._seen(turn, self._rest, judged)
        self.state, events = coaching.step(self.plan, self.state, seen, self.at)
        self._keep(events, seen.readings)
        if self.state.lost or any(isinstance(e, PhaseEntered) and e.phase is Phase.REST for e in events):
            self._rest, self._rest_at = None, self.at + REST_TAKEN_SECONDS
        self._intent = go_on(self._intent, self._try, self.state, turn, events, self.at)

    def _lively(self, turn: Turn) -> bool:
        """Whether anything moves that is watched."""
        if turn.still:
            return self._stray.begins - 0.5 < self.at < self._stray.ends + 1.5
        return self.state.phase in MOVING or self._intent.mm(self.at) > 0.02

    def _seen(self, turn: Turn, rest: Rest | None, judged: bool) -> Seen:
        if not judged or rest is None:
            return Seen(judged)
        if self._ready_for != self.state.repetition:
            self._get_ready(turn, rest)
        face, since_blink = self.person.face, self._sight.since_blink(self.at)
        blinking = since_blink is not None and turn.movement != "eye_closing"
        mean_mm = self._intent.mm(self.at)
        behind_mm = self._intent.mm(self.at - self._try.late_seconds)
        self._noise = self._noise or noise_of(face, self.rng, NOISE_AT_ONCE)
        read = readings(
            face,
            self._noise.pop(),
            turn.movement,
            self._sides(turn, mean_mm, behind_mm),
            self._joining,
            self._stray.mm(self.at) if turn.still else mean_mm,
            BLINK_COVERS if blinking and since_blink is not None and since_blink < BLINK_SECONDS else 0.0,
        )
        return Seen(True, read, rest, blinking)

    def _get_ready(self, turn: Turn, rest: Rest) -> None:
        """Lots for the coming repetition: no two are alike."""
        self._ready_for = self.state.repetition
        found = followers(
            self.person.face, self.severity, self.plan.exercise, turn, self.patterns, self.tired
        )
        self._joining = tuple(
            replace(one, onset_mm=one.onset_mm * float(self.rng.lognormal(0.0, 0.1))) for one in found
        )
        self._try = tried(self.person, self.won, self._goal_mm(turn, rest), self.rng)
        self._stray = Stray.drawn(self.at, self.severity, self.rng) if turn.still else Stray()

    def _goal_mm(self, turn: Turn, rest: Rest) -> float:
        """How far this repetition is meant to go, as the mean of the sides that move."""
        manner, face, rng = self.person.manner, self.person.face, self.rng
        if turn.still:
            return 0.0
        if turn.movement is None:
            return BY_ITSELF * face.reach_mm["smile"] * float(rng.lognormal(0.0, 0.12))
        if turn.band is None:
            small = "small" in turn.prompt.lower()
            return face.reach_mm[turn.movement] * (0.45 if small else 0.97) * float(rng.lognormal(0.0, 0.04))
        bands = [turn.band.mm(side, rest) for side in turn.sides]
        low, high = (sum(edges) / len(bands) for edges in zip(*bands, strict=True))
        aim = (
            manner.aim + (0.5 - manner.aim) * manner.learns * self.won + float(rng.normal(0.0, manner.spread))
        )
        return float(low + max(aim * self.dared, LEAST_AIM) * (high - low))

    def _sides(self, turn: Turn, mean_mm: float, behind_mm: float) -> Mapping[Side, float]:
        affected = self.person.face.affected
        if turn.side is not None:
            return {turn.side: mean_mm}
        if turn.band is None:  # a range: each side shows all of its own
            return {affected.other: mean_mm, affected: behind_mm * self.severity.evenness}
        return sides_mm(self.person.face, self.severity, mean_mm, behind_mm)

    def _learn(self, done: Repetition) -> None:
        """Whoever was warned goes less far the next time, and after quiet ones a little further again."""
        if self._try.heeds and any(unwanted.warned_at is not None for unwanted in done.unwanted):
            self.dared = max(self.dared * AFTER_A_WARNING, self.person.manner.dares)
        else:
            self.dared = min(self.dared * AFTER_NONE, 1.0)

    def _keep(self, events: tuple[Event, ...], read: Readings | None) -> None:
        for event in events:
            if isinstance(event, RepetitionDone):
                self.repetitions.append(event.repetition)
                self._learn(event.repetition)
                if self.traced:
                    self.traces.append(self._tracing.trace())
        if not self.traced:
            return
        if self.state.phase not in MOVING:
            self._tracing.clear()
        elif read is not None:
            self._tracing.add(self.at, read, begun=self.state.attempt.started_at is not None)


@dataclass(slots=True)
class _Sight:
    """When the camera loses the face, and when the person blinks, in seconds of the practice; the next one last."""

    lost: list[tuple[float, float]] = field(default_factory=list)
    blinks: list[float] = field(default_factory=list)

    @classmethod
    def drawn(cls, camera: Camera, rng: np.random.Generator) -> _Sight:
        """Both come as they like, so often a minute."""

        def moments(a_minute: float) -> list[float]:
            gaps = rng.exponential(60.0 / a_minute, size=int(a_minute * LONGEST_SECONDS / 40.0) + 4)
            return [float(at) for at in np.cumsum(gaps)]

        lost = [
            (at, at + float(rng.gamma(2.0, camera.lost_seconds / 2.0)))
            for at in moments(camera.lost_a_minute)
        ]
        return cls(lost[::-1], moments(camera.blinks_a_minute)[::-1])

    def judged(self, at: float) -> bool:
        """Whether the face is seen; ask in the order of time."""
        while self.lost and self.lost[-1][1] < at:
            self.lost.pop()
        return not (self.lost and self.lost[-1][0] <= at)

    def since_blink(self, at: float) -> float | None:
        """How long ago the blink began that masks this picture; None: none does. Ask in the order of time."""
        while self.blinks and self.blinks[-1] + MASKED_SECONDS < at:
            self.blinks.pop()
        return at - self.blinks[-1] if self.blinks and self.blinks[-1] <= at else None


@dataclass(frozen=True, slots=True)
class Stray:
    """A small movement that creeps into a rest now and then: from when to when, and how far, in mm of a smile."""

    begins: float = 0.0
    ends: float = 0.0
    most_mm: float = 0.0

    @classmethod
    def drawn(cls, at: float, severity: Severity, rng: np.random.Generator) -> Stray:
        """In every other rest of a tight face."""
        if float(rng.uniform()) > 0.5 * severity.tone:
            return cls()
        begins = at + float(rng.uniform(3.0, 15.0))
        return cls(begins, begins + float(rng.uniform(1.5, 3.5)), float(rng.uniform(1.5, 4.0)))

    def mm(self, at: float) -> float:
        """How far it has come."""
        if not self.begins < at < self.ends:
            return 0.0
        return self.most_mm * math.sin(math.pi * (at - self.begins) / (self.ends - self.begins))


def tried(person: Person, won: float, goal_mm: float, rng: np.random.Generator) -> Try:
    """How a repetition is meant: as is usual for the person at first, nearer to what is asked with practice."""
    manner = person.manner

    def nearer(own: float, asked: float) -> float:
        return own + (asked - own) * manner.learns * won

    return Try(
        goal_mm=goal_mm,
        ramp_seconds=nearer(manner.ramp_seconds, 3.0) * float(rng.lognormal(0.0, 0.12)),
        release_seconds=nearer(manner.release_seconds, 3.0) * float(rng.lognormal(0.0, 0.12)),
        reaction_seconds=float(rng.uniform(0.3, 0.8)),
        late_seconds=nearer(manner.late_seconds, 0.0) * float(rng.uniform(0.0, 2.0)),
        heeds=float(rng.uniform()) < nearer(manner.heeds, 1.0),
    )
