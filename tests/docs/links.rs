//! Links lead to files and headings that exist, and the table of contents is complete.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::pages;

/// `folder/../file` as `file`.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => assert!(tidy.pop(), "{} leaves the repository", path.display()),
            Component::CurDir => {}
            part => tidy.push(part),
        }
    }
    tidy
}

#[test]
fn every_relative_link_leads_somewhere() {
    let pages = pages::all();
    let mut broken = Vec::new();
    for page in &pages {
        for (line, link) in page.links() {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let folder = page.path.parent().unwrap_or(Path::new(""));
            let target = if file.is_empty() { page.path.clone() } else { tidy(&folder.join(file)) };
            let known_heading = || {
                let found = pages.iter().find(|other| other.path == target);
                found.is_none_or(|other| other.anchors().contains(heading))
            };
            if !pages::root().join(&target).exists() || !(heading.is_empty() || known_heading()) {
                broken.push(format!("{}:{line}: {link}", page.path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
}

#[test]
fn the_book_stays_within_its_folder() {
    // mdBook copies docs/src alone, so a link out of it breaks in the built book
    for page in pages::book() {
        for (line, link) in page.links() {
            let depth = page.path.components().count() - "docs/src/x.md".split('/').count();
            assert!(link.matches("../").count() <= depth, "{}:{line}: {link}", page.path.display());
        }
    }
}

#[test]
fn the_table_of_contents_lists_every_page_once() {
    let book = pages::book();
    let summary = book.iter().find(|page| page.path.ends_with("SUMMARY.md")).unwrap();
    let listed: Vec<PathBuf> = summary.links().iter().map(|(_, link)| Path::new("docs/src").join(link)).collect();
    let once: BTreeSet<&PathBuf> = listed.iter().collect();
    assert_eq!(listed.len(), once.len(), "a page is listed twice");
    let pages = book.iter().map(|page| &page.path).filter(|path| **path != summary.path).collect();
    assert_eq!(once, pages);
}

#[test]
fn every_decision_is_in_the_index() {
    let book = pages::book();
    let index = book.iter().find(|page| page.path.ends_with("decisions.md")).unwrap();
    let links: Vec<PathBuf> = index.links().iter().map(|(_, link)| Path::new("docs/src").join(link)).collect();
    for page in book.iter().filter(|page| page.path.starts_with("docs/src/decisions")) {
        assert!(links.contains(&page.path), "{} is not in decisions.md", page.path.display());
        for part in ["**Context.**", "**Choice.**", "**Cost.**"] {
            assert!(page.text.contains(part), "{} has no {part}", page.path.display());
        }
    }
}
