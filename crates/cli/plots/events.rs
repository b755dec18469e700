//! Pictures of a run on the event engine, from the same parts as those of feed-forward networks.

use std::path::Path;

use delgrad::adjoint::Record;
use delgrad::engine::Network;
use delgrad::train::{
    Answer, EpochMetrics, EventSetup, EventTrainer, ParameterKind, Target, Task, TrainError, Trial,
};

use super::decision_map::{DecisionMap, GRID};
use super::histograms::{Values, draw_values};
use super::loss::Course;
use super::plane::Plane;
use super::{Draw, Drawn, Picture, PlotError, delay_map, draw_kinds, event_raster};

/// What is drawn: a run on the event engine before and after its training.
#[derive(Debug)]
pub struct EventPortrait<'a> {
    /// Trials, network and initial parameters.
    pub setup: &'a EventSetup,
    /// Parameters that were kept.
    pub parameters: &'a [f64],
    /// The epochs.
    pub history: &'a [EpochMetrics],
    /// Epoch of the kept parameters.
    pub kept_epoch: u32,
    /// With the initial parameters.
    pub before: EventTrainer,
    /// With those that were kept.
    pub after: EventTrainer,
}

impl<'a> EventPortrait<'a> {
    /// Builds the network before and after.
    pub fn new(
        setup: &'a EventSetup,
        parameters: &'a [f64],
        history: &'a [EpochMetrics],
        kept_epoch: u32,
    ) -> Result<Self, TrainError> {
        let before = setup.trainer()?;
        let mut after = before.clone();
        after.set_parameters(parameters)?;
        Ok(Self { setup, parameters, history, kept_epoch, before, after })
    }

    /// The networks before and after, with their names.
    pub fn networks(&self) -> [(String, &Network); 2] {
        let after = format!("after training (epoch {})", self.kept_epoch);
        [("before training".to_owned(), self.before.network()), (after, self.after.network())]
    }

    /// What the network makes of a trial before or after, with its spikes.
    pub fn run(trainer: &EventTrainer, trial: &Trial) -> Result<(Record, Answer), TrainError> {
        let record = trainer.record(&trial.inputs)?;
        let answer = trainer.answers(std::slice::from_ref(trial))?.pop().unwrap_or_default();
        Ok((record, answer))
    }

    /// Name of a class, or "class" and its number.
    pub fn class_name(&self, class: usize) -> String {
        self.setup.trials.classes.get(class).map_or_else(|| format!("class {class}"), String::clone)
    }
}

/// Draws every plot into `folder`, which need not exist. The failure of one does not stop the others.
pub fn draw_events(portrait: &EventPortrait, folder: &Path) -> Result<Drawn, PlotError> {
    // every kind of plot; one that makes no sense for a run draws nothing
    let kinds: [(&str, Draw<_>); 5] = [
        ("loss", loss),
        ("decision map", decision_map),
        ("parameters", parameters),
        ("delays", delay_map::draw),
        ("raster", event_raster::draw),
    ];
    draw_kinds(portrait, &kinds, folder)
}

fn loss(portrait: &EventPortrait) -> Result<Vec<Picture>, PlotError> {
    let trials = &portrait.setup.trials;
    let samples = [trials.train.len(), trials.validation.len()];
    Course { history: portrait.history, kept_epoch: portrait.kept_epoch, samples }.draw()
}

fn decision_map(portrait: &EventPortrait) -> Result<Vec<Picture>, PlotError> {
    let setup = portrait.setup;
    let (Some(values), Task::YinYang(task)) = (&setup.trials.values, &setup.experiment.task) else {
        return Ok(Vec::new());
    };
    let Some(plane) = Plane::of(&values.test) else { return Ok(Vec::new()) };
    let grid = plane.grid(GRID, values.test.class_count())?;
    let points: Vec<Trial> =
        (0..grid.len()).map(|point| Trial::of_class(task.encode(grid.row(point)), 0)).collect();
    let classes = |trials: &[Trial]| -> Result<Vec<Option<usize>>, TrainError> {
        Ok(portrait.after.answers(trials)?.into_iter().map(|answer| answer.class).collect())
    };
    let map = DecisionMap {
        title: "answers and test samples",
        plane,
        data: &values.test,
        cells: classes(&points)?,
        answers: classes(&setup.trials.test)?,
    };
    map.draw()
}

fn parameters(portrait: &EventPortrait) -> Result<Vec<Picture>, PlotError> {
    let setup = portrait.setup;
    let mut rows: Vec<usize> = setup.map.blocks().iter().map(|block| block.projection).collect();
    rows.dedup();
    let values = setup.map.blocks().iter().map(|block| {
        let projection = &setup.experiment.projections[block.projection];
        let (delays, what) = match block.kind {
            ParameterKind::Weights => (false, "weights".to_owned()),
            ParameterKind::Delays(kind, _) => (true, format!("{kind:?} delays").to_lowercase()),
        };
        let (from, to) = (&projection.from, &projection.to);
        Values {
            layer: rows.iter().position(|row| *row == block.projection).unwrap_or(0),
            name: format!("{from} → {to}: {} {what}", block.range.len()),
            delays,
            before: block.values(&setup.initial),
            after: block.values(portrait.parameters),
        }
    });
    draw_values(&values.collect::<Vec<_>>(), portrait.kept_epoch, "delay")
}

/// The target spikes of an output, if the trial has such.
pub fn target(trial: &Trial, output: usize) -> &[f64] {
    match &trial.target {
        Target::Trains(trains) => trains.get(output).map_or(&[], Vec::as_slice),
        Target::Class(_) => &[],
    }
}
