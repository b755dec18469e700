"""Tables: CSV files with a line for each sample."""

from __future__ import annotations

import csv
from array import array
from pathlib import Path
from typing import Sequence

from npz import labels, write_npz

Row = Sequence[str]


def write_csv(path: Path, header: Row, rows: Sequence[Row]) -> None:
    """Writes a table with its header."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def named_classes(text: str, features: Sequence[str]) -> tuple[Row, list[Row]]:
    """A table whose first line holds its size and the names of the classes, and whose last column is the number of a class.

    Gives the header, with `features` and "label", and the rows, with the names of the classes.
    """
    first, *rows = [row for row in csv.reader(text.splitlines()) if row]
    samples, width, classes = int(first[0]), int(first[1]), first[2:]
    if len(rows) != samples or width != len(features):
        raise ValueError(f"{len(rows)} rows for {samples} samples, {len(features)} names for {width} features")
    return [*features, "label"], [[*row[:-1], classes[int(row[-1])]] for row in rows]


def write_digits(folder: Path, text: str) -> None:
    """Writes images of 8 x 8 pixels, a line for each and its digit at the end, as digits.csv and digits.npz."""
    rows = [[str(int(float(cell))) for cell in row] for row in csv.reader(text.splitlines()) if row]
    pixels = len(rows[0]) - 1
    write_csv(folder / "digits.csv", [*(f"p{pixel}" for pixel in range(pixels)), "label"], rows)
    values = array("d", [float(cell) for row in rows for cell in row[:-1]])
    digits = [row[-1] for row in rows]
    write_npz(folder / "digits.npz", {"x": (values, [len(rows), pixels]), "y": labels(digits)})
