//! Checks stored content for consistency: the file, rows and standings. Excludes dead letters, see
//! [`letter`](super::letter).

use std::collections::{BTreeMap, BTreeSet};

use bulletin::{Bulletin, Case, CellState, Chart, Entry, Month, Standing};
use pipeline::CellDigest;
use pipeline::port::{BulletinStore, StoreError, as_bulletin};
use sqlite::SqliteStore;

use super::{Circumstances, Part, Scope, Symptom, counted, few, one_line};

/// Adds the command that repairs the stored data of a month: a manually ingested page is compared with every row
/// and standing.
pub(super) fn feed(symptom: Symptom, around: &Circumstances) -> Symptom {
    symptom.by(around.command("ingest PAGE.html"))
}

/// Checks the integrity of the file.
pub(super) fn file(store: &SqliteStore, symptoms: &mut Vec<Symptom>) {
    let damage = match store.damage() {
        Ok(damage) => damage,
        Err(error) => vec![error.to_string()],
    };
    symptoms.push(if damage.is_empty() {
        Symptom::good(Part::File, "intact, including its indexes")
    } else {
        Symptom::bad(
            Part::File,
            format!("damaged: {}", one_line(&damage.join("; "))),
            "Move the file away and restore the newest backup. Without a backup, the first command creates a new \
             file with the newest bulletin, and the second fetches the history; then add the watches again.",
        )
        .by("bulletin run")
        .by("bulletin run --backfill 2001-12..")
    });
}

/// Checks for months that have rows and are not stored whole.
pub(super) async fn half_stored(
    store: &SqliteStore,
    around: &Circumstances,
) -> Result<Vec<Symptom>, StoreError> {
    let whole = store.months().await?;
    let half: Vec<String> = store
        .months_with_rows()?
        .iter()
        .filter(|month| !whole.contains(month))
        .map(Month::to_string)
        .collect();
    Ok(vec![if half.is_empty() {
        Symptom::good(Part::Catalogue, counted(whole.len(), "bulletin"))
    } else {
        feed(
            Symptom::bad(
                Part::Catalogue,
                format!("these bulletins are stored only in part: {}", few(&half, ", ")),
                "Another program may have written there. Save each page from a browser, and store it:",
            ),
            around,
        )
    }])
}

/// Checks that the rows of each bulletin match the digest in its record.
pub(super) async fn rows<S: BulletinStore>(
    store: &S,
    scope: Scope,
    around: &Circumstances,
) -> Result<Vec<Symptom>, StoreError> {
    let mut months = store.months().await?;
    if scope == Scope::Newest {
        months = months.split_off(months.len().saturating_sub(2));
    }
    let mut wrong = Vec::new();
    for month in &months {
        // A bulletin without a record is reported with the catalogue.
        let Some(record) = store.record(*month).await? else {
            continue;
        };
        let bulletin = match as_bulletin(*month, store.rows(*month).await?) {
            Ok(bulletin) => bulletin,
            Err(error) => {
                wrong.push((*month, error.to_string()));
                continue;
            }
        };
        let cells = bulletin.rows().len();
        if cells != record.cells {
            wrong.push((
                *month,
                format!(
                    "{month} had {}, and now has {cells}",
                    counted(record.cells, "cell")
                ),
            ));
        } else if CellDigest::of(&bulletin) != record.digest {
            wrong.push((
                *month,
                format!("the cells of {month} were changed after they were stored"),
            ));
        }
    }
    if wrong.is_empty() {
        let of = match scope {
            Scope::All => counted(months.len(), "bulletin"),
            Scope::Newest => format!("the newest {}", counted(months.len(), "bulletin")),
        };
        return Ok(vec![Symptom::good(
            Part::Rows,
            format!("unchanged since they were stored, in {of}"),
        )]);
    }
    let texts: Vec<String> = wrong.into_iter().map(|(_, what)| what).collect();
    Ok(vec![feed(
        Symptom::bad(
            Part::Rows,
            few(&texts, "; "),
            "Another program may have written there. Save the page of each of these months from a browser, and \
             store it: every cell is compared with the page.",
        ),
        around,
    )])
}

