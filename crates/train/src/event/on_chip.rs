//! Trials on a chip: its recorded spikes take the place of those of the ideal model.

use delgrad_adjoint::Record;
use delgrad_bss2::{Chip, Emulation, EventCounts, Trial};
use delgrad_engine::{Cancel, InputSpike, Model, Network, Spike, Synapse};

use super::{ParameterKind, ParameterMap};
use crate::TrainError;

/// A network on its chip.
#[derive(Clone, Debug)]
pub(super) struct OnChip {
    chip: Chip,
    emulation: Emulation,
    run_seed: u64,
    /// Batches that have been trained on: no two share their noise. All evaluations have the noise of batch 0.
    batches: u64,
}

impl OnChip {
    /// Trials with more spikes than the budget run away.
    pub fn new(chip: &Chip, network: &Network, run_seed: u64, budget: u64) -> Result<Self, TrainError> {
        let emulation = Emulation::new(chip, network)?.with_budget(budget);
        Ok(Self { chip: chip.clone(), emulation, run_seed, batches: 0 })
    }

    pub fn cancelled_by(&mut self, cancel: &Cancel) {
        self.emulation.set_cancel(cancel);
    }

    pub fn chip(&self) -> &Chip {
        &self.chip
    }

    /// Takes over other weights and delays.
    pub fn set_network(&mut self, network: &Network) -> Result<(), TrainError> {
        self.emulation = self.emulation.with_network(&self.chip, network)?;
        Ok(())
    }

    /// The number of a batch to train on.
    pub fn next_batch(&mut self) -> u64 {
        self.batches += 1;
        self.batches
    }

    /// What the chip records of a trial, as a record of the ideal network, and what became of its events.
    pub fn record(
        &self,
        network: &Network,
        inputs: &[InputSpike],
        until: f64,
        batch: u64,
        sample: u64,
    ) -> Result<(Record, EventCounts), TrainError> {
        let run = self.emulation.run(inputs, until, Trial { run_seed: self.run_seed, batch, sample })?;
        // Time stamps come later than their spikes.
        let spikes: Vec<Spike> = run.spikes.into_iter().filter(|spike| spike.time <= until).collect();
        let inputs = network.input_spikes(inputs, until).map_err(delgrad_adjoint::AdjointError::from)?;
        Ok((Record::observed(network, inputs, spikes, until)?, run.events))
    }
}

/// Moves learned weights to the nearest ones that a chip has for the neurons of a network.
pub(super) fn rectify(
    chip: &Chip,
    network: &Network,
    map: &ParameterMap,
    synapses: &[Synapse],
    parameters: &mut [f64],
) {
    for block in map.blocks().iter().filter(|block| block.kind == ParameterKind::Weights) {
        let own = &mut parameters[block.range.clone()];
        for (synapse, &p) in synapses[block.synapses.clone()].iter().zip(&block.index) {
            let Model::Lif(target) = network.model(synapse.target) else { continue };
            if let Some(limit) = chip.weight_limit(target.params()) {
                let weight = &mut own[p as usize];
                *weight = weight.clamp(-limit, limit);
            }
        }
    }
}
