use std::collections::BTreeMap;

use delgrad_files::{parse_toml, read_toml, toml_value};
use serde::{Deserialize, Serialize};
use toml::Value;

use super::{Chips, Seeds, SweepProblem};
use crate::TrainError;
use crate::experiment::Experiment;

/// What a sweep runs: the text of a sweep file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SweepConfig {
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    /// Experiments, by name or file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    experiments: Vec<String>,
    /// Seeds of everything random but data and chips; none: the experiments' own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seeds: Option<Seeds>,
    /// Which chips, each with every seed, or `"each"`: each seed on the chip of its number; none: the experiments' own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chip_seeds: Option<Seeds>,
    /// Values that are the same in all runs, by their dotted paths.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    set: BTreeMap<String, Value>,
    /// Values that are crossed, by their dotted paths.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    grid: BTreeMap<String, Vec<Value>>,
    /// Changes with a name, each with every experiment and every point of the grid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    arms: Vec<Arm>,
}

/// A change with a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Arm {
    name: String,
    /// Its own experiment, in the place of those of the sweep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    experiment: Option<String>,
    /// Its values, by their dotted paths.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    set: BTreeMap<String, Value>,
}

/// Runs that differ by their seeds alone.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Condition {
    /// The name of the experiment.
    pub experiment_name: String,
    /// The arm, if there are some.
    pub arm: Option<String>,
    /// Its point of the grid: paths and values.
    pub point: Vec<(String, String)>,
    /// The experiment with all values.
    pub experiment: Experiment,
}

impl Condition {
    /// An experiment as it is.
    #[must_use]
    pub fn new(name: impl Into<String>, experiment: Experiment) -> Self {
        Self { experiment_name: name.into(), arm: None, point: Vec::new(), experiment }
    }

    /// What it is called: the experiment, the arm and the values of the grid, such as `xor, frozen, layers.0.size=4`.
    #[must_use]
    pub fn name(&self) -> String {
        let point = self.point.iter().map(|(key, value)| format!("{key}={value}"));
        let names = [self.experiment_name.clone()].into_iter().chain(self.arm.clone()).chain(point);
        names.collect::<Vec<_>>().join(", ")
    }
}

/// Values to set, as [`Experiment::parse`] takes them.
type Overrides = Vec<(String, String)>;

impl SweepConfig {
    /// Experiments with seeds, the same values set in all of them; see [`Experiment::parse`] for these.
    #[must_use]
    pub fn of(experiments: Vec<String>, seeds: Option<Seeds>, overrides: &[(String, String)]) -> Self {
        let set = overrides.iter().map(|(key, text)| (key.clone(), toml_value(text))).collect();
        let (description, chip_seeds, grid) = (String::new(), None, BTreeMap::new());
        Self { description, experiments, seeds, chip_seeds, set, grid, arms: Vec::new() }
    }

    /// Every word for an experiment, to be changed: paths may become absolute.
    pub fn words(&mut self) -> impl Iterator<Item = &mut String> {
        self.experiments.iter_mut().chain(self.arms.iter_mut().filter_map(|arm| arm.experiment.as_mut()))
    }

    /// Reads and checks the text of a sweep file; `source` names it in errors.
    ///
    /// # Errors
    /// Text that is no TOML, unknown keys, values of the wrong type, and a sweep of nothing.
    pub fn parse(source: &str, text: &str) -> Result<Self, TrainError> {
        let wrong = |problem| TrainError::Experiment { source_name: source.to_owned(), problem };
        let config: Self = parse_toml(text).and_then(|table| read_toml(table, &[])).map_err(wrong)?;
        let problem = |key: &str, problem: &str| {
            Err(TrainError::Key { key: format!("{source}: {key}"), problem: problem.to_owned() })
        };
        if config.experiments.is_empty() && !config.arms.iter().any(|arm| arm.experiment.is_some()) {
            return problem("experiments", "are missing; name at least one, or give the arms theirs");
        }
        if config.experiments.is_empty() && config.arms.iter().any(|arm| arm.experiment.is_none()) {
            return problem("arms", "lack an experiment; give each its own, or name experiments for all");
        }
        if let Some((key, _)) = config.grid.iter().find(|(_, values)| values.is_empty()) {
            return problem(&format!("grid.{key}"), "has no values; give at least one");
        }
        config.check_keys()?;
        config.seeds.as_ref().map_or(Ok(Vec::new()), Seeds::all).map_err(SweepProblem::Seeds)?;
        Chips::of(config.chip_seeds.as_ref()).map_err(SweepProblem::Seeds)?;
        Ok(config)
    }

