//! Labels, spans and styles that look like something else.

use bulletin::{Area, Category, Preference};

use crate::column_labels::relabel_column_of;
use crate::columns::{allow_loss_of_column, any_chart, any_country};
use crate::months::{another_month, set_address, set_title};
use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, unclear};
use crate::row_labels::{any_row, relabel_row};
use crate::table::{Role, Row};
use crate::text::visible;

pub(crate) const KINDS: &[Kind] = &[
    unclear("row label that fits several rows", fits_several),
    unclear("row label of the other preference", of_other_preference),
    unclear("column label of a part or a group of countries", part_or_group),
    unclear("title and request of another month", stale_title_and_request),
    unclear("equal cells at the end under an oversized span", oversized_span),
    unclear("row span to the end of the table", span_to_end),
    unclear("rows in a hidden tbody", hidden_body),
    unclear("rows in a struck tbody", struck_body),
    unclear("table with a striking style", striking_table),
    unclear("label of a row struck through", struck_label),
    unclear("label of a column struck through", struck_column_label),
    unclear("value in a struck block", struck_block),
];

/// The label is the beginning of two spellings, or the part that several have in common.
fn fits_several(page: &mut Page, random: &mut Random) -> bool {
    let year = page.month.year();
    let table = any_chart(page, random);
    let mut body = page.charts[table].body();
    random.shuffle(&mut body);
    for row in body {
        let labels: &[&str] = match page.charts[table].rows[row].category() {
            Some(Category::F2a | Category::F2b) => &["F2", "2nd", "2", "F-2", "Second", "FB2"],
            Some(Category::OtherWorkers | Category::ReligiousWorkers) => &["Workers"],
            Some(Category::Eb5NonRegional | Category::Eb5Regional) => &["Regional Center", "5th Center"],
            Some(Category::Eb5UnreservedC5T5 | Category::Eb5UnreservedI5R5) => &["5th Unreserved"],
            Some(Category::Eb5Rural | Category::Eb5HighUnemployment | Category::Eb5Infrastructure) => &[
                "5th Set Aside",
                "5th Set Aside:",
                "Set Aside",
                "5th Set Aside: (NR, RI)",
            ],
            Some(Category::Eb5PilotPrograms | Category::Eb5TargetedAreas) if year < 2011 => &["5th P&amp;T"],
            _ => continue,
        };
        let label = random.pick(labels).unwrap();
        relabel_row(&mut page.charts[table].rows[row], label, None);
        return true;
    }
    false
}

fn of_other_preference(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let labels = match page.charts[table].preference {
        Preference::Family => ["EB-1", "EB3", "Other Workers", "2nd", "Employment 4th"],
        Preference::Employment => ["F1", "F3", "2A", "F4", "Family 1st"],
    };
    let label = random.one(labels);
    let body = page.charts[table].body();
    let row = body[random.below(body.len())];
    relabel_row(&mut page.charts[table].rows[row], label, None);
    true
}

fn part_or_group(page: &mut Page, random: &mut Random) -> bool {
    let label = random.one([
        "CHINA - Hong Kong born",
        "CHINA - Taiwan born",
        "NEW MEXICO",
        "EL SALVADOR",
        "DOMINICA",
        "INDIA and NEPAL",
        "All Areas Except INDIA",
        "SOUTH ASIA",
        "INDIANA",
        "INDOCHINA",
    ]);
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    if Area::by_name(label).is_some() {
        allow_loss_of_column(page, table, area);
    }
    relabel_column_of(&mut page.charts[table], area, label, Area::by_name(label));
    true
}

/// Title and request agree on a month; the address and the heading name the page's real month.
fn stale_title_and_request(page: &mut Page, random: &mut Random) -> bool {
    let month = another_month(page.month, random);
    page.asked = Some(month);
    set_address(page, page.month) && set_title(page, &format!("Visa Bulletin For {}", month.title()))
}

fn oversized_span(page: &mut Page, _: &mut Random) -> bool {
    let mut is_altered = false;
    for row in page.charts.iter_mut().flat_map(|table| &mut table.rows) {
        while let [.., before, last] = &row.cells[..]
            && before.role == Role::Value
            && before.value.is_some()
            && before.value == last.value
        {
            let last = row.cells.pop().unwrap();
            let before = row.cells.last_mut().unwrap();
            before.says.extend(last.says);
            is_altered = true;
        }
        if let Some(last) = row.cells.last_mut().filter(|cell| cell.says.len() > 1) {
            last.set("colspan=99");
        }
    }
    is_altered
}

/// A cell spans all rows below it, although they have separate cells.
fn span_to_end(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let body = table.body();
    let first = random.below(body.len() - 1);
    let column = 1 + random.below(table.width() - 1);
    table.rows[body[first]].cells[column].set("rowspan=0");
    body[first + 1..]
        .iter()
        .for_each(|row| table.rows[*row].invalidate());
    true
}

/// Puts the last rows of a chart into a `tbody` with this attribute.
fn put_in_body(page: &mut Page, random: &mut Random, attribute: &str) -> (usize, Vec<usize>) {
    let index = any_chart(page, random);
    let table = &mut page.charts[index];
    let body = table.body();
    let first = 1 + random.below(body.len() - 1);
    table.rows[body[first]]
        .before
        .push_str(&format!("</tbody><tbody {attribute}>"));
    (index, body[first..].to_vec())
}

fn hidden_body(page: &mut Page, random: &mut Random) -> bool {
    let attribute = random.one(["hidden", "style=\"display:none\"", "style='visibility:collapse'"]);
    put_in_body(page, random, attribute);
    true
}

fn struck_body(page: &mut Page, random: &mut Random) -> bool {
    let (table, rows) = put_in_body(page, random, "style=\"text-decoration: line-through\"");
    rows.into_iter()
        .for_each(|row| page.charts[table].rows[row].invalidate());
    true
}

fn striking_table(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let table = &mut page.charts[index];
    let style = random.one([
        "text-decoration:line-through",
        "TEXT-DECORATION-LINE: underline LINE-THROUGH",
    ]);
    let at = table.open.find("<table").map_or(0, |at| at + 6);
    table.open.insert_str(at, &format!(" style=\"{style}\""));
    table.rows.iter_mut().for_each(Row::invalidate);
    true
}

/// A row whose label is struck through was withdrawn.
fn struck_label(page: &mut Page, random: &mut Random) -> bool {
    let row = any_row(page, random);
    if let Some(label) = row.label_mut() {
        label.inner = format!("<s>{}</s>", label.inner);
    }
    row.invalidate();
    true
}

fn struck_column_label(page: &mut Page, random: &mut Random) -> bool {
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    let table = &mut page.charts[table];
    let Some(column) = table.column_of(area) else {
        return false;
    };
    table.edit_column(column, |cell| {
        if cell.role != Role::Value {
            cell.inner = format!("<del>{}</del>", cell.inner);
        }
        cell.value = None;
    });
    true
}

fn struck_block(page: &mut Page, random: &mut Random) -> bool {
    let (open, close) = random.one([
        ("<p style=\"text-decoration: line-through\">", "</p>"),
        ("<div style='text-decoration:line-through'><b>", "</b></div>"),
        ("<ul><li style=\"text-decoration:line-through\">", "</ul>"),
        ("<s><p>", "</p></s>"),
        ("<a style=\"text-decoration: line-through\">", "</a>"),
    ]);
    let row = any_row(page, random);
    let cell = 1 + random.below(row.cells.len() - 1);
    let cell = &mut row.cells[cell];
    cell.inner = format!("{open}{}{close}", visible(&cell.inner));
    cell.value = None;
    true
}
