//! The name that was probably meant.

/// Names less similar than this have nothing to do with each other.
const SIMILAR: f64 = 0.75;

/// " (did you mean `exc`?)", or nothing if no known name is similar.
pub fn hint<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let nearest = known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(similarity, _)| *similarity > SIMILAR);
    nearest.map_or_else(String::new, |(_, known)| format!(" (did you mean `{known}`?)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_similar_names_are_suggested() {
        assert_eq!(hint("exci", ["exc", "inh"]), " (did you mean `exc`?)");
        assert_eq!(hint("readout", ["exc", "inh"]), "");
        assert_eq!(hint("exc", []), "");
    }
}
