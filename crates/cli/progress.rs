//! The progress bars of runs. Hidden where standard error is no terminal.

use std::time::Instant;

use delgrad::train::learn::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::percent;
use crate::units::TimeUnit;

/// A bar of so many steps with a message beside it.
fn bar(steps: u64, message: String, quiet: bool) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(Some(steps), target);
    let style = ProgressStyle::with_template("{bar:24} {msg}, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(message);
    bar
}

/// Counts samples, and says how the last epoch went.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    start: Instant,
    /// Samples of an epoch.
    samples: u64,
    epochs: u32,
}

impl Bar {
    /// For so many samples an epoch.
    pub fn new(samples: usize, epochs: u32, quiet: bool) -> Self {
        let samples = samples as u64;
        let bar = bar(samples * u64::from(epochs), format!("epoch 0/{epochs}"), quiet);
        Self { bar, start: Instant::now(), samples, epochs }
    }

    pub fn show(&self, progress: Progress) {
        match progress {
            Progress::Batch { epoch, samples } => {
                self.bar.set_position(u64::from(epoch - 1) * self.samples + samples as u64);
            }
            Progress::Epoch(metrics) => {
                if self.bar.is_hidden() {
                    return;
                }
                let loss = metrics.train_loss.map_or_else(|| "-".to_owned(), |loss| format!("{loss:.5}"));
                self.bar.set_message(format!(
                    "epoch {}/{}, loss {loss}, validation {}, {:.0} samples/s",
                    metrics.epoch,
                    self.epochs,
                    percent(metrics.validation_accuracy),
                    f64::from(metrics.epoch) * self.samples as f64 / self.start.elapsed().as_secs_f64(),
                ));
            }
        }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Counts things of one kind.
#[derive(Debug)]
pub struct Steps {
    bar: ProgressBar,
    what: &'static str,
}

impl Steps {
    pub fn new(what: &'static str, quiet: bool) -> Self {
        Self { bar: bar(1, what.to_owned(), quiet), what }
    }

    pub fn show(&self, done: usize, all: usize) {
        self.bar.set_length(all as u64);
        self.bar.set_position(done as u64);
        self.bar.set_message(format!("{done} of {all} {}", self.what));
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Shows how far a simulation has got in its own time.
#[derive(Debug)]
pub struct TimeBar {
    bar: ProgressBar,
    from: f64,
    until: f64,
    unit: TimeUnit,
}

impl TimeBar {
    /// Steps of the whole bar.
    const STEPS: u64 = 1000;

    pub fn new(from: f64, until: f64, unit: &TimeUnit, quiet: bool) -> Self {
        Self { bar: bar(Self::STEPS, "start".to_owned(), quiet), from, until, unit: unit.clone() }
    }

    pub fn show(&self, time: f64, spikes: u64) {
        if self.bar.is_hidden() {
            return;
        }
        let share = (time - self.from) / (self.until - self.from);
        self.bar.set_position((share * Self::STEPS as f64) as u64);
        let (time, until) = (format!("{time:.1}"), self.unit.time(self.until));
        self.bar.set_message(format!("time {time} of {until}, {spikes} spikes"));
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