    /// Each value has one place that says it.
    fn check_keys(&self) -> Result<(), SweepProblem> {
        let twice = |key: &str, first: &str, second: String| {
            Err(SweepProblem::SetTwice { key: key.to_owned(), first: first.to_owned(), second })
        };
        let arms = self.arms.iter().flat_map(|arm| arm.set.keys().map(|key| (key, format!("arm {}", arm.name))));
        let set = self.set.keys().map(|key| (key, "set".to_owned()));
        let grid = self.grid.keys().map(|key| (key, "grid".to_owned()));
        for (key, place) in arms.clone().chain(set).chain(grid) {
            match &key[..] {
                "seed" if self.seeds.is_some() => return twice(key, "seeds", place),
                "chip.seed" if self.chip_seeds.is_some() => return twice(key, "chip-seeds", place),
                _ => {}
            }
        }
        if let Some((key, place)) = arms.clone().find(|(key, _)| self.grid.contains_key(*key)) {
            return twice(key, "grid", place);
        }
        self.grid
            .keys()
            .find(|key| self.set.contains_key(*key))
            .map_or(Ok(()), |key| twice(key, "grid", "set".to_owned()))
    }

    /// The file again, with every value written out.
    ///
    /// # Errors
    /// None in practice: every value has a TOML form.
    pub fn to_toml(&self) -> Result<String, TrainError> {
        toml::to_string(self).map_err(|error| TrainError::Unwritable { form: "TOML", problem: error.to_string() })
    }

    /// The seeds; none: the experiments' own. They have been checked.
    #[must_use]
    pub fn seeds(&self) -> Option<Vec<u64>> {
        self.seeds.as_ref().and_then(|seeds| seeds.all().ok())
    }

    /// The chips. They have been checked.
    #[must_use]
    pub fn chips(&self) -> Chips {
        Chips::of(self.chip_seeds.as_ref()).unwrap_or_default()
    }

    /// The same with other chips; see [`Chips`].
    ///
    /// # Errors
    /// Text that names no seeds, and values that would be set twice.
    pub fn with_chips(self, seeds: Option<Seeds>) -> Result<Self, TrainError> {
        Chips::of(seeds.as_ref()).map_err(SweepProblem::Seeds)?;
        let config = Self { chip_seeds: seeds, ..self };
        config.check_keys()?;
        Ok(config)
    }

    /// Whether it asks for a number of seeds, whichever they are.
    #[must_use]
    pub fn counts_seeds(&self) -> bool {
        matches!(self.seeds, Some(Seeds::First(_)))
    }

    /// The same with other seeds.
    ///
    /// # Errors
    /// As [`with_chips`](Self::with_chips).
    pub fn with_seeds(self, seeds: Seeds) -> Result<Self, TrainError> {
        seeds.all().map_err(SweepProblem::Seeds)?;
        let config = Self { seeds: Some(seeds), ..self };
        config.check_keys()?;
        Ok(config)
    }

    /// The same with another value in all runs, by its dotted path.
    ///
    /// # Errors
    /// As [`with_chips`](Self::with_chips).
    pub fn with_value(mut self, key: &str, text: &str) -> Result<Self, TrainError> {
        self.set.insert(key.to_owned(), toml_value(text));
        self.check_keys()?;
        Ok(self)
    }

    /// What it is for.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// All conditions in their order: experiments, within them arms, within them the grid, whose last key turns fastest. `open` reads an
    /// experiment with overrides by its word.
    ///
    /// # Errors
    /// Those of `open`.
    pub fn conditions<E>(
        &self,
        open: impl Fn(&str, &Overrides) -> Result<Experiment, E>,
    ) -> Result<Vec<Condition>, E> {
        let mut conditions = Vec::new();
        for (word, arm) in self.subjects() {
            for point in self.points() {
                let text = |(key, value): (&String, &Value)| (key.clone(), value.to_string());
                let mut overrides: Overrides = self.set.iter().map(text).collect();
                overrides.extend(arm.iter().flat_map(|arm| &arm.set).map(text));
                overrides.extend(point.iter().cloned());
                let experiment = open(word, &overrides)?;
                // a path says more than anybody wants to read, and differs from place to place
                let experiment_name = experiment.name.clone().unwrap_or_else(|| word.to_owned());
                let arm = arm.map(|arm| arm.name.clone());
                conditions.push(Condition { experiment_name, arm, point, experiment });
            }
        }
        Ok(conditions)
    }

