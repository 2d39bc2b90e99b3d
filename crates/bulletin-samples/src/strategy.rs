//! Proptest strategies for bulletins and pages. Start at [`any_page`].

use std::ops::RangeInclusive;

use bulletin::{Area, Bulletin, Chart, CutOff, Month, Preference, Reading, Row, RowKey};
use chrono::{Duration, NaiveDate};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::layout::Layout;
use crate::noise::{Markup, Noise};
use crate::page::Page;

/// The earliest year of generated cut-offs; a few printed ones are a year older.
const FIRST_YEAR: i32 = 1980;

/// The greatest distance of a generated cut-off from its bulletin, in years. The greatest printed one is 26
/// years; with two digits for the year, a much greater one looks like a misprint.
const MOST_YEARS: i32 = 40;

/// Texts that are not a cut-off.
const UNREADABLE: [&str; 7] = [
    "",
    "1JAN02",
    "01JAN",
    "32JAN01",
    "01FOO01",
    "01 JAN 2001 or so",
    "n/a",
];

/// A month in which the department used this layout.
pub fn any_month(layout: Layout) -> impl Strategy<Value = Month> {
    let (first, last) = layout.months();
    months(first, last).prop_filter_map("a month between 1 and 12", |(year, number)| {
        Month::new(year, number)
    })
}

/// The fewest rows of half a chart. The smallest real one has five rows and three columns; the parser does
/// not accept a table that is much smaller as a chart.
const FEWEST_ROWS: usize = 3;

/// The most misprinted cells of half a chart. The parser does not accept a table that consists mostly of
/// misprints as a chart.
const MOST_MISPRINTS: usize = 2;

fn months(first: (i32, u32), last: (i32, u32)) -> impl Strategy<Value = (i32, u32)> {
    let ordinal = |(year, number): (i32, u32)| year * 12 + number as i32 - 1;
    let range: RangeInclusive<i32> = ordinal(first)..=ordinal(last);
    range.prop_map(|ordinal| (ordinal / 12, (ordinal % 12) as u32 + 1))
}

/// A cut-off that a bulletin of this month can have: `C`, `U`, or a date from 1980, or 40 years
/// before, to the month's last day.
pub fn any_cut_off(month: Month) -> impl Strategy<Value = CutOff> {
    let first_year = FIRST_YEAR.max(month.year() - MOST_YEARS);
    let first = NaiveDate::from_ymd_opt(first_year, 1, 1).unwrap_or_default();
    let days = (month.last_day() - first).num_days();
    prop_oneof![
        2 => Just(CutOff::Current),
        1 => Just(CutOff::Unavailable),
        6 => (0..=days).prop_map(move |days| CutOff::Date(first + Duration::days(days))),
    ]
}

/// A bulletin that is possible in this layout: every half of every chart has the column of all areas, some of
/// the month's other columns and at least three of its rows. Every cell is a cut-off, and no Date for Filing
/// is earlier than the Final Action Date of the same cell.
pub fn any_bulletin(layout: Layout) -> impl Strategy<Value = Bulletin> {
    any_month(layout).prop_flat_map(move |month| bulletin_of(layout, month, false))
}

/// A bulletin as from [`any_bulletin`], with some unreadable cells.
pub fn any_misprinted_bulletin(layout: Layout) -> impl Strategy<Value = Bulletin> {
    any_month(layout).prop_flat_map(move |month| bulletin_of(layout, month, true))
}

/// A page in this layout, with any noise that fits it, of a bulletin with misprints.
pub fn any_page(layout: Layout) -> impl Strategy<Value = Page> {
    (any_misprinted_bulletin(layout), any_noise(layout)).prop_map(move |(bulletin, noise)| Page {
        layout,
        bulletin,
        noise,
    })
}

