//! Reads samples as an experiment would, and says what there is: `read_samples '[data] as TOML'`.
//!
//! For example `read_samples 'source = "heidelberg"; file = "shd_train.h5"'`, where `;` stands for a new line.

use std::path::Path;
use std::time::Instant;

use delgrad_train::samples::{Content, DataConfig};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = std::env::args().nth(1).ok_or("give the keys of [data]")?;
    let data: DataConfig = toml::from_str(&text.replace(';', "\n"))?;
    let start = Instant::now();
    let source = data.load(Path::new(""), None)?;
    let seconds = start.elapsed().as_secs_f64();
    for (name, part) in ["train", "validation", "test"].into_iter().zip(source.parts.into_array()) {
        let what = match &part.content {
            Content::Values(table) => format!("{} values each", table.width()),
            Content::Series(table) => format!("series of {} channels", table.channels()),
            Content::Spikes(table) => {
                format!("{} spikes of {} inputs in {} bytes", table.spikes(), table.inputs(), table.bytes())
            }
        };
        println!("{name}: {} samples, {what}", part.len());
    }
    println!("{} classes; {seconds:.2} s", source.names.classes.len());
    Ok(())
}
