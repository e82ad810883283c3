"""The course of one repetition, movement by movement, small enough to keep: numbers only, never a picture."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from coach import CoachError
from coach.face import FloatArray

_TIME = "at_ms"
_HUNDREDTHS, _UNSEEN, _MOST = 100.0, -32768, 32767
_ABOUT = {"values": "hundredths of a millimetre", "unseen": str(_UNSEEN), _TIME: "milliseconds"}


class TraceError(CoachError):
    """The bytes are not a trace, or its parts do not belong together."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Readings over time: a row a moment, a column a movement, in mm; NaN where it was not seen."""

    at_seconds: FloatArray
    names: tuple[str, ...]
    values_mm: FloatArray

    def __post_init__(self) -> None:
        shape = (*np.shape(self.at_seconds), len(self.names))
        if len(shape) != 2 or np.shape(self.values_mm) != shape:
            raise TraceError(
                f"A trace of {len(self.names)} movements at {np.shape(self.at_seconds)} moments cannot hold values "
                f"of shape {np.shape(self.values_mm)}."
            )
        if len({*self.names, _TIME}) != len(self.names) + 1:
            raise TraceError(
                f"The movements of a trace need names of their own, not {', '.join(self.names)}."
            )
        if not np.isfinite(self.at_seconds).all():
            raise TraceError("Every moment of a trace needs a time.")

    def of(self, name: str) -> FloatArray | None:
        """The course of one movement in mm; None where it was not measured."""
        return self.values_mm[:, self.names.index(name)] if name in self.names else None

    def to_parquet(self) -> bytes:
        """The trace to a hundredth of a millimetre and a thousandth of a second, as a Parquet file."""
        hundredths = np.clip(np.rint(self.values_mm * _HUNDREDTHS), -_MOST, _MOST)
        values = np.where(np.isfinite(self.values_mm), hundredths, _UNSEEN).astype(np.int16)
        columns = [_column(np.rint(self.at_seconds * 1000).astype(np.int64), pa.int64())]
        columns += [_column(column, pa.int16()) for column in values.T]
        table = pa.table(columns, names=[_TIME, *self.names])
        file = io.BytesIO()
        writer = pq.ParquetWriter(  # type: ignore[no-untyped-call]
            file,
            table.schema,
            compression="zstd",
            use_dictionary=False,
            column_encoding="DELTA_BINARY_PACKED",
            write_statistics=False,  # they would outweigh the values, and so would Arrow's own copy of the schema
            store_schema=False,
        )
        with writer:
            writer.write_table(table)  # type: ignore[no-untyped-call]
            writer.add_key_value_metadata(_ABOUT)  # type: ignore[no-untyped-call]
        return file.getvalue()

    @classmethod
    def of_parquet(cls, data: bytes) -> Trace:
        """The trace that was written as these bytes.

        Raises:
            TraceError: they are something else, or damaged.
        """
        try:
            table = pq.read_table(io.BytesIO(data))  # type: ignore[no-untyped-call]
            names, kinds = table.column_names, table.schema.types
        except (pa.ArrowException, OSError, ValueError) as fault:
            raise TraceError(f"These {len(data)} bytes are not a trace ({fault}).") from fault
        if names[:1] != [_TIME] or kinds != [pa.int64(), *[pa.int16()] * (len(names) - 1)]:
            raise TraceError(
                f"This Parquet file is not a trace: its columns are {', '.join(names) or 'none'}; "
                f"allowed: {_TIME} as int64, then movements as int16."
            )
        if any(column.null_count for column in table.columns):
            raise TraceError("This Parquet file is not a trace: it has gaps.")
        values = np.empty((table.num_rows, len(names) - 1), dtype=np.int16)
        for number, column in enumerate(table.columns[1:]):
            values[:, number] = column.to_numpy()
        return cls(
            at_seconds=table.column(0).to_numpy().astype(float) / 1000,
            names=tuple(names[1:]),
            values_mm=np.where(values == _UNSEEN, np.nan, values / _HUNDREDTHS),
        )


def _column(values: NDArray[np.integer[Any]], kind: pa.DataType) -> pa.Array[Any]:
    # Not pa.array(): given numpy's arrays it loads pandas, half a second in the middle of somebody's practice.
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])
