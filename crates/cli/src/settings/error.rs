//! The errors of settings as one line, with the place and the remedy. A line never repeats a secret.

use std::path::Path;

use anyhow::anyhow;

use super::Origin;

/// The remedy of every error in a file.
const REMEDY: &str = "Correct it, or compare with the output of `bulletin config init --print`";

/// An error at a place in the file.
pub(super) fn in_file(path: &Path, text: &str, error: &toml::de::Error) -> anyhow::Error {
    let line = match error.span() {
        Some(span) => {
            let before = text.get(..span.start).unwrap_or_default();
            format!(", line {}", before.matches('\n').count() + 1)
        }
        None => String::new(),
    };
    let what = error.message().trim().replace('\n', ", ");
    let what = what.replace("unknown field", "unknown setting");
    anyhow!("{}{line}: {what}. {REMEDY}", path.display())
}

/// An error of the merged layers. The file is valid, so this is one of the environment or of an option.
pub(super) fn of_layers(path: &Path, error: figment::Error) -> anyhow::Error {
    let place = match &error.metadata {
        Some(metadata) if metadata.name == Origin::File.word() => path.display().to_string(),
        Some(metadata) => metadata.name.to_string(),
        None => "settings".into(),
    };
    anyhow!("{place}: {}: {}", error.path.join("."), error.kind)
}
