//! The cost of each step on one machine with 10, 100 and 1,000 times as many rows or subscribers. Excludes AWS.
//! Start with [`measure`].

use std::path::Path;

use anyhow::{Context as _, ensure};
use bulletin::{Area, Category, Chart, CutOff, Month};
use pipeline::testing::{bulletin_of, page_of};
use rusqlite::Connection;

use crate::history::{Cost, Program, in_order, least, remove};
use crate::pages::pages;
use crate::report::{Line, Reach, Section};

const TIMES: [usize; 4] = [1, 10, 100, 1000];
/// The maximum ratio of costs for ten times the rows or subscribers: linear, with a margin for noise.
const MOST_GROWTH: f64 = 11.0;
/// The number of subscribers of one machine today.
const SUBSCRIBERS: usize = 10;
const QUESTIONS: usize = 3;
/// The earliest valid month.
const FIRST_MONTH: &str = "1900-01";

/// Measures the steps on a growing database.
///
/// # Errors
/// If the command is not built, or fails.
pub(crate) fn measure(project: &Path) -> anyhow::Result<Section> {
    let program = Program::find()?;
    let folder = tempfile::tempdir()?;
    let base = folder.path().join("base.db");
    let pages = pages(project)?;
    let files = in_order(&pages)?;
    let (newest, _) = files.last().context("no pages")?;
    let mut ingest = vec!["ingest"];
    ingest.extend(files.iter().map(|(_, file)| file.as_str()));
    program.cost(&base, &ingest)?;
    let next = Next::after(*newest, folder.path())?;
    let rows = count(&base, "cut_off")?;

    let mut lines = rows_grow(&program, &base, &next, rows)?;
    lines.extend(subscribers_grow(&program, &base, &next)?);
    Ok(Section {
        title: "Growth, in SQLite".into(),
        note: format!(
            "The steps with {} times the {rows} rows of {} {}, and with as many times {SUBSCRIBERS} subscribers. Each step is a \
             separate process. Rows are added as further months, then as further cases of each month. CPU time and peak memory.",
            TIMES.map(|times| times.to_string()).join(", "),
            pages.len(),
            pages.kind(),
        ),
        lines,
    })
}

/// The page of the month after all others, and the day on which it is fetched.
struct Next {
    file: String,
    day: String,
    month: Month,
}

impl Next {
    fn after(newest: Month, folder: &Path) -> anyhow::Result<Self> {
        let month = newest.next();
        let day = "2012-03-15".parse()?;
        let file = folder.join("next.html");
        std::fs::write(&file, page_of(&bulletin_of(month, |_| CutOff::Date(day))))?;
        Ok(Self {
            file: file.display().to_string(),
            day: newest.first_day().to_string(),
            month,
        })
    }

    fn words(&self) -> [&str; 4] {
        ["ingest", "--as-of", &self.day, &self.file]
    }
}

/// Measures storing a page and querying a history with a growing number of rows.
fn rows_grow(program: &Program, base: &Path, next: &Next, rows: usize) -> anyhow::Result<Vec<Line>> {
    let database = base.with_file_name("rows.db");
    let (mut stored, mut asked, mut checked) = (Vec::new(), Vec::new(), Vec::new());
    for times in TIMES {
        remove(&database);
        std::fs::copy(base, &database)?;
        fill(&database, times * rows).with_context(|| format!("{times} times the rows"))?;
        stored.push(program.cost(&database, &next.words())?);
        let ask = |words: &[&str]| least(QUESTIONS, || program.cost(&database, words));
        asked.push(ask(&["history", "EB3", "INDIA"])?);
        checked.push(ask(&["check", "EB3", "INDIA", "--priority-date", "2013-03-15"])?);
    }
    remove(&database);
    Ok(vec![
        line("rows: `ingest` of a page", &stored),
        line("rows: `history EB3 INDIA`", &asked),
        line("rows: `check EB3 INDIA`", &checked),
    ])
}

/// Measures storing a page and printing all alerts with a growing number of subscribers.
fn subscribers_grow(program: &Program, base: &Path, next: &Next) -> anyhow::Result<Vec<Line>> {
    let database = base.with_file_name("subscribers.db");
    let mut told = Vec::new();
    for times in TIMES {
        remove(&database);
        std::fs::copy(base, &database)?;
        subscribe(&database, next.month, times * SUBSCRIBERS)?;
        told.push(program.cost(&database, &next.words())?);
        let sent = count(&database, "alert_mark")?;
        let wanted = times * SUBSCRIBERS;
        ensure!(sent >= wanted, "{sent} alerts for {wanted} subscribers");
    }
    remove(&database);
    Ok(vec![line(
        "subscribers: `ingest` of a page, with its alerts",
        &told,
    )])
}

