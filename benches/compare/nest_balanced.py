"""Runs the balanced network in NEST on one thread and prints its speed as JSON.

    python nest_balanced.py N UNTIL [--model MODEL] [--spikes FILE.npy] [--repeat 5] [--warm-up 200]

Needs NEST 3.10 (`pip install nest-simulator`). README.md says what is timed and what counts as a synaptic event.
"""

import argparse
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import balanced

# Without this NEST prints its banner to standard output, in front of the JSON. It is read at import.
os.environ.setdefault("PYNEST_QUIET", "1")
try:
    import nest
except ImportError:
    sys.exit("NEST is not installed: pip install nest-simulator")

MODELS = ("iaf_psc_exp", "iaf_psc_exp_ps", "iaf_psc_exp_ps_lossless")
"""Spikes on the grid; exact times, threshold tested at steps and arrivals; exact times, no crossing missed."""

RESOLUTION = 0.1
"""NEST's step in ms. Delays are multiples of 0.1 ms and NEST needs delays that are multiples of the step."""

ROWS_PER_CONNECT = 1_000
"""Neurons whose synapses one `Connect` call makes: bounds the memory of the argument arrays."""


@dataclass(frozen=True)
class Run:
    """What one build and one simulation gave. Seconds; `spikes` is (n, 2): ms, neuron."""

    build: float
    wall: float
    cpu: float
    spikes: np.ndarray


def build(network: balanced.Network, model: str):
    """Makes the network in a fresh kernel; returns the recorder of its spikes."""
    neuron = balanced.NEURON
    nest.ResetKernel()
    nest.set(resolution=RESOLUTION, local_num_threads=1)
    population = nest.Create(
        model,
        len(network.source),
        params={
            "tau_m": neuron.tau_mem,
            "tau_syn_ex": neuron.tau_syn,
            "tau_syn_in": neuron.tau_syn,
            "C_m": neuron.capacitance,
            "E_L": neuron.leak,
            "V_th": neuron.threshold,
            "V_reset": neuron.reset,
            "t_ref": neuron.refractory,
            "I_e": network.size.bias_current,
        },
    )
    population.V_m = network.initial_voltage
    ids = np.asarray(population.tolist())
    fan_in, weight = network.size.fan_in, network.weight
    for first in range(0, len(ids), ROWS_PER_CONNECT):
        rows = slice(first, first + ROWS_PER_CONNECT)
        nest.Connect(
            ids[network.source[rows].ravel()],
            np.repeat(ids[rows], fan_in),
            # Arrays of ids, one_to_one: every pair becomes a synapse, repeated pairs and self-connections too.
            conn_spec="one_to_one",
            syn_spec={
                "synapse_model": "static_synapse",
                "weight": weight[rows].ravel(),
                "delay": network.delay[rows].ravel(),
            },
        )
    recorder = nest.Create("spike_recorder")
    nest.Connect(population, recorder)
    return recorder


def recorded(recorder) -> np.ndarray:
    """All spikes as (n, 2), sorted by time, then neuron. Times include the offsets within a step."""
    events = recorder.events
    times, neurons = np.asarray(events["times"]), np.asarray(events["senders"], dtype=np.int64) - 1
    order = np.lexsort((neurons, times))
    return np.column_stack([times[order], neurons[order].astype(np.float64)])


def run(network: balanced.Network, model: str, warm_up: float, until: float) -> Run:
    """Builds, simulates the warm-up, then times the rest."""
    start = time.perf_counter()
    recorder = build(network, model)
    built = time.perf_counter() - start
    with nest.RunManager():
        if warm_up > 0:
            nest.Run(warm_up)
        wall, cpu = time.perf_counter(), time.process_time()
        nest.Run(until - warm_up)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Run(build=built, wall=wall, cpu=cpu, spikes=recorded(recorder))


def report(network: balanced.Network, arguments: argparse.Namespace, runs: list[Run]) -> dict:
    """The figures as they are printed."""
    spikes = runs[0].spikes
    # A spike at the end of a NEST step belongs to that step: the timed part is (warm_up, until].
    timed = int(np.count_nonzero(spikes[:, 0] > arguments.warm_up))
    events = timed * network.size.fan_in
    rates = [events / run.cpu / 1e6 for run in runs]
    return {
        "simulator": f"NEST {nest.__version__}",
        "model": arguments.model,
        "neurons": arguments.neurons,
        "synapses": int(network.source.size),
        "warm_up_ms": arguments.warm_up,
        "until_ms": arguments.until,
        "build_seconds": [run.build for run in runs],
        "wall_seconds": [run.wall for run in runs],
        "cpu_seconds": [run.cpu for run in runs],
        "spikes": len(spikes),
        "timed_spikes": timed,
        "synaptic_events": events,
        "million_events_per_cpu_second": {"best": max(rates), "median": statistics.median(rates)},
    }


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs the balanced network in NEST on one thread.")
    parser.add_argument("neurons", metavar="N", type=int, choices=sorted(balanced.SIZES), help="1000 or 10000")
    parser.add_argument("until", metavar="UNTIL", type=float, help="end of the simulation in ms")
    parser.add_argument("--model", choices=MODELS, default="iaf_psc_exp_ps", help="default: %(default)s")
    parser.add_argument("--spikes", metavar="FILE.npy", type=Path, help="write all spikes, warm-up included")
    parser.add_argument("--repeat", type=int, default=5, help="builds and runs, default: %(default)s")
    parser.add_argument("--warm-up", type=float, default=200.0, help="untimed ms at first, default: %(default)s")
    arguments = parser.parse_args()
    if not 0.0 <= arguments.warm_up < arguments.until < float("inf"):
        parser.error(f"UNTIL {arguments.until} ms must be finite and above --warm-up {arguments.warm_up} ms >= 0")
    for name, value in (("UNTIL", arguments.until), ("--warm-up", arguments.warm_up)):
        # NEST would round a length off the grid, and the rates would then belong to another length.
        if abs(value / RESOLUTION - round(value / RESOLUTION)) > 1e-6:
            parser.error(f"{name} {value} ms must be a multiple of {RESOLUTION} ms")
    if arguments.repeat < 1:
        parser.error(f"--repeat {arguments.repeat} must be at least 1")
    if arguments.spikes and (arguments.spikes.suffix != ".npy" or not arguments.spikes.parent.is_dir()):
        parser.error(f"--spikes {arguments.spikes} must end in .npy and lie in a folder that exists")
    return arguments


def main() -> None:
    arguments = parse()
    nest.verbosity = nest.VerbosityLevel.ERROR
    network = balanced.make(arguments.neurons)
    runs = []
    for _ in range(arguments.repeat):
        runs.append(run(network, arguments.model, arguments.warm_up, arguments.until))
        if not np.array_equal(runs[0].spikes, runs[-1].spikes):
            sys.exit(f"run {len(runs)} gave other spikes than run 1: the figures would not be of one computation")
    if arguments.spikes:
        np.save(arguments.spikes, runs[0].spikes)
    print(json.dumps(report(network, arguments, runs), indent=2))


if __name__ == "__main__":
    main()
