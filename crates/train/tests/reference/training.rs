//! Networks of the reference files on the real trainer.

use delgrad_engine::InputSpike;
use delgrad_train::learn::{Optimiser, OptimiserConfig, SilentNeurons, TrainerParts};
use delgrad_train::objective::{Objective, Readout};
use delgrad_train::parameters::{Learning, ParameterLayout};
use delgrad_train::samples::Sample;
use delgrad_train::substrate::{Batch, LayerRunner, Layers, Structure};
use delgrad_ttfs::{BackwardOptions, GroupKind, SpikeTimes};

use crate::reference::Reference;

impl Reference {
    fn names(&self) -> Vec<String> {
        (0..self.neurons.len()).map(|layer| layer.to_string()).collect()
    }

    /// The unit of losses is the file's, which one network has that is not the time constant of its outputs.
    fn structure(&self) -> Structure {
        Structure { tau_syn: self.tau_syn, ..Structure::of_layers(&self.network, &self.names()) }
    }

    /// What the network is trained for.
    pub fn objective(&self) -> Objective {
        let readout = Readout::FirstSpike {};
        Objective::new(readout, &self.loss, self.penalties, &self.structure(), f64::INFINITY).unwrap()
    }

    /// A trainer by the official recipe, on a runner of the network: Adam, and weight increments of 5e-4 that double. A learning rate of 0
    /// leaves parameters alone.
    pub fn trainer_parts(
        &self,
        runner: impl LayerRunner + 'static,
        max_dw_norm: Option<f64>,
        rate: impl Fn(usize, GroupKind) -> f64,
    ) -> TrainerParts {
        let structure = self.structure();
        let watched = structure.populations.iter().zip(&self.neurons);
        let watched = watched.map(|(layer, (_, tolerated))| (layer.neurons.clone(), *tolerated)).collect();
        let layout = ParameterLayout::of_layers(&self.network, &self.names(), |layer, kind| {
            Learning::at(rate(layer, kind))
        });
        let options = BackwardOptions { max_dw_norm, ..BackwardOptions::exact() };
        TrainerParts {
            substrate: Box::new(Layers::new(runner, layout, structure, options)),
            parameters: self.parameters.clone(),
            objective: self.objective(),
            optimiser: Optimiser::new(OptimiserConfig::default(), self.parameters.len()).unwrap(),
            silent: SilentNeurons::default(),
            watched,
            max_norm: None,
            class_weights: Vec::new(),
        }
    }
}

/// Inputs and classes as the trainer takes them.
pub fn batch(inputs: &SpikeTimes, labels: &[u32]) -> Batch {
    assert_eq!(inputs.samples(), labels.len());
    let sample = |(sample, &label): (usize, &u32)| {
        let times = (0..).zip(inputs.row(sample, 0)).filter(|(_, time)| time.is_finite());
        Sample::of_class(times.map(|(source, &time)| InputSpike { time, source }).collect(), label)
    };
    labels.iter().enumerate().map(sample).collect::<Vec<_>>().into()
}
