//! Content that is hidden, struck through or collapsed, and decoys that only look like charts.

use bulletin::CutOff;

use crate::columns::{any_chart, any_country};
use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};
use crate::row_labels::any_row;
use crate::table::{Cell, ChartTable, Role, Row};
use crate::text::visible;

pub(crate) const KINDS: &[Kind] = &[
    unclear("column hidden by style", column_hidden),
    unclear("column hidden by col", column_hidden_by_col),
    unclear("row hidden by style", row_hidden),
    unclear("cell hidden by style", cell_hidden),
    unclear("table hidden by style", table_hidden),
    unclear("row of zero height", row_of_zero_height),
    unclear("row hidden by class", row_hidden_by_class),
    unclear("row struck through", row_struck),
    unclear("cell struck through", cell_struck),
    unclear("table struck through", table_struck),
    unclear("column struck through", column_struck),
    unclear("struck through by class", struck_by_class),
    unclear("part of a value struck through", part_struck),
    unclear("hidden row with other values beside the row", hidden_twin_row),
    unclear("row label struck and replaced", label_replaced),
    clear("hidden copy of a chart beside it", hidden_copy),
    clear("copy of a chart in a comment, script or template", inert_copy),
    clear("off-screen decoy with plausible cells", decoy),
    clear("chart in an open details element", details_open),
    clear("chart in a closed details element", details_closed),
    clear("chart in a collapsed accordion", accordion),
    clear("all charts in collapsed tabs", tabs),
    clear("hidden label for small screens", small_screen_labels),
];

const HIDING: [&str; 8] = [
    "style=\"display:none\"",
    "style=\"display: none;\"",
    "hidden",
    "hidden=\"\"",
    "style='visibility:hidden'",
    "style=\"visibility: collapse\"",
    "STYLE=\"DISPLAY:NONE !IMPORTANT\"",
    "style=\"position:absolute;left:-9999px\"",
];

fn column_hidden(page: &mut Page, random: &mut Random) -> bool {
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    let hiding = random.one(HIDING);
    let Some(column) = page.charts[table].column_of(area) else {
        return false;
    };
    page.charts[table].edit_column(column, |cell| cell.set(hiding));
    true
}

fn column_hidden_by_col(page: &mut Page, random: &mut Random) -> bool {
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    let table = &mut page.charts[table];
    let Some(column) = table.column_of(area) else {
        return false;
    };
    let hiding = random.one(["style=\"visibility:collapse\"", "style='display:none'", "hidden"]);
    let at = table.open.find('>').map_or(0, |at| at + 1);
    table.open.insert_str(
        at,
        &format!("<colgroup>{}<col {hiding}></colgroup>", "<col>".repeat(column)),
    );
    true
}

fn row_hidden(page: &mut Page, random: &mut Random) -> bool {
    let hiding = random.one(HIDING);
    let row = any_row(page, random);
    row.open = format!("<tr {hiding}>");
    true
}

fn cell_hidden(page: &mut Page, random: &mut Random) -> bool {
    let hiding = random.one(HIDING);
    let row = any_row(page, random);
    let cell = 1 + random.below(row.cells.len() - 1);
    row.cells[cell].set(hiding);
    true
}

fn table_hidden(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let table = &mut page.charts[index];
    let hiding = random.one(HIDING);
    table.open.insert_str(0, &format!("<div {hiding}>"));
    table.close.push_str("</div>");
    true
}

fn row_of_zero_height(page: &mut Page, random: &mut Random) -> bool {
    let style = random.one([
        "height:0;overflow:hidden",
        "max-height: 0px; overflow: hidden",
        "font-size:0",
        "font-size: 0px; line-height: 0",
        "opacity:0",
        "height:0px",
        "transform: scale(0)",
        "clip: rect(0,0,0,0); position: absolute",
    ]);
    let row = any_row(page, random);
    row.open = format!("<tr style=\"{style}\">");
    true
}

/// Adds a style sheet to the page's head.
fn add_style(page: &mut Page, rule: &str) {
    let text = &mut page.texts[0];
    let at = text.find("</title>").map_or(0, |at| at + 8);
    text.insert_str(at, &format!("<style>{rule}</style>"));
}

fn row_hidden_by_class(page: &mut Page, random: &mut Random) -> bool {
    add_style(
        page,
        ".gone { display: none; } td.gone, tr.gone{visibility:hidden}",
    );
    any_row(page, random).open = "<tr class=\"gone\">".into();
    true
}

