"""From skin shift, lids and texture to named movements since rest, positive in the named direction.

A movement that cannot be seen is None: never zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coach.face import SIDES, Side
from coach.skin import Shift
from coach.texture import JUDGED, UNSEEN

Readings = Mapping[str, float | None]
"""Movement name, with `_right` or `_left` behind it where it has a side, to mm (percent if EXPERIMENTAL) or None."""

SIDE_MOVEMENTS = (
    "brow_raise",
    "eye_narrowing",
    "cheek_raise",
    "fold_raise",
    "nose_wrinkle",
    "corner_up",
    "corner_out",
    "upper_lip_raise",
    "lower_lip_drop",
    "brow_draw_in",
)
# The shift of the mouth is positive towards the subject's left.
MIDLINE_MOVEMENTS = ("pucker", "mouth_open", "chin_raise", "mouth_shift")
MILLIMETRES = (*(f"{m}_{s.value}" for m in SIDE_MOVEMENTS for s in SIDES), *MIDLINE_MOVEMENTS)
# Contrast that the chin's or the neck's skin has gained, in percent of its brightness. Told, and watched by no card:
# seen on simulated dimples and bands only (benchmarks/accuracy.py).
EXPERIMENTAL = tuple(JUDGED)
NAMES = (*MILLIMETRES, *EXPERIMENTAL)

_UP = {  # movement: the site whose upward shift it is
    "brow_raise": "brow",
    "cheek_raise": "cheek",
    "nose_wrinkle": "nasal_wing",
    "corner_up": "corner",
    "upper_lip_raise": "upper_lip",
}
SLANT = math.sqrt(0.5)
Lids = Mapping[Side, tuple[float, float] | None]


def read(shift: Shift, lids: Lids, texture: Mapping[str, float | None] = UNSEEN) -> Readings:
    """All movements in one picture.

    `lids` holds how far each eye's upper and lower lid have come in, in mm, `texture` the experimental readings.
    """
    up = {site: -moved[1] for site, moved in shift.sites_mm.items()}
    right = {site: moved[0] for site, moved in shift.sites_mm.items()}
    values: dict[str, float] = {}
    for side in SIDES:
        away = -1.0 if side is Side.RIGHT else 1.0  # the subject's right lies on the picture's left
        for movement, site in _UP.items():
            values[f"{movement}_{side.value}"] = up[f"{site}_{side.value}"]
        values[f"corner_out_{side.value}"] = away * right[f"corner_{side.value}"]
        # the fold is drawn up and out
        values[f"fold_raise_{side.value}"] = (
            up[f"fold_{side.value}"] + away * right[f"fold_{side.value}"]
        ) * SLANT
        values[f"brow_draw_in_{side.value}"] = -away * right[f"inner_brow_{side.value}"]
        values[f"lower_lip_drop_{side.value}"] = -up[f"lower_lip_{side.value}"]
        seen = lids[side]
        values[f"eye_narrowing_{side.value}"] = sum(seen) if seen is not None else np.nan
    values["pucker"] = -(values["corner_out_right"] + values["corner_out_left"])
    values["mouth_open"] = up["upper_lip_middle"] - up["lower_lip_middle"]
    values["chin_raise"] = up["chin"]
    values["mouth_shift"] = (right["upper_lip_middle"] + right["lower_lip_middle"]) / 2
    moved = {name: float(values[name]) if np.isfinite(values[name]) else None for name in MILLIMETRES}
    return {**moved, **texture}


def share_of_new(seconds: float, over_seconds: float) -> float:
    """How much a value weighs in an exponential mean, `seconds` after the one before; none if time went back."""
    return 1.0 - math.exp(-max(seconds, 0.0) / over_seconds)


STEADY_SECONDS = (
    0.1  # halves the noise of one picture and delays a movement by as much: less than one can see
)


@dataclass(frozen=True, slots=True, eq=False)
class Steadied:
    """Readings smoothed over a tenth of a second, at the time of the last picture."""

    readings: Readings
    at: float

    def step(self, readings: Readings, at: float) -> Steadied:
        """With one more picture; what was not seen before, or is not seen now, is taken as it is."""
        share = share_of_new(at - self.at, STEADY_SECONDS)
        steadied: dict[str, float | None] = {}
        for name, value in readings.items():
            before = self.readings[name]
            steadied[name] = value if value is None or before is None else before + share * (value - before)
        return Steadied(steadied, max(at, self.at))


READ_AS: Mapping[str, str] = {
    "eye_closing": "eye_narrowing",
    "brow_raise": "brow_raise",
    "frown": "brow_draw_in",
    "nose_wrinkle": "nose_wrinkle",
    "upper_lip_raise": "upper_lip_raise",
    "lower_lip_drop": "lower_lip_drop",
}
"""Target movements that are one reading on each side; a smile and a pucker are made of the corners' ways."""

TARGETS = ("smile", "pucker", *READ_AS)


def target_amplitude(movement: str, readings: Readings, side: Side) -> float | None:
    """How far one side has gone in a target movement, in mm; negative the opposite way.

    A smile is the length of the corner's way out and up: its direction differs between people (about 47 degrees, S41).

    Raises:
        ValueError: no target movement has that name.
    """
    if movement in READ_AS:
        return readings[f"{READ_AS[movement]}_{side.value}"]
    out, up = readings[f"corner_out_{side.value}"], readings[f"corner_up_{side.value}"]
    if movement not in TARGETS:
        raise ValueError(f"No target movement is called {movement!r}.")
    if out is None or up is None:
        return None
    if movement == "pucker":
        return -out
    return float(np.hypot(max(out, 0), max(up, 0)) - np.hypot(min(out, 0), min(up, 0)))


def amount(movement: str, side: Side | None, readings: Readings) -> float | None:
    """One movement by the name patterns use; `corner_travel` is a corner's way in whatever direction, in mm."""
    if movement == "corner_travel" and side is not None:
        out, up = readings[f"corner_out_{side.value}"], readings[f"corner_up_{side.value}"]
        return None if out is None or up is None else float(np.hypot(out, up))
    return readings[movement if side is None else f"{movement}_{side.value}"]
