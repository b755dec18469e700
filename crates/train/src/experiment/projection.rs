use delgrad_engine::spec::{DelaySpec, ProjectionSpec, Rule, Value};
use delgrad_ttfs::{DelayKind, DelayRange};
use serde::{Deserialize, Serialize};

use super::{ProjectionWeight, is_default};
use crate::TrainError;
use crate::require::{require_non_negative, require_positive};

/// A projection of the engine, and what of it is learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct ProjectionConfig {
    /// Name of the population that sends, or `input`.
    pub from: String,
    /// Name of the population that receives.
    pub to: String,
    /// Which pairs it connects.
    pub rule: Rule,
    /// Whether a neuron may project to itself.
    #[serde(default = "yes")]
    pub self_connections: bool,
    /// Whether a pair may have several synapses.
    #[serde(default = "yes")]
    pub multiple_edges: bool,
    /// Initial weights.
    #[serde(default = "one")]
    pub weight: ProjectionWeight,
    /// Initial delays.
    #[serde(default)]
    pub delay: DelaySpec,
    /// Learning rates.
    #[serde(default)]
    pub learn: LearnConfig,
    /// Which part of the delay is learned. A delay given as one number, list or distribution is of this part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_kind: Option<DelayKind>,
    /// Where learned delays may lie.
    #[serde(default)]
    pub delay_range: DelayRange,
    /// For each synapse the group that it shares its learned weight with; default: none is shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_groups: Option<Vec<u32>>,
    /// For each synapse the group that it shares its learned delay with; default: as the kind says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_groups: Option<Vec<u32>>,
}

/// How fast a projection learns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct LearnConfig {
    /// Learning rate of the weights.
    pub weight: Rate,
    /// Learning rate of the parameters behind the delays.
    pub delay: Rate,
    /// Decoupled weight decay: the share of themselves that weights lose besides each step, times the learning rate.
    #[serde(skip_serializing_if = "is_default")]
    pub weight_decay: f64,
    /// Largest Euclidean norm of the weights of the projection onto a neuron; longer ones are scaled down after each step. Default:
    /// no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_max_norm: Option<f64>,
}

/// A learning rate: a number, `true` for that of the training, or `false` for none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a learning rate must be a number, true or false")]
#[non_exhaustive]
pub enum Rate {
    /// That of the training, or none.
    Default(bool),
    /// This one; 0: fixed.
    Own(f64),
}

impl Default for Rate {
    /// Fixed.
    fn default() -> Self {
        Self::Default(false)
    }
}

impl Rate {
    /// The rate where that of the training is `default`; none if it is fixed.
    #[must_use]
    pub fn with_default(self, default: f64) -> Option<f64> {
        match self {
            Self::Default(learned) => learned.then_some(default),
            Self::Own(rate) => Some(rate).filter(|rate| *rate != 0.0),
        }
    }

    pub(super) fn validate(self, field: &'static str) -> Result<(), TrainError> {
        match self {
            Self::Default(_) => Ok(()),
            Self::Own(rate) => require_non_negative(field, rate),
        }
    }
}

fn yes() -> bool {
    true
}

fn one() -> ProjectionWeight {
    ProjectionWeight::Given(Value::Number(1.0))
}

impl ProjectionConfig {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        self.weight.validate()?;
        if matches!(
            (&self.weight, self.learn.weight),
            (ProjectionWeight::FanIn(_), Rate::Default(false) | Rate::Own(0.0))
        ) {
            let problem = "follows from the data only where it is learned; give learn = { weight = true }, or numbers or a distribution";
            return Err(TrainError::Key {
                key: "projections.weight.fan-in".to_owned(),
                problem: problem.to_owned(),
            });
        }
        require_non_negative("projections.learn.weight-decay", self.learn.weight_decay)?;
        self.learn
            .weight_max_norm
            .map_or(Ok(()), |norm| require_positive("projections.learn.weight-max-norm", norm))?;
        self.learn.weight.validate("projections.learn.weight")?;
        self.learn.delay.validate("projections.learn.delay")?;
        match self.delay_range.invalid() {
            None => Ok(()),
            Some((key, value, valid)) => {
                let problem = format!("is {value}; it must be {valid}");
                Err(TrainError::Key { key: format!("projections.delay-range.{key}"), problem })
            }
        }
    }

    /// Which part of the delay is learned.
    #[must_use]
    pub fn delay_kind(&self) -> DelayKind {
        self.delay_kind.unwrap_or(DelayKind::Synaptic)
    }

    /// The projection as the engine takes it, with its initial weights and delays.
    #[must_use]
    pub fn spec(&self) -> ProjectionSpec {
        let ProjectionConfig { from, to, rule, self_connections, multiple_edges, weight, delay, .. } =
            self.clone();
        let delay = if delay.axonal == Value::default() && delay.dendritic == Value::default() {
            part(self.delay_kind(), delay.synaptic)
        } else {
            delay
        };
        ProjectionSpec { from, to, rule, self_connections, multiple_edges, weight: weight.drawn(), delay }
    }

    /// The same with the learned part of its delays alone.
    pub(crate) fn learned_part(&self) -> ProjectionSpec {
        let mut spec = self.spec();
        let kind = self.delay_kind();
        spec.delay = part(kind, std::mem::take(slot(kind, &mut spec.delay)));
        if let (Rule::Edges(edges), true) = (&mut spec.rule, kind != DelayKind::Synaptic) {
            edges.iter_mut().for_each(|edge| edge.delay = None);
        }
        spec
    }
}

/// A delay of one part alone.
fn part(kind: DelayKind, of: Value) -> DelaySpec {
    let mut delay = DelaySpec::default();
    *slot(kind, &mut delay) = of;
    delay
}

fn slot(kind: DelayKind, delay: &mut DelaySpec) -> &mut Value {
    match kind {
        DelayKind::Axonal => &mut delay.axonal,
        DelayKind::Dendritic => &mut delay.dendritic,
        DelayKind::Synaptic => &mut delay.synaptic,
    }
}
