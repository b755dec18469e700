//! Pictures of a run or of a simulation: one file for each kind.

pub mod activity;
mod bands;
pub mod calibration;
pub mod chip;
pub mod chip_map;
mod colour_bar;
mod decision_map;
mod delay_map;
mod event_bands;
mod event_raster;
mod events;
mod figure;
mod heat_map;
mod histograms;
mod loss;
mod plane;
mod raster;
mod spike_maps;
mod style;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

pub use events::{EventPortrait, draw_events};

use delgrad::train::{Dataset, EpochMetrics, Setup, TrainError, write_file};
use delgrad::ttfs::SpikeTimes;
use plotters::drawing::DrawingAreaErrorKind;

/// Name of the folder of plots within that of a run.
pub const FOLDER: &str = "plots";

/// What is drawn: a run before and after its training.
#[derive(Clone, Copy, Debug)]
pub struct Portrait<'a> {
    /// Data, network and initial parameters.
    pub setup: &'a Setup,
    /// Parameters that were kept.
    pub parameters: &'a [f64],
    /// The epochs.
    pub history: &'a [EpochMetrics],
    /// Epoch of the kept parameters.
    pub kept_epoch: u32,
}

impl Portrait<'_> {
    /// Unit of time of all plots: the output layer's synaptic time constant.
    fn tau_syn(&self) -> f64 {
        self.setup.experiment.objective().tau_syn
    }

    /// Spike times of the trained network.
    fn run(&self, inputs: &SpikeTimes) -> Result<SpikeTimes, PlotError> {
        Ok(self.setup.network.forward(self.parameters, inputs)?)
    }

    /// Name of a class.
    fn class_name(&self, class: usize) -> String {
        class_name(&self.setup.data.test, class)
    }
}

/// What a class is called in a picture, where a number alone would be taken for another one.
fn class_name(data: &Dataset, class: usize) -> String {
    let name = &data.class_names()[class];
    if name.parse::<f64>().is_ok() { format!("class {name}") } else { name.clone() }
}

/// One finished picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Name of its file.
    name: String,
    svg: String,
}

/// Why a plot cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    #[error(transparent)]
    Data(#[from] TrainError),
    #[error(transparent)]
    Export(#[from] delgrad::bss2::ExportError),
    #[error("{0}")]
    Draw(#[from] DrawingAreaErrorKind<std::io::Error>),
    #[error("the drawing library gave up; please report it with the folder of this run")]
    GaveUp,
}

impl From<delgrad::bss2::Bss2Error> for PlotError {
    fn from(error: delgrad::bss2::Bss2Error) -> Self {
        Self::Data(error.into())
    }
}

impl From<delgrad::ttfs::TtfsError> for PlotError {
    fn from(error: delgrad::ttfs::TtfsError) -> Self {
        Self::Data(error.into())
    }
}

/// What came out.
#[derive(Debug)]
pub struct Drawn {
    pub files: Vec<PathBuf>,
    /// Kinds of plot that failed, and why.
    pub failed: Vec<(&'static str, PlotError)>,
}

/// Draws one kind of plot of a portrait.
type Draw<P> = fn(&P) -> Result<Vec<Picture>, PlotError>;

/// Draws every plot into `folder`, which need not exist. The failure of one does not stop the others.
pub fn draw_all(portrait: &Portrait, folder: &Path) -> Result<Drawn, PlotError> {
    // every kind of plot; one that makes no sense for a run draws nothing
    let kinds: [(&str, Draw<_>); 7] = [
        ("loss", loss::draw),
        ("decision map", decision_map::draw),
        ("spike times", spike_maps::draw),
        ("parameters", histograms::draw),
        ("raster", raster::draw),
        ("chip codes", chip::codes::draw),
        ("chip map", chip::map::draw),
    ];
    draw_kinds(portrait, &kinds, folder)
}

fn draw_kinds<P>(portrait: &P, kinds: &[(&'static str, Draw<P>)], folder: &Path) -> Result<Drawn, PlotError> {
    let write_error = |source| TrainError::Write { path: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(write_error)?;
    let mut drawn = Drawn { files: Vec::new(), failed: Vec::new() };
    for &(kind, draw) in kinds {
        // hours of training must not be lost to a panic in a picture
        let pictures = catch_unwind(AssertUnwindSafe(|| draw(portrait))).unwrap_or(Err(PlotError::GaveUp));
        let written = pictures.and_then(|pictures| {
            for picture in pictures {
                let path = folder.join(&picture.name);
                write_file(&path, picture.svg.as_bytes())?;
                drawn.files.push(path);
            }
            Ok(())
        });
        drawn.failed.extend(written.err().map(|error| (kind, error)));
    }
    Ok(drawn)
}
