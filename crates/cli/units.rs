//! Rates and durations in the units of a network.

/// What a unit of time of a network is, as far as its label tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeUnit {
    label: Option<String>,
}

impl TimeUnit {
    pub fn new(label: Option<&str>) -> Self {
        Self { label: label.map(str::to_owned) }
    }

    /// The unit in seconds, if it is known.
    pub fn seconds(&self) -> Option<f64> {
        match self.label.as_deref()? {
            "s" => Some(1.0),
            "ms" => Some(1e-3),
            "us" | "µs" | "μs" => Some(1e-6),
            _ => None,
        }
    }

    /// A duration with its unit.
    pub fn time(&self, time: f64) -> String {
        match &self.label {
            Some(label) => format!("{time} {label}"),
            None => time.to_string(),
        }
    }

    /// The same in four digits.
    pub fn short_time(&self, time: f64) -> String {
        self.time(format!("{time:.3e}").parse().unwrap_or(time))
    }

    /// Name of the unit behind "time", in brackets.
    pub fn axis(&self) -> String {
        self.label.as_ref().map_or_else(String::new, |label| format!(" [{label}]"))
    }

    /// How many of [`TimeUnit::rate_name`] one spike per unit of time is.
    pub fn rate_factor(&self) -> f64 {
        self.seconds().map_or(1.0, |seconds| 1.0 / seconds)
    }

    pub fn rate_name(&self) -> String {
        match (&self.label, self.seconds()) {
            (_, Some(_)) => "Hz".to_owned(),
            (Some(label), None) => format!("per {label}"),
            (None, None) => "per unit of time".to_owned(),
        }
    }

    /// A rate in spikes per unit of time, with its unit.
    pub fn rate(&self, per_unit: f64) -> String {
        format!("{:.3} {}", per_unit * self.rate_factor(), self.rate_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_in_hertz_where_the_unit_is_known() {
        assert_eq!(TimeUnit::new(Some("ms")).rate(0.02), "20.000 Hz");
        assert_eq!(TimeUnit::new(Some("tau")).rate(0.5), "0.500 per tau");
        assert_eq!(TimeUnit::new(None).rate(0.5), "0.500 per unit of time");
        assert_eq!(TimeUnit::new(Some("ms")).time(1000.0), "1000 ms");
        assert_eq!(TimeUnit::new(None).axis(), "");
    }
}
