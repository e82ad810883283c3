"""From a picture to the landmarks of the face in it: the only file that knows MediaPipe.

The legacy Face Mesh is used because its models lie inside the wheel: nothing is fetched, nothing is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.face import LANDMARK_COUNT, Face

SECOND_FACE_EVERY_SECONDS = 0.5  # the detector costs as much as the tracker: looking twice a second is enough
SECOND_FACE_WIDTH_SHARE = 0.5  # a face in a poster or far behind is no second person at the camera


class Sighting(Enum):
    """What was found where no single face can be followed."""

    NO_FACE = "no_face"
    TWO_FACES = "two_faces"


@dataclass(slots=True)
class _SecondFace:
    """When the picture was last searched for a second person, and whether one was there."""

    searched_at: float | None = None
    present: bool = False


class Tracker:
    """Follows one face through a stream of pictures; keep one tracker for each person."""

    def __init__(self) -> None:
        # Imported here: it takes about 1.5 s, and pages that measure nothing must not pay for it.
        from mediapipe.python.solutions import face_detection, face_mesh

        self._mesh: Any = face_mesh.FaceMesh(max_num_faces=1, refine_landmarks=True)
        self._detector: Any = face_detection.FaceDetection(model_selection=0, min_detection_confidence=0.6)
        self._second = _SecondFace()

    def follow(self, picture: NDArray[np.uint8], at: float) -> Face | Sighting:
        """The face in an RGB picture of shape (height, width, 3), unmirrored, taken `at` seconds.

        Raises:
            ValueError: the picture is not an 8-bit RGB picture.
        """
        if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8 or 0 in picture.shape:
            raise ValueError(
                f"A picture must be 8-bit RGB of shape (height, width, 3), not {picture.dtype} {picture.shape}."
            )
        height, width = picture.shape[:2]
        picture = np.ascontiguousarray(picture).view()
        picture.flags.writeable = (
            False  # MediaPipe then reads it without copying; the caller's own stays as it is
        )
        found = self._mesh.process(picture).multi_face_landmarks
        if not found:
            return Sighting.NO_FACE
        points = np.array([(p.x * width, p.y * height, p.z * width) for p in found[0].landmark])
        if points.shape != (LANDMARK_COUNT, 3) or not np.isfinite(points).all():
            return Sighting.NO_FACE
        if self._two_people(picture, at, float(np.ptp(points[:, 0]))):
            return Sighting.TWO_FACES
        return Face(points, width, height)

    def _two_people(self, picture: NDArray[np.uint8], at: float, face_width: float) -> bool:
        last = self._second.searched_at
        if last is None or not 0 <= at - last < SECOND_FACE_EVERY_SECONDS:
            detections = self._detector.process(picture).detections or ()
            widths = [d.location_data.relative_bounding_box.width * picture.shape[1] for d in detections]
            near = [w for w in widths if w >= SECOND_FACE_WIDTH_SHARE * face_width]
            self._second = _SecondFace(searched_at=at, present=len(near) > 1)
        return self._second.present

    def close(self) -> None:
        """Free the graphs; the tracker cannot be used afterwards."""
        self._mesh.close()
        self._detector.close()

    def __enter__(self) -> Tracker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
