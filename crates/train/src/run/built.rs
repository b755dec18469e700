use std::ops::Range;

use delgrad_bss2::chip::Chip;
use delgrad_bss2::emulation::FirstSpikeChip;
use delgrad_bss2::unrolled::unrolled;
use delgrad_engine::spec::NetworkSpec;
use delgrad_engine::{Model, Parts};
use delgrad_ttfs::Runner;

use super::CodeSteps;
use crate::TrainError;
use crate::experiment::{Experiment, NetworkConfig, OUTPUT, Populations};
use crate::objective::Readout;
use crate::parameters::{Constant, ParameterKind, ParameterLayout, Sharing};
use crate::require::require_length;
use crate::samples::Dataset;
use crate::substrate::{
    Dropout, Engine, EngineParts, IdealRecorder, Layers, OnChip, Population, Recorder, Structure, Substrate,
    rectify_weights, targets, values_of,
};

/// The network of an experiment as a kernel takes it.
#[derive(Clone, Debug)]
pub enum Built {
    /// Feed-forward layers of first spikes.
    Layers(delgrad_ttfs::Network, ParameterLayout),
    /// Populations on the event engine.
    Populations(Box<PopulationNetwork>),
}

/// A network of populations before training, and what of it is learned.
#[derive(Clone, Debug)]
pub struct PopulationNetwork {
    /// The network as the engine takes it.
    pub spec: NetworkSpec,
    /// The network before training, with numbered synapses.
    pub network: delgrad_engine::Network,
    pub(super) sharing: Sharing,
}

impl PopulationNetwork {
    /// Numbers of the synapses of each projection.
    #[must_use]
    pub fn projections(&self) -> &[Range<usize>] {
        self.sharing.projections()
    }

    /// For each learned weight of a projection a neuron that receives over it.
    pub(crate) fn targets_of_weights(&self, projection: usize) -> Vec<u32> {
        let targets = targets(&self.network);
        self.sharing.first_of_weights(projection).into_iter().map(|synapse| targets[synapse].0).collect()
    }

    /// The network with these parameters.
    ///
    /// # Errors
    /// Another number of parameters, and numbers that no network has.
    pub fn with(&self, parameters: &[f64]) -> Result<delgrad_engine::Network, TrainError> {
        require_length("parameters", parameters.len(), self.sharing.layout().count())?;
        let (weights, delays) = self.values(parameters);
        let mut network = self.network.clone();
        network.set_values(&weights, &delays)?;
        if self.sharing.has_constants() {
            let parts = self.parts(&network, parameters)?;
            network = network.with_parts(parts)?;
        }
        Ok(network)
    }

    /// The parts of a network with the constants of neurons that follow from parameters.
    fn parts(&self, network: &delgrad_engine::Network, parameters: &[f64]) -> Result<Parts, TrainError> {
        let mut parts = network.parts();
        self.sharing.write_neurons(parameters, &mut parts)?;
        Ok(parts)
    }

    /// Each constant of neurons that is a parameter: the number of its population, which it is, and its values.
    pub(super) fn constants(&self, parameters: &[f64]) -> Result<Vec<(usize, Constant, Vec<f64>)>, TrainError> {
        let parts = self.parts(&self.network, parameters)?;
        Ok(self.sharing.constants(&parts).collect())
    }

    /// Weights and delays of all synapses with these parameters, which are as many as there must be.
    pub(super) fn values(&self, parameters: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (mut weights, mut delays) = values_of(&self.network);
        self.sharing.write(parameters, &mut weights, &mut delays);
        (weights, delays)
    }
}

impl Built {
    /// Builds the network of an experiment for so many inputs, with its initial parameters.
    ///
    /// # Errors
    /// A network that cannot be built, and initial delays outside their range.
    pub fn new(experiment: &Experiment, inputs: u32) -> Result<(Self, Vec<f64>), TrainError> {
        let rate = experiment.training.learning_rate;
        match &experiment.network {
            NetworkConfig::Layers(layers) => {
                let network = layers.network(inputs as usize)?;
                let initial = layers.initial_parameters(&network, experiment.seed);
                let layout = layers.layout(&network, rate);
                Ok((Self::Layers(network, layout), initial))
            }
            NetworkConfig::Populations(populations) => {
                let spec = populations.spec(inputs, experiment.seed);
                let network = spec.build_numbered()?;
                let (sharing, initial) = Sharing::new(populations, rate, &spec, &network)?;
                Ok((Self::Populations(Box::new(PopulationNetwork { spec, network, sharing })), initial))
            }
        }
    }

    /// Number of inputs.
    #[must_use]
    pub fn inputs(&self) -> u32 {
        match self {
            Self::Layers(network, _) => network.inputs() as u32,
            Self::Populations(built) => built.network.inputs(),
        }
    }

    /// How the parameters are laid out.
    #[must_use]
    pub fn layout(&self) -> &ParameterLayout {
        match self {
            Self::Layers(_, layout) => layout,
            Self::Populations(built) => built.sharing.layout(),
        }
    }

