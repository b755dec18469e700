//! Gradients against central differences of runs with one number changed.

mod difference;
mod entry;
mod moved;
mod report;

use delgrad_engine::random::{shuffle, stream};
use delgrad_engine::{Cancel, Executor, InputSpike, Network};

use crate::models::all_differentiable;
use crate::purposes;
use crate::{AdjointError, Cotangents, Gradients, Observable, Record};

use difference::Differences;
use moved::Runs;

pub use entry::{Entry, Kind};
pub use report::{CheckReport, Checked, Verdict};

/// The loss whose gradients are checked.
#[derive(Clone, Copy)]
pub enum CheckLoss<'a> {
    /// `Σ cotangent · spike time + Σ cotangent · observable`: what a reverse pass differentiates. Spikes of a run with a number
    /// changed are matched with those of the record by neuron and rank.
    Linear(&'a Cotangents),
    /// Any function of a record and of the values of observables. Spikes at equal places may belong to different neurons in
    /// runs with numbers changed, so it should read them neuron by neuron.
    Function {
        /// Observables that the loss depends on besides spikes.
        observables: &'a [Observable],
        /// The loss.
        loss: &'a dyn Fn(&Record, &[f64]) -> f64,
    },
}

/// How a check is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CheckOptions {
    /// How many entries of each kind of parameter are checked, chosen at random: those whose gradient is not zero before
    /// others, but where there are others and more than one is checked, the last place is for one of them.
    pub entries: usize,
    /// Keys the choice.
    pub seed: u64,
    /// Largest deviation of a gradient from the difference, relative to the larger of the two, or to a thousandth of the
    /// largest checked gradient of its kind where both are smaller than that; above 0.
    pub tolerance: f64,
    /// Largest step, relative to the size of the parameter: a weight to all weights, a time to the fastest time constant, a
    /// voltage to the distance from leak to threshold; above 0 and at most 0.1. Smaller ones follow where it is too large.
    pub step: f64,
}

impl Default for CheckOptions {
    /// 8 entries of each kind, seed 0, tolerance 1e-5, steps from 1e-4.
    fn default() -> Self {
        Self { entries: 8, seed: 0, tolerance: 1e-5, step: 1e-4 }
    }
}

/// A run whose gradients are to be checked.
///
/// ```
/// use delgrad_adjoint::{Check, CheckLoss, CheckOptions, Cotangents, Record, vjp};
/// use delgrad_engine::{Cancel, Executor, InputSpike};
/// use delgrad_engine::spec::{LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let network = NetworkSpec::new()
///     .source(SourceSpec::given("in", 1))
///     .population(PopulationSpec::lif("a", 2, LifSpec::default()))
///     .project(ProjectionSpec::new("in", "a", Rule::AllToAll).weight(3.0).delay(0.5))
///     .build_numbered()?;
/// let (given, until, executor) = ([InputSpike { time: 1.0, source: 0 }], 10.0, Executor::Plain);
/// let record = Record::run(&network, &given, until, executor)?;
/// let cotangents = Cotangents { spikes: vec![1.0; record.spikes().len()], ..Cotangents::default() };
/// let gradients = vjp(&network, &record, &cotangents)?;
///
/// let loss = CheckLoss::Linear(&cotangents);
/// let check = Check { network: &network, given: &given, until, executor, loss };
/// let report = check.run(&gradients, &CheckOptions::default())?;
/// assert!(report.passed());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Check<'a> {
    /// The network.
    pub network: &'a Network,
    /// Spikes of its inputs besides those of its generators, sorted by time.
    pub given: &'a [InputSpike],
    /// How long it runs.
    pub until: f64,
    /// How it runs.
    pub executor: Executor,
    /// The loss.
    pub loss: CheckLoss<'a>,
}

impl Check<'_> {
    /// Compares some entries of the gradients with central differences of runs.
    ///
    /// An entry is moved up and down by a step and by half of it, and the two differences are extrapolated to step zero
    /// (Richardson). Where the number of spikes of a neuron changes within the step, or where the two differences do not
    /// agree, smaller steps are tried. A delay or refractory period of zero is moved up alone. The report holds every entry that
    /// was chosen: one that could not be judged is a [`Verdict::Discontinuity`] or [`Verdict::Unsettled`].
    ///
    /// Entries that cannot move are not chosen: times of input spikes that a generator of the network makes, parameters that a
    /// model does not have, and the infinite time constant of a membrane without leak, together with its leak voltage.
    ///
    /// The gradients must be those of [`Policy::Exact`](crate::Policy::Exact), with all parameters.
    ///
    /// # Errors
    /// As [`Record::run`]; gradients of another network or record; options out of range; observables that do not exist.
    ///
    /// # Complexity
    /// Four runs of the network for each entry, more where steps have to be small.
    pub fn run(&self, gradients: &Gradients, options: &CheckOptions) -> Result<CheckReport, AdjointError> {
        self.run_and_tell(gradients, options, &Cancel::default(), &mut |_, _| {})
    }

    /// [`Check::run`], which tells how many entries are done, and of how many, and ends early when somebody asks for it.
    ///
    /// # Errors
    /// As [`Check::run`]; [`AdjointError::Cancelled`].
    pub fn run_and_tell(
        &self,
        gradients: &Gradients,
        options: &CheckOptions,
        cancel: &Cancel,
        tell: &mut dyn FnMut(usize, usize),
    ) -> Result<CheckReport, AdjointError> {
        options.check()?;
        all_differentiable(self.network)?;
        let runs = Runs::new(self, cancel)?;
        entry::check_lengths(gradients, self.network, runs.record())?;
        let chosen = choose(&runs, gradients, options);
        let mut checked = Vec::with_capacity(chosen.len());
        for (done, &entry) in chosen.iter().enumerate() {
            tell(done, chosen.len());
            let gradient = entry.of(gradients);
            let difference = Differences::new(&runs, entry, options).find(gradient)?;
            checked.push((entry, gradient, difference));
        }
        tell(chosen.len(), chosen.len());
        Ok(CheckReport::new(&checked, options.tolerance))
    }
}

/// The entries to check, in order of kind and index.
fn choose(runs: &Runs, gradients: &Gradients, options: &CheckOptions) -> Vec<Entry> {
    let mut chosen = Vec::new();
    for (number, kind) in (0..).zip(Kind::ALL) {
        let mut indices = runs.eligible(kind);
        shuffle(&mut stream(options.seed, purposes::GRADIENT_CHECK, number), &mut indices);
        let entries = indices.into_iter().map(|index| Entry { kind, index });
        let (zero, mut of_kind): (Vec<_>, Vec<_>) = entries.partition(|entry| entry.of(gradients) == 0.0);
        // That a gradient is zero is a claim too.
        let for_zero = usize::from(options.entries > 1 && !zero.is_empty());
        of_kind.truncate(options.entries - for_zero);
        of_kind.extend(zero);
        of_kind.truncate(options.entries);
        of_kind.sort_unstable();
        chosen.extend(of_kind);
    }
    chosen
}

impl CheckOptions {
    fn check(&self) -> Result<(), AdjointError> {
        let Self { tolerance, step, .. } = *self;
        if !(tolerance > 0.0 && tolerance.is_finite()) {
            return Err(AdjointError::Option {
                field: "tolerance",
                value: tolerance,
                valid: "finite and above 0",
            });
        }
        if !(step > 0.0 && step <= 0.1) {
            return Err(AdjointError::Option { field: "step", value: step, valid: "above 0 and at most 0.1" });
        }
        Ok(())
    }
}
