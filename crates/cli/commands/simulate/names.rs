//! Lists of populations and neurons in options.

use delgrad::engine::Network;

/// The entries of lists that are separated by commas. A name of a population may hold commas and brackets itself: where an
/// entry begins, the longest name that fits counts, with what may stand in brackets behind it.
pub fn entries(network: &Network, lists: &[String]) -> Vec<String> {
    let names: Vec<&str> = network.populations().iter().map(|population| &*population.name).collect();
    lists.iter().flat_map(|list| split(&names, list)).collect()
}

fn split(names: &[&str], list: &str) -> Vec<String> {
    let mut entries = Vec::new();
    let mut rest = Some(list);
    while let Some(text) = rest {
        let fitting = names.iter().filter_map(|name| length(name, text)).max();
        let end = fitting.unwrap_or_else(|| text.find(',').unwrap_or(text.len()));
        entries.push(text[..end].to_owned());
        rest = text[end..].strip_prefix(',');
    }
    entries
}

/// Length of the entry at the start of a text that is a name, alone or with brackets.
fn length(name: &str, text: &str) -> Option<usize> {
    let behind = text.strip_prefix(name)?;
    let part = match behind.strip_prefix('[').and_then(|part| part.split_once(']')) {
        Some((part, _)) => part.len() + 2,
        None => 0,
    };
    [part, 0]
        .into_iter()
        .find(|&part| matches!(behind[part..].chars().next(), None | Some(',')))
        .map(|part| name.len() + part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_hold_what_separates_them() {
        let names = ["a", "b", "a,b[0]&<x>", "x[1]", "ö"];
        for (list, expected) in [
            ("a", &["a"][..]),
            ("a,b", &["a", "b"]),
            ("b,a[0..2],ö", &["b", "a[0..2]", "ö"]),
            ("a,b[0]&<x>", &["a,b[0]&<x>"]),
            ("a,b[0]&<x>[1],a,b[0]", &["a,b[0]&<x>[1]", "a", "b[0]"]),
            ("x[1],x[1][0..2],17", &["x[1]", "x[1][0..2]", "17"]),
            ("c,a,bc", &["c", "a", "bc"]),
            ("a[,b", &["a[", "b"]),
            ("", &[""]),
            ("a,", &["a", ""]),
        ] {
            assert_eq!(split(&names, list), expected, "{list}");
        }
    }
}
