"""The photographs that a simulated patient can be made of; the face of each is a real person's.

`astronaut` comes with scikit-image. `variant` is the same person with a broader, shorter lower face and darker: no
other face, but other proportions and another tone. `clip` is another person, from a film that lies beside the
project and is never copied into it; where it is absent, `faces()` leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np
from patient_openings import Picture

CLIP = Path(__file__).resolve().parents[2] / "shared" / "clips" / "PF_single_face.mp4"
CLIP_PICTURE = 8  # he is at rest and looks ahead in pictures 0 to 15

# The variant, in shares of a face's width or height
JAW_BROADER, LOWER_FACE_SHORTER, GAMMA = 0.12, 0.08, 1.5


def faces() -> tuple[str, ...]:
    """The names of the photographs at hand, the always present ones first."""
    return tuple(name for name in PHOTOGRAPHS if name != "clip" or CLIP.exists())


def photograph(name: str) -> Picture:
    """The photograph as it is, RGB.

    Raises:
        ValueError: there is no photograph of that name.
        FileNotFoundError: the film for `clip` is not at hand.
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"unknown picture {name!r}: at hand are {', '.join(faces())}")
    return PHOTOGRAPHS[name]()


def _astronaut() -> Picture:
    import skimage.data

    return np.asarray(skimage.data.astronaut(), dtype=np.uint8)


def _variant() -> Picture:
    face = _astronaut()
    height, width = face.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    middle, eyes, chin = 224.0, 112.0, 200.0  # of this photograph, pixels
    down = np.clip((y - eyes) / (chin - eyes), 0, 2)
    lower = (
        down**2 * (3 - 2 * np.minimum(down, 1)) / np.maximum(down, 1) ** 2
    )  # smooth, 0 at the eyes, 1 below
    near = np.exp(-((((x - middle) / 110) ** 2) ** 2))
    from_x = middle + (x - middle) * (1 - JAW_BROADER * lower * near)
    from_y = (
        y + LOWER_FACE_SHORTER * (chin - eyes) * down * np.exp(-(np.maximum(down - 1, 0) ** 2) * 4) * near
    )
    moved = cv2.remap(face, from_x.astype(np.float32), from_y.astype(np.float32), cv2.INTER_CUBIC)
    return np.rint(255 * (moved / 255.0) ** GAMMA).astype(np.uint8)


def _clip() -> Picture:
    if not CLIP.exists():
        raise FileNotFoundError(f"{CLIP.name} is not at hand: it should lie in {CLIP.parent}")
    film = cv2.VideoCapture(str(CLIP))
    film.set(cv2.CAP_PROP_POS_FRAMES, 0)
    picture = None
    for _ in range(CLIP_PICTURE + 1):
        read, picture = film.read()
        if not read:
            raise OSError(f"{CLIP}: picture {CLIP_PICTURE} cannot be read")
    film.release()
    return cv2.cvtColor(np.asarray(picture, dtype=np.uint8), cv2.COLOR_BGR2RGB)


PHOTOGRAPHS: Mapping[str, Callable[[], Picture]] = MappingProxyType(
    {"astronaut": _astronaut, "variant": _variant, "clip": _clip}
)