/// Puts an element around the contents of a cell.
fn wrap(cell: &mut Cell, (open, close): (&str, &str)) {
    cell.inner = format!("{open}{}{close}", cell.inner);
}

const STRIKING: [(&str, &str); 6] = [
    ("<del>", "</del>"),
    ("<s>", "</s>"),
    ("<strike>", "</strike>"),
    ("<span style=\"text-decoration: line-through\">", "</span>"),
    (
        "<span style='text-decoration:underline line-through red'>",
        "</span>",
    ),
    ("<font style=\"text-decoration-line:line-through\">", "</font>"),
];

fn row_struck(page: &mut Page, random: &mut Random) -> bool {
    let in_cells = random.below(2) == 0;
    let striking = random.one(STRIKING);
    let row = any_row(page, random);
    if in_cells {
        row.cells.iter_mut().for_each(|cell| wrap(cell, striking));
    } else {
        row.open = "<tr style=\"text-decoration: line-through\">".into();
    }
    row.invalidate();
    true
}

fn cell_struck(page: &mut Page, random: &mut Random) -> bool {
    let striking = random.one(STRIKING);
    let on_cell = random.below(4) == 0;
    let row = any_row(page, random);
    let at = 1 + random.below(row.cells.len() - 1);
    let cell = &mut row.cells[at];
    if on_cell {
        cell.set("style=\"text-decoration:line-through\"");
    } else {
        wrap(cell, striking);
    }
    cell.value = None;
    true
}

fn table_struck(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let table = &mut page.charts[index];
    let (open, close) = random.one([
        ("<del>", "</del>"),
        ("<s>", "</s>"),
        ("<strike>", "</strike>"),
        ("<div style=\"text-decoration: line-through\">", "</div>"),
        (
            "<del cite=\"correction\" datetime=\"2024-03-14\"><div>",
            "</div></del>",
        ),
    ]);
    table.open.insert_str(0, open);
    table.close.push_str(close);
    table.rows.iter_mut().for_each(Row::invalidate);
    true
}

fn column_struck(page: &mut Page, random: &mut Random) -> bool {
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    let striking = random.one(STRIKING);
    let Some(column) = page.charts[table].column_of(area) else {
        return false;
    };
    page.charts[table].edit_column(column, |cell| {
        wrap(cell, striking);
        cell.value = None;
    });
    true
}

fn struck_by_class(page: &mut Page, random: &mut Random) -> bool {
    add_style(page, ".old { text-decoration: line-through; color: #999 }");
    let row = any_row(page, random);
    row.open = "<tr class=\"old\">".into();
    row.invalidate();
    true
}

fn part_struck(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let table = &mut page.charts[index];
    let mut dates = table.values();
    dates.retain(|(row, cell)| matches!(table.rows[*row].cells[*cell].value, Some(CutOff::Date(_))));
    let Some((row, cell)) = random.pick(&dates) else {
        return false;
    };
    let cell = &mut table.rows[row].cells[cell];
    let text = visible(&cell.inner);
    cell.inner = format!("<s>{}</s>{}", &text[..2], &text[2..]);
    cell.value = None;
    true
}

/// A hidden row repeats another one with older values, as a diff or a sorter leaves it.
fn hidden_twin_row(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let table = &mut page.charts[index];
    let body = table.body();
    let at = body[random.below(body.len())];
    let mut twin = table.rows[at].clone();
    twin.before.clear();
    twin.open = format!("<tr {}>", random.one(HIDING));
    for cell in twin.cells.iter_mut().filter(|cell| cell.role == Role::Value) {
        cell.inner = "02FEB99".into();
        cell.says.clear();
    }
    table.rows.insert(at + random.below(2), twin);
    true
}

/// A copy of a chart with other values.
fn copy_of(table: &ChartTable) -> String {
    let mut copy = table.clone();
    for cell in copy.rows.iter_mut().flat_map(|row| &mut row.cells) {
        if cell.role == Role::Value {
            cell.inner = "02FEB99".into();
        }
    }
    let mut html = String::new();
    copy.write(&mut html);
    html
}

fn insert_copy(page: &mut Page, random: &mut Random, (open, close): (&str, &str)) -> bool {
    let index = any_chart(page, random);
    let copy = format!("{open}{}{close}", copy_of(&page.charts[index]));
    match random.below(2) {
        0 => page.texts[index].push_str(&copy),
        _ => page.texts[index + 1].insert_str(0, &copy),
    }
    true
}

