use std::path::Path;

use crate::require::require_length;
use crate::{EncodedSplit, Run, START_NETWORK_FILE, Setup, TrainError};

impl Run {
    /// Data, network and parameters before training of this run, which needs no other run. Relative paths start at `base`.
    ///
    /// # Errors
    /// Data that cannot be loaded or that the network does not know, and a network before training of another size.
    pub fn setup(&self, base: &Path) -> Result<Setup, TrainError> {
        let mut setup = Setup::drawn(self.network.experiment.clone(), base)?;
        setup.data = self.network.experiment.data.load_for(base, &self.network.names())?;
        setup.encoder = self.network.encoder.clone();
        setup.encoded = EncodedSplit::new(&setup.encoder, &setup.data)?;
        if let Some(start) = &self.start {
            let wrong = |problem| TrainError::NetworkFile { path: START_NETWORK_FILE.into(), problem };
            let (_, parameters) = start.network().map_err(wrong)?;
            require_length("the network before training", parameters.len(), setup.initial.len())?;
            setup.initial = parameters;
        }
        Ok(setup)
    }
}
