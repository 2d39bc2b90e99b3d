//! Whole charts that are split, exchanged, reordered, or among other tables.

use bulletin::{Chart, Preference};

use crate::columns::any_chart;
use crate::headings::{replace_heading, usual};
use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};
use crate::table::{ChartTable, Row};

pub(crate) const KINDS: &[Kind] = &[
    unclear("table split without a second header", split_without_header),
    unclear("table removed", removed),
    unclear("tables of the two charts exchanged", exchanged),
    unclear("two charts in one table", two_in_one),
    unclear("rows and columns transposed", transposed),
    unclear("table as div elements", as_divs),
    unclear("table as an image", as_image),
    clear("table split with the header repeated", split_with_header),
    clear("header repeated between the rows", header_repeated),
    clear("charts in another order", reordered),
    clear("thead after tbody", thead_last),
    clear("tables of another section first", others_first),
    clear("forecast table first", forecast_first),
    clear("chart inside a layout table", layout_table),
    clear("notes in tfoot", notes_in_tfoot),
    clear("chart inside a list or quotation", in_containers),
    clear("colgroup before the rows", colgroup),
    clear("several tbody elements", several_bodies),
];

fn split(page: &mut Page, random: &mut Random, repeat_header: bool) -> bool {
    let index = any_chart(page, random);
    let table = &mut page.charts[index];
    let body = table.body();
    let at = body[1 + random.below(body.len() - 1)];
    let header = table.rows[table.header()].clone();
    let mut second = ChartTable {
        rows: table.rows.split_off(at),
        ..table.clone()
    };
    if repeat_header {
        second.rows.insert(
            0,
            Row {
                before: String::new(),
                ..header
            },
        );
    }
    page.charts.insert(index + 1, second);
    page.texts.insert(
        index + 1,
        random
            .one([
                "",
                "<p>&nbsp;</p>",
                "<br>",
                "<div style='page-break-before: always'></div>",
            ])
            .to_owned(),
    );
    true
}

fn split_without_header(page: &mut Page, random: &mut Random) -> bool {
    split(page, random, false)
}

fn split_with_header(page: &mut Page, random: &mut Random) -> bool {
    split(page, random, true)
}

fn header_repeated(page: &mut Page, random: &mut Random) -> bool {
    for table in &mut page.charts {
        let header = Row {
            before: String::new(),
            ..table.rows[table.header()].clone()
        };
        let body = table.body();
        table.rows.insert(body[1 + random.below(body.len() - 1)], header);
    }
    true
}

fn removed(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    page.charts.remove(index);
    let below = page.texts.remove(index + 1);
    page.texts[index].push_str(&below);
    true
}

/// The tables are exchanged while the headings stay.
fn exchanged(page: &mut Page, random: &mut Random) -> bool {
    let preference = random.one(Preference::ALL);
    let (Some(action), Some(filing)) = (
        page.chart(Chart::FinalAction, preference),
        page.chart(Chart::DatesForFiling, preference),
    ) else {
        return false;
    };
    page.charts.swap(action, filing);
    true
}

fn two_in_one(page: &mut Page, random: &mut Random) -> bool {
    let index = random.below(page.charts.len() / 2) * if page.has_two_charts() { 2 } else { 1 };
    let second = page.charts.remove(index + 1);
    page.charts[index]
        .rows
        .extend(second.rows.into_iter().map(|row| Row {
            before: String::new(),
            ..row
        }));
    let between = page.texts.remove(index + 1);
    page.texts[index].push_str(&between);
    true
}

fn transposed(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let table = &mut page.charts[index];
    let width = table.width();
    let header = table.header();
    let rows: Vec<Row> = table
        .rows
        .drain(header..)
        .filter(|row| row.cells.len() == width)
        .collect();
    for column in 0..width {
        table.rows.push(Row::new(
            rows.iter().map(|row| row.cells[column].clone()).collect(),
        ));
    }
    true
}

fn as_divs(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let table = &mut page.charts[index];
    table.open = "<div role=\"table\">".into();
    table.close = "</div>".into();
    for row in &mut table.rows {
        row.before.clear();
        row.open = "<div role=\"row\">".into();
        row.close = "</div>";
        for cell in &mut row.cells {
            cell.open = "<div role=\"cell\">".into();
            cell.close = "</div>";
        }
    }
    true
}

