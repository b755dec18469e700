//! The search: Levenberg and Marquardt's method, from a coarse scale of the residuals to the fine one.

use crate::Bss2Error;
use crate::fit::kind::Kind;
use crate::fit::objective::{Objective, Run};
use crate::fit::options::FitOptions;
use crate::fit::prior::Prior;
use crate::fit::solve::solve;

/// Common factors of all thresholds that the search tries first: 0.74 to 1.49 in steps of 2 %.
const SCAN: std::ops::RangeInclusive<i32> = -15..=20;
const SCAN_STEP: f64 = 0.02;
/// Scales of the residuals, in units of the last one: far from the solution most residuals are large, and a fine scale
/// would ignore them.
const SCALES: [f64; 3] = [4.0, 2.0, 1.0];
/// A step that lowers the cost by less than this share of it is the last one.
const ENOUGH: f64 = 1e-5;
const FIRST_DAMPING: f64 = 1e-2;
const LEAST_DAMPING: f64 = 1e-6;
const MOST_DAMPING: f64 = 1e4;
/// Of the damping after a step that helps, and after one that does not.
const RELAX: f64 = 0.3;
const TIGHTEN: f64 = 4.0;

/// Where the search stands.
pub(crate) struct Found {
    pub values: Vec<f64>,
    pub cost: f64,
    pub steps: usize,
}

/// Searches from no mismatch at all: a scan of common thresholds, then all scales.
pub(crate) fn search(objective: &Objective, options: &FitOptions) -> Result<Found, Bss2Error> {
    let thresholds = objective.coordinates.of_kind(Kind::Threshold);
    let mut start = vec![0.0; objective.coordinates.list.len()];
    if !thresholds.is_empty() {
        let coarse = Objective { noise: SCALES[0] * objective.noise, ..*objective };
        let mut best = f64::INFINITY;
        for step in SCAN {
            let mut values = vec![0.0; start.len()];
            thresholds.iter().for_each(|index| values[*index] = SCAN_STEP * f64::from(step));
            let cost = coarse.cost(&coarse.run(&values)?.record);
            if cost < best {
                (best, start) = (cost, values);
            }
        }
    }
    let mut found = Found { values: start, cost: 0.0, steps: 0 };
    for scale in SCALES {
        found = refine(&Objective { noise: scale * objective.noise, ..*objective }, options, found)?;
    }
    Ok(found)
}

/// Searches from a start, at the objective's own scale. It ends where no step helps, or after `options.steps`.
pub(crate) fn refine(objective: &Objective, options: &FitOptions, start: Found) -> Result<Found, Bss2Error> {
    let prior = Prior::new(objective.coordinates, options);
    let Found { mut values, steps: earlier, .. } = start;
    let (mut cost, mut run) = evaluate(objective, &prior, &values)?;
    let (mut damping, mut steps) = (FIRST_DAMPING, 0);
    while steps < options.steps {
        steps += 1;
        let mut normal = objective.normal(&mut run, &values)?;
        prior.add(&values, &mut normal.matrix, &mut normal.slope);
        let before = cost;
        while damping < MOST_DAMPING {
            if let Some(moved) = step(&normal.matrix, &normal.slope, damping, &values) {
                // values that no network can have do not help
                if let Ok(next) = evaluate(objective, &prior, &moved)
                    && next.0 < cost
                {
                    (cost, run) = next;
                    values = moved;
                    damping = (RELAX * damping).max(LEAST_DAMPING);
                    break;
                }
            }
            damping *= TIGHTEN;
        }
        if before - cost <= ENOUGH * before {
            break;
        }
    }
    Ok(Found { values, cost, steps: earlier + steps })
}

fn evaluate(objective: &Objective, prior: &Prior, values: &[f64]) -> Result<(f64, Run), Bss2Error> {
    let run = objective.run(values)?;
    Ok((objective.cost(&run.record) + prior.cost(values), run))
}

fn step(matrix: &[f64], slope: &[f64], damping: f64, values: &[f64]) -> Option<Vec<f64>> {
    let mut damped = matrix.to_vec();
    damped.iter_mut().step_by(values.len() + 1).for_each(|diagonal| *diagonal *= 1.0 + damping);
    let step = solve(&damped, slope)?;
    Some(values.iter().zip(step).map(|(value, step)| value - step).collect())
}
