"""The coach's marks drawn into a picture: for recorded clips; the live page draws its own over the mirror.

Colours never speak alone: a reached band is a filled dot, an area that joins in is outlined and named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from coach.snapshot import Snapshot

WHITE, DARK = (250, 250, 250), (40, 40, 34)  # BGR
CALM, AMBER = (140, 150, 60), (40, 160, 240)
FONT = cv2.FONT_HERSHEY_SIMPLEX


def draw(picture: NDArray[np.uint8], snapshot: Snapshot) -> None:
    """Draw where the movement is, the band to reach, what joins in and the coach's sentence into a BGR picture."""
    height, width = picture.shape[:2]
    thick = max(1, round(width / 480))

    def pixel(point: tuple[float, float]) -> tuple[int, int]:
        return round(point[0] * width), round(point[1] * height)

    for guide in snapshot.guides:
        cv2.line(picture, pixel(guide.band_low), pixel(guide.band_high), CALM, 2 * thick, cv2.LINE_AA)
        cv2.circle(picture, pixel(guide.rest), 2 * thick, WHITE, thick, cv2.LINE_AA)
        cv2.circle(picture, pixel(guide.now), 3 * thick, WHITE, -1 if guide.in_band else thick, cv2.LINE_AA)
    if snapshot.warning is not None:
        outline = np.array([pixel(point) for point in snapshot.warning.outline], dtype=np.int32)
        if len(outline):
            cv2.polylines(picture, [outline], True, AMBER, 2 * thick, cv2.LINE_AA)
    where = f"{snapshot.phase.value}  {snapshot.repetition} of {snapshot.repetitions}"
    if snapshot.hold_share > 0:
        where += f"  hold {snapshot.hold_share:.0%}"
    _say(picture, where, top=True, colour=WHITE)
    _say(picture, snapshot.message, top=False, colour=AMBER if snapshot.warning is not None else WHITE)


def _say(picture: NDArray[np.uint8], words: str, *, top: bool, colour: tuple[int, int, int]) -> None:
    """One line on a dark band, small enough to fit; OpenCV's letters are ASCII only."""
    words = words.encode("ascii", "replace").decode()
    height, width = picture.shape[:2]
    size = width / 900
    taken = cv2.getTextSize(words, FONT, size, 1)[0][0]
    size *= min(1.0, 0.95 * width / max(taken, 1))
    deep = round(width / 18)
    start = 0 if top else height - deep
    picture[start : start + deep] = (picture[start : start + deep] * 0.35 + np.array(DARK) * 0.65).astype(
        np.uint8
    )
    cv2.putText(
        picture, words, (round(width * 0.02), start + round(deep * 0.68)), FONT, size, colour, 1, cv2.LINE_AA
    )
