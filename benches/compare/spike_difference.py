"""Compares two spike files, neuron by neuron.

    python spike_difference.py A.npy B.npy [--until T] [--tolerance 1e-6] [--window 0.99]

A file is a float64 array of shape (n, 2): time in ms, neuron counted from 0. Exits with 0 if every spike has a
partner within the tolerance, with 1 if not, with 2 if a file or an argument is unusable or no spike is left to
compare.
"""

import argparse
import math
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np


@dataclass
class Pairing:
    """`pairs`: (time in A, time in B, neuron). `missing` (only in A) and `extra` (only in B): (time, neuron)."""

    pairs: list[tuple[float, float, int]] = field(default_factory=list)
    missing: list[tuple[float, int]] = field(default_factory=list)
    extra: list[tuple[float, int]] = field(default_factory=list)


def read(path: Path) -> np.ndarray:
    """Reads a spike file and checks its form."""
    try:
        spikes = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        unusable(f"cannot read {path}: {error}")
    if not isinstance(spikes, np.ndarray) or spikes.shape[1:] != (2,) or spikes.dtype != np.float64:
        unusable(f"{path} must hold a float64 array of shape (n, 2): time in ms, neuron")
    if not np.isfinite(spikes).all():
        unusable(f"{path} holds a time or a neuron that is not finite")
    if (spikes[:, 1] < 0).any() or (spikes[:, 1] != np.floor(spikes[:, 1])).any():
        unusable(f"{path} holds a neuron that is not a whole number >= 0")
    return spikes


def unusable(message: str) -> None:
    """Ends with status 2, so that a script can tell a bad file from a difference."""
    print(message, file=sys.stderr)
    sys.exit(2)


def by_neuron(spikes: np.ndarray) -> dict[int, list[float]]:
    """Sorted spike times of every neuron that spikes."""
    trains: dict[int, list[float]] = {}
    for time, neuron in spikes[np.argsort(spikes[:, 0], kind="stable")].tolist():
        trains.setdefault(int(neuron), []).append(time)
    return trains


def pair(a: np.ndarray, b: np.ndarray, window: float) -> Pairing:
    """Walks through both trains of each neuron; two spikes belong together if they lie within `window`.

    With a window below half the refractory period no spike has two candidates. One spike too many therefore stays
    one difference, where pairing by rank would shift every later pair.
    """
    result = Pairing()
    trains_a, trains_b = by_neuron(a), by_neuron(b)
    for neuron in sorted(trains_a.keys() | trains_b.keys()):
        left, right = trains_a.get(neuron, []), trains_b.get(neuron, [])
        i = j = 0
        while i < len(left) and j < len(right):
            if abs(left[i] - right[j]) <= window:
                result.pairs.append((left[i], right[j], neuron))
                i, j = i + 1, j + 1
            elif left[i] < right[j]:
                result.missing.append((left[i], neuron))
                i += 1
            else:
                result.extra.append((right[j], neuron))
                j += 1
        result.missing.extend((time, neuron) for time in left[i:])
        result.extra.extend((time, neuron) for time in right[j:])
    return result


def before(pairing: Pairing, until: float) -> Pairing:
    """The part before `until`. Cut after pairing: a pair astride the end is one pair, not a missing spike."""
    return Pairing(
        pairs=[entry for entry in pairing.pairs if min(entry[:2]) < until],
        missing=[entry for entry in pairing.missing if entry[0] < until],
        extra=[entry for entry in pairing.extra if entry[0] < until],
    )


def report(pairing: Pairing, tolerance: float) -> bool:
    """Prints the comparison; true if it is within the tolerance."""
    pairs, missing, extra = pairing.pairs, pairing.missing, pairing.extra
    print(f"spikes in A: {len(pairs) + len(missing)}")
    print(f"spikes in B: {len(pairs) + len(extra)}")
    print(f"missing (only in A): {len(missing)}")
    print(f"extra (only in B): {len(extra)}")
    worst = max(pairs, key=lambda entry: abs(entry[0] - entry[1]), default=None)
    if worst is None:
        print("max |dt|: no pairs")
    else:
        print(f"max |dt|: {abs(worst[0] - worst[1]):.3e} ms (neuron {worst[2]}, {worst[0]} ms)")
    late = [(min(x, y), neuron) for x, y, neuron in pairs if abs(x - y) > tolerance]
    first = min(late + missing + extra, default=None)
    if first is not None:
        print(f"first difference above {tolerance:g} ms: neuron {first[1]}, {first[0]} ms")
    return first is None


def main() -> None:
    parser = argparse.ArgumentParser(description="Compares two spike files, neuron by neuron.")
    parser.add_argument("a", metavar="A.npy", type=Path, help="the expected spikes")
    parser.add_argument("b", metavar="B.npy", type=Path, help="the spikes to check")
    parser.add_argument("--until", type=float, default=math.inf, help="compare spikes before this time in ms only")
    parser.add_argument("--tolerance", type=float, default=1e-6, help="largest |dt| in ms, default: %(default)s")
    parser.add_argument("--window", type=float, default=0.99, help="reach of a pair in ms, default: %(default)s")
    arguments = parser.parse_args()
    if math.isnan(arguments.until):
        parser.error("--until must be a number")
    if not 0.0 <= arguments.tolerance <= arguments.window < math.inf:
        parser.error(f"--tolerance {arguments.tolerance} must be >= 0 and at most --window {arguments.window}")
    pairing = before(pair(read(arguments.a), read(arguments.b), arguments.window), arguments.until)
    if not (pairing.pairs or pairing.missing or pairing.extra):
        unusable(f"no spike before {arguments.until} ms in {arguments.a} and {arguments.b}: nothing is compared")
    sys.exit(0 if report(pairing, arguments.tolerance) else 1)


if __name__ == "__main__":
    main()
