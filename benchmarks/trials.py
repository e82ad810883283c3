"""Unwanted movements of known size in exercises whose card watches for them, and which of them were warned of.

In every held movement all watched patterns come one after the other at one severity, each as a trial of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from patient_script import EYE_SHUT_MM, NAMES, STILL, Act, Movement, Script, smile

from benchmarks.practised import (
    CARDS,
    DEFAULT,
    LIBRARY,
    PERCENT_PER_MM,
    SETTINGS,
    TO_FIND_1_MM,
    Person,
    Setting,
    Tape,
    Truth,
    Warned,
    card,
    parted,
    practise,
    rule_for,
    tolerance_mm,
)
from coach import watch
from coach.exercise import Exercise, Pattern
from coach.face import Side
from coach.rest import Rest

SEVERITIES = (
    0.0,
    0.5,
    0.75,
    1.0,
    1.5,
    2.0,
    3.0,
    4.0,
)  # mm; of the eye ten times as many percent of its rest gap
WANTED = {
    "smile": smile(3.0),
    "pucker": Movement(pucker=5.5),
    "eye_closing": Movement(eye_closing_right=EYE_SHUT_MM, eye_closing_left=EYE_SHUT_MM),
}
RAMP, SETTLE, RELEASE = 1.0, 0.4, 0.8  # seconds: of the wanted movement
JOIN_RAMP, JOIN_STAY, JOIN_RELEASE, JOIN_GAP = (
    0.6,
    1.5,
    0.5,
    0.3,
)  # of what joins in: shorter than a hold of 5 s
CLEAN_HOLD = 5.0
LONG_HOLD = 30.0  # so that the coach does not call for the release while trials go on
JUDGED_ENOUGH = 0.6  # of a trial's stay: less leaves no room for the dwell
DRIFT = {"mm": 3.0, "degrees": 3.0}


@dataclass(frozen=True, slots=True)
class Practised:
    """One practice of trials: who, what, which side is the affected one, and whether the head drifts."""

    person: Person
    exercise: str
    affected: Side
    drifting: bool
    severities: tuple[float, ...] = SEVERITIES


@dataclass(frozen=True, slots=True)
class Trial:
    """One pattern joining in; `severity` in mm, or in tens of percent of the rest gap for the eye."""

    pattern: str
    severity: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the coach made of one trial at one setting.

    `true_excess` is the true movement over the prescribed tolerance, `read` and `tolerance_mm` what the engine read
    (mm, None: not seen) and the tolerance it applied, `prescribed_mm` the card's. `delay` is from the true movement
    passing the tolerance to the warning, `onset_late` from there to when the coach found it to begin (None: no
    warning, or never passed). `wrong` are warnings of what did not truly move.
    """

    where: Practised
    trial: Trial
    setting: str
    warned: bool
    true_excess: float
    delay: float | None
    onset_late: float | None
    read: float | None
    tolerance_mm: float | None
    prescribed_mm: float | None
    judged_share: float
    wrong: tuple[Warned, ...]

    @property
    def why_missed(self) -> str | None:
        """Why a movement beyond the prescribed tolerance was not warned of; None where it was, or was not beyond."""
        if self.warned or self.true_excess < 1 or not self.trial.severity:
            return None
        if self.judged_share < JUDGED_ENOUGH:
            return "not judged, or taken for a blink"
        if self.read is None or self.tolerance_mm is None or self.prescribed_mm is None:
            return "not seen"
        if self.read >= self.tolerance_mm:
            return "read, but not for long enough"
        if self.read >= self.prescribed_mm:
            return "tolerance widened by a noisy rest"
        return "read smaller than the tolerance"


@dataclass(frozen=True, slots=True)
class Played:
    """All outcomes of one practice.

    `side_unknown` counts, at each setting, the warnings of the same practice watched on both sides: right ones, those
    of skin that truly moved along, wrong patterns, wrong sides. `parted` are the settings at which the coach rested at
    other times than in the practice that was seen.
    """

    where: Practised
    outcomes: tuple[Outcome, ...]
    side_unknown: Mapping[str, tuple[int, int, int, int]]
    parted: tuple[str, ...]
    not_simulated: tuple[str, ...]
    seconds: float