fn as_image(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    page.charts.remove(index);
    let below = page.texts.remove(index + 1);
    page.texts[index].push_str("<img src=\"chart.png\" alt=\"Chart of cut-off dates\">");
    page.texts[index].push_str(&below);
    true
}

/// The charts and their headings are exchanged; each heading is directly above its chart.
fn reordered(page: &mut Page, random: &mut Random) -> bool {
    let is_headed = page.has_two_charts();
    for table in 0..page.charts.len() {
        if is_headed && !replace_heading(page, table, "") {
            return false;
        }
    }
    random.shuffle(&mut page.charts);
    for (table, text) in page.charts.iter().zip(&mut page.texts) {
        if is_headed {
            text.push_str(&format!("<p><b>{}</b></p>", usual(table.chart, table.preference)));
        }
    }
    // Without headings, the order of the texts says nothing: the tables name their preference.
    is_headed || page.month.year() > 2003
}

fn thead_last(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        let index = table.header();
        let header = table.rows.remove(index);
        let mut last = Row {
            before: "</tbody><thead>".into(),
            ..header
        };
        last.close = "</tr></thead>";
        table.rows.push(last);
        table.close = table.close.replace("</tbody>", "");
    }
    true
}

fn others_first(page: &mut Page, random: &mut Random) -> bool {
    let table = random.one([
        "<table border=1><tr><th>Region</th><th>All DV Chargeability Areas Except Those Listed Separately</th><th></th></tr>\
         <tr><td>AFRICA</td><td>20,000</td><td>Except: Egypt 12,000</td></tr><tr><td>ASIA</td><td>CURRENT</td><td></td></tr>\
         <tr><td>EUROPE</td><td>C</td><td></td></tr></table>",
        "<table><tr><td>Class</td><td>Limit</td></tr><tr><td>F1</td><td>23,400</td></tr><tr><td>F2A</td><td>87,934</td></tr>\
         <tr><td>F3</td><td>23,400</td></tr></table>",
    ]);
    page.texts[0].push_str(table);
    true
}

fn forecast_first(page: &mut Page, random: &mut Random) -> bool {
    let table = random.one([
        "<table><tr><td>F1:</td><td>four to six weeks</td></tr><tr><td>F2A:</td><td>C</td></tr><tr><td>F2B:</td><td>U</td></tr></table>",
        "<table><tr><td></td><td>INDIA</td><td>MEXICO</td></tr><tr><td>1st</td><td>up to two months</td><td>none</td></tr>\
         <tr><td>2nd</td><td>one year</td><td>none</td></tr><tr><td>3rd</td><td>none</td><td>none</td></tr></table>",
        "<table><tr><td>22MAR05</td></tr></table>",
    ]);
    let index = any_chart(page, random);
    page.texts[index].insert_str(0, table);
    let last = page.texts.len() - 1;
    page.texts[last].insert_str(0, table);
    true
}

fn layout_table(page: &mut Page, random: &mut Random) -> bool {
    for table in &mut page.charts {
        table.open.insert_str(0, "<table width=100%><tr><td valign=top>");
        table
            .close
            .push_str(random.one(["</td></tr></table>", "</td><td>&nbsp;</td></tr></table>"]));
    }
    true
}

fn notes_in_tfoot(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        let note =
            "<tfoot><tr><td colspan=9>C means current; U means unauthorized.</td></tr></tfoot></table>";
        table.close = table.close.replace("</table>", note).replace("</TABLE>", note);
    }
    true
}

fn in_containers(page: &mut Page, random: &mut Random) -> bool {
    let (open, close) = random.one([
        ("<blockquote>", "</blockquote>"),
        ("<ul><li>", "</li></ul>"),
        ("<center>", "</center>"),
        (
            "<div class=\"table-responsive\" tabindex=0 style=\"overflow-x:auto\">",
            "</div>",
        ),
        ("<figure class=\"wp-block-table\">", "</figure>"),
    ]);
    for table in &mut page.charts {
        table.open.insert_str(0, open);
        table.close.push_str(close);
    }
    true
}

fn colgroup(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        let at = table.open.find('>').map_or(0, |at| at + 1);
        table
            .open
            .insert_str(at, "<colgroup><col width=20%><col span=4></colgroup>");
    }
    true
}

fn several_bodies(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        for row in table.body().into_iter().skip(1) {
            table.rows[row].before.push_str("</tbody>\n<tbody>");
        }
    }
    true
}
