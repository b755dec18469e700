//! Training that starts from a trained network, and networks that are those of an experiment.

use delgrad_engine::NetworkFile;
use serde_json::Value;

use super::super::on_chip::rectify;
use super::EventSetup;
use crate::config::Start;
use crate::run_folder::read_text;
use crate::{CONFIG_FILE, EventExperiment, TrainError};

/// Delays that were computed from their parameters again may differ by this much, relative to their size.
const DELAY_TOLERANCE: f64 = 1e-9;
/// Their key in a file.
const DELAYS: &str = "delay";

impl EventSetup {
    /// Starts from the network file of a run, and from what its experiment says, if it lies beside.
    pub(super) fn start(&mut self, start: &Start) -> Result<(), TrainError> {
        let wrong = |problem: String| TrainError::Start { path: start.path.clone(), problem };
        let file =
            parse(&start.text).map_err(|problem| TrainError::NetworkFile { path: start.path.clone(), problem })?;
        let config = start.path.with_file_name(CONFIG_FILE);
        if config.exists() {
            let run = EventExperiment::parse(&config.display().to_string(), &read_text(&config)?, &[])?;
            self.check_task(&run).map_err(wrong)?;
        }
        self.start_from(&file).map_err(wrong)
    }

    /// Starts from the weights and delays of a trained network instead of drawn ones: to transfer it to a chip, or to go on
    /// learning.
    ///
    /// What is learned is kept as it acts: under another delay range, parameters become others. Neurons, connections, and
    /// weights and delays that are not learned must be the same in the experiment.
    ///
    /// # Errors
    /// What the network has otherwise than the experiment's, and delays outside their range, as text.
    pub fn start_from(&mut self, file: &NetworkFile) -> Result<(), String> {
        self.initial = self.parameters_of(file)?;
        if let Some(chip) = &self.chip {
            rectify(chip, &self.network, &self.map, &self.network.parts().synapses, &mut self.initial);
        }
        Ok(())
    }

    /// The parameters with which the experiment's network is that of a file.
    fn parameters_of(&self, file: &NetworkFile) -> Result<Vec<f64>, String> {
        let network = file.spec.build_numbered().map_err(|error| error.to_string())?;
        let parameters = self.map.read(&network.parts().synapses, &self.initial)?;
        // what the file leaves out has its default
        let its = file.to_json().map_err(|error| error.to_string())?;
        self.compare(&its, &parameters, &["until", "time_unit", "input_spikes", "spikes"])?;
        Ok(parameters)
    }

    /// The parameters of a network that a run of this experiment wrote as a whole: nothing in it is left to defaults.
    ///
    /// # Errors
    /// A text that is no network, and what the experiment's network has otherwise, as text.
    pub(in crate::event) fn parameters_of_run(&self, text: &str) -> Result<Vec<f64>, String> {
        let file = parse(text)?;
        let network = file.spec.build_numbered().map_err(|error| error.to_string())?;
        let parameters = self.map.read(&network.parts().synapses, &self.initial)?;
        self.compare(text, &parameters, &[])?;
        Ok(parameters)
    }

    /// Whether a network file in JSON is that of the experiment with these parameters, some keys aside.
    fn compare(&self, its: &str, parameters: &[f64], skipped: &[&str]) -> Result<(), String> {
        let own = self.file(parameters).and_then(|own| Ok(own.to_json()?)).map_err(|error| error.to_string())?;
        let [its, own] = [its, &own].map(|text| -> Result<Value, String> {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            let mut value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
            if let Value::Object(table) = &mut value {
                table.retain(|key, _| !skipped.contains(&&key[..]));
            }
            Ok(value)
        });
        same(&its?, &own?, 0.0).map_err(|(path, problem)| format!("{}: {problem}", path.trim_start_matches('.')))
    }

    /// Whether a run was trained to answer the same inputs in the same way. Samples and their number may differ.
    fn check_task(&self, run: &EventExperiment) -> Result<(), String> {
        let own = &self.experiment;
        for (what, its, own) in [
            ("the task's inputs", run.task.inputs(), own.task.inputs()),
            ("the read-out", format!("{:?}", run.readout), format!("{:?}", own.readout)),
        ] {
            if its != own {
                return Err(format!("{what}: it has {its}, the experiment {own}"));
            }
        }
        Ok(())
    }
}

/// The network of a text whose file the caller names.
fn parse(text: &str) -> Result<NetworkFile, String> {
    NetworkFile::parse_json(text).map_err(|error| {
        let problem = error.to_string();
        problem.strip_prefix("JSON text: ").map_or(problem.clone(), str::to_owned)
    })
}

/// Whether two values are equal, delays to rounding. Else where they are not, and how.
fn same(its: &Value, own: &Value, slack: f64) -> Result<(), (String, String)> {
    let differs = |its: String, own: String| Err((String::new(), format!("it has {its}, the experiment {own}")));
    match (its, own) {
        (Value::Object(its), Value::Object(own)) => {
            if let Some(key) = own.keys().find(|key| !its.contains_key(*key)) {
                return Err((format!(".{key}"), "it is missing".to_owned()));
            }
            its.iter().try_for_each(|(key, its)| {
                let slack = if key == DELAYS { DELAY_TOLERANCE } else { slack };
                let own = own.get(key).unwrap_or(&Value::Null);
                same(its, own, slack).map_err(|(path, problem)| (format!(".{key}{path}"), problem))
            })
        }
        (Value::Array(its), Value::Array(own)) if its.len() == own.len() => {
            let mut pairs = (0..).zip(its.iter().zip(own));
            pairs.try_for_each(|(index, (its, own)): (usize, _)| {
                same(its, own, slack).map_err(|(path, problem)| (format!("[{index}]{path}"), problem))
            })
        }
        (Value::Array(its), Value::Array(own)) => {
            differs(format!("{} entries", its.len()), format!("{} entries", own.len()))
        }
        (Value::Number(its), Value::Number(own)) => {
            let (a, b) = (its.as_f64().unwrap_or(f64::NAN), own.as_f64().unwrap_or(f64::NAN));
            let close = (a - b).abs() <= slack * (1.0 + b.abs());
            if close { Ok(()) } else { differs(its.to_string(), own.to_string()) }
        }
        _ if its == own => Ok(()),
        _ => differs(its.to_string(), own.to_string()),
    }
}
