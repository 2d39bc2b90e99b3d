//! Findings about hidden rows, columns and cells of a chart.

use bulletin::{Finding, Preference};

use crate::cell::is_written_as_cut_off;
use crate::grid::Grid;
use crate::label;
use crate::line::Lines;
use crate::place::Place;
use crate::text::printed;

/// Reports hidden parts: the rows and columns that were read nevertheless, and the cells that were left out.
pub(crate) fn report_hidden(grid: &Grid<'_>, lines: &Lines<'_>, place: Place, findings: &mut Vec<Finding>) {
    if !grid.table().has_hidden() {
        return;
    }
    let mut read: Vec<String> = Vec::new();
    for line in &lines.lines {
        if grid.table().is_row_hidden(line.row) {
            read.push(format!("the row \"{}\"", printed(&line.label)));
        }
    }
    for column in lines.headers.iter().flat_map(|header| &header.values) {
        if grid.is_column_hidden(column.at) {
            read.push(format!("the column \"{}\"", column.printed));
        }
    }
    if !read.is_empty() {
        let what = format!(
            "{} {} hidden in the page's markup, and read all the same.",
            read.join(", "),
            if read.len() == 1 { "is" } else { "are" }
        );
        findings.push(place.layout(&what));
    }
    if grid.leaves_out() {
        report_left_out(grid, place, findings);
    }
}

/// Reports hidden cells that were left out, row by row, if their text could matter.
fn report_left_out(grid: &Grid<'_>, place: Place, findings: &mut Vec<Finding>) {
    let table = grid.table();
    for row in (0..table.len()).filter(|row| !table.is_row_hidden(*row)) {
        let hidden = table.row(row).filter(|cell| cell.hidden.is_some());
        let texts: Vec<String> = hidden
            .filter(|cell| could_matter(cell.text, place.preference))
            .map(|cell| format!("\"{}\"", printed(cell.text)))
            .collect();
        if texts.is_empty() {
            continue;
        }
        let label = table.row(row).find(|cell| cell.hidden.is_none());
        let what = format!(
            "the row \"{}\" has hidden cells, which are left out: {}.",
            label.map_or_else(String::new, |cell| printed(cell.text).into_owned()),
            texts.join(", ")
        );
        findings.push(place.layout(&what));
    }
}

/// True if a text is a cut-off or a label.
fn could_matter(text: &str, preference: Preference) -> bool {
    is_written_as_cut_off(text)
        || label::exact_area(text).is_some()
        || label::exact_category(preference, text).is_some()
}
