//! Tables of a reproduction are the same wherever they stand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const START: &str = "<!-- table ";
const END: &str = "<!-- end -->";

/// All tables of a text by their names.
fn tables(text: &str) -> BTreeMap<&str, &str> {
    text.split(START)
        .skip(1)
        .map(|part| {
            let (name, rest) = part.split_once(" -->\n").expect("the name of a table");
            let (table, _) = rest.split_once(END).unwrap_or_else(|| panic!("{name} has no end"));
            (name, table)
        })
        .collect()
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let pages = entries.flat_map(|path| if path.is_dir() { pages(&path) } else { vec![path] });
    pages.filter(|path| path.extension().is_some_and(|ending| ending == "md")).collect()
}

#[test]
fn documents_have_the_tables_of_the_last_reproduction() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("reproduce/tables.md")).unwrap();
    let made = tables(&text);
    let mut used = 0;
    for page in pages(&root.join("docs/src")).into_iter().chain([root.join("README.md")]) {
        let text = std::fs::read_to_string(&page).unwrap();
        for (name, table) in tables(&text) {
            assert_eq!(
                made.get(name),
                Some(&table),
                "{}: `python3 docs/tables.py DIR` writes {name}",
                page.display()
            );
            used += 1;
        }
    }
    assert!(used >= made.len(), "{used} of {} tables are in a document", made.len());
}