    /// What it is made of.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Layers(..) => "layers",
            Self::Populations(_) => "populations",
        }
    }

    /// The layers, where it is made of such.
    #[must_use]
    pub fn layers(&self) -> Option<&delgrad_ttfs::Network> {
        if let Self::Layers(network, _) = self { Some(network) } else { None }
    }

    /// The populations, where it is made of such.
    #[must_use]
    pub fn populations(&self) -> Option<&PopulationNetwork> {
        if let Self::Populations(built) = self { Some(built) } else { None }
    }

    /// The network of the event engine with these parameters; layers are written out neuron by neuron.
    ///
    /// # Errors
    /// Another number of parameters, and numbers that no network has.
    pub fn on_engine(&self, parameters: &[f64]) -> Result<delgrad_engine::Network, TrainError> {
        match self {
            Self::Layers(network, _) => Ok(unrolled(network, parameters).map_err(delgrad_bss2::Bss2Error::from)?),
            Self::Populations(built) => built.with(parameters),
        }
    }

    /// The neurons and their groups.
    ///
    /// # Errors
    /// No population that is read out.
    pub fn structure(&self, experiment: &Experiment) -> Result<Structure, TrainError> {
        match (self, &experiment.network) {
            (Self::Layers(network, _), NetworkConfig::Layers(layers)) => {
                Ok(Structure::of_layers(network, &layers.names()))
            }
            (Self::Populations(built), _) => built.structure(),
            _ => Err(TrainError::Key {
                key: "layers".to_owned(),
                problem: "do not make a network of populations".to_owned(),
            }),
        }
    }

    /// Moves parameters to the nearest ones that a chip has.
    pub fn rectify_on(&self, chip: &Chip, parameters: &mut [f64]) {
        match self {
            Self::Layers(network, _) => chip.rectify(network, parameters),
            Self::Populations(built) => {
                let targets = targets(&built.network);
                rectify_weights(chip, &built.network, &built.sharing, &targets, parameters);
            }
        }
    }

    /// The network with these parameters on a chip, or else on the ideal model. `steps` are those that weights are rounded to.
    ///
    /// # Errors
    /// Parameters and networks that the chip does not have.
    pub fn substrate(
        &self,
        experiment: &Experiment,
        chip: Option<(&Chip, u64)>,
        parameters: &[f64],
        steps: Option<&CodeSteps>,
    ) -> Result<Box<dyn Substrate>, TrainError> {
        let structure = self.structure(experiment)?;
        let dropout = Dropout::new(experiment.network.dropout(), experiment.seed);
        match (self, &experiment.network) {
            (Self::Populations(built), NetworkConfig::Populations(populations)) => {
                let free = experiment.readout.is_free();
                let sharing = built.sharing.clone();
                let options = experiment.gradient.of_populations(sharing.learns_time_constants());
                let parts = EngineParts { sharing, structure, dropout, options, free };
                built.substrate(populations, parts, chip, parameters, steps)
            }
            (Self::Populations(_), _) => {
                Err(TrainError::Key { key: "populations".to_owned(), problem: "are missing".to_owned() })
            }
            (Self::Layers(network, layout), _) => {
                let options = experiment.gradient.of_layers();
                let rounded = steps.map(|steps| steps.parameters(network, parameters));
                let parameters = rounded.as_deref().unwrap_or(parameters);
                let (network, layout) = (network.clone(), layout.clone());
                Ok(match chip {
                    None => {
                        let runner = Runner::new(network, parameters)?;
                        Box::new(Layers::new(runner, layout, structure, options).with_dropout(dropout))
                    }
                    Some((chip, run_seed)) => {
                        let runner = FirstSpikeChip::new(chip, network, parameters, run_seed)?;
                        Box::new(Layers::new(runner, layout, structure, options).with_dropout(dropout))
                    }
                })
            }
        }
    }
}

impl PopulationNetwork {
    fn structure(&self) -> Result<Structure, TrainError> {
        let network = &self.network;
        let Some(output) = network.population(OUTPUT) else {
            let problem = format!("has none named \"{OUTPUT}\", which is read out; name one so");
            return Err(TrainError::Key { key: "populations".to_owned(), problem });
        };
        let outputs = output.neurons.clone();
        let neurons = || (0..network.neurons()).map(|neuron| network.model(neuron));
        let threshold =
            |model: &Model| if let Model::Lif(lif) = model { lif.params().threshold } else { f64::NAN };
        let rest = |model: &Model| if let Model::Lif(lif) = model { lif.equilibrium() } else { f64::NAN };
        let tau_syn = match network.model(outputs.start) {
            Model::Lif(lif) => lif.tau_syn(),
            Model::Integrator(integrator) => integrator.params().tau_syn,
            _ => 1.0,
        };
        let mut thresholds: Vec<f64> = neurons().map(threshold).collect();
        for group in self.sharing.layout().groups() {
            if let ParameterKind::Constants(Constant::Threshold, _) = group.kind {
                let neurons = &network.populations()[group.index].neurons;
                thresholds[neurons.start as usize..neurons.end as usize].fill(f64::NAN);
            }
        }
        Ok(Structure {
            populations: network
                .populations()
                .iter()
                .map(|population| Population {
                    name: population.name.clone(),
                    neurons: population.neurons.clone(),
                })
                .collect(),
            outputs,
            spiking: neurons().map(|model| !matches!(model, Model::Integrator(_))).collect(),
            thresholds,
            rest: neurons().map(rest).collect(),
            fan_out: network.source_ids().map(|source| network.synapses_of(source).count() as u32).collect(),
            constant_events: 0,
            tau_syn,
        })
    }

