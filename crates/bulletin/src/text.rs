//! Every sentence that a receiver of alerts reads, in English, in one place.

use chrono::NaiveDate;

use crate::alert::{BulletinAlert, CaseAlert};
use crate::area::{Area, Case};
use crate::change::{Band, Change, ChangeKind, ChartChange};
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::month::Month;
use crate::movement::Movement;
use crate::standing::{ByChart, Cell, CellState};
use crate::subscription::Subscription;

mod short;

pub(crate) use short::case_line;
pub use short::{SMS_SEPTETS, SUBJECT_CHARACTERS, septets};

/// Where USCIS says which chart it accepts for adjustment of status in a month.
pub const USCIS_CHARTS: &str = "https://www.uscis.gov/visabulletininfo";

/// What every alert says of itself.
pub const UNOFFICIAL: &str = "This is an unofficial message; only the bulletin counts.";

/// What stands beside Dates for Filing.
pub(crate) fn filing_note(month: Month) -> String {
    format!(
        "For adjustment of status, Dates for Filing counts only if USCIS accepts it for {}: {USCIS_CHARTS}",
        month.title()
    )
}

/// A day as alerts write it: `01 Nov 2013`.
pub fn day(date: NaiveDate) -> String {
    date.format("%d %b %Y").to_string()
}

/// Whom an alert is about: `EB-3 India`.
pub fn case_name(case: Case) -> String {
    let area = if case.area == Area::ALL {
        "All Other Areas"
    } else {
        case.area.name()
    };
    format!("{} {area}", case.category.short())
}

/// Page text without line breaks or anything else that could steer a terminal or a mail, in quotes.
fn quoted(raw: &str) -> String {
    let plain: String = raw
        .chars()
        .take(40)
        .map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' })
        .collect();
    format!("\"{plain}\"")
}

pub(crate) fn shown(cell: Option<&Cell>) -> String {
    match cell.map(|cell| &cell.state) {
        None => "not listed".into(),
        Some(CellState::CutOff(cut_off)) => cut_off.words(),
        Some(CellState::Unreadable(raw)) if raw.is_empty() => "blank".into(),
        Some(CellState::Unreadable(raw)) => quoted(raw),
    }
}

fn short_chart(chart: Chart) -> &'static str {
    match chart {
        Chart::FinalAction => "Final Action",
        Chart::DatesForFiling => "Filing",
    }
}

/// What happened on one chart, for a headline: `Final Action 15 Nov 2013 (advanced 14 days)`. `None` where the chart has
/// nothing to say of the case.
pub(crate) fn chart_verdict(
    case: Case,
    chart: Chart,
    kind: ChangeKind,
    change: &ChartChange,
) -> Option<String> {
    let name = short_chart(chart);
    let to = shown(change.to.as_ref());
    if kind == ChangeKind::Correction && change.movement.is_some() {
        match &change.replaced {
            // What a correction moves is a misprint, not a cut-off: old and new value, and no number of days.
            Some(replaced) => return Some(format!("{name} {to}, not {}", shown(Some(replaced)))),
            None if !change.moved() => return None,
            None => {}
        }
    }
    Some(match change.movement {
        None => format!("{name} misprinted, see the page"),
        Some(Movement::Unchanged) => {
            change.to.as_ref()?;
            format!("{name} {to} (unchanged)")
        }
        Some(Movement::BecameCurrent | Movement::BecameUnavailable) => format!("{name} now {to}"),
        Some(Movement::Withdrawn) => match &change.to {
            Some(cell) => format!("{name} now under {}: {to}", column_name(cell.column)),
            None => format!("{name} no longer listed"),
        },
        Some(Movement::FirstSeen) if change.to.as_ref().is_some_and(|cell| cell.column == case.area) => {
            format!("{name} {to} (newly listed)")
        }
        Some(movement) => format!("{name} {to} ({})", movement.words()),
    })
}

fn column_name(column: Area) -> &'static str {
    if column == Area::ALL {
        "All Other Areas"
    } else {
        column.name()
    }
}

pub(crate) fn case_headline(change: &Change) -> String {
    let verdicts: Vec<String> = Chart::ALL
        .into_iter()
        .filter_map(|chart| chart_verdict(change.case, chart, change.kind, change.charts.of(chart)))
        .collect();
    let what = match change.kind {
        ChangeKind::NewMonth => String::new(),
        ChangeKind::Correction => "CORRECTED ".into(),
    };
    let verdicts = if verdicts.is_empty() {
        "not listed".to_owned()
    } else {
        verdicts.join("; ")
    };
    format!(
        "{what}{}, {}: {verdicts}",
        case_name(change.case),
        change.month.title()
    )
}

