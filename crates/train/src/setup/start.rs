//! Training that starts from a trained network.

use delgrad_ttfs::{GroupKind, LayerSpec, Network, NetworkSpec};

use crate::{EncodedSplit, NetworkFile, Setup};

impl Setup {
    /// Starts from a trained network instead of drawn parameters: to transfer it to a chip, or to go on learning.
    ///
    /// What was learned is kept as it acts: weights, bias times, delays (under another rule of positivity their parameters
    /// become others), and the ranges of features that the encoder normalises by. Everything else that the network computes
    /// with must be the same in the experiment.
    ///
    /// # Errors
    /// What the network has otherwise than the experiment, and delays that the experiment has no parameters for, as text.
    pub fn start_from(&mut self, file: &NetworkFile) -> Result<(), String> {
        let (network, parameters) = file.network()?;
        let initial = self.parameters_of(&network, &parameters)?;
        let names = self.data.train.names();
        if let Some(features) = &file.features {
            same_list("the features", features, &names.features)?;
        }
        same_list("the classes", &file.classes, &names.classes)?;
        let (its, own) = (file.encoder.config(), self.encoder.config());
        if its != own {
            return Err(differs("the encoder", &toml(its), &toml(own)));
        }
        let (its, own) = (file.experiment.loss.answer(), self.experiment.loss.answer());
        if its != own {
            return Err(differs("as its answer", &its, &own));
        }
        if self.encoder != file.encoder {
            let encoded = EncodedSplit::new(&file.encoder, &self.data);
            self.encoded = encoded.map_err(|error| error.to_string())?;
            self.encoder = file.encoder.clone();
        }
        self.set_initial(initial);
        Ok(())
    }

    /// Starts from parameters of a network, as they act: see [`start_from`](Self::start_from).
    ///
    /// # Errors
    /// As there, but for names and encoder.
    pub fn start_with(&mut self, network: &Network, parameters: &[f64]) -> Result<(), String> {
        self.set_initial(self.parameters_of(network, parameters)?);
        Ok(())
    }

    fn set_initial(&mut self, initial: Vec<f64>) {
        self.initial = initial;
        if let Some(chip) = &self.chip {
            chip.rectify(&self.network, &mut self.initial);
        }
    }

    /// The parameters under which the experiment's network acts as the other one.
    fn parameters_of(&self, network: &Network, parameters: &[f64]) -> Result<Vec<f64>, String> {
        let layout = |network: &Network| {
            network.groups().iter().map(|group| (group.name(), group.shape)).collect::<Vec<_>>()
        };
        let (own, other) = (layout(&self.network), layout(network));
        if let Some((own, other)) = own.iter().zip(&other).find(|(own, other)| own != other) {
            let text = |(name, [rows, columns]): &(String, [usize; 2])| format!("{name} of {rows} x {columns}");
            return Err(format!("it has {}, the experiment {}", text(other), text(own)));
        }
        if own.len() != other.len() || parameters.len() != self.initial.len() {
            let (found, expected) = (parameters.len(), self.initial.len());
            return Err(format!("it has {found} parameters, the experiment {expected}"));
        }
        same_structure(network.spec(), self.network.spec())?;

        let mut initial = parameters.to_vec();
        for group in self.network.groups() {
            let GroupKind::Delay { delay, .. } = group.kind else { continue };
            let rule = |network: &Network| network.spec().layers[group.layer].delays[delay].positivity;
            let (its, own) = (rule(network), rule(&self.network));
            // the same rule has the same parameters, to the last bit
            if its == own {
                continue;
            }
            let effective = network.effective_delays(group, parameters);
            for (entry, (slot, delay)) in initial[group.range.clone()].iter_mut().zip(effective).enumerate() {
                *slot = own.parameter(delay).ok_or_else(|| {
                    let (row, column) = (entry / group.shape[1], entry % group.shape[1]);
                    let (name, range) = (group.name(), own.range());
                    format!("{name} [{row}][{column}] is {delay}; the experiment's positivity has delays {range}")
                })?;
            }
        }
        Ok(initial)
    }
}

/// Whether two networks differ in nothing but in what is learned, and in the rules of their delays.
fn same_structure(its: &NetworkSpec, own: &NetworkSpec) -> Result<(), String> {
    for (index, (its, own)) in its.layers.iter().zip(&own.layers).enumerate() {
        let same = |what: &str, its: String, own: String| {
            if its == own { Ok(()) } else { Err(differs(&format!("layer {index}: {what}"), &its, &own)) }
        };
        same("neuron", toml(&its.neuron), toml(&own.neuron))?;
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

/// Keys and values on one line.
fn toml(value: &impl serde::Serialize) -> String {
    toml::to_string(value).unwrap_or_default().trim_end().replace('\n', ", ")
}
