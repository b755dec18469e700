//! Samples with known spike times and gradients.

use delgrad_ttfs::SpikeTimes;
use serde_json::Value;

use crate::oracle::Oracle;
use crate::reference::{Reference, items, json, numbers};

/// Trained networks with 200 test samples and the gradients of the first 50.
pub const TRAINED: [&str; 8] =
    ["H30_W", "H30_WA", "H30_WS", "H5_WS", "hwAware_W", "hwAware_WA", "hxpynn", "hxpynn_W"];

/// One set of samples with the spike times and gradients that the public code gave.
#[derive(Clone, Debug)]
pub struct Answers {
    pub reference: Reference,
    /// Input times of all samples.
    pub inputs: SpikeTimes,
    pub labels: Vec<u32>,
    /// Spike times of every layer.
    pub record: SpikeTimes,
    /// Number of samples, the first ones, that the gradients are about.
    pub batch: usize,
    /// `official` and `unclipped` gradients.
    pub gradients: [Value; 2],
}

/// All networks with known spike times and gradients: the trained ones and `small_nets`; none if they are absent.
pub fn answers() -> Vec<Answers> {
    let trained = TRAINED.iter().filter_map(|name| {
        let file = json(name)?;
        let reference =
            Reference::new(name, &file["config"], &file["layers_trained"], file["rounding_precision"].as_f64());
        let batch = file["loss_batch"]["n"].as_u64().unwrap() as usize;
        Some(Answers::new(reference, &file["test"], &file["loss_batch"], batch))
    });
    let mut all: Vec<_> = trained.collect();
    for net in json("small_nets").iter().flat_map(|file| items(&file["nets"])) {
        let (name, rounding) = (net["name"].as_str().unwrap(), net["rounding_precision"].as_f64());
        let reference = Reference::new(name, &net["config"], &net["layers"], rounding);
        all.push(Answers::new(reference, net, net, items(&net["labels"]).len()));
    }
    assert!(all.is_empty() || all.len() == 24, "8 trained networks and 16 small ones");
    all
}

impl Answers {
    fn new(reference: Reference, test: &Value, gradients: &Value, batch: usize) -> Self {
        let samples = items(&test["labels"]).len();
        let mut record = SpikeTimes::silent(&reference.network.sizes(), samples);
        let hidden = test["hidden"].as_object().unwrap().iter();
        let blocks = hidden.map(|(key, times)| (reference.hidden(key), times));
        for (block, times) in blocks.chain([(record.blocks() - 1, &test["output"])]) {
            for (sample, row) in items(times).iter().enumerate() {
                let (start, range) = (sample * record.width(), record.range(block));
                let row = numbers(row, f64::INFINITY);
                record.as_mut_slice()[start + range.start..start + range.end].copy_from_slice(&row);
            }
        }
        Self {
            inputs: SpikeTimes::from_rows(reference.network.inputs(), numbers(&test["inputs"], f64::INFINITY))
                .unwrap(),
            labels: items(&test["labels"]).iter().map(|label| label.as_u64().unwrap() as u32).collect(),
            reference,
            record,
            batch,
            gradients: [gradients["official"].clone(), gradients["unclipped"].clone()],
        }
    }

    /// The network in DelGrad's model.
    pub fn oracle(&self, epsilon: f64) -> Oracle {
        let Reference { network, parameters, rounding, .. } = &self.reference;
        Oracle::new(network.clone(), parameters, epsilon).rounding(*rounding)
    }

    /// The first samples alone.
    pub fn batch(&self) -> (SpikeTimes, &[u32]) {
        let rows = self.inputs.as_slice()[..self.batch * self.inputs.width()].to_vec();
        (SpikeTimes::from_rows(self.inputs.width(), rows).unwrap(), &self.labels[..self.batch])
    }
}
