//! Headings of the charts, and the first cells of their headers.

use bulletin::{Chart, Preference};

use crate::columns::any_chart;
use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};
use crate::table::{Cell, Role, Row};
use crate::text::{block_around, find_last, squashed};

pub(crate) const KINDS: &[Kind] = &[
    unclear("heading removed on one chart", removed),
    unclear("headings of the two charts exchanged", exchanged),
    unclear("heading names both charts", names_both),
    unclear("heading of the other preference", other_preference),
    unclear("corner of the other preference", other_corner),
    clear("headings in other words", reworded),
    clear("headings in title case", title_case),
    clear("headings misspelt", misspelt),
    clear("headings split over elements", split),
    clear("headings as h3", as_h3),
    clear("headings without letters", without_letters),
    clear("headings with chart letters", chart_letters),
    clear("headings in captions", in_captions),
    clear("headings as title rows", in_title_rows),
    clear("headings without the preference", without_preference),
    clear("corner in other words", corner_in_other_words),
    clear("corner blank", corner_blank),
    unclear("both headings above both tables", headings_above_both),
    unclear("headings below their tables", headings_below),
    unclear("heading as an image", heading_as_image),
    clear("headings in the corner cell", in_corner),
    clear("headings that name the month", with_month),
    clear("letters of the headings exchanged", letters_exchanged),
];

/// The start of a chart's heading as the department writes it, squashed.
fn letters(chart: Chart, preference: Preference) -> [&'static str; 2] {
    match (chart, preference) {
        (Chart::FinalAction, Preference::Family) => ["finalactiondatesforfamilysponsored"; 2],
        (Chart::FinalAction, Preference::Employment) => ["finalactiondatesforemploymentbased"; 2],
        (Chart::DatesForFiling, Preference::Family) => {
            ["datesforfilingfamilysponsored", "datesforfilingoffamilysponsored"]
        }
        (Chart::DatesForFiling, Preference::Employment) => {
            ["datesforfilingofemploymentbased", "datesforfilingemploymentbased"]
        }
    }
}

/// Replaces the block that contains a chart's heading. False if the page has no such heading.
pub(crate) fn replace_heading(page: &mut Page, table: usize, with: &str) -> bool {
    let (chart, preference) = (page.charts[table].chart, page.charts[table].preference);
    for text in page.texts[..=table].iter_mut().rev() {
        let found = letters(chart, preference)
            .into_iter()
            .find_map(|letters| find_last(text, letters));
        if let Some(place) = found {
            let block = block_around(text, &place);
            text.replace_range(block, with);
            return true;
        }
    }
    false
}

/// The four headings as the department writes them.
pub(crate) fn usual(chart: Chart, preference: Preference) -> &'static str {
    match (chart, preference) {
        (Chart::FinalAction, Preference::Family) => {
            "A. FINAL ACTION DATES FOR FAMILY-SPONSORED PREFERENCE CASES"
        }
        (Chart::FinalAction, Preference::Employment) => {
            "A. FINAL ACTION DATES FOR EMPLOYMENT-BASED PREFERENCE CASES"
        }
        (Chart::DatesForFiling, Preference::Family) => {
            "B. DATES FOR FILING FAMILY-SPONSORED VISA APPLICATIONS"
        }
        (Chart::DatesForFiling, Preference::Employment) => {
            "B. DATES FOR FILING OF EMPLOYMENT-BASED VISA APPLICATIONS"
        }
    }
}

/// Rewrites the headings of all charts.
fn rewrite(page: &mut Page, edit: impl Fn(Chart, Preference) -> String) -> bool {
    let mut is_altered = false;
    for table in 0..page.charts.len() {
        let heading = edit(page.charts[table].chart, page.charts[table].preference);
        is_altered |= replace_heading(page, table, &heading);
    }
    is_altered
}

fn removed(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    replace_heading(page, table, random.one(["", "<b>C.</b>", "WHAT FOLLOWS"]))
}

fn exchanged(page: &mut Page, random: &mut Random) -> bool {
    let preference = random.one(Preference::ALL);
    let (Some(action), Some(filing)) = (
        page.chart(Chart::FinalAction, preference),
        page.chart(Chart::DatesForFiling, preference),
    ) else {
        return false;
    };
    // The second first: each heading is searched from its chart upwards.
    replace_heading(page, filing, usual(Chart::FinalAction, preference))
        && replace_heading(page, action, usual(Chart::DatesForFiling, preference))
}

fn names_both(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    replace_heading(
        page,
        table,
        "FINAL ACTION DATES AND DATES FOR FILING FOR FAMILY-SPONSORED AND EMPLOYMENT-BASED CASES",
    )
}

fn other_preference(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let other = match page.charts[table].preference {
        Preference::Family => Preference::Employment,
        Preference::Employment => Preference::Family,
    };
    let heading = usual(page.charts[table].chart, other);
    replace_heading(page, table, heading)
}

