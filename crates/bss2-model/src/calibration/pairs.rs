//! The calibration of delay pairs: by the time stamps of events that went through them.

use delgrad_engine::random::{normal, stream};
use rayon::prelude::*;

use crate::calibration::Settings;
use crate::chip::{Preset, on_grid};
use crate::limits::CODES_PER_US;
use crate::purposes;

/// Delay at which pairs are measured, in us: the middle of the codes.
const MEASURED_AT: f64 = 20.75;
/// Number of the first stream of pairs: circuits have those below.
const STREAMS: u64 = 1 << 63;

/// The excess of each pair's delays over the wanted ones, in us, as time stamps show it. Pairs without two working circuits are not
/// measured. `offsets` are the real excesses; `pass` numbers the measurements.
pub fn measure(
    preset: &Preset,
    settings: &Settings,
    offsets: &[f64],
    usable: &[bool],
    pass: u64,
) -> Vec<Option<f64>> {
    let (seed, events) = (settings.seed, settings.repetitions);
    let (grid, jitter) = (preset.timing.time_stamp, preset.noise.delay_jitter);
    let latency = preset.timing.loop_back;
    let of_pair = |(pair, offset): (usize, &f64)| {
        if !(usable[2 * pair] && usable[2 * pair + 1]) {
            return None;
        }
        let mut rng = stream(seed, purposes::READ_OUT, STREAMS | pass << 32 | pair as u64);
        let mut sum = 0.0;
        for n in 0..events {
            // Time stamps round down: half a step is added back.
            let sent = grid * f64::from(n);
            let noise = if jitter > 0.0 { normal(&mut rng, 0.0, jitter) } else { 0.0 };
            let recorded = on_grid(sent + MEASURED_AT + offset + noise + latency, grid);
            sum += recorded + 0.5 * grid - latency - sent - MEASURED_AT;
        }
        Some(sum / f64::from(events))
    };
    offsets.par_iter().enumerate().map(of_pair).collect()
}

/// What is added to all codes of a pair.
pub fn correction(measured: f64) -> i32 {
    -(measured * CODES_PER_US).round() as i32
}

/// The excess of a pair's delays with its codes corrected, in us.
pub fn corrected(offset: f64, correction: i32) -> f64 {
    offset + f64::from(correction) / CODES_PER_US
}
