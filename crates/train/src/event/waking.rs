use std::ops::Range;

use delgrad_engine::{Network, Synapse};

use super::{ParameterKind, ParameterMap, SilentPopulations};

/// The rule for silent neurons at work: remembers which population it woke last, and how hard.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EventWaking {
    rule: SilentPopulations,
    /// Populations with a tolerated share.
    populations: Vec<(Range<u32>, f64)>,
    last: Option<usize>,
    bump: f64,
}

impl EventWaking {
    pub fn new(rule: &SilentPopulations, network: &Network) -> Self {
        let share =
            |p: &delgrad_engine::Population| rule.tolerated.get(&p.name).map(|share| (p.neurons.clone(), *share));
        let populations = network.populations().iter().filter_map(share).collect();
        Self { rule: rule.clone(), populations, last: None, bump: rule.bump }
    }

    /// Raises weights if too many neurons are silent; `silent` counts for each neuron the trials without a spike.
    pub fn wake(
        &mut self,
        silent: &[u32],
        trials: usize,
        map: &ParameterMap,
        synapses: &[Synapse],
        parameters: &mut [f64],
    ) -> bool {
        if self.rule.bump == 0.0 {
            return false;
        }
        let woken = self.populations.iter().position(|(neurons, tolerated)| {
            let own = &silent[neurons.start as usize..neurons.end as usize];
            let missing: u64 = own.iter().map(|count| u64::from(*count)).sum();
            missing as f64 > tolerated * (own.len() * trials) as f64
        });
        let again = woken.is_some() && woken == self.last;
        self.last = woken;
        let Some(woken) = woken else { return false };
        self.bump = if again && self.rule.doubling { 2.0 * self.bump } else { self.rule.bump };
        let (neurons, tolerated) = &self.populations[woken];
        let asleep = |target: u32| f64::from(silent[target as usize]) > tolerated * trials as f64;
        for block in map.blocks().iter().filter(|block| block.kind == ParameterKind::Weights) {
            let mut raised = vec![false; block.range.len()];
            for (synapse, &parameter) in synapses[block.synapses.clone()].iter().zip(&block.index) {
                raised[parameter as usize] |= neurons.contains(&synapse.target) && asleep(synapse.target);
            }
            for (parameter, raised) in parameters[block.range.clone()].iter_mut().zip(raised) {
                *parameter += if raised { self.bump } else { 0.0 };
            }
        }
        true
    }
}