    fn substrate(
        &self,
        populations: &Populations,
        parts: EngineParts,
        chip: Option<(&Chip, u64)>,
        parameters: &[f64],
        steps: Option<&CodeSteps>,
    ) -> Result<Box<dyn Substrate>, TrainError> {
        let until = populations.until;
        let budget = populations.spike_budget.unwrap_or_else(|| populations.default_budget(&self.network));
        match chip {
            None => {
                let recorder = IdealRecorder::new(until, budget, populations.executor);
                self.on(recorder, parts, parameters, steps)
            }
            Some((chip, run_seed)) => {
                let recorder = OnChip::new(chip, &self.with(parameters)?, run_seed, until, budget)?;
                self.on(recorder, parts, parameters, steps)
            }
        }
    }

    fn on<R: Recorder + 'static>(
        &self,
        recorder: R,
        parts: EngineParts,
        parameters: &[f64],
        steps: Option<&CodeSteps>,
    ) -> Result<Box<dyn Substrate>, TrainError> {
        let mut engine = Engine::new(&self.network, recorder, parts, parameters)?;
        if let Some(steps) = steps {
            let network = self.with(parameters)?;
            let mut synapses = network.parts().synapses;
            steps.change_synapses(&network, &mut synapses);
            engine.set_synapses(&synapses)?;
        }
        Ok(Box::new(engine))
    }
}

/// Checks that a network can be trained on samples.
pub(super) fn check(experiment: &Experiment, built: &Built, dataset: &Dataset) -> Result<(), TrainError> {
    let structure = built.structure(experiment)?;
    let outputs = structure.outputs.len();
    if outputs != dataset.outputs {
        /// Names of classes in the message, at most.
        const SHOWN: usize = 5;
        let names = &dataset.names.classes;
        // silence may stand for one more class
        let names = &names[..names.len().min(dataset.outputs)];
        let mut shown = names[..names.len().min(SHOWN)].join(", ");
        if names.len() > SHOWN {
            shown += ", ...";
        }
        return Err(TrainError::Outputs { outputs, needed: dataset.outputs, names: shown });
    }
    experiment.loss.check_targets(dataset.names.classes.len(), outputs)?;
    match &experiment.network {
        NetworkConfig::Layers(_) => {
            for part in dataset.parts.as_ref().into_array() {
                if let Some((sample, input)) = part.content.repeated() {
                    return Err(TrainError::SeveralSpikes { sample, input });
                }
            }
        }
        NetworkConfig::Populations(populations) => {
            if let Built::Populations(built) = built {
                experiment.readout.check_outputs(&built.network, &structure.outputs)?;
            }
            for part in dataset.parts.as_ref().into_array() {
                if let Some((earliest, latest)) = part.content.span() {
                    let until = populations.until;
                    let outside = [earliest, latest].into_iter().find(|time| !(0.0..until).contains(time));
                    outside.map_or(Ok(()), |time| Err(TrainError::SpikeOutside { time, until }))?;
                }
                let latest = part.timing.iter().map(|timing| timing.read_from).fold(0.0, f64::max);
                crate::require::require(
                    latest < populations.until,
                    "until",
                    populations.until,
                    "after the time from which outputs are read",
                )?;
                experiment.readout.check_span(latest, populations.until)?;
            }
        }
    }
    Ok(())
}

/// Populations whose silence is watched, with their tolerated shares.
pub(super) fn watched(experiment: &Experiment, structure: &Structure) -> Vec<(Range<u32>, f64)> {
    let own: Vec<Option<f64>> = match &experiment.network {
        NetworkConfig::Layers(layers) => layers.layers.iter().map(|layer| layer.tolerated_silence).collect(),
        NetworkConfig::Populations(network) => {
            network.populations.iter().map(|p| p.training.tolerated_silence).collect()
        }
    };
    // an output whose spike is the answer must have one
    let timed = matches!(experiment.readout, Readout::FirstSpike {} | Readout::NthSpike { .. });
    let share = |(population, own): (&Population, Option<f64>)| {
        let output = population.neurons == structure.outputs;
        let share = own.or((output && timed).then_some(0.0))?;
        Some((population.neurons.clone(), share))
    };
    structure.populations.iter().zip(own).filter_map(share).collect()
}
