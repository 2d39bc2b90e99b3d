//! Alerts for programs, as described by `docs/alert.schema.json`.
//!
//! Empty values are omitted. Codes and keys do not change within a version.

use serde_json::{Map, Value, json};

use crate::alert::{Alert, BulletinAlert, CaseAlert, CorrectedCell};
use crate::area::{Area, Case};
use crate::attribute::AttributeValue;
use crate::change::{Change, ChangeKind, ChartChange};
use crate::chart::Chart;
use crate::cutoff::CutOff;
use crate::finding::Finding;
use crate::month::Month;
use crate::movement::Movement;
use crate::standing::{ByChart, Cell, CellState, LastRead};
use crate::subscription::Subscription;
use crate::text::{self, UNOFFICIAL, USCIS_CHARTS};

/// The version of the JSON. It counts up when a key changes its meaning or is removed; new keys may be added within
/// one.
pub const JSON_VERSION: u32 = 1;

impl Alert {
    /// The alert as JSON, as described by `docs/alert.schema.json`.
    pub fn json(&self) -> Value {
        let mut object = self.head();
        match self {
            Self::Case(alert) => fill_case(&mut object, alert),
            Self::Bulletin(alert) => fill_bulletin(&mut object, alert),
        }
        Value::Object(object)
    }

    /// The JSON for one subscriber: with the filter, and the meaning of the alert for it.
    pub fn json_for(&self, subscription: &Subscription) -> Value {
        let mut json = self.json();
        let Subscription {
            case,
            priority_date,
            when,
            chart,
        } = subscription;
        json["subscriber"] = without_nulls(json!({
            "case": case_json(*case),
            "priority_date": priority_date,
            "chart": chart,
            "when": when,
            "headline": self.headline_for(subscription),
        }));
        json
    }

    /// The alert without its details, for channels whose limit it exceeds.
    pub fn json_in_short(&self) -> Value {
        let mut object = self.head();
        object.insert("details_left_out".into(), true.into());
        Value::Object(object)
    }

    /// The keys of every alert.
    fn head(&self) -> Map<String, Value> {
        let (alert, kind, revision, page) = match self {
            Self::Case(alert) => ("case", alert.change.kind, alert.change.revision, &alert.page),
            Self::Bulletin(alert) => ("bulletin", alert.kind, alert.revision, &alert.page),
        };
        let month = self.month();
        let attributes: Map<String, Value> = self
            .attributes()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), attribute(value)))
            .collect();
        object(json!({
            "version": JSON_VERSION,
            "alert": alert,
            "id": self.id(),
            "kind": kind.code(),
            "month": month,
            "revision": revision,
            "in_force": {"from": month.first_day(), "to": month.last_day()},
            "headline": self.headline(),
            "official_page": page,
            "uscis_charts": USCIS_CHARTS,
            "notice": UNOFFICIAL,
            "attributes": attributes,
        }))
    }
}

fn attribute(value: AttributeValue) -> Value {
    match value {
        AttributeValue::Word(word) => word.into(),
        AttributeValue::Words(words) => words.into(),
        AttributeValue::Number(number) => number.into(),
    }
}

fn fill_case(into: &mut Map<String, Value>, alert: &CaseAlert) {
    let change = &alert.change;
    into.extend(object(change_json(change)));
    let is_set_back = Chart::ALL
        .into_iter()
        .any(|chart| change.charts.of(chart).is_set_back());
    if is_set_back && change.kind == ChangeKind::NewMonth {
        into.insert("still_in_force".into(), in_force(change.month.previous()));
    }
    if change.charts.dates_for_filing.to.is_some() {
        let note = text::filing_note(change.month);
        into.insert("dates_for_filing_note".into(), note.into());
    }
}

fn in_force(month: Month) -> Value {
    json!({"month": month, "to": month.last_day()})
}

