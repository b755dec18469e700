/// Half the squared distance of `values` from their targets, `correct` for the true output and `wrong` for the others;
/// writes dL/dv of every output to `cotangents`.
///
/// `L = 1/2 sum_n (v_n - target_n)^2`, `dL/dv_n = v_n - target_n`, all in one unit. Infinite if a value is, as the time of a
/// silent output.
pub(super) fn squared_error(
    correct: f64,
    wrong: f64,
    values: &[f64],
    label: usize,
    cotangents: &mut [f64],
) -> f64 {
    let mut half_sum = 0.0;
    for (n, (cotangent, &value)) in cotangents.iter_mut().zip(values).enumerate() {
        let error = value - if n == label { correct } else { wrong };
        half_sum += 0.5 * error * error;
        *cotangent = error;
    }
    half_sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        let mut cotangents = [9.0; 2];
        assert_eq!(squared_error(4.0, 0.0, &[1.0, 2.0], 1, &mut cotangents), 2.5);
        assert_eq!(cotangents, [1.0, -2.0]);
        assert_eq!(squared_error(4.0, 0.0, &[1.0, f64::INFINITY], 1, &mut cotangents), f64::INFINITY);
    }
}
