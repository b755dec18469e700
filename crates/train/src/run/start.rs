//! Training that starts from a trained network.

use std::path::Path;

use delgrad_ttfs::{GroupKind, LayerSpec, Network, NetworkSpec};

use super::compare::same;
use super::populations_file::{network_file, parse_network};
use super::{Built, PopulationNetwork, Setup, Trained};
use crate::TrainError;
use crate::experiment::{Start, on_one_line};
use crate::parameters::ParameterKind;
use crate::samples::Dataset;

impl Setup {
    /// Starts from the network file of a run, or from any network of the engine that the experiment could have made.
    pub(super) fn start(&mut self, Start { path, text }: &Start) -> Result<(), TrainError> {
        let started = match Trained::parse(path, text) {
            Ok(trained) => self.start_from(&trained),
            Err(TrainError::UntrainedNetwork { .. }) => self.start_from_engine(text),
            Err(error) => return Err(error),
        };
        started.map_err(|problem| TrainError::Start { path: path.clone(), problem })
    }

    /// Starts from weights and delays alone, which give the parameters to rounding.
    fn start_from_engine(&mut self, text: &str) -> Result<(), String> {
        let Built::Populations(built) = &self.network else {
            return Err("it is a network of the engine, the experiment has layers".to_owned());
        };
        let file = parse_network(text)?;
        let network = file.spec.build_numbered().map_err(|error| error.to_string())?;
        let initial = built.sharing.read(&network.parts().synapses, &self.initial)?;
        // written again, so that what the file leaves out has its default
        let [its, own] = [file, network_file(built, &initial)].map(|file| file.to_json());
        let (its, own) = (its.map_err(|error| error.to_string())?, own.map_err(|error| error.to_string())?);
        same(&its, &own, &["until", "time_unit", "input_spikes", "spikes"])?;
        self.set_initial(initial);
        Ok(())
    }

    /// Starts from a trained network instead of drawn parameters: to transfer it to a chip, or to go on learning.
    ///
    /// What was learned is kept as it acts: weights, bias times, delays (in another range their parameters become others), and the
    /// constants that encoders have fitted. Everything else that the network computes with must be the same in the experiment.
    ///
    /// # Errors
    /// What the network has otherwise than the experiment, and delays that the experiment has no parameters for, as text.
    pub fn start_from(&mut self, trained: &Trained) -> Result<(), String> {
        let initial = match (&self.network, &trained.network) {
            (Built::Layers(own, _), Built::Layers(its, _)) => self.parameters_of(own, its, &trained.parameters)?,
            (Built::Populations(own), Built::Populations(its)) => self.shared_parameters(own, its, trained)?,
            (Built::Layers(..), _) => return Err("it has populations, the experiment layers".to_owned()),
            (Built::Populations(_), _) => return Err("it has layers, the experiment populations".to_owned()),
        };
        let names = &self.dataset.names;
        same_list("the features", &trained.names.features, &names.features)?;
        same_list("the classes", &trained.names.classes, &names.classes)?;
        let configs = |encoders: &crate::samples::Encoders| {
            encoders.configs().iter().map(on_one_line).collect::<Vec<_>>().join("; ")
        };
        let (its, own) = (configs(&trained.encoders), configs(&self.dataset.encoders));
        if its != own {
            return Err(differs("the encoder", &its, &own));
        }
        let answer = |experiment: &crate::experiment::Experiment| {
            format!("{} ({})", experiment.loss.answer(), on_one_line(&experiment.readout))
        };
        let (its, own) = (answer(&trained.experiment), answer(&self.experiment));
        if its != own {
            return Err(differs("as its answer", &its, &own));
        }
        if self.dataset.encoders != trained.encoders {
            // paths are absolute by now
            let source = self.experiment.data.load(Path::new(""), None);
            let dataset = source.and_then(|source| Dataset::encoded(source, trained.encoders.clone()));
            self.dataset = dataset.map_err(|error| error.to_string())?;
        }
        self.set_initial(initial);
        Ok(())
    }

    fn set_initial(&mut self, initial: Vec<f64>) {
        self.initial = initial;
        if let Some(chip) = &self.chip {
            self.network.rectify_on(chip, &mut self.initial);
        }
    }

