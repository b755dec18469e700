//! Compares gradients with central differences, for the tests of every loss.

/// Step of the central differences, of values and arguments of order 1: rounding 1e-10, curvature 1e-12.
const STEP: f64 = 1e-6;
/// Of a derivative, relative to 1 or to the derivative, whichever is larger.
const TOLERANCE: f64 = 1e-8;

/// Asserts that `gradient` is the derivative of `value` at `at`.
pub(crate) fn assert_gradient(at: &[f64], gradient: &[f64], mut value: impl FnMut(&[f64]) -> f64) {
    assert_eq!(at.len(), gradient.len());
    for (index, &slope) in gradient.iter().enumerate() {
        let mut moved = |by: f64| {
            let mut point = at.to_vec();
            point[index] += by;
            value(&point)
        };
        let numeric = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
        assert!(
            (slope - numeric).abs() < TOLERANCE * slope.abs().max(1.0),
            "{index} of {at:?}: {slope} {numeric}"
        );
    }
}
