//! Labels of columns: blank, unknown, misspelt, exchanged, or with other usual words.

use bulletin::Area;

use crate::columns::{allow_loss_of_column, any_chart, any_country};
use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};
use crate::row_labels::slip;
use crate::table::{ChartTable, Role};
use crate::text::visible;

pub(crate) const KINDS: &[Kind] = &[
    unclear("column label blank", column_blank),
    unclear("column label unknown", column_unknown),
    unclear("column label of another column", column_of_another),
    unclear("column label of another country", column_of_another_country),
    unclear("column labels exchanged", columns_exchanged),
    unclear("one slip in a column label", column_slip),
    clear("column label misspelt", column_misspelt),
    clear("column label in other words", column_in_other_words),
    clear("column labels in title case", column_case),
    clear("column labels abbreviated", column_abbreviated),
    clear("column label with a footnote mark", column_footnote),
    clear("column label with a note", column_note),
    clear(
        "column labels of every chart in other words",
        every_column_in_other_words,
    ),
];

/// Gives a column a label that names no area.
fn unlabel_column(page: &mut Page, random: &mut Random, label: &str) -> bool {
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    relabel_column_of(&mut page.charts[table], area, label, None);
    true
}

/// Relabels a column; `says` is the area in the new label.
pub(crate) fn relabel_column_of(table: &mut ChartTable, area: Area, label: &str, says: Option<Area>) {
    let Some(column) = table.column_of(area) else {
        return;
    };
    table.edit_column(column, |cell| {
        if matches!(cell.role, Role::ColumnLabel(_)) {
            cell.inner = label.into();
        }
        match says {
            Some(says) => cell.says.iter_mut().for_each(|key| key.area = says),
            None => cell.says.clear(),
        }
    });
}

fn column_blank(page: &mut Page, random: &mut Random) -> bool {
    let blank = random.one(["", "&nbsp;", "<b></b>", "<br>"]);
    unlabel_column(page, random, blank)
}

fn column_unknown(page: &mut Page, random: &mut Random) -> bool {
    let label = random.one(["TBD", "COLUMN 4", "ATLANTIS", "*", "OTHER", "1", "C", "01JAN14"]);
    unlabel_column(page, random, label)
}

fn column_of_another(page: &mut Page, random: &mut Random) -> bool {
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    allow_loss_of_column(page, table, area);
    let table = &mut page.charts[table];
    let others: Vec<Area> = table.areas().into_iter().filter(|other| *other != area).collect();
    let Some(other) = random.pick(&others) else {
        return false;
    };
    let label = column_label(table, other);
    relabel_column_of(table, area, &label, Some(other));
    true
}

fn column_label(table: &ChartTable, area: Area) -> String {
    let cells = &table.rows[table.header()].cells;
    let label = cells.iter().find(|cell| cell.role == Role::ColumnLabel(area));
    label.map_or_else(String::new, |cell| cell.inner.clone())
}

fn column_of_another_country(page: &mut Page, random: &mut Random) -> bool {
    let country = random.one(["BRAZIL", "NEPAL", "KENYA", "INDONESIA", "TAIWAN"]);
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    allow_loss_of_column(page, table, area);
    relabel_column_of(&mut page.charts[table], area, country, country.parse().ok());
    true
}

/// Two labels are exchanged: the page gives Mexico's cut-offs to India. Nobody can detect that.
fn columns_exchanged(page: &mut Page, random: &mut Random) -> bool {
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    let table = &mut page.charts[table];
    let others: Vec<Area> = table.areas().into_iter().filter(|other| *other != area).collect();
    let Some(other) = random.pick(&others) else {
        return false;
    };
    let header = table.header();
    let (Some(a), Some(b)) = (table.column_of(area), table.column_of(other)) else {
        return false;
    };
    table.rows[header].cells.swap(a, b);
    for key in table
        .rows
        .iter_mut()
        .flat_map(|row| &mut row.cells)
        .flat_map(|cell| &mut cell.says)
    {
        key.area = match key.area {
            own if own == area => other,
            own if own == other => area,
            own => own,
        };
    }
    true
}

