//! A small page of January 2025, and functions that alter it.

use bulletin::{Area, Category, Chart, Finding, Preference, Reading, RowKey};
use bulletin_html::{ReadPage, Refusal, read_page};

pub(crate) const FAMILY: &str = "
<table border=1><tbody>
<tr><td>Family-<br>Sponsored</td><td>All Chargeability<br>Areas Except<br>Those Listed</td><td>CHINA-mainland born</td><td>INDIA</td><td>MEXICO</td><td>PHILIPPINES</td></tr>
<tr><td>F1</td><td>08JAN15</td><td>08JAN15</td><td>08JAN15</td><td>22NOV04</td><td>01MAR12</td></tr>
<tr><td>F2A</td><td>01JAN22</td><td>01JAN22</td><td>01JAN22</td><td>15MAY21</td><td>01JAN22</td></tr>
<tr><td>F2B</td><td>01MAY16</td><td>01MAY16</td><td>01MAY16</td><td>01JUL05</td><td>22OCT11</td></tr>
<tr><td>F3</td><td>22APR10</td><td>22APR10</td><td>22APR10</td><td>15SEP00</td><td>08DEC02</td></tr>
<tr><td>F4</td><td>01AUG07</td><td>01AUG07</td><td>08APR06</td><td>01MAR01</td><td>01JAN04</td></tr>
</tbody></table>";

pub(crate) const EMPLOYMENT: &str = "
<table border=1><tbody>
<tr><td>Employment-<br>based</td><td>All Chargeability Areas Except Those Listed</td><td>CHINA- mainland born</td><td>INDIA</td><td>MEXICO</td><td>PHILIPPINES</td></tr>
<tr><td>1st</td><td>C</td><td>08NOV22</td><td>01FEB22</td><td>C</td><td>C</td></tr>
<tr><td>2nd</td><td>15MAR23</td><td>22APR20</td><td>15OCT12</td><td>15MAR23</td><td>15MAR23</td></tr>
<tr><td>3rd</td><td>15NOV22</td><td>01JUL20</td><td>08NOV12</td><td>15NOV22</td><td>15NOV22</td></tr>
<tr><td>Other Workers</td><td>22NOV20</td><td>01JAN17</td><td>08NOV12</td><td>22NOV20</td><td>22NOV20</td></tr>
<tr><td>4th</td><td>01JAN21</td><td>01JAN21</td><td>01JAN21</td><td>01JAN21</td><td>01JAN21</td></tr>
<tr><td>Certain Religious Workers</td><td>U</td><td>U</td><td>U</td><td>U</td><td>U</td></tr>
<tr><td>5th Unreserved<br>(including C5, T5, I5, R5)</td><td>C</td><td>15JUL16</td><td>01JAN22</td><td>C</td><td>C</td></tr>
<tr><td>5th Set Aside:<br>Rural (20%)</td><td>C</td><td>C</td><td>C</td><td>C</td><td>C</td></tr>
<tr><td>5th Set Aside:<br>High Unemployment (10%)</td><td>C</td><td>C</td><td>C</td><td>C</td><td>C</td></tr>
<tr><td>5th Set Aside:<br>Infrastructure (2%)</td><td>C</td><td>C</td><td>C</td><td>C</td><td>C</td></tr>
</tbody></table>";

pub(crate) const HEADINGS: [&str; 4] = [
    "A. FINAL ACTION DATES FOR FAMILY-SPONSORED PREFERENCE CASES",
    "B. DATES FOR FILING FAMILY-SPONSORED VISA APPLICATIONS",
    "A. FINAL ACTION DATES FOR EMPLOYMENT-BASED PREFERENCE CASES",
    "B. DATES FOR FILING OF EMPLOYMENT-BASED VISA APPLICATIONS",
];

/// The cells of an unaltered page.
pub(crate) const ALL_CELLS: usize = 2 * (5 * 5 + 10 * 5);

/// A table with every date moved by this many years.
pub(crate) fn moved(table: &str, years: i32) -> String {
    let mut moved = String::new();
    for part in table.split_inclusive(['>', '<']) {
        let text = part.trim_end_matches(['>', '<']);
        let is_date = text.len() == 7 && text[..2].parse::<u32>().is_ok();
        match text
            .get(5..)
            .and_then(|year| year.parse::<i32>().ok())
            .filter(|_| is_date)
        {
            Some(year) => {
                moved.push_str(&format!(
                    "{}{:02}{}",
                    &text[..5],
                    (year + years).rem_euclid(100),
                    &part[7..]
                ));
            }
            None => moved.push_str(part),
        }
    }
    moved
}

/// The four tables in the order of the page: Dates for Filing are one year after Final Action.
pub(crate) fn tables() -> [String; 4] {
    [
        FAMILY.to_owned(),
        moved(FAMILY, 1),
        EMPLOYMENT.to_owned(),
        moved(EMPLOYMENT, 1),
    ]
}

/// A page of this title and these charts.
pub(crate) fn page_of(title: &str, charts: &[(&str, &str)]) -> String {
    let charts: String = charts
        .iter()
        .map(|(heading, table)| {
            format!("<p><b><u>{heading}</u></b></p>\n<p>On the chart below ...</p>\n{table}\n")
        })
        .collect();
    format!("<html><head><title>{title}</title></head><body>\n{charts}\n</body></html>")
}

