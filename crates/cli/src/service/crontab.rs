//! The service as a block of the user's crontab, between two marks. Every other line is unchanged.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use super::{Service, complaint, output_of};
use crate::args::Every;
use crate::quote::crontab_command;

const BEGIN: &str =
    "# BEGIN visa-bulletin: written by `bulletin service install`, removed by `bulletin service remove`";
const END: &str = "# END visa-bulletin";

/// The default interval, because cron cannot run `--every auto`.
const DEFAULT_MINUTES: u64 = 30;

/// A crontab around the block of this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Crontab {
    before: Vec<u8>,
    /// The lines between the marks; `None` without a block.
    pub(crate) block: Option<Vec<u8>>,
    after: Vec<u8>,
}

/// The line of a service.
///
/// # Errors
/// An interval or a path that a crontab cannot express.
pub(crate) fn line(service: &Service) -> anyhow::Result<String> {
    let words = service.words(false);
    if let Some(word) = words.iter().find(|word| word.contains('\\')) {
        bail!("the path {word} cannot be written into a crontab: rename it, without a backslash");
    }
    // The same machine always polls at the same minutes, and other machines at others.
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    std::fs::read("/etc/machine-id").ok().hash(&mut hasher);
    Ok(format!(
        "{} {}",
        schedule(service.every, hasher.finish())?,
        crontab_command(&words)
    ))
}

/// The times of an interval as a crontab has them, shifted by `offset`.
fn schedule(every: Every, offset: u64) -> anyhow::Result<String> {
    let seconds = match every {
        Every::Auto => DEFAULT_MINUTES * 60,
        Every::Time(interval) => interval.as_secs(),
    };
    let minutes = seconds / 60;
    let list = |step: u64, offset: u64, end: u64| match step {
        1 => "*".to_owned(),
        _ => {
            let times: Vec<String> = (offset % step..end)
                .step_by(usize::try_from(step).unwrap_or(1))
                .map(|time| time.to_string())
                .collect();
            times.join(",")
        }
    };
    let is_whole = seconds.is_multiple_of(60) && minutes > 0;
    if is_whole && minutes < 60 && 60 % minutes == 0 {
        return Ok(format!("{} * * * *", list(minutes, offset, 60)));
    }
    let hours = minutes / 60;
    if is_whole && minutes.is_multiple_of(60) && hours <= 24 && 24 % hours == 0 {
        return Ok(format!("{} {} * * *", offset % 60, list(hours, offset / 60, 24)));
    }
    bail!("cron cannot poll at this interval: expected a part of an hour or of a day, such as 30m, 1h or 6h")
}

impl Crontab {
    /// Reads the crontab of the user; `None` if `crontab` is not installed.
    ///
    /// # Errors
    /// A crontab that cannot be read, or whose block is incomplete.
    pub(crate) fn read() -> anyhow::Result<Option<Self>> {
        let Some(output) = output_of("crontab", &["-l"])? else {
            return Ok(None);
        };
        if output.status.success() {
            return Self::parse(&output.stdout).map(Some);
        }
        let reason = complaint(&output);
        if reason.contains("no crontab") {
            return Self::parse(b"").map(Some);
        }
        bail!("cannot read the crontab: {reason}")
    }

