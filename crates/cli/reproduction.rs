//! What `delgrad reproduce` does: sweeps and measurements, the claims that they settle, and a report.

mod claim;
mod claims;
mod exactness;
mod figures;
mod memory;
mod on_grid;
mod one_neuron;
mod report;
mod results;
mod sweeps;
mod tables;
mod time_grid;

use std::path::Path;

use delgrad::train::TrainError;
use delgrad::train::run::write_file;
use serde::Serialize;

use crate::failure::Failure;
use crate::output;

use self::claim::Claim;
use self::exactness::Exactness;
use self::memory::Memory;
use self::report::{Report, Section};

pub use self::sweeps::{Effort, Part, Running};

/// All results of the runs.
pub const RESULTS_FILE: &str = "results.csv";
/// The claims with their verdicts.
pub const CLAIMS_FILE: &str = "claims.json";
/// What there is to see.
pub const REPORT_FILE: &str = "report.html";
/// The figures of the report, one by one.
pub const FIGURES_FOLDER: &str = "figures";
/// Tables for other documents.
pub const TABLES_FILE: &str = "tables.md";

/// `claims.json`.
#[derive(Debug, Serialize)]
struct Settled<'a> {
    written_by: &'static str,
    effort: Effort,
    claims: &'a [Claim],
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<&'a Memory>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exactness: Option<&'a Exactness>,
}

/// Everything that was reproduced.
#[derive(Debug)]
pub struct Reproduced {
    pub claims: Vec<(&'static str, &'static str, String)>,
    /// Runs that have failed.
    pub failed: usize,
    pub runs: usize,
}

/// Runs parts in a folder, from where they were left, and writes the report. None if somebody has asked for an end.
pub fn reproduce(
    folder: &Path,
    parts: &[Part],
    effort: Effort,
    run: Running,
) -> Result<Option<Reproduced>, Failure> {
    std::fs::create_dir_all(folder).map_err(|source| TrainError::Write { path: folder.to_owned(), source })?;
    let Some(results) = sweeps::run(folder, parts, effort, run)? else { return Ok(None) };
    if !run.quiet {
        output::say("measuring and drawing");
    }
    let mut sections = Vec::new();
    let has = |part| parts.contains(&part);
    let exactness = has(Part::Ideal).then(Exactness::measure).transpose()?;
    let memory = has(Part::Memory).then(Memory::measure).transpose()?;
    if let Some(exactness) = &exactness {
        let mut figures = figures::ideal(&results)?;
        figures.extend(figures::exactness(exactness)?);
        let claims = [claims::ideal(&results), exactness.claims()].concat();
        sections.push(Section { title: "Ideal neurons", claims, figures, tables: tables::ideal(&results) });
    }
    if has(Part::Chip) {
        let (claims, figures, tables) = (claims::chip(&results), figures::chip(&results)?, tables::chip(&results));
        sections.push(Section { title: "The chip", claims, figures, tables });
    }
    if let Some(memory) = &memory {
        let (claims, figures, tables) = (memory.claims(), figures::memory(memory)?, vec![tables::memory(memory)]);
        sections.push(Section { title: "Memory", claims, figures, tables });
    }
    let claims: Vec<Claim> = sections.iter().flat_map(|section| section.claims.clone()).collect();
    let settled = Settled {
        written_by: concat!("delgrad ", env!("CARGO_PKG_VERSION")),
        effort,
        claims: &claims,
        memory: memory.as_ref(),
        exactness: exactness.as_ref(),
    };
    let mut all = vec![tables::claims(&claims)];
    all.extend(sections.iter().flat_map(|section| section.tables.clone()));
    write_file(&folder.join(CLAIMS_FILE), output::json(&settled).as_bytes())?;
    write_file(&folder.join(TABLES_FILE), tables::markdown(&all).as_bytes())?;
    write_file(&folder.join(REPORT_FILE), Report { effort, sections: &sections }.html().as_bytes())?;
    let pictures = folder.join(FIGURES_FOLDER);
    std::fs::create_dir_all(&pictures).map_err(|source| TrainError::Write { path: pictures.clone(), source })?;
    for (name, svg) in sections.iter().flat_map(|section| &section.figures).flat_map(figures::Figure::files) {
        write_file(&pictures.join(name), svg.as_bytes())?;
    }
    let short = |claim: &Claim| {
        let measured = claim.measures.first().map_or_else(String::new, tables::measured);
        (claim.statement, claim.verdict.words(), measured)
    };
    let (failed, runs) = results.failed_and_all();
    Ok(Some(Reproduced { claims: claims.iter().map(short).collect(), failed, runs }))
}
