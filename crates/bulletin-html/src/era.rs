//! The rows and columns that a bulletin of a month must have: those of its era.
//!
//! The months are those of the department's wording. Rows that came and went within an era, such as Schedule
//! A Workers, are never required.

use bulletin::{Area, Category, Chart, Month, Preference};

/// True if a bulletin of this month has two charts, as since October 2015.
pub fn has_both_charts(month: Month) -> bool {
    (month.year(), month.number()) >= (2015, 10)
}

/// The number of months for which a chart may keep the wording of the era before: in October 2015, the second month
/// with regional centers, the new Dates for Filing chart still had the old row.
const TRANSITION: i32 = 2;

/// The months in which a category had a row, first and last; without an end, or with neither.
fn months(category: Category) -> (Option<i32>, Option<i32>) {
    let from = |year, number| Some(ordinal(year, number));
    match category {
        Category::Eb5 => (None, from(2011, 4)),
        Category::Eb5TargetedAreas => (None, from(2015, 8)),
        Category::Eb5PilotPrograms => (from(2009, 1), from(2011, 4)),
        Category::Eb5NonRegional | Category::Eb5Regional => (from(2015, 9), from(2022, 4)),
        Category::Eb5UnreservedC5T5 | Category::Eb5UnreservedI5R5 => (from(2022, 5), from(2022, 5)),
        Category::Eb5Unreserved => (from(2022, 6), None),
        Category::Eb5Rural | Category::Eb5HighUnemployment | Category::Eb5Infrastructure => {
            (from(2022, 5), None)
        }
        _ => (None, None),
    }
}

/// True if a bulletin of this month can have a row of this category.
pub(crate) fn has(category: Category, month: Month) -> bool {
    let (first, last) = months(category);
    let month = ordinal(month.year(), month.number());
    first.is_none_or(|first| month >= first) && last.is_none_or(|last| month <= last + TRANSITION)
}

/// The months in which an area had a column throughout, first and last, on which charts.
type Column = (Area, Option<Chart>, Option<Preference>, i32, i32);

const START: i32 = 0;
const NOW: i32 = i32::MAX;

/// Every column and its time. India had none for some months of 2002 and 2003; the Dominican Republic's came and went
/// twice and is not required.
const COLUMNS: [Column; 9] = [
    (Area::ALL, None, None, START, NOW),
    (Area::MEXICO, None, None, START, NOW),
    (Area::PHILIPPINES, None, None, START, NOW),
    (Area::CHINA, None, None, ordinal(2005, 1), NOW),
    (Area::INDIA, None, None, START, ordinal(2002, 7)),
    (Area::INDIA, None, None, ordinal(2003, 7), NOW),
    (
        Area::EL_SALVADOR_GUATEMALA_HONDURAS,
        Some(Chart::FinalAction),
        Some(Preference::Employment),
        ordinal(2016, 5),
        ordinal(2023, 3),
    ),
    (
        Area::EL_SALVADOR_GUATEMALA_HONDURAS,
        Some(Chart::DatesForFiling),
        Some(Preference::Employment),
        ordinal(2017, 10),
        ordinal(2023, 3),
    ),
    (
        Area::VIETNAM,
        Some(Chart::FinalAction),
        Some(Preference::Employment),
        ordinal(2018, 8),
        ordinal(2021, 9),
    ),
];

/// The columns that a half chart of this month must have.
pub(crate) fn required_areas(
    month: Month,
    chart: Chart,
    preference: Preference,
) -> impl Iterator<Item = Area> {
    let month = ordinal(month.year(), month.number());
    let is_required = move |(_, on, of, first, last): &&Column| {
        on.is_none_or(|on| on == chart)
            && of.is_none_or(|of| of == preference)
            && (*first..=*last).contains(&month)
    };
    COLUMNS.iter().filter(is_required).map(|(area, ..)| *area)
}

