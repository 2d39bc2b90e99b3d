//! An example alert that matches a subscription, with invented dates and real texts.

use std::collections::BTreeMap;

use anyhow::bail;
use bulletin::{
    Alert, Area, Bulletin, BulletinAlert, Case, CaseAlert, Category, Change, ChangeKind, Chart, CutOff,
    Month, Neighbours, RawCell, Reading, Row, RowKey, Standing, Subscription, When, changes,
};
use chrono::{Days, NaiveDate};

/// The index page of the bulletins.
const PAGE: &str = "https://travel.state.gov/content/travel/en/legal/visa-law0/visa-bulletin.html";
/// The columns that every chart has today.
const COLUMNS: [Area; 5] = [
    Area::ALL,
    Area::CHINA,
    Area::INDIA,
    Area::MEXICO,
    Area::PHILIPPINES,
];

/// The cut-offs of a cell before and after; `None` if it is not listed.
type Step = (Option<CutOff>, Option<CutOff>);

/// An alert of this month that matches the subscription.
pub(crate) fn of_case(subscription: &Subscription, month: Month) -> anyhow::Result<Alert> {
    let (kind, step) = step(subscription);
    let column = subscription.case.area.ruled_by(|area| COLUMNS.contains(&area));
    let case = Case {
        area: column,
        ..subscription.case
    };
    let charts: Vec<Chart> = subscription.charts().take(1).collect();
    match change(case, &charts, step, kind, month)? {
        Some(change) if subscription.wants(&change) => Ok(Alert::Case(CaseAlert {
            change,
            page: PAGE.into(),
        })),
        _ => bail!("no example alert matches this subscription"),
    }
}

/// The summary of a bulletin of this month.
pub(crate) fn of_bulletin(month: Month) -> anyhow::Result<Alert> {
    let case = Case {
        category: Category::Eb3,
        area: Area::INDIA,
    };
    let advance = (date(2013, 11, 1), date(2013, 11, 15));
    let change = change(case, &[Chart::FinalAction], advance, ChangeKind::NewMonth, month)?;
    Ok(Alert::Bulletin(BulletinAlert {
        month,
        revision: 0,
        kind: ChangeKind::NewMonth,
        changes: change.into_iter().collect(),
        corrected: Vec::new(),
        findings: Vec::new(),
        page: PAGE.into(),
    }))
}

fn date(year: i32, month: u32, day: u32) -> Option<CutOff> {
    NaiveDate::from_ymd_opt(year, month, day).map(CutOff::Date)
}

/// A change that matches the subscription.
fn step(subscription: &Subscription) -> (ChangeKind, Step) {
    let (early, late) = (date(2013, 11, 1), date(2013, 11, 15));
    let (current, unavailable) = (Some(CutOff::Current), Some(CutOff::Unavailable));
    let days_before = |days: u64| {
        let date = subscription.priority_date?;
        date.checked_sub_days(Days::new(days)).map(CutOff::Date)
    };
    let days_after = |days: u64| {
        let date = subscription.priority_date?;
        date.checked_add_days(Days::new(days)).map(CutOff::Date)
    };
    let step = match subscription.when {
        When::Every | When::Moves => (early, late),
        When::Corrected => return (ChangeKind::Correction, (early, late)),
        When::Current | When::Passes => (days_before(20), days_after(11)),
        When::GoesBack => (days_after(11), days_before(20)),
        When::Within { days } => (days_before(u64::from(days) + 31), days_before(u64::from(days))),
        When::Only(movements) => match movements.codes().next() {
            Some("retrogressed") => (late, early),
            Some("became_current") => (early, current),
            Some("became_unavailable") => (early, unavailable),
            Some("became_available") => (unavailable, early),
            Some("left_current") => (current, early),
            Some("first_seen") => (None, early),
            Some("withdrawn") => (early, None),
            _ => (early, late),
        },
    };
    (ChangeKind::NewMonth, step)
}

/// The change of the case that the step causes on these charts, computed as in the pipeline.
fn change(
    case: Case,
    charts: &[Chart],
    step: Step,
    kind: ChangeKind,
    month: Month,
) -> anyhow::Result<Option<Change>> {
    let on = |month, cut_off| bulletin(month, case, charts, cut_off);
    let mut loaded = BTreeMap::new();
    let first = match kind {
        ChangeKind::NewMonth => on(month.previous(), step.0)?,
        ChangeKind::Correction => on(month, step.0)?,
    };
    let second = on(month, step.1)?;
    let alone = Neighbours {
        previous: None,
        next: None,
        loaded: &BTreeMap::new(),
        next_news: None,
        over: Neighbours::NONE_OVER,
        history: false,
    };
    let before = Standing::after(None, case, &first, alone)?;
    loaded.insert(first.month(), first);
    let neighbours = Neighbours {
        previous: loaded.keys().copied().find(|other| *other < month),
        next: None,
        loaded: &loaded,
        next_news: None,
        over: Neighbours::NONE_OVER,
        history: false,
    };
    let after = Standing::after(before.as_ref(), case, &second, neighbours)?;
    Ok(after.and_then(|after| changes(before.as_ref(), &after).pop()))
}

/// A bulletin of one category: this cut-off in the case's cell on these charts, and a constant in the others.
fn bulletin(month: Month, case: Case, charts: &[Chart], cut_off: Option<CutOff>) -> anyhow::Result<Bulletin> {
    let mut rows = Vec::new();
    for chart in Chart::ALL {
        for area in COLUMNS {
            let moves = area == case.area && charts.contains(&chart);
            let Some(cut_off) = (if moves { cut_off } else { date(2015, 1, 1) }) else {
                continue;
            };
            rows.push(Row {
                key: RowKey {
                    chart,
                    category: case.category,
                    area,
                },
                reading: Reading::CutOff(cut_off),
                raw: RawCell {
                    category: case.category.code().into(),
                    area: area.code().into(),
                    value: cut_off.to_string().into(),
                },
            });
        }
    }
    Ok(Bulletin::new(month, rows)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subscription_has_a_matching_example() {
        let month: Month = "2026-12".parse().unwrap();
        let priority_dates = ["2013-03-15", "1975-01-01", "2026-11-20"];
        let whens = [
            "every",
            "moves",
            "corrected",
            "current",
            "passes",
            "goes-back",
            "within:0d",
            "within:60d",
            "within:65535d",
            "only:advanced",
            "only:retrogressed",
            "only:became_current",
            "only:became_unavailable",
            "only:became_available",
            "only:left_current",
            "only:first_seen",
            "only:withdrawn",
            "only:withdrawn,left_current",
        ];
        for category in Category::ALL.iter().copied() {
            for area in Area::listed().chain(["BRAZIL".parse().unwrap()]) {
                for when in whens {
                    for chart in [None, Some(Chart::FinalAction), Some(Chart::DatesForFiling)] {
                        let date = priority_dates[when.len() % 3];
                        let subscription = Subscription {
                            case: Case { category, area },
                            priority_date: Some(date.parse().unwrap()),
                            when: when.parse().unwrap(),
                            chart,
                        };
                        let alert = of_case(&subscription, month);
                        assert!(alert.is_ok(), "{subscription:?}: {alert:?}");
                    }
                }
            }
        }
        assert!(of_bulletin(month).unwrap().subject().contains("December 2026"));
    }
}
