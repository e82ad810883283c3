"""Camera pictures: their size is known before they are decoded, and what is not a whole JPEG is said to be broken."""

from __future__ import annotations

import contextlib
import io
import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from coach.picture import BrokenPicture, PictureTooLarge, decode, jpeg_size


def jpeg(width: int = 64, height: int = 48, mode: str = "RGB", **options: object) -> bytes:
    """A picture red on its left and blue on its right half."""
    picture = Image.new("RGB", (width, height), (200, 30, 30))
    picture.paste((30, 30, 200), (width // 2, 0, width, height))
    file = io.BytesIO()
    picture.convert(mode).save(file, "JPEG", **options)
    return file.getvalue()


def with_size(data: bytes, width: int, height: int) -> bytes:
    at = data.index(b"\xff\xc0")
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def test_a_picture_is_red_green_blue_and_as_it_was_sent() -> None:
    picture = decode(jpeg(quality=95))
    assert (picture.shape, picture.dtype) == ((48, 64, 3), np.uint8)
    assert picture[24, 8] == pytest.approx((200, 30, 30), abs=12)
    assert picture[24, 56] == pytest.approx((30, 30, 200), abs=12)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_print_colours_become_red_green_blue(mode: str) -> None:
    assert decode(jpeg(mode=mode)).shape == (48, 64, 3)


@pytest.mark.parametrize(
    "options", [{"progressive": True}, {"comment": b"\xff\xc0 not a frame"}, {"quality": 5}]
)
def test_every_whole_jpeg_is_read(options: dict[str, object]) -> None:
    assert jpeg_size(jpeg(**options)) == (64, 48)
    assert decode(jpeg(**options)).shape == (48, 64, 3)


def test_a_note_to_turn_the_picture_is_passed_over() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    assert decode(jpeg(exif=turned.tobytes())).shape == (48, 64, 3)


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920)])
def test_the_largest_camera_picture_is_let_through(size: tuple[int, int]) -> None:
    assert decode(jpeg(*size)).shape == (size[1], size[0], 3)


@pytest.mark.parametrize("size", [(1921, 1), (1, 1921), (1920, 1081), (30_000, 30_000), (65_535, 65_535)])
def test_a_larger_one_is_refused_without_being_decoded(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(PictureTooLarge, match=f"{size[0]}x{size[1]}"):
        decode(with_size(jpeg(), *size))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n",
        jpeg()[:100],
        jpeg()[:-2],
        jpeg()[1:],
        b"\xff\xd8" + b"\xff" * 50 + b"\xff\xd9",
        b"\xff\xd8\xff\xe0\x00\x00" + jpeg()[2:],
        with_size(jpeg(), 0, 48),
        with_size(jpeg(), 64, 0),
        jpeg()[:-2] + b"\xff\xda\x00\x0c" * 1000 + b"\xff\xd9",
    ],
    ids=["nothing", "a start", "no picture", "a PNG", "broken off", "no end", "no start", "filling", "no length",
         "no width", "no height", "a thousand scans"],
)  # fmt: skip
def test_what_is_not_a_whole_jpeg_is_broken(data: bytes) -> None:
    with pytest.raises(BrokenPicture):
        decode(data)


@given(st.binary(max_size=300), st.integers(0, 600))
def test_no_bytes_do_anything_but_decode_or_break(noise: bytes, at: int) -> None:
    whole = jpeg()
    for data in (noise, b"\xff\xd8" + noise + b"\xff\xd9", whole[:at] + noise + whole[at + len(noise) :]):
        with contextlib.suppress(BrokenPicture, PictureTooLarge):
            assert decode(data).ndim == 3
