"""Time series from .ts files, and the spikes of a send-on-delta code."""

from __future__ import annotations

import math
from array import array
from pathlib import Path
from typing import NamedTuple, Sequence

from npz import labels, write_npz
from tables import write_csv

THRESHOLD = 0.1
"""Of the send-on-delta code: distance of two levels, as a fraction of the range of a channel."""


class Series(NamedTuple):
    """A sample: a list of values for each channel, and its label."""

    channels: Sequence[Sequence[float]]
    label: str


def parse_ts(text: str) -> list[Series]:
    """The samples of a .ts file: after the line @data a line for each, its channels and then its label divided by colons."""
    lines = iter(text.splitlines())
    for line in lines:
        words = line.lower().split()
        if words[:2] == ["@timestamps", "true"]:
            raise ValueError("series with time stamps are not supported")
        if words == ["@data"]:
            break
    samples = []
    for line in lines:
        if line.strip():
            *channels, label = line.strip().split(":")
            samples.append(Series([[float(cell) for cell in channel.split(",")] for channel in channels], label))
    if not samples:
        raise ValueError("there is no sample after @data")
    return samples


def write_series(path: Path, samples: Sequence[Series]) -> None:
    """Writes `x`, samples x times x channels, and `y`. Shorter samples end in rows of NaN."""
    width = len(samples[0].channels)
    length = max(len(sample.channels[0]) for sample in samples)
    values = array("d")
    for sample in samples:
        missing = length - len(sample.channels[0])
        for row in zip(*sample.channels):
            values.extend(row)
        values.extend([math.nan] * (missing * width))
    shape = [len(samples), length, width]
    write_npz(path, {"x": (values, shape), "y": labels([sample.label for sample in samples])})


def ranges(samples: Sequence[Series]) -> list[tuple[float, float]]:
    """Smallest and largest value of each channel."""
    by_channel = zip(*(sample.channels for sample in samples))
    return [(min(map(min, lists)), max(map(max, lists))) for lists in map(list, by_channel)]


class Spike(NamedTuple):
    """When which input spikes."""

    time: float
    input: int


def send_on_delta(sample: Series, bounds: Sequence[tuple[float, float]]) -> list[Spike]:
    """Spikes that tell the course of each channel: input 2c each time that channel c has risen by a level, 2c + 1 each time it
    has fallen by one.

    Levels are THRESHOLD of the range of a channel apart, which is in `bounds`. Before the sample each channel is at the middle of it, and jumps to
    its first value at time 0; rows come at the times 0, 1, 2, ..., with straight lines between them. This is what
    `encoder = { kind = "delta", threshold = 0.1, start = 0.5, normalise = true }` makes of the series.
    """
    spikes = []
    for channel, (values, (low, high)) in enumerate(zip(sample.channels, bounds)):
        step, start = THRESHOLD * (high - low), low + 0.5 * (high - low)
        before, level = 0.0, 0.0
        for row, value in enumerate(values if step > 0.0 else []):
            x = value - start
            up = 1.0 if x > before else -1.0
            since, duration = float(max(row - 1, 0)), float(min(row, 1))
            while x != before and (x - (level + up) * step) * up >= 0.0:
                level += up
                part = (level * step - before) / (x - before)
                spikes.append(Spike(min(since + part * duration, float(row)), 2 * channel + int(up < 0.0)))
            before = x
    return spikes


def write_events(folder: Path, part: str, samples: Sequence[Series], bounds: Sequence[tuple[float, float]]) -> None:
    """Writes PART-spikes.csv, a line for each spike, and PART-labels.csv, a line for each sample."""
    spikes = [
        [str(number), repr(spike.time), str(spike.input)]
        for number, sample in enumerate(samples)
        for spike in send_on_delta(sample, bounds)
    ]
    write_csv(folder / f"{part}-spikes.csv", ["sample", "time", "input"], spikes)
    named = [[str(number), sample.label] for number, sample in enumerate(samples)]
    write_csv(folder / f"{part}-labels.csv", ["sample", "label"], named)
