//! Pictures of a run or of a simulation: one file for each kind.

pub mod activity;
mod bands;
pub mod calibration;
pub mod chip;
pub mod chip_map;
mod colour_bar;
mod confusion;
pub mod curves;
mod decision_map;
mod delay_map;
mod diagnostics;
mod figure;
mod heat_map;
mod histogram;
mod histograms;
mod input_delays;
mod loss;
mod plane;
pub mod points;
mod raster;
mod raster_bands;
mod run_view;
mod spike_maps;
mod style;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

pub use run_view::RunView;

use delgrad::train::TrainError;
use delgrad::train::run::write_file;
use plotters::drawing::DrawingAreaErrorKind;

/// Name of the folder of plots within that of a run.
pub const FOLDER: &str = "plots";

/// One finished picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Name of its file.
    name: String,
    svg: String,
}

impl Picture {
    fn new(name: impl Into<String>, svg: String) -> Self {
        Self { name: name.into(), svg }
    }
}

/// Why a plot cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    #[error(transparent)]
    Data(#[from] TrainError),
    #[error(transparent)]
    Export(#[from] delgrad::bss2::export::ExportError),
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

/// What came out.
#[derive(Debug)]
pub struct Drawn {
    pub files: Vec<PathBuf>,
    /// Kinds of plot that failed, and why.
    pub failed: Vec<(&'static str, PlotError)>,
}

/// Draws one kind of plot of a run.
type Draw = fn(&RunView) -> Result<Vec<Picture>, PlotError>;

/// Every kind of plot; one that makes no sense for a run draws nothing.
const KINDS: [(&str, Draw); 11] = [
    ("loss", loss::draw),
    ("diagnostics", diagnostics::draw),
    ("confusion", confusion::draw),
    ("decision map", decision_map::draw),
    ("spike times", spike_maps::draw),
    ("parameters", histograms::draw),
    ("delays", delay_map::draw),
    ("delays by input", input_delays::draw),
    ("raster", raster::draw),
    ("chip codes", chip::codes::draw),
    ("chip map", chip::map::draw),
];

/// Draws every plot into `folder`, which need not exist. The failure of one does not stop the others.
pub fn draw_all(view: &RunView, folder: &Path) -> Result<Drawn, PlotError> {
    let write_error = |source| TrainError::Write { path: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(write_error)?;
    let mut drawn = Drawn { files: Vec::new(), failed: Vec::new() };
    for (kind, draw) in KINDS {
        // hours of training must not be lost to a panic in a picture
        let pictures = catch_unwind(AssertUnwindSafe(|| draw(view))).unwrap_or(Err(PlotError::GaveUp));
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
