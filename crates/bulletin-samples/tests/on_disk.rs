//! The files under `samples/` are identical to the generator's output.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn the_files_on_disk_are_what_the_generator_writes() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let mut found: Vec<PathBuf> = Vec::new();
    let mut folders = vec![samples.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "html") {
                found.push(path);
            }
        }
    }
    let on_disk: BTreeMap<String, String> = found
        .into_iter()
        .map(|path| {
            let relative = path.strip_prefix(&samples).unwrap().components();
            let name: Vec<_> = relative.map(|part| part.as_os_str().to_str().unwrap()).collect();
            (name.join("/"), fs::read_to_string(&path).unwrap())
        })
        .collect();
    let written: BTreeMap<String, String> = bulletin_samples::site::files()
        .unwrap()
        .into_iter()
        .map(|file| (file.path, file.html))
        .collect();
    let stale: Vec<&String> = written
        .keys()
        .chain(on_disk.keys())
        .filter(|path| written.get(*path) != on_disk.get(*path))
        .collect();
    assert!(
        stale.is_empty(),
        "{stale:?} differ: run `cargo run -p bulletin-samples --example write-samples`"
    );
}

#[test]
fn no_sample_is_large() {
    for file in bulletin_samples::site::files().unwrap() {
        assert!(
            file.html.len() < 60_000,
            "{}: {} bytes",
            file.path,
            file.html.len()
        );
    }
}
