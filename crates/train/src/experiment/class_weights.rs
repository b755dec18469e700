use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::TrainError;
use crate::samples::Samples;

/// The key that says it.
const KEY: &str = "training.class-weights";
const BALANCED: &str = "balanced";
const EXPECTED: &str =
    "\"balanced\", a table of numbers by the names of the classes, or a list of them in the order of the classes";

/// What the samples of each class count while training.
///
/// The loss of a sample is multiplied by the weight of its class; penalties and the results of evaluations are not. The loss of a
/// batch stays a sum over its samples divided by their number, so weights with the mean 1 over the training samples keep its size.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ClassWeights {
    /// Each class counts the same in all: `n / (k n_c)`, where n_c of n training samples belong to a class, and k classes have any.
    Balanced,
    /// By the names of the classes; each must have one, above zero.
    Named(BTreeMap<String, f64>),
    /// In the order of the classes, above zero.
    Listed(Vec<f64>),
}

impl ClassWeights {
    /// Checks the numbers.
    ///
    /// # Errors
    /// The first that is no finite number above zero.
    pub fn validate(&self) -> Result<(), TrainError> {
        let check = |name: &dyn fmt::Display, weight: f64| {
            if weight.is_finite() && weight > 0.0 {
                return Ok(());
            }
            let problem = format!("is {weight}; it must be a finite number above 0");
            Err(TrainError::Key { key: format!("{KEY}.{name}"), problem })
        };
        match self {
            Self::Balanced => Ok(()),
            Self::Named(weights) => weights.iter().try_for_each(|(name, weight)| check(name, *weight)),
            Self::Listed(weights) => {
                weights.iter().enumerate().try_for_each(|(class, weight)| check(&class, *weight))
            }
        }
    }

    /// The weight of each of the named classes, in their order; a class without a sample to train on has the weight 1 if they
    /// are balanced.
    ///
    /// # Errors
    /// Samples without classes, classes without a weight, and weights without a class.
    pub fn of(&self, names: &[String], train: &Samples) -> Result<Vec<f64>, TrainError> {
        let wrong = |problem: String| Err(TrainError::Key { key: KEY.to_owned(), problem });
        if names.is_empty() {
            return wrong("does not suit the data, whose targets are spike trains; leave it out".to_owned());
        }
        match self {
            Self::Balanced => Ok(balanced(names.len(), train)),
            Self::Listed(weights) if weights.len() == names.len() => Ok(weights.clone()),
            Self::Listed(weights) => wrong(format!(
                "has {} entries; it must have one for each of the {} classes: {}",
                weights.len(),
                names.len(),
                names.join(", ")
            )),
            Self::Named(weights) => {
                let missing: Vec<&str> =
                    names.iter().filter(|name| !weights.contains_key(*name)).map(String::as_str).collect();
                let unknown: Vec<&str> =
                    weights.keys().filter(|name| !names.contains(*name)).map(String::as_str).collect();
                let list = |what: &str, of: &[&str]| {
                    if of.is_empty() { String::new() } else { format!("{what} {}; ", of.join(", ")) }
                };
                if !(missing.is_empty() && unknown.is_empty()) {
                    return wrong(format!(
                        "{}{}it must name each class once: {}",
                        list("names no class with", &unknown),
                        list("says nothing of", &missing),
                        names.join(", ")
                    ));
                }
                Ok(names.iter().map(|name| weights[name]).collect())
            }
        }
    }
}

fn balanced(classes: usize, train: &Samples) -> Vec<f64> {
    let mut counts = vec![0_u64; classes];
    for class in (0..train.len()).filter_map(|sample| train.class(sample)) {
        counts.get_mut(class).into_iter().for_each(|count| *count += 1);
    }
    let (all, present) = (counts.iter().sum::<u64>(), counts.iter().filter(|count| **count > 0).count());
    let weight = |&count: &u64| if count == 0 { 1.0 } else { all as f64 / (present as f64 * count as f64) };
    counts.iter().map(weight).collect()
}