fn hidden_copy(page: &mut Page, random: &mut Random) -> bool {
    let around = random.one([
        ("<div hidden>", "</div>"),
        ("<section style='DISPLAY:NONE'><div>", "</div></section>"),
        (
            "<div style=\"position: absolute; left: -10000px; width: 9000px; top: 0px;\">",
            "</div>",
        ),
        ("<div style=\"visibility:hidden\">", "</div>"),
        ("<dialog>", "</dialog>"),
    ]);
    insert_copy(page, random, around)
}

fn inert_copy(page: &mut Page, random: &mut Random) -> bool {
    let around = random.one([
        ("<!-- ", " -->"),
        ("<script type=text/x-template>", "</script>"),
        ("<template>", "</template>"),
        ("<noscript>", "</noscript>"),
        ("<textarea>", "</textarea>"),
        ("<!--[if lt IE 9]>", "<![endif]-->"),
        ("<iframe>", "</iframe>"),
        ("<noframes>", "</noframes>"),
        ("<xmp>", "</xmp>"),
    ]);
    insert_copy(page, random, around)
}

fn decoy(page: &mut Page, random: &mut Random) -> bool {
    let cells = random.one([
        "<tr><td>F1</td><td>22MAR05</td><td>C</td></tr><tr><td>F3</td><td>U</td><td>01JAN01</td></tr><tr><td>F4</td><td>C</td><td>C</td></tr>",
        "<tr><td>22MAR05</td></tr>",
        "<tr><td>Family-Sponsored</td><td>INDIA</td></tr><tr><td>F1</td><td>01JAN01</td></tr><tr><td>F3</td><td>02JAN01</td></tr>\
         <tr><td>F4</td><td>03JAN01</td></tr>",
    ]);
    let decoy = format!(
        "<div style=\"position: absolute; left: -10000px; top: 0px;\"><table><tbody>{cells}</tbody></table></div>"
    );
    for text in &mut page.texts {
        text.push_str(&decoy);
    }
    true
}

fn wrap_charts(page: &mut Page, open: &str, close: &str) -> bool {
    for table in &mut page.charts {
        table.open.insert_str(0, open);
        table.close.push_str(close);
    }
    true
}

fn details_open(page: &mut Page, _: &mut Random) -> bool {
    wrap_charts(
        page,
        "<details open><summary>Show the chart</summary>",
        "</details>",
    )
}

fn details_closed(page: &mut Page, _: &mut Random) -> bool {
    wrap_charts(page, "<details><summary>Show the chart</summary>", "</details>")
}

fn accordion(page: &mut Page, random: &mut Random) -> bool {
    let open = random.one([
        "<button aria-expanded=\"false\" aria-controls=\"p1\">Show the chart</button><div id=\"p1\" hidden>",
        "<h4 class=\"ui-accordion-header\">Chart</h4><div class=\"ui-accordion-content\" style=\"display: none;\" aria-hidden=\"true\">",
        "<a class=\"collapsed\" data-toggle=\"collapse\" href=\"#c1\">Chart</a><div id=\"c1\" class=\"collapse\" style=\"height: 0px;\">",
        "<div class=\"panel-collapse collapse\" aria-expanded=\"false\" style=\"height: 0px; overflow: hidden\">",
    ]);
    wrap_charts(page, open, "</div>")
}

fn tabs(page: &mut Page, _: &mut Random) -> bool {
    wrap_charts(
        page,
        "<div role=\"tabpanel\" aria-hidden=\"true\" style=\"display:none\">",
        "</div>",
    )
}

/// The department crosses out a misspelt label and adds the correct one.
fn label_replaced(page: &mut Page, random: &mut Random) -> bool {
    let row = any_row(page, random);
    if let Some(cell) = row.label_mut() {
        cell.inner = format!("<del>9th</del> {}", cell.inner);
    }
    true
}

/// Each value repeats its column's label in an element that only small screens show.
fn small_screen_labels(page: &mut Page, _: &mut Random) -> bool {
    for row in page.charts.iter_mut().flat_map(|table| &mut table.rows) {
        for cell in row.cells.iter_mut().filter(|cell| cell.role == Role::Value) {
            let label = cell.says.first().map_or("", |key| key.area.name());
            cell.inner = format!(
                "<span class=\"small\" style=\"display:none\">{label}: </span>{}",
                cell.inner
            );
            cell.set(&format!("data-label=\"{label}\""));
        }
    }
    true
}
