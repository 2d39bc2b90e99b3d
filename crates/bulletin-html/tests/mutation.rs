//! Altered real pages: whatever the department or a host changes on a page next, no cell may be misread, and
//! none may be lost without a finding. Skipped if the pages are not available.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it looked at"
)]

#[path = "shared/pages.rs"]
mod pages;

use std::collections::BTreeMap;
use std::ops::Range;

use bulletin::{CutOff, Finding, Month, RowKey};
use bulletin_html::{Refusal, read_page};
use pages::{page, shared, truth};

/// Pseudo-random numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// The results of altered pages.
#[derive(Debug, Default)]
struct Outcome {
    /// Pages that were read like the original.
    right: usize,
    /// Pages with missing cells that findings report.
    reported: usize,
    /// Refused pages, by the kind of refusal.
    refused: BTreeMap<&'static str, usize>,
}

type Truth = BTreeMap<RowKey, Option<CutOff>>;

struct RealPage {
    month: Month,
    html: String,
    truth: Truth,
}

fn real_pages(step: usize) -> Vec<RealPage> {
    let Some(bulletins) = shared() else {
        return Vec::new();
    };
    truth(&bulletins)
        .into_iter()
        .step_by(step)
        .map(|(month, known)| RealPage {
            month,
            html: String::from_utf8_lossy(&page(&bulletins, month)).into_owned(),
            truth: known
                .into_iter()
                .map(|(key, cell)| (key, cell.0.parse().ok()))
                .collect(),
        })
        .collect()
}

/// Parses an altered page. Panics if a cell is misread, or lost without a finding.
fn check(outcome: &mut Outcome, month: Month, truth: &Truth, altered: &str, what: &str) {
    let read = match read_page(altered.as_bytes(), Some(month)) {
        Ok(read) => read,
        Err(refusal) => {
            *outcome.refused.entry(refusal.kind()).or_default() += 1;
            return;
        }
    };
    let mut lost = 0;
    for row in read.bulletin.rows() {
        let Some(found) = row.reading.cut_off() else {
            lost += usize::from(truth.get(&row.key).is_some_and(Option::is_some));
            continue;
        };
        assert_eq!(
            truth.get(&row.key).copied().flatten(),
            Some(found),
            "{month}, {what}: {row:?} is wrong"
        );
    }
    lost += truth
        .iter()
        .filter(|(key, known)| known.is_some() && read.bulletin.row(**key).is_none())
        .count();
    if lost == 0 {
        outcome.right += 1;
        return;
    }
    let reported = read
        .findings
        .iter()
        .any(|finding| finding.loses_a_cut_off() || matches!(finding, Finding::Layout { .. }));
    assert!(reported, "{month}, {what}: {lost} cells are lost silently");
    outcome.reported += 1;
}

/// The charts' tables, as ranges of the page.
fn chart_tables(html: &str) -> Vec<Range<usize>> {
    let lower = html.to_ascii_lowercase();
    let mut tables = Vec::new();
    let mut from = 0;
    while let Some(start) = lower[from..].find("<table").map(|at| from + at) {
        let end = lower[start..]
            .find("</table>")
            .map_or(html.len(), |at| start + at + 8);
        let text = &lower[start..end];
        if text.matches("<tr").count() > 4
            && text.contains("listed")
            && (text.contains("mexico") || text.contains(">me<"))
            && !text.contains("all dv")
        {
            tables.push(start..end);
        }
        from = end;
    }
    tables
}

