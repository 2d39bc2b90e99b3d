//! Labels of rows: blank, unknown, misspelt, exchanged, of another era, or with other usual words.

use bulletin::{Category, Preference};

use crate::columns::any_chart;
use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};
use crate::table::{ChartTable, Role, Row};
use crate::text::visible;

pub(crate) const KINDS: &[Kind] = &[
    unclear("row label blank", row_blank),
    unclear("row label unknown", row_unknown),
    unclear("row label of another row", row_of_another),
    unclear("row labels exchanged", rows_exchanged),
    unclear("row label is a title", row_title),
    unclear("row label of another era", row_of_another_era),
    unclear("one slip in a row label", row_slip),
    unclear("row label 5th among set-asides", fifth_among_set_asides),
    clear("row label with a wrong ordinal suffix", row_wrong_suffix),
    clear("row label misspelt", row_misspelt),
    clear("row label in other words", row_in_other_words),
    clear("row labels in capitals", row_capitals),
    clear("row label with a footnote mark", row_footnote),
    clear("row label is the start of a known one", row_prefix),
];
/// Relabels a row; `says` is the category in the new label.
pub(crate) fn relabel_row(row: &mut Row, label: &str, says: Option<Category>) {
    if let Some(cell) = row.label_mut() {
        label.clone_into(&mut cell.inner);
    }
    match says {
        Some(says) => row.speak_of(says),
        None => row.forget(),
    }
}

/// A random row of cut-offs.
pub(crate) fn any_row<'a>(page: &'a mut Page, random: &mut Random) -> &'a mut Row {
    let table = any_chart(page, random);
    let body = page.charts[table].body();
    let row = body[random.below(body.len())];
    &mut page.charts[table].rows[row]
}

fn row_blank(page: &mut Page, random: &mut Random) -> bool {
    let blank = random.one(["", "&nbsp;", "<b> </b>", "*"]);
    relabel_row(any_row(page, random), blank, None);
    true
}

fn row_unknown(page: &mut Page, random: &mut Random) -> bool {
    let label = random.one([
        "6th", "Class", "F5", "F2C", "TBD", "See note", "INDIA", "C", "01JAN14",
    ]);
    relabel_row(any_row(page, random), label, None);
    true
}

fn row_of_another(page: &mut Page, random: &mut Random) -> bool {
    page.allow_undetectable_loss();
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let body = table.body();
    let (row, other) = (body[random.below(body.len())], body[random.below(body.len())]);
    let label = table.rows[other].cells[0].inner.clone();
    let says = table.rows[other].category();
    relabel_row(&mut table.rows[row], &label, says);
    row != other
}

fn rows_exchanged(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let body = table.body();
    let (a, b) = (body[random.below(body.len())], body[random.below(body.len())]);
    let (first, second) = (table.rows[a].cells[0].clone(), table.rows[b].cells[0].clone());
    let (Role::RowLabel(of_a), Role::RowLabel(of_b)) = (first.role, second.role) else {
        return false;
    };
    table.rows[a].speak_of(of_b);
    table.rows[b].speak_of(of_a);
    table.rows[a].cells[0] = second;
    table.rows[b].cells[0] = first;
    a != b
}

fn row_title(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let titles = match page.charts[table].preference {
        Preference::Family => ["Family", "Family-Sponsored", "Family-<br>Sponsored"],
        Preference::Employment => ["Employment", "Employment-Based", "Employment-<br>based"],
    };
    let title = random.one(titles);
    let body = page.charts[table].body();
    relabel_row(
        &mut page.charts[table].rows[body[random.below(body.len())]],
        title,
        None,
    );
    true
}

fn fifth_rows(table: &ChartTable) -> Vec<usize> {
    let is_fifth = |row: &usize| {
        table.rows[*row]
            .category()
            .is_some_and(|c| c.code().starts_with("EB5"))
    };
    table.body().into_iter().filter(is_fifth).collect()
}

