//! Predicts the expected alerts from the cut-offs of whole bulletins with plain loops: no standings, no change log,
//! no domain types. Everything is text, as in CSV. Start with [`alerts_in_order`].
//!
//! The rules, in short. A case is a category and an area with a separate cell on at least one chart. The ruling
//! cell of a case on a chart is the cell in the area's column, or else the one in the column `ALL`. A bulletin
//! later than all stored ones alerts each case that it lists, and each that the previous bulletin listed. It is
//! compared with the ruling cell of the previous bulletin; if that is absent or unreadable, with the last readable
//! one among the bulletins that list the case. The first bulletin alerts nobody. A bulletin that arrives behind a
//! later one alerts the cases of which it is one of the two newest bulletins, compared with the last readable cell
//! before it. A corrected bulletin alerts each case whose ruling cells differ, if it is one of the two newest
//! bulletins stored.

use std::collections::{BTreeMap, BTreeSet};

use bulletin::{Alert, CellState, Change, Chart, ChartChange};
use chrono::NaiveDate;

/// The printed content of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A date, `C` or `U`, as in data.
    Readable(String),
    /// Anything else, as printed.
    Unreadable(String),
    /// Not printed although another chart of the page has the column.
    Missing,
}

impl Value {
    /// Parses the two fields of CSV.
    pub fn read(value: &str, printed: &str) -> Self {
        if value.is_empty() {
            Self::Unreadable(printed.to_owned())
        } else {
            Self::Readable(value.to_owned())
        }
    }
}

/// The cells of one bulletin, by chart, category and column.
pub type Cells = BTreeMap<(String, String, String), Value>;
/// Bulletins by month, `2024-03`.
pub type History = BTreeMap<String, Cells>;

const CHARTS: [&str; 2] = ["final_action", "dates_for_filing"];

/// Parses the bulletins in CSV with a heading: either a column `value`, as next to the real pages, or the columns
/// `status` and `cutoff_date`, as in `data/cutoffs.csv`.
///
/// # Panics
/// If a column is missing, or a line has too few fields.
pub fn read_cells(csv: &str) -> History {
    let mut lines = csv.lines().map(fields);
    let heading = lines.next().unwrap();
    let column = |name: &str| heading.iter().position(|field| field == name);
    let columns =
        ["bulletin_month", "chart", "category", "area", "raw_value"].map(|name| column(name).unwrap());
    let mut history = History::new();
    for line in lines {
        let [month, chart, category, area, printed] = columns.map(|column| line[column].clone());
        let value = match column("value") {
            Some(value) => line[value].clone(),
            None => match line[column("status").unwrap()].as_str() {
                "current" => "C".to_owned(),
                "unavailable" => "U".to_owned(),
                _ => line[column("cutoff_date").unwrap()].clone(),
            },
        };
        let cells = history.entry(month).or_default();
        cells.insert((chart, category, area), Value::read(&value, &printed));
    }
    history
}

/// The fields of a line; fields with commas are quoted.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields
}

/// The ruling cell of a case: its column and its printed content.
type Ruling = (String, Value);

fn ruling(cells: &Cells, chart: &str, category: &str, area: &str) -> Option<Ruling> {
    [area, "ALL"].into_iter().find_map(|column| {
        let value = cells.get(&(chart.to_owned(), category.to_owned(), column.to_owned()))?;
        Some((column.to_owned(), value.clone()))
    })
}

fn lists(cells: &Cells, category: &str, area: &str) -> bool {
    CHARTS
        .iter()
        .any(|chart| cells.contains_key(&((*chart).to_owned(), category.to_owned(), area.to_owned())))
}

fn cases(cells: &Cells) -> BTreeSet<(String, String)> {
    cells
        .keys()
        .map(|(_, category, area)| (category.clone(), area.clone()))
        .collect()
}

/// A cut-off that was read earlier: month, column, text.
type Read = (String, String, String);

