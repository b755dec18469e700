"""IDX files, the form of MNIST, from images in other forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Iterable, Sequence

BYTES = 0x08
"""Code of the type in the head of a file."""

FILES = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
]
"""What the four files of such a set are called."""


def idx(shape: Sequence[int], values: bytes) -> bytes:
    """The bytes of a file: its head, big-endian, then the values in rows."""
    head = bytes([0, 0, BYTES, len(shape)]) + b"".join(size.to_bytes(4, "big") for size in shape)
    return head + values


def write_set(folder: Path, side: int, classes: Iterable[Sequence[bytes]], tested: int) -> None:
    """Writes the four files. Each class is a list of square images, of which the last `tested` are to test on.

    The images of all classes come in turn, so that the first ones of a file hold every class.
    """
    train: list[tuple[int, int, bytes]] = []
    test: list[tuple[int, int, bytes]] = []
    for label, images in enumerate(classes):
        cut = len(images) - tested
        train += [(place, label, image) for place, image in enumerate(images[:cut])]
        test += [(place, label, image) for place, image in enumerate(images[cut:])]
    for part, names in ((train, FILES[:2]), (test, FILES[2:])):
        part.sort(key=lambda entry: entry[:2])
        pixels = b"".join(image for _, _, image in part)
        (folder / names[0]).write_bytes(idx([len(part), side, side], pixels))
        (folder / names[1]).write_bytes(idx([len(part)], bytes(label for _, label, _ in part)))


def images_of_json(text: bytes, pixels: int) -> list[bytes]:
    """The images of one class: `{"data": [[grey values from 0 to 255], ...]}`. Lists without a value are left out."""
    images = [bytes(values) for values in json.loads(text)["data"] if values]
    for number, image in enumerate(images):
        if len(image) != pixels:
            raise ValueError(f"image {number} has {len(image)} pixels, expected {pixels}")
    return images
