/// Times of which few are different, as those of images whose pixels have 256 levels: a byte for each.
///
/// The different times are kept in the order in which they first came, so that equal lists are equal.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FewTimes {
    /// Place of each time among the different ones.
    places: Vec<u8>,
    different: Vec<f64>,
    /// Places of the different times in order of time.
    sorted: Vec<u8>,
}

impl FewTimes {
    /// Appends a time; false if it would be one different time too many.
    ///
    /// # Complexity
    /// O(1) for the time that came last, or O(log n) for n different ones; O(n) for a new one.
    pub fn push(&mut self, time: f64) -> bool {
        let last = self.places.last();
        let place = match last.filter(|&&last| self.different[usize::from(last)].to_bits() == time.to_bits()) {
            Some(&last) => last,
            None => {
                let by_time = |place: &u8| self.different[usize::from(*place)].total_cmp(&time);
                match self.sorted.binary_search_by(by_time) {
                    Ok(found) => self.sorted[found],
                    Err(room) => {
                        let Ok(place) = u8::try_from(self.different.len()) else { return false };
                        self.different.push(time);
                        self.sorted.insert(room, place);
                        place
                    }
                }
            }
        };
        self.places.push(place);
        true
    }

    pub fn get(&self, place: usize) -> f64 {
        self.different[usize::from(self.places[place])]
    }

    /// Times one after the other.
    pub fn range(&self, range: std::ops::Range<usize>) -> impl ExactSizeIterator<Item = f64> + '_ {
        self.places[range].iter().map(|&place| self.different[usize::from(place)])
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// The different times, in the order in which they first came.
    pub fn different(&self) -> &[f64] {
        &self.different
    }

    pub fn shrink(&mut self) {
        self.places.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bits_come_out_until_there_are_too_many() {
        let time = |n: u32| if n == 0 { -0.0 } else { f64::from(n * 37 % 256) / 10.0 };
        let mut times = FewTimes::default();
        for round in 0..2 {
            assert!((0..256).all(|n| times.push(time(n)) && times.push(time(n))));
            assert_eq!(times.len(), 512 * (round + 1));
        }
        assert!(!times.push(0.0));
        assert!((0..1024).all(|place| times.get(place).to_bits() == time(place as u32 / 2 % 256).to_bits()));
        assert_eq!((times.len(), times.different().len(), times.range(3..7).len()), (1024, 256, 4));
    }
}