fn readable(month: &str, ruling: Option<Ruling>) -> Option<Read> {
    match ruling? {
        (column, Value::Readable(text)) => Some((month.to_owned(), column, text)),
        _ => None,
    }
}

/// The cut-off with which a bulletin of `month` is compared on one chart.
fn baseline(stored: &History, month: &str, chart: &str, category: &str, area: &str) -> Option<Read> {
    let earlier = || stored.range(..month.to_owned()).rev();
    let (previous, cells) = earlier().next()?;
    readable(previous, ruling(cells, chart, category, area)).or_else(|| {
        earlier()
            .skip(1)
            .filter(|(_, cells)| lists(cells, category, area))
            .find_map(|(month, cells)| readable(month, ruling(cells, chart, category, area)))
    })
}

fn movement(area: &str, from: Option<&Read>, to: Option<&Ruling>) -> String {
    let word = |word: &str| word.to_owned();
    match (from, to) {
        (_, Some((_, Value::Unreadable(_) | Value::Missing))) => word("unknown"),
        (None, None) => word("unchanged"),
        (None, Some(_)) => word("first_seen"),
        (Some(_), None) => word("withdrawn"),
        (Some((_, was, _)), Some((is, _))) if was != is && is == area => word("first_seen"),
        (Some((_, was, _)), Some((is, _))) if was != is && was == area => word("withdrawn"),
        (Some((_, _, from)), Some((_, Value::Readable(to)))) => match (from.as_str(), to.as_str()) {
            (from, to) if from == to => word("unchanged"),
            (_, "C") => word("became_current"),
            (_, "U") => word("became_unavailable"),
            ("C", _) => word("left_current"),
            ("U", _) => word("became_available"),
            (from, to) => {
                let day = |text: &str| text.parse::<NaiveDate>().unwrap();
                match (day(to) - day(from)).num_days() {
                    days @ 1.. => format!("advanced {days}"),
                    days => format!("retrogressed {}", -days),
                }
            }
        },
    }
}

/// The part of a line about one chart.
fn told(chart: &str, area: &str, from: Option<&Read>, to: Option<&Ruling>) -> String {
    let movement = movement(area, from, to);
    let from = from.map_or_else(
        || "nothing".to_owned(),
        |(month, column, text)| format!("{text} ({column} {month})"),
    );
    let to = to.map_or_else(
        || "nothing".to_owned(),
        |(column, value)| match value {
            Value::Readable(text) => format!("{text} ({column})"),
            Value::Unreadable(text) => format!("unreadable {text:?} ({column})"),
            Value::Missing => format!("missing Column ({column})"),
        },
    );
    format!("{chart} {from} -> {to} {movement}")
}

fn line(month: &str, case: &(String, String), kind: &str, revision: u32, charts: &[String]) -> String {
    format!(
        "{month} {} {} {kind} {revision}: {}",
        case.0,
        case.1,
        charts.join("; ")
    )
}

fn summary_line(month: &str, kind: &str, revision: u32, case_line: &str) -> String {
    format!("{month} whole bulletin, {kind} {revision}: {case_line}")
}

/// The changes of `month` for every case, compared with the bulletins stored before it. `revisions` is the number
/// of its corrections for a case.
fn news(stored: &History, month: &str, revisions: impl Fn(&(String, String)) -> u32) -> Vec<String> {
    let Some((_, before)) = stored.range(..month.to_owned()).next_back() else {
        return Vec::new();
    };
    let cells = &stored[month];
    let mut concerned = cases(cells);
    concerned.extend(cases(before));
    concerned
        .into_iter()
        .map(|case| {
            let (category, area) = (&case.0, &case.1);
            let charts = CHARTS.map(|chart| {
                let to = ruling(cells, chart, category, area);
                // A row leaves a chart once.
                let was_gone = to.is_none() && ruling(before, chart, category, area).is_none();
                let from = if was_gone {
                    None
                } else {
                    baseline(stored, month, chart, category, area)
                };
                told(chart, area, from.as_ref(), to.as_ref())
            });
            line(month, &case, "new_month", revisions(&case), &charts)
        })
        .collect()
}