    /// The parameters under which the experiment's populations act as the other ones.
    fn shared_parameters(
        &self,
        own: &PopulationNetwork,
        its: &PopulationNetwork,
        trained: &Trained,
    ) -> Result<Vec<f64>, String> {
        let file =
            |built, parameters: &[f64]| network_file(built, parameters).to_json().map_err(|e| e.to_string());
        let network = its.with(&trained.parameters).map_err(|error| error.to_string())?;
        let mut initial = own.sharing.read(&network.parts().synapses, &self.initial)?;
        same(&file(its, &trained.parameters)?, &file(own, &initial)?, &[])?;
        for (group, other) in own.sharing.layout().groups().iter().zip(its.sharing.layout().groups()) {
            // the same rule has the same parameters, to the last bit
            if (group.kind, &group.range) == (other.kind, &other.range)
                && matches!(group.kind, ParameterKind::Delays(..))
            {
                initial[group.range.clone()].copy_from_slice(&trained.parameters[other.range.clone()]);
            }
        }
        Ok(initial)
    }

    /// The parameters under which the experiment's network acts as the other one.
    fn parameters_of(&self, own: &Network, network: &Network, parameters: &[f64]) -> Result<Vec<f64>, String> {
        let own_network = own;
        let layout = |network: &Network| {
            network.groups().iter().map(|group| (group.name(), group.shape)).collect::<Vec<_>>()
        };
        let (own, other) = (layout(own_network), layout(network));
        if let Some((own, other)) = own.iter().zip(&other).find(|(own, other)| own != other) {
            let text = |(name, [rows, columns]): &(String, [usize; 2])| format!("{name} of {rows} x {columns}");
            return Err(format!("it has {}, the experiment {}", text(other), text(own)));
        }
        if own.len() != other.len() || parameters.len() != self.initial.len() {
            let (found, expected) = (parameters.len(), self.initial.len());
            return Err(format!("it has {found} parameters, the experiment {expected}"));
        }
        same_structure(network.spec(), own_network.spec())?;

        let mut initial = parameters.to_vec();
        for group in own_network.groups() {
            let GroupKind::Delay { delay, .. } = group.kind else { continue };
            let rule = |network: &Network| network.spec().layers[group.layer].delays[delay].range;
            let (its, own) = (rule(network), rule(own_network));
            // the same rule has the same parameters, to the last bit
            if its == own {
                continue;
            }
            let effective = network.effective_delays(group, parameters);
            for (entry, (slot, delay)) in initial[group.range.clone()].iter_mut().zip(effective).enumerate() {
                *slot = own.parameter_of_computed(delay, delay).ok_or_else(|| {
                    let (row, column) = (entry / group.shape[1], entry % group.shape[1]);
                    let name = group.name();
                    format!("{name} [{row}][{column}] is {delay}; the experiment's delay-range has delays {own}")
                })?;
            }
        }
        Ok(initial)
    }
}

/// Whether two networks differ in nothing but in what is learned, and in the ranges of their delays.
pub(super) fn same_structure(its: &NetworkSpec, own: &NetworkSpec) -> Result<(), String> {
    for (index, (its, own)) in its.layers.iter().zip(&own.layers).enumerate() {
        let same = |what: &str, its: String, own: String| {
            if its == own { Ok(()) } else { Err(differs(&format!("layer {index}: {what}"), &its, &own)) }
        };
        same("size", its.size.to_string(), own.size.to_string())?;
        same("neuron", on_one_line(&its.neuron), on_one_line(&own.neuron))?;
        let thresholds = |layer: &LayerSpec| match &layer.thresholds[..] {
            [] => format!("{:?}", vec![layer.neuron.threshold; layer.size]),
            own => format!("{own:?}"),
        };
        same("thresholds", thresholds(its), thresholds(own))?;
        same("multiplex", its.multiplex.to_string(), own.multiplex.to_string())?;
        same("bias spikes", its.biases.to_string(), own.biases.to_string())?;
        same("sets of delays", its.delays.len().to_string(), own.delays.len().to_string())?;
        for (its, own) in its.delays.iter().zip(&own.delays) {
            same("source-sharing", its.source_sharing.to_string(), own.source_sharing.to_string())?;
            same("target-sharing", its.target_sharing.to_string(), own.target_sharing.to_string())?;
        }
    }
    Ok(())
}

fn differs(what: &str, its: &str, own: &str) -> String {
    format!("{what}: it has {its}, the experiment {own}")
}

fn same_list(what: &str, its: &[String], own: &[String]) -> Result<(), String> {
    if its == own { Ok(()) } else { Err(differs(what, &its.join(", "), &own.join(", "))) }
}
