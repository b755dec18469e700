//! Writes the seeds of the binary formats: logs and snapshots of short runs, as files and as lists of records.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use delgrad_engine::{Executor, Simulation, Stop};
use delgrad_engine::files::{NetworkFormat, NetworkText, RunLogHeader, RunLogWriter};
use delgrad_fuzz::{given, open, small_network};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let (logs, snapshots) = (seeds.join("run_log"), seeds.join("snapshot"));
    fs::create_dir_all(&logs)?;
    fs::create_dir_all(&snapshots)?;
    for (executor, name) in [(Executor::Plain, "plain"), (Executor::Windowed, "windowed")] {
        let stop = Stop::at(8.0);
        let text = NetworkText { format: NetworkFormat::Toml, text: "any".to_owned() };
        let header = RunLogHeader::new(small_network(), Some(text), &given(), executor, &stop);
        let path = logs.join(name);
        let mut log = RunLogWriter::create(&path, &header)?;
        let mut run = Simulation::new(small_network(), &given(), executor)?;
        let mut written = Ok(());
        let reason = run.run(&stop, |spike| {
            written = log.write(spike);
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        written?;
        log.finish(reason, run.counters())?;
        fs::write(logs.join(format!("{name}-records")), open(&fs::read(&path)?))?;

        let path = snapshots.join(name);
        run.snapshot().save(&path)?;
        fs::write(snapshots.join(format!("{name}-records")), open(&fs::read(&path)?))?;
    }
    Ok(())
}
