/// The time of the grid at or before this one; a grid of 0 is none.
pub(crate) fn on_grid(time: f64, grid: f64) -> f64 {
    if grid > 0.0 && time.is_finite() { (time / grid).floor() * grid } else { time }
}