/// The alerts of a bulletin that has just arrived and is the last one added to `stored`: none if it is the first.
pub fn alerts_of_new(stored: &History, month: &str) -> Vec<String> {
    let is_newest = stored.keys().next_back().is_some_and(|newest| newest == month);
    let cases = if is_newest {
        news(stored, month, |_| 0)
    } else {
        late_news(stored, month)
    };
    let summary: Vec<String> = cases
        .iter()
        .map(|case| summary_line(month, "new_month", 0, case))
        .collect();
    [cases, summary].concat()
}

/// The changes of `month` for every case if a later bulletin was stored before it.
fn late_news(stored: &History, month: &str) -> Vec<String> {
    let cells = &stored[month];
    let everybody: BTreeSet<(String, String)> = stored.values().flat_map(cases).collect();
    let mut lines = Vec::new();
    for case in everybody {
        let (category, area) = (&case.0, &case.1);
        let window = two_newest(stored, category, area);
        let is_known = stored
            .iter()
            .any(|(other, cells)| other != month && lists(cells, category, area));
        if !window.contains(month) || !is_known {
            continue;
        }
        let older = window.iter().next().filter(|older| *older != month);
        let before = |chart: &str| {
            let earlier = stored.range(..month.to_owned()).rev();
            earlier
                .filter(|(_, cells)| lists(cells, category, area))
                .find_map(|(month, cells)| readable(month, ruling(cells, chart, category, area)))
        };
        let is_concerned = lists(cells, category, area) || older.is_some();
        let has_past = older.is_some() || CHARTS.iter().any(|chart| before(chart).is_some());
        if !is_concerned || !has_past {
            continue;
        }
        let charts = CHARTS.map(|chart| {
            let to = ruling(cells, chart, category, area);
            let was_gone = to.is_none()
                && older.is_some_and(|older| ruling(&stored[older], chart, category, area).is_none());
            let from = if was_gone { None } else { before(chart) };
            told(chart, area, from.as_ref(), to.as_ref())
        });
        lines.push(line(month, &case, "new_month", 0, &charts));
    }
    lines
}

/// Adds the columns that a page lost on one chart, if another chart of the page and the month before have them.
pub fn add_missing(history: &mut History) {
    let half = |(chart, category, _): &(String, String, String)| (chart.clone(), category.starts_with('F'));
    let months: Vec<String> = history.keys().cloned().collect();
    for pair in months.windows(2) {
        let lost: Vec<(String, String, String)> = {
            let (before, now) = (&history[&pair[0]], &history[&pair[1]]);
            let has = |cells: &Cells, wanted: &(String, String, String)| {
                cells
                    .keys()
                    .any(|key| half(key) == half(wanted) && key.2 == wanted.2)
            };
            let columns = before.iter().filter(|(_, value)| **value != Value::Missing);
            let is_lost = |key: &(String, String, String)| {
                !has(now, key)
                    && now.keys().any(|other| other.2 == key.2)
                    && now.keys().any(|other| half(other) == half(key))
            };
            let lost: BTreeSet<(bool, String, String)> = columns
                .map(|(key, _)| key)
                .filter(|key| is_lost(key))
                .map(|key| (half(key).1, key.0.clone(), key.2.clone()))
                .collect();
            let rows = now.keys().flat_map(|key| {
                let (chart, family) = half(key);
                lost.iter()
                    .filter(move |(of_family, of_chart, _)| *of_family == family && *of_chart == chart)
                    .map(|(_, chart, area)| (chart.clone(), key.1.clone(), area.clone()))
            });
            rows.collect()
        };
        let cells = history.get_mut(&pair[1]).unwrap();
        cells.extend(lost.into_iter().map(|key| (key, Value::Missing)));
    }
}