/// The ranges of a table's rows, and of each row's cells, tags included.
fn rows(html: &str, table: &Range<usize>) -> Vec<Vec<Range<usize>>> {
    let lower = html[table.clone()].to_ascii_lowercase();
    let starts_of = |tags: &[&str]| {
        let mut starts: Vec<usize> = tags
            .iter()
            .flat_map(|tag| lower.match_indices(tag).map(|(at, _)| at))
            .filter(|at| !lower[at + 3..].starts_with(|c: char| c.is_alphabetic()))
            .collect();
        starts.sort_unstable();
        starts
    };
    let row_starts = starts_of(&["<tr"]);
    let cell_starts = starts_of(&["<td", "<th"]);
    let mut rows = Vec::new();
    for (index, start) in row_starts.iter().enumerate() {
        let end = row_starts.get(index + 1).copied().unwrap_or(lower.len());
        let cells: Vec<usize> = cell_starts
            .iter()
            .copied()
            .filter(|at| (*start..end).contains(at))
            .collect();
        let ranges = cells
            .iter()
            .enumerate()
            .map(|(index, at)| {
                let limit = cells.get(index + 1).copied().unwrap_or(end);
                let of_cell = &lower[*at..limit];
                let close = of_cell.rfind("</td").max(of_cell.rfind("</th"));
                let close = close.map_or(limit, |close| *at + close + 5);
                table.start + at..table.start + close
            })
            .collect();
        rows.push(ranges);
    }
    rows
}

fn replaced(html: &str, range: Range<usize>, with: &str) -> String {
    [&html[..range.start], with, &html[range.end..]].concat()
}

/// The ranges of runs of text in a stretch of HTML.
fn texts(html: &str, within: &Range<usize>) -> Vec<Range<usize>> {
    let mut texts = Vec::new();
    let mut start = within.start;
    let mut in_tag = false;
    for (at, c) in html[within.clone()].char_indices() {
        let at = within.start + at;
        match c {
            '<' => {
                if !in_tag && !html[start..at].trim().is_empty() {
                    texts.push(start..at);
                }
                in_tag = true;
            }
            '>' => {
                in_tag = false;
                start = at + 1;
            }
            _ => {}
        }
    }
    texts
}

fn slip(text: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = random.below(letters.len());
    match random.below(6) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 if at > 0 => letters.swap(at - 1, at),
        3 => letters[at] = char::from(b'A' + random.below(26) as u8),
        4 => letters.insert(at, ['*', ' ', '-', '\u{a0}', '\u{ad}', '.'][random.below(6)]),
        _ => {
            letters.remove(at);
            let at = random.below(letters.len());
            letters.insert(at, char::from(b'a' + random.below(26) as u8));
        }
    }
    letters.into_iter().collect()
}

fn report(what: &str, outcome: &Outcome) {
    println!("{what}: {outcome:?}");
}

#[test]
fn misspelt_labels_are_seen_through_or_reported() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut outcome = Outcome::default();
    for real in real_pages(5) {
        for table in chart_tables(&real.html) {
            let rows = rows(&real.html, &table);
            for _ in 0..6 {
                let row = random.below(rows.len());
                let labels: Vec<&Range<usize>> = if row == 0 {
                    rows[0].iter().collect()
                } else {
                    rows[row].iter().take(1).collect()
                };
                if labels.is_empty() {
                    continue;
                }
                let texts = texts(&real.html, labels[random.below(labels.len())]);
                if texts.is_empty() {
                    continue;
                }
                let text = texts[random.below(texts.len())].clone();
                let slipped = slip(&real.html[text.clone()], &mut random);
                let what = format!("{:?} as {slipped:?}", &real.html[text.clone()]);
                // The altered label is exactly another one: nobody can detect that.
                let altered = replaced(&real.html, text, &slipped);
                check(&mut outcome, real.month, &real.truth, &altered, &what);
            }
        }
    }
    report("misspelt labels", &outcome);
}

