/// What spikes undergo on their way to a layer, besides their delays: jitter, rounding of times, loss.
pub trait Transport: Sync {
    /// When a spike sets out that was sent at `time`: to a layer, by its `source`-th line after copying, in the `sample`-th sample of
    /// the batch. Infinity: it is lost. Called once for each spike and copy, in any order.
    fn carry(&self, sample: usize, layer: usize, source: usize, time: f64) -> f64;
}
