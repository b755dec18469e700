//! Recorded against computed spike times.

use std::path::Path;

use delgrad_bss2::fit::Recording;
use delgrad_ttfs::SpikeTimes;
use plotters::prelude::*;

type Error = Box<dyn std::error::Error>;

const BEFORE: RGBColor = RGBColor(150, 150, 150);
/// Okabe and Ito's colours, which colour-blind readers can tell apart.
const OUTPUTS: [RGBColor; 3] = [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 158, 115)];
const SIZE: (u32, u32) = (900, 400);
const TEXT: (&str, u32) = ("sans-serif", 15);
const TITLE: (&str, u32) = ("sans-serif", 17);
const BIN: f64 = 0.01;
const WIDEST: f64 = 0.4;
/// One sample in so many is a point.
const THIN: usize = 8;

/// Pairs of recorded and computed times of spikes that both have, before and after the fit, by output.
pub struct Panel {
    name: &'static str,
    pairs: [Vec<(usize, f64, f64)>; 2],
}

impl Panel {
    pub fn new(name: &'static str, recording: &Recording, computed: [&SpikeTimes; 2]) -> Self {
        let pairs = computed.map(|computed| {
            let sample = |sample| {
                let times = recording.outputs().last(sample).iter().zip(computed.last(sample)).enumerate();
                times.map(|(output, (recorded, computed))| (output, *recorded, *computed)).collect::<Vec<_>>()
            };
            let all = (0..recording.samples()).flat_map(sample);
            all.filter(|(_, recorded, computed)| recorded.is_finite() && computed.is_finite()).collect()
        });
        let name = if name == "weights" { "weights only" } else { "with axonal delays" };
        Self { name, pairs }
    }

    /// Share of the spikes in each bin of residuals, as corners of a step curve.
    fn steps(&self, fitted: usize) -> Vec<(f64, f64)> {
        let bins = (2.0 * WIDEST / BIN).round() as usize;
        let mut counts = vec![0_u32; bins];
        for (_, recorded, computed) in &self.pairs[fitted] {
            let bin = ((computed - recorded + WIDEST) / BIN).floor();
            if bin >= 0.0 && bin < bins as f64 {
                counts[bin as usize] += 1;
            }
        }
        let share = |count: u32| 100.0 * f64::from(count) / self.pairs[fitted].len().max(1) as f64;
        let corner = |(bin, count): (usize, u32)| {
            let left = bin as f64 * BIN - WIDEST;
            [(left, share(count)), (left + BIN, share(count))]
        };
        counts.into_iter().enumerate().flat_map(corner).collect()
    }
}

/// Residuals of ideal and fitted circuits.
pub fn histograms(path: &Path, panels: &[Panel]) -> Result<(), Error> {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    for (panel, area) in panels.iter().zip(root.split_evenly((1, panels.len()))) {
        let top = panel.steps(1).iter().map(|(_, share)| *share).fold(1.0, f64::max);
        let mut chart = ChartBuilder::on(&area)
            .caption(panel.name, TITLE)
            .margin(10)
            .x_label_area_size(42)
            .y_label_area_size(52)
            .build_cartesian_2d(-0.4..0.4, 0.0..1.1 * top)?;
        chart
            .configure_mesh()
            .disable_mesh()
            .x_desc("t_model - t_chip [τ]")
            .y_desc("spikes per 0.01 τ [%]")
            .y_label_formatter(&|share| format!("{share:.0}"))
            .x_labels(5)
            .label_style(TEXT)
            .axis_desc_style(TEXT)
            .draw()?;
        for (fitted, label, colour) in [(0, "ideal circuits", BEFORE), (1, "fitted circuits", OUTPUTS[0])] {
            let line = LineSeries::new(panel.steps(fitted), colour.stroke_width(2));
            let mark = move |(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], colour.stroke_width(2));
            chart.draw_series(line)?.label(label).legend(mark);
        }
        chart.configure_series_labels().label_font(TEXT).position(SeriesLabelPosition::UpperRight).draw()?;
    }
    root.present()?;
    Ok(())
}

/// Computed times, circuits fitted, over recorded ones.
pub fn scatter(path: &Path, panels: &[Panel]) -> Result<(), Error> {
    let root = SVGBackend::new(path, (SIZE.0, 450)).into_drawing_area();
    root.fill(&WHITE)?;
    for (panel, area) in panels.iter().zip(root.split_evenly((1, panels.len()))) {
        let times = panel.pairs[1].iter().flat_map(|(_, recorded, computed)| [*recorded, *computed]);
        let (low, high) = times.fold((f64::INFINITY, 0.0_f64), |(low, high), t| (low.min(t), high.max(t)));
        let range = (low - 0.05)..(high + 0.05);
        let mut chart = ChartBuilder::on(&area)
            .caption(panel.name, TITLE)
            .margin(10)
            .x_label_area_size(42)
            .y_label_area_size(52)
            .build_cartesian_2d(range.clone(), range)?;
        chart
            .configure_mesh()
            .disable_mesh()
            .x_desc("t_chip [τ]")
            .y_desc("t_model [τ]")
            .x_labels(5)
            .y_labels(5)
            .label_style(TEXT)
            .axis_desc_style(TEXT)
            .draw()?;
        chart.draw_series(LineSeries::new([(low, low), (high, high)], BEFORE))?;
        for (output, colour) in OUTPUTS.into_iter().enumerate() {
            let points = panel.pairs[1].iter().filter(|(o, ..)| *o == output).step_by(THIN);
            let points =
                points.map(|(_, recorded, computed)| Circle::new((*recorded, *computed), 1, colour.filled()));
            let mark = move |(x, y)| Circle::new((x + 9, y), 4, colour.filled());
            chart.draw_series(points)?.label(format!("output {output}")).legend(mark);
        }
        chart.configure_series_labels().label_font(TEXT).position(SeriesLabelPosition::UpperLeft).draw()?;
    }
    root.present()?;
    Ok(())
}
