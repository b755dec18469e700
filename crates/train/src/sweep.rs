//! Many runs at once: experiments, values and seeds crossed, a folder for each run, one table of all results.
//!
//! ```
//! use std::path::Path;
//!
//! use delgrad_train::experiment::Experiment;
//! use delgrad_train::sweep::{Sweep, SweepConfig, SweepOptions};
//!
//! let text = r#"
//!     experiments = ["xor"]
//!     seeds = 2
//!     set = { "training.epochs" = 3 }
//!     grid = { "layers.0.size" = [4, 8] }
//! "#;
//! let xor = r#"
//!     data = { source = "xor", size = 40, jitter = 0.02 }
//!     encoder = { complement = true }
//!     loss = { kind = "margin", margin = 0.3 }
//!     layers = [{ size = 10 }, { size = 2 }]
//! "#;
//! let config = SweepConfig::parse("sweep.toml", text)?;
//! let conditions = config.conditions(|word, overrides| Experiment::parse(word, xor, overrides))?;
//! let folder = tempfile::tempdir().expect("a folder for temporary files");
//! let place = folder.path().join("sizes");
//! let sweep = Sweep::new(&place, &config, &conditions)?;
//! let rows = sweep.run(&SweepOptions::default(), &Default::default(), |_| ())?;
//! assert_eq!(rows.len(), 4);
//! assert!(place.join("results.csv").exists());
//! # Ok::<(), delgrad_train::TrainError>(())
//! ```

mod config;
mod folder;
mod problem;
mod row;
mod run;
mod seeds;

pub use config::{Condition, SweepConfig};
pub use problem::SweepProblem;
pub use row::Row;
pub use run::{Cell, Sweep, SweepEvent, SweepOptions};
pub use seeds::{Chips, Seeds, SeedsProblem};

/// Name of the file that says what a sweep runs.
pub const SWEEP_FILE: &str = "sweep.toml";
/// Name of the table of results, a row for each run.
pub const RESULTS_FILE: &str = "results.csv";
/// Name of the folder of the runs.
pub const RUNS_FOLDER: &str = "runs";
