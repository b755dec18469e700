/// `L = 1/2 sum_n (t_n - t* - delta [n wrong])^2`, all in one time unit.
///
/// The true output's own term is zero; its cotangent is minus the sum of the others. Infinite if an output is
/// silent. Göltz et al. 2025.
pub(super) fn evaluate(delta: f64, times: &[f64], label: usize, cotangents: &mut [f64]) -> f64 {
    let mut half_sum = 0.0;
    let mut pull = 0.0;
    for (n, &time) in times.iter().enumerate() {
        if n != label {
            let error = (time - times[label]) - delta;
            half_sum += 0.5 * error * error;
            pull += error;
            cotangents[n] = error;
        }
    }
    cotangents[label] = -pull;
    half_sum
}
