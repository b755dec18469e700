//! A network of the engine on the chip, with its input spikes.

use std::path::Path;
use std::time::Instant;

use delgrad::bss2::emulation::{Emulation, SpikeDifference, Trial, matched};
use delgrad::bss2::transport::EventCounts;
use delgrad::engine::{Cancel, Executor, InputSpike, Network, Simulation, Spike, Stop, StopReason};
use serde::Serialize;

use super::Run;
use super::report;
use crate::commands::chip::choice;
use crate::endings;
use crate::failure::Failure;
use crate::files::OutAndPlot;
use crate::network_source::NetworkSource;
use crate::output;
use crate::plots::chip::overlay::{self, Overlay};
use crate::units::TimeUnit;

/// The report as it stands in JSON. Times are those of the network.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Report<'a> {
    name: &'a str,
    preset: &'a str,
    chip_seed: u64,
    run_seed: u64,
    until: f64,
    ideal_spikes: usize,
    chip_spikes: usize,
    difference: SpikeDifference,
    events: EventCounts,
}

impl Run {
    pub fn run_network(&self, source: &NetworkSource, files: OutAndPlot, cancel: &Cancel) -> Result<(), Failure> {
        let [values, others] = choice::sorted(&self.overrides);
        if let Some((key, _)) = others.into_iter().next() {
            return Err(Failure::NoPresetKey { network: self.subject.clone(), key });
        }
        let until = source.end(self.until)?;
        let unit = TimeUnit::new(source.file.spec.time_unit.as_deref());
        let network = source.build_numbered()?;
        let mut given = source.input_spikes(self.input.as_deref())?;
        given.retain(|spike| spike.time <= until);
        let ideal = self.ideal(&network, &given, until, source, cancel)?;
        let chosen = self.choice.chip(None, &values)?;
        let emulation = Emulation::new(&chosen.chip, &network)?.cancelled_by(cancel);
        let start = Instant::now();
        let run = emulation.run(&given, until, Trial { run_seed: self.run_seed, batch: 0, sample: 0 })?;
        let seconds = start.elapsed().as_secs_f64();

        let trains = [&ideal, &run.spikes].map(|spikes| trains(spikes, network.neurons()));
        let [ideal_trains, chip_trains] = &trains;
        let window = self.window.unwrap_or(f64::INFINITY);
        let pairs = ideal_trains.iter().zip(chip_trains).map(|(ideal, chip)| (&ideal[..], &chip[..]));
        let report = Report {
            name: &source.name,
            preset: &chosen.preset,
            chip_seed: chosen.seed,
            run_seed: self.run_seed,
            until,
            ideal_spikes: ideal.len(),
            chip_spikes: run.spikes.len(),
            difference: SpikeDifference::within(pairs, window),
            events: run.events,
        };
        let out = |path: &Path| {
            if endings::is(path, "csv") { table(ideal_trains, chip_trains, window) } else { output::json(&report) }
        };
        let populations = overlay::populations(&network);
        let plot = || {
            let overlay = Overlay {
                name: &format!("{} on the chip ({}, chip {})", source.name, chosen.preset, chosen.seed),
                populations: &populations,
                ideal: &ideal,
                chip: &run.spikes,
                until,
                unit: &unit,
            };
            Ok(Some(overlay::draw(&overlay)?))
        };
        let written = files.write(out, plot)?;
        self.print(&text(&report, &unit, seconds), &written)
    }

    /// Spikes without the chip.
    fn ideal(
        &self,
        network: &Network,
        given: &[InputSpike],
        until: f64,
        source: &NetworkSource,
        cancel: &Cancel,
    ) -> Result<Vec<Spike>, Failure> {
        let failed = |error| source.failed_run(self.input.as_deref(), error);
        let simulation = Simulation::new(network, given, Executor::for_run(network, until)).map_err(failed)?;
        match simulation.cancelled_by(cancel).record(&Stop::at(until)).map_err(failed)? {
            (spikes, StopReason::Until) => Ok(spikes),
            (_, reason) => Err(Failure::Runaway { reason }),
        }
    }
}

/// Spike times of each neuron.
fn trains(spikes: &[Spike], neurons: u32) -> Vec<Vec<f64>> {
    let mut trains = vec![Vec::new(); neurons as usize];
    spikes.iter().for_each(|spike| trains[spike.neuron as usize].push(spike.time));
    trains
}

/// Columns neuron, ideal, chip: empty where only the other has the spike.
fn table(ideal: &[Vec<f64>], chip: &[Vec<f64>], window: f64) -> String {
    let rows = ideal.iter().zip(chip).enumerate().flat_map(|(neuron, (ideal, chip))| {
        let row = move |(ideal, chip)| [neuron.to_string(), output::cell(ideal), output::cell(chip)];
        matched(ideal, chip, window).into_iter().map(row)
    });
    output::csv([["neuron", "ideal", "chip"].map(str::to_owned)].into_iter().chain(rows))
}

fn text(report: &Report, unit: &TimeUnit, seconds: f64) -> String {
    let Report { name, preset, chip_seed, run_seed, until, ideal_spikes, chip_spikes, .. } = report;
    format!(
        "{name} on the chip ({preset}, chip {chip_seed}, run {run_seed}), to {}\n\
         spikes: {ideal_spikes} ideal, {chip_spikes} on the chip\n\
         chip - ideal{}:\n{}\n{}{:.2} ms on the chip model\n",
        unit.time(*until),
        unit.axis(),
        report::differences(&[("neurons", report.difference)], ""),
        report::events(&report.events),
        1000.0 * seconds
    )
}