/// Any noise that fits this layout. No misprints and no other labels.
pub fn any_noise(layout: Layout) -> impl Strategy<Value = Noise> {
    (any::<[bool; 10]>(), select(&Markup::ALL[..])).prop_map(move |(flags, markup)| {
        let [
            boilerplate,
            prose,
            decoys,
            diversity,
            forecast,
            countries,
            dressing,
            short,
            caption,
            values,
        ] = flags;
        Noise {
            boilerplate,
            prose,
            decoys,
            diversity,
            forecast,
            countries,
            dressing,
            two_letter_areas: short && layout == Layout::Ordinals,
            caption: caption && layout == Layout::PlainTables,
            subheading_values: values && layout == Layout::PlainTables,
            markup,
            ..Noise::default()
        }
    })
}

fn bulletin_of(layout: Layout, month: Month, misprints: bool) -> impl Strategy<Value = Bulletin> {
    let halves: Vec<_> = layout
        .charts()
        .iter()
        .flat_map(|chart| Preference::ALL.map(|preference| (*chart, preference)))
        .map(|(chart, preference)| half_of_chart(layout, month, chart, preference, misprints))
        .collect();
    halves.prop_filter_map("no cell twice", move |halves| {
        let mut rows: Vec<Row> = halves.into_iter().flatten().collect();
        order_charts(&mut rows);
        Bulletin::new(month, rows).ok()
    })
}

/// Sorts the two charts' cut-offs of each cell: a Date for Filing is never earlier than the Final Action
/// Date. A page with the opposite order has its headings swapped, and the department never published one.
fn order_charts(rows: &mut [Row]) {
    let rank = |row: &Row| match row.reading {
        Reading::CutOff(CutOff::Unavailable) => Some((0, None)),
        Reading::CutOff(CutOff::Date(date)) => Some((1, Some(date))),
        Reading::CutOff(CutOff::Current) => Some((2, None)),
        Reading::Unreadable => None,
    };
    let (action, filing) = {
        rows.sort_by_key(|row| row.key);
        let first_filing = rows.partition_point(|row| row.key.chart == Chart::FinalAction);
        rows.split_at_mut(first_filing)
    };
    for action in action {
        let same = filing
            .iter_mut()
            .find(|filing| filing.key.case() == action.key.case());
        if let Some(filing) = same
            && let (Some(a), Some(f)) = (rank(action), rank(filing))
            && f < a
        {
            std::mem::swap(&mut action.reading, &mut filing.reading);
            std::mem::swap(&mut action.raw.value, &mut filing.raw.value);
        }
    }
}

fn half_of_chart(
    layout: Layout,
    month: Month,
    chart: Chart,
    preference: Preference,
    misprints: bool,
) -> impl Strategy<Value = Vec<Row>> {
    let categories = Layout::categories(month, chart, preference);
    let mut areas = Layout::areas(month, preference);
    areas.retain(|area| *area != Area::ALL);
    let rows = FEWEST_ROWS.min(categories.len())..=categories.len();
    let columns = 1..=areas.len();
    (subsequence(categories, rows), subsequence(areas, columns)).prop_flat_map(move |(categories, areas)| {
        let keys: Vec<RowKey> = categories
            .into_iter()
            .flat_map(|category| {
                std::iter::once(Area::ALL)
                    .chain(areas.clone())
                    .map(move |area| (category, area))
            })
            .map(|(category, area)| RowKey {
                chart,
                category,
                area,
            })
            .collect();
        let cut_offs = vec(any_cut_off(month), keys.len());
        let most_misprints = if misprints { MOST_MISPRINTS } else { 0 };
        let misprints = vec((0..keys.len(), select(&UNREADABLE[..])), 0..=most_misprints);
        (cut_offs, misprints).prop_map(move |(cut_offs, misprints)| {
            let cells = keys.iter().zip(cut_offs).enumerate();
            cells
                .map(|(place, (key, cut_off))| {
                    match misprints.iter().find(|(misprinted, _)| *misprinted == place) {
                        Some((_, text)) => layout.unreadable_row(month, *key, text),
                        None => layout.row(month, *key, cut_off),
                    }
                })
                .collect()
        })
    })
}