/// Checks that the standings match the rows of the two newest bulletins.
pub(super) async fn standings<S: BulletinStore>(
    store: &S,
    around: &Circumstances,
) -> Result<Vec<Symptom>, StoreError> {
    let months = store.months().await?;
    let mut newest: Vec<Bulletin> = Vec::new();
    for month in months.iter().rev().take(2) {
        newest.push(as_bulletin(*month, store.rows(*month).await?)?);
    }
    let standings: BTreeMap<Case, Standing> = store
        .standings()
        .await?
        .into_iter()
        .map(|stored| (stored.standing.case, stored.standing))
        .collect();
    let mut cases: BTreeSet<Case> = newest.iter().flat_map(Bulletin::cases).collect();
    cases.extend(standings.keys());
    let difference = |case: &Case| {
        let difference = differs(*case, standings.get(case), &newest)?;
        Some(format!("{case} {difference}"))
    };
    let wrong: Vec<String> = cases.iter().filter_map(difference).collect();
    let months: Vec<String> = newest
        .iter()
        .map(|bulletin| bulletin.month().to_string())
        .collect();
    if wrong.is_empty() {
        let what = match months.as_slice() {
            [] => "no bulletin is stored".into(),
            _ => format!(
                "{}, consistent with the rows of {}",
                counted(standings.len(), "standing"),
                months.join(" and ")
            ),
        };
        return Ok(vec![Symptom::good(Part::Standings, what)]);
    }
    Ok(vec![feed(
        Symptom::bad(
            Part::Standings,
            format!(
                "{} inconsistent with the rows: {}",
                counted(wrong.len(), "standing"),
                few(&wrong, "; ")
            ),
            format!(
                "Alerts are computed from standings. Save the page of {} from a browser and store it: every \
                 standing is compared with it.",
                months.join(", and then that of ")
            ),
        ),
        around,
    )])
}

/// The difference between the standing of a case and the two newest bulletins, the newest first.
fn differs(case: Case, standing: Option<&Standing>, newest: &[Bulletin]) -> Option<String> {
    let rules: Vec<Entry> = newest.iter().map(|bulletin| Entry::of(bulletin, case)).collect();
    let is_listed = rules.iter().any(|entry| entry.lists(case));
    let Some(standing) = standing else {
        return is_listed.then(|| "has no standing".to_owned());
    };
    if is_listed {
        let stand: Vec<Month> = standing.entries().map(|entry| entry.month).collect();
        let should: Vec<Month> = rules.iter().map(|entry| entry.month).collect();
        if stand != should {
            return Some(format!(
                "has the months {}, expected {}",
                joined(&stand),
                joined(&should)
            ));
        }
    }
    rules.iter().find_map(|entry| {
        let stored = standing.entry(entry.month)?;
        for chart in Chart::ALL {
            let (is, should) = (stored.cells.of(chart), entry.cells.of(chart));
            if is != should {
                let text = |cell: &Option<bulletin::Cell>| cell.as_ref().map_or("nothing".into(), cell_text);
                let (is, should) = (text(is), text(should));
                return Some(format!(
                    "has {is}, expected {should}, in {} of {}",
                    chart.name(),
                    entry.month
                ));
            }
        }
        let is_same = stored.columns == entry.columns && stored.successors == entry.successors;
        (!is_same).then(|| format!("has unexpected columns in {}", entry.month))
    })
}

fn joined(months: &[Month]) -> String {
    months
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" and ")
}

fn cell_text(cell: &bulletin::Cell) -> String {
    match &cell.state {
        CellState::CutOff(cut_off) => cut_off.to_string(),
        CellState::Unreadable(raw) => format!("the unreadable \"{}\"", raw.escape_debug()),
        CellState::Missing(_) => "a missing cell".into(),
    }
}
