//! What a run has done, as a table.

use comfy_table::Table;
use delgrad::engine::{Counters, Network, Simulation};

use super::driver::Ending;
use crate::executor::{self, Choice};
use crate::network_source::NetworkSource;
use crate::output;
use crate::units::TimeUnit;

/// A finished run.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    pub source: &'a NetworkSource,
    pub network: &'a Network,
    pub unit: &'a TimeUnit,
    pub simulation: &'a Simulation,
    pub choice: Choice,
    pub resumed: bool,
    /// Spikes of each population.
    pub counts: &'a [u64],
    /// Time at which the run began.
    pub from: f64,
    /// Time that the run has got to.
    pub reached: f64,
    pub ending: Ending,
    pub before: Counters,
    pub build_seconds: f64,
    pub run_seconds: f64,
}

/// At most so many populations have a row.
const POPULATIONS: usize = 12;

impl Summary<'_> {
    pub fn table(&self) -> Table {
        let mut table = output::table();
        table.add_rows(self.rows());
        table
    }

    fn rows(&self) -> Vec<[String; 2]> {
        let Self { source, network, unit, before, .. } = self;
        let counters = self.simulation.counters();
        let events = counters.events - before.events;
        let row = |name: &str, text: String| [name.to_owned(), text];
        let mut rows = vec![
            row("network", source.name.clone()),
            row("seed", source.file.spec.seed.to_string()),
            row("executor", self.executor()),
            row("neurons", network.neurons().to_string()),
            row("inputs", network.inputs().to_string()),
            row("synapses", self.synapses()),
            row("time", format!("{} to {}", self.from, unit.time(self.reached))),
            row("spikes", self.counts.iter().sum::<u64>().to_string()),
        ];
        rows.extend(self.rates());
        rows.extend([
            row("input spikes", (counters.input_spikes - before.input_spikes).to_string()),
            row("synaptic events", self.per_second(events)),
            row("crossings predicted", (counters.predicted - before.predicted).to_string()),
            row("queue peak", format!("{} spikes in flight", counters.queue_peak)),
            row("stopped because", self.reason()),
            row("build time", format!("{:.3} s", self.build_seconds)),
            row("run time", format!("{:.3} s", self.run_seconds)),
        ]);
        rows
    }

    /// Number of synapses, and the memory that each takes.
    fn synapses(&self) -> String {
        match self.network.synapse_count() {
            0 => "0".to_owned(),
            count => format!("{count}, {:.1} bytes each", self.network.synapse_bytes() as f64 / count as f64),
        }
    }

    /// The executor, and why this one.
    fn executor(&self) -> String {
        let name = executor::name(self.simulation.executor());
        if self.resumed {
            return format!("{name}, as in the snapshot");
        }
        if self.choice != Choice::Auto {
            return format!("{name}, as asked");
        }
        let (neurons, delay) = (self.network.neurons(), self.network.shortest_delay());
        let neurons = format!("{neurons} neuron{}", if neurons == 1 { "" } else { "s" });
        if delay.is_finite() {
            format!("{name}, chosen for {neurons} and a smallest delay of {}", self.unit.short_time(delay))
        } else {
            format!("{name}, chosen for {neurons} without synapses among them")
        }
    }

    /// Mean rate of each population.
    fn rates(&self) -> Vec<[String; 2]> {
        let time = self.reached - self.from;
        let populations = self.network.populations().iter().zip(self.counts);
        let row = |name: String, spikes: u64, neurons: u32| {
            let per_neuron = spikes as f64 / f64::from(neurons.max(1));
            let rate = if time > 0.0 { self.unit.rate(per_neuron / time) } else { "-".to_owned() };
            [name, format!("{rate} ({spikes} spikes of {neurons} neurons)")]
        };
        let mut rows: Vec<[String; 2]> = populations
            .clone()
            .take(POPULATIONS)
            .map(|(population, &spikes)| {
                let neurons = population.neurons.end - population.neurons.start;
                row(format!("rate of {}", population.name), spikes, neurons)
            })
            .collect();
        let rest: Vec<(u32, u64)> = populations
            .skip(POPULATIONS)
            .map(|(population, &spikes)| (population.neurons.end - population.neurons.start, spikes))
            .collect();
        if !rest.is_empty() {
            let name = format!("rate of {} more", rest.len());
            rows.push(row(name, rest.iter().map(|part| part.1).sum(), rest.iter().map(|part| part.0).sum()));
        }
        rows
    }

    fn per_second(&self, events: u64) -> String {
        let rate = events as f64 / self.run_seconds / 1e6;
        if rate.is_finite() { format!("{events} ({rate:.2} million per second)") } else { events.to_string() }
    }

    fn reason(&self) -> String {
        match self.ending {
            Ending::Stopped(reason) => reason.to_string(),
            Ending::InterruptedAtSpike | Ending::InterruptedAt(_) => "interrupted".to_owned(),
        }
    }
}
