mod start;

use std::path::Path;

use delgrad_bss2::Chip;
use delgrad_engine::{Network, NetworkFile, NetworkSpec, Rule, Value};

use super::on_chip::{OnChip, rectify};
use super::trainer::EventTrainerParts;
use super::waking::EventWaking;
use super::{EventExperiment, EventObjective, EventTrainer, OUTPUT, ParameterMap, Trials};
use crate::require::require_length;
use crate::{Optimiser, TrainError};

/// An experiment on the event engine with its trials made and its network built: everything before the first step.
#[derive(Clone, Debug)]
pub struct EventSetup {
    /// The experiment.
    pub experiment: EventExperiment,
    /// The trials.
    pub trials: Trials,
    /// The network as the engine takes it.
    pub spec: NetworkSpec,
    /// The network before training, with numbered synapses.
    pub network: Network,
    /// From parameters to synapses.
    pub map: ParameterMap,
    /// The parameters before training.
    pub initial: Vec<f64>,
    /// What it runs on, if not on the ideal model.
    pub chip: Option<Chip>,
}

impl EventSetup {
    /// Makes the trials of an experiment, builds its network, and starts from the run that it names, if it does.
    ///
    /// # Errors
    /// A network that cannot be built, a network or a loss that does not fit the task, and a run that training cannot
    /// start from.
    pub fn new(experiment: EventExperiment) -> Result<Self, TrainError> {
        let mut setup = Self::drawn(experiment)?;
        if let Some(mut start) = setup.experiment.from.take() {
            setup.start(&start.read(Path::new(""))?)?;
            setup.experiment.from = Some(start);
        }
        Ok(setup)
    }

    /// As [`new`](Self::new), with the parameters of the projections whatever run the experiment starts from: to look at
    /// what has been trained, which does not need that run any more.
    ///
    /// # Errors
    /// As there, but for that run.
    pub fn drawn(experiment: EventExperiment) -> Result<Self, TrainError> {
        let trials = experiment.task.trials(experiment.until)?;
        let spec = experiment.spec(trials.inputs);
        let network = spec.build_numbered()?;
        let outputs = network.population(OUTPUT).map_or(0, |population| population.neurons.len());
        if outputs != trials.outputs {
            let problem = format!("has size {outputs}; the task needs {}", trials.outputs);
            return Err(TrainError::EventKey { key: format!("population \"{OUTPUT}\""), problem });
        }
        experiment.loss.check_task(&trials)?;
        for part in [&trials.train, &trials.validation, &trials.test] {
            experiment.readout.check_trials(part, experiment.until)?;
        }
        let (map, mut initial) = ParameterMap::new(&experiment, &spec, &network)?;
        let chip = experiment.chip.as_ref().map(|chip| chip.chip(Path::new(""))).transpose()?;
        if let Some(chip) = &chip {
            rectify(chip, &network, &map, &network.parts().synapses, &mut initial);
        }
        let setup = Self { experiment, trials, spec, network, map, initial, chip };
        setup.objective()?;
        Ok(setup)
    }

    /// What it is trained for.
    ///
    /// # Errors
    /// A loss or read-out that does not suit the network.
    pub fn objective(&self) -> Result<EventObjective, TrainError> {
        EventObjective::new(&self.experiment, &self.network)
    }

    /// A trainer at the initial parameters.
    ///
    /// # Errors
    /// Parameters that no network has.
    pub fn trainer(&self) -> Result<EventTrainer, TrainError> {
        self.trainer_on(self.chip.as_ref(), self.experiment.seed, &self.initial)
    }

    /// A trainer with these parameters on some chip; on none: on the ideal model.
    pub(super) fn trainer_on(
        &self,
        chip: Option<&Chip>,
        run_seed: u64,
        parameters: &[f64],
    ) -> Result<EventTrainer, TrainError> {
        let EventExperiment { gradient, training, executor, spike_budget, .. } = &self.experiment;
        let spike_budget = spike_budget.unwrap_or_else(|| self.experiment.default_budget(&self.network));
        let on_chip = |chip| OnChip::new(chip, &self.network_with(parameters)?, run_seed, spike_budget);
        let chip = chip.map(on_chip).transpose()?;
        let parts = EventTrainerParts {
            map: self.map.clone(),
            parameters: parameters.to_vec(),
            objective: self.objective()?,
            options: gradient.options(),
            max_norm: gradient.max_norm,
            executor: *executor,
            spike_budget,
            optimiser: Optimiser::new(training.optimiser.clone(), self.initial.len())?,
            waking: EventWaking::new(&training.silent, &self.network),
            chip,
        };
        EventTrainer::new(&self.network, parts)
    }

    /// The network with these parameters.
    ///
    /// # Errors
    /// Another number of parameters, and numbers that no network has.
    pub fn network_with(&self, parameters: &[f64]) -> Result<Network, TrainError> {
        require_length("parameters", parameters.len(), self.map.count())?;
        let mut parts = self.network.parts();
        self.map.write(parameters, &mut parts.synapses);
        Ok(self.network.with_parts(parts)?)
    }

    /// The network of some parameters as a file, with the input spikes of the first test trial.
    ///
    /// # Errors
    /// None in practice: what cannot be written is rejected before.
    pub fn file(&self, parameters: &[f64]) -> Result<NetworkFile, TrainError> {
        let mut synapses = self.network.parts().synapses;
        self.map.write(parameters, &mut synapses);
        let mut spec = self.spec.clone();
        for (projection, range) in spec.projections.iter_mut().zip(self.map.projections()) {
            let own = &synapses[range.clone()];
            projection.weight = Value::List(own.iter().map(|synapse| synapse.weight).collect());
            projection.delay = Value::List(own.iter().map(|synapse| synapse.delay).collect::<Vec<_>>()).into();
            if let Rule::Edges(edges) = &mut projection.rule {
                edges.iter_mut().for_each(|edge| (edge.weight, edge.delay) = (None, None));
            }
        }
        let mut file = NetworkFile::from(spec);
        file.input_spikes = self.trials.test.first().map(|trial| trial.inputs.clone());
        Ok(file)
    }
}
