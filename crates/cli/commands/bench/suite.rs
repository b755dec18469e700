//! The suite: the balanced network, and what one thing that is different costs.

use std::ops::ControlFlow;
use std::time::Instant;

use delgrad::engine::{Cost, Executor, Simulation, Stop, StopReason};
use delgrad::suite::{self, Variant};

use super::measure::{Effort, Measured};
use crate::failure::Failure;
use crate::output;
use crate::progress::Steps;
use crate::suggest;

/// What was measured with a variant.
struct Outcome {
    variant: &'static Variant,
    neurons: u32,
    synapses: usize,
    build_seconds: f64,
    cost: Option<Cost>,
    /// Of one core for the measured part.
    expected_seconds: Option<f64>,
    /// On one thread, and on all of them if these are more.
    runs: Vec<(usize, Measured)>,
}

/// The variants of these names, all if there are none; the base comes first in any case, because the others are compared with it.
pub fn find(names: &[String]) -> Result<Vec<&'static Variant>, Failure> {
    let unknown = |name: &&String| suite::find(name).is_none();
    if let Some(name) = names.iter().find(unknown) {
        let known: Vec<&str> = suite::all().iter().map(|variant| variant.name).collect();
        let hint = suggest::hint(name, known.iter().copied());
        return Err(Failure::NoVariant { name: name.clone(), hint, known: known.join(", ") });
    }
    let wanted = |variant: &&Variant| {
        names.is_empty() || variant.name == suite::all()[0].name || names.iter().any(|name| name == variant.name)
    };
    Ok(suite::all().iter().filter(wanted).collect())
}

