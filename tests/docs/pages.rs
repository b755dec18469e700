//! The documents under test, and what Markdown says in them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One Markdown document.
pub struct Page {
    /// From the root of the repository.
    pub path: PathBuf,
    pub text: String,
}

/// A fenced block of a page.
pub struct Block<'a> {
    /// Language and attributes, such as `toml` and `experiment`.
    pub info: Vec<&'a str>,
    /// First line of its text, counted from 1.
    pub line: usize,
    pub text: String,
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All pages of the book, sorted by path.
pub fn book() -> Vec<Page> {
    let mut found = Vec::new();
    collect(Path::new("docs/src"), &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The book, and the documents at the root.
pub fn all() -> Vec<Page> {
    book().into_iter().chain(["README.md", "CONTRIBUTING.md"].map(|name| read(Path::new(name)))).collect()
}

/// Checks all blocks with a word in their info, each with its place, and counts them.
pub fn check_blocks(word: &str, mut check: impl FnMut(&str, &Block)) -> usize {
    let mut count = 0;
    for page in all() {
        for block in page.blocks().iter().filter(|block| block.info.contains(&word)) {
            check(&format!("{}:{}", page.path.display(), block.line), block);
            count += 1;
        }
    }
    count
}

fn collect(folder: &Path, found: &mut Vec<Page>) {
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = folder.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(read(&path));
        }
    }
}

fn read(path: &Path) -> Page {
    Page { path: path.to_owned(), text: fs::read_to_string(root().join(path)).unwrap() }
}

impl Page {
    /// Fenced code blocks, in order.
    pub fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for (number, line) in (1..).zip(self.text.lines()) {
            match (line.trim_start().strip_prefix("```"), &mut open) {
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(info), None) => {
                    let info = info.split([',', ' ']).filter(|word| !word.is_empty()).collect();
                    open = Some(Block { info, line: number + 1, text: String::new() });
                }
                (None, Some(block)) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a code block does not end", self.path.display());
        blocks
    }

    /// Targets of all inline links and images outside code, with their lines.
    pub fn links(&self) -> Vec<(usize, &str)> {
        let mut links = Vec::new();
        let mut in_block = false;
        for (number, line) in (1..).zip(self.text.lines()) {
            if line.trim_start().starts_with("```") {
                in_block = !in_block;
            } else if !in_block {
                let parts = line.split('`').step_by(2); // every other part is code
                links.extend(
                    parts
                        .flat_map(|part| part.split("](").skip(1))
                        .filter_map(|rest| rest.split_once(')').map(|(target, _)| (number, target.trim()))),
                );
            }
        }
        links
    }

    /// Anchors of the headings, as mdBook and GitHub make them.
    pub fn anchors(&self) -> BTreeSet<String> {
        let headings = self.text.lines().filter(|line| line.starts_with('#'));
        headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
    }
}

fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[test]
fn markdown_is_understood() {
    let text = "# A b, c!\n[x](y.md#z) `[no](no)` ![p](p.svg)\n```toml,experiment\n[a](b)\n```\n".to_owned();
    let page = Page { path: PathBuf::from("test.md"), text };
    assert_eq!(page.links(), [(2, "y.md#z"), (2, "p.svg")]);
    assert_eq!(page.anchors().into_iter().collect::<Vec<_>>(), ["a-b-c"]);
    let blocks = page.blocks();
    assert_eq!(blocks.len(), 1);
    assert_eq!(
        (&blocks[0].info[..], blocks[0].line, &blocks[0].text[..]),
        (&["toml", "experiment"][..], 4, "[a](b)\n")
    );
}