/// What a bulletin means for one priority date, in one line.
pub(crate) fn personal_headline(change: &Change, case: Case, priority_date: NaiveDate) -> String {
    let verdicts: Vec<String> = Chart::ALL
        .into_iter()
        .filter_map(|chart| personal_verdict(change, chart, priority_date))
        .collect();
    let corrected = if change.kind == ChangeKind::Correction {
        "CORRECTED "
    } else {
        ""
    };
    let verdicts = if verdicts.is_empty() {
        "no longer listed".to_owned()
    } else {
        verdicts.join("; ")
    };
    format!(
        "{corrected}{}, {}: your date {}: {verdicts}",
        case_name(case),
        change.month.title(),
        day(priority_date)
    )
}

/// What has changed for the priority date on one chart stands in capitals.
fn personal_verdict(change: &Change, chart: Chart, priority_date: NaiveDate) -> Option<String> {
    let chart_change = change.charts.of(chart);
    let name = short_chart(chart);
    let cell = chart_change.to.as_ref()?;
    let Some(cut_off) = cell.cut_off() else {
        return Some(format!("{name} misprinted, see the page"));
    };
    let printed = if cell.column == change.case.area {
        cut_off.words()
    } else {
        format!("{}: {}", column_name(cell.column), cut_off.words())
    };
    let before = chart_change.from.map(|from| from.cut_off.serves(priority_date));
    let verdict = match (before, cut_off.serves(priority_date)) {
        (Some(false), true) => "NOW SERVED",
        (Some(true), false) => "NO LONGER SERVED",
        (_, true) => "served",
        (_, false) => "not yet served",
    };
    Some(format!("{verdict} under {name} ({printed})"))
}

pub(crate) fn bulletin_headline(alert: &BulletinAlert) -> String {
    let count = |wanted: fn(&Change) -> bool| alert.changes.iter().filter(|change| wanted(change)).count();
    let moved = count(Change::moved);
    let what = match alert.kind {
        ChangeKind::NewMonth => "is out",
        ChangeKind::Correction => "was corrected",
    };
    match alert.kind {
        ChangeKind::NewMonth => format!(
            "Visa Bulletin for {} {what}: {moved} of {} cases moved",
            alert.month.title(),
            alert.changes.len()
        ),
        ChangeKind::Correction => {
            format!(
                "Visa Bulletin for {} {what}: {} cells",
                alert.month.title(),
                alert.corrected.len()
            )
        }
    }
}

/// Where a priority date stands in one bulletin, in one sentence: `For EB-3 India in June 2026, the priority date
/// 15 Mar 2013 is served ...`. Both charts that have a cut-off are named, with how far it is.
pub fn priority_sentence(
    case: Case,
    month: Month,
    cells: &ByChart<Option<Cell>>,
    priority_date: NaiveDate,
) -> String {
    let clauses: Vec<String> = Chart::ALL
        .into_iter()
        .filter_map(|chart| Some(priority_clause(chart, cells.of(chart).as_ref()?, priority_date)))
        .collect();
    let clauses = if clauses.is_empty() {
        "is on no chart".to_owned()
    } else {
        clauses.join(", and ")
    };
    format!(
        "For {} in {}, the priority date {} {clauses}.",
        case_name(case),
        month.title(),
        day(priority_date)
    )
}

fn priority_clause(chart: Chart, cell: &Cell, priority_date: NaiveDate) -> String {
    let name = chart.name();
    match &cell.state {
        CellState::Unreadable(_) => {
            format!(
                "cannot be told for {name}, where the page is misprinted ({})",
                shown(Some(cell))
            )
        }
        CellState::CutOff(CutOff::Current) => format!("is served under {name}, which is current"),
        CellState::CutOff(CutOff::Unavailable) => format!("is not served under {name}, which is unavailable"),
        CellState::CutOff(CutOff::Date(cut_off)) => {
            let days = (*cut_off - priority_date).num_days();
            let cut_off = day(*cut_off);
            match days {
                1.. => format!(
                    "is served under {name} ({} before its cut-off {cut_off})",
                    counted(days)
                ),
                0 => format!(
                    "is not served under {name} (it must be earlier than the cut-off {cut_off}, and is that very day)"
                ),
                _ => format!(
                    "is not served under {name} (its cut-off {cut_off} must advance {} more)",
                    counted(1 - days)
                ),
            }
        }
    }
}

/// Text in lines of at most 80 characters, broken between words.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= 80 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn counted(days: i64) -> String {
    format!("{days} {}", if days == 1 { "day" } else { "days" })
}

