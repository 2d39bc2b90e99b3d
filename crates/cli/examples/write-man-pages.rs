//! Writes the man pages of `bulletin` and its subcommands to a folder, as `make man` does.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return Err(std::io::Error::other("usage: write-man-pages FOLDER"));
    };
    std::fs::create_dir_all(&folder)?;
    clap_mangen::generate_to(visa_bulletin::definition(), folder)
}
