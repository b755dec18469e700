//! The time of a crossing answers to start and parameters as the implicit function theorem says, by the flow's derivatives.

use delgrad_neuron::{PerParameter, State};
use proptest::prelude::*;

use crate::differences::{Difference, central};
use crate::models::{Model, any_model, at_ease};
use crate::neurons::config;

/// Agreement with central differences, beside the error that they estimate of themselves.
const DIFFERENCES: f64 = 1e-6;
/// Step of a difference as a part of a typical length.
const STEP: f64 = 1e-4;
/// A slope below this, in threshold distances over the wait, is a flat crossing, whose time bends too much.
const FLAT: f64 = 0.1;
/// Waits of a quadratic neuron beyond this, in time constants, bend too much as well.
const LONGEST: f64 = 30.0;

proptest! {
    #![proptest_config(config(6000))]

    /// `dT/dp = (dth/dp - ∂V(T)/∂p)/V'(T)`
    #[test]
    fn the_wait_moves_with_every_parameter(model in any_model(), v in -1.0..1.0, i in 0.0..9.0, place in 0_u8..8) {
        let (start, _) = at_ease(&model, v, i, 0.0, place);
        let law = model.law();
        let Some(wait) = law.crossing_before(start, f64::INFINITY) else { return Ok(()) };
        let end = law.flow(start, wait);
        let slope = law.rate(end).v;
        let height = law.threshold() - start.v;
        // Past a fixed point that has just gone, the wait bends over a length that falls with its square.
        let passages = if let Model::Qif(qif) = model { wait / qif.params().tau_mem } else { 0.0 };
        if wait == 0.0 || slope * wait < FLAT * height || height < 0.05 || passages > LONGEST {
            return Ok(());
        }
        let step = STEP / (1.0 + passages * passages);
        let none = PerParameter::default();
        let by_v = law.flow_jvp(start, wait, State { v: 1.0, i: 0.0 }, 0.0, &none).v;
        // The crossing carries the rounding of the start, as it grows, and of the end.
        let size = ((1.0 + by_v.abs()) * model.size(start) + slope * wait) / slope;
        let near = |what: &str, exact: f64, numeric: Difference| {
            prop_assert!(exact.is_finite(), "{what}");
            if numeric.value.is_finite() {
                let tolerance = DIFFERENCES * (exact.abs() + wait / height) + numeric.error;
                prop_assert!((exact - numeric.value).abs() <= tolerance, "{what}: {exact} {numeric:?}");
            }
            Ok(())
        };
        let crossing = |model: &Model, start: State| {
            model.law().crossing_before(start, f64::INFINITY).unwrap_or(f64::NAN)
        };
        let moved = central(|h| crossing(&model, State { v: start.v + h, ..start }), step * height, size);
        near("V", -by_v / slope, moved)?;
        let by_i = law.flow_jvp(start, wait, State { v: 0.0, i: 1.0 }, 0.0, &none).v;
        let moved = central(|h| crossing(&model, State { i: start.i + h, ..start }), step * (1.0 + start.i.abs()), size);
        near("I", -by_i / slope, moved)?;
        for (parameter, length) in model.steps() {
            if (parameter.get)(&model.parameters()).is_infinite() {
                continue;
            }
            let direction = parameter.direction();
            let by = law.flow_jvp(start, wait, State::default(), 0.0, &direction).v;
            let moved = central(|h| crossing(&model.moved(parameter, h), start), step * length, size);
            near(parameter.name, (direction.threshold - by) / slope, moved)?;
        }
    }
}