/// The costs of a step, with linear growth as the target.
fn line(what: &str, costs: &[Cost]) -> Line {
    let worst = |of: fn(&Cost) -> f64| {
        let pairs = costs.windows(2).map(|pair| of(&pair[1]) / of(&pair[0]));
        pairs.fold(0.0, f64::max)
    };
    let growth = worst(|cost| cost.cpu).max(worst(|cost| cost.memory));
    let each = |of: &dyn Fn(&Cost) -> String| costs.iter().map(of).collect::<Vec<_>>().join(", ");
    Line {
        what: what.into(),
        figure: format!(
            "{} ms; {} MB",
            each(&|cost| format!("{:.1}", cost.cpu * 1e3)),
            each(&|cost| format!("{:.1}", cost.memory)),
        ),
        reach: Some(Reach::at_most(growth, MOST_GROWTH).said("linear or better")),
    }
}

/// Adds rows up to a number, for all months from 1900 up to the first stored one and as many cases as needed. If the
/// real cases are not enough, the others have made-up areas.
fn fill(database: &Path, wanted: usize) -> anyhow::Result<()> {
    let stored = count(database, "cut_off")?;
    let Some(added) = wanted.checked_sub(stored).filter(|added| *added > 0) else {
        return Ok(());
    };
    let connection = Connection::open(database)?;
    connection.execute_batch(
        "PRAGMA journal_mode = off; PRAGMA synchronous = off; PRAGMA cache_size = -200000;
         DROP INDEX cut_off_by_month;
         CREATE TEMP TABLE every_month (month TEXT PRIMARY KEY);
         CREATE TEMP TABLE every_cell (category TEXT, area TEXT, chart TEXT, PRIMARY KEY (category, area, chart)) WITHOUT ROWID;
         BEGIN;",
    )?;
    let first: String = connection.query_row("SELECT min(month) FROM bulletin", [], |row| row.get(0))?;
    let months: Vec<Month> = FIRST_MONTH
        .parse::<Month>()?
        .through(first.parse::<Month>()?.previous())
        .collect();
    let mut insert = connection.prepare("INSERT INTO every_month VALUES (?)")?;
    for month in &months {
        insert.execute([month.to_string()])?;
    }
    let known = Area::every().filter(|area| *area != Area::INDIA);
    let known = known.map(|area| area.code().to_owned());
    let others = (0..).map(|number| format!("AREA_{number}"));
    let areas = [Area::INDIA.code().to_owned()]
        .into_iter()
        .chain(known)
        .chain(others);
    let keys = areas.flat_map(|area| {
        let charts = move |category: Category| Chart::ALL.map(|chart| (category, chart));
        let keys = Category::ALL.iter().copied().flat_map(charts);
        keys.map(move |(category, chart)| (category, area.clone(), chart))
    });
    let mut insert = connection.prepare("INSERT INTO every_cell VALUES (?, ?, ?)")?;
    for (category, area, chart) in keys.take(added.div_ceil(months.len())) {
        insert.execute([category.code(), &area, chart.code()])?;
    }
    connection.execute(
        "INSERT INTO cut_off
         SELECT category, area, chart, month, '2010-01-15', '3rd', 'INDIA', '15JAN10', 'travel.state.gov', 1
         FROM every_cell CROSS JOIN every_month ORDER BY category, area, chart, month LIMIT ?",
        [i64::try_from(added)?],
    )?;
    connection.execute_batch(
        "INSERT INTO bulletin
         SELECT every_month.month, json_set((SELECT record FROM bulletin LIMIT 1), '$.month', every_month.month)
         FROM every_month;
         CREATE INDEX cut_off_by_month ON cut_off (month);
         COMMIT; PRAGMA journal_mode = wal;",
    )?;
    let now = count(database, "cut_off")?;
    ensure!(now == wanted, "{now} rows, expected {wanted}");
    Ok(())
}

/// Adds watches on the terminal for every bulletin, each for a case of this month.
fn subscribe(database: &Path, month: Month, count: usize) -> anyhow::Result<()> {
    let day = "2012-03-15".parse()?;
    let cases: Vec<_> = bulletin_of(month, |_| CutOff::Date(day))
        .cases()
        .into_iter()
        .collect();
    let mut connection = Connection::open(database)?;
    let transaction = connection.transaction()?;
    for number in 0..count {
        let case = cases[number % cases.len()];
        transaction.execute(
            "INSERT INTO watch (category, area, priority_date, tell_when, way) VALUES (?, ?, NULL, 'every', 'terminal')",
            [case.category.code(), case.area.code()],
        )?;
    }
    Ok(transaction.commit()?)
}

fn count(database: &Path, table: &str) -> anyhow::Result<usize> {
    let connection = Connection::open(database)?;
    let count: i64 = connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
    Ok(usize::try_from(count)?)
}
