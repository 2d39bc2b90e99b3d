//! Plots a case's history: the cut-off dates (vertical) over the bulletins' months (horizontal). Excludes reading
//! the history. Start with [`Series`].
//!
//! [`svg`](svg()) and [`terminal`](terminal()) draw the same content differently. Dates are lines; `C` and `U` have
//! no date, so they get separate bands above and below. The layout is not from a chart library: `textplots` labels
//! only the ends of its axes and cannot break or dash a line, and `plotters` has no place for the two bands. The
//! `svg` crate writes the document and escapes its content.

mod svg;
mod terminal;

use bulletin::{ByChart, Chart, CutOff, Month};
use chrono::{Datelike, NaiveDate};

pub(crate) use self::svg::svg;
pub(crate) use self::terminal::terminal;

/// The maximum number of months between two bulletins of one chart that are joined if both have a date (or both
/// `C`, or both `U`). Months that the store lacks do not break a line; a year without bulletins does.
const LONGEST_BRIDGE: i64 = 12;

/// The cut-offs of one case over the bulletins, oldest first.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    /// The title above the picture.
    pub(crate) title: String,
    /// One point per stored bulletin.
    pub(crate) points: Vec<Point>,
    /// The priority date to draw as a line, if there is one.
    pub(crate) priority_date: Option<NaiveDate>,
}

/// The cut-offs of the case in one bulletin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    /// The month of the bulletin.
    pub(crate) month: Month,
    /// The cut-off on each chart; `None` if the case is not listed or the cell could not be read.
    pub(crate) cells: ByChart<Option<CutOff>>,
}

/// The content of a picture: the runs of both charts and the axes.
struct Picture {
    title: String,
    runs: ByChart<Vec<Run>>,
    /// The first and last bulletin, as ordinals; `None` if there is none.
    months: Option<Axis>,
    /// The first and last date, in days: of the cut-offs and the priority date; `None` if there is none.
    dates: Option<Axis>,
    priority_date: Option<NaiveDate>,
}

/// Consecutive bulletins that are joined: all dates, all `C` or all `U`.
struct Run {
    state: State,
    cells: Vec<(Month, CutOff)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Current,
    Dated,
    Unavailable,
}

/// The range of an axis, never empty.
#[derive(Debug, Clone, Copy)]
struct Axis {
    low: f64,
    high: f64,
}

/// A labelled month on an axis.
struct Tick {
    month: Month,
    label: String,
}

impl Picture {
    fn of(series: &Series) -> Self {
        let mut points = series.points.clone();
        points.sort_by_key(|point| point.month);
        let runs = ByChart::each(|chart| runs(&points, chart));
        let months = points
            .first()
            .zip(points.last())
            // Half a month on either side, so that each bulletin has its full width and a single one is in the
            // middle.
            .map(|(first, last)| Axis {
                low: ordinal(first.month) as f64 - 0.5,
                high: ordinal(last.month) as f64 + 0.5,
            });
        let days = || {
            let cells = points
                .iter()
                .flat_map(|point| Chart::ALL.map(|chart| *point.cells.of(chart)));
            cells.filter_map(|cell| cell?.date()).chain(series.priority_date)
        };
        let dates = days().min().zip(days().max()).map(|(low, high)| Axis {
            // Whole months, so that a single date has a label below and above.
            low: date_position(low.with_day(1).unwrap_or(low)),
            high: date_position(high.with_day(1).unwrap_or(high)) + 31.0,
        });
        // Control characters could be interpreted by a terminal or an XML parser.
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        let title = series.title.chars().map(plain);
        Self {
            title: title.filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).collect(),
            runs,
            months,
            dates,
            priority_date: series.priority_date,
        }
    }

    /// The charts that have any drawn cell.
    fn charts(&self) -> impl Iterator<Item = Chart> + '_ {
        let drawn = |chart: &Chart| !self.runs.of(*chart).is_empty();
        Chart::ALL.into_iter().filter(drawn)
    }

    /// The charts that were ever in this state.
    fn charts_in(&self, state: State) -> Vec<Chart> {
        let was = |chart: &Chart| self.runs.of(*chart).iter().any(|run| run.state == state);
        Chart::ALL.into_iter().filter(was).collect()
    }

    /// The chart's runs in this state.
    fn runs_in(&self, chart: Chart, state: State) -> impl Iterator<Item = &Run> {
        self.runs.of(chart).iter().filter(move |run| run.state == state)
    }

    /// The years or months for the labels below the picture, at most so many.
    fn month_ticks(&self, most: usize) -> Vec<Tick> {
        let range = self.months.map(|axis| (axis.low.ceil() as i64, axis.high as i64));
        range.map_or_else(Vec::new, |(first, last)| ticks(first, last, most))
    }

    /// The years or months for the labels next to the picture, at most so many.
    fn date_ticks(&self, most: usize) -> Vec<Tick> {
        let range = self.dates.and_then(|axis| {
            let day = |day: f64| NaiveDate::from_num_days_from_ce_opt(day as i32);
            Some((ordinal_of(day(axis.low)?), ordinal_of(day(axis.high)?)))
        });
        let mut ticks = range.map_or_else(Vec::new, |(first, last)| ticks(first, last, most));
        // Years beyond the range of `Month` have no label.
        ticks.retain(|tick| {
            self.dates
                .is_some_and(|axis| axis.holds(date_position(tick.month.first_day())))
        });
        ticks
    }
}

