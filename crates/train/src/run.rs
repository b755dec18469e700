//! From an experiment to a run: everything before the first step, and everything that is left after the last one.

mod built;
mod chip_test;
mod compare;
mod folder;
mod folder_error;
mod growing_metrics;
mod layers_file;
mod network_problem;
mod populations_file;
mod reserved_folder;
mod setup;
mod start;
mod start_problem;
mod summary;
mod trained;

pub use built::{Built, PopulationNetwork};
pub use chip_test::{ChipOutcome, ChipTest, CodeSteps, Trains};
pub use compare::Difference;
pub(crate) use folder::network_path;
pub use folder::{
    CONFIG_FILE, CONFUSION_FILE, LAST_NETWORK_FILE, METRICS_FILE, NETWORK_FILE, Run, RunFolder,
    START_NETWORK_FILE, SUMMARY_FILE, write_file,
};
pub use folder_error::FolderError;
pub use growing_metrics::GrowingMetrics;
pub use network_problem::NetworkProblem;
pub use setup::Setup;
pub use start_problem::StartProblem;
pub use summary::{DataSummary, Summary};
pub use trained::Trained;

/// The program that writes a file, as files name it.
fn written_by() -> String {
    format!("delgrad {}", env!("CARGO_PKG_VERSION"))
}
