//! Ctrl-C as a request that the training loop asks for.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use delgrad::engine::Cancel;

use crate::failure::Failure;

/// Exit code of an interrupted run: 128 plus the number of SIGINT.
pub const EXIT_CODE: u8 = 130;

/// Whether somebody has asked for an end, by Ctrl-C or by SIGTERM.
#[derive(Clone, Debug)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on Ctrl-C is a request and no longer the end.
    pub fn watch() -> Result<Self, Failure> {
        let requested = Arc::new(AtomicBool::new(false));
        let interrupt = Self(Arc::clone(&requested));
        ctrlc::set_handler(move || requested.store(true, Ordering::Relaxed))
            .map_err(|source| Failure::Interrupt { source })?;
        Ok(interrupt)
    }

    /// The request, for work that looks at it itself.
    pub fn token(&self) -> Cancel {
        Cancel::from(Arc::clone(&self.0))
    }

    pub fn flow(&self) -> ControlFlow<()> {
        if self.0.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
