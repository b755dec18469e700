//! How far long work has got: a bar on a terminal, elsewhere a line every few seconds, so that a log tells it too.

mod lines;

use std::cell::Cell;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use delgrad::train::learn::{EpochMetrics, Progress};
use delgrad::train::run::InitialWeights;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use self::lines::Lines;
use crate::output::{self, percent};
use crate::units::TimeUnit;

/// Where it is shown: one of the two, or neither.
#[derive(Debug)]
struct Display {
    bar: ProgressBar,
    /// Steps that were done before.
    before: u64,
    lines: Option<Lines>,
}

impl Display {
    /// For so many steps, with a message before the first of them.
    fn new(steps: u64, message: String, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let target = if quiet || !terminal { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(steps), target);
        let style = ProgressStyle::with_template("{bar:24} {msg}, {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(message);
        Self { bar, before: 0, lines: (!quiet && !terminal).then(|| Lines::new(Instant::now())) }
    }

    /// The same, of which so many steps were done before.
    fn after(mut self, steps: u64) -> Self {
        self.before = steps;
        self.bar.set_position(steps);
        self.bar.reset_eta();
        self
    }

    /// Whether nothing is shown.
    fn is_hidden(&self) -> bool {
        self.bar.is_hidden() && self.lines.is_none()
    }

    /// So many steps are done. The message of a bar stays; a line is written if it is time for one.
    fn advance(&self, steps: u64, line: impl FnOnce() -> String) {
        self.bar.set_position(steps);
        if let Some(lines) = &self.lines {
            lines.show(Instant::now(), self.share(), line);
        }
    }

    /// As [`advance`](Self::advance), with a new message for bar and line.
    fn show(&self, steps: u64, message: impl Fn() -> String) {
        if !self.bar.is_hidden() {
            self.bar.set_message(message());
        }
        self.advance(steps, message);
    }

    /// The part that is done of what is to be done now, 0 to 1.
    fn share(&self) -> f64 {
        let left = |steps: u64| steps.saturating_sub(self.before) as f64;
        left(self.bar.position()) / left(self.bar.length().unwrap_or(1)).max(1.0)
    }

    /// Takes the bar away. Lines end with how it ended, if there were any.
    fn end(&self, line: impl FnOnce() -> String) {
        self.bar.finish_and_clear();
        if let Some(lines) = &self.lines {
            lines.end(line);
        }
    }
}

/// Counts samples, and says how the last epoch went.
#[derive(Debug)]
pub struct Bar {
    display: Display,
    start: Instant,
    /// Samples of an epoch, to train and to validate on.
    samples: [u64; 2],
    /// Epochs that were done before, and all of them.
    done: u32,
    epochs: u32,
    last: Cell<Option<EpochMetrics>>,
    last_end: Cell<Instant>,
}

/// An epoch that takes longer is spoken of before its end.
const LONG_EPOCH: Duration = Duration::from_secs(2);

impl Bar {
    /// For so many samples an epoch, to train and to validate on, after epochs that were done before.
    pub fn new(samples: [usize; 2], done: u32, epochs: u32, quiet: bool) -> Self {
        let samples = samples.map(|samples| samples as u64);
        let steps = samples.iter().sum::<u64>() * u64::from(epochs);
        let before = samples.iter().sum::<u64>() * u64::from(done);
        let display = Display::new(steps, format!("epoch {done}/{epochs}"), quiet).after(before);
        let start = Instant::now();
        Self { display, start, samples, done, epochs, last: Cell::new(None), last_end: Cell::new(start) }
    }

    pub fn show(&self, progress: Progress) {
        match progress {
            Progress::Batch { epoch, samples } => self.within(epoch, samples as u64),
            Progress::Validation { epoch, samples } => self.within(epoch, self.samples[0] + samples as u64),
            Progress::Epoch(metrics) => {
                self.last.set(Some(*metrics));
                self.last_end.set(Instant::now());
                if !self.display.is_hidden() {
                    let steps = u64::from(metrics.epoch) * self.of_epoch();
                    self.display.show(steps, || self.after(metrics));
                }
            }
            _ => {}
        }
    }

