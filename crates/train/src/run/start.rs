//! Training that starts from a trained network.

use std::path::Path;

use delgrad_engine::files::NetworkFile;
use delgrad_ttfs::{ConstantSpec, LayerSpec, Network, NetworkSpec};

use super::compare::difference;
use super::populations_file::network_file;
use super::{Built, Difference, NetworkProblem, PopulationNetwork, Setup, StartProblem, Trained};
use crate::TrainError;
use crate::experiment::{Experiment, on_one_line};
use crate::parameters::ParameterKind;
use crate::require::require_length;
use crate::samples::{Dataset, Encoders};

impl Setup {
    /// Starts from the text of any network of the engine that the experiment could have made: from weights and delays alone, which give the parameters to rounding.
    pub(super) fn start_from_engine(&mut self, text: &str) -> Result<(), StartProblem> {
        let Built::Populations(built) = &self.network else {
            return Err(Difference::new("the network", "populations", "layers").into());
        };
        let file = NetworkFile::parse_json(text).map_err(NetworkProblem::Engine)?;
        let network = file.spec.build_numbered().map_err(TrainError::from)?;
        let initial = built.sharing.read(&network.parts(), &self.initial)?;
        // written again, so that what the file leaves out has its default
        let its = file.to_json().map_err(TrainError::from)?;
        let own = network_file(built, &initial)?.to_json().map_err(TrainError::from)?;
        let found = difference(&its, &own, &["until", "time_unit", "input_spikes", "spikes"])?;
        found.map_or(Ok(()), Err)?;
        self.set_initial(initial);
        Ok(())
    }

    /// Starts from a trained network instead of drawn parameters: to transfer it to a chip, or to go on learning.
    ///
    /// What was learned is kept as it acts: weights, bias times, delays (in another range their parameters become others), and the
    /// constants that encoders have fitted. Everything else that the network computes with must be the same in the experiment.
    ///
    /// # Errors
    /// What the network has otherwise than the experiment, and delays that the experiment has no parameters for.
    pub fn start_from(&mut self, trained: &Trained) -> Result<(), StartProblem> {
        let initial = match (&self.network, &trained.network) {
            (Built::Layers(own, _), Built::Layers(its, _)) => self.parameters_of(own, its, &trained.parameters)?,
            (Built::Populations(own), Built::Populations(its)) => self.shared_parameters(own, its, trained)?,
            (own, its) => return Err(Difference::new("the network", its.kind(), own.kind()).into()),
        };
        let (its, own) = (&trained.names, &self.dataset.names);
        Difference::check("the features", &its.features.join(", "), &own.features.join(", "))?;
        Difference::check("the classes", &its.classes.join(", "), &own.classes.join(", "))?;
        let configs =
            |encoders: &Encoders| encoders.configs().iter().map(on_one_line).collect::<Vec<_>>().join("; ");
        Difference::check("the encoder", &configs(&trained.encoders), &configs(&self.dataset.encoders))?;
        let answer = |experiment: &Experiment| {
            format!("{} ({})", experiment.loss.answer(), on_one_line(&experiment.readout))
        };
        Difference::check("the answer", &answer(&trained.experiment), &answer(&self.experiment))?;
        if self.dataset.encoders != trained.encoders {
            // paths are absolute by now
            let source = self.experiment.data.load(Path::new(""), None)?;
            self.dataset = Dataset::encoded(source, trained.encoders.clone())?;
        }
        self.set_initial(initial);
        Ok(())
    }

    /// Takes over the parameters of a run before its training.
    pub(super) fn set_known_initial(&mut self, initial: &[f64]) -> Result<(), TrainError> {
        require_length("the network before training", initial.len(), self.initial.len())?;
        self.know_initial(initial.to_vec());
        Ok(())
    }

