"""People practising before the real engine, with what they truly did beside what it made of that.

The pictures go once through MediaPipe, skin, lids and rest (coach.practice); what the pure steps behind them were
given is kept, so that the same practice is judged again at other tolerances without being seen again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from unittest import mock

from patient_script import Movement, Script
from simulated_patient import SimulatedPatient

from coach import coaching, under_way, watch
from coach.assignment import Assignment
from coach.coaching import Seen
from coach.events import Event, Phase, PhaseEntered, UnwantedMovementStarted, UnwantedMovementWarned
from coach.exercise import Exercise, Watch
from coach.face import BROW, CHEEK, CHIN_PAD, LOWER_LIP, MOUTH_CORNER, NASAL_WING, SIDES, UPPER_LIP, Side
from coach.library import load_library
from coach.movements import Readings
from coach.plan import Plan
from coach.practice import Practice
from coach.rest import Rest
from coach.sight import Reason
from coach.under_way import Coaching

LIBRARY = load_library()
EXERCISES = ("gentle-eye-closing", "small-closed-smile", "small-pucker")
"""The three movements that are practised most; the other cards watch the same patterns by the same rules."""
FPS = 15.0  # a slow computer's pace; more pictures are quieter
# A person begins when told to; or, told nothing, after this long.
REACTION_SECONDS, PATIENCE_SECONDS = 0.3, 8.0
NOISE_SD, JPEG_QUALITY, CAMERA_MM = 6.0, 80, 500.0
PERCENT_PER_MM = 10.0  # a tolerance in mm stands for so many percent of the rest gap: 1 mm of a gap of 10 mm


@dataclass(frozen=True, slots=True)
class Setting:
    """How finely it is watched: the cards' own sensitivity, or one tolerance for everything (mm; None: the cards')."""

    name: str
    sensitivity: str
    tolerance_mm: float | None = None

    def card(self, exercise: Exercise) -> Exercise:
        """The exercise's card with this tolerance on it."""
        if self.tolerance_mm is None:
            return exercise
        return exercise.model_copy(update={"watch": tuple(self._set(w, exercise) for w in exercise.watch)})

    def _set(self, rule: Watch, exercise: Exercise) -> Watch:
        against_other = {w.pattern for w in exercise.watch if w.compare == "minus_other_side"}
        if self.tolerance_mm is None or (rule.compare == "own_rest" and rule.pattern in against_other):
            return rule  # the outer of two limits: both sides of a healthy face pass the inner one together
        floor = self.tolerance_mm * (PERCENT_PER_MM if rule.unit == "percent_of_rest_gap" else 1.0)
        tolerance = rule.tolerance.model_copy(update={self.sensitivity: floor})
        return rule.model_copy(update={"tolerance": tolerance})


CARDS = tuple(Setting(name, name) for name in ("sensitive", "default", "lenient"))
ONE_TOLERANCE = tuple(Setting(f"{mm:g} mm", "default", mm) for mm in (0.4, 0.5, 0.6, 0.8, 1.0))
DEFAULT = CARDS[1]
TO_FIND_1_MM = ONE_TOLERANCE[1]  # half of what is to be found
SETTINGS = (*CARDS, *ONE_TOLERANCE)


@dataclass(frozen=True, slots=True)
class Person:
    """Whose photograph moves, mirrored or not."""

    picture: str
    mirrored: bool = False

    @property
    def name(self) -> str:
        return self.picture + (" mirrored" if self.mirrored else "")

    def patient(self) -> SimulatedPatient:
        """The simulated patient before a poor camera."""
        return _patient(self)


