"""A camera picture from JPEG bytes, within bounds: its size is read from the header before anything is decoded."""

from __future__ import annotations

import struct

import cv2
import numpy as np
from numpy.typing import NDArray

from coach import CoachError

LONGEST_SIDE = 1920  # pixels
MOST_PIXELS = 1920 * 1080
MOST_SCANS = (
    16  # a progressive JPEG has about 10; thousands of scans in a small file would keep the decoder busy
)

_START, _START_OF_SCAN, _END = b"\xff\xd8", b"\xff\xda", b"\xff\xd9"
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15 without DHT, JPG and DAC
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD8)})  # TEM and RST0 to RST7 carry no length


class BrokenPicture(CoachError):
    """The bytes are not a whole JPEG picture."""


class PictureTooLarge(CoachError):
    """The picture is larger than a camera picture needs to be; it was not decoded."""


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, as the JPEG header names them.

    Raises:
        BrokenPicture: there is no header to read them from.
    """
    if not data.startswith(_START):
        raise BrokenPicture("The bytes do not begin as a JPEG does.")
    at = len(_START)
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF or marker in _BARE_MARKERS:
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if marker in _FRAME_MARKERS and length >= 8 and at + 9 <= len(data):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return int(width), int(height)
        if marker == _START_OF_SCAN[1] or length < 2:
            break
        at += 2 + length
    raise BrokenPicture("The JPEG names no size.")


def decode(data: bytes) -> NDArray[np.uint8]:
    """The picture as 8-bit RGB of shape (height, width, 3), as the camera saw it.

    Raises:
        BrokenPicture: not a whole JPEG.
        PictureTooLarge: beyond 1920x1080 (either way up).
    """
    width, height = jpeg_size(data)
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise PictureTooLarge(f"A picture of {width}x{height} pixels was sent; 1920x1080 is the most.")
    if not data.endswith(_END):
        raise BrokenPicture(
            "The JPEG breaks off."
        )  # the decoder would fill the rest with grey and say nothing
    if data.count(_START_OF_SCAN) > MOST_SCANS:
        raise BrokenPicture("The JPEG has more scans than a camera picture has.")
    try:
        picture = cv2.imdecode(
            np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
        )
    except cv2.error as error:
        raise BrokenPicture("The JPEG cannot be decoded.") from error
    if picture is None or picture.shape != (height, width, 3):
        raise BrokenPicture("The JPEG cannot be decoded.")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), dtype=np.uint8)