    fn parse(bytes: &[u8]) -> anyhow::Result<Self> {
        let mut crontab = Self {
            before: Vec::new(),
            block: None,
            after: Vec::new(),
        };
        let mut is_inside = false;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let text = line.trim_ascii_end();
            match &mut crontab.block {
                None if text == BEGIN.as_bytes() => {
                    crontab.block = Some(Vec::new());
                    is_inside = true;
                }
                None => crontab.before.extend_from_slice(line),
                Some(_) if is_inside && text == END.as_bytes() => is_inside = false,
                Some(block) if is_inside => block.extend_from_slice(line),
                Some(_) if text == BEGIN.as_bytes() => {
                    bail!("the crontab has two blocks of visa-bulletin. Remove one with `crontab -e`")
                }
                Some(_) => crontab.after.extend_from_slice(line),
            }
        }
        if is_inside {
            bail!(
                "the crontab has the line `# BEGIN visa-bulletin` without `{END}`. Correct it with `crontab -e`"
            );
        }
        Ok(crontab)
    }

    /// Replaces the block, or removes it.
    pub(crate) fn with_block(&self, line: Option<&str>) -> Self {
        Self {
            block: line.map(|line| format!("{line}\n").into_bytes()),
            ..self.clone()
        }
    }

    /// Writes the crontab of the user.
    ///
    /// # Errors
    /// A failure of `crontab`.
    pub(crate) fn write(&self) -> anyhow::Result<()> {
        let mut child = Command::new("crontab")
            .arg("-")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot run crontab")?;
        if let Some(mut input) = child.stdin.take() {
            // If `crontab` refuses it, the exit code says so.
            let _ = input.write_all(&self.bytes());
        }
        let output = child.wait_with_output().context("cannot run crontab")?;
        if !output.status.success() {
            bail!("`crontab -` failed: {}", complaint(&output));
        }
        Ok(())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.before.clone();
        if let Some(block) = &self.block {
            // cron ignores a last line without an end.
            if !bytes.is_empty() && !bytes.ends_with(b"\n") {
                bytes.push(b'\n');
            }
            bytes.extend_from_slice(format!("{BEGIN}\n").as_bytes());
            bytes.extend_from_slice(block);
            bytes.extend_from_slice(format!("{END}\n").as_bytes());
        }
        bytes.extend_from_slice(&self.after);
        bytes
    }
}

/// The block as it is in the crontab.
pub(crate) fn block(line: &str) -> String {
    format!("{BEGIN}\n{line}\n{END}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn every(minutes: u64) -> Every {
        Every::Time(Duration::from_secs(minutes * 60))
    }

    #[test]
    fn an_interval_becomes_minutes_and_hours() {
        for (interval, offset, expected) in [
            (Every::Auto, 0, "0,30 * * * *"),
            (Every::Auto, 77, "17,47 * * * *"),
            (every(15), 4, "4,19,34,49 * * * *"),
            (every(1), 4, "* * * * *"),
            (every(60), 64, "4 * * * *"),
            (every(360), 125, "5 2,8,14,20 * * *"),
            (every(1440), 185, "5 3 * * *"),
        ] {
            assert_eq!(schedule(interval, offset).unwrap(), expected);
        }
        for minutes in [7, 45, 90, 300, 2880] {
            assert!(schedule(every(minutes), 0).is_err(), "{minutes}");
        }
        assert!(schedule(Every::Time(Duration::from_secs(30)), 0).is_err());
        assert!(schedule(Every::Time(Duration::from_secs(90)), 0).is_err());
    }

    #[test]
    fn other_lines_stay_byte_for_byte() {
        for text in [
            &b""[..],
            b"MAILTO=you@example.com\n\n0 5 * * *\tbackup \xff 100\\%  \n",
            b"# no line end",
            b"\n\n",
        ] {
            let crontab = Crontab::parse(text).unwrap();
            assert_eq!((crontab.bytes().as_slice(), &crontab.block), (text, &None));
            let with = crontab.with_block(Some("0 * * * * one"));
            let read = Crontab::parse(&with.bytes()).unwrap();
            assert_eq!(read.block.as_deref(), Some(&b"0 * * * * one\n"[..]));
            // A second installation replaces the block, and removal leaves the rest.
            let again = read.with_block(Some("0 * * * * one"));
            assert_eq!(again.bytes(), with.bytes());
            let mut expected = text.to_vec();
            if !text.is_empty() && !text.ends_with(b"\n") {
                expected.push(b'\n');
            }
            assert_eq!(again.with_block(None).bytes(), expected);
        }
        let around = format!("first\n{BEGIN}\nold\n{END}\nlast");
        let crontab = Crontab::parse(around.as_bytes()).unwrap();
        assert_eq!(crontab.with_block(None).bytes(), b"first\nlast");
        assert!(Crontab::parse(format!("{BEGIN}\nx\n").as_bytes()).is_err());
        assert!(Crontab::parse(format!("{around}\n{around}").as_bytes()).is_err());
    }
}