/// Measures variants and tells what to print.
pub fn run(variants: &[&'static Variant], effort: Effort, as_json: bool) -> Result<String, Failure> {
    let bar = Steps::new("networks measured", false);
    bar.show(0, variants.len());
    let mut outcomes = Vec::new();
    for (done, variant) in (1..).zip(variants) {
        outcomes.push(measure(variant, effort)?);
        bar.show(done, variants.len());
    }
    bar.end();
    Ok(if as_json { json(&outcomes) } else { table(&outcomes) })
}

fn measure(variant: &'static Variant, effort: Effort) -> Result<Outcome, Failure> {
    let spec = variant.spec();
    let start = Instant::now();
    let network =
        spec.build().map_err(|error| Failure::Variant { name: variant.name, source: Box::new(error) })?;
    let build_seconds = start.elapsed().as_secs_f64();
    let all = rayon::current_num_threads();
    let mut outcome = Outcome {
        variant,
        neurons: network.neurons(),
        synapses: network.synapse_count(),
        build_seconds,
        cost: Cost::of(&network),
        expected_seconds: None,
        runs: Vec::new(),
    };
    for threads in [1, all].into_iter().take(if all > 1 { 2 } else { 1 }) {
        let mut warm = Simulation::new(&network, &[], Executor::Windowed)?.threads(threads);
        advance(&mut warm, variant.warm_up)?;
        let (before, mut generated) = (warm.counters(), 0);
        let measured = Measured::repeat(effort, || {
            let mut simulation = warm.clone();
            let start = Instant::now();
            let spikes = advance(&mut simulation, variant.until)?;
            let seconds = start.elapsed().as_secs_f64();
            let after = simulation.counters();
            generated = after.input_spikes - before.input_spikes;
            Ok((spikes, after.events - before.events, seconds))
        })?;
        let time = variant.until - variant.warm_up;
        let expected = |cost: &Cost| cost.seconds(time, measured.spikes, measured.events, generated);
        outcome.expected_seconds = outcome.cost.as_ref().map(expected);
        outcome.runs.push((threads, measured));
    }
    Ok(outcome)
}

/// Runs to a time, and counts spikes.
fn advance(simulation: &mut Simulation, until: f64) -> Result<u64, Failure> {
    let mut spikes = 0;
    let counted = |_| {
        spikes += 1;
        ControlFlow::Continue(())
    };
    let reason = simulation.run(&Stop::at(until), counted)?;
    if reason == StopReason::Until { Ok(spikes) } else { Err(Failure::Runaway { reason }) }
}

impl Outcome {
    /// Events a second of the median run on one thread; none where nothing happens.
    fn rate(&self) -> Option<f64> {
        self.runs.first().map(|(_, measured)| measured.median()).filter(|rate| *rate > 0.0)
    }

    fn of_base(&self, base: &Self) -> Option<f64> {
        Some(self.rate()? / base.rate()?)
    }

    /// How many times as fast more threads are.
    fn faster(&self) -> Option<f64> {
        let [(_, one), (_, all)] = &self.runs[..] else { return None };
        Some(one.median_seconds() / all.median_seconds())
    }

    fn expected_rate(&self) -> Option<f64> {
        let events =
            self.runs.first().map(|(_, measured)| measured.events as f64).filter(|events| *events > 0.0)?;
        self.expected_seconds.map(|seconds| events / seconds)
    }

    /// Spikes of a neuron in a second.
    fn hertz(&self) -> f64 {
        let spikes = self.runs.first().map_or(0, |(_, measured)| measured.spikes);
        1e3 * spikes as f64 / f64::from(self.neurons) / (self.variant.until - self.variant.warm_up)
    }
}

fn table(outcomes: &[Outcome]) -> String {
    let threads = rayon::current_num_threads();
    let mut table = output::table();
    table.set_header([
        "network",
        "what is different",
        "rate",
        "million events/s",
        "of base",
        "expected",
        &format!("{threads} threads"),
        "events a visit",
        "bytes an event",
        "time",
    ]);
    let or_dash = |number: Option<f64>, digits: usize, unit: &str| {
        number.map_or_else(|| "-".to_owned(), |number| format!("{number:.digits$}{unit}"))
    };
    for outcome in outcomes {
        let cost = outcome.cost.as_ref();
        table.add_row([
            outcome.variant.name.to_owned(),
            outcome.variant.difference.to_owned(),
            format!("{:.1} Hz", outcome.hertz()),
            or_dash(outcome.rate().map(|rate| rate / 1e6), 1, ""),
            or_dash(outcome.of_base(&outcomes[0]), 2, ""),
            or_dash(outcome.expected_rate().map(|rate| rate / 1e6), 1, ""),
            or_dash(outcome.faster(), 2, " times"),
            or_dash(cost.map(|cost| cost.arrivals_a_visit), 1, ""),
            or_dash(cost.map(|cost| cost.bytes_an_arrival), 1, ""),
            or_dash(outcome.runs.first().map(|(_, measured)| measured.median_seconds()), 3, " s"),
        ]);
    }
    format!("{}, one thread unless said\n{table}\n", machine())
}

/// The processor and the vectors that the engine uses there.
fn machine() -> String {
    let system = sysinfo::System::new_with_specifics(
        sysinfo::RefreshKind::nothing().with_cpu(sysinfo::CpuRefreshKind::nothing()),
    );
    let name = system.cpus().first().map(|cpu| cpu.brand().trim().to_owned()).filter(|name| !name.is_empty());
    format!("{}, {}", name.unwrap_or_else(|| std::env::consts::ARCH.to_owned()), vectors())
}

fn vectors() -> String {
    let arch = format!("{:?}", pulp::Arch::new());
    match arch.split(['(', ' ', '{']).next() {
        Some("V4") => "AVX-512".to_owned(),
        Some("V3") => "AVX2".to_owned(),
        other => other.unwrap_or_default().to_owned(),
    }
}

fn json(outcomes: &[Outcome]) -> String {
    let variants: Vec<serde_json::Value> = outcomes
        .iter()
        .map(|outcome| {
            let runs = outcome.runs.iter().map(|(threads, measured)| {
                let mut run = measured.json();
                run["threads"] = (*threads).into();
                run
            });
            serde_json::json!({
                "network": outcome.variant.name,
                "difference": outcome.variant.difference,
                "neurons": outcome.neurons,
                "synapses": outcome.synapses,
                "warm_up": outcome.variant.warm_up,
                "until": outcome.variant.until,
                "build_seconds": outcome.build_seconds,
                "runs": runs.collect::<Vec<_>>(),
                "of_base": outcome.of_base(&outcomes[0]),
                "speed_up": outcome.faster(),
                "expected_seconds": outcome.expected_seconds,
                "window": outcome.cost.map(|cost| cost.window),
                "shards": outcome.cost.map(|cost| cost.shards),
                "period": outcome.cost.map(|cost| cost.period),
                "events_a_visit": outcome.cost.map(|cost| cost.arrivals_a_visit),
                "bytes_an_event": outcome.cost.map(|cost| cost.bytes_an_arrival),
                "shard_bytes": outcome.cost.map(|cost| cost.shard_bytes),
            })
        })
        .collect();
    let threads = rayon::current_num_threads();
    let report = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "machine": machine(),
        "threads": threads,
        "suite": variants,
    });
    format!("{report:#}\n")
}
