"""What the simulated patient does and when: true movements in millimetres, and scripts of timed acts.

Sides are the subject's own: `right` lies on the left of the unmirrored picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import lru_cache

EYE_SHUT_MM = 10.0  # a little more than the lid gap of the photograph; lids stop where they meet


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """True amplitudes at one instant, relative to the resting photograph; movements add up with `+`.

    Face, in millimetres, positive in the named direction. Of `eye_narrowing` (a squint, as in synkinesis)
    the lower lid does the larger part, of `eye_closing` the upper; both are millimetres of lid gap lost.
    `pucker` is the narrowing of the whole mouth. `gaze_x_mm` moves both irises to the picture's right (up to 4).

    Skin, as a share of what is plainly visible (15 % of its brightness from dark to bright): `chin_dimpling`,
    `neck_bands`.

    Head: shifts in millimetres (x to the picture's right, y down), `nearness` 0.01 is 1 % larger, `yaw` turns
    the nose to the picture's right (the subject's left), `pitch` lifts it, `roll` is clockwise in the picture.

    Light: `gain` 0.2 is 20 % brighter; `side_light` 1 makes the face 30 % brighter at the picture's right and 30 %
    darker at its left (-1: the other way round); `covered` is the share that a hand over the lens keeps out.
    """

    brow_raise_right: float = 0.0
    brow_raise_left: float = 0.0
    brow_draw_in_right: float = 0.0
    brow_draw_in_left: float = 0.0
    eye_narrowing_right: float = 0.0
    eye_narrowing_left: float = 0.0
    eye_closing_right: float = 0.0
    eye_closing_left: float = 0.0
    lower_lid_raise_right: float = 0.0
    lower_lid_raise_left: float = 0.0
    cheek_raise_right: float = 0.0
    cheek_raise_left: float = 0.0
    fold_raise_right: float = 0.0
    fold_raise_left: float = 0.0
    nose_wrinkle_right: float = 0.0
    nose_wrinkle_left: float = 0.0
    corner_up_right: float = 0.0
    corner_up_left: float = 0.0
    corner_out_right: float = 0.0
    corner_out_left: float = 0.0
    upper_lip_raise_right: float = 0.0
    upper_lip_raise_left: float = 0.0
    lower_lip_drop_right: float = 0.0
    lower_lip_drop_left: float = 0.0
    chin_raise: float = 0.0
    mouth_open: float = 0.0
    pucker: float = 0.0
    chin_dimpling: float = 0.0
    neck_bands_right: float = 0.0
    neck_bands_left: float = 0.0
    gaze_x_mm: float = 0.0
    shift_x_mm: float = 0.0
    shift_y_mm: float = 0.0
    nearness: float = 0.0
    roll_degrees: float = 0.0
    yaw_degrees: float = 0.0
    pitch_degrees: float = 0.0
    gain: float = 0.0
    side_light: float = 0.0
    covered: float = 0.0

    def __add__(self, other: Movement) -> Movement:
        return Movement(**{name: getattr(self, name) + getattr(other, name) for name in NAMES})

    def __mul__(self, share: float) -> Movement:
        return Movement(**{name: getattr(self, name) * share for name in NAMES})

    def lid_gap_lost(self, side: str) -> float:
        """Millimetres of lid gap that squint, closing and lower lid together take away on `side`."""
        parts = ("eye_narrowing", "eye_closing", "lower_lid_raise")
        return sum(float(getattr(self, f"{part}_{side}")) for part in parts)


NAMES: tuple[str, ...] = tuple(field.name for field in fields(Movement))
STILL = Movement()


@lru_cache(maxsize=1024)
def _amounts(movement: Movement) -> tuple[tuple[str, float], ...]:
    return tuple((name, amount) for name in NAMES if (amount := getattr(movement, name)))


def smile(mm: float, right: float = 1.0, left: float = 1.0) -> Movement:
    """Both corners up and out, each by `mm` along the diagonal, times the share of its side."""
    step = mm / math.sqrt(2)
    return Movement(
        corner_up_right=step * right,
        corner_out_right=step * right,
        corner_up_left=step * left,
        corner_out_left=step * left,
    )


@dataclass(frozen=True, slots=True)
class Act:
    """One movement: begins at `start`, grows for `ramp`, stays for `hold`, melts for `release` (seconds)."""

    start: float
    ramp: float
    hold: float
    release: float
    movement: Movement

    @property
    def end(self) -> float:
        """When the face is at rest again."""
        return self.start + self.ramp + self.hold + self.release

    def share(self, seconds: float) -> float:
        """How much of the movement is there, 0 to 1, along raised cosines."""
        since, left = seconds - self.start, self.end - seconds
        if since <= 0 or left <= 0:
            return 0.0
        if since < self.ramp:
            return (1 - math.cos(math.pi * since / self.ramp)) / 2
        if left < self.release:
            return (1 - math.cos(math.pi * left / self.release)) / 2
        return 1.0


@dataclass(frozen=True, slots=True)
class Drift:
    """A slow swing of the head to and fro: `movement` is its largest excursion."""

    period: float
    phase: float
    movement: Movement

    def share(self, seconds: float) -> float:
        """Where the swing is, -1 to 1."""
        return math.sin(math.tau * seconds / self.period + self.phase)


@dataclass(frozen=True, slots=True)
class Script:
    """Timed movements that add up; `duration` in seconds."""

    duration: float
    acts: tuple[Act, ...] = ()
    drifts: tuple[Drift, ...] = ()

    def at(self, seconds: float) -> Movement:
        """The true movement at that time."""
        total: dict[str, float] = {}
        for part in (*self.acts, *self.drifts):
            share = part.share(seconds)
            if share:
                for name, amount in _amounts(part.movement):
                    total[name] = total.get(name, 0.0) + share * amount
        return Movement(**total)

    def adding(self, *acts: Act) -> Script:
        """The same script with further acts."""
        return replace(self, acts=self.acts + acts, duration=max([self.duration, *(act.end for act in acts)]))

    def with_blinks(self, every_seconds: float = 4.0, first: float = 2.5) -> Script:
        """Full blinks of a third of a second (spontaneous blinks last 0.2 to 0.4 s)."""
        shut = Movement(eye_closing_right=EYE_SHUT_MM, eye_closing_left=EYE_SHUT_MM)
        starts = (
            first + every_seconds * n for n in range(math.ceil((self.duration - first) / every_seconds))
        )
        return self.adding(
            *(Act(start, 0.1, 0.05, 0.18, shut) for start in starts if start + 0.33 < self.duration)
        )

    def with_talking(self, start: float, seconds: float, mm: float = 4.0) -> Script:
        """A mouth that opens and closes three times a second, each time a little differently."""
        sizes = (1.0, 0.5, 0.8, 0.3, 0.9)
        return self.adding(
            *(
                Act(
                    start + number / 3, 0.15, 0.03, 0.15, Movement(mouth_open=mm * sizes[number % len(sizes)])
                )
                for number in range(math.floor(seconds * 3))
            )
        )

    def with_head_drift(
        self, mm: float = 1.2, degrees: float = 1.2, nearness: float = 0.01, yaw_degrees: float = 0.0
    ) -> Script:
        """A head that is never quite still: slow swings in place, roll, size and (if asked) yaw."""
        swings = (
            Drift(11.0, 0.0, Movement(shift_x_mm=mm)),
            Drift(7.3, 1.0, Movement(shift_y_mm=mm)),
            Drift(13.7, 2.0, Movement(roll_degrees=degrees)),
            Drift(17.1, 3.0, Movement(nearness=nearness)),
            Drift(9.1, 4.0, Movement(yaw_degrees=yaw_degrees)),
        )
        return replace(self, drifts=self.drifts + swings)

    def with_gaze_shifts(self, mm: float = 2.0, every_seconds: float = 3.0, first: float = 1.5) -> Script:
        """Eyes that jump aside, each time a little differently, stay there for half a second, and come back."""
        sizes = (1.0, -0.6, 0.4, -1.0, 0.8)
        count = math.ceil((self.duration - first - 0.6) / every_seconds)
        return self.adding(
            *(
                Act(
                    first + every_seconds * n, 0.04, 0.5, 0.04, Movement(gaze_x_mm=mm * sizes[n % len(sizes)])
                )
                for n in range(count)
            )
        )

    def with_light_drift(self, gain: float = 0.3, side_light: float = 0.5, seconds: float = 10.0) -> Script:
        """Light that goes from darkest to brightest in `seconds` and back, and from one side to the other."""
        swings = (
            Drift(2 * seconds, 0.0, Movement(gain=gain)),
            Drift(2.6 * seconds, 1.0, Movement(side_light=side_light)),
        )
        return replace(self, drifts=self.drifts + swings)

    def passings(self, reading: Callable[[Movement], float], threshold: float) -> tuple[float, ...]:
        """Every time, to the millisecond, at which `reading` of the truth rises past `threshold`."""
        return tuple(self._passings(reading, threshold))

    def _passings(self, reading: Callable[[Movement], float], threshold: float) -> Iterator[float]:
        coarse = 0.02
        passed = True
        for step in range(math.ceil(self.duration / coarse) + 1):
            low, high = (step - 1) * coarse, step * coarse
            before, passed = passed, reading(self.at(high)) >= threshold
            if passed and not before:
                while high - low > 0.001:
                    middle = (low + high) / 2
                    low, high = (low, middle) if reading(self.at(middle)) >= threshold else (middle, high)
                yield high


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds of one repetition and of the stillness before the first; the defaults are the cards' own."""

    before: float = 5.0
    ramp: float = 3.0
    hold: float = 5.0
    release: float = 3.0
    rest: float = 8.0


