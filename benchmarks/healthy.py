"""Healthy practice: repetitions with nothing joining in but what joins in on healthy faces, and what disturbs a camera.

Every warning here is a false one. Both sides are watched, as for a person who does not know which side it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from patient_script import EYE_SHUT_MM, STILL, Act, Drift, Movement, Script

from benchmarks.practised import LIBRARY, SETTINGS, Person, Tape, Truth, Warned, card, practise
from coach.clip import Outputs, analyse
from coach.face import SIDES, Side
from coach.sight import Reason

RAMP, RELEASE = 1.5, 1.3  # seconds
HELD_ON = 0.3  # a person holds until told that it is enough, and a little longer
WORDS_SECONDS = 1.2
REPETITIONS = 6
LONGEST_SECONDS = 300.0  # of blinks and glances; no practice here is longer
GAZE_SECONDS = 4.9  # oftener than the 3.5 s that a rest and its picture take, and no rest would ever be taken
UNEVEN = 0.08  # a wanted movement is never quite even, nor twice the same

# Healthy co-movement, from the table in measurement.md section 6 (48 clips, about 20 people).
LID_PER_SMILE_MM = 0.085  # "lid gap ... about -0.085 mm per mm of corner travel"
LIDS_DIFFER_MM, LIDS_DIFFER_P90_MM = (
    0.5,
    2.0,
)  # "right-left difference of narrowing 0.5 mm ... median, p90 2.0 mm"
FULL_SMILE_MM = 8.9  # "corners 8.9 mm (3.7-15)": what the lid figures belong to
PUCKER_LID_PERCENT = (
    -8.0,
    38.0,
)  # "pucker: lid gap -8 to +38 %": only narrowing is drawn, these lids cannot widen
FULL_PUCKER_MM = 10.5  # "corners 6-15 mm inward": its middle
CLOSURE_CORNERS_MM = (0.3, 1.4)  # "gentle closure: corners 0.3-1.4 mm"


@dataclass(frozen=True, slots=True)
class Disturbed:
    """What is not still in a row of the table.

    `co_movement` None: none; "in proportion": as far as the wanted movement is of the full one the figures belong to;
    "as in full": lids move in a small smile or pucker as the table saw it in a full one.
    """

    name: str
    drift: bool = False
    turn: bool = False
    blinks: bool = False
    words: bool = False
    gaze: bool = False
    light: bool = False
    co_movement: str | None = None
    counted: bool = True


ROWS = (
    Disturbed("nothing: head still"),
    Disturbed("head drifts 3 mm, rolls 3 degrees", drift=True),
    Disturbed("head also turns and nods 3 degrees", drift=True, turn=True),
    Disturbed("blinks every 4 s", blinks=True),
    Disturbed("a few words between holds", words=True),
    Disturbed("eyes look aside every 5 s", gaze=True),
    Disturbed("light +-30 %, from side to side", light=True),
    Disturbed("healthy co-movement", co_movement="in proportion"),
    Disturbed(
        "all of these together",
        drift=True,
        turn=True,
        blinks=True,
        words=True,
        gaze=True,
        light=True,
        co_movement="in proportion",
    ),
    Disturbed("lids as uneven as in a full smile", co_movement="as in full", counted=False),
)


@dataclass(frozen=True, slots=True)
class Healthy:
    """One healthy practice to be played."""

    row: Disturbed
    exercise: str
    person: Person
    seed: int
    repetitions: int = REPETITIONS


@dataclass(frozen=True, slots=True)
class Quiet:
    """What the coach made of a healthy practice: false warnings and watched seconds by setting.

    `unjudged` is the share of the pictures that was not judged, by reason; getting ready is left out.
    """

    where: Healthy
    seconds: float
    warned: Mapping[str, tuple[Warned, ...]]
    watched_seconds: Mapping[str, float]
    repetitions: int
    unjudged: Mapping[str, float]


def play(where: Healthy) -> Quiet:
    """One healthy practice before the engine, judged at every setting."""
    exercise = card(where.exercise, where.repetitions)
    repetitions = _repetitions(where, Truth(where.person).gap_mm)
    tape = practise(exercise, where.person, repetitions, _around(where.row), None)
    judged = {setting.name: tape.judged(setting, None) for setting in SETTINGS}
    return Quiet(
        where,
        tape.script.duration,
        {name: j.warned for name, j in judged.items()},
        {name: j.watched_seconds for name, j in judged.items()},
        judged["default"].repetitions,
        _unjudged(tape),
    )


def _unjudged(tape: Tape) -> dict[str, float]:
    """The share of all pictures by why they were not judged; "blink" where the watched areas were masked."""
    pictures = max(tape.reasons.total(), 1)
    ready = (None, Reason.STARTING, Reason.TAKING_REST)
    shares = {
        r.value: n / pictures for r, n in tape.reasons.most_common() if r not in ready and r is not None
    }
    masked = sum(seen.blink and seen.readings is not None for seen, _ in tape.pictures)
    return {**shares, "blink": masked / pictures}


def _repetitions(where: Healthy, gap_mm: Mapping[Side, float]) -> list[Script]:
    random = np.random.default_rng(where.seed)
    exercise = LIBRARY.exercises[where.exercise]
    hold = exercise.dose.hold_seconds + HELD_ON
    found = []
    for _ in range(where.repetitions):
        movement = _wanted(exercise.target.movement, where.row.co_movement, gap_mm, random)
        act = Act(0.0, RAMP, hold, RELEASE, movement)
        once = Script(act.end, (act,))
        found.append(once.with_talking(act.end + 0.3, WORDS_SECONDS) if where.row.words else once)
    return found


def _around(row: Disturbed) -> Script:
    """What goes on all the time."""
    script = Script(LONGEST_SECONDS)
    if row.drift:
        degrees = 3.0 if row.turn else 0.0
        script = script.with_head_drift(mm=3.0, degrees=3.0, yaw_degrees=degrees)
        if row.turn:
            nod = Drift(12.3, 5.0, Movement(pitch_degrees=degrees))
            script = replace(script, drifts=(*script.drifts, nod))
    if row.blinks:
        script = script.with_blinks(4.0)
    if row.gaze:
        script = script.with_gaze_shifts(every_seconds=GAZE_SECONDS)
    return script.with_light_drift() if row.light else script


def _wanted(
    target: str, co_movement: str | None, gap_mm: Mapping[Side, float], random: np.random.Generator
) -> Movement:
    """One wanted movement, a little different each time, with what goes along with it."""
    even = {side: 1 + UNEVEN * random.uniform(-1, 1) for side in SIDES}
    if target == "smile":
        return _smile(random.uniform(2.4, 3.4), even, co_movement, random)
    if target == "pucker":
        inward_mm = random.uniform(2.2, 3.2)  # of each corner
        percent = min(random.uniform(*PUCKER_LID_PERCENT), 0.0)
        share = inward_mm / FULL_PUCKER_MM if co_movement == "in proportion" else 1.0
        narrowing = {s: -percent / 100 * gap_mm[s] * share if co_movement else 0.0 for s in SIDES}
        return Movement(pucker=2 * inward_mm, **{f"eye_narrowing_{s.value}": narrowing[s] for s in SIDES})
    corners_mm = random.uniform(*CLOSURE_CORNERS_MM) if co_movement else 0.0
    return replace(
        STILL,
        **{f"eye_closing_{s.value}": EYE_SHUT_MM for s in SIDES},
        **{f"corner_up_{s.value}": corners_mm * even[s] for s in SIDES},
    )


def _smile(
    mm: float, even: Mapping[Side, float], co_movement: str | None, random: np.random.Generator
) -> Movement:
    """A smile of `mm` along the diagonal; the lids' difference is lognormal through its median and p90."""
    corners = {side: mm * even[side] / math.sqrt(2) for side in SIDES}
    narrowing = dict.fromkeys(SIDES, 0.0)
    if co_movement:
        spread = math.log(LIDS_DIFFER_P90_MM / LIDS_DIFFER_MM) / 1.2816
        differ = LIDS_DIFFER_MM * math.exp(spread * random.normal())
        if co_movement == "in proportion":
            differ *= mm / FULL_SMILE_MM
        more = Side.RIGHT if random.random() < 0.5 else Side.LEFT
        narrowing = {more.other: max(LID_PER_SMILE_MM * mm - differ / 2, 0.0)}
        narrowing[more] = narrowing[more.other] + differ
    return Movement(
        **{f"corner_up_{s.value}": corners[s] for s in SIDES},
        **{f"corner_out_{s.value}": corners[s] for s in SIDES},
        **{f"eye_narrowing_{s.value}": narrowing[s] for s in SIDES},
    )


def film_warnings(film: Path, exercise: str) -> list[str]:
    """What a real healthy person's film was warned of, on either side; it rests for half a second only."""
    found = []
    for side in SIDES:
        summary = analyse(
            film, LIBRARY.exercises[exercise], LIBRARY.patterns, side, Outputs(), rest_seconds=0.4
        )
        found += [f"{u.pattern} {side.value}" for u in summary.unwanted if u.warned_at is not None]
    return found
