use proptest::prelude::*;

use super::*;
use crate::bulletin::{RawCell, Reading, Row, RowKey};
use crate::category::Category;

const CATEGORY: Category = Category::Eb3;
const VIETNAM: Case = Case {
    category: CATEGORY,
    area: Area::VIETNAM,
};

fn row(chart: Chart, area: Area, state: Option<i32>) -> Row {
    let reading = state.map_or(Reading::Unreadable, |day| {
        Reading::CutOff(
            chrono::NaiveDate::from_num_days_from_ce_opt(day).map_or(CutOff::Current, CutOff::Date),
        )
    });
    let raw = RawCell {
        category: "3rd".into(),
        area: area.code().into(),
        value: format!("{state:?}").into(),
    };
    Row {
        key: RowKey {
            chart,
            category: CATEGORY,
            area,
        },
        reading,
        raw,
    }
}

/// `own`: for each chart, if there is a Vietnam column, and if its cell can be read.
fn any_bulletin(month: Month) -> impl Strategy<Value = Bulletin> {
    let column = || proptest::option::of(proptest::option::of(730_000..730_400i32));
    (column(), column(), proptest::option::of(730_000..730_400i32)).prop_map(move |(action, filing, all)| {
        let mut rows = vec![
            row(Chart::FinalAction, Area::ALL, all),
            row(Chart::DatesForFiling, Area::ALL, all),
        ];
        rows.extend(action.map(|state| row(Chart::FinalAction, Area::VIETNAM, state)));
        rows.extend(filing.map(|state| row(Chart::DatesForFiling, Area::VIETNAM, state)));
        Bulletin::new(month, rows).unwrap()
    })
}

/// Some months with a bulletin each, and an order in which they arrive.
fn history() -> impl Strategy<Value = (Vec<Bulletin>, Vec<usize>, BTreeSet<Month>)> {
    let start = Month::new(2020, 1).unwrap();
    let months: Vec<Month> = start.through(Month::new(2020, 8).unwrap()).collect();
    let bulletins: Vec<_> = months.iter().copied().map(any_bulletin).collect();
    let order = Just((0..bulletins.len()).collect::<Vec<_>>()).prop_shuffle();
    let skipped = proptest::sample::subsequence(months, 0..=4);
    (
        bulletins,
        order,
        skipped.prop_map(|months| months.into_iter().collect()),
    )
}

fn play<'a>(arrivals: impl Iterator<Item = &'a Bulletin>, over: &BTreeSet<Month>) -> Option<Standing> {
    let mut stored = BTreeMap::new();
    let mut standing = None;
    for bulletin in arrivals {
        let month = bulletin.month();
        let later = || stored.range(month.next()..).map(|(month, _)| *month);
        let neighbours = Neighbours {
            previous: stored.range(..month).next_back().map(|(month, _)| *month),
            next: later().next(),
            next_news: later().find(|month| !over.contains(month)),
            loaded: &stored,
            over,
            history: false,
        };
        standing = Standing::after(standing.as_ref(), VIETNAM, bulletin, neighbours).unwrap();
        stored.insert(month, bulletin.clone());
    }
    standing
}

/// The standing by its definition, from all bulletins at once.
fn by_definition(bulletins: &[Bulletin], over: &BTreeSet<Month>) -> Option<Standing> {
    let entries: Vec<Entry> = bulletins
        .iter()
        .map(|bulletin| Entry {
            over: over.contains(&bulletin.month()),
            ..Entry::of(bulletin, VIETNAM)
        })
        .collect();
    let last_listed = entries.iter().rposition(|entry| entry.lists(VIETNAM))?;
    let (older, newest) = if last_listed + 1 < entries.len() {
        let later = &entries[last_listed + 1..];
        let was_news = !entries[last_listed].over;
        let news = later.iter().position(|entry| was_news && !entry.over);
        (Some(last_listed), last_listed + 1 + news.unwrap_or(0))
    } else {
        (last_listed.checked_sub(1), last_listed)
    };
    let before = ByChart::each(|chart| {
        let read = |over: bool| {
            entries[..older.unwrap_or(0)]
                .iter()
                .rev()
                .filter(|entry| entry.lists(VIETNAM) && entry.over == over)
                .find_map(|entry| read_in(entry, chart))
        };
        read(false).or_else(|| read(true))
    });
    Some(Standing {
        case: VIETNAM,
        before,
        older: older.map(|index| entries[index].clone()),
        newest: entries[newest].clone(),
    })
}

proptest! {
    #[test]
    fn a_standing_depends_on_what_is_stored_and_not_on_the_order((bulletins, order, over) in history()) {
        let shuffled = play(order.iter().map(|index| &bulletins[*index]), &over);
        prop_assert_eq!(&shuffled, &by_definition(&bulletins, &over));
    }

    #[test]
    fn the_same_bulletin_again_changes_nothing((bulletins, order, over) in history()) {
        let once = play(bulletins.iter(), &over);
        let again = play(bulletins.iter().chain(order.iter().map(|index| &bulletins[*index])), &over);
        prop_assert_eq!(once, again);
    }
}

#[test]
fn a_vanished_category_names_its_successors() {
    let month = Month::new(2015, 9).unwrap();
    let cell = |category| {
        let mut row = row(Chart::FinalAction, Area::CHINA, Some(735_000));
        row.key.category = category;
        row
    };
    let rows = [Category::Eb5NonRegional, Category::Eb5Regional].map(cell);
    let bulletin = Bulletin::new(month, rows).unwrap();
    // Two steps: EB5 went into EB5_TEA, and that into the two kinds of centers.
    let entry = Entry::of(
        &bulletin,
        Case {
            category: Category::Eb5,
            area: Area::CHINA,
        },
    );
    let successors: Vec<Category> = entry
        .successors
        .iter()
        .map(|successor| successor.category)
        .collect();
    assert_eq!(successors, [Category::Eb5NonRegional, Category::Eb5Regional]);
}