def play(where: Practised) -> Played:
    """One practice before the engine, judged at every setting."""
    exercise, truth = LIBRARY.exercises[where.exercise], Truth(where.person)
    patterns = [LIBRARY.patterns[p] for p in dict.fromkeys(w.pattern for w in exercise.watch)]
    shown = [p for p in patterns if _field(p, where.affected) in NAMES]
    if where.affected is Side.LEFT:
        shown = [p for p in shown if p.where != "midline"]  # the midline has no side: once is enough
    repetitions, within = _repetitions(where, exercise, shown, truth)
    around = Script(0.0).with_head_drift(**DRIFT) if where.drifting else Script(0.0)
    exercise = card(where.exercise, len(where.severities), LONG_HOLD)
    tape = practise(exercise, where.person, repetitions, around, where.affected)
    trials = [
        replace(trial, start=trial.start + begun, end=trial.end + begun)
        for begun, some in zip(tape.starts, within, strict=True)
        for trial in some
    ]
    outcomes: list[Outcome] = []
    own, apart = tape.judged(DEFAULT, where.affected), []
    for setting in SETTINGS:
        judged = tape.judged(setting, where.affected)
        if parted(own, judged):
            apart.append(setting.name)
        outcomes += [_outcome(where, trial, setting, tape, judged.warned, truth) for trial in trials]
    unknown = {
        setting.name: _side_unknown(where, trials, setting, tape, truth) for setting in (*CARDS, TO_FIND_1_MM)
    }
    absent = tuple(p.id for p in patterns if _field(p, where.affected) not in NAMES)
    return Played(where, tuple(outcomes), unknown, tuple(apart), absent, tape.script.duration)


def _field(pattern: Pattern, side: Side) -> str:
    """The simulated patient's name for a pattern's movement."""
    return pattern.movement if pattern.where == "midline" else f"{pattern.movement}_{side.value}"


def _repetitions(
    where: Practised, exercise: Exercise, patterns: Sequence[Pattern], truth: Truth
) -> tuple[list[Script], list[list[Trial]]]:
    """One repetition for each severity, and the trials in it; times from its beginning."""
    wanted = WANTED[exercise.target.movement]
    each = JOIN_RAMP + JOIN_STAY + JOIN_RELEASE + JOIN_GAP
    repetitions, trials = [], []
    for number, severity in enumerate(where.severities):
        hold = SETTLE + (len(patterns) * each if severity else CLEAN_HOLD)
        acts, within = [Act(0.0, RAMP, hold, RELEASE, wanted)], []
        turn = number % len(patterns)
        # What pulls against the wanted movement comes last: pulled far enough, it looks as if it had been let go.
        order = sorted((*patterns[turn:], *patterns[:turn]), key=lambda p: p.direction == "less")
        for place, pattern in enumerate(order):
            start = RAMP + SETTLE + (place * each if severity else 0.0)
            if severity:
                movement = joining(pattern, where.affected, severity, wanted, truth)
                acts.append(Act(start, JOIN_RAMP, JOIN_STAY, JOIN_RELEASE, movement))
            within.append(Trial(pattern.id, severity, start, start + (each if severity else CLEAN_HOLD)))
        repetitions.append(Script(acts[0].end, tuple(acts)))
        trials.append(within)
    return repetitions, trials


def joining(pattern: Pattern, side: Side, severity: float, wanted: Movement, truth: Truth) -> Movement:
    """The movement that takes a pattern's area to `severity` beyond rest while the wanted movement is held."""
    name, sign = _field(pattern, side), 1.0 if pattern.direction == "more" else -1.0
    amount = severity
    if pattern.movement == "eye_narrowing":
        amount = severity * PERCENT_PER_MM / 100 * truth.gap_mm[side]
    against = sign * (truth.readings(wanted).get(name) or 0.0)
    return replace(STILL, **{name: sign * (amount + max(-against, 0.0))})


