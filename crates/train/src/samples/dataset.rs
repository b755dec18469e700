use std::path::Path;

use xxhash_rust::xxh3::Xxh3;

use super::config::Source;
use super::{
    Content, DataConfig, EncoderConfig, Encoders, EncodingReport, Labelled, Names, Part, Parts, Samples, Target,
    ValueTable,
};
use crate::TrainError;

/// Tables of at most so many features are kept as values too: points of a plane can be drawn.
const DRAWN: usize = 4;

/// The samples of an experiment as spikes, in three parts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Dataset {
    /// The samples.
    pub parts: Parts<Samples>,
    /// How they became spikes.
    pub encoders: Encoders,
    /// What features and classes are called.
    pub names: Names,
    /// Number of inputs.
    pub inputs: u32,
    /// Number of outputs that a network needs.
    pub outputs: usize,
    /// Width and height of the images in pixels, where samples are such.
    pub image: Option<[u32; 2]>,
    /// What is worth a warning about the samples to train on.
    pub report: EncodingReport,
    /// The values of the samples to test on, where there are few enough to draw.
    pub values: Option<Labelled<ValueTable>>,
}

impl Dataset {
    /// Loads samples and encodes them. Relative paths start at `base`; `seed` is that of the experiment. The encoders that a network
    /// was `trained` with are taken if they were fitted to features of the same names by the same configurations.
    ///
    /// # Errors
    /// Samples that cannot be made or read, and encoders that do not suit them.
    pub fn load(
        data: &DataConfig,
        encoders: &[EncoderConfig],
        base: &Path,
        seed: u64,
        trained: Option<(&Encoders, &Names)>,
    ) -> Result<Self, TrainError> {
        let source = data.load(base, None)?;
        let own = Encoders::fit(encoders, &source.parts.train.content, seed)?;
        let suits =
            |(trained, names): &(&Encoders, &Names)| trained.configs() == own.configs() && **names == source.names;
        let encoders = trained.filter(suits).map(|(trained, _)| trained.clone());
        Self::encoded(source, encoders.unwrap_or(own))
    }

    /// As [`load`](Self::load), for a network that was trained on these samples before, with these names and encoders.
    ///
    /// # Errors
    /// As there, and columns and labels that the network does not know.
    pub fn load_for(
        data: &DataConfig,
        encoders: &Encoders,
        names: &Names,
        base: &Path,
    ) -> Result<Self, TrainError> {
        Self::encoded(data.load(base, Some(names))?, encoders.clone())
    }

    /// Number of inputs without those of bias spikes, which follow them.
    #[must_use]
    pub fn sample_inputs(&self) -> u32 {
        self.inputs.saturating_sub(self.encoders.bias_inputs())
    }

    /// XXH3 hash of all samples as spikes, with their targets: 128 bits in hexadecimal digits.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hash = Xxh3::new();
        for part in self.parts.as_ref().into_array() {
            hash.update(&(part.len() as u64).to_le_bytes());
            for (sample, target) in part.targets.iter().enumerate() {
                for spike in part.content.of(sample) {
                    hash.update(&spike.time.to_bits().to_le_bytes());
                    hash.update(&spike.source.to_le_bytes());
                }
                match target {
                    Target::Unknown => hash.update(b"?"),
                    Target::Class(class) => hash.update(&class.to_le_bytes()),
                    Target::Trains(trains) => {
                        for train in trains.iter() {
                            hash.update(&(train.len() as u64).to_le_bytes());
                            train.iter().for_each(|time| hash.update(&time.to_bits().to_le_bytes()));
                        }
                    }
                }
            }
        }
        format!("{:032x}", hash.digest128())
    }

    /// The same samples by other encoders.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn encoded(source: Source, encoders: Encoders) -> Result<Self, TrainError> {
        let Source { parts, names, outputs, image } = source;
        let Parts { train, validation, test } = parts;
        let values = match &test {
            Labelled { content: Content::Values(table), targets, timing, groups } if table.width() <= DRAWN => {
                let (targets, timing, groups) = (targets.clone(), timing.clone(), groups.clone());
                Some(Labelled { content: table.clone(), targets, timing, groups })
            }
            _ => None,
        };
        let report = EncodingReport::of_values(&encoders, &train.content);
        let parts = Parts {
            train: encode(train, &encoders, Part::Train)?,
            validation: encode(validation, &encoders, Part::Validation)?,
            test: encode(test, &encoders, Part::Test)?,
        };
        let inputs = parts.train.inputs();
        let report = report.and_spikes(&parts.train.content);
        Ok(Self { parts, encoders, names, inputs, outputs, image, report, values })
    }
}

/// Samples of a part as spikes.
fn encode(samples: Labelled<Content>, encoders: &Encoders, part: Part) -> Result<Samples, TrainError> {
    let Labelled { content, targets, timing, groups } = samples;
    let content = match content {
        // what is not changed is not copied either
        Content::Spikes(spikes) if encoders.is_empty() => spikes,
        content => encoders.encode(&content, part)?,
    };
    Ok(Labelled { content, targets, timing, groups })
}
