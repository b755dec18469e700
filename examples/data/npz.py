"""NumPy files, written without NumPy."""

from __future__ import annotations

import sys
import zipfile
from array import array
from pathlib import Path
from typing import Mapping, Sequence, Union

Values = Union["array[float]", "array[int]", Sequence[str]]

NUMBERS = {"d": "<f8", "q": "<i8"}
"""NumPy's name for the type of each array that may be written."""


def npy(values: Values, shape: Sequence[int]) -> bytes:
    """The bytes of a .npy file, version 1.0: `values` in rows, of the types double, 64-bit integer or text."""
    if isinstance(values, array):
        kind, data = NUMBERS[values.typecode], _little_endian(values)
    else:
        width = max([len(text) for text in values] + [1])
        kind, data = f"<U{width}", b"".join(text.ljust(width, "\0").encode("utf-32-le") for text in values)
    sizes = "".join(f"{size}, " for size in shape)
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({sizes}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode("ascii") + data


def write_npz(path: Path, arrays: Mapping[str, tuple[Values, Sequence[int]]]) -> None:
    """Writes arrays, each with its shape, under their names. The same arrays make the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, (values, shape) in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, npy(values, shape))


def labels(texts: Sequence[str]) -> tuple[Values, Sequence[int]]:
    """Labels as an array: integers where all of them are, else texts."""
    try:
        values: Values = array("q", [int(text) for text in texts])
    except ValueError:
        values = list(texts)
    return values, [len(texts)]


def _little_endian(values: "array[float] | array[int]") -> bytes:
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values.tobytes()