/// Replaces the text of the first header cell. False if the cell is blank or a label.
fn set_corner(page: &mut Page, table: usize, text: &str) -> bool {
    let table = &mut page.charts[table];
    let header = table.header();
    let corner = &mut table.rows[header].cells[0];
    if corner.role != Role::Other || squashed(&corner.inner).is_empty() {
        return false;
    }
    text.clone_into(&mut corner.inner);
    true
}

fn other_corner(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let text = match page.charts[table].preference {
        Preference::Family => "<b>Employment-based</b>",
        Preference::Employment => "<b>Family-Sponsored</b>",
    };
    set_corner(page, table, text)
}

/// Replaces the first header cells of all charts.
fn set_corners(page: &mut Page, text: &str) -> bool {
    let mut is_altered = false;
    for table in 0..page.charts.len() {
        is_altered |= set_corner(page, table, text);
    }
    is_altered
}

fn corner_in_other_words(page: &mut Page, random: &mut Random) -> bool {
    let words = [
        "Class",
        "Preference Class",
        "Preference<br>Class",
        "Category",
        "Visa Class",
    ];
    set_corners(page, random.one(words))
}

fn corner_blank(page: &mut Page, _: &mut Random) -> bool {
    page.has_two_charts() && set_corners(page, "&nbsp;")
}

fn reworded(page: &mut Page, random: &mut Random) -> bool {
    let wording = random.below(8);
    rewrite(page, |chart, preference| {
        let (whom, other) = match preference {
            Preference::Family => ("Family-Sponsored", "Family"),
            Preference::Employment => ("Employment-Based", "Employment"),
        };
        match (wording, chart) {
            (0, Chart::FinalAction) => {
                format!("A. {} PREFERENCE CASES: FINAL ACTION DATES", whom.to_uppercase())
            }
            (0, Chart::DatesForFiling) => {
                format!("B. {} PREFERENCE CASES: DATES FOR FILING", whom.to_uppercase())
            }
            (1, Chart::FinalAction) => format!("Chart A. Final Action Dates for {whom} Preference Classes"),
            (1, Chart::DatesForFiling) => format!("Chart B. Dates for Filing {whom} Preference Classes"),
            (2, Chart::FinalAction) => format!("Table A - {whom} Final Action Dates"),
            (2, Chart::DatesForFiling) => format!("Table B - {whom} Filing Dates"),
            (3, Chart::FinalAction) => format!("FINAL ACTION DATES: {} PREFERENCES", other.to_uppercase()),
            (3, Chart::DatesForFiling) => format!("FILING DATES: {} PREFERENCES", other.to_uppercase()),
            (4, Chart::FinalAction) => format!("{whom} Preference Class Final Action Dates"),
            (4, Chart::DatesForFiling) => format!("{whom} Preference Class Dates for Filing"),
            (5, Chart::FinalAction) => format!("A. DATES FOR FINAL ACTION IN {} CASES", whom.to_uppercase()),
            (5, Chart::DatesForFiling) => {
                format!("B. DATES FOR THE FILING OF {} APPLICATIONS", whom.to_uppercase())
            }
            (6, Chart::FinalAction) => format!("A. FINAL ACTION CUT-OFF DATES FOR {}", whom.to_uppercase()),
            (6, Chart::DatesForFiling) => format!("B. APPLICATION FILING DATES FOR {}", whom.to_uppercase()),
            (_, Chart::FinalAction) => format!("Final Action Dates for {other} Preference Visas"),
            (_, Chart::DatesForFiling) => format!("Dates for Filing {other} Preference Visas"),
        }
    })
}

fn title_case(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |chart, preference| {
        let words = usual(chart, preference).split(' ');
        let cased = words.map(|word| {
            let (first, rest) = word.split_at(1);
            format!("{first}{}", rest.to_lowercase())
        });
        cased.collect::<Vec<_>>().join(" ")
    })
}

fn misspelt(page: &mut Page, random: &mut Random) -> bool {
    let (right, wrong) = random.one([
        ("ACTION", "ACTON"),
        ("FILING", "FILLING"),
        ("FAMILY-SPONSORED", "FAMILY SPONSERED"),
        ("EMPLOYMENT-BASED", "EMPLOYMENT- BASED"),
        ("DATES", "DATE"),
        ("PREFERENCE", "PREFERNCE"),
        ("EMPLOYMENT", "EMPLOYEMENT"),
    ]);
    rewrite(page, |chart, preference| {
        usual(chart, preference).replace(right, wrong)
    })
}

fn split(page: &mut Page, random: &mut Random) -> bool {
    let separator = random.one([
        "</span> <span>",
        "</span>&nbsp;<b></b><span>",
        "</span>\n<span lang=en>",
    ]);
    rewrite(page, |chart, preference| {
        format!(
            "<span>{}</span>",
            usual(chart, preference).replace(' ', separator)
        )
    })
}