    /// Experiments with their arms.
    fn subjects(&self) -> Vec<(&str, Option<&Arm>)> {
        let mut subjects: Vec<(&str, Option<&Arm>)> = Vec::new();
        for word in &self.experiments {
            let shared = self.arms.iter().filter(|arm| arm.experiment.is_none());
            subjects.extend(shared.map(|arm| (&word[..], Some(arm))));
            if self.arms.iter().all(|arm| arm.experiment.is_some()) {
                subjects.push((word, None));
            }
        }
        let own = self.arms.iter().filter_map(|arm| arm.experiment.as_deref().map(|word| (word, Some(arm))));
        subjects.extend(own);
        subjects
    }

    /// All points of the grid.
    fn points(&self) -> Vec<Overrides> {
        let mut points = vec![Vec::new()];
        for (key, values) in &self.grid {
            let more = |point: Overrides| {
                let with = move |value: &Value| {
                    let mut point = point.clone();
                    point.push((key.clone(), value.to_string()));
                    point
                };
                values.iter().map(with)
            };
            points = points.into_iter().flat_map(more).collect();
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XOR: &str = "
        data = { source = 'xor', size = 100 }
        encoder = { complement = true }
        loss = { kind = 'margin', margin = 0.3 }
        layers = [{ size = 10 }, { size = 2 }]";

    fn names(text: &str) -> Vec<String> {
        let config = SweepConfig::parse("s", text).unwrap();
        assert_eq!(SweepConfig::parse("s", &config.to_toml().unwrap()).unwrap(), config);
        let conditions = config.conditions(|word, overrides| Experiment::parse(word, XOR, overrides)).unwrap();
        conditions.iter().map(Condition::name).collect()
    }

    #[test]
    fn everything_is_crossed_in_order() {
        assert_eq!(names("experiments = ['xor']"), ["xor"]);
        let text = "
            experiments = ['a', 'b']
            set = { 'training.batch' = 5 }
            grid = { 'layers.0.size' = [4, 5], 'loss.margin' = [0.1, 0.2] }
            [[arms]]
            name = 'one'
            [[arms]]
            name = 'two'
            set = { 'training.epochs' = 7 }
            [[arms]]
            name = 'own'
            experiment = 'c'";
        let found = names(text);
        assert_eq!(found.len(), (2 * 2 + 1) * 4);
        assert_eq!(found[0], "a, one, layers.0.size=4, loss.margin=0.1");
        assert_eq!(found[1], "a, one, layers.0.size=4, loss.margin=0.2");
        assert_eq!(found[6], "a, two, layers.0.size=5, loss.margin=0.1");
        assert_eq!(found[19], "c, own, layers.0.size=5, loss.margin=0.2");
        let config = SweepConfig::parse("s", text).unwrap();
        let conditions = config.conditions(|word, overrides| Experiment::parse(word, XOR, overrides)).unwrap();
        assert_eq!(conditions[4].experiment.training.epochs, 7);
        assert!(conditions.iter().all(|condition| condition.experiment.training.batch == 5));
    }

    #[test]
    fn sweeps_of_nothing_are_errors() {
        let error = |text: &str| SweepConfig::parse("s.toml", text).unwrap_err().to_string();
        assert!(error("seeds = 3").starts_with("s.toml: experiments are missing"), "{}", error("seeds = 3"));
        assert!(error("[[arms]]\nname = 'a'").contains("experiments are missing"));
        let lack = error("[[arms]]\nname = 'a'\nexperiment = 'x'\n[[arms]]\nname = 'b'");
        assert!(lack.contains("arms lack an experiment"), "{lack}");
        assert!(error("experiments = ['a']\ngrid = { 'x' = [] }").contains("grid.x has no values"));
        assert!(error("experiments = ['a']\nseed = 3").contains("did you mean `seeds`?"));
        assert!(error("experiments = ['a']\nseeds = '3..1'").contains("`3..1` cannot be seeds"));
    }
}