/// A page of January 2025 with these tables under their usual headings.
pub(crate) fn page_with(tables: &[String; 4]) -> String {
    let charts: Vec<(&str, &str)> = HEADINGS
        .into_iter()
        .zip(tables.iter().map(String::as_str))
        .collect();
    page_of("Visa Bulletin For January 2025", &charts)
}

/// A page of January 2025 with four charts, of which one is altered.
pub(crate) fn page(altered: usize, alter: impl Fn(&str) -> String) -> String {
    let mut tables = tables();
    if let Some(table) = tables.get_mut(altered) {
        *table = alter(table);
    }
    page_with(&tables)
}

/// The unaltered page.
pub(crate) fn whole_page() -> String {
    page(9, str::to_owned)
}

pub(crate) fn read(html: &str) -> ReadPage {
    read_page(html.as_bytes(), None).unwrap()
}

pub(crate) fn refusal(html: &str) -> Refusal {
    let refusal = read_page(html.as_bytes(), None).unwrap_err();
    let sentence = refusal.to_string();
    assert!(sentence.ends_with('.') && sentence.contains(' '), "{sentence}");
    refusal
}

pub(crate) fn replace(from: &'static str, to: &'static str) -> impl Fn(&str) -> String {
    move |table| {
        assert!(table.contains(from), "{from}");
        table.replacen(from, to, 1)
    }
}

/// The kinds of findings, in their order.
pub(crate) fn kinds_of(read: &ReadPage) -> Vec<&'static str> {
    read.findings.iter().map(Finding::kind).collect()
}

/// The number of cells that were read.
pub(crate) fn readable(read: &ReadPage) -> usize {
    let rows = read.bulletin.rows();
    rows.filter(|row| row.reading != Reading::Unreadable).count()
}

/// The finding kinds and the number of readable cells of a page with one chart altered.
pub(crate) fn kinds(altered: usize, alter: impl Fn(&str) -> String) -> (Vec<&'static str>, usize) {
    let read = read(&page(altered, alter));
    (kinds_of(&read), readable(&read))
}

/// Asserts that a page has exactly the cut-offs of the unaltered page in the same cells.
pub(crate) fn assert_reads_as_usual(html: &str, what: &str) {
    let read = match read_page(html.as_bytes(), None) {
        Ok(read) => read,
        Err(refusal) => panic!("{what}: {refusal}"),
    };
    let usual = self::read(&whole_page());
    let cells = |read: &ReadPage| -> Vec<(RowKey, Reading)> {
        read.bulletin.rows().map(|row| (row.key, row.reading)).collect()
    };
    assert_eq!(cells(&read), cells(&usual), "{what}: {:?}", read.findings);
    let lost = read.findings.iter().find(|finding| finding.loses_a_cut_off());
    assert_eq!(lost, None, "{what}");
}

/// Asserts that no cell of a page differs from the unaltered page, and that each cell that is not read is
/// named by a finding about its chart and its row or column. Returns the number of cells that are not read.
pub(crate) fn assert_nothing_wrong(html: &str, what: &str) -> usize {
    let Ok(read) = read_page(html.as_bytes(), None) else {
        return ALL_CELLS;
    };
    let usual = self::read(&whole_page());
    let mut lost = 0;
    for row in usual.bulletin.rows() {
        let found = read.bulletin.row(row.key).map(|row| row.reading);
        match found {
            Some(Reading::CutOff(_)) => assert_eq!(found, Some(row.reading), "{what}: {row:?}"),
            _ => {
                lost += 1;
                let is_named = read.findings.iter().any(|finding| names(finding, row.key));
                assert!(
                    is_named,
                    "{what}: {row:?} is lost without a word: {:?}",
                    read.findings
                );
            }
        }
    }
    for row in read.bulletin.rows() {
        let is_known = usual.bulletin.row(row.key).is_some();
        assert!(
            is_known || row.reading == Reading::Unreadable,
            "{what}: {row:?} is not on the page"
        );
    }
    lost
}

/// True if a finding is about the row or the column of a cell.
fn names(finding: &Finding, key: RowKey) -> bool {
    let half = (key.chart, key.category.preference());
    let is_of = |chart: &Chart, preference: &Preference| (*chart, *preference) == half;
    let is_area = |area: &Area| *area == key.area;
    let is_category = |category: &Category| *category == key.category;
    match finding {
        Finding::UnreadableCell {
            chart,
            category,
            area,
            ..
        }
        | Finding::ConflictingCells {
            chart,
            category,
            area,
            ..
        } => *chart == key.chart && is_category(category) && is_area(area),
        Finding::RaggedRow {
            chart, preference, ..
        } => is_of(chart, preference),
        Finding::MissingRow {
            chart,
            preference,
            category,
        } => is_of(chart, preference) && is_category(category),
        Finding::MissingColumn {
            chart,
            preference,
            area,
        } => is_of(chart, preference) && is_area(area),
        Finding::IdenticalCharts { preference } => *preference == half.1,
        _ => false,
    }
}