#[test]
fn misspelt_cells_are_never_read_as_another_day_that_could_be_seen() {
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    let mut outcome = Outcome::default();
    for real in real_pages(7) {
        for table in chart_tables(&real.html) {
            let rows = rows(&real.html, &table);
            for garbage in [
                "",
                "&nbsp;",
                "N/A",
                "8MAY97",
                "31FEB10",
                "01JAN2014",
                "01JAN99*",
                "C*",
                "c",
                "UU",
                "01JAN50",
                "TBD",
                "<img alt='C'>",
                "<s>C</s>",
                "<span style='display:none'>C</span>",
                "01JAN1<sup>4</sup>",
            ] {
                let row = 2 + random.below(rows.len() - 2);
                if rows[row].len() < 3 {
                    continue;
                }
                let cell = rows[row][1 + random.below(rows[row].len() - 1)].clone();
                let altered = replaced(&real.html, cell, &format!("<td>{garbage}</td>"));
                check(&mut outcome, real.month, &real.truth, &altered, garbage);
            }
        }
    }
    report("misprinted cells", &outcome);
    assert_eq!(outcome.right + outcome.refused.len(), 0);
}

#[test]
fn noise_in_the_markup_changes_nothing() {
    let mut outcome = Outcome::default();
    for real in real_pages(4) {
        let html = &real.html;
        let tag_case = |upper: bool| {
            let mut in_tag = false;
            let mut after_slash = false;
            let mut is_name = false;
            let mut noisy = String::with_capacity(html.len());
            for c in html.chars() {
                match c {
                    '<' => {
                        in_tag = true;
                        is_name = true;
                    }
                    '/' if in_tag && is_name && !after_slash => after_slash = true,
                    c if !c.is_ascii_alphanumeric() => {
                        is_name = false;
                        after_slash = false;
                        if c == '>' {
                            in_tag = false;
                        }
                    }
                    _ => {}
                }
                noisy.push(if in_tag && is_name && upper {
                    c.to_ascii_uppercase()
                } else {
                    c
                });
            }
            noisy
        };
        let variants = [
            ("upper-case tags", tag_case(true)),
            (
                "unclosed cells and rows",
                html.replace("</td>", "")
                    .replace("</tr>", "")
                    .replace("</tbody>", "")
                    .replace("</th>", ""),
            ),
            (
                "spans in cells",
                html.replace("<td", "<td data-x='<td>' class=\"a b\"")
                    .replace("</td>", "<span></span>\n\t</td>"),
            ),
            (
                "comments in cells",
                html.replace("</td>", "<!-- <td>01JAN99</td> --></td>"),
            ),
            ("line ends", html.replace('\n', "\r\n")),
            ("a byte order mark", format!("\u{feff}{html}")),
            (
                "an inserted row of nothing",
                html.replace("</tr>", "</tr><tr><td>&nbsp;</td><td></td></tr>"),
            ),
            ("paragraphs in cells", html.replace("</td>", "<p>&nbsp;</p></td>")),
            ("zero-width spaces", html.replace("</td>", "\u{200b}</td>")),
            (
                "a nested hidden table in each cell",
                html.replace(
                    "</td>",
                    "<div style='position:absolute;left:-5000px'><table><tr><td>01JAN99</table></div></td>",
                ),
            ),
            (
                "scripts",
                html.replace(
                    "<table",
                    "<script>document.write('<table><tr><td>F1<td>C</table>')</script><table",
                ),
            ),
        ];
        for (what, altered) in variants {
            check(&mut outcome, real.month, &real.truth, &altered, what);
        }
    }
    report("noise", &outcome);
    assert_eq!(outcome.reported, 0);
    assert!(outcome.refused.is_empty());
}