/// The fifth preference's rows, by the first month of each wording.
const FIFTH: [(i32, &[Category]); 5] = [
    (0, &[Category::Eb5, Category::Eb5TargetedAreas]),
    (ordinal(2011, 5), &[Category::Eb5TargetedAreas]),
    (
        ordinal(2015, 9),
        &[Category::Eb5NonRegional, Category::Eb5Regional],
    ),
    (
        ordinal(2022, 5),
        &[
            Category::Eb5UnreservedC5T5,
            Category::Eb5UnreservedI5R5,
            Category::Eb5Rural,
            Category::Eb5HighUnemployment,
            Category::Eb5Infrastructure,
        ],
    ),
    (
        ordinal(2022, 6),
        &[
            Category::Eb5Unreserved,
            Category::Eb5Rural,
            Category::Eb5HighUnemployment,
            Category::Eb5Infrastructure,
        ],
    ),
];

/// The first year from which Certain Religious Workers have a row in every month. January 2003 had none.
pub(crate) const RELIGIOUS_WORKERS_ALWAYS: i32 = 2005;

/// The required rows that are missing in a half chart of this month; `has` tests for a row.
pub(crate) fn missing_categories(
    month: Month,
    preference: Preference,
    has: impl Fn(Category) -> bool,
) -> impl Iterator<Item = Category> {
    const FAMILY: &[Category] = &[
        Category::F1,
        Category::F2a,
        Category::F2b,
        Category::F3,
        Category::F4,
    ];
    const EMPLOYMENT: &[Category] = &[
        Category::Eb1,
        Category::Eb2,
        Category::Eb3,
        Category::OtherWorkers,
        Category::Eb4,
    ];
    let (always, fifth): (&[Category], &[Category]) = match preference {
        Preference::Family => (FAMILY, &[]),
        Preference::Employment => (EMPLOYMENT, fifth(month, &has)),
    };
    let religious = preference == Preference::Employment && month.year() >= RELIGIOUS_WORKERS_ALWAYS;
    always
        .iter()
        .chain(religious.then_some(&Category::ReligiousWorkers))
        .chain(fifth)
        .copied()
        .filter(move |category| !has(*category))
}

/// The fifth preference's rows that a chart must have: those of its era or, where it is allowed to and has them all,
/// those of the era before.
fn fifth(month: Month, has: impl Fn(Category) -> bool) -> &'static [Category] {
    let month = ordinal(month.year(), month.number());
    let era = FIFTH.iter().rposition(|(first, _)| month >= *first).unwrap_or(0);
    let (first, rows) = FIFTH[era];
    let before = era.checked_sub(1).map(|before| FIFTH[before].1);
    match before {
        Some(before)
            if month < first + TRANSITION
                && before.iter().all(|category| has(*category))
                && !rows.iter().all(|category| has(*category)) =>
        {
            before
        }
        _ => rows,
    }
}

const fn ordinal(year: i32, number: u32) -> i32 {
    year * 12 + number as i32 - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_has_rows_in_its_own_era_only() {
        for (category, month, expected) in [
            (Category::Eb5, "2011-04", true),
            (Category::Eb5, "2011-08", false),
            (Category::Eb5TargetedAreas, "2015-10", true),
            (Category::Eb5TargetedAreas, "2016-01", false),
            (Category::Eb5Unreserved, "2022-05", false),
            (Category::Eb5Unreserved, "2040-01", true),
            (Category::Eb3, "2001-12", true),
        ] {
            assert_eq!(
                has(category, month.parse().unwrap()),
                expected,
                "{category} {month}"
            );
        }
    }

    #[test]
    fn a_chart_may_keep_the_wording_of_the_era_before_for_a_while() {
        let missing = |month: &str, fifth: &[Category]| -> Vec<Category> {
            let has = |category: Category| !category.code().starts_with("EB5") || fifth.contains(&category);
            missing_categories(month.parse().unwrap(), Preference::Employment, has).collect()
        };
        assert_eq!(missing("2015-10", &[Category::Eb5TargetedAreas]), []);
        assert_eq!(
            missing("2015-11", &[Category::Eb5TargetedAreas]),
            [Category::Eb5NonRegional, Category::Eb5Regional]
        );
        assert_eq!(
            missing("2015-10", &[Category::Eb5NonRegional]),
            [Category::Eb5Regional]
        );
        assert_eq!(missing("2015-10", &[]).len(), 2);
    }
}
