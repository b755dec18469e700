use std::path::{Path, PathBuf};

use clap::Args;
use delgrad::bss2::calibration::{
    Calibration, Deviations, FailureReason, Parameter, Report, Settings, Spread, Targets,
};
use delgrad::bss2::chip::ReadOut;
use delgrad::train::experiment::preset;

use crate::failure::Failure;
use crate::files::{self, OutAndPlot};
use crate::option_values::{ValueError, pair};
use crate::output;
use crate::plots::calibration;
use crate::threads::Threads;

/// Calibrate a chip: measure each circuit through the chip's read-out and set its codes
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Calibrate {
    /// A preset by name, or a TOML file
    #[arg(long, value_name = "NAME|FILE.toml", default_value = "uncalibrated")]
    preset: String,
    /// Which chip: its circuits follow from this number
    #[arg(long, value_name = "N", default_value_t = 1)]
    chip_seed: u64,
    /// Seed of the noise of the measurements
    #[arg(long, value_name = "N", default_value_t = Settings::default().seed)]
    seed: u64,
    /// Replace a target: leak, reset, threshold, tau_mem, tau_syn, i_synin_gm, membrane_capacitance,
    /// refractory_time or synapse_dac_bias
    #[arg(long = "target", value_name = "NAME=VALUE", value_parser = target)]
    targets: Vec<(String, f64)>,
    /// Noise of a sample, in steps of the read-out
    #[arg(long, value_name = "SD", default_value_t = ReadOut::default().noise, allow_negative_numbers = true)]
    noise: f64,
    /// Spread of the offsets of the read-out's channels, in steps of it
    #[arg(long, value_name = "SD", default_value_t = ReadOut::default().channel_offset,
          allow_negative_numbers = true)]
    channel_offset: f64,
    /// Samples of a voltage that does not change
    #[arg(long, value_name = "N", default_value_t = Settings::default().samples)]
    samples: u32,
    /// Repetitions of traces, of searches of a threshold, and of events through a delay pair
    #[arg(long, value_name = "N", default_value_t = Settings::default().repetitions)]
    repetitions: u32,
    #[command(flatten)]
    threads: Threads,
    /// File for codes, measurements and what is left of the spread
    #[arg(long, value_name = "FILE.json")]
    out: Option<PathBuf>,
    /// Draw histograms before and after
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Show no report
    #[arg(long, short)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  delgrad chip calibrate                           a chip as it comes, 512 circuits
  delgrad chip calibrate --chip-seed 2 --plot calibration.svg
                                                   another one, and a picture
  delgrad chip calibrate --target tau_mem=10 --target threshold=125
                                                   slower membranes, lower thresholds
  delgrad chip calibrate --repetitions 64 --out calibration.json
                                                   more thoroughly, and keep the codes

Voltages are in steps of the 8-bit read-out (CADC), 4.5 mV; times in us. Spreads of time constants
and gains are shares of the target. What a circuit really is only the model knows: nothing but
samples of the read-out, spikes and time stamps goes into the calibration. For experiments on the
calibrated chip:

  [chip]
  preset = \"uncalibrated\"
  calibrate = true";

fn target(text: &str) -> Result<(String, f64), ValueError> {
    let (name, value) = pair(text, "NAME=VALUE, such as tau_mem=10")?;
    match value.parse() {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(ValueError::NoNumber(value)),
    }
}

/// Failed circuits that are listed one by one.
const LISTED: usize = 8;

impl Calibrate {
    pub fn run(self) -> Result<(), Failure> {
        let inputs = [("PRESET", Some(Path::new(&self.preset)))];
        let files = OutAndPlot::open(self.out.as_deref(), &["json"], self.plot.as_deref(), &inputs)?;
        let (preset, settings) = (preset(&self.preset, Path::new(""))?, self.settings()?);
        let calibration = self.threads.install(|| Calibration::run(&preset, self.chip_seed, &settings))??;
        let report = calibration.report();

        let all = calibration.circuits().len();
        let mut text = format!(
            "{}, chip {}: {} of {all} circuits and {} of {} delay pairs calibrated\n{}\n{}",
            self.preset,
            self.chip_seed,
            report.calibrated,
            report.pairs,
            all / 2,
            table(&report),
            failures(&calibration)
        );
        let title = format!("{}, chip {}", self.preset, self.chip_seed);
        let draw = || Ok(Some(calibration::draw(&title, &calibration)?));
        text += &files::saved(&files.write(|_| calibration.to_json(), draw)?);
        if self.quiet { Ok(()) } else { output::print(&text) }
    }

    fn settings(&self) -> Result<Settings, Failure> {
        let mut targets = Targets::default();
        for (name, value) in &self.targets {
            targets = targets.with(name, *value)?;
        }
        let read_out = ReadOut { noise: self.noise, channel_offset: self.channel_offset, ..ReadOut::default() };
        let (samples, repetitions, seed) = (self.samples, self.repetitions, self.seed);
        Ok(Settings { targets, read_out, samples, repetitions, seed })
    }
}

fn table(report: &Report) -> String {
    let mut table = output::table();
    table.set_header(["parameter", "target", "sd before", "after", "really after", "published", "failed"]);
    for row in &report.parameters {
        let parameter = row.parameter;
        let sd = |spread: Spread| amount(parameter, spread.sd);
        table.add_row([
            parameter.name().to_owned(),
            format!("{} {}", row.target, parameter.unit()).trim_end().to_owned(),
            sd(row.measured.before),
            sd(row.measured.after),
            sd(row.real.after),
            match parameter {
                Parameter::Excitatory | Parameter::Inhibitory => "-".to_owned(),
                _ => format!("<= {}", short(parameter, row.published)),
            },
            row.failed.to_string(),
        ]);
    }
    let [Deviations { before, after }, real] = &report.delays;
    let us = |spread: &Spread| format!("{:.3} us", spread.sd);
    let delays =
        ["delay of pairs".to_owned(), "code / 8 + 2 us".to_owned(), us(before), us(after), us(&real.after)];
    table.add_row(delays.into_iter().chain(["-".to_owned(), String::new()]));
    table.to_string()
}

fn amount(parameter: Parameter, sd: f64) -> String {
    if parameter.is_voltage() { format!("{sd:.2} steps") } else { output::percent(sd) }
}

fn short(parameter: Parameter, sd: f64) -> String {
    if parameter.is_voltage() { format!("{sd} steps") } else { format!("{:.1} %", 100.0 * sd) }
}

fn failures(calibration: &Calibration) -> String {
    let failed = calibration.failed();
    let mut text = String::new();
    for one in failed.iter().take(LISTED) {
        let (name, unit) = (one.parameter.name(), one.parameter.unit());
        let why = match one.reason {
            FailureReason::NoResponse => format!("{name} does not respond to its code"),
            FailureReason::OutOfReach(value) => format!("{name} comes no closer than {value:.2} {unit}"),
            FailureReason::Missed(value) => format!("{name} is {value:.2} {unit} at its best code"),
            _ => format!("{name} cannot be calibrated"),
        };
        text += &format!("circuit {}: {}\n", one.circuit, why.replace("  ", " "));
    }
    if failed.len() > LISTED {
        text += &format!("and {} more circuits that failed\n", failed.len() - LISTED);
    }
    text
}
