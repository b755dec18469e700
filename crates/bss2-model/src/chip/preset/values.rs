//! Presets with values from a command line.

use delgrad_files::parse_toml;

use crate::Bss2Error;
use crate::chip::preset::Preset;

/// Keys that hold the values of a preset, before the first dot.
const TABLES: [&str; 7] = ["units", "distance", "weights", "delays", "timing", "variation", "noise"];

impl Preset {
    /// Whether a dotted key such as `noise.loss` names a value of presets.
    #[must_use]
    pub fn has_key(key: &str) -> bool {
        TABLES.contains(&key.split('.').next().unwrap_or_default().trim())
    }

    /// The preset with one value replaced: a dotted key, and a value as in a TOML file.
    ///
    /// # Errors
    /// A text that is no TOML value, and as [`Preset::parse`].
    ///
    /// ```
    /// use delgrad_bss2::chip::Preset;
    ///
    /// let lossy = Preset::named("calibrated")?.with_value("noise.loss", "0.01")?;
    /// assert_eq!(lossy.noise.loss, 0.01);
    /// # Ok::<(), delgrad_bss2::Bss2Error>(())
    /// ```
    pub fn with_value(&self, key: &str, value: &str) -> Result<Self, Bss2Error> {
        let text = format!("{key} = {value}");
        match parse_toml(&text) {
            Ok(changes) => self.with(&changes),
            Err(problem) => Err(Bss2Error::Toml { source_name: text, problem }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_replace_those_of_the_preset() {
        let preset = Preset::named("calibrated").unwrap();
        let changed = preset.with_value("timing.batch", "7").unwrap().with_value("distance", "3").unwrap();
        assert_eq!((changed.timing.batch, changed.distance), (7, 3.0));
        assert_eq!(changed.variation, preset.variation);
        assert!(Preset::has_key("noise.loss") && Preset::has_key("distance") && !Preset::has_key("neuron.leak"));
    }

    #[test]
    fn what_is_no_value_is_an_error_that_shows_it() {
        let preset = Preset::named("ideal").unwrap();
        let error = |key: &str, value: &str| preset.with_value(key, value).unwrap_err().to_string();
        assert!(error("noise.loss", "much").starts_with("noise.loss = much: "));
        assert!(error("noise.los", "0.1").contains("los"));
        assert_eq!(error("noise.loss", "2"), "noise.loss is 2; it must be at least 0 and below 1");
    }
}
