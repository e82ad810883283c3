"""How far each patch of skin has moved since rest, in mm, with the head's own motion taken out.

Landmarks say where a patch lies; following its texture from the resting picture says how far it has moved. A learned
mesh alone is blind to chin, cheek and fold, and mirrors one side to the other (docs/decisions.md, 1 and 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from coach import light
from coach.face import (
    BROW,
    CHEEK,
    CHIN_PAD,
    FOLD,
    INNER_BROW,
    LOWER_LIP,
    MOUTH_CORNER,
    NASAL_WING,
    QUIET_POINTS,
    SIDES,
    UPPER_LIP,
    Face,
    FloatArray,
)
from coach.head import (
    CROP_HEIGHT,
    CROP_WIDTH,
    DEPTH_GAIN,
    EYE_LINE,
    PX_PER_MM,
    Motion,
    Points,
    depth_at,
)
from coach.light import Gray

# The pictures are small: handing them round threads costs more than it brings, and takes cores from other practices.
cv2.setNumThreads(1)
threadpool_limits(limits=1, user_api="blas")

# Windows in which a patch of skin is followed, in crop pixels. Smaller reads more of a narrow movement, larger is
# quieter; contest in docs/decisions.md, 2.
NARROW, FINE, BROAD = 11, 15, 21

# A site is a handful of patches around one landmark: (landmark, half spread of the patches in mm, window).
Site = tuple[int, float, int]
SITES: Mapping[str, Site] = {
    "upper_lip_middle": (0, 1.0, FINE),
    "lower_lip_middle": (17, 1.0, FINE),
    "chin": (CHIN_PAD, 2.0, FINE),
    **{f"corner_{s.value}": (MOUTH_CORNER[s], 1.0, FINE) for s in SIDES},
    **{f"cheek_{s.value}": (CHEEK[s], 2.0, BROAD) for s in SIDES},
    **{f"fold_{s.value}": (FOLD[s], 1.0, FINE) for s in SIDES},
    **{f"brow_{s.value}": (BROW[s], 1.5, FINE) for s in SIDES},
    **{f"inner_brow_{s.value}": (INNER_BROW[s], 1.0, FINE) for s in SIDES},
    **{f"nasal_wing_{s.value}": (NASAL_WING[s], 1.0, NARROW) for s in SIDES},
    **{f"upper_lip_{s.value}": (UPPER_LIP[s], 1.0, FINE) for s in SIDES},
    **{f"lower_lip_{s.value}": (LOWER_LIP[s], 1.0, FINE) for s in SIDES},
}
# Where a wide smile loses the skin and the mesh reads well. Elsewhere it reads next to nothing of a true movement, and
# millimetres of nothing where a hand lies over the face.
BY_MESH = frozenset(f"{site}_{s.value}" for site in ("corner", "upper_lip") for s in SIDES)
_CROSS = np.array([(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)], dtype=float)
QUIET = list(QUIET_POINTS)
MATCH = 0.5  # correlation below which a patch is not the skin that was there at rest
TEXTURE = 3.0  # grey levels (sd); a flatter patch cannot tell
STRAY_MM = 8.0  # skin found further from where the mesh says it went is another patch that looks alike
APART_MM = 2.0  # patches of one site lie within 4 mm and move alike
PATCH_DEPTH_MM, SURFACE_DEPTH_MM = 2.5, 3.0  # over how much skin the mesh's depth is smoothed
GROSS_MM = 3.0  # the mesh may stand in for lost skin only where it reports far more than its own errors


@dataclass(frozen=True, slots=True, eq=False)
class Templates:
    """The patches of one window at rest: places in the crop (n, 2), skin with its mean taken off (n, w, w), its sd."""

    places: NDArray[np.float32]
    skin: NDArray[np.float32]
    spread: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Resting:
    """The resting picture everything is compared with.

    `crop` is the stabilised grey picture, `size` how many picture pixels one of its pixels is wide. The mesh's
    `landmarks`, the `patches` that are followed, the `quiet` ones of them and a coarse grid over the crop, `surface`,
    have a depth each. `level` is how bright the crop is (`light.level`), `templates` the skin of every patch by window,
    `brightness` the mean grey level of the face, `white_share` the share of it that is white.
    """

    crop: Gray
    size: float
    landmarks: Points
    patches: Points
    quiet: Points
    surface: Points
    level: FloatArray
    templates: Mapping[int, Templates]
    brightness: float
    white_share: float

    def averaged(self, crops: Sequence[Gray]) -> Resting:
        """This rest with the mean of several pictures of it, (height, width) each: a template without noise.

        Noise in a template misleads more than noise in the picture: its false edges stay (docs/decisions.md, 13).
        """
        crop = light.averaged(crops)
        return replace(self, crop=crop, level=light.level(crop), templates=_templates(crop, self.patches.at))


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """How the skin has moved between rest and one picture.

    `sites_mm` maps each site to (x to the picture's right, y down), NaN where unseen; `by_mesh` names the sites where
    the mesh stood in. `crop` is the picture stabilised and in the light of rest. `motion` is the head's own over the
    similarity `to_picture`, which takes crop pixels into the picture. `fit_mm` is what it left unexplained at the
    quiet points (median), `lost_share` the share of textured patches that are not found again, `brightness_ratio` the
    face's brightness over that at rest, `washed_out` by how much more of the face is white than at rest.
    """

    resting: Resting
    sites_mm: Mapping[str, FloatArray]
    by_mesh: frozenset[str]
    crop: Gray
    motion: Motion
    to_picture: FloatArray
    fit_mm: float
    lost_share: float
    brightness_ratio: float
    washed_out: float

    def head_motion(self, landmark: int) -> FloatArray:
        """How far the head's own motion carried a landmark, (x, y) in crop pixels."""
        return np.asarray(self.resting.landmarks.some([landmark]).carried(self.motion)[0])

    def in_picture(self, points: FloatArray) -> FloatArray:
        """Crop points (n, 2) as picture pixels (n, 2)."""
        return np.asarray(points @ self.to_picture[:, :2].T + self.to_picture[:, 2])


class Skin:
    """Measures skin movement against a resting picture; one for each person and session.

    `eye_distance_mm` is the person's distance between the eye centres: the scale, frozen for the session because
    a scale read anew in each frame doubles every error (measurement.md section 6).
    """

    def __init__(self, eye_distance_mm: float) -> None:
        self.eye_distance_mm = eye_distance_mm

    def rest(self, gray: Gray, face: Face) -> Resting:
        """Take this grey picture (height, width) and its face as the resting one."""
        to_crop = self._upright(face)
        crop = np.asarray(cv2.warpAffine(gray, to_crop, (CROP_WIDTH, CROP_HEIGHT)), dtype=np.uint8)
        shrunk = float(np.hypot(to_crop[0, 0], to_crop[1, 0]))
        at = face.points[:, :2] @ to_crop[:, :2].T + to_crop[:, 2]
        depth = face.points[:, 2] * shrunk * DEPTH_GAIN

        def points(places: FloatArray, smooth_mm: float) -> Points:
            return Points(places, depth_at(places, at[:468], depth[:468], smooth_mm))

        patches = points(at[LANDMARKS] + OFFSETS, PATCH_DEPTH_MM)
        return Resting(
            crop=crop,
            size=1 / shrunk,
            landmarks=Points(at, depth),
            patches=patches,
            quiet=patches.some(_QUIET),
            surface=points(_SURFACE, SURFACE_DEPTH_MM),
            level=light.level(crop),
            templates=_templates(crop, patches.at),
            brightness=light.brightness(crop),
            white_share=light.white_share(crop),
        )

    def since(self, resting: Resting, gray: Gray, face: Face) -> Shift:
        """The movement between the resting picture and this grey picture (height, width) with its face."""
        to_picture = _similarity(resting.landmarks.at[QUIET], face.points[QUIET, :2])
        size = float(np.hypot(to_picture[0, 0], to_picture[1, 0])) / resting.size
        mesh = _mesh_moved(resting, to_picture, face)
        turned, _ = resting.quiet.motion(mesh[QUIET], np.ones(len(QUIET)), size)
        raw = _stabilised(gray, resting.surface, turned, to_picture)
        crop = light.evened(raw, resting.level)
        moved, alike = _follow(resting, crop)
        moved += Points(resting.patches.at + moved, resting.patches.depth).carried(turned)
        stray = np.linalg.norm(moved - mesh[LANDMARKS], axis=1) > STRAY_MM * PX_PER_MM
        alike[stray & np.isfinite(alike)] = -1.0
        trusted = (alike[_QUIET] > MATCH).astype(float)
        motion, fit_px = Motion.none(size), float("inf")
        if trusted.sum() >= len(trusted) / 3:  # with less of the skull nobody can tell how the head moved
            motion, misfit = resting.quiet.motion(moved[_QUIET], trusted, size)
            fit_px = float(np.median(misfit[trusted > 0]))
        sites, by_mesh = _sites(
            moved - resting.patches.carried(motion), alike, mesh - resting.landmarks.carried(motion)
        )
        textured = np.isfinite(alike)
        return Shift(
            resting=resting,
            sites_mm=sites,
            by_mesh=by_mesh,
            crop=crop,
            motion=motion,
            to_picture=to_picture,
            fit_mm=fit_px / PX_PER_MM,
            lost_share=float(np.mean(alike[textured] <= MATCH)) if textured.any() else 1.0,
            brightness_ratio=light.brightness(raw) / max(resting.brightness, 1.0),
            washed_out=light.white_share(raw) - resting.white_share,
        )

    def _upright(self, face: Face) -> FloatArray:
        """Picture to crop: eye line level, PX_PER_MM pixels a millimetre; shape (2, 3)."""
        right, left = face.eye_centres
        axis = left - right
        length = max(float(np.linalg.norm(axis)), 1e-6)
        cosine, sine = self.eye_distance_mm * PX_PER_MM / length * axis / length
        turn = np.array([[cosine, sine], [-sine, cosine]])
        return np.column_stack([turn, EYE_LINE - turn @ ((right + left) / 2)])


def _patch_table() -> tuple[NDArray[np.intp], FloatArray, NDArray[np.intp], NDArray[np.str_]]:
    """Landmark, offset in crop pixels, window and owning site of every patch; the quiet points come last."""
    rows = [
        (landmark, offset * spread_mm * PX_PER_MM, window, name)
        for name, (landmark, spread_mm, window) in SITES.items()
        for offset in _CROSS
    ]
    rows += [(landmark, np.zeros(2), BROAD, "quiet") for landmark in QUIET]
    landmarks, offsets, windows, owners = zip(*rows, strict=True)
    return np.array(landmarks), np.array(offsets), np.array(windows), np.array(owners)


LANDMARKS, OFFSETS, WINDOWS, OWNERS = _patch_table()
_QUIET = np.flatnonzero(OWNERS == "quiet")

_CELL = 6  # crop pixels: the head is smooth enough to be carried on a coarse grid
_SURFACE = np.stack(
    [
        axis.ravel()
        for axis in np.meshgrid(
            np.arange(_CELL / 2 - 0.5, CROP_WIDTH, _CELL), np.arange(_CELL / 2 - 0.5, CROP_HEIGHT, _CELL)
        )
    ],
    axis=1,
)


def _stabilised(gray: Gray, surface: Points, motion: Motion, to_picture: FloatArray) -> Gray:
    """The picture as the resting head would show it: shifted, turned and sized back; shape of the crop."""
    places = (surface.at + surface.carried(motion)) @ to_picture[:, :2].T + to_picture[:, 2]
    coarse = places.reshape(CROP_HEIGHT // _CELL, CROP_WIDTH // _CELL, 2).astype(np.float32)
    fine = cv2.resize(coarse, (CROP_WIDTH, CROP_HEIGHT), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.remap(gray, fine, None, cv2.INTER_LINEAR), dtype=np.uint8)  # type: ignore[call-overload]


def _sites(
    own: FloatArray, alike: FloatArray, own_by_mesh: FloatArray
) -> tuple[dict[str, FloatArray], frozenset[str]]:
    """Each site's own movement in mm, and the sites at which the mesh stood in.

    `own` (patches, 2) and `own_by_mesh` (478, 2) are crop pixels with the head's motion taken out.
    """
    seen = (alike[: -len(QUIET)] > MATCH).reshape(len(SITES), len(_CROSS))
    parts = own[: -len(QUIET)].reshape(len(SITES), len(_CROSS), 2)
    # A patch that strays from its neighbours of the same site has locked on to skin that looks alike.
    apart = np.abs(parts - np.median(parts, axis=1, keepdims=True)).max(axis=2)
    seen &= apart < APART_MM * PX_PER_MM
    means = (parts * seen[..., None]).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)[:, None] / PX_PER_MM
    found = 2 * seen.sum(axis=1) > len(_CROSS)
    sites: dict[str, FloatArray] = {}
    by_mesh = set()
    for number, (name, (landmark, _, _)) in enumerate(SITES.items()):
        by_landmark = own_by_mesh[landmark] / PX_PER_MM
        if found[number]:
            sites[name] = means[number]
        elif name in BY_MESH and np.linalg.norm(by_landmark) > GROSS_MM:
            sites[name] = by_landmark
            by_mesh.add(name)
        else:
            sites[name] = np.full(2, np.nan)
    return sites, frozenset(by_mesh)


def _templates(crop: Gray, places: FloatArray) -> dict[int, Templates]:
    """The skin around each place at rest, by window."""
    found = {}
    for window in (NARROW, FINE, BROAD):
        chosen = places[window == WINDOWS].astype(np.float32)
        skin = _windows(crop, chosen, window)
        found[window] = Templates(chosen, skin, skin.std(axis=(1, 2)))
    return found


def _follow(resting: Resting, crop: Gray) -> tuple[FloatArray, FloatArray]:
    """Follow every patch from rest (pyramidal Lucas-Kanade): displacement (n, 2) and likeness (n,), NaN where flat.

    Always from the resting picture, never from frame to frame: nothing can drift.
    """
    moved, alike = np.empty((len(OWNERS), 2)), np.empty(len(OWNERS))
    for window, templates in resting.templates.items():
        start = templates.places[:, None]
        found, status, _ = cv2.calcOpticalFlowPyrLK(
            resting.crop,
            crop,
            start,
            None,  # type: ignore[call-overload]  # OpenCV's stubs forget that no first guess may be given
            winSize=(window, window),
            maxLevel=2,
            criteria=(cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 10, 0.02),
        )
        skin = _windows(crop, found[:, 0], window)
        together = np.einsum("nij,nij->n", templates.skin, skin) / window**2
        likeness = together / np.maximum(templates.spread * skin.std(axis=(1, 2)), 1e-6)
        likeness[status[:, 0] == 0] = -1.0
        likeness[templates.spread < TEXTURE] = np.nan
        chosen = window == WINDOWS
        moved[chosen], alike[chosen] = (found - start)[:, 0], likeness
    return moved, alike


def _windows(picture: Gray, centres: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    """The picture around each centre (n, 2) with its mean taken off, shape (n, window, window)."""
    reach = np.arange(window, dtype=np.float32) - window // 2
    columns = centres[:, 0, None, None] + reach[None, None, :] + 0 * reach[None, :, None]
    rows = centres[:, 1, None, None] + reach[None, :, None] + 0 * reach[None, None, :]
    stacked = cv2.remap(
        picture,
        columns.reshape(-1, window),
        rows.reshape(-1, window),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    patches = stacked.reshape(-1, window, window).astype(np.float32)
    return np.asarray(patches - patches.mean(axis=(1, 2), keepdims=True))


def _similarity(source: FloatArray, target: FloatArray) -> FloatArray:
    """The least-squares shift, turn and scale from source (n, 2) to target (n, 2); shape (2, 3)."""
    centre, goal = source.mean(0), target.mean(0)
    a, b = (source - centre).T @ (target - goal)
    power = max(float(((source - centre) ** 2).sum()), 1e-6)
    cosine, sine = (a[0] + b[1]) / power, (a[1] - b[0]) / power
    turn = np.array([[cosine, -sine], [sine, cosine]])
    return np.column_stack([turn, goal - turn @ centre])


def _mesh_moved(resting: Resting, to_picture: FloatArray, face: Face) -> FloatArray:
    """What the mesh alone says each landmark has moved in the crop, in pixels, shape (478, 2)."""
    back = cv2.invertAffineTransform(to_picture)
    return np.asarray(face.points[:, :2] @ back[:, :2].T + back[:, 2] - resting.landmarks.at)
