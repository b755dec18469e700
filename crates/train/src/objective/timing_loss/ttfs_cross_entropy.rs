use delgrad_neuron::math;

/// `L = ln sum_n exp(-(t_n - t*) / scale)`, with dL/dt_n = ([n true] - p_n) / scale, p the softmax of -t/scale.
///
/// Times are taken relative to the earliest output, so that the largest exponential is 1: no overflow, and no
/// logarithm of zero. Silent outputs have p = 0. Göltz et al. 2021.
pub(super) fn evaluate(scale: f64, times: &[f64], label: usize, cotangents: &mut [f64]) -> f64 {
    let first = times.iter().copied().fold(f64::INFINITY, f64::min);
    let mut sum = 0.0;
    for (share, &time) in cotangents.iter_mut().zip(times) {
        *share = math::exp((first - time) / scale);
        sum += *share;
    }
    for share in cotangents.iter_mut() {
        *share /= -sum * scale;
    }
    cotangents[label] += 1.0 / scale;
    math::ln(sum) + (times[label] - first) / scale
}
