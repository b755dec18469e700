//! Hair cells: they answer to motion in one direction, and to loud sounds less than in proportion.

use crate::filter_bank::Lanes;

/// The current that motion drives into the neurons: half-wave rectification, and the square root as compression.
///
/// `current = gain sqrt(max(0, motion))`
pub fn current(motion: Lanes, gain: f32) -> Lanes {
    motion.map(|motion| gain * motion.max(0.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::current;
    use crate::filter_bank::LANES;

    #[test]
    fn half_a_wave_passes_compressed() {
        assert_eq!(current([-0.25; LANES], 2.0), [0.0; LANES]);
        assert_eq!(current([0.25; LANES], 2.0), [1.0; LANES]);
        assert_eq!(current([1.0; LANES], 2.0), [2.0; LANES]);
    }
}