impl Axis {
    /// The position in the range: 0 at the low end, 1 at the high end.
    fn share(self, position: f64) -> f64 {
        ((position - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    fn holds(self, position: f64) -> bool {
        (self.low..=self.high).contains(&position)
    }
}

impl State {
    fn of(cut_off: CutOff) -> Self {
        match cut_off {
            CutOff::Current => Self::Current,
            CutOff::Date(_) => Self::Dated,
            CutOff::Unavailable => Self::Unavailable,
        }
    }
}

/// The chart's cells in order, split where the state changes, where there is no cut-off, and at gaps of more than
/// [`LONGEST_BRIDGE`] months.
fn runs(points: &[Point], chart: Chart) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut joined = false;
    for point in points {
        let Some(cut_off) = *point.cells.of(chart) else {
            joined = false;
            continue;
        };
        let state = State::of(cut_off);
        let cell = (point.month, cut_off);
        let near = |run: &&mut Run| {
            let close = |(last, _): &(Month, _)| ordinal(point.month) - ordinal(*last) <= LONGEST_BRIDGE;
            joined && run.state == state && run.cells.last().is_some_and(close)
        };
        match runs.last_mut().filter(near) {
            Some(run) => run.cells.push(cell),
            None => runs.push(Run {
                state,
                cells: vec![cell],
            }),
        }
        joined = true;
    }
    runs
}

/// The months from the first to the last ordinal at even steps; at most `most` of them, as long as at least one
/// remains.
fn ticks(first: i64, last: i64, most: usize) -> Vec<Tick> {
    const STEPS: [i64; 12] = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 12_000];
    let count = |step: i64| last.div_euclid(step) - (first - 1).div_euclid(step);
    let fits = |step: &i64| usize::try_from(count(*step)).is_ok_and(|count| count <= most.max(1));
    let step = STEPS.into_iter().find(fits).unwrap_or(12_000);
    // If the step is so long that the range holds no label, use the next shorter one.
    let step = STEPS
        .into_iter()
        .rev()
        .find(|shorter| *shorter <= step && count(*shorter) > 0);
    let Some(step) = step else { return Vec::new() };
    let start = (first - 1).div_euclid(step) * step + step;
    let month = |ordinal: i64| {
        let year = i32::try_from(ordinal.div_euclid(12)).ok()?;
        let month = Month::new(year, ordinal.rem_euclid(12) as u32 + 1)?;
        let label = if step % 12 == 0 {
            year.to_string()
        } else {
            format!("{} {year}", &month.name()[..3])
        };
        Some(Tick { month, label })
    };
    let steps = usize::try_from(step).unwrap_or(1);
    (start..=last).step_by(steps).filter_map(month).collect()
}

/// Months counted from the year 0.
fn ordinal(month: Month) -> i64 {
    i64::from(month.year()) * 12 + i64::from(month.number()) - 1
}

fn ordinal_of(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month()) - 1
}

