//! Central differences with an estimate of their own error.

/// A derivative from three steps, and what the extrapolation and rounding may have left.
#[derive(Clone, Copy, Debug)]
pub struct Difference {
    pub value: f64,
    pub error: f64,
}

/// Richardson extrapolation of central differences with the steps `h`, `2h` and `4h`: an error of the sixth power.
///
/// `size` is that of the terms of `f`, each with its rounding.
pub fn central(f: impl Fn(f64) -> f64, h: f64, size: f64) -> Difference {
    let [d1, d2, d4] = [1.0, 2.0, 4.0].map(|n| (f(n * h) - f(-n * h)) / (2.0 * n * h));
    let (fine, coarse) = ((4.0 * d1 - d2) / 3.0, (4.0 * d2 - d4) / 3.0);
    let value = (16.0 * fine - coarse) / 15.0;
    Difference { value, error: (value - fine).abs() + 64.0 * f64::EPSILON * size / h }
}
