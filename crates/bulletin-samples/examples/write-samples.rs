//! Writes the pages under `samples/`. Run it after a change of the pages or of `data/cutoffs.csv`:
//!
//! ```text
//! cargo run -p bulletin-samples --example write-samples
//! ```

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    for folder in ["pages", "steps", "demo", "history"] {
        let folder = samples.join(folder);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {}", folder.display()))?;
        }
    }
    for file in bulletin_samples::site::files()? {
        let path = samples.join(&file.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, &file.html).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
