/// What the synapses of a row are sorted by: the delay, then the target within the shard, then the order of creation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u128);

impl Key {
    /// A delay is at least 0, so that its bits are in order; adding zero turns -0 into 0.
    #[inline]
    pub fn new(delay: f64, local: u16, number: u32) -> Self {
        Self(u128::from((delay + 0.0).to_bits()) << 64 | u128::from(local) << 32 | u128::from(number))
    }

    #[inline]
    pub fn delay(self) -> f64 {
        f64::from_bits((self.0 >> 64) as u64)
    }

    #[inline]
    pub fn local(self) -> u16 {
        (self.0 >> 32) as u16
    }

    #[inline]
    pub fn number(self) -> u32 {
        self.0 as u32
    }
}