def _outcome(
    where: Practised,
    trial: Trial,
    setting: Setting,
    tape: Tape,
    warned: Iterable[Warned],
    truth: Truth,
) -> Outcome:
    rule = rule_for(setting, tape.exercise, where.affected, trial.pattern)
    within = [w for w in warned if trial.start <= w.at < trial.end]
    right = [w for w in within if w.pattern == trial.pattern]
    rest = tape.rest_at(trial.start)
    stay = tape.between(trial.start + JOIN_RAMP, trial.start + JOIN_RAMP + JOIN_STAY)
    excess, delay, onset_late, applied, prescribed = 0.0, None, None, None, None
    if rest is not None:
        full = trial.start + JOIN_RAMP + JOIN_STAY / 2
        excess = truth.excess(rule, tape.script.at(full), rest) or 0.0
        applied, prescribed = tolerance_mm(rule, rest), tolerance_mm(rule, truth.still(rest))
        if right and excess >= 1:
            passed = passed_at(
                lambda at: truth.excess(rule, tape.script.at(at), rest) or 0.0,
                trial.start,
                trial.start + JOIN_RAMP,
            )
            delay, onset_late = right[0].at - passed, right[0].began_at - passed
        wrong = tuple(
            w
            for w in within
            if w not in right
            and not _moved(w, setting, tape, where.affected, tape.script.at(full), truth, rest)
        )
    name = rule.movement if rule.side is None else f"{rule.movement}_{rule.side.value}"
    read = [value for s in stay if s.readings is not None and (value := s.readings[name]) is not None]
    return Outcome(
        where=where,
        trial=trial,
        setting=setting.name,
        warned=bool(right),
        true_excess=excess,
        delay=delay,
        onset_late=onset_late,
        read=float(np.median(read)) * rule.sign if read else None,
        tolerance_mm=applied,
        prescribed_mm=prescribed,
        judged_share=float(np.mean([s.judged and not s.blink and s.rest is not None for s in stay]))
        if stay
        else 0.0,
        wrong=wrong if rest is not None else (),
    )


def passed_at(excess: Callable[[float], float], low: float, high: float) -> float:
    """When a growing excess passes 1 between two times, to the millisecond."""
    while high - low > 0.001:
        middle = (low + high) / 2
        low, high = (low, middle) if excess(middle) >= 1 else (middle, high)
    return high


def _moved(
    warned: Warned,
    setting: Setting,
    tape: Tape,
    affected: Side | None,
    movement: Movement,
    truth: Truth,
    rest: Rest,
) -> bool:
    """Whether the skin a warning speaks of truly moved about as far as its tolerance: taken along by a neighbour."""
    side = warned.side or affected
    rule = rule_for(setting, tape.exercise, side, warned.pattern)
    return (truth.excess(rule, movement, rest) or 0.0) >= watch.BACK_INSIDE


def _side_unknown(
    where: Practised, trials: Sequence[Trial], setting: Setting, tape: Tape, truth: Truth
) -> tuple[int, int, int, int]:
    right = along = pattern = side = 0
    for warned in tape.judged(setting, None).warned:
        trial = next((t for t in trials if t.severity and t.start <= warned.at < t.end), None)
        if trial is not None and warned.pattern == trial.pattern and warned.side in (where.affected, None):
            right += 1
            continue
        movement, rest = tape.script.at(warned.at), tape.rest_at(warned.at)
        if trial is not None:
            movement = tape.script.at(trial.start + JOIN_RAMP + JOIN_STAY / 2)
        if rest is not None and _moved(warned, setting, tape, where.affected, movement, truth, rest):
            along += 1
        elif warned.side is where.affected.other:
            side += 1
        else:
            pattern += 1
    return right, along, pattern, side
