"""Runs the same layers of first spikes in jaxsnn and in delgrad in turn, on one core, and prints how long samples take.

    python jaxsnn_layers.py PROGRAM [--samples 5000] [--hidden 30] [--rounds 5] [--json]

PROGRAM is the example `layers` of delgrad's root (`cargo build --release --example layers`). Needs jaxsnn 0.3 (`pip install jaxsnn`). Five
inputs, one hidden layer, three outputs, time constants in the ratio 2, no delays: jaxsnn has none to learn. A round is the
spike times of a batch and the gradient of a loss on the first spikes of the outputs; what jaxsnn compiles is compiled before.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

# One core for both; a child inherits it. XLA counts the cores when it is imported.
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
try:
    import jax
    import jax.numpy as jnp
    from jaxsnn.event.encode import spatio_temporal_encode
    from jaxsnn.event.loss import first_spike, mse_loss
    from jaxsnn.event.modules import LIF, Linear, Source
    from jaxsnn.event.modules.lif.parameters import LIFParameters
    from jaxsnn.event.topology import Topology
except ImportError as error:
    sys.exit(f"jaxsnn is not installed: pip install jaxsnn ({error})")

INPUTS, OUTPUTS = 5, 3
TAU_SYN = 5e-3
LATEST = 2.0 * TAU_SYN
"""Inputs spike in the first two synaptic time constants."""


class Jaxsnn:
    """A network in jaxsnn and a batch for it."""

    def __init__(self, samples: int, hidden: int):
        parameters = LIFParameters(tau_syn=TAU_SYN, tau_mem=2.0 * TAU_SYN, v_th=1.0)
        # jaxsnn simulates a number of events: all inputs and a spike of each neuron
        hidden_steps = INPUTS + hidden
        topology = Topology(t_max=8.0 * TAU_SYN)
        topology.add(
            {
                "input": Source(INPUTS),
                "to_hidden": Linear(mean=3.0, std=1.6),
                "hidden": LIF(hidden, hidden_steps, parameters),
                "to_output": Linear(mean=15.0 / hidden, std=0.2),
                "output": LIF(OUTPUTS, hidden_steps + OUTPUTS, parameters),
            }
        )
        chain = ["input", "to_hidden", "hidden", "to_output", "output"]
        topology.connect(list(zip(chain, chain[1:])))
        init, apply = topology.done()
        times, targets = jax.random.split(jax.random.PRNGKey(1))
        self.parameters = init(jax.random.PRNGKey(0))
        self.times = jax.random.uniform(times, (samples, INPUTS))
        self.targets = LATEST + TAU_SYN * jax.random.uniform(targets, (samples, OUTPUTS))

        def encode(times):
            return {"input": spatio_temporal_encode(times, LATEST, None, False)}

        def loss(spikes, target):
            return mse_loss(first_spike(spikes, OUTPUTS), target, 2.0 * TAU_SYN)

        def mean(parameters):
            events = apply(jax.vmap(encode)(self.times), parameters)
            return jnp.mean(jax.vmap(loss)(events["output"], self.targets))

        self.step = jax.jit(jax.value_and_grad(mean))
        self.seconds()

    def seconds(self) -> float:
        """How long a batch takes."""
        start = time.perf_counter()
        jax.block_until_ready(self.step(self.parameters))
        return time.perf_counter() - start


def delgrad(program: str, samples: int, hidden: int) -> float:
    """How long a batch of as many samples takes in delgrad."""
    command = [program, *(str(number) for number in (samples, INPUTS, hidden, OUTPUTS))]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["seconds"]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs layers of first spikes in jaxsnn and in delgrad in turn, on one core.")
    parser.add_argument("program", metavar="PROGRAM", help="the example `layers` of delgrad")
    parser.add_argument("--samples", type=int, default=5000, help="samples of a batch, default: %(default)s")
    parser.add_argument("--hidden", type=int, default=30, help="hidden neurons, default: %(default)s")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each, default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print every run as JSON")
    arguments = parser.parse_args()
    for name in ("samples", "hidden", "rounds"):
        if getattr(arguments, name) < 1:
            parser.error(f"--{name} {getattr(arguments, name)} must be at least 1")
    return arguments


def main() -> None:
    arguments = parse()
    other = Jaxsnn(arguments.samples, arguments.hidden)
    seconds = {"jaxsnn": [], "delgrad": []}
    for _ in range(arguments.rounds):
        seconds["jaxsnn"].append(other.seconds())
        seconds["delgrad"].append(delgrad(arguments.program, arguments.samples, arguments.hidden))
    if arguments.json:
        print(json.dumps({"samples": arguments.samples, "hidden": arguments.hidden, "seconds": seconds}))
        return
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    print(f"{INPUTS}-{arguments.hidden}-{OUTPUTS}, {arguments.samples} samples, forward and backward, one core, medians of {arguments.rounds}")
    for name, median in medians.items():
        print(f"{name:8} {1e3 * median:10.2f} ms {arguments.samples / median:12.0f} samples/s")
    print(f"ratio    {medians['jaxsnn'] / medians['delgrad']:10.0f}")


if __name__ == "__main__":
    main()
