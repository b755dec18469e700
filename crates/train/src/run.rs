//! From an experiment to a run: everything before the first step, and everything that is left after the last one.

mod built;
mod checkpoint_file;
mod chip_test;
mod compare;
mod finished;
mod folder;
mod folder_error;
mod growing_file;
mod growing_metrics;
mod layers_file;
mod network_problem;
mod overview;
mod populations_file;
mod resume;
mod resume_problem;
mod session;
mod setup;
mod start;
mod start_problem;
mod state;
mod summary;
mod trained;

pub use crate::initial::InitialWeights;
pub use built::{Built, PopulationNetwork};
pub use checkpoint_file::{CHECKPOINT_FILE, PREVIOUS_CHECKPOINT_FILE};
pub use chip_test::{ChipOutcome, ChipTest, CodeSteps, Trains};
pub use compare::Difference;
pub use finished::Run;
pub(crate) use finished::network_path;
pub use folder::{
    CONFIG_FILE, CONFUSION_FILE, LAST_NETWORK_FILE, METRICS_FILE, METRICS_LINES_FILE, NETWORK_FILE, RunFolder,
    START_NETWORK_FILE, SUMMARY_FILE, write_file,
};
pub use folder_error::FolderError;
pub use network_problem::NetworkProblem;
pub use overview::RunOverview;
pub use resume::{ResumeNote, Resumed};
pub use resume_problem::ResumeProblem;
pub use session::{Event, Outcome, Session};
pub use setup::Setup;
pub use start_problem::StartProblem;
pub use state::{RunState, RunStatus, STATE_FILE};
pub use summary::{DataSummary, Summary};
pub use trained::Trained;

/// The program that writes a file, as files name it.
fn written_by() -> String {
    format!("delgrad {}", env!("CARGO_PKG_VERSION"))
}
