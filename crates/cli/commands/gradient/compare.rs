//! Gradients beside differences of runs.

use std::process::ExitCode;

use comfy_table::Table;
use delgrad::adjoint::{Check, CheckLoss, CheckOptions, CheckReport, Checked, Kind, Verdict};
use delgrad::engine::Cancel;

use super::summary::Summary;
use crate::failure::Failure;
use crate::output;
use crate::progress::Steps;

/// Compares some entries of each kind, and prints what came out.
pub fn compare(
    summary: &Summary,
    until: f64,
    entries: u32,
    cancel: &Cancel,
    quiet: bool,
) -> Result<ExitCode, Failure> {
    let check = Check {
        network: summary.network,
        given: summary.inputs,
        until,
        executor: summary.executor,
        loss: CheckLoss::Linear(&summary.cotangents.all),
    };
    let seed = summary.source.file.spec.seed;
    let options = CheckOptions { entries: entries as usize, seed, ..CheckOptions::default() };
    let bar = Steps::new("gradients compared", quiet);
    let report = check.run_and_tell(summary.gradients, &options, cancel, &mut |done, all| bar.show(done, all));
    bar.end();
    let report = report?;
    let outcome = if report.passed() { "passed" } else { "failed" };
    let counts = [
        (Verdict::Agrees, "agree"),
        (Verdict::Differs, "differ"),
        (Verdict::Discontinuity, "at a discontinuity"),
        (Verdict::Unsettled, "unsettled"),
    ];
    let mut counts: Vec<String> =
        counts.map(|(verdict, name)| format!("{} {name}", report.count(verdict))).to_vec();
    counts[0] += &format!(" ({} of them zero)", report.zeros());
    if !quiet {
        output::print(&format!("{}\n", table(&report)))?;
        output::print(&format!("check {outcome}: {}\n", counts.join(", ")))?;
    }
    if report.passed() {
        return Ok(ExitCode::SUCCESS);
    }
    output::say(&format!("error: the check has failed: {}", counts.join(", ")));
    Ok(ExitCode::FAILURE)
}

/// A row for each entry, and the worst deviation of each kind beside its last.
fn table(report: &CheckReport) -> Table {
    let mut table = output::table();
    table.set_header(["by", "number", "gradient", "difference", "deviation", "verdict"]);
    for kind in Kind::ALL {
        table.add_rows(report.of(kind).map(row));
        if let Some(worst) = report.worst(kind) {
            let deviation = worst.deviation.map_or_else(String::new, |deviation| format!("{deviation:.1e}"));
            let name = format!("worst of {}", kind.name());
            let number = worst.entry.index.to_string();
            table.add_row([name, number, String::new(), String::new(), deviation, String::new()]);
        }
    }
    table
}

fn row(checked: &Checked) -> [String; 6] {
    let Checked { entry, gradient, difference, deviation, verdict } = checked;
    let verdict = match verdict {
        Verdict::Agrees => "agrees",
        Verdict::Differs => "DIFFERS",
        Verdict::Discontinuity => "discontinuity",
        Verdict::Unsettled => "unsettled",
    };
    [
        entry.kind.name().to_owned(),
        entry.index.to_string(),
        format!("{gradient:.8e}"),
        difference.map_or_else(|| "-".to_owned(), |difference| format!("{difference:.8e}")),
        deviation.map_or_else(|| "-".to_owned(), |deviation| format!("{deviation:.1e}")),
        verdict.to_owned(),
    ]
}