fn as_h3(page: &mut Page, random: &mut Random) -> bool {
    let element = random.one(["h2", "h3", "h5", "strong", "legend", "dt"]);
    rewrite(page, |chart, preference| {
        format!("<{element}>{}</{element}>", usual(chart, preference))
    })
}

fn without_letters(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |chart, preference| usual(chart, preference)[3..].to_owned())
}

fn chart_letters(page: &mut Page, random: &mut Random) -> bool {
    let before = random.one(["CHART ", "Chart ", "TABLE ", "4.", "(", "Part "]);
    rewrite(page, |chart, preference| {
        let heading = usual(chart, preference);
        let after = if before == "(" {
            heading.replacen('.', ")", 1)
        } else {
            heading.to_owned()
        };
        format!("{before}{after}")
    })
}

fn in_captions(page: &mut Page, _: &mut Random) -> bool {
    let is_altered = rewrite(page, |_, _| String::new());
    for table in &mut page.charts {
        let heading = usual(table.chart, table.preference);
        let at = table.open.find('>').map_or(0, |at| at + 1);
        table
            .open
            .insert_str(at, &format!("<caption>{heading}</caption>"));
    }
    is_altered
}

fn in_title_rows(page: &mut Page, _: &mut Random) -> bool {
    let is_altered = rewrite(page, |_, _| String::new());
    for table in &mut page.charts {
        let mut title = Cell::plain(usual(table.chart, table.preference));
        title.make_header();
        title.set(&format!("colspan=\"{}\"", table.width()));
        let header = table.header();
        table.rows.insert(header, Row::new(vec![title]));
    }
    is_altered
}

fn without_preference(page: &mut Page, random: &mut Random) -> bool {
    let wording = random.below(3);
    rewrite(page, |chart, _| {
        let heading = match (wording, chart) {
            (0, Chart::FinalAction) => "A. FINAL ACTION DATES",
            (0, Chart::DatesForFiling) => "B. DATES FOR FILING",
            (1, Chart::FinalAction) => "Chart A: Final Action Dates",
            (1, Chart::DatesForFiling) => "Chart B: Dates for Filing",
            (_, Chart::FinalAction) => "FINAL ACTION DATES FOR PREFERENCE CASES",
            (_, Chart::DatesForFiling) => "DATES FOR FILING VISA APPLICATIONS",
        };
        heading.to_owned()
    })
}

/// The two headings of a preference follow each other, then its two tables.
fn headings_above_both(page: &mut Page, random: &mut Random) -> bool {
    let preference = random.one(Preference::ALL);
    let (Some(action), Some(filing)) = (
        page.chart(Chart::FinalAction, preference),
        page.chart(Chart::DatesForFiling, preference),
    ) else {
        return false;
    };
    let is_altered = replace_heading(page, filing, "");
    let heading = usual(Chart::DatesForFiling, preference);
    page.texts[action].push_str(&format!("<p><b>{heading}</b></p>"));
    is_altered
}

/// Each heading is under its table, where the next table begins.
fn headings_below(page: &mut Page, _: &mut Random) -> bool {
    let is_altered = rewrite(page, |_, _| String::new());
    for (table, text) in page.charts.iter().zip(&mut page.texts[1..]) {
        text.insert_str(
            0,
            &format!("<p><b>{}</b></p>", usual(table.chart, table.preference)),
        );
    }
    is_altered
}

fn heading_as_image(page: &mut Page, random: &mut Random) -> bool {
    let table = any_chart(page, random);
    let heading = usual(page.charts[table].chart, page.charts[table].preference);
    replace_heading(
        page,
        table,
        &format!("<img src='h.png' alt='{heading}' title='{heading}'>"),
    )
}

fn in_corner(page: &mut Page, _: &mut Random) -> bool {
    let is_altered = rewrite(page, |_, _| String::new());
    for table in 0..page.charts.len() {
        let heading = usual(page.charts[table].chart, page.charts[table].preference);
        set_corner(page, table, heading);
    }
    is_altered
}

fn with_month(page: &mut Page, random: &mut Random) -> bool {
    let month = page.month.title();
    let upper = random.below(2) == 0;
    rewrite(page, |chart, preference| {
        let heading = usual(chart, preference);
        if upper {
            format!("{heading}, {}", month.to_uppercase())
        } else {
            format!("{heading} ({month})")
        }
    })
}

/// The words name the chart; the letter is the other one's.
fn letters_exchanged(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |chart, preference| {
        let letter = match chart {
            Chart::FinalAction => "B",
            Chart::DatesForFiling => "A",
        };
        format!("{letter}{}", &usual(chart, preference)[1..])
    })
}
