//! Measures what the project costs and holds it against what is wanted: `bench [SECTION...]`.
//!
//! Without arguments every section is measured and docs/BENCHMARKS.md is written.

mod history;
mod lambda;
mod page;
mod pages;
mod report;

use std::io::Write as _;
use std::path::Path;

use anyhow::bail;

use report::Section;

/// What can be measured, by name.
type Measure = fn(&Path) -> anyhow::Result<Section>;
const SECTIONS: [(&str, Measure); 3] = [
    ("page", page::measure),
    ("lambda", lambda::measure),
    ("history", history::measure),
];

fn main() -> anyhow::Result<()> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let Some((history::COST_OF, command)) =
        wanted.split_first().map(|(first, rest)| (first.as_str(), rest))
    {
        return history::print_cost(command);
    }
    let names = SECTIONS.map(|(name, _)| name);
    if let Some(unknown) = wanted.iter().find(|name| !names.contains(&name.as_str())) {
        bail!(
            "there is no section \"{unknown}\": name some of {}, or none for all",
            names.join(", ")
        );
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let mut sections = Vec::new();
    for (name, measure) in SECTIONS.iter().filter(|(name, _)| is_wanted(name)) {
        writeln!(std::io::stderr(), "measuring: {name}")?;
        sections.push(measure(&project)?);
    }
    let tables = report::tables(&sections);
    write!(std::io::stdout(), "{tables}")?;
    if wanted.is_empty() {
        report::write_page(&project, &tables)?;
    }
    Ok(())
}
