//! JSON that can be read by people.

/// Pretty JSON with each list of numbers on one line, and a final newline.
pub(super) fn lists(pretty: &str) -> String {
    let mut text = String::with_capacity(pretty.len());
    let mut rest = pretty;
    while let Some(start) = rest.find('[') {
        let (before, list) = rest.split_at(start + 1);
        text += before;
        // a list of lists, of objects or of words goes on as it is
        let end = list.find(['[', ']', '{', '"']).filter(|end| list[*end..].starts_with(']'));
        rest = match end {
            Some(end) => {
                let items: Vec<&str> = list[..end].split(',').map(str::trim).collect();
                text += &items.join(", ");
                &list[end..]
            }
            None => list,
        };
    }
    text + rest + "\n"
}

#[cfg(test)]
mod tests {
    #[test]
    fn lists_of_numbers_are_lines() {
        let pretty =
            serde_json::to_string_pretty(&serde_json::json!({ "a": [[1, -2], [3, 4]], "b": [], "c": ["x"] }));
        let expected =
            "{\n  \"a\": [\n    [1, -2],\n    [3, 4]\n  ],\n  \"b\": [],\n  \"c\": [\n    \"x\"\n  ]\n}\n";
        assert_eq!(super::lists(&pretty.unwrap()), expected);
    }
}
