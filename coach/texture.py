"""Skin that dimples or shows bands: by how much more contrast it has than at rest, in percent of its brightness.

A chin dimples and a neck shows bands without any patch going anywhere, so nothing that follows skin can tell. What
noise, blur or light do to all skin alike is taken off by skin that does neither: forehead and cheeks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from coach import light
from coach.face import CHEEK, CHIN_PAD, SIDES, FloatArray, Side
from coach.head import PX_PER_MM
from coach.light import Gray
from coach.skin import Shift

Windows = Mapping[str, Gray]
"""The skin of each patch with MARGIN_MM around it; a patch that is out of the picture has none."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of skin: its middle below a landmark, half its width and height, in mm; `upright`: bands, not dimples."""

    landmark: int
    below_mm: float
    half_mm: tuple[float, float]
    upright: bool = False


# On mentalis, clear of the jaw's shadow; below the jaw between its middle and its angle, where platysma stands out.
CHIN = "chin_dimpling"
NECK = {side: f"neck_bands_{side.value}" for side in SIDES}
_UNDER_JAW = {Side.RIGHT: 176, Side.LEFT: 400}
JUDGED: Mapping[str, Patch] = {
    CHIN: Patch(CHIN_PAD, -1.0, (8.0, 5.0)),
    **{NECK[s]: Patch(_UNDER_JAW[s], 18.0, (6.0, 10.0), upright=True) for s in SIDES},
}
CONTROL: Mapping[str, Patch] = {
    f"control_{landmark}": Patch(landmark, 0.0, (6.0, 5.0)) for landmark in (9, *CHEEK.values())
}
PATCHES = {**JUDGED, **CONTROL}
UNSEEN: Mapping[str, float | None] = MappingProxyType(dict.fromkeys(JUDGED))

MARGIN_MM = 4.0
# How far from where the head has carried it a patch is sought: a neck does not turn with the head. Farther off, light
# from the side alone would lead it into the jaw's shadow.
SOUGHT_MM = 2.0
# Contrast between these scales (sd): finer is noise and stubble, coarser the roundness of a chin and its shadow.
FINE_MM, COARSE_MM = 0.8, 1.6
ALONG_MM = 2.0  # bands are looked at over so much of their length
# Correlation. Skin that dimples or shows bands is found at 0.99; in new light from the side at 0.95, or, where it is
# smooth, not at all.
FOUND = 0.8
# Bare skin: at rest, this share of a patch has about the colour (chromaticity) and brightness of the control skin.
# Stubble has a contrast of 1.3 to 1.6 %, hair and a full beard 3 and more.
BARE_SHARE, COLOUR, DARKEST, BRIGHTEST = 0.9, 0.05, 0.5, 1.6
MOST_CONTRAST = 2.5
FLAT = 0.5  # grey levels (sd) after smoothing
_KERNEL = (17, 17)  # pixels: 2.5 sd of the coarser scale
_LOOK_PX = 11  # 5 mm: the distance between two bands or pits


@dataclass(frozen=True, slots=True, eq=False)
class RestingTexture:
    """Skin at rest: the contrast (mean square, percent of brightness) of every patch that can be judged.

    `controls` holds the control skin's contrast by the control's name and the filter (`upright`), `looks` how the
    patches to be judged are found again.
    """

    judged: Mapping[str, float]
    controls: Mapping[tuple[str, bool], float]
    looks: Windows


def windows(shift: Shift, gray: Gray) -> Windows:
    """The skin of every patch, cut from the picture where the head and the chin have carried it."""
    found = {}
    for name, patch in PATCHES.items():
        # A chin that dimples much is not followed any more: then it is where the head has carried it.
        moved = np.nan_to_num(shift.sites_mm["chin"]) if name == CHIN else np.zeros(2)
        if (window := _cut(shift, gray, patch, moved, MARGIN_MM)) is not None:
            found[name] = window
    return found


def bare(shift: Shift, picture: NDArray[np.uint8]) -> frozenset[str]:
    """The patches that show skin in this RGB picture (height, width, 3), by its colour: no collar, no scarf."""
    colours = {
        name: seen
        for name, patch in PATCHES.items()
        if (seen := _cut(shift, picture, patch, np.zeros(2), 0.0)) is not None
    }
    if not CONTROL.keys() <= colours.keys():
        return frozenset()
    means = np.array([colours[name].mean(axis=(0, 1)) for name in CONTROL])
    skin, bright = np.median(_chromaticity(means), axis=0), float(np.median(means.mean(axis=1)))
    shown = []
    for name in JUDGED.keys() & colours.keys():
        smooth = cv2.GaussianBlur(colours[name].astype(np.float32), (0, 0), PX_PER_MM)
        alike = np.abs(_chromaticity(smooth) - skin).max(axis=2) < COLOUR
        brightness = smooth.mean(axis=2) / max(bright, 1.0)
        alike &= (brightness > DARKEST) & (brightness < BRIGHTEST)
        if alike.mean() >= BARE_SHARE:
            shown.append(name)
    return frozenset(shown)