@lru_cache(maxsize=4)
def _patient(person: Person) -> SimulatedPatient:
    return SimulatedPatient(
        noise_sd=NOISE_SD,
        jpeg_quality=JPEG_QUALITY,
        picture=person.picture,
        mirrored=person.mirrored,
        camera_mm=CAMERA_MM,
    )


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning that was given, and the phase it was given in; `began_at` is when the movement was found to begin."""

    at: float
    began_at: float
    pattern: str
    side: Side | None
    phase: Phase


@dataclass(frozen=True, eq=False)
class Judged:
    """What the coach made of a practice at one setting; `watched_seconds` is the time in which it could have warned."""

    warned: tuple[Warned, ...]
    rests_at: tuple[float, ...]
    repetitions: int
    watched_seconds: float


@dataclass(frozen=True, eq=False)
class Tape:
    """What the pure steps were given in one practice, picture by picture, and what the person did (`script`).

    `starts` is when each repetition was begun.
    """

    exercise: Exercise
    affected: Side | None
    pictures: tuple[tuple[Seen, float], ...]
    reasons: Counter[Reason | None]
    script: Script
    starts: tuple[float, ...]

    def judged(self, setting: Setting, affected: Side | None) -> Judged:
        """The same practice at a setting, with another side watched if asked for."""
        card = setting.card(self.exercise)
        plan = Plan.of(card, LIBRARY.patterns, affected, Assignment(card.id, sensitivity=setting.sensitivity))
        state = under_way.start(plan)
        told: list[tuple[Phase, Event]] = []
        watched, before = 0.0, 0.0
        for seen, at in self.pictures:
            if state.phase in (Phase.MOVE, Phase.HOLD, Phase.RELEASE) and seen.judged and not seen.blink:
                watched += at - before
            before = at
            state, events = coaching.step(plan, state, seen, at)
            told += [(state.phase, event) for event in events]
        warned, begun = [], {}
        for phase, e in told:
            if isinstance(e, UnwantedMovementStarted):
                begun[e.pattern, e.side] = e.at
            elif isinstance(e, UnwantedMovementWarned):
                warned.append(Warned(e.at, begun[e.pattern, e.side], e.pattern, e.side, phase))
        return Judged(
            tuple(warned),
            tuple(e.at for _, e in told if isinstance(e, PhaseEntered) and e.phase is Phase.REST),
            state.repetition - (state.phase is not Phase.DONE),
            watched,
        )

    def rest_at(self, seconds: float) -> Rest | None:
        """The resting face that held at that time."""
        rests = [seen.rest for seen, at in self.pictures if at <= seconds and seen.rest is not None]
        return rests[-1] if rests else None

    def between(self, start: float, end: float) -> list[Seen]:
        """What was seen from `start` to `end`."""
        return [seen for seen, at in self.pictures if start <= at <= end]


def practise(
    exercise: Exercise, person: Person, repetitions: Sequence[Script], around: Script, affected: Side | None
) -> Tape:
    """Play repetitions before the engine, each begun when the coach asks for it; `around` goes on all the time."""
    pictures: list[tuple[Seen, float]] = []
    reasons: Counter[Reason | None] = Counter()
    step, patient = coaching.step, person.patient()

    def taped(plan: Plan, state: Coaching, seen: Seen, now: float) -> tuple[Coaching, tuple[Event, ...]]:
        pictures.append((seen, now))
        return step(plan, state, seen, now)

    practice = Practice(Plan.of(exercise, LIBRARY.patterns, affected), LIBRARY.patterns)
    warned: list[Event] = []
    starts: list[float] = []
    at, until, asked_at = 0.0, 0.0, None
    try:
        with mock.patch.object(coaching, "step", taped):
            for number in count():
                at = number / FPS
                if at >= until:
                    if len(starts) == len(repetitions):
                        break
                    asked = asked_at is not None and at - max(asked_at, until) >= REACTION_SECONDS
                    if asked or at - until >= PATIENCE_SECONDS:
                        until = at + repetitions[len(starts)].duration
                        starts.append(at)
                movement = around.at(at)
                if starts:
                    movement += repetitions[len(starts) - 1].at(at - starts[-1])
                snapshot = practice.see(patient.frame(movement, number), at)
                reasons[snapshot.reason] += 1
                warned += [e for e in snapshot.events if isinstance(e, UnwantedMovementWarned)]
                asked_at = (asked_at or at) if snapshot.phase is Phase.MOVE else None
    finally:
        practice.close()
    acts = [
        replace(act, start=act.start + start)
        for start, repetition in zip(starts, repetitions, strict=True)
        for act in repetition.acts
    ]
    script = Script(at, (*acts, *around.acts), around.drifts)
    tape = Tape(exercise, affected, tuple(pictures), reasons, script, tuple(starts))
    if [e.at for e in warned] != [w.at for w in tape.judged(DEFAULT, affected).warned]:
        raise RuntimeError(
            "A practice played again from its tape was judged otherwise: the tape lacks something."
        )
    return tape


def card(exercise: str, repetitions: int, hold_seconds: float | None = None) -> Exercise:
    """A card with so many repetitions, its hold as it is or as given, and rests as short as the engine lets be."""
    full = LIBRARY.exercises[exercise]
    short = {
        "repetitions": repetitions,
        "rest_seconds": 2.0,
        "hold_seconds": hold_seconds or full.dose.hold_seconds,
    }
    return full.model_copy(update={"dose": full.dose.model_copy(update=short)})


_UP = {
    "brow_raise": BROW,
    "cheek_raise": CHEEK,
    "nose_wrinkle": NASAL_WING,
    "corner_up": MOUTH_CORNER,
    "upper_lip_raise": UPPER_LIP,
    "lower_lip_drop": LOWER_LIP,
}


class Truth:
    """What the skin and lids of one person truly did, in the engine's own words.

    Skin moves where its field says, also where a neighbour's field reaches: a lifted cheek truly lifts the nostril.
    """

    def __init__(self, person: Person) -> None:
        self._patient = person.patient()
        self.gap_mm = {side: self._patient.lid_gap_mm(side.value) for side in SIDES}
        self._places = {
            f"{name}_{s.value}": marks[s]
            for name, marks in {**_UP, "corner_out": MOUTH_CORNER}.items()
            for s in SIDES
        } | {"chin_raise": CHIN_PAD}
        moved = [name for name in self._patient.portrait.fields if name != "mouth_open"]
        self._unit = {
            name: {
                landmark: self._patient.displacement_mm(Movement(**{name: 1.0}), landmark)
                for landmark in set(self._places.values())
            }
            for name in moved
        }

    def readings(self, movement: Movement) -> dict[str, float | None]:
        """The readings a perfect engine would give."""
        found: dict[str, float | None] = {}
        for name, landmark in self._places.items():
            x, up = (
                sum(getattr(movement, m) * at[landmark][axis] for m, at in self._unit.items())
                for axis in (0, 1)
            )
            away = -x if name.endswith(Side.RIGHT.value) else x
            found[name] = away if name.startswith("corner_out") else -up if "drop" in name else up
        for side in SIDES:
            lost = self._patient.lid_gap_lost_mm(movement, side.value)
            found[f"eye_narrowing_{side.value}"] = lost
        return found

    def excess(self, rule: watch.Rule, movement: Movement, rest: Rest) -> float | None:
        """How far over the prescribed tolerance it truly was: 1 is just at it; None where truth knows of no such area.

        `rest` lends its form only: a true rest has no noise, and the gaps are the person's own.
        """
        readings = dict.fromkeys(rest.noise, None) | self.readings(movement)
        return watch.excess(rule, readings, self.still(rest))

    def still(self, rest: Rest) -> Rest:
        """The rest without its noise, with the person's own lid gaps."""
        zeros = dict.fromkeys(rest.noise, 0.0)
        return replace(rest, baseline=zeros, noise=zeros, lid_gap_mm=self.gap_mm)


def tolerance_mm(rule: watch.Rule, rest: Rest) -> float | None:
    """The tolerance as the engine applied it, in mm: widened where the resting face itself was noisy."""
    name = rule.movement if rule.side is None else f"{rule.movement}_{rule.side.value}"
    one_mm: Readings = {**dict.fromkeys(rest.noise, 0.0), name: rule.sign}
    share = watch.excess(rule, one_mm, rest)
    return 1 / share if share else None


def parted(one: Judged, other: Judged) -> bool:
    """Whether two judgements rested at other times: the second was then not given what it would have seen."""
    return len(one.rests_at) != len(other.rests_at) or any(
        abs(a - b) > 0.5 for a, b in zip(one.rests_at, other.rests_at, strict=True)
    )


def rule_for(setting: Setting, exercise: Exercise, affected: Side | None, pattern: str) -> watch.Rule:
    """The engine's rule for one pattern on one side at a setting."""
    rules = watch.rules(setting.card(exercise), LIBRARY.patterns, affected, setting.sensitivity)
    return next(rule for rule in rules if rule.pattern == pattern and rule.side in (affected, None))