/// The alerts of the first correction of a bulletin: `stored` has its corrected cells, `first` the original ones.
///
/// # Panics
/// If the month is not stored.
pub fn alerts_of_correction(stored: &History, month: &str, first: &Cells) -> Vec<String> {
    let cells = &stored[month];
    let everybody: BTreeSet<(String, String)> = stored.values().flat_map(cases).collect();
    let mut corrected = BTreeMap::new();
    for case in everybody {
        let (category, area) = (&case.0, &case.1);
        if !two_newest(stored, category, area).contains(month) {
            continue;
        }
        let pair = |cells: &Cells| CHARTS.map(|chart| ruling(cells, chart, category, area));
        let (stood, stands) = (pair(first), pair(cells));
        if stood == stands {
            continue;
        }
        let charts: Vec<String> = CHARTS
            .iter()
            .zip(stood.into_iter().zip(stands))
            .map(|(chart, (stood, stands))| {
                let from = match stood {
                    None => None,
                    stood => {
                        readable(month, stood).or_else(|| baseline(stored, month, chart, category, area))
                    }
                };
                told(chart, area, from.as_ref(), stands.as_ref())
            })
            .collect();
        corrected.insert(case.clone(), line(month, &case, "correction", 1, &charts));
    }
    let revision = |case: &(String, String)| u32::from(corrected.contains_key(case));
    let whole = news(stored, month, revision);
    let summary: Vec<String> = whole
        .iter()
        .map(|case| summary_line(month, "correction", 1, case))
        .collect();
    corrected.into_values().chain(summary).collect()
}

/// The bulletins whose corrections matter for a case: the two newest; for a case that is no longer listed, the last
/// that lists it and the next.
fn two_newest(stored: &History, category: &str, area: &str) -> BTreeSet<String> {
    let months: Vec<&String> = stored.keys().collect();
    let Some(last) = stored.values().rposition(|cells| lists(cells, category, area)) else {
        return BTreeSet::new();
    };
    let first = if last + 1 == months.len() {
        last.saturating_sub(1)
    } else {
        last
    };
    months[first..]
        .iter()
        .take(2)
        .map(|month| (*month).clone())
        .collect()
}

/// All alerts of bulletins that arrive one after another in this order.
pub fn alerts_in_order(history: &History, order: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut stored = History::new();
    let mut alerts = Vec::new();
    for month in order {
        stored.insert(month.clone(), history[&month].clone());
        alerts.extend(alerts_of_new(&stored, &month));
    }
    alerts
}

/// A real alert in the format of the oracle's predictions.
pub fn lines(alert: &Alert) -> Vec<String> {
    match alert {
        Alert::Case(alert) => vec![change_line(&alert.change)],
        Alert::Bulletin(alert) => {
            let month = alert.month.to_string();
            let cases = alert.changes.iter().map(change_line);
            cases
                .map(|case| summary_line(&month, alert.kind.code(), alert.revision, &case))
                .collect()
        }
    }
}

fn change_line(change: &Change) -> String {
    let charts = Chart::ALL.map(|chart| chart_text(chart, change.charts.of(chart)));
    let case = (change.case.category.to_string(), change.case.area.to_string());
    line(
        &change.month.to_string(),
        &case,
        change.kind.code(),
        change.revision,
        &charts,
    )
}

fn chart_text(chart: Chart, change: &ChartChange) -> String {
    let from = change.from.map_or_else(
        || "nothing".to_owned(),
        |from| format!("{} ({} {})", from.cut_off, from.column, from.month),
    );
    let to = change.to.as_ref().map_or_else(
        || "nothing".to_owned(),
        |cell| match &cell.state {
            CellState::CutOff(cut_off) => format!("{cut_off} ({})", cell.column),
            CellState::Unreadable(text) => format!("unreadable {text:?} ({})", cell.column),
            CellState::Missing(part) => format!("missing {part:?} ({})", cell.column),
        },
    );
    let movement = match change.movement {
        None => "unknown".to_owned(),
        Some(movement) => match movement.signed_days() {
            Some(days) => format!("{movement} {}", days.abs()),
            None => movement.to_string(),
        },
    };
    format!("{chart} {from} -> {to} {movement}")
}
