//! Executors by name.

use clap::ValueEnum;
use delgrad::engine::{Executor, Network};

/// Which executor is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// The faster one for the network
    #[default]
    Auto,
    /// One event after the other; for every network
    Plain,
    /// In windows of the smallest delay, on all threads; needs delays above 0 between neurons
    Windowed,
}

impl Choice {
    /// The executor asked for; none: any.
    pub fn asked(self) -> Option<Executor> {
        match self {
            Self::Auto => None,
            Self::Plain => Some(Executor::Plain),
            Self::Windowed => Some(Executor::Windowed),
        }
    }

    pub fn executor(self, network: &Network, until: f64) -> Executor {
        self.asked().unwrap_or_else(|| Executor::for_run(network, until))
    }
}

pub fn name(executor: Executor) -> &'static str {
    match executor {
        Executor::Plain => "plain",
        Executor::Windowed => "windowed",
    }
}