impl Serialize for ClassWeights {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Balanced => serializer.serialize_str(BALANCED),
            Self::Named(weights) => weights.serialize(serializer),
            Self::Listed(weights) => weights.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ClassWeights {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyForm)
    }
}

/// Takes each of the three forms; an untagged enumeration would not say what is wrong.
struct AnyForm;

impl<'de> Visitor<'de> for AnyForm {
    type Value = ClassWeights;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<ClassWeights, E> {
        if word == BALANCED {
            return Ok(ClassWeights::Balanced);
        }
        Err(E::invalid_value(de::Unexpected::Str(word), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ClassWeights, A::Error> {
        BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(ClassWeights::Named)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<ClassWeights, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(ClassWeights::Listed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::Sample;

    fn samples(classes: &[u32]) -> Samples {
        Samples::from_samples(1, classes.iter().map(|class| Sample::of_class(Vec::new(), *class)).collect())
    }

    fn names() -> Vec<String> {
        ["yes", "no", "perhaps"].map(str::to_owned).to_vec()
    }

    fn parse(text: &str) -> Result<ClassWeights, toml::de::Error> {
        #[derive(Debug, Serialize, Deserialize)]
        struct Text {
            weights: ClassWeights,
        }
        let parsed: Text = toml::from_str(&format!("weights = {text}"))?;
        let again: Text = toml::from_str(&toml::to_string(&parsed).unwrap()).unwrap();
        assert_eq!(parsed.weights, again.weights);
        Ok(parsed.weights)
    }

    #[test]
    fn balanced_weights_have_the_mean_one_over_the_samples() {
        // as scikit-learn's compute_class_weight("balanced"): n / (classes * count)
        assert_eq!(ClassWeights::Balanced.of(&names()[..2], &samples(&[0, 0, 0, 1])).unwrap(), [4.0 / 6.0, 2.0]);
        let weights = ClassWeights::Balanced.of(&names(), &samples(&[0, 0, 0, 2])).unwrap();
        assert_eq!(weights, [4.0 / 6.0, 1.0, 2.0]);
        assert_eq!(ClassWeights::Balanced.of(&names(), &samples(&[1, 2, 0])).unwrap(), [1.0; 3]);
    }

    #[test]
    fn three_forms_are_read_and_written() {
        assert_eq!(parse("'balanced'"), Ok(ClassWeights::Balanced));
        assert_eq!(parse("[1, 2.5]"), Ok(ClassWeights::Listed(vec![1.0, 2.5])));
        let named = parse("{ no = 1, yes = 2.5, perhaps = 0.5 }").unwrap();
        assert_eq!(named.of(&names(), &samples(&[])).unwrap(), [2.5, 1.0, 0.5]);
        for wrong in ["'even'", "3", "true", "[1, 'a']", "{ yes = 'a' }"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert!(parse("'even'").unwrap_err().message().contains("\"balanced\", a table of numbers"));
    }

    #[test]
    fn errors_name_the_classes() {
        let error =
            |text: &str, names: &[String]| parse(text).unwrap().of(names, &samples(&[0])).unwrap_err().to_string();
        assert_eq!(
            error("{ yes = 1, nope = 2 }", &names()),
            "training.class-weights names no class with nope; says nothing of no, perhaps; it must name each class \
             once: yes, no, perhaps"
        );
        assert_eq!(
            error("[1, 2]", &names()),
            "training.class-weights has 2 entries; it must have one for each of the 3 classes: yes, no, perhaps"
        );
        assert!(error("'balanced'", &[]).contains("whose targets are spike trains; leave it out"));
        for (text, place) in [
            ("[1, 0]", "class-weights.1 is 0"),
            ("{ yes = -1 }", "class-weights.yes is -1"),
            ("[inf]", "0 is inf"),
        ] {
            let message = parse(text).unwrap().validate().unwrap_err().to_string();
            assert!(message.contains(place), "{message}");
        }
    }
}
