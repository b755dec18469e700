//! One page that needs nothing else.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::claim::{Claim, Verdict};
use super::figures::Figure;
use super::sweeps::Effort;
use super::tables::Table;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// What the page shows.
#[derive(Debug)]
pub struct Report<'a> {
    pub effort: Effort,
    pub sections: &'a [Section],
}

/// A part of the reproduction.
#[derive(Debug)]
pub struct Section {
    pub title: &'static str,
    pub claims: Vec<Claim>,
    pub figures: Vec<Figure>,
    pub tables: Vec<Table>,
}

impl Report<'_> {
    pub fn html(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { "delgrad reproduce" }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    main {
                        (self.opening())
                        @for section in self.sections { (section.html()) }
                        (self.closing())
                    }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        };
        page.into_string()
    }

    fn opening(&self) -> Markup {
        let claims: Vec<Claim> = self.sections.iter().flat_map(|section| section.claims.clone()).collect();
        html! {
            h1 { "What delays do for spiking networks" }
            p {
                "The claims of " i { "DelGrad: exact event-based gradients for training delays and weights on spiking neuromorphic hardware" }
                " (Göltz, Weber, Kriener et al., Nature Communications 2025, "
                a href="https://doi.org/10.1038/s41467-025-63120-y" { "doi:10.1038/s41467-025-63120-y" }
                "), measured again with delgrad " (env!("CARGO_PKG_VERSION")) ", with controls that the paper does not have."
            }
            @if self.effort.quick {
                p.warning { "This is a quick run, with few seeds and short trainings: it shows that everything works, and settles nothing." }
            }
            p {
                "A claim is " b { "supported" } " if its first measurement goes its way and p, corrected for the number of measurements of the \
                 claim (Holm), is below 0.05; " b { "not supported" } " if it goes the other way; " b { "not resolved" } " otherwise. \
                 Facts without p must all hold. Intervals have 95 %."
            }
            nav { ul {
                @for claim in &claims { li { (badge(claim.verdict)) " " a href={ "#" (claim.id) } { (claim.statement) } } }
            } }
        }
    }

    fn closing(&self) -> Markup {
        html! {
            h2 { "Again" }
            p {
                "The same command in the same folder goes on where it was, and gives the same " code { "results.csv" } " to the byte. \
                 Every run is in " code { "sweeps/" } ", with its configuration, its epochs and its network. "
                code { "delgrad reproduce --print" } " shows what is run."
            }
        }
    }
}

impl Section {
    fn html(&self) -> Markup {
        html! {
            section {
                h2 { (self.title) }
                @for claim in &self.claims { (claim_html(claim)) }
                @for figure in &self.figures { (figure_html(figure)) }
                @for table in &self.tables { (table_html(&table.title, &table.header, &table.rows)) }
            }
        }
    }
}

fn badge(verdict: Verdict) -> Markup {
    let class = match verdict {
        Verdict::Supported => "yes",
        Verdict::NotSupported => "no",
        Verdict::NotResolved => "open",
    };
    html! { span.badge.(class) { (verdict.words()) } }
}

fn claim_html(claim: &Claim) -> Markup {
    let header =
        ["measured", "n", "value", "95 %", "p (Holm)", "paper", "ours below", "verdict"].map(str::to_owned);
    let rows: Vec<Vec<String>> = claim
        .measures
        .iter()
        .map(|measure| {
            let unit = measure.unit;
            vec![
                measure.what.clone(),
                measure.n.to_string(),
                measure.value.map_or_else(|| "too few runs".to_owned(), |value| unit.show(value)),
                measure.interval.map_or_else(String::new, |ends| unit.show_interval(ends)),
                measure.p_corrected.map_or_else(String::new, p_value),
                measure.paper.map_or_else(String::new, |paper| unit.show(paper)),
                measure.below_paper.map_or_else(String::new, |share| format!("{:.0} %", 100.0 * share)),
                measure.verdict.words().to_owned(),
            ]
        })
        .collect();
    // what no measurement of this claim has needs no column
    let filled: Vec<usize> =
        (0..header.len()).filter(|column| rows.iter().any(|row| !row[*column].is_empty())).collect();
    let chosen = |row: &[String]| filled.iter().map(|column| row[*column].clone()).collect::<Vec<_>>();
    let (header, rows) = (chosen(&header), rows.iter().map(|row| chosen(row)).collect::<Vec<_>>());
    html! {
        article.claim id=(claim.id) {
            h3 { (claim.statement) " " (badge(claim.verdict)) }
            p { (claim.how) }
            (table_html("", &header, &rows))
        }
    }
}

fn p_value(p: f64) -> String {
    if p < 1e-3 { format!("{p:.0e}") } else { format!("{p:.3}") }
}

fn figure_html(figure: &Figure) -> Markup {
    html! {
        figure {
            h3 { (figure.title) }
            div.panels { @for svg in &figure.svgs { div.panel.wide[figure.wide] { (PreEscaped(svg)) } } }
            figcaption { (figure.caption) }
        }
    }
}

fn table_html(title: &str, header: &[String], rows: &[Vec<String>]) -> Markup {
    html! {
        div.table {
            @if !title.is_empty() { h3 { (title) } }
            div.scroll { table {
                thead { tr { @for cell in header { th { button type="button" { (cell) } } } } }
                tbody { @for row in rows { tr { @for cell in row { td { (inline(cell)) } } } } }
            } }
            button.copy type="button" { "copy" }
        }
    }
}

/// Bold words and code as Markdown has them, which tables share with other documents.
fn inline(text: &str) -> Markup {
    html! {
        @for (number, part) in text.split("**").enumerate() {
            @if number % 2 == 1 { b { (part) } } @else { (code(part)) }
        }
    }
}

fn code(text: &str) -> Markup {
    html! {
        @for (number, part) in text.split('`').enumerate() {
            @if number % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_keep_their_emphasis_and_nothing_else() {
        let found = inline("**our recipe**, `yin-yang` <b>").into_string();
        assert_eq!(found, "<b>our recipe</b>, <code>yin-yang</code> &lt;b&gt;");
    }
}
