//! Runs the benchmarks and compares them with targets. Start it with `tools/bench [SECTION...]`, which first builds
//! this program, the command and the Lambdas. The measurements are in the modules; `SECTIONS` lists them.
//!
//! Without arguments it measures all sections and writes docs/BENCHMARKS.md.

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

/// A section of the benchmarks.
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
            "unknown section \"{unknown}\": expected some of {}, or none for all",
            names.join(", ")
        );
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let mut sections = Vec::new();
    let mut failed = Vec::new();
    for (name, measure) in SECTIONS.iter().filter(|(name, _)| is_wanted(name)) {
        writeln!(std::io::stderr(), "measuring: {name}")?;
        // A section that fails, or panics in the test harness, does not stop the others.
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
