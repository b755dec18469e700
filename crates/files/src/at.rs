/// How messages name a place within a file: "at `neurons[0].leak`: ", or nothing at the top.
#[must_use]
pub fn at(path: &str) -> String {
    if path.is_empty() || path == "." { String::new() } else { format!("at `{path}`: ") }
}