pub(crate) fn case_body(alert: &CaseAlert, subscription: Option<&Subscription>) -> String {
    let change = &alert.change;
    let own_area = subscription.map_or(change.case.area, |subscription| subscription.case.area);
    let priority_date = subscription.and_then(|subscription| subscription.priority_date);
    let month = change.month;
    let mut lines = vec![format!(
        "{}: Visa Bulletin for {}",
        case_name(change.case),
        month.title()
    )];
    if change.kind == ChangeKind::Correction {
        lines.push("The department corrected this bulletin after it was published.".into());
    }
    lines.push(format!(
        "In force from {} to {}.",
        day(month.first_day()),
        day(month.last_day())
    ));
    if own_area != change.case.area {
        lines.push(format!(
            "{} is counted under {}.",
            own_area.name(),
            change.case.area.name()
        ));
    }
    if let Some(priority_date) = priority_date {
        let cells = ByChart::each(|chart| change.charts.of(chart).to.clone());
        lines.push(String::new());
        lines.extend(wrapped(&priority_sentence(
            change.case,
            month,
            &cells,
            priority_date,
        )));
    }
    lines.push(String::new());
    for chart in Chart::ALL {
        let chart_change = change.charts.of(chart);
        if chart_change.to.is_some() || chart_change.from.is_some() {
            lines.extend(chart_lines(change, chart, chart_change));
        }
    }
    for successor in &change.successors {
        lines.push(format!(
            "{} is listed instead: {}.",
            case_name(Case {
                category: successor.category,
                area: change.case.area
            }),
            charts_in_words(&successor.cells)
        ));
    }
    if change.case_vanished() && change.successors.is_empty() && change.charts.final_action.to.is_none() {
        lines.push("No other category has taken its place in the bulletin.".into());
    }
    if change.set_back() && change.kind == ChangeKind::NewMonth {
        let previous = month.previous();
        lines.push(format!(
            "Until {} the bulletin of {} still rules.",
            day(previous.last_day()),
            previous.title()
        ));
    }
    if change.charts.dates_for_filing.to.is_some() {
        lines.extend(wrapped(&filing_note(month)));
    }
    lines.push(String::new());
    lines.extend(closing(&alert.page));
    lines.join("\n")
}

fn charts_in_words(cells: &ByChart<Option<Cell>>) -> String {
    let parts: Vec<String> = Chart::ALL
        .into_iter()
        .filter_map(|chart| {
            let cell = cells.of(chart).as_ref()?;
            Some(format!("{} {}", short_chart(chart), shown(Some(cell))))
        })
        .collect();
    parts.join(", ")
}

fn chart_lines(change: &Change, chart: Chart, chart_change: &ChartChange) -> Vec<String> {
    let old = match (&chart_change.replaced, chart_change.from) {
        (Some(replaced), _) => shown(Some(replaced)),
        (None, Some(from)) => from.cut_off.words(),
        (None, None) => "not listed".into(),
    };
    let verdict = match (change.kind, chart_change.movement) {
        (_, None) => "cannot be read".into(),
        (ChangeKind::Correction, Some(_)) if chart_change.replaced.is_some() => "corrected".into(),
        (_, Some(Movement::Withdrawn)) if chart_change.to.is_some() => "no column of its own now".into(),
        (_, Some(Movement::FirstSeen)) if chart_change.from.is_some() => "a column of its own now".into(),
        (_, Some(movement)) => movement.words(),
    };
    let new = shown(chart_change.to.as_ref());
    let mut lines = vec![format!("{:<19} {old:>12} -> {new:<12}  {verdict}", chart.name())];
    let indent = "                    ";
    if let Some(from) = chart_change.from {
        let expected = match change.kind {
            ChangeKind::NewMonth => change.month.previous(),
            ChangeKind::Correction => change.month,
        };
        if from.month != expected {
            lines.push(format!(
                "{indent}{} is from the bulletin of {}.",
                from.cut_off.words(),
                from.month.title()
            ));
        }
    }
    if let Some(from) = chart_change.from.filter(|from| from.column != change.case.area)
        && chart_change.movement == Some(Movement::FirstSeen)
    {
        lines.push(format!(
            "{indent}{} was that of {}.",
            from.cut_off.words(),
            column_name(from.column)
        ));
    }
    if let Some(replaced) = &chart_change.replaced {
        lines.push(format!(
            "{indent}It replaces {}, published before.",
            shown(Some(replaced))
        ));
    }
    if chart_change.movement.is_none() {
        lines.push(format!(
            "{indent}Misprinted. Look at the page before you rely on anything."
        ));
    }
    if let Some(cell) = chart_change
        .to
        .as_ref()
        .filter(|cell| cell.column != change.case.area)
    {
        lines.push(format!("{indent}Counted under {}.", cell.column.name()));
    }
    if let Some(band) = chart_change.newly_served() {
        lines.push(format!("{indent}Newly current: {}", band_in_words(band)));
    }
    lines
}

