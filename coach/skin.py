"""How far each patch of skin has moved since rest, in mm, with the head's own motion taken out.

Landmarks say where a patch lies; following its texture from the resting picture says how far it has moved. A learned
mesh alone is blind to chin, cheek and fold, and mirrors one side to the other (docs/decisions.md, 1 and 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from coach.face import (
    BROW,
    CHEEK,
    CHIN_PAD,
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

# The pictures are small: handing them round threads costs more than it brings, and takes cores from other practices.
cv2.setNumThreads(1)

Gray = NDArray[np.uint8]

PX_PER_MM = 2.0
CROP_WIDTH, CROP_HEIGHT = 300, 360  # 150 x 180 mm: temple to temple, hairline to below the chin
EYE_LINE = (150.0, 125.0)  # where the midpoint between the eyes lies in the crop, pixels

# Windows in which a patch of skin is followed, in crop pixels. Smaller reads more of a narrow movement, larger is
# quieter; contest in docs/decisions.md, 2.
FINE, BROAD = 15, 21

# A site is a handful of patches around one landmark: (landmark, half spread of the patches in mm, window).
Site = tuple[int, float, int]
SITES: Mapping[str, Site] = {
    "upper_lip_middle": (0, 1.0, FINE),
    "lower_lip_middle": (17, 1.0, FINE),
    "chin": (CHIN_PAD, 2.0, BROAD),
    **{f"corner_{s.value}": (MOUTH_CORNER[s], 1.0, FINE) for s in SIDES},
    **{f"cheek_{s.value}": (CHEEK[s], 2.0, BROAD) for s in SIDES},
    **{f"brow_{s.value}": (BROW[s], 1.5, FINE) for s in SIDES},
    **{f"inner_brow_{s.value}": (INNER_BROW[s], 1.0, FINE) for s in SIDES},
    **{f"nasal_wing_{s.value}": (NASAL_WING[s], 1.0, FINE) for s in SIDES},
    **{f"upper_lip_{s.value}": (UPPER_LIP[s], 1.0, FINE) for s in SIDES},
    **{f"lower_lip_{s.value}": (LOWER_LIP[s], 1.0, FINE) for s in SIDES},
}
# Where a wide smile loses the skin and the mesh reads well. Elsewhere it reads next to nothing of a true movement, and
# millimetres of nothing where a hand lies over the face.
BY_MESH = frozenset(f"{site}_{s.value}" for site in ("corner", "upper_lip") for s in SIDES)
_CROSS = np.array([(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)], dtype=float)
QUIET = list(QUIET_POINTS)
_FACE = np.s_[60:300, 60:240]  # the middle of the crop, where the face fills it

MATCH = 0.5  # correlation below which a patch is not the skin that was there at rest
LIGHT_GRID = (15, 18)  # cells across and down the crop: 10 mm each
_U, _V = (
    axis.ravel() for axis in np.meshgrid(np.linspace(-1, 1, LIGHT_GRID[0]), np.linspace(-1, 1, LIGHT_GRID[1]))
)
ON_THE_FACE = (_U**2 / 0.8**2 + _V**2 / 0.9**2 < 1).astype(
    float
)  # what lies behind the face has its own light
LIGHT_SHAPES = np.stack([np.ones_like(_U), _U, _V, _U**2, _U * _V, _V**2], axis=1)
WHITE = 250  # grey level from which a camera holds no more detail
TEXTURE = 3.0  # grey levels (sd); a flatter patch cannot tell
STRAY_MM = (
    8.0  # skin found further than this from where the mesh says it went is another patch that looks alike
)
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

    `crop` is the stabilised grey picture, `landmarks` the (478, 2) mesh in its pixels, `rigid` the (478, 2, 6) ways in
    which a moving head carries each landmark, `light` how bright the crop is, coarsely, `templates` the skin of every
    patch by window, `brightness` the mean grey level of the face, `white_share` the share of it that is white.
    """

    crop: Gray
    landmarks: FloatArray
    rigid: FloatArray
    light: FloatArray
    templates: Mapping[int, Templates]
    brightness: float
    white_share: float

    @property
    def quiet(self) -> FloatArray:
        """The quiet points in crop pixels, shape (n, 2)."""
        return self.landmarks[QUIET]


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """How the skin has moved between rest and one picture.

    `sites_mm` maps each site to (x to the picture's right, y down), NaN where unseen; `by_mesh` names the sites where
    the mesh stood in. `modes` are the head's own motion, `to_picture` takes crop pixels into the picture,
    `fit_mm` is what the head fit left unexplained at the quiet points (median), `lost_share` the share of textured
    patches that are not found again, `brightness_ratio` the face's brightness over that at rest, `washed_out` by how
    much more of the face is white than at rest (share of its pixels).
    """

    resting: Resting
    sites_mm: Mapping[str, FloatArray]
    by_mesh: frozenset[str]
    modes: FloatArray
    to_picture: FloatArray
    fit_mm: float
    lost_share: float
    brightness_ratio: float
    washed_out: float

    def head_motion(self, landmark: int) -> FloatArray:
        """How far the head's own motion carried a landmark, (x, y) in crop pixels."""
        return np.asarray(self.resting.rigid[landmark] @ self.modes)

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
        landmarks = face.points[:, :2] @ to_crop[:, :2].T + to_crop[:, 2]
        depth = face.points[:, 2] * float(np.hypot(to_crop[0, 0], to_crop[1, 0]))
        places = (landmarks[LANDMARKS] + OFFSETS).astype(np.float32)
        return Resting(
            crop=crop,
            landmarks=landmarks,
            rigid=_rigid_modes(landmarks, depth),
            light=_light(crop),
            templates={w: _templates(crop, places[w == WINDOWS], w) for w in (FINE, BROAD)},
            brightness=_brightness(crop),
            white_share=_white_share(crop),
        )

    def since(self, resting: Resting, gray: Gray, face: Face) -> Shift:
        """The movement between the resting picture and this grey picture (height, width) with its face."""
        to_picture = _similarity(resting.quiet, face.points[QUIET, :2])
        crop = cv2.warpAffine(
            gray, to_picture, (CROP_WIDTH, CROP_HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        brightness = _brightness(np.asarray(crop, dtype=np.uint8))
        now = _relit(np.asarray(crop, dtype=np.uint8), resting.light)
        moved, alike = np.empty((len(OWNERS), 2)), np.empty(len(OWNERS))
        for window, templates in resting.templates.items():
            chosen = window == WINDOWS
            moved[chosen], alike[chosen] = _follow(resting.crop, now, templates, window)
        mesh = _mesh_moved(resting, to_picture, face)
        alike[np.linalg.norm(moved - mesh[LANDMARKS], axis=1) > STRAY_MM * PX_PER_MM] = -1.0
        quiet = slice(-len(QUIET), None)
        modes, fit_px = _head_motion(resting.rigid[QUIET], moved[quiet], alike[quiet])
        own = mesh - resting.rigid @ modes  # what the mesh says of the skin itself, in crop pixels
        sites: dict[str, FloatArray] = {}
        by_mesh = set()
        for name, (landmark, _, _) in SITES.items():
            patches = OWNERS_OF[name]
            seen = patches[alike[patches] > MATCH]
            by_landmark = own[landmark] / PX_PER_MM
            if len(seen) * 2 > len(patches):
                sites[name] = (np.median(moved[seen], axis=0) - resting.rigid[landmark] @ modes) / PX_PER_MM
            elif name in BY_MESH and np.linalg.norm(by_landmark) > GROSS_MM:
                sites[name] = by_landmark
                by_mesh.add(name)
            else:
                sites[name] = np.full(2, np.nan)
        return Shift(
            resting=resting,
            sites_mm=sites,
            by_mesh=frozenset(by_mesh),
            modes=modes,
            to_picture=to_picture,
            fit_mm=fit_px / PX_PER_MM,
            lost_share=float(np.mean(alike[np.isfinite(alike)] <= MATCH))
            if np.isfinite(alike).any()
            else 1.0,
            brightness_ratio=brightness / max(resting.brightness, 1.0),
            washed_out=_white_share(np.asarray(crop, dtype=np.uint8)) - resting.white_share,
        )

    def _upright(self, face: Face) -> FloatArray:
        """Picture to crop: eye line level, PX_PER_MM pixels a millimetre; shape (2, 3)."""
        right, left = face.eye_centres
        axis = left - right
        length = max(float(np.linalg.norm(axis)), 1e-6)
        cosine, sine = self.eye_distance_mm * PX_PER_MM / length * axis / length
        turn = np.array([[cosine, sine], [-sine, cosine]])
        return np.column_stack([turn, np.array(EYE_LINE) - turn @ ((right + left) / 2)])


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
OWNERS_OF = {name: np.flatnonzero(name == OWNERS) for name in SITES}


def _templates(crop: Gray, places: NDArray[np.float32], window: int) -> Templates:
    """The skin around each place at rest."""
    skin = _windows(crop, places, window)
    return Templates(places, skin, skin.std(axis=(1, 2)))


def _follow(rest: Gray, now: Gray, templates: Templates, window: int) -> tuple[FloatArray, FloatArray]:
    """Follow patches from rest (pyramidal Lucas-Kanade): displacement (n, 2) and likeness (n,), NaN where flat.

    Always from the resting picture, never from frame to frame: nothing can drift.
    """
    start = templates.places[:, None]
    found, status, _ = cv2.calcOpticalFlowPyrLK(
        rest,
        now,
        start,
        None,  # type: ignore[call-overload]  # OpenCV's stubs forget that no first guess may be given
        winSize=(window, window),
        maxLevel=3,
        criteria=(cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 20, 0.01),
    )
    skin = _windows(now, found[:, 0], window)
    together = np.einsum("nij,nij->n", templates.skin, skin) / window**2
    alike = together / np.maximum(templates.spread * skin.std(axis=(1, 2)), 1e-6)
    alike[status[:, 0] == 0] = -1.0
    alike[templates.spread < TEXTURE] = np.nan
    return (found - start)[:, 0].astype(float), alike.astype(float)


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


def _light(crop: Gray) -> FloatArray:
    """How bright the crop is, coarsely: the logarithm of its mean grey on a grid, shape LIGHT_GRID."""
    return np.asarray(np.log(np.maximum(cv2.resize(crop, LIGHT_GRID, interpolation=cv2.INTER_AREA), 1.0)))


def _relit(crop: Gray, light: FloatArray) -> Gray:
    """The crop in the light of rest: a change of light that is smooth over the face is taken out.

    Smooth means up to quadratic across the crop: a lamp dimmed, exposure, light from another side. Anything finer is
    left alone, because the shading of a moving chin is finer too.
    """
    change = (_light(crop) - light).ravel()
    weights = ON_THE_FACE
    for _ in range(3):
        fitted = LIGHT_SHAPES @ _least_squares(LIGHT_SHAPES, change, weights)
        misfit = np.abs(change - fitted)
        weights = ON_THE_FACE / np.maximum(
            misfit, 0.02
        )  # least absolute deviations: a hand or hair has no say
    factor = cv2.resize(
        np.exp(-fitted).reshape(LIGHT_GRID[::-1]).astype(np.float32), (CROP_WIDTH, CROP_HEIGHT)
    )
    return np.asarray(cv2.convertScaleAbs(crop * factor), dtype=np.uint8)


def _brightness(crop: Gray) -> float:
    """Mean grey level of the face."""
    return float(cv2.mean(crop[_FACE])[0])


def _white_share(crop: Gray) -> float:
    """The share of the face that is white: skin without texture."""
    return float(np.mean(crop[_FACE] >= WHITE))


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
    return np.asarray(face.points[:, :2] @ back[:, :2].T + back[:, 2] - resting.landmarks)


def _rigid_modes(points: FloatArray, depth: FloatArray) -> FloatArray:
    """Six small motions of a rigid head at points (n, 2) of depth (n,): shape (n, 2, 6).

    Shift right, shift down, scale, roll, yaw, pitch; centred between the eyes so that they stay well conditioned.
    """
    x, y = ((points - np.array(EYE_LINE)) / 100).T
    z = depth / 100
    zero, one = np.zeros_like(x), np.ones_like(x)
    return np.stack(
        [np.stack([one, zero, x, -y, z, zero], axis=-1), np.stack([zero, one, y, x, zero, z], axis=-1)],
        axis=1,
    )


def _least_squares(shapes: FloatArray, values: FloatArray, weights: FloatArray) -> FloatArray:
    """Weighted least squares by the normal equations: few and well-scaled shapes, and a tenth of lstsq's time."""
    weighted = shapes * weights[:, None]
    ridge = 1e-9 * np.eye(shapes.shape[1])  # so that a face with too few points left is still solvable
    return np.asarray(np.linalg.solve(weighted.T @ shapes + ridge, weighted.T @ values))


def _head_motion(modes: FloatArray, moved: FloatArray, alike: FloatArray) -> tuple[FloatArray, float]:
    """Coefficients of the six modes that explain the quiet points' movement, and the median misfit in pixels.

    Iteratively reweighted (Tukey's biweight): points that the exercise itself moves, or that hair covers, lose
    their say.
    """
    trusted = (alike > MATCH).astype(float)
    weights, coefficients, misfit = trusted, np.zeros(6), np.linalg.norm(moved, axis=1)
    if trusted.sum() < len(trusted) / 3:
        return coefficients, float("inf")  # too little of the skull is seen to tell how the head moved
    for _ in range(8):
        coefficients = _least_squares(modes.reshape(-1, 6), moved.reshape(-1), np.repeat(weights, 2))
        misfit = np.linalg.norm(moved - modes @ coefficients, axis=1)
        reach = 4.7 * max(1.48 * float(np.median(misfit[trusted > 0])), 0.1)
        weights = trusted * np.clip(1 - (misfit / reach) ** 2, 0, None) ** 2
    return coefficients, float(np.median(misfit[trusted > 0]))
