//! Loss and error over the epochs; where there are target spikes, the error is their largest distance.

use std::ops::Range;

use delgrad::train::learn::EpochMetrics;
use plotters::prelude::*;

use super::figure::{self, Area};
use super::{Picture, PlotError, RunView, style};

const SIZE: (u32, u32) = (1100, 460);

pub fn draw(view: &RunView) -> Result<Vec<Picture>, PlotError> {
    let (history, parts) = (view.history, &view.setup.dataset.parts);
    if history.is_empty() {
        return Ok(Vec::new());
    }
    // half a sample's worth stands for no error on the logarithmic axis
    let [train_floor, validation_floor] = [&parts.train, &parts.validation].map(|part| 50.0 / part.len() as f64);
    let error = |accuracy: f64, floor: f64| Some((100.0 * (1.0 - accuracy)).max(floor));
    let series = |value: &dyn Fn(&EpochMetrics) -> Option<f64>| -> Vec<(u32, f64)> {
        let point = |metrics| value(metrics).map(|value| (metrics.epoch, value));
        history.iter().filter_map(point).filter(|(_, value)| *value > 0.0).collect()
    };
    let loss = [series(&|m| m.train_loss), series(&|m| Some(m.validation_loss))];
    let errors = [
        series(&|m| error(m.train_accuracy, train_floor)),
        series(&|m| error(m.validation_accuracy, validation_floor)),
    ];
    let perfect = history.iter().any(|m| m.validation_accuracy >= 1.0 || m.train_accuracy >= 1.0);
    let note = if perfect { "error [%] (none: half a sample)" } else { "error [%]" };
    let svg = figure::draw(SIZE, |root, _| {
        let (left, right) = root.split_horizontally(SIZE.0 / 2);
        panel(&left, view, "loss", &loss, "loss")?;
        if history.iter().any(|m| m.spike_distance.is_some()) {
            let distances = [Vec::new(), series(&|m| m.spike_distance)];
            return panel(&right, view, "largest distance of a spike from its target", &distances, "distance");
        }
        panel(&right, view, "classification error", &errors, note)
    })?;
    Ok(vec![Picture::new("loss.svg", svg)])
}

fn panel(
    area: &Area,
    view: &RunView,
    title: &str,
    series: &[Vec<(u32, f64)>; 2],
    label: &str,
) -> Result<(), PlotError> {
    let Some(values) = style::range(series.iter().flatten().map(|(_, value)| *value)) else { return Ok(()) };
    let area = figure::titled(area, title, style::INK)?;
    let y = room(&values);
    let last = view.history.last().map_or(1, |metrics| metrics.epoch);
    let x = 0..last + (last / 50).max(1);
    let mut chart = ChartBuilder::on(&area)
        .margin_left(10)
        .margin_right(22)
        .x_label_area_size(46)
        .y_label_area_size(64)
        .build_cartesian_2d(x, y.clone().log_scale().with_key_points(ticks(&y)))?;
    chart
        .configure_mesh()
        .bold_line_style(style::GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(style::GREY)
        .x_labels(7)
        .y_labels(8)
        .y_label_formatter(&|value| style::number(*value))
        .x_desc("epoch")
        .y_desc(label)
        .label_style(style::font(style::TEXT))
        .axis_desc_style(style::font(style::TEXT))
        .draw()?;
    let kept = view.kept_epoch;
    chart
        .draw_series([PathElement::new(vec![(kept, y.start), (kept, y.end)], style::GREY.stroke_width(1))])?
        .label(format!("kept: epoch {kept}"))
        .legend(|at| figure::swatch(at, style::GREY));
    // while training, an epoch's values are those before its steps, on average half an epoch old
    for (points, name, colour) in
        [(&series[0], "training", style::FIRST), (&series[1], "validation", style::SECOND)]
    {
        if points.is_empty() {
            continue;
        }
        chart
            .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?
            .label(name)
            .legend(move |at| figure::swatch(at, colour));
        if points.len() <= figure::FEW {
            chart.draw_series(points.iter().map(|point| Circle::new(*point, 3, colour.filled())))?;
        }
    }
    figure::labels(&mut chart)?;
    Ok(())
}

/// Labelled points of a logarithmic axis: 1, 2 and 5 times the powers of ten; the powers alone if that is too much,
/// equal steps if it is too little. Where even the powers are too many, each second, third, ... of them.
fn ticks(range: &Range<f64>) -> Vec<f64> {
    const FEWEST: usize = 3;
    const MOST: usize = 9;
    let points = |factors: &[f64]| -> Vec<f64> {
        let powers = (-40..=12).map(|exponent| 10.0_f64.powi(exponent));
        powers.flat_map(|power| factors.iter().map(move |f| f * power)).filter(|p| range.contains(p)).collect()
    };
    let fine = points(&[1.0, 2.0, 5.0]);
    match fine.len() {
        ..FEWEST => style::round_ticks(range, 6),
        FEWEST..=MOST => fine,
        _ => {
            let powers = points(&[1.0]);
            let every = powers.len().div_ceil(MOST).max(1);
            powers.into_iter().step_by(every).collect()
        }
    }
}

/// Room above and below on a logarithmic axis, a factor of 1.3 each.
fn room(values: &Range<f64>) -> Range<f64> {
    const FACTOR: f64 = 1.3;
    values.start / FACTOR..values.end * FACTOR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_suit_narrow_and_wide_ranges() {
        let near = |a: Vec<f64>, b: &[f64]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a / b - 1.0).abs() < 1e-12)
        };
        assert!(near(ticks(&(0.15..1.1)), &[0.2, 0.5, 1.0]));
        assert!(near(ticks(&(0.5e-3..20.0)), &[1e-3, 1e-2, 0.1, 1.0, 10.0]));
        assert!(near(ticks(&(0.5e-16..20.0)), &[1e-16, 1e-14, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1.0]));
    }
}