    /// Takes parameters to train from, as near as the chip has them.
    pub(super) fn set_initial(&mut self, mut initial: Vec<f64>) {
        if let Some(chip) = &self.chip {
            self.network.rectify_on(chip, &mut initial);
        }
        self.know_initial(initial);
    }

    /// The parameters under which the experiment's populations act as the other ones.
    fn shared_parameters(
        &self,
        own: &PopulationNetwork,
        its: &PopulationNetwork,
        trained: &Trained,
    ) -> Result<Vec<f64>, StartProblem> {
        let file = |built, parameters: &[f64]| Ok::<_, TrainError>(network_file(built, parameters)?.to_json()?);
        let network = its.with(&trained.parameters)?;
        let mut initial = own.sharing.read(&network.parts(), &self.initial)?;
        let found = difference(&file(its, &trained.parameters)?, &file(own, &initial)?, &[])?;
        found.map_or(Ok(()), Err)?;
        for (group, other) in own.sharing.layout().groups().iter().zip(its.sharing.layout().groups()) {
            // the same rule has the same parameters, to the last bit
            if (group.kind, &group.range) == (other.kind, &other.range)
                && matches!(group.kind, ParameterKind::Delays(..) | ParameterKind::Constants(..))
            {
                initial[group.range.clone()].copy_from_slice(&trained.parameters[other.range.clone()]);
            }
        }
        Ok(initial)
    }

    /// The parameters under which the experiment's layers act as the other ones.
    fn parameters_of(&self, own: &Network, its: &Network, parameters: &[f64]) -> Result<Vec<f64>, StartProblem> {
        let groups = |network: &Network| -> Vec<String> {
            let text = |group: &delgrad_ttfs::ParameterGroup| {
                let [rows, columns] = group.shape;
                format!("{} of {rows} x {columns}", group.name())
            };
            network.groups().iter().map(text).collect()
        };
        for (own, its) in groups(own).iter().zip(&groups(its)) {
            Difference::check("the parameters", its, own)?;
        }
        Difference::check("the parameters", &parameters.len().to_string(), &self.initial.len().to_string())?;
        same_structure(its.spec(), own.spec())?;

        let mut initial = parameters.to_vec();
        for group in own.groups() {
            let (Some(range), Some(before)) = (own.range(group), its.range(group)) else { continue };
            // the same rule has the same parameters, to the last bit
            if before == range {
                continue;
            }
            let effective = parameters[group.range.clone()].iter().map(|p| before.value(*p));
            for (entry, (slot, value)) in initial[group.range.clone()].iter_mut().zip(effective).enumerate() {
                *slot = range.parameter_of_computed(value, value).ok_or_else(|| {
                    let (row, column) = (entry / group.shape[1], entry % group.shape[1]);
                    StartProblem::OutOfRange { group: group.name(), row, column, value, range }
                })?;
            }
        }
        Ok(initial)
    }
}

/// Whether two networks differ in nothing but in what is learned, and in the ranges of their delays and constants.
pub(super) fn same_structure(its: &NetworkSpec, own: &NetworkSpec) -> Result<(), Difference> {
    Difference::check("layers", &its.layers.len().to_string(), &own.layers.len().to_string())?;
    for (index, (its, own)) in its.layers.iter().zip(&own.layers).enumerate() {
        let same = |what: &str, its: String, own: String| {
            Difference::check(&format!("layer {index}: {what}"), &its, &own)
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
        let constants = |layer: &LayerSpec| {
            let name = |own: &ConstantSpec| format!("{} ({:?})", own.constant.name(), own.shared);
            format!("[{}]", layer.constants.iter().map(name).collect::<Vec<_>>().join(", "))
        };
        same("constants", constants(its), constants(own))?;
        for (its, own) in its.delays.iter().zip(&own.delays) {
            same("source-sharing", its.source_sharing.to_string(), own.source_sharing.to_string())?;
            same("target-sharing", its.target_sharing.to_string(), own.target_sharing.to_string())?;
        }
    }
    Ok(())
}
