//! The grid of time stamps.

/// The last time of the grid that is not after this one; with a grid of 0, the time itself.
pub(crate) fn on_grid(time: f64, grid: f64) -> f64 {
    if grid > 0.0 && time.is_finite() { (time / grid).floor() * grid } else { time }
}