    /// Before the first epoch.
    pub fn initial(&self, InitialWeights { name, number, all, .. }: InitialWeights) {
        self.display.show(0, || format!("finding initial weights: {name}, {number} of {all}"));
    }

    fn of_epoch(&self) -> u64 {
        self.samples.iter().sum()
    }

    /// Within an epoch, `done` samples after its start.
    fn within(&self, epoch: u32, done: u64) {
        let all = self.of_epoch();
        let steps = u64::from(epoch - 1) * all + done;
        if self.last_end.get().elapsed() < LONG_EPOCH {
            // its end is near, and says more
            self.display.bar.set_position(steps);
            return;
        }
        self.display.advance(steps, || {
            let share = 100 * done / all.max(1);
            let before =
                self.last.get().map_or_else(String::new, |metrics| format!("; last: {}", results(&metrics)));
            format!("epoch {epoch}/{} at {share} %{before}", self.epochs)
        });
    }

    fn after(&self, metrics: &EpochMetrics) -> String {
        let rate =
            f64::from(metrics.epoch - self.done) * self.samples[0] as f64 / self.start.elapsed().as_secs_f64();
        format!("epoch {}/{}, {}, {rate:.0} samples/s", metrics.epoch, self.epochs, results(metrics))
    }

    /// Says something while the work goes on.
    pub fn say(&self, line: &str) {
        self.display.bar.suspend(|| output::say(line));
    }

    /// Takes the bar away.
    pub fn end(&self) {
        let line = || self.last.get().map_or_else(String::new, |metrics| self.after(&metrics));
        self.display.end(line);
    }
}

fn results(metrics: &EpochMetrics) -> String {
    let loss = metrics.train_loss.map_or_else(|| "-".to_owned(), |loss| format!("{loss:.5}"));
    format!("loss {loss}, validation {}", percent(metrics.validation_accuracy))
}

/// Counts things of one kind.
#[derive(Debug)]
pub struct Steps {
    display: Display,
    what: &'static str,
}

impl Steps {
    pub fn new(what: &'static str, quiet: bool) -> Self {
        Self { display: Display::new(1, what.to_owned(), quiet), what }
    }

    pub fn show(&self, done: usize, all: usize) {
        self.display.bar.set_length(all as u64);
        self.display.show(done as u64, || format!("{done} of {all} {}", self.what));
    }

    /// Says something while the work goes on.
    pub fn say(&self, line: &str) {
        self.display.bar.suspend(|| output::say(line));
    }

    /// Takes the bar away.
    pub fn end(&self) {
        let bar = &self.display.bar;
        self.display.end(|| format!("{} of {} {}", bar.position(), bar.length().unwrap_or(0), self.what));
    }
}

/// Shows how far a simulation has got in its own time.
#[derive(Debug)]
pub struct TimeBar {
    display: Display,
    from: f64,
    until: f64,
    unit: TimeUnit,
    reached: Cell<(f64, u64)>,
}

impl TimeBar {
    /// Steps of the whole bar.
    const STEPS: u64 = 1000;

    pub fn new(from: f64, until: f64, unit: &TimeUnit, quiet: bool) -> Self {
        let display = Display::new(Self::STEPS, "start".to_owned(), quiet);
        Self { display, from, until, unit: unit.clone(), reached: Cell::new((from, 0)) }
    }

    pub fn show(&self, time: f64, spikes: u64) {
        if self.display.is_hidden() {
            return;
        }
        self.reached.set((time, spikes));
        let share = (time - self.from) / (self.until - self.from);
        self.display.show((share * Self::STEPS as f64) as u64, || self.message());
    }

    fn message(&self) -> String {
        let (time, spikes) = self.reached.get();
        format!("time {time:.1} of {}, {spikes} spikes", self.unit.time(self.until))
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.display.end(|| self.message());
    }
}