fn column_misspelt(page: &mut Page, random: &mut Random) -> bool {
    let Some((table, area)) = any_country(page, random) else {
        return false;
    };
    let slips: &[&str] = match area.code() {
        "INDIA" => &["INDIAA", "INDAI", "lNDIA", "INDI A"],
        "CHINA" => &[
            "CHINA-mainland bron",
            "CHINA-manland born",
            "CHNIA- mainland born",
        ],
        "MEXICO" => &["MEXCIO", "MEXIC0", "MEXICCO"],
        "PHILIPPINES" => &["PHILIPINES", "PHILLIPINES", "PHILIPPINNES"],
        "VIETNAM" => &["VIETNM", "VIETMAN", "VIET NAM"],
        "DOMINICAN_REPUBLIC" => &["DOMINCAN REPUBLIC", "DOMINICAN REPULBIC"],
        _ => &[
            "EL SALVADOR<br>GUATAMALA<br>HONDURAS",
            "EL SALVADOR GUATEMALA HONDORAS",
        ],
    };
    let label = random.pick(slips).unwrap();
    relabel_column_of(&mut page.charts[table], area, label, Some(area));
    true
}

fn column_in_other_words(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let area = random.pick(&table.areas()).unwrap();
    let words: &[&str] = match area.code() {
        "ALL" => &[
            "All Chargeability Areas",
            "Worldwide",
            "All Other Chargeability Areas",
            "All Areas Except Those Listed",
        ],
        "CHINA" => &[
            "People's Republic of China",
            "China, mainland",
            "CHINA (mainland-born)",
            "Mainland China",
            "China",
        ],
        "PHILIPPINES" => &["The Philippines", "Philippines"],
        "EL_SALVADOR_GUATEMALA_HONDURAS" => &[
            "El Salvador, Guatemala &amp; Honduras",
            "EL SALVADOR / GUATEMALA / HONDURAS",
        ],
        "DOMINICAN_REPUBLIC" => &["The Dominican Republic"],
        _ => return false,
    };
    let label = random.pick(words).unwrap();
    relabel_column_of(table, area, label, Some(area));
    true
}

fn column_case(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        for area in table.areas() {
            let label = match area {
                Area::ALL => "all chargeability areas except those listed",
                Area::CHINA => "China - Mainland Born",
                Area::EL_SALVADOR_GUATEMALA_HONDURAS => "El Salvador Guatemala Honduras",
                other => other.name(),
            };
            relabel_column_of(table, area, label, Some(area));
        }
    }
    true
}

fn column_abbreviated(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        for (area, label) in [
            (Area::CHINA, "CH"),
            (Area::INDIA, "IN"),
            (Area::MEXICO, "ME"),
            (Area::PHILIPPINES, "PH"),
        ] {
            relabel_column_of(table, area, label, Some(area));
        }
    }
    true
}

/// Adds something to the label of a random column, which keeps its meaning.
fn add_to_label(page: &mut Page, random: &mut Random, addition: &str) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let area = random.pick(&table.areas()).unwrap();
    let label = column_label(table, area);
    relabel_column_of(
        table,
        area,
        &format!("{}{addition}", label.trim_end()),
        Some(area),
    );
    true
}

fn column_footnote(page: &mut Page, random: &mut Random) -> bool {
    let mark = random.one(["*", "**", "<sup>1</sup>", " *", "&dagger;", "<sup>*</sup>"]);
    add_to_label(page, random, mark)
}

fn column_note(page: &mut Page, random: &mut Random) -> bool {
    let note = random.one([" (see note D)", "<br>(see paragraph E)", " <i>(new)</i>"]);
    add_to_label(page, random, note)
}

/// The countries under their usual names, and the rest of the world in one word.
fn every_column_in_other_words(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        for (area, label) in [
            (Area::ALL, "All Other Countries"),
            (Area::CHINA, "China (mainland born)"),
            (Area::INDIA, "India"),
            (Area::PHILIPPINES, "The Philippines"),
        ] {
            relabel_column_of(table, area, label, Some(area));
        }
    }
    true
}

fn column_slip(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let area = random.pick(&table.areas()).unwrap();
    let label = slip(&visible(&column_label(table, area)), random);
    relabel_column_of(table, area, &label, Some(area));
    true
}
