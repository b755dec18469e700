//! The book's table of limits is that of the code.

use delgrad::bss2::limits;

#[test]
fn every_quantity_of_the_chip_stands_in_the_book_as_it_is() {
    let page = include_str!("../../docs/src/chip/limits.md");
    for quantity in limits::ALL {
        let step = if quantity.step == 0.0 { "any".to_owned() } else { quantity.step.to_string() };
        let row = format!(
            "| `{}` | {} | {} | {} | {step} | {} | ",
            quantity.name, quantity.unit, quantity.low, quantity.high, quantity.source
        );
        assert!(page.contains(&row), "no row {row}");
    }
    assert_eq!(page.lines().filter(|line| line.starts_with("| `")).count(), limits::ALL.len());
}
