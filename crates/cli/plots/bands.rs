//! Horizontal bands of a raster, one for each layer or population.

use std::ops::Range;

/// Space between so many bands, of a total height of 1.
pub fn gap(bands: usize) -> f64 {
    const MOST: f64 = 0.03;
    const MOST_OF_ALL: f64 = 0.3;
    MOST.min(MOST_OF_ALL / bands.max(1) as f64)
}

/// Where each band lies between 0 and 1, from the top; none is less than a quarter of the largest.
pub fn heights(sizes: &[usize]) -> Vec<Range<f64>> {
    const LEAST: f64 = 0.25;
    let largest = sizes.iter().copied().max().unwrap_or(1) as f64;
    let shares: Vec<f64> = sizes.iter().map(|size| (*size as f64).max(LEAST * largest)).collect();
    let total: f64 = shares.iter().sum();
    let gap = gap(sizes.len());
    let mut top = 1.0 - gap / 2.0;
    let room = 1.0 - gap * sizes.len() as f64;
    let mut heights = Vec::with_capacity(sizes.len());
    for share in shares {
        let bottom = top - room * share / total;
        heights.push(bottom..top);
        top = bottom - gap;
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_lie_below_each_other_within_the_panel() {
        let heights = heights(&[4, 30, 3]);
        assert!(heights.iter().all(|range| 0.0 < range.start && range.start < range.end && range.end < 1.0));
        assert!(heights.windows(2).all(|pair| pair[1].end < pair[0].start));
        let many = super::heights(&[1; 500]);
        assert!(many.iter().all(|range| 0.0 < range.start && range.start < range.end && range.end < 1.0));
    }
}
