use delgrad_adjoint::Observable;

use super::Answer;

/// The observables of each output, with their factors in the sum that is read.
pub(super) type Terms = Vec<Vec<(Observable, f64)>>;

/// The loss `detection` of the highest voltages of the outputs: the true one is to be `margin` above its threshold, the others as
/// far below. Appends the derivatives by the observables.
pub(super) fn evaluate(
    margin: f64,
    peaks: &[f64],
    thresholds: &[f64],
    class: Option<usize>,
    terms: Terms,
    answer: &mut Answer,
    observables: &mut Vec<(Observable, f64)>,
) -> Option<f64> {
    let mut loss = 0.0;
    let mut spiking = Vec::new();
    for (output, ((&peak, &threshold), terms)) in peaks.iter().zip(thresholds).zip(terms).enumerate() {
        if peak >= threshold {
            spiking.push(output);
        }
        let Some(class) = class else { continue };
        let sign = if output == class { 1.0 } else { -1.0 };
        answer.silent_outputs += usize::from(output == class && peak < threshold);
        let lack = (margin - sign * (peak - threshold)).max(0.0);
        loss += 0.5 * lack * lack;
        if lack > 0.0 {
            observables.extend(terms.into_iter().map(|(observable, factor)| (observable, -sign * lack * factor)));
        }
    }
    answer.class = match spiking[..] {
        [] => Some(peaks.len()),
        [only] => Some(only),
        _ => None,
    };
    class.map(|_| loss)
}
