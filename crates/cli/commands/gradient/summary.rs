//! What the gradients are, as a table.

use comfy_table::Table;
use delgrad::adjoint::{Gradients, Kind, Record, Report};
use delgrad::engine::{Executor, InputSpike, Network};

use super::cotangents::OfRun;
use crate::executor;
use crate::network_source::NetworkSource;
use crate::output;

/// Gradients and all that they are of.
#[derive(Clone, Copy)]
pub struct Summary<'a> {
    pub source: &'a NetworkSource,
    pub network: &'a Network,
    pub record: &'a Record,
    pub cotangents: &'a OfRun,
    /// Values of the observables.
    pub values: &'a [f64],
    pub gradients: &'a Gradients,
    pub inputs: &'a [InputSpike],
    pub executor: Executor,
    pub events: u64,
    pub run_seconds: f64,
    pub gradient_seconds: f64,
}

/// At most so many spikes are named.
const NAMED: usize = 5;

impl Summary<'_> {
    pub fn table(&self) -> Table {
        let mut table = output::table();
        table.add_rows(self.rows());
        table
    }

    fn rows(&self) -> Vec<[String; 2]> {
        let row = |name: &str, text: String| [name.to_owned(), text];
        let mut rows = vec![
            row("network", self.source.name.clone()),
            row("executor", executor::name(self.executor).to_owned()),
            row("neurons", self.network.neurons().to_string()),
            row("synapses", self.network.synapse_count().to_string()),
            row("input spikes", self.record.inputs().len().to_string()),
            row("spikes", self.record.spikes().len().to_string()),
            row("synaptic events", self.events.to_string()),
            row("run time", format!("{:.3} s", self.run_seconds)),
            row("gradient time", format!("{:.3} s", self.gradient_seconds)),
        ];
        for (number, value) in self.values.iter().enumerate() {
            rows.push(row(&format!("observable {number}"), format!("{value}")));
        }
        for kind in Kind::ALL {
            if let Some(text) = self.largest(kind) {
                rows.push(row(&format!("largest d/d({})", kind.name()), text));
            }
        }
        let Report { grazing, unexplained, unbounded, dropped, silent } = &self.gradients.report;
        rows.push(row("grazing spikes", self.spikes(grazing)));
        rows.push(row("unexplained spikes", self.spikes(unexplained)));
        if *unbounded > 0 {
            rows.push(row("gradients beyond all numbers", unbounded.to_string()));
        }
        if !dropped.is_empty() {
            rows.push(row("neurons with dropped gradients", dropped.len().to_string()));
        }
        rows.push(row("silent neurons", silent.to_string()));
        rows
    }

    /// The largest gradient of a kind, and whose it is; none where all are zero.
    fn largest(&self, kind: Kind) -> Option<String> {
        let column = kind.column(self.gradients);
        let places = column.iter().enumerate();
        let (place, value) = places.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
        let whose = match kind {
            Kind::Weight | Kind::Delay => format!("synapse {place}"),
            Kind::InputTime => {
                let spike = self.record.inputs()[place];
                format!("input {} at {}", spike.source, spike.time)
            }
            _ => format!("neuron {place}"),
        };
        (*value != 0.0).then(|| format!("{value:.6e} ({whose})"))
    }

    fn spikes(&self, places: &[usize]) -> String {
        let name = |place: &usize| {
            let spike = self.record.spikes()[*place];
            format!("neuron {} at {}", spike.neuron, spike.time)
        };
        match places.len() {
            0 => "0".to_owned(),
            count => {
                let named: Vec<String> = places.iter().take(NAMED).map(name).collect();
                let more = if count > NAMED { ", .." } else { "" };
                format!("{count}: {}{more}", named.join(", "))
            }
        }
    }
}