/// A row of the fifth preference under a label that ended years ago, or that has not begun.
fn row_of_another_era(page: &mut Page, random: &mut Random) -> bool {
    let year = page.month.year();
    let label = random.one([
        "5th Pilot Programs",
        "5th Regional Center (I5 and R5)",
        "5th Non-Regional Center (C5 and T5)",
        "5th Set Aside: Rural (20%)",
        "5th Unreserved (including C5, T5, I5, R5)",
    ]);
    let is_own = match label {
        "5th Pilot Programs" => (2008..2015).contains(&year),
        "5th Set Aside: Rural (20%)" | "5th Unreserved (including C5, T5, I5, R5)" => year >= 2022,
        _ => (2015..=2022).contains(&year),
    };
    let tables: Vec<usize> = (0..page.charts.len())
        .filter(|table| !fifth_rows(&page.charts[*table]).is_empty())
        .collect();
    let Some(table) = random.pick(&tables).filter(|_| !is_own) else {
        return false;
    };
    let row = random.pick(&fifth_rows(&page.charts[table])).unwrap();
    relabel_row(&mut page.charts[table].rows[row], label, None);
    true
}

fn fifth_among_set_asides(page: &mut Page, random: &mut Random) -> bool {
    if (page.month.year(), page.month.number()) < (2015, 9) {
        return false;
    }
    let employment: Vec<usize> = (0..page.charts.len())
        .filter(|table| page.charts[*table].preference == Preference::Employment)
        .collect();
    let table = random.pick(&employment).unwrap();
    let row = fifth_rows(&page.charts[table])[0];
    relabel_row(
        &mut page.charts[table].rows[row],
        random.one(["5th", "5<sup>th</sup>", "5th&nbsp;"]),
        None,
    );
    true
}

/// Rewrites the label of a random row for which `edit` has another one; the row keeps its meaning.
fn reword_row(
    page: &mut Page,
    random: &mut Random,
    edit: impl Fn(&str, Category, &mut Random) -> Option<String>,
) -> bool {
    let table = any_chart(page, random);
    let mut body = page.charts[table].body();
    random.shuffle(&mut body);
    for row in body {
        let row = &mut page.charts[table].rows[row];
        let Some(category) = row.category() else { continue };
        let label = row
            .label_mut()
            .map(|cell| visible(&cell.inner))
            .unwrap_or_default();
        if let Some(label) = edit(&label, category, random) {
            relabel_row(row, &label, Some(category));
            return true;
        }
    }
    false
}

fn row_wrong_suffix(page: &mut Page, random: &mut Random) -> bool {
    reword_row(page, random, |label, _, random| {
        let (right, wrong) = match label.get(..3)? {
            "1st" => ("1st", random.one(["1th", "1nd", "1rst"])),
            "2nd" => ("2nd", random.one(["2st", "2th", "2rd"])),
            "3rd" => ("3rd", random.one(["3th", "3nd"])),
            "4th" => ("4th", random.one(["4rd", "4nd", "4h"])),
            "5th" => ("5th", random.one(["5rd", "5st"])),
            _ => return None,
        };
        Some(label.replacen(right, wrong, 1))
    })
}

fn row_misspelt(page: &mut Page, random: &mut Random) -> bool {
    reword_row(page, random, |label, _, random| {
        let slips = [
            ("Other", "Ohter"),
            ("Workers", "Wokers"),
            ("Religious", "Religous"),
            ("Certain", "Certian"),
            ("Targeted", "Targetted"),
            ("Unreserved", "Unreseved"),
            ("Infrastructure", "Infrastucture"),
            ("Unemployment", "Unemployement"),
            ("Rural", "Rurral"),
            ("Center", "Centre"),
            ("Aside", "Asside"),
        ];
        let fitting: Vec<(&str, &str)> = slips
            .into_iter()
            .filter(|(right, _)| label.contains(right))
            .collect();
        let (right, wrong) = random.pick(&fitting)?;
        Some(label.replacen(right, wrong, 1).replace('&', "&amp;"))
    })
}

