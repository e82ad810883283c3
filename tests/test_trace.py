"""The course of a repetition survives being written small, and foreign bytes are told."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from practices import a_course

from coach.trace import Trace, TraceError


@settings(max_examples=60, deadline=None)
@given(
    values=arrays.arrays(
        float,
        st.tuples(st.integers(0, 40), st.integers(0, 5)),
        elements=st.floats(-320, 320) | st.just(float("nan")),
    ),
    began=st.floats(0, 7200),
)
def test_a_course_comes_back_to_a_hundredth_of_a_millimetre(values: np.ndarray, began: float) -> None:
    at = began + np.arange(len(values)) / 25
    names = tuple(f"movement_{n}" for n in range(values.shape[1]))

    back = Trace.of_parquet(Trace(at, names, values).to_parquet())

    assert back.names == names
    assert back.values_mm.shape == values.shape
    np.testing.assert_allclose(back.at_seconds, at, atol=0.00051)
    np.testing.assert_allclose(back.values_mm, values, atol=0.00501)  # NaN only where it was NaN


def test_what_is_beyond_all_faces_is_cut_and_what_is_no_number_is_unseen() -> None:
    values = np.array([[1e9, -1e9, np.inf, -np.inf, np.nan, 0.0]])

    back = Trace.of_parquet(Trace(np.zeros(1), tuple("abcdef"), values).to_parquet())

    np.testing.assert_array_equal(back.values_mm, [[327.67, -327.67, np.nan, np.nan, np.nan, 0.0]])


def test_a_course_is_small_and_any_program_can_read_it() -> None:
    names = [f"{name}_{side}" for name in ("corner_up", "eye_narrowing", "brow_raise") for side in "rl"]
    course = a_course(12.0, *names)

    written = course.to_parquet()
    table = pd.read_parquet(io.BytesIO(written))

    assert len(written) < 5000  # 300 moments of 6 movements: two bytes each and the file's own words
    assert list(table.columns) == ["at_ms", *names]
    assert table["at_ms"].iloc[0] == 20_000
    assert (table[names[0]] == -32768).sum() == np.isnan(course.values_mm[:, 0]).sum() == 10
    about = pq.read_metadata(io.BytesIO(written)).metadata
    assert (about[b"values"], about[b"unseen"]) == (b"hundredths of a millimetre", b"-32768")


def test_one_movement_can_be_asked_for() -> None:
    course = a_course(1.0, "pucker", "chin_raise")

    found = course.of("chin_raise")

    assert found is not None
    np.testing.assert_array_equal(found, course.values_mm[:, 1])
    assert course.of("ears") is None


@pytest.mark.parametrize(
    ("at", "names", "values"),
    [
        (np.zeros(3), ("a",), np.zeros((2, 1))),
        (np.zeros(3), ("a", "b"), np.zeros((3, 1))),
        (np.zeros(3), ("a",), np.zeros(3)),
        (np.zeros((3, 1)), ("a",), np.zeros((3, 1))),
        (np.zeros(3), ("a", "a"), np.zeros((3, 2))),
        (np.zeros(3), ("at_ms",), np.zeros((3, 1))),
        (np.array([0.0, np.nan, 2.0]), ("a",), np.zeros((3, 1))),
    ],
    ids=["moments", "movements", "flat", "times", "twice", "name of the time", "no time"],
)
def test_parts_that_do_not_belong_together_are_told(
    at: np.ndarray, names: tuple[str, ...], values: np.ndarray
) -> None:
    with pytest.raises(TraceError):
        Trace(at, names, values)


def parquet(**columns: pa.Array) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PAR1",
        b"PAR1" + b"\x00" * 64 + b"PAR1",
        b"Dear diary, " * 20,
        a_course().to_parquet()[:-9],
        a_course().to_parquet()[9:],
        parquet(a=pa.array([1, 2])),
        parquet(at_ms=pa.array([1, 2]), smile=pa.array([0.5, 0.7])),
        parquet(at_ms=pa.array(["1"]), smile=pa.array([1], pa.int16())),
        parquet(at_ms=pa.array([1, None]), smile=pa.array([1, 2], pa.int16())),
        parquet(at_ms=pa.array([1, 2]), smile=pa.array([1, None], pa.int16())),
        parquet(),
    ],
    ids=lambda data: f"{len(data)} bytes",
)
def test_foreign_bytes_are_told(data: bytes) -> None:
    with pytest.raises(TraceError, match="trace"):
        Trace.of_parquet(data)


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 10_000), letter=st.integers(0, 255))
def test_a_byte_that_was_changed_is_told_or_does_no_harm(place: int, letter: int) -> None:
    written = bytearray(a_course(1.0).to_parquet())
    written[place % len(written)] = letter
    with contextlib.suppress(TraceError):
        Trace.of_parquet(bytes(written))
