//! The tables of the report, which other documents take over.

use delgrad::train::comparison::{Crossed, Description};

use super::claim::{Claim, Measure, table};
use super::claims::{
    ARMS, DELGRAD, EQUAL, OURS, PUBLIC_CODE, PUBLISHED, Recipe, SIZES, STRENGTHS, accuracy_by_strength,
};
use super::memory::{Memory, Method, Varied};
use super::results::{Results, Values, numbers};

/// A table of words and numbers.
#[derive(Clone, Debug)]
pub struct Table {
    /// What other documents call it.
    pub id: &'static str,
    pub title: String,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

const METRIC: &str = "test_accuracy";

impl Table {
    fn new(id: &'static str, title: impl Into<String>, header: &[&str]) -> Self {
        let header = header.iter().map(|&cell| cell.to_owned()).collect();
        Self { id, title: title.into(), header, rows: Vec::new() }
    }
}

/// All tables, each between two comments that name it.
pub fn markdown(tables: &[Table]) -> String {
    let one = |table: &Table| {
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let rule = format!("|{}\n", "---|".repeat(table.header.len()));
        let rows: String = table.rows.iter().map(|row| line(row)).collect();
        format!("<!-- table {} -->\n\n{}{rule}{rows}\n<!-- end -->\n", table.id, line(&table.header))
    };
    tables.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// A measurement with its interval.
pub fn measured(measure: &Measure) -> String {
    let Some(value) = measure.value else { return "too few runs".to_owned() };
    let interval =
        measure.interval.map_or_else(String::new, |ends| format!(" [{}]", measure.unit.show_interval(ends)));
    measure.unit.show(value) + &interval
}

/// The claims with their verdicts, and with the first measurement of each.
pub fn claims(claims: &[Claim]) -> Table {
    let mut table = Table::new("claims", "Claims", &["claim", "measured", "value [95 %]", "paper", "verdict"]);
    for claim in claims {
        let Some(first) = claim.measures.first() else { continue };
        table.rows.push(vec![
            claim.statement.to_owned(),
            first.what.clone(),
            measured(first),
            first.paper.map_or_else(String::new, |paper| first.unit.show(paper)),
            format!("**{}**", claim.verdict.words()),
        ]);
    }
    table
}

/// Mean and standard deviation of shares.
fn spread(values: &Values) -> String {
    let Some(found) = Description::of(&numbers(values)) else { return String::new() };
    let sd = found.sd.map_or_else(String::new, |sd| format!(" ± {:.2}", 100.0 * sd));
    format!("{:.2}{sd}", 100.0 * found.mean)
}

pub fn ideal(results: &Results) -> Vec<Table> {
    let mut tables =
        [("sizes-delgrad", DELGRAD), ("sizes-ours", OURS)].map(|(id, recipe)| sizes(id, recipe, results)).to_vec();
    tables.push(published(results));
    tables
}

/// Whole experiments beside what others have.
fn published(results: &Results) -> Table {
    let mut table = Table::new(
        "published",
        "Experiments on the 1000 test samples of the data set, accuracy in per cent",
        &["experiment", "delgrad", "DelGrad's public code", "published network", "our runs below that"],
    );
    let rows = [
        ("yin-yang", "**our recipe**, 30 hidden neurons, synaptic delays"),
        ("yin-yang-weights", "DelGrad's recipe, 30 hidden neurons, weights alone"),
        ("yin-yang-axonal", "DelGrad's recipe, 30 hidden neurons, axonal delays"),
        ("yin-yang-dendritic", "DelGrad's recipe, 30 hidden neurons, dendritic delays"),
        ("yin-yang-synaptic", "DelGrad's recipe, 30 hidden neurons, synaptic delays"),
        ("yin-yang-tiny", "DelGrad's recipe, 5 hidden neurons, synaptic delays"),
        ("yin-yang-small", "**our recipe**, 5 hidden neurons, synaptic delays"),
    ];
    for (experiment, name) in rows {
        let sweep = if experiment == "yin-yang-small" { "small" } else { "published" };
        let values = results.values(sweep, experiment, None, METRIC);
        let code = PUBLIC_CODE.iter().find(|(own, _)| *own == experiment).map_or("", |(_, text)| text);
        let paper = PUBLISHED.iter().find(|(own, ..)| *own == experiment).map(|(.., paper)| *paper);
        let below = paper.and_then(|paper| Measure::published(name, &values, paper).below_paper);
        table.rows.push(vec![
            format!("{name} (`{experiment}`)"),
            spread(&values),
            code.to_owned(),
            paper.map_or_else(String::new, |paper| paper.to_string()),
            below.map_or_else(String::new, |share| format!("{:.0} %", 100.0 * share)),
        ]);
    }
    table
}

fn sizes(id: &'static str, recipe: Recipe, results: &Results) -> Table {
    let wide = EQUAL.map(|[_, wide]| wide).into_iter().filter(|size| !SIZES.contains(size));
    let sizes: Vec<&str> = SIZES.into_iter().chain(wide).collect();
    let mut header = vec!["delays"];
    header.extend(&sizes);
    let title =
        format!("{}: test accuracy in per cent over hidden neurons, mean ± sd, 20,000 fresh samples", recipe.name);
    let mut table = Table::new(id, title, &header);
    for arm in recipe.arms {
        let cells = sizes.iter().map(|size| spread(&results.values(recipe.sweep(size), arm, Some(size), METRIC)));
        let name = if *arm == "weights" { "none" } else { arm };
        table.rows.push(std::iter::once(name.to_owned()).chain(cells).collect());
    }
    table
}

pub fn chip(results: &Results) -> Vec<Table> {
    let mut published = Table::new(
        "chip-published",
        "Models of the chip, each seed on a chip of its own, in per cent",
        &[
            "network and chip",
            "delgrad: accuracy",
            "silent outputs",
            "public code: accuracy",
            "silent outputs",
            "paper, one run: accuracy",
            "silent outputs",
        ],
    );
    let rows = [
        ("chip-published", "ours", "**our recipe**, axonal delays (`bss2-yin-yang`)", ["", "", "", ""]),
        (
            "chip-published",
            "axonal",
            "DelGrad's recipe, axonal delays (`bss2-yin-yang-axonal`)",
            ["94.39 ± 1.75", "0.8 ± 1.0", "92.8", "4.2"],
        ),
        (
            "chip-published",
            "weights",
            "DelGrad's recipe, weights alone (`bss2-yin-yang-weights`)",
            ["88.42 ± 1.78", "3.4 ± 0.9", "84.9", "6.0"],
        ),
        ("chip-calibrated", "axonal", "calibrated chips, 60 epochs, axonal delays", ["", "", "", ""]),
        ("chip-calibrated", "weights", "calibrated chips, 60 epochs, weights alone", ["", "", "", ""]),
    ];
    for (sweep, arm, name, [code, code_silent, accuracy, silent]) in rows {
        let value = |metric: &str| spread(&results.values(sweep, arm, None, metric));
        let cells = [name, &value(METRIC), &value("silent_outputs"), code, code_silent, accuracy, silent];
        published.rows.push(cells.map(str::to_owned).to_vec());
    }
    let mut crossed = Table::new(
        "chip-crossed",
        "Our recipe, chips crossed with initialisations: test accuracy and its standard deviations in per cent",
        &["delays", "mean [95 %]", "sd of chips [95 %]", "sd of initialisations [95 %]", "rest"],
    );
    for arm in ARMS {
        let Some(found) = Crossed::of(&self::table(&results.values("chip-crossed", arm, None, METRIC))) else {
            continue;
        };
        let with = |value: f64, [low, high]: [f64; 2]| {
            format!("{:.2} [{:.2} to {:.2}]", 100.0 * value, 100.0 * low, 100.0 * high)
        };
        let component = |own: delgrad::train::comparison::Component| with(own.sd(), own.sd_interval());
        crossed.rows.push(vec![
            arm.to_owned(),
            with(found.mean, found.interval),
            component(found.rows),
            component(found.columns),
            component(found.rest),
        ]);
    }
    let strengths: Vec<String> = STRENGTHS.iter().map(|text| format!("strength {text}")).collect();
    let mut header = vec!["delays"];
    header.extend(strengths.iter().map(|text| &text[..]));
    let mut noise = Table::new(
        "chip-noise",
        "Our recipe, strength of variation and noise: test accuracy in per cent, mean ± sd",
        &header,
    );
    for arm in ARMS {
        let cells = accuracy_by_strength(results, arm).into_iter().map(|(_, values)| spread(&values));
        noise.rows.push(std::iter::once(arm.to_owned()).chain(cells).collect());
    }
    vec![published, crossed, noise]
}

pub fn memory(memory: &Memory) -> Table {
    let mut table = Table::new(
        "memory",
        "Bytes that one more sample of a batch takes",
        &["varied", "value", "grid of time", "first spikes", "events"],
    );
    let varied = [
        (Varied::Resolution, "steps in a time constant"),
        (Varied::LongestDelay, "longest delay"),
        (Varied::Spikes, "spikes in a sample"),
    ];
    for (varied, name) in varied {
        let curves =
            [Method::TimeGrid, Method::FirstSpikes, Method::Events].map(|method| memory.curve(method, varied));
        for (value, _) in &curves[0] {
            let bytes = curves.iter().map(|curve| {
                let found = curve.iter().find(|(own, _)| own == value);
                found.map_or_else(String::new, |(_, bytes)| format!("{bytes:.0}"))
            });
            table.rows.push([name.to_owned(), format!("{value:.0}")].into_iter().chain(bytes).collect());
        }
    }
    let parameter = format!("{:.0}", memory.bytes_a_parameter);
    table.rows.push(["of a parameter, with Adam", "", "", &parameter, ""].map(str::to_owned).to_vec());
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_marked_for_other_documents() {
        let mut table = Table::new("id", "title", &["a", "b"]);
        table.rows.push(vec!["x|y".to_owned(), "1".to_owned()]);
        let expected = "<!-- table id -->\n\n| a | b |\n|---|---|\n| x\\|y | 1 |\n\n<!-- end -->\n";
        assert_eq!(markdown(&[table]), expected);
    }
}
