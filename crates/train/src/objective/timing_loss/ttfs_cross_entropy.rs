use delgrad_neuron::math;

/// `L = ln sum_n exp(-(t_n - t*) / scale)`, with dL/dt_n = ([n true] - p_n) / scale, p the softmax of -t/scale.
///
/// Times are taken relative to the earliest output, so that the largest exponential is 1: no overflow, and no
/// logarithm of zero. Silent outputs have p = 0. Göltz et al. 2021.
///
/// With label smoothing ε the mean over the outputs that spike of the same with each of them for the true one counts ε, and the loss
/// of the true one `1 - ε`.
pub(super) fn evaluate(scale: f64, smoothing: f64, times: &[f64], label: usize, cotangents: &mut [f64]) -> f64 {
    let first = times.iter().copied().fold(f64::INFINITY, f64::min);
    let mut sum = 0.0;
    for (share, &time) in cotangents.iter_mut().zip(times) {
        *share = math::exp((first - time) / scale);
        sum += *share;
    }
    for share in cotangents.iter_mut() {
        *share /= -sum * scale;
    }
    if smoothing == 0.0 {
        cotangents[label] += 1.0 / scale;
        return math::ln(sum) + (times[label] - first) / scale;
    }
    let spiking = times.iter().filter(|time| time.is_finite()).count();
    let each = smoothing / spiking as f64;
    let mut mean = 0.0;
    for (n, &time) in times.iter().enumerate() {
        let target = each + if n == label { 1.0 - smoothing } else { 0.0 };
        if time.is_finite() {
            cotangents[n] += target / scale;
            mean += target * (time - first);
        }
    }
    math::ln(sum) + mean / scale
}
