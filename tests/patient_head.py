"""The simulated patient's head is rigid: how deep every point of the picture lies, and where a turn carries it.

The face has the depth of its mesh; hair and ears go on from the rim and fall back to the plane of the ears, in
which the background lies. A picture holds no skin that was hidden: where the temples are seen edge-on, the
surface is a little gentler than the mesh, and beyond 5 degrees of turning gentler all over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from patient_openings import Floats
from patient_script import Movement

# Face Mesh sees a turned face as turned by this much less than the depth of its own mesh says.
DEPTH_GAIN = 1.2
GENTLE_GAIN = 1.1  # and a gentler surface by this much more
# How far the surface may miss the mesh (the spline's smoothing, on millimetres): no steeper than 8 and than 2.
EXACT, GENTLE = 4.0, 8000.0
EXACT_TO_DEGREES, GENTLE_FROM_DEGREES = 5.0, 12.0
# Beyond the rim of the mesh: so many times as far from its middle, this share of the rim's height.
CONTINUED = ((1.3, 0.85), (1.7, 0.4), (2.3, 0.1), (4.0, 0.0), (6.0, 0.0))
BRIDGE = 168  # the landmark between the eyes about which the head rolls and comes nearer


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A surface of nodes at rest; heights are pixels in front of the plane of the ears, about which it turns.

    `x`, `y`: the nodes in pixels from the bridge of the nose; `camera` how far the camera is from the bridge, in
    pixels, or None for one so far away that nearness changes nothing but the size.
    """

    x: Floats
    y: Floats
    exact: Floats
    gentle: Floats
    bridge: float
    camera: float | None

    def carried(self, movement: Movement, px_per_mm: float, skin: Floats) -> Floats:
        """How far every node goes, in pixels, before the head rolls, shifts and grows; `skin` is its own part."""
        yaw, pitch = math.radians(movement.yaw_degrees), math.radians(movement.pitch_degrees)
        moved = movement.shift_x_mm or movement.shift_y_mm or movement.nearness
        if not (yaw or pitch or (self.camera and moved)):
            return skin
        most = max(abs(movement.yaw_degrees), abs(movement.pitch_degrees))
        share = (most - EXACT_TO_DEGREES) / (GENTLE_FROM_DEGREES - EXACT_TO_DEGREES)
        share = np.float32(min(max(share, 0.0), 1.0))
        height = self.exact + share * (self.gentle - self.exact) if share else self.exact
        x, y = self.x + skin[..., 0], self.y + skin[..., 1]
        if self.camera:  # from the picture back to the head: what is farther is larger than it looks
            true_size = 1 + (self.bridge - height) / np.float32(self.camera)
            x, y = x * true_size, y * true_size
        sine, cosine = np.float32(math.sin(yaw)), np.float32(math.cos(yaw))
        x, height = x * cosine + height * sine, height * cosine - x * sine
        sine, cosine = np.float32(math.sin(pitch)), np.float32(math.cos(pitch))
        y, height = y * cosine - height * sine, height * cosine + y * sine
        if self.camera:
            distance = self.camera / (1 + movement.nearness)
            seen = distance / (distance + self.bridge - height)
            # The shift that follows moves the whole picture; what is farther should move less.
            roll, size = math.radians(movement.roll_degrees), px_per_mm / (1 + movement.nearness)
            right, down = movement.shift_x_mm * size, movement.shift_y_mm * size
            along_x = np.float32(right * math.cos(roll) + down * math.sin(roll))
            along_y = np.float32(down * math.cos(roll) - right * math.sin(roll))
            x, y = (x + along_x) * seen - along_x, (y + along_y) * seen - along_y
        return np.dstack([x - self.x, y - self.y])


def head(
    landmarks: NDArray[np.float64], px_per_mm: float, nodes: tuple[Floats, Floats], camera_mm: float | None
) -> Head:
    """The head behind the landmarks (478, 3) of the resting picture."""
    x, y = nodes
    mesh = landmarks[:468] / px_per_mm
    heights = (np.percentile(mesh[:, 2], 95) - mesh[:, 2]) * DEPTH_GAIN
    bridge = float(heights[BRIDGE]) * px_per_mm
    x_mm, y_mm = x / px_per_mm, y / px_per_mm
    exact, gentle = (_surface(mesh[:, :2], heights, smooth, x_mm, y_mm) for smooth in (EXACT, GENTLE))
    return Head(
        x - np.float32(landmarks[BRIDGE, 0]),
        y - np.float32(landmarks[BRIDGE, 1]),
        exact * np.float32(px_per_mm),
        gentle * np.float32(px_per_mm * GENTLE_GAIN),
        bridge,
        camera_mm * px_per_mm if camera_mm else None,
    )


def _surface(
    places: NDArray[np.float64], heights: NDArray[np.float64], smoothing: float, x: Floats, y: Floats
) -> Floats:
    """A thin plate through the heights (n,) at places (n, 2) and on beyond their rim, at x, y; millimetres."""
    from scipy.interpolate import RBFInterpolator
    from scipy.spatial import ConvexHull

    rim, middle = ConvexHull(places).vertices, places.mean(axis=0)
    around = [middle + (places[rim] - middle) * far for far, _ in CONTINUED]
    falling = [heights[rim] * share for _, share in CONTINUED]
    plate = RBFInterpolator(
        np.concatenate([places, *around]), np.concatenate([heights, *falling]), smoothing=smoothing
    )
    flatter = plate(places)
    plate_height = plate(np.c_[x.ravel(), y.ravel()]).reshape(x.shape)
    return (plate_height * (heights @ flatter / (flatter @ flatter))).astype(
        np.float32
    )  # as deep as the mesh
