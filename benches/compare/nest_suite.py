"""Runs networks of `delgrad bench --suite` in NEST and in delgrad in turn, on one thread, and prints the ratios of their speeds.

    python nest_suite.py PROGRAM [NETWORK ...] [--rounds 5] [--json]

PROGRAM is the program `delgrad`. Needs NEST 3.10 (`pip install nest-simulator`). NEST draws its own synapses by the same rules; its delays are
rounded to its grid. In every round NEST simulates 10 ms more of its network (100 ms with long delays), after 100 ms that are not timed, and then delgrad runs once.
README.md says what counts as a synaptic event; those of generators count here.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field

# Without this NEST prints its banner to standard output, in front of the table. It is read at import.
os.environ.setdefault("PYNEST_QUIET", "1")
try:
    import nest
except ImportError:
    sys.exit("NEST is not installed: pip install nest-simulator")

WARM_UP = 100.0
"""Model time in ms in which NEST sorts its connections and rates settle."""

CHUNK = 10.0
"""Model time in ms that a round adds, unless a variant says otherwise."""

INHIBITION = -8.0
"""Inhibition is eight times as strong as excitation."""


def uniform(low: float, high: float):
    return nest.random.uniform(min=low, max=high)


@dataclass(frozen=True)
class Variant:
    """What is different from the base. Functions make what NEST draws at random: only its kernel can."""

    neurons: int = 10_000
    fan_in: int = 1_000
    weight: float = 12.65
    model: str = "iaf_psc_exp_ps"
    delays: tuple[float, float] = (0.5, 3.0)
    resolution: float = 0.1
    parameters: dict = field(default_factory=dict)
    random_parameters: object = dict
    sigma: float = 0.0
    poisson: bool = False
    chunk: float = CHUNK


# A delta synapse of this weight brings the charge of a current with a time constant of 5 ms on 250 pF.
CHARGE = 5.0 / 250.0

VARIANTS = {
    "base": Variant(),
    "log-normal": Variant(sigma=0.5),
    "thresholds": Variant(random_parameters=lambda: {"V_th": nest.random.normal(20.0, 0.4)}),
    "constants": Variant(
        random_parameters=lambda: {"tau_m": uniform(8.0, 12.0), "tau_syn_ex": uniform(4.0, 6.0), "tau_syn_in": uniform(4.0, 6.0)}
    ),
    "delta": Variant(model="iaf_psc_delta_ps", weight=12.65 * CHARGE),
    "poisson": Variant(parameters={"I_e": 0.0}, poisson=True),
    # with long delays activity comes in waves
    "long-delays": Variant(delays=(0.1, 20.0), chunk=100.0),
    "short-delays": Variant(delays=(0.03, 3.0), resolution=0.03),
    "busy": Variant(parameters={"I_e": 4300.0}),
    "sparse": Variant(neurons=100_000, fan_in=200, weight=28.3),
}
"""Those for which NEST has an exact model. Its quadratic neurons live on a grid; the largest networks do not fit beside others."""


class Nest:
    """A network in NEST that has been warmed up."""

    def __init__(self, variant: Variant):
        self.variant = variant
        nest.ResetKernel()
        nest.set(resolution=variant.resolution, local_num_threads=1)
        parameters = {"tau_m": 10.0, "C_m": 250.0, "E_L": 0.0, "V_th": 20.0, "V_reset": 0.0, "t_ref": 2.0, "I_e": 1160.0}
        if "exp" in variant.model:
            parameters |= {"tau_syn_ex": 5.0, "tau_syn_in": 5.0}
        parameters |= variant.parameters | variant.random_parameters()
        excitatory = variant.neurons // 5 * 4
        population = nest.Create(variant.model, variant.neurons, params=parameters)
        population.V_m = uniform(0.0, 20.0)
        for senders, share, factor in ((population[:excitatory], 0.8, 1.0), (population[excitatory:], 0.2, INHIBITION)):
            weight = factor * variant.weight
            if variant.sigma and factor > 0.0:
                # with the mean of the base
                weight *= nest.random.lognormal(mean=-variant.sigma**2 / 2.0, std=variant.sigma)
            nest.Connect(
                senders,
                population,
                conn_spec={"rule": "fixed_indegree", "indegree": int(variant.fan_in * share)},
                syn_spec={"synapse_model": "static_synapse", "weight": weight, "delay": uniform(*variant.delays)},
            )
        if variant.poisson:
            drive = nest.Create("poisson_generator_ps", params={"rate": 8000.0})
            nest.Connect(drive, population, syn_spec={"weight": 29.0, "delay": 0.5})
        self.recorder = nest.Create("spike_recorder")
        nest.Connect(population, self.recorder)
        nest.Prepare()
        nest.Run(self.rounded(WARM_UP))

    def rounded(self, length: float) -> float:
        """The same in whole steps."""
        return round(length / self.variant.resolution) * self.variant.resolution

    def rate(self) -> float:
        """Million synaptic events a CPU second over a bit more of model time."""
        before, length = self.recorder.n_events, self.rounded(self.variant.chunk)
        start = time.process_time()
        nest.Run(length)
        seconds = time.process_time() - start
        events = (self.recorder.n_events - before) * self.variant.fan_in
        if self.variant.poisson:
            events += 8.0 * length * self.variant.neurons
        return events / seconds / 1e6


def delgrad(program: str, name: str) -> float:
    """Million synaptic events a second of one run."""
    command = [program, "bench", "--suite", name, "--threads", "1", "--seconds", "0", "--json"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    [variant] = [variant for variant in report["suite"] if variant["network"] == name]
    return variant["runs"][0]["events_per_second_median"] / 1e6


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs the suite in NEST and in delgrad in turn, on one thread.")
    parser.add_argument("program", metavar="PROGRAM", help="the program delgrad")
    parser.add_argument("networks", metavar="NETWORK", nargs="*", help=f"default: all of {', '.join(VARIANTS)}")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each, default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print every run as JSON, a line for each network")
    arguments = parser.parse_args()
    if unknown := set(arguments.networks) - set(VARIANTS):
        parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join(VARIANTS)}")
    if arguments.rounds < 1:
        parser.error(f"--rounds {arguments.rounds} must be at least 1")
    return arguments


def main() -> None:
    arguments = parse()
    nest.verbosity = nest.VerbosityLevel.ERROR
    if not arguments.json:
        print(f"million events a second, medians of {arguments.rounds}\n{'network':14}{'NEST':>8}{'delgrad':>10}{'ratio':>8}")
    for name in arguments.networks or VARIANTS:
        network, rates = Nest(VARIANTS[name]), []
        for _ in range(arguments.rounds):
            rates.append((network.rate(), delgrad(arguments.program, name)))
        nest.Cleanup()
        theirs, ours = (statistics.median(column) for column in zip(*rates))
        if arguments.json:
            print(json.dumps({"network": name, "nest": [r[0] for r in rates], "delgrad": [r[1] for r in rates]}), flush=True)
        else:
            print(f"{name:14}{theirs:8.2f}{ours:10.1f}{ours / theirs:8.1f}", flush=True)


if __name__ == "__main__":
    main()