fn date_position(day: NaiveDate) -> f64 {
    f64::from(day.num_days_from_ce())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A series from texts such as `2005-02 2002-01-01 U`: month, Final Action, Dates for Filing, with `-` for no
    /// cell.
    pub(super) fn series(title: &str, bulletins: &[&str]) -> Series {
        let point = |text: &&str| {
            let mut words = text.split(' ');
            let month = words.next().unwrap().parse().unwrap();
            let cells = ByChart::each(|_| words.next().and_then(|word| word.parse().ok()));
            Point { month, cells }
        };
        Series {
            title: title.into(),
            points: bulletins.iter().map(point).collect(),
            priority_date: None,
        }
    }

    fn date(days: i32) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(days).unwrap_or(NaiveDate::MAX)
    }

    fn any_cell() -> impl Strategy<Value = Option<CutOff>> {
        prop_oneof![
            Just(None),
            Just(Some(CutOff::Current)),
            Just(Some(CutOff::Unavailable)),
            (720_000..750_000i32).prop_map(move |days| Some(CutOff::Date(date(days)))),
            any::<i32>().prop_map(move |days| Some(CutOff::Date(date(days)))),
            Just(Some(CutOff::Date(NaiveDate::MIN))),
        ]
    }

    pub(super) fn any_series() -> impl Strategy<Value = Series> {
        let near = (1995..2030i32, 1..=12u32);
        let month = prop_oneof![9 => near, 1 => (1900..=9998i32, 1..=12u32)];
        let point = (month, any_cell(), any_cell()).prop_map(|((year, number), action, filing)| Point {
            month: Month::new(year, number).unwrap(),
            cells: ByChart {
                final_action: action,
                dates_for_filing: filing,
            },
        });
        let points = prop::collection::vec(point, 0..40);
        let priority_date = prop::option::of((700_000..760_000i32).prop_map(date));
        let title = "[ -~\\x00\n<&\"'é\u{fffe}]{0,30}";
        (title, points, priority_date).prop_map(|(title, points, priority_date)| Series {
            title,
            points,
            priority_date,
        })
    }

    fn lengths(bulletins: &[&str]) -> Vec<usize> {
        let runs = runs(&series("", bulletins).points, Chart::FinalAction);
        runs.iter().map(|run| run.cells.len()).collect()
    }

    #[test]
    fn a_line_breaks_where_there_is_no_date() {
        let between = |cell: &str| {
            let middle = format!("2020-02 {cell}");
            lengths(&["2020-01 2010-01-01", &middle, "2020-03 2010-02-01"])
        };
        assert_eq!(between("2010-01-15"), [3]);
        assert_eq!(between("C"), [1, 1, 1]);
        assert_eq!(between("U"), [1, 1, 1]);
        assert_eq!(between("-"), [1, 1]);
    }

    #[test]
    fn months_that_the_store_lacks_are_bridged_for_a_year() {
        assert_eq!(lengths(&["2020-01 2010-01-01", "2021-01 2010-02-01"]), [2]);
        assert_eq!(lengths(&["2020-01 2010-01-01", "2021-02 2010-02-01"]), [1, 1]);
        assert_eq!(lengths(&["2020-01 C", "2020-11 C", "2022-11 C"]), [2, 1]);
    }

    #[test]
    fn labels_are_years_and_for_short_ranges_months() {
        let labels = |first: &str, last: &str, most| -> Vec<String> {
            let ordinal = |text: &str| ordinal(text.parse().unwrap());
            let ticks = ticks(ordinal(first), ordinal(last), most);
            ticks.into_iter().map(|tick| tick.label).collect()
        };
        assert_eq!(
            labels("2001-12", "2026-06", 6),
            ["2005", "2010", "2015", "2020", "2025"]
        );
        assert_eq!(labels("2023-05", "2026-06", 4), ["2024", "2025", "2026"]);
        assert_eq!(
            labels("2025-11", "2026-03", 3),
            ["Nov 2025", "Jan 2026", "Mar 2026"]
        );
        assert_eq!(labels("2026-02", "2026-02", 9), ["Feb 2026"]);
        assert_eq!(labels("2026-02", "2026-02", 0), ["Feb 2026"]);
        assert_eq!(
            labels("1900-01", "9998-12", 8),
            ["2000", "3000", "4000", "5000", "6000", "7000", "8000", "9000"]
        );
    }
}
