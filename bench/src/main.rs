//! Measures what the project costs and holds it against what is wanted: `tools/bench [SECTION...]`, which compiles this, the
//! command and the Lambdas first.
//!
//! Without arguments every section is measured and docs/BENCHMARKS.md is written.

mod growth;
mod history;
mod instructions;
mod lambda;
mod page;
mod pages;
mod passage;
mod report;
mod tokenizer;

use std::io::Write as _;
use std::path::Path;

use anyhow::bail;

use report::Section;

/// What can be measured, by name.
type Measure = fn(&Path) -> anyhow::Result<Section>;
const SECTIONS: [(&str, Measure); 6] = [
    ("page", page::measure),
    ("sqlite", passage::measure_local),
    ("history", history::measure),
    ("lambda", lambda::measure),
    ("emulator", passage::measure_emulator),
    ("growth", growth::measure),
];

fn main() -> anyhow::Result<()> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    match wanted.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        Some((history::COST_OF, command)) => return history::print_cost(command),
        Some((instructions::PASSES_OF, work)) => return instructions::passes_of(&project, work),
        _ => {}
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
    let mut failed = Vec::new();
    for (name, measure) in SECTIONS.iter().filter(|(name, _)| is_wanted(name)) {
        writeln!(std::io::stderr(), "measuring: {name}")?;
        // One section that fails, or panics in the harness of the tests, does not take the others with it.
        let measured = std::panic::catch_unwind(|| measure(&project));
        sections.push(match measured {
            Ok(Ok(section)) => section,
            Ok(Err(error)) => {
                writeln!(std::io::stderr(), "{name}: {error:#}")?;
                failed.push(*name);
                Section::not_measured(name, "it failed", &[])
            }
            Err(_) => {
                failed.push(*name);
                Section::not_measured(name, "it failed", &[])
            }
        });
    }
    let tables = report::tables(&sections);
    write!(std::io::stdout(), "{tables}")?;
    if wanted.is_empty() {
        report::write_page(&project, &tables)?;
    }
    if !failed.is_empty() {
        bail!("these sections failed: {}", failed.join(", "));
    }
    Ok(())
}