def averaged(gathered: Sequence[Windows]) -> Windows:
    """The mean of several pictures' windows; a patch that most of them lack has none."""
    means = {}
    for name in PATCHES:
        seen = [windows[name] for windows in gathered if name in windows]
        if len(seen) * 2 > len(gathered):
            means[name] = light.averaged(seen)
    return means


def rest(at_rest: Windows, bare: frozenset[str]) -> RestingTexture:
    """Take the skin in these windows as the resting one; only `bare` patches are judged, and none with a beard."""
    if not CONTROL.keys() <= at_rest.keys():
        return RestingTexture({}, {}, {})
    judged = {
        name: contrast
        for name in JUDGED
        if name in bare
        and name in at_rest
        and (contrast := _contrast(at_rest[name], PATCHES[name].upright)) <= MOST_CONTRAST**2
    }
    edge = round(SOUGHT_MM * PX_PER_MM)
    looks = {name: _coarse(at_rest[name])[edge:-edge, edge:-edge] for name in judged}
    controls = {(name, up): _contrast(at_rest[name], up) for name in CONTROL for up in (False, True)}
    return RestingTexture(judged, controls, looks)


def readings(resting: RestingTexture, now: Windows) -> dict[str, float | None]:
    """How much contrast each patch has gained since rest, in percent of its brightness; None: cannot be judged."""
    found = dict(UNSEEN)
    gained: dict[bool, float] = {}
    for name, at_rest in resting.judged.items():
        if name not in now or not CONTROL.keys() <= now.keys():
            continue
        window, upright = _found_again(now[name], resting.looks[name]), PATCHES[name].upright
        if window is None:
            continue
        if upright not in gained:
            changes = [_contrast(now[c], upright) - resting.controls[c, upright] for c in CONTROL]
            gained[upright] = float(np.median(changes))
        contrast = max(_contrast(window, upright) - gained[upright], 0.0)
        found[name] = float(np.sqrt(contrast) - np.sqrt(at_rest))
    return found


def _cut(
    shift: Shift, picture: NDArray[np.uint8], patch: Patch, moved_mm: FloatArray, margin_mm: float
) -> NDArray[np.uint8] | None:
    """A patch and some of what is around it, upright, PX_PER_MM pixels a mm; None where it leaves the picture."""
    half = (np.array(patch.half_mm) + margin_mm) * PX_PER_MM
    middle = shift.resting.landmarks.at[patch.landmark] + shift.head_motion(patch.landmark)
    middle = middle + (moved_mm + np.array([0.0, patch.below_mm])) * PX_PER_MM
    corners = shift.in_picture(middle + half * np.array([(-1, -1), (1, -1), (-1, 1), (1, 1)]))
    height, width = picture.shape[:2]
    if (corners < 0).any() or (corners >= (width - 1, height - 1)).any():
        return None
    place = np.column_stack([shift.to_picture[:, :2], corners[0]])
    size = (round(2 * half[0]), round(2 * half[1]))
    cut = cv2.warpAffine(picture, place, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray(cut, dtype=np.uint8)


def _chromaticity(colours: NDArray[Any]) -> FloatArray:
    """The shares of red, green and blue, whatever the brightness."""
    return np.asarray(colours / np.maximum(colours.sum(axis=-1, keepdims=True), 1.0), dtype=float)


def _contrast(window: Gray, upright: bool) -> float:
    """How much a window's patch varies between the two scales: mean square, in percent of its brightness."""
    skin = window.astype(np.float32)
    along = ALONG_MM * PX_PER_MM if upright else 0.0  # 0: the same as across
    fine = cv2.GaussianBlur(skin, _KERNEL, FINE_MM * PX_PER_MM, sigmaY=along)
    coarse = cv2.GaussianBlur(skin, _KERNEL, COARSE_MM * PX_PER_MM, sigmaY=along)
    edge = int(MARGIN_MM * PX_PER_MM)
    inside = np.s_[edge:-edge, edge:-edge]
    share = fine[inside] / np.maximum(coarse[inside], 1.0) - 1
    return float(np.mean((100 * share) ** 2))


def _coarse(window: Gray) -> Gray:
    return np.asarray(cv2.blur(window, (_LOOK_PX, _LOOK_PX)), dtype=np.uint8)


def _found_again(window: Gray, look: Gray) -> Gray | None:
    """The window with the patch back in its middle; None where it is not found."""
    if look.std() < FLAT:
        return None  # white or black: it looks like anything
    likeness = cv2.matchTemplate(_coarse(window), look, cv2.TM_CCOEFF_NORMED)
    _, best, _, (column, row) = cv2.minMaxLoc(likeness)
    if not best > FOUND:
        return None
    edge = round(SOUGHT_MM * PX_PER_MM)
    back = np.array([[1.0, 0.0, edge - column], [0.0, 1.0, edge - row]])
    size = (window.shape[1], window.shape[0])
    moved = cv2.warpAffine(window, back, size, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(moved, dtype=np.uint8)