#[test]
fn decoys_are_never_read() {
    let mut outcome = Outcome::default();
    let mut visible = Outcome::default();
    for real in real_pages(6) {
        for table in chart_tables(&real.html) {
            let copy = real.html[table.clone()]
                .replace(">C<", ">U<")
                .replace("01", "22")
                .replace("JAN", "FEB")
                .replace("15", "08");
            for (before, after) in [
                (
                    "<div style=\"position: absolute; left: -10000px; width: 9000px; top: 0px;\">",
                    "</div>",
                ),
                ("<div hidden>", "</div>"),
                ("<!--", "-->"),
                ("<template>", "</template>"),
                ("<script type=text/x>", "</script>"),
                ("<noscript>", "</noscript>"),
                ("<section style='DISPLAY:NONE'><div>", "</div></section>"),
            ] {
                for at in [table.start, table.end] {
                    let altered = replaced(&real.html, at..at, &format!("{before}{copy}{after}"));
                    check(&mut outcome, real.month, &real.truth, &altered, before);
                }
            }
            // A visible table cannot be distinguished from the real one.
            for at in [table.start, table.end] {
                let altered = replaced(&real.html, at..at, &copy);
                check(&mut visible, real.month, &real.truth, &altered, "a second table");
            }
            for decoy in [
                "<table><tr><td>F1: four to six weeks</td></tr></table>",
                "<table><tr><td></td><td>INDIA</td></tr><tr><td>1st</td><td>up to two months</td></tr><tr><td>2nd</td><td>one year</td></tr><tr><td>3rd</td><td>none</td></tr></table>",
                "<table><tr><td>Region</td><td>All DV Chargeability Areas Except Those Listed Separately</td></tr><tr><td>AFRICA</td><td>C</td></tr></table>",
                "<table><tr><td>22MAR05</td></tr></table>",
            ] {
                let altered = replaced(&real.html, table.start..table.start, decoy);
                check(&mut outcome, real.month, &real.truth, &altered, decoy);
            }
        }
    }
    report("decoys", &outcome);
    report("second tables", &visible);
    assert_eq!(outcome.reported, 0);
    assert!(outcome.refused.is_empty());
    assert_eq!(visible.right + visible.reported, 0);
}

/// An edit of a row: from the page, the row's cells and its number to the new page.
type Edit<'a> = dyn Fn(&str, &[Range<usize>], usize) -> Option<String> + 'a;

#[test]
fn columns_are_read_by_their_labels() {
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let mut swapped = Outcome::default();
    let mut added = Outcome::default();
    let mut removed = Outcome::default();
    let mut renamed = Outcome::default();
    for real in real_pages(5) {
        for table in chart_tables(&real.html) {
            let rows = rows(&real.html, &table);
            let width = rows.last().unwrap().len();
            if width < 4 {
                continue;
            }
            let (a, b) = (1, 2 + random.below(width - 2));
            // Backwards, so that the ranges before stay valid.
            let edit = |edit: &Edit<'_>| {
                let mut altered = real.html.clone();
                for (row, cells) in rows.iter().enumerate().rev() {
                    if cells.len() == width
                        && let Some(edited) = edit(&altered, cells, row)
                    {
                        altered = edited;
                    }
                }
                altered
            };
            let altered = edit(&|html, cells, _| {
                let (first, second) = (
                    html[cells[a].clone()].to_owned(),
                    html[cells[b].clone()].to_owned(),
                );
                Some(replaced(
                    &replaced(html, cells[b].clone(), &first),
                    cells[a].clone(),
                    &second,
                ))
            });
            check(&mut swapped, real.month, &real.truth, &altered, "swapped columns");
            let header = rows.iter().position(|cells| cells.len() == width).unwrap();
            for label in ["BRAZIL", "ATLANTIS", "", "TOTAL"] {
                let altered = edit(&|html, cells, row| {
                    let cell = if row == header {
                        format!("<td>{label}</td>")
                    } else {
                        "<td>08AUG99</td>".to_owned()
                    };
                    Some(replaced(html, cells[b].start..cells[b].start, &cell))
                });
                let mut truth = real.truth.clone();
                if label == "BRAZIL" {
                    // Exactly a country's name: a new column, whose cells belong to the bulletin.
                    let read = read_page(altered.as_bytes(), None).unwrap();
                    assert!(
                        read.findings
                            .iter()
                            .any(|finding| matches!(finding, Finding::NewColumn { .. }))
                    );
                    let new = read.bulletin.rows().filter(|row| row.key.area.code() == "BRAZIL");
                    truth.extend(new.map(|row| (row.key, row.reading.cut_off())));
                } else {
                    let read = read_page(altered.as_bytes(), None).unwrap();
                    assert!(
                        read.findings
                            .iter()
                            .any(|finding| matches!(finding, Finding::UnrecognisedColumn { .. }))
                    );
                }
                check(&mut added, real.month, &truth, &altered, "an added column");
            }
            let altered =
                edit(&|html, cells, row| (row > header).then(|| replaced(html, cells[b].clone(), "")));
            check(
                &mut removed,
                real.month,
                &real.truth,
                &altered,
                "a column without its header removed",
            );
            let altered = edit(&|html, cells, _| Some(replaced(html, cells[1].clone(), "")));
            check(
                &mut removed,
                real.month,
                &real.truth,
                &altered,
                "the column ALL removed",
            );
            let altered = edit(&|html, cells, row| {
                (row == header).then(|| replaced(html, cells[b].clone(), "<td>XANADU</td>"))
            });
            check(
                &mut renamed,
                real.month,
                &real.truth,
                &altered,
                "a renamed column",
            );
        }
    }
    report("swapped columns", &swapped);
    report("added columns", &added);
    report("removed columns", &removed);
    report("renamed columns", &renamed);
    assert!(swapped.refused.is_empty() && swapped.reported == 0);
    assert!(added.refused.is_empty() && added.reported == 0);
}