fn fill_bulletin(into: &mut Map<String, Value>, alert: &BulletinAlert) {
    let moved = alert.changes.iter().filter(|change| change.moved()).count();
    let counts = ByChart::each(|chart| {
        let listed = || {
            let changes = alert.changes.iter().map(|change| change.charts.of(chart));
            changes.filter(|chart| chart.to.is_some() || chart.from.is_some())
        };
        json!({
            "moved": listed().filter(|chart| chart.moved()).count(),
            "unchanged": listed().filter(|chart| !chart.moved()).count(),
        })
    });
    let changes: Vec<Value> = alert.changes.iter().map(change_json).collect();
    into.extend(object(json!({
        "cases": alert.changes.len(),
        "cases_moved": moved,
        "charts": counts,
        "changes": changes,
        "corrected": alert.corrected.iter().map(corrected_json).collect::<Vec<_>>(),
        "findings": alert.findings.iter().map(finding_json).collect::<Vec<_>>(),
    })));
}

fn change_json(change: &Change) -> Value {
    let mut json = json!({
        "case": case_json(change.case),
        "charts": ByChart::each(|chart| chart_json(change.charts.of(chart))),
    });
    if change.case_vanished() {
        let ruled_by = ByChart::each(|chart| cell_json(change.charts.of(chart).to.as_ref()));
        let successors: Vec<Value> = change
            .successors
            .iter()
            .map(|successor| {
                let case = Case {
                    category: successor.category,
                    area: change.case.area,
                };
                let charts = ByChart::each(|chart| cell_json(successor.cells.of(chart).as_ref()));
                json!({"case": case_json(case), "charts": charts})
            })
            .collect();
        json["withdrawn"] = json!({"ruled_by": ruled_by, "successors": successors});
    }
    json
}

fn case_json(case: Case) -> Value {
    json!({
        "name": text::case_name(case),
        "category": case.category,
        "category_name": case.category.short(),
        "category_is": case.category.name(),
        "area": case.area,
        "area_name": case.area.name(),
    })
}

fn chart_json(change: &ChartChange) -> Value {
    let newly_current = change
        .newly_current()
        .map(|band| without_nulls(json!({"from": band.first, "to": band.last})));
    without_nulls(json!({
        "before": change.from.map_or_else(|| cell_json(None), last_read_json),
        "after": cell_json(change.to.as_ref()),
        "movement": change.movement.map_or("unreadable", Movement::code),
        "days": change.movement.and_then(Movement::signed_days),
        "newly_served": newly_current,
        "replaces": change.replaced.as_ref().map(|cell| cell_json(Some(cell))),
    }))
}

fn last_read_json(read: LastRead) -> Value {
    let mut json = cut_off_json(read.cut_off, read.column);
    json["month"] = json!(read.month);
    json
}

fn cell_json(cell: Option<&Cell>) -> Value {
    match cell {
        None => json!({"state": "absent"}),
        Some(Cell { column, state }) => match state {
            CellState::CutOff(cut_off) => cut_off_json(*cut_off, *column),
            CellState::Unreadable(printed) => {
                json!({"state": "unreadable", "printed": printed, "column": column})
            }
            CellState::Missing(part) => {
                json!({"state": "unreadable", "printed": "", "missing": part, "column": column})
            }
        },
    }
}

fn cut_off_json(cut_off: CutOff, column: Area) -> Value {
    match cut_off {
        CutOff::Date(date) => json!({"state": "date", "date": date, "column": column}),
        CutOff::Current => json!({"state": "current", "column": column}),
        CutOff::Unavailable => json!({"state": "unavailable", "column": column}),
    }
}

fn corrected_json(cell: &CorrectedCell) -> Value {
    without_nulls(json!({
        "chart": cell.key.chart,
        "case": case_json(cell.key.case()),
        "replaces": cell.before,
        "printed": cell.after,
    }))
}

fn finding_json(finding: &Finding) -> Value {
    json!({"kind": finding.kind(), "text": finding.to_string()})
}

/// The map of a value that is an object.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

fn without_nulls(value: Value) -> Value {
    let mut object = object(value);
    object.retain(|_, value| !value.is_null());
    Value::Object(object)
}
