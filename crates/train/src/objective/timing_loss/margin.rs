/// `L = 1/2 sum_wrong max(0, t* + margin - t_n)^2`, all in one time unit.
///
/// The one-sided form of the shift-invariant loss: only outputs that come too early are pushed.
pub(super) fn evaluate(margin: f64, times: &[f64], label: usize, cotangents: &mut [f64]) -> f64 {
    let mut half_sum = 0.0;
    let mut push = 0.0;
    for (n, &time) in times.iter().enumerate() {
        if n != label {
            let excess = ((times[label] - time) + margin).max(0.0);
            half_sum += 0.5 * excess * excess;
            push += excess;
            cotangents[n] = -excess;
        }
    }
    cotangents[label] = push;
    half_sum
}