#[test]
fn rows_are_read_by_their_labels() {
    let mut random = Random(0x1234_5678_9ABC_DEF1);
    let mut outcome = Outcome::default();
    for real in real_pages(4) {
        for table in chart_tables(&real.html) {
            let rows = rows(&real.html, &table);
            for _ in 0..3 {
                let row = 2 + random.below(rows.len() - 2);
                let other = 2 + random.below(rows.len() - 2);
                if rows[row].len() < 4 || rows[other].len() < 4 {
                    continue;
                }
                let whole = |row: usize| rows[row][0].start..rows[row].last().unwrap().end;
                let cut = |cell: usize| rows[row][cell].clone();
                let inside = 1 + random.below(rows[row].len() - 1);
                let html = &real.html;
                let alterations = [
                    ("a row removed", replaced(html, whole(row), "")),
                    ("a cell removed", replaced(html, cut(inside), "")),
                    (
                        "a cell added",
                        replaced(html, cut(inside).start..cut(inside).start, "<td>C</td>"),
                    ),
                    (
                        "a cell over two columns",
                        replaced(html, cut(inside), "<td colspan=2>C</td>"),
                    ),
                    (
                        "a cell over two rows",
                        replaced(html, cut(inside), "<td rowspan='2'>C</td>"),
                    ),
                    ("an unknown label", replaced(html, cut(0), "<td>6th</td>")),
                    ("no label", replaced(html, cut(0), "<td></td>")),
                    (
                        "a family label unknown yet",
                        replaced(html, cut(0), "<td>F2C</td>"),
                    ),
                    (
                        "another row's label",
                        replaced(html, cut(0), &html[rows[other][0].clone()]),
                    ),
                    (
                        "a cell that is not shown",
                        replaced(html, cut(inside), "<td style='display:none'>C</td>"),
                    ),
                    (
                        "a nested table",
                        replaced(
                            html,
                            cut(inside).end - 5..cut(inside).end - 5,
                            "<table><tr><td>C</td></tr></table>",
                        ),
                    ),
                ];
                for (what, altered) in alterations {
                    if what == "another row's label" && row == other {
                        continue;
                    }
                    // Rows that came and went: the absence of one is not a misprint.
                    let label: String = texts(html, &cut(0)).into_iter().map(|text| &html[text]).collect();
                    let came_and_went = ["Targeted", "Pilot", "Schedule", "Iraqi"];
                    if what == "a row removed"
                        && (label.trim() == "5th" || came_and_went.iter().any(|word| label.contains(word)))
                    {
                        continue;
                    }
                    // A value that is printed elsewhere keeps its meaning.
                    check(&mut outcome, real.month, &real.truth, &altered, what);
                }
            }
        }
    }
    report("rows", &outcome);
    // A removed row may have been a title between rows.
    assert!(outcome.right * 1000 <= outcome.reported);
}

