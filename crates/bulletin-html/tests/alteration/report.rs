//! The runner of the alterations: it applies every kind to every page and counts the results.

use std::fmt::Write as _;

use crate::check::{Verdict, verdict};
use crate::page::Page;
use crate::random::Random;
use crate::source;

/// One kind of alteration.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// True if a person still reads the page without doubt.
    pub(crate) is_clear: bool,
    /// Alters a page. False if this alteration does not apply to the page.
    pub(crate) alter: fn(&mut Page, &mut Random) -> bool,
}

/// A kind after which a person still reads the page without doubt.
pub(crate) const fn clear(name: &'static str, alter: fn(&mut Page, &mut Random) -> bool) -> Kind {
    Kind {
        name,
        is_clear: true,
        alter,
    }
}

/// A kind that loses, contradicts or misprints something.
pub(crate) const fn unclear(name: &'static str, alter: fn(&mut Page, &mut Random) -> bool) -> Kind {
    Kind {
        name,
        is_clear: false,
        alter,
    }
}

/// The results of one kind.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tally {
    pub(crate) name: &'static str,
    pub(crate) is_clear: bool,
    pub(crate) right: usize,
    pub(crate) reported: usize,
    pub(crate) refused: usize,
    pub(crate) wrong: usize,
    pub(crate) silent: usize,
    /// The first case of each verdict that is not right.
    pub(crate) examples: Vec<(String, String)>,
}

impl Tally {
    pub(crate) fn total(&self) -> usize {
        self.right + self.reported + self.refused + self.wrong + self.silent
    }

    fn count(&mut self, page: &Page, verdict: Verdict) {
        let name = self.name;
        let (counter, what, detail) = match verdict {
            Verdict::Right => (&mut self.right, "right", String::new()),
            Verdict::Reported(why) => (&mut self.reported, "reported", why),
            Verdict::Refused(why) => (&mut self.refused, "refused", why),
            Verdict::Wrong(why) => (&mut self.wrong, "WRONG", why),
            Verdict::Silent(why) => (&mut self.silent, "SILENT", why),
        };
        *counter += 1;
        let is_new = self.examples.iter().filter(|(known, _)| known == what).count() < 3;
        if is_new && what != "right" {
            keep(page, name, what, self.examples.len());
            self.examples
                .push((what.to_owned(), format!("{}: {detail}", page.month)));
        }
    }
}

/// Writes a page that was not read to the directory in `ALTERED_PAGES`, if it is set.
fn keep(page: &Page, kind: &str, what: &str, number: usize) {
    if let Some(directory) = std::env::var_os("ALTERED_PAGES") {
        let name = format!("{} {} {what} {number}.html", kind.replace('/', " "), page.month);
        std::fs::write(
            std::path::Path::new(&directory).join(name.replace(' ', "-")),
            page.bytes(),
        )
        .unwrap();
    }
}

/// The number of times that a kind is applied to a sample, each time in another place.
const ROUNDS: usize = 2;
/// One in this many real pages is altered.
const REAL_STEP: usize = 13;

/// The results of these kinds on all pages.
pub(crate) fn run(kinds: &[Kind]) -> Vec<Tally> {
    let samples = source::samples();
    let real = source::real_pages(REAL_STEP);
    let mut tallies = Vec::new();
    for kind in kinds {
        let mut tally = Tally {
            name: kind.name,
            is_clear: kind.is_clear,
            ..Tally::default()
        };
        for (index, page) in samples.iter().chain(&real).enumerate() {
            let rounds = if index < samples.len() { ROUNDS } else { 1 };
            for round in 0..rounds {
                let mut altered = page.clone();
                if (kind.alter)(&mut altered, &mut Random::new(kind.name, index, round)) {
                    tally.count(&altered, verdict(&altered));
                }
            }
        }
        tallies.push(tally);
    }
    tallies
}

/// The results as a table, and the cases that are wrong, silent or needlessly refused.
pub(crate) fn table(tallies: &[Tally]) -> String {
    let mut table = String::from("kind | clear | right | reported | refused | wrong | silent\n");
    for tally in tallies {
        let clear = if tally.is_clear { "yes" } else { "no" };
        let Tally {
            name,
            right,
            reported,
            refused,
            wrong,
            silent,
            ..
        } = tally;
        let _ = writeln!(
            table,
            "{name} | {clear} | {right} | {reported} | {refused} | {wrong} | {silent}"
        );
    }
    for tally in tallies {
        for (what, example) in &tally.examples {
            let is_expected = match what.as_str() {
                "refused" | "reported" => !tally.is_clear,
                _ => false,
            };
            if !is_expected {
                let example: String = example.chars().take(420).collect();
                let _ = writeln!(table, "{what}: {}: {example}", tally.name);
            }
        }
    }
    table
}
