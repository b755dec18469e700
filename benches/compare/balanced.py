"""The balanced network of the comparisons, drawn with numpy: the same synapses for every simulator.

    python balanced.py export N FOLDER

writes `source.npy` (int32) and `delay.npy` (float64, ms), both of shape (N, K), and `v0.npy` (float64, mV, shape
N) into FOLDER. Row i lists the K synapses onto neuron i. README.md has the equations and the parameters.
"""

import argparse
import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SEED = 12345
"""The network is defined by this seed and the order of the draws in `make`."""

DELAY_STEPS = (5, 30)
"""Shortest and longest delay, both included, in units of 0.1 ms."""


@dataclass(frozen=True)
class Neuron:
    """Parameters shared by all neurons: ms, mV, pF."""

    tau_mem: float = 10.0
    tau_syn: float = 5.0
    capacitance: float = 250.0
    leak: float = 0.0
    threshold: float = 20.0
    reset: float = 0.0
    refractory: float = 2.0


@dataclass(frozen=True)
class Size:
    """What depends on the number of neurons: fan-in by kind of source, currents in pA, digest of what is drawn."""

    excitatory_fan_in: int
    inhibitory_fan_in: int
    excitatory_weight: float
    bias_current: float
    digest: str

    @property
    def fan_in(self) -> int:
        """Synapses onto each neuron: K."""
        return self.excitatory_fan_in + self.inhibitory_fan_in

    @property
    def inhibitory_weight(self) -> float:
        """Inhibition is eight times as strong as excitation."""
        return -8.0 * self.excitatory_weight


NEURON = Neuron()
SIZES = {
    1_000: Size(
        excitatory_fan_in=80,
        inhibitory_fan_in=20,
        excitatory_weight=40.0,
        bias_current=625.0,
        digest="4477068a558d7f430a43f0cd3b6c61dbfeb489805e9c6cd5b3abb906e5458d41",
    ),
    10_000: Size(
        excitatory_fan_in=800,
        inhibitory_fan_in=200,
        excitatory_weight=12.65,
        bias_current=1160.0,
        digest="f84746571e2f1eeb5c826204d370d7d914d29d570a3ba158aa0fe6bd964a8bb9",
    ),
}


@dataclass(frozen=True)
class Network:
    """One drawn network. `source[i, k]` and `delay[i, k]` (ms) describe synapse k onto neuron i."""

    size: Size
    source: np.ndarray
    delay: np.ndarray
    initial_voltage: np.ndarray

    @property
    def weight(self) -> np.ndarray:
        """Weight of every synapse in pA, in the shape of `source`."""
        excitatory = self.source < excitatory_neurons(len(self.source))
        return np.where(excitatory, self.size.excitatory_weight, self.size.inhibitory_weight)


def excitatory_neurons(neurons: int) -> int:
    """The first four fifths of the neurons are excitatory."""
    return neurons * 4 // 5


def make(neurons: int) -> Network:
    """Draws the network and checks it against its digest."""
    size = SIZES[neurons]
    excitatory = excitatory_neurons(neurons)
    shortest, longest = DELAY_STEPS
    draws = np.random.default_rng(SEED)
    from_excitatory = draws.integers(0, excitatory, (neurons, size.excitatory_fan_in))
    from_inhibitory = draws.integers(0, neurons - excitatory, (neurons, size.inhibitory_fan_in)) + excitatory
    steps = draws.integers(shortest, longest + 1, (neurons, size.fan_in))
    initial_voltage = draws.uniform(NEURON.leak, NEURON.threshold, neurons)
    network = Network(
        size=size,
        source=np.hstack([from_excitatory, from_inhibitory]).astype(np.int32),
        # Division gives the double nearest to the decimal number, multiplication by 0.1 does not.
        delay=steps / 10.0,
        initial_voltage=initial_voltage,
    )
    # numpy promises the same stream for the same seed only within a version.
    if digest(network) != size.digest:
        sys.exit(f"numpy {np.__version__} draws another network from seed {SEED} than numpy 2.4; use numpy 2.4")
    return network


def digest(network: Network) -> str:
    """SHA-256 of sources, delays and initial voltages as little-endian bytes, row by row."""
    result = hashlib.sha256()
    for array, form in ((network.source, "<i4"), (network.delay, "<f8"), (network.initial_voltage, "<f8")):
        result.update(np.ascontiguousarray(array, dtype=form))
    return result.hexdigest()


def export(neurons: int, folder: Path) -> None:
    """Writes the network as three npy files; creates the folder."""
    network = make(neurons)
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "source.npy", network.source)
    np.save(folder / "delay.npy", network.delay)
    np.save(folder / "v0.npy", network.initial_voltage)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draws the balanced network of the comparisons.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("export", help="write source.npy, delay.npy and v0.npy")
    command.add_argument("neurons", metavar="N", type=int, choices=sorted(SIZES), help="1000 or 10000")
    command.add_argument("folder", metavar="FOLDER", type=Path)
    arguments = parser.parse_args()
    export(arguments.neurons, arguments.folder)


if __name__ == "__main__":
    main()
