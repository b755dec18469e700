//! The normal equations of a step.

use delgrad_ttfs::SpikeTimes;
use rayon::prelude::*;

use crate::Bss2Error;
use crate::fit::objective::{Objective, Run};
use crate::fit::sensitivity::Sensitivity;

/// Sums over samples are made in this many blocks and added in order: they do not depend on the number of threads.
const BLOCKS: usize = 8;

/// Normal equations of a Gauss-Newton step, the prior left out: `matrix step = -slope`.
pub(crate) struct Normal {
    /// Row-major and symmetric.
    pub matrix: Vec<f64>,
    pub slope: Vec<f64>,
}

impl Objective<'_> {
    /// Linearises the residuals, each with the weight that its cost gives it: `1/(r^2 + noise^2)`.
    pub fn normal(&self, run: &mut Run, values: &[f64]) -> Result<Normal, Bss2Error> {
        let sensitivity = Sensitivity::new(self, run, values)?;
        let (size, samples) = (values.len(), run.record.samples());
        let block = samples.div_ceil(BLOCKS).max(1);
        let starts: Vec<usize> = (0..samples).step_by(block).collect();
        let blocks = starts.into_par_iter().map(|start| {
            let mut normal = Normal::zero(size);
            for sample in start..(start + block).min(samples) {
                self.add_sample(&sensitivity, &run.record, sample, &mut normal);
            }
            normal
        });
        let blocks: Vec<Normal> = blocks.collect();
        let mut normal = blocks.iter().fold(Normal::zero(size), Normal::plus);
        for i in 0..size {
            for j in 0..i {
                normal.matrix[i * size + j] = normal.matrix[j * size + i];
            }
        }
        Ok(normal)
    }

    fn add_sample(&self, sensitivity: &Sensitivity, record: &SpikeTimes, sample: usize, normal: &mut Normal) {
        let mut row = vec![0.0; self.coordinates.list.len()];
        let pairs = record.last(sample).iter().zip(self.recording.outputs().last(sample));
        for (output, (computed, recorded)) in pairs.enumerate() {
            if computed.is_finite() && recorded.is_finite() {
                let residual = computed - recorded;
                sensitivity.row(self.coordinates, sample, output, &mut row);
                normal.add(residual, &row, 1.0 / (residual * residual + self.noise * self.noise));
            }
        }
    }
}

impl Normal {
    fn zero(size: usize) -> Self {
        Self { matrix: vec![0.0; size * size], slope: vec![0.0; size] }
    }

    fn plus(mut self, other: &Self) -> Self {
        self.matrix.iter_mut().zip(&other.matrix).for_each(|(a, b)| *a += b);
        self.slope.iter_mut().zip(&other.slope).for_each(|(a, b)| *a += b);
        self
    }

    /// Adds a residual with its derivatives and its weight; the upper triangle only.
    fn add(&mut self, residual: f64, row: &[f64], weight: f64) {
        let size = row.len();
        for (i, a) in row.iter().enumerate().filter(|(_, a)| **a != 0.0) {
            self.slope[i] += weight * a * residual;
            let columns = &mut self.matrix[i * size + i..(i + 1) * size];
            let factor = weight * a;
            columns.iter_mut().zip(&row[i..]).for_each(|(m, b)| *m += factor * b);
        }
    }
}