fn row_in_other_words(page: &mut Page, random: &mut Random) -> bool {
    let is_early = page.month.year() < 2011;
    reword_row(page, random, |_, category, random| {
        let words: &[&str] = match category {
            Category::F1 => &[
                "1st Preference",
                "F1 - Unmarried Sons and Daughters",
                "FB-1",
                "First",
            ],
            Category::F2a => &["F2A - Spouses", "F-2A", "2A Preference", "FB-2A"],
            Category::F2b => &["F2B - Unmarried Sons and Daughters", "F-2B", "2B"],
            Category::F3 => &["3rd Preference", "F3 - Married Sons and Daughters", "Third"],
            Category::F4 => &["4th Preference", "F4 - Brothers and Sisters", "Fourth"],
            Category::Eb1 => &["1st Preference", "EB-1", "EB1", "First Preference", "E1"],
            Category::Eb2 => &["2nd Preference", "EB-2", "Second", "Employment 2nd"],
            Category::Eb3 => &["3rd Preference", "EB-3", "Third Preference"],
            Category::Eb4 => &["4th Preference", "EB-4", "Fourth"],
            Category::OtherWorkers => &[
                "Other Workers (EW)",
                "EW - Other Workers",
                "3rd Other Workers",
                "EB-3 Other Workers",
            ],
            Category::ReligiousWorkers => &[
                "Certain Religious Workers (SR)",
                "Religious Workers",
                "4th Certain Religious Workers",
            ],
            Category::Eb5Unreserved => &["EB-5 Unreserved", "5th Unreserved", "Fifth Unreserved"],
            Category::Eb5Rural => &[
                "5th Set Aside: Rural",
                "EB-5 Set Aside: Rural (20%)",
                "5th Set-Aside Rural",
            ],
            Category::Eb5Infrastructure => {
                &["EB-5 Set Aside: Infrastructure", "5th Set Aside (Infrastructure)"]
            }
            Category::Eb5HighUnemployment => &[
                "EB-5 Set Aside: High Unemployment",
                "5th Set Aside: High Unemployment Areas (10%)",
            ],
            Category::Eb5 if is_early => &["5th Preference", "EB-5", "Fifth"],
            _ => return None,
        };
        Some(random.pick(words)?.to_owned())
    })
}

fn row_capitals(page: &mut Page, _: &mut Random) -> bool {
    for row in page.charts.iter_mut().flat_map(|table| &mut table.rows) {
        if let Some(cell) = row.label_mut() {
            cell.inner = visible(&cell.inner).to_uppercase().replace('&', "&amp;");
        }
    }
    true
}

fn row_footnote(page: &mut Page, random: &mut Random) -> bool {
    let mark = random.one([
        "*",
        "**",
        "<sup>1</sup>",
        "&#8224;",
        " *",
        "<sup>*</sup>",
        "&dagger;",
    ]);
    let row = any_row(page, random);
    if let Some(cell) = row.label_mut() {
        cell.inner = format!("{}{mark}", cell.inner.trim_end());
    }
    true
}

/// A label cut to its first words, if no other row of the era begins with them.
fn row_prefix(page: &mut Page, random: &mut Random) -> bool {
    reword_row(page, random, |_, category, _| {
        let label = match category {
            Category::Eb5TargetedAreas => "Targeted Employment Areas",
            Category::Eb5NonRegional => "5th Non-Regional Center",
            Category::Eb5Regional => "5th Regional Center",
            Category::Eb5Unreserved => "5th Unreserved",
            Category::Eb5PilotPrograms => "5th Pilot",
            Category::ReligiousWorkers => "Certain Religious",
            Category::Translators => "Iraqi &amp; Afghani",
            Category::ScheduleA => "Schedule A",
            _ => return None,
        };
        Some(label.to_owned())
    })
}

/// One letter is lost, doubled, swapped with its neighbor or replaced. The result may be the label of another
/// row.
pub(crate) fn slip(text: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = random.below(letters.len());
    match random.below(4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 if at > 0 => letters.swap(at - 1, at),
        _ => letters[at] = char::from(b'A' + random.below(26) as u8),
    }
    letters.into_iter().collect::<String>().replace('&', "&amp;")
}

fn row_slip(page: &mut Page, random: &mut Random) -> bool {
    reword_row(page, random, |label, _, random| Some(slip(label, random)))
}
