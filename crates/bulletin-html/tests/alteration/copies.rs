//! Charts that are on the page twice, and charts that are copies of the other one.

use bulletin::{Chart, Preference};

use crate::columns::any_chart;
use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};
use crate::table::{ChartTable, Row};
use crate::text::visible;

pub(crate) const KINDS: &[Kind] = &[
    unclear("table twice with other values", twice_with_other_values),
    unclear("last month's table above", last_month_above),
    unclear("Final Action copied to Dates for Filing", action_copied),
    unclear("Dates for Filing copied to Final Action", filing_copied),
    unclear("Final Action copied with one misprint", copied_with_a_misprint),
    unclear("Final Action copied without a column", copied_without_a_column),
    clear("table twice with the same values", twice),
];

/// Inserts a second chart below another one.
fn insert_below(page: &mut Page, index: usize, table: ChartTable, between: &str) {
    page.charts.insert(index + 1, table);
    page.texts.insert(index + 1, between.to_owned());
}

fn twice(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let copy = page.charts[index].clone();
    insert_below(
        page,
        index,
        copy,
        random.one(["", "<p>The same table again:</p>", "<hr>"]),
    );
    true
}

/// Changes some values of a table to ones that are not valid on this page.
fn falsify(table: &mut ChartTable) {
    for (row, cell) in table.values().into_iter().step_by(2) {
        let cell = &mut table.rows[row].cells[cell];
        cell.inner = if visible(&cell.inner) == "01JAN99" {
            "02JAN99"
        } else {
            "01JAN99"
        }
        .to_owned();
        cell.value = None;
    }
}

fn twice_with_other_values(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let mut copy = page.charts[index].clone();
    falsify(&mut copy);
    insert_below(page, index, copy, "");
    true
}

/// The table of the month before is above, under a line that says so.
fn last_month_above(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let mut copy = page.charts[index].clone();
    falsify(&mut copy);
    page.charts.insert(index, copy);
    let line = format!(
        "<p>For comparison, the dates of {}:</p>",
        page.month.previous().title()
    );
    page.texts[index].push_str(&line);
    page.texts
        .insert(index + 1, format!("<p>The dates of {}:</p>", page.month.title()));
    true
}

/// Copies a chart over the other one, with its labels or without. A chart with other rows cannot be copied.
fn copy_chart(page: &mut Page, random: &mut Random, from: Chart, to: Chart) -> Option<usize> {
    let preference = random.one(Preference::ALL);
    let (source, target) = (page.chart(from, preference)?, page.chart(to, preference)?);
    let original = page.charts[source].clone();
    let table = &mut page.charts[target];
    if original.categories() != table.categories() || original.areas() != table.areas() {
        return None;
    }
    if random.below(2) == 0 {
        table.rows = original.rows;
        let cells = table.rows.iter_mut().flat_map(|row| &mut row.cells);
        cells
            .flat_map(|cell| &mut cell.says)
            .for_each(|key| key.chart = to);
    } else {
        for (from, to) in original.body().into_iter().zip(table.body()) {
            for (copied, cell) in original.rows[from]
                .cells
                .iter()
                .zip(&mut table.rows[to].cells)
                .skip(1)
            {
                copied.inner.clone_into(&mut cell.inner);
            }
        }
    }
    // Either chart can be the copy.
    for table in [source, target] {
        page.charts[table].rows.iter_mut().for_each(Row::invalidate);
    }
    Some(target)
}

fn action_copied(page: &mut Page, random: &mut Random) -> bool {
    copy_chart(page, random, Chart::FinalAction, Chart::DatesForFiling).is_some()
}

fn filing_copied(page: &mut Page, random: &mut Random) -> bool {
    copy_chart(page, random, Chart::DatesForFiling, Chart::FinalAction).is_some()
}

/// A copy with one misprinted cell still counts as a copy.
fn copied_with_a_misprint(page: &mut Page, random: &mut Random) -> bool {
    let Some(table) = copy_chart(page, random, Chart::FinalAction, Chart::DatesForFiling) else {
        return false;
    };
    let table = &mut page.charts[table];
    let body = table.body();
    let cells = &mut table.rows[body[random.below(body.len())]].cells;
    let cell = 1 + random.below(cells.len() - 1);
    cells[cell].inner = random.one(["&nbsp;", "1JAN14", "N/A"]).to_owned();
    true
}

/// A copy that lacks a column still counts as a copy.
fn copied_without_a_column(page: &mut Page, random: &mut Random) -> bool {
    let Some(table) = copy_chart(page, random, Chart::FinalAction, Chart::DatesForFiling) else {
        return false;
    };
    let last = page.charts[table].width() - 1;
    page.charts[table].remove_column(last);
    true
}
