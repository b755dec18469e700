use serde::{Deserialize, Serialize};

/// When an entry of a [`DeliveryQueue`](crate::queue::DeliveryQueue) is due, and its rank among entries due at the same
/// time.
///
/// Keys are ordered by time, then source, then place. The time is not NaN.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct DeliveryKey {
    /// Time of the delivery, in the user's unit.
    pub time: f64,
    /// Number of the source among all nodes.
    pub source: u32,
    /// Place in the source's row.
    pub place: u32,
}

impl DeliveryKey {
    /// The key as one integer; integers compare as keys do.
    ///
    /// Time takes the upper 64 bits, the source the next 32, the place the lowest 32. A positive `f64` orders like
    /// its bits once the sign bit is set, a negative one like their complement. `-0.0` becomes `0.0`, so that the
    /// two are one time.
    #[inline]
    pub fn packed(self) -> u128 {
        let bits = (self.time + 0.0).to_bits();
        let ordered = if bits >> 63 == 0 { bits | SIGN } else { !bits };
        (u128::from(ordered) << 64) | (u128::from(self.source) << 32) | u128::from(self.place)
    }

    /// The key that [`packed`](Self::packed) made into `packed`.
    #[inline]
    pub fn from_packed(packed: u128) -> Self {
        let ordered = (packed >> 64) as u64;
        let bits = if ordered >> 63 == 0 { !ordered } else { ordered & !SIGN };
        Self { time: f64::from_bits(bits), source: (packed >> 32) as u32, place: packed as u32 }
    }
}

const SIGN: u64 = 1 << 63;

#[cfg(test)]
mod tests {
    use super::DeliveryKey;

    #[test]
    fn integers_compare_as_keys_do() {
        let times = [
            f64::NEG_INFINITY,
            -2.0,
            -f64::MIN_POSITIVE,
            -5e-324,
            0.0,
            5e-324,
            1.0,
            1.0 + f64::EPSILON,
            f64::INFINITY,
        ];
        let mut keys = Vec::new();
        for time in times {
            for source in [0, 1, u32::MAX] {
                keys.extend([0, 1, u32::MAX].map(|place| DeliveryKey { time, source, place }));
            }
        }
        assert!(keys.is_sorted());
        assert!(keys.windows(2).all(|pair| pair[0].packed() < pair[1].packed()));
        assert!(keys.iter().all(|key| DeliveryKey::from_packed(key.packed()) == *key));
    }

    #[test]
    fn both_zeros_are_one_time() {
        let key = DeliveryKey { time: 0.0, source: 3, place: 4 };
        assert_eq!(DeliveryKey { time: -0.0, ..key }.packed(), key.packed());
    }
}