#[test]
fn charts_without_their_own_headings_are_refused() {
    let mut outcome = Outcome::default();
    for real in real_pages(3)
        .iter()
        .filter(|real| real.month >= "2015-10".parse().unwrap())
    {
        let tables = chart_tables(&real.html);
        assert_eq!(tables.len(), 4);
        let plain = real.html.replace("&nbsp;", " ").replace('\u{a0}', " ");
        let tables = chart_tables(&plain);
        for (a, b) in [(0, 1), (2, 3), (0, 2), (1, 3), (0, 3), (1, 2)] {
            let (first, second) = (
                plain[tables[a].clone()].to_owned(),
                plain[tables[b].clone()].to_owned(),
            );
            let altered = replaced(
                &replaced(&plain, tables[b].clone(), &first),
                tables[a].clone(),
                &second,
            );
            let refusal = read_page(altered.as_bytes(), None).expect_err("charts swapped");
            *outcome.refused.entry(refusal.kind()).or_default() += 1;
        }
        for table in &tables {
            let altered = replaced(&plain, table.clone(), "");
            let refusal = read_page(altered.as_bytes(), None).expect_err("a chart removed");
            *outcome.refused.entry(refusal.kind()).or_default() += 1;
        }
        for heading in ["FINAL ACTION DATES FOR", "DATES FOR FILING"] {
            let of_charts = plain.match_indices(heading).filter(|(at, _)| {
                let rest = plain[at + heading.len()..].trim_start();
                ["FAMILY", "EMPLOYMENT", "OF EMPLOYMENT"]
                    .iter()
                    .any(|word| rest.starts_with(word))
            });
            for (at, _) in of_charts {
                let other = if heading.starts_with('F') {
                    "DATES FOR FILING"
                } else {
                    "FINAL ACTION DATES FOR"
                };
                for with in ["", other, "WHAT FOLLOWS FOR"] {
                    let altered = replaced(&plain, at..at + heading.len(), with);
                    let refusal = read_page(altered.as_bytes(), None).expect_err(with);
                    *outcome.refused.entry(refusal.kind()).or_default() += 1;
                }
            }
        }
    }
    report("headings", &outcome);
}

#[test]
fn a_page_that_breaks_off_is_refused_or_complete() {
    let mut outcome = Outcome::default();
    let mut random = Random(0xA076_1D64_78BD_642F);
    for real in real_pages(6) {
        let whole = read_page(real.html.as_bytes(), None).unwrap().bulletin;
        let tables = chart_tables(&real.html);
        let mut cuts: Vec<usize> = (0..12).map(|_| random.below(real.html.len())).collect();
        for table in &tables {
            cuts.extend((0..12).map(|_| table.start + random.below(table.len())));
            cuts.extend([
                table.end,
                table.end - 1,
                table.end - 8,
                table.end - 9,
                table.end + 1,
            ]);
        }
        for cut in cuts {
            let cut = (cut..).find(|cut| real.html.is_char_boundary(*cut)).unwrap();
            match read_page(&real.html.as_bytes()[..cut], None) {
                Ok(read) => {
                    assert_eq!(read.bulletin, whole, "{} at {cut}", real.month);
                    outcome.right += 1;
                }
                Err(refusal) => {
                    // Without its title, the beginning of a page is ambiguous.
                    let has_title = real.html[..cut].contains("</title");
                    assert!(
                        !has_title && refusal.is_blocked()
                            || matches!(
                                refusal,
                                Refusal::Truncated { .. } | Refusal::NoMonth | Refusal::Empty
                            ),
                        "{} at {cut}: {refusal}",
                        real.month
                    );
                    *outcome.refused.entry(refusal.kind()).or_default() += 1;
                }
            }
        }
    }
    report("broken off", &outcome);
}