DEFAULT_TIMING = Timing()


def repetitions(
    movement: Movement,
    count: int = 5,
    *,
    timing: Timing = DEFAULT_TIMING,
    joining: Movement = STILL,
    joining_from: int = 1,
    joining_delay: float = 1.0,
) -> Script:
    """`count` times `movement`; from repetition `joining_from` on `joining` comes too, `joining_delay` later."""
    acts: list[Act] = []
    each = timing.ramp + timing.hold + timing.release + timing.rest
    for number in range(1, count + 1):
        start = timing.before + (number - 1) * each
        acts.append(Act(start, timing.ramp, timing.hold, timing.release, movement))
        if number >= joining_from and joining != STILL:
            hold = max(timing.hold - joining_delay, 0.0)
            acts.append(Act(start + joining_delay, timing.ramp, hold, timing.release, joining))
    return Script(timing.before + count * each, tuple(acts))


def small_smiles(
    count: int = 5,
    mm: float = 3.1,
    *,
    eye_narrowing_right: float = 0.0,
    joining: Movement = STILL,
    joining_from: int = 3,
    timing: Timing = DEFAULT_TIMING,
) -> Script:
    """Even smiles of both corners; from `joining_from` on the right eye (or `joining`) comes along."""
    also = joining + Movement(eye_narrowing_right=eye_narrowing_right)
    return repetitions(smile(mm), count, timing=timing, joining=also, joining_from=joining_from)


def puckers(
    count: int = 5,
    mm: float = 6.0,
    *,
    joining: Movement = STILL,
    joining_from: int = 3,
    timing: Timing = DEFAULT_TIMING,
) -> Script:
    """Puckers that narrow the mouth by `mm`."""
    return repetitions(Movement(pucker=mm), count, timing=timing, joining=joining, joining_from=joining_from)


def eye_closings(
    count: int = 5,
    mm: float = EYE_SHUT_MM,
    *,
    joining: Movement = STILL,
    joining_from: int = 3,
    timing: Timing = DEFAULT_TIMING,
) -> Script:
    """Gentle closings of both eyes by `mm` of lid gap; the default shuts them."""
    both = Movement(eye_closing_right=mm, eye_closing_left=mm)
    return repetitions(both, count, timing=timing, joining=joining, joining_from=joining_from)