fn band_in_words(band: Band) -> String {
    match (band.first, band.last) {
        (Some(first), Some(last)) if first == last => day(first),
        (Some(first), Some(last)) => format!("{} to {}", day(first), day(last)),
        (Some(first), None) => format!("{} and later", day(first)),
        (None, Some(last)) => format!("{} and earlier", day(last)),
        (None, None) => "every priority date".into(),
    }
}

pub(crate) fn bulletin_body(alert: &BulletinAlert) -> String {
    let month = alert.month;
    let mut lines = vec![
        bulletin_headline(alert),
        format!(
            "In force from {} to {}.",
            day(month.first_day()),
            day(month.last_day())
        ),
    ];
    for chart in Chart::ALL {
        let listed = || {
            alert
                .changes
                .iter()
                .filter(|change| change.charts.of(chart).to.is_some())
        };
        if listed().next().is_none() {
            continue;
        }
        lines.push(String::new());
        lines.push(format!("{}:", chart.name()));
        let unchanged = listed().filter(|change| !change.charts.of(chart).moved()).count();
        for (title, belongs) in GROUPS {
            let group: Vec<String> = alert
                .changes
                .iter()
                .filter(|change| belongs(change.charts.of(chart).movement))
                .map(|change| group_line(change, chart))
                .collect();
            if !group.is_empty() {
                lines.push(format!("  {title} ({}):", group.len()));
                lines.extend(group.into_iter().map(|line| format!("    {line}")));
            }
        }
        lines.push(format!("  Unchanged: {unchanged}"));
    }
    if !alert.findings.is_empty() {
        lines.push(String::new());
        lines.push(format!(
            "What could not be read as usual ({}):",
            alert.findings.len()
        ));
        lines.extend(alert.findings.iter().map(|finding| format!("  {finding}")));
    }
    lines.push(String::new());
    lines.push(format!(
        "Which chart USCIS accepts for adjustment of status: {USCIS_CHARTS}"
    ));
    lines.extend(closing(&alert.page));
    lines.join("\n")
}

type Belongs = fn(Option<Movement>) -> bool;

const GROUPS: [(&str, Belongs); 7] = [
    ("Advanced", |movement| {
        matches!(movement, Some(Movement::Advanced { .. }))
    }),
    ("Current now", |movement| {
        movement == Some(Movement::BecameCurrent)
    }),
    ("Available again", |movement| {
        movement == Some(Movement::BecameAvailable)
    }),
    ("Retrogressed", |movement| {
        matches!(
            movement,
            Some(Movement::Retrogressed { .. } | Movement::LeftCurrent)
        )
    }),
    ("Unavailable now", |movement| {
        movement == Some(Movement::BecameUnavailable)
    }),
    ("Listed or no longer listed", |movement| {
        matches!(movement, Some(Movement::FirstSeen | Movement::Withdrawn))
    }),
    ("Misprinted", |movement| movement.is_none()),
];

fn group_line(change: &Change, chart: Chart) -> String {
    let chart_change = change.charts.of(chart);
    let old = chart_change
        .from
        .map_or_else(|| "not listed".into(), |from| from.cut_off.words());
    let days = match chart_change.movement.and_then(Movement::signed_days) {
        Some(days) => format!("  {days:+} days"),
        None => String::new(),
    };
    format!(
        "{}: {old} -> {}{days}",
        case_name(change.case),
        shown(chart_change.to.as_ref())
    )
}

fn closing(page: &str) -> [String; 2] {
    [format!("The bulletin itself: {page}"), UNOFFICIAL.into()]
}

impl Change {
    /// Whether the bulletin lists the case no more.
    pub(crate) fn case_vanished(&self) -> bool {
        Chart::ALL.into_iter().all(|chart| {
            self.charts
                .of(chart)
                .to
                .as_ref()
                .is_none_or(|cell| cell.column != self.case.area)
        })
    }

    /// Whether fewer people are served than before on either chart.
    pub(crate) fn set_back(&self) -> bool {
        Chart::ALL.into_iter().any(|chart| {
            matches!(
                self.charts.of(chart).movement,
                Some(Movement::Retrogressed { .. } | Movement::BecameUnavailable | Movement::LeftCurrent)
            )
        })
    }
}
