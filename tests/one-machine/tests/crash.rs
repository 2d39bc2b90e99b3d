//! The real `bulletin` command, killed a hundred times while it plays the samples: the stored data is the same, no
//! alert is lost, and an alert is repeated only if a kill fell between sending and marking.

#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use end_to_end::pages::{SampleStep, sample_steps};
use end_to_end::{assert_same, tables};
use fastrand::Rng;
use tempfile::TempDir;

const SEED: u64 = 20_240_613;
/// The number of kills that must hit a running process.
const KILLS: usize = 100;
/// The maximum number of kills in one step: a page whose parser dies three times becomes a dead letter that needs
/// an operator.
const KILLS_A_STEP: usize = 2;

/// Builds the command like this test, into the same folder, and returns its path.
///
/// Cargo gives a test only the paths of programs in the same package, so the path is derived from that of this test:
/// `target/PROFILE/deps/crash-HASH`. Cargo holds no lock while tests run; if the program is already built, this
/// takes a moment.
fn bulletin_command() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap();
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let built = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "build",
            "--quiet",
            "--locked",
            "--package",
            "visa-bulletin",
            "--bin",
            "bulletin",
            "--profile",
            profile,
        ])
        .arg("--target-dir")
        .arg(folder.parent().unwrap())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(built.success(), "the bulletin command could not be built");
    folder.join("bulletin")
}

/// A database to play to, and the file that receives the alerts.
struct Replay<'a> {
    command: &'a Path,
    folder: TempDir,
}

impl<'a> Replay<'a> {
    fn new(command: &'a Path) -> Self {
        let replay = Self {
            command,
            folder: TempDir::new().unwrap(),
        };
        // Two watches of two cases: no change sends two alerts, so that a kill can interrupt only one.
        for watch in [["EB2", "India"], ["EB3", "China"]] {
            let added = replay
                .bulletin(&["watch", "add", watch[0], watch[1], "--when", "every"])
                .output()
                .unwrap();
            assert!(added.status.success(), "{added:?}");
        }
        replay
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("test.db")
    }

    fn bulletin(&self, args: &[&str]) -> Command {
        let mut command = Command::new(self.command);
        command
            .arg("--db")
            .arg(self.database())
            .args(args)
            .stdin(Stdio::null());
        command.env_remove("RUST_LOG").env_remove("VISA_BULLETIN_DB");
        command
    }

    /// Starts a run of a day.
    fn begin(&self, step: &SampleStep) -> Child {
        let source = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../samples/steps")
            .join(&step.folder);
        let file = |name: &str| {
            let path = self.folder.path().join(name);
            File::options().create(true).append(true).open(path).unwrap()
        };
        let mut run = self.bulletin(&["run", "--as-of", &step.as_of, "--format", "json", "--quiet"]);
        run.arg("--source").arg(source);
        run.stdout(file("alerts.jsonl"))
            .stderr(file("errors.txt"))
            .spawn()
            .unwrap()
    }

    /// The number of alert bytes written.
    fn written(&self) -> u64 {
        fs::metadata(self.folder.path().join("alerts.jsonl")).map_or(0, |file| file.len())
    }

    /// The completely written alerts, as id and watch. A process that dies within a write leaves half a line, which
    /// the next alert continues.
    fn alerts(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("alerts.jsonl")).unwrap_or_default();
        let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        let read = |line: &str| serde_json::from_str::<serde_json::Value>(line).ok();
        whole
            .lines()
            .map(|line| {
                let mut beginnings = line.match_indices('{').map(|(at, _)| &line[at..]);
                let alert = beginnings.find_map(read).unwrap();
                format!("{} for watch {}", alert["id"].as_str().unwrap(), alert["watch"])
            })
            .collect()
    }

    /// The number of alerts marked as sent. Reads a copy, so that the file stays as the killed process left it.
    fn noted(&self) -> usize {
        let copy = TempDir::new().unwrap();
        for name in ["test.db", "test.db-wal"] {
            let from = self.folder.path().join(name);
            if from.exists() {
                fs::copy(from, copy.path().join(name)).unwrap();
            }
        }
        let sql = "SELECT mark FROM alert_mark WHERE sent_at IS NOT NULL AND mark NOT LIKE 'OVERDUE#%'";
        tables::query(&copy.path().join("test.db"), sql).len()
    }

    /// The stored data with every version and instant: the clock stands still on each day.
    fn stored(&self) -> Vec<String> {
        tables::assert_sound_and_settled(&self.database());
        let mut stored = tables::everything(&self.database());
        // Excludes the note: a process that was killed after storing and before recording it finds "nothing new"
        // next time.
        let links = "SELECT 'link', month, path, state, due_from, failures FROM link";
        stored.extend(tables::query(&self.database(), links));
        stored
    }

    fn end(&self, step: &SampleStep) -> (Option<i32>, Duration) {
        let began = Instant::now();
        let status = self.begin(step).wait().unwrap();
        let took = began.elapsed();
        assert!(
            matches!(status.code(), Some(0 | 1)),
            "{status}: {}",
            fs::read_to_string(self.folder.path().join("errors.txt")).unwrap()
        );
        (status.code(), took)
    }
}

/// The moment of a kill.
enum Moment {
    /// After this time.
    After(Duration),
    /// As soon as it has written an alert, when a retry could repeat it.
    AtAnAlert,
}

/// Kills a run at this moment, and returns whether it was still running.
fn kill(replay: &Replay<'_>, step: &SampleStep, moment: &Moment) -> bool {
    let written = replay.written();
    let mut child = replay.begin(step);
    match moment {
        Moment::After(time) => std::thread::sleep(*time),
        Moment::AtAnAlert => {
            while replay.written() == written && child.try_wait().unwrap().is_none() {
                std::hint::spin_loop();
            }
        }
    }
    // It may have ended.
    child.kill().unwrap();
    child.wait().unwrap().signal() == Some(9)
}

#[test]
fn killed_a_hundred_times_it_stores_the_same_and_loses_no_alert() {
    let command = bulletin_command();
    let steps = sample_steps();
    let undisturbed = Replay::new(&command);
    let mut times: Vec<(Option<i32>, Duration)> = steps.iter().map(|step| undisturbed.end(step)).collect();
    let (stored, told) = (undisturbed.stored(), undisturbed.alerts());
    let once: BTreeSet<&String> = told.iter().collect();
    assert_eq!(once.len(), told.len());
    // Nine months after the first for two cases, and a correction for one of them.
    assert_eq!(told.len(), 2 * (steps.len() - 2) + 1);

    println!("seed {SEED}");
    let mut rng = Rng::with_seed(SEED);
    let (mut tried, mut killed, mut replays, mut again, mut at_work) = (0, 0, 0, 0, 0);
    while killed < KILLS {
        let replay = Replay::new(&command);
        let mut caught = 0;
        for (step, (code, time)) in steps.iter().zip(&mut times) {
            let mut hits = 0;
            // Once a run has ended normally, there is nothing left to kill on that day.
            let mut ended = false;
            while !ended && hits < KILLS_A_STEP && killed < KILLS {
                // The first day alerts nobody.
                let alerts = step.folder != steps[0].folder;
                let moment = if alerts && rng.u8(..4) == 0 {
                    Moment::AtAnAlert
                } else {
                    Moment::After(time.mul_f64(rng.f64()))
                };
                tried += 1;
                let before = files(&replay);
                let hit = kill(&replay, step, &moment);
                ended = !hit;
                if ended && matches!(moment, Moment::After(_)) {
                    // The machine is less busy than when the time was measured.
                    *time = time.mul_f64(0.8);
                }
                hits += usize::from(hit);
                killed += usize::from(hit);
                at_work += usize::from(hit && files(&replay) != before);
                // Alerts that were sent and have no mark: each kill leaves at most one.
                let not_noted = replay.alerts().len() - replay.noted();
                assert!(
                    (caught..=caught + usize::from(hit)).contains(&not_noted),
                    "{caught} alerts were sent and not noted before the kill, {not_noted} after it"
                );
                caught = not_noted;
            }
            let (last, _) = replay.end(step);
            assert!(
                ended || last == *code,
                "{}: exit {last:?}, undisturbed {code:?}",
                step.folder
            );
        }
        replays += 1;
        assert_same("what is stored", &stored, &replay.stored());
        let alerts = replay.alerts();
        let distinct: BTreeSet<&String> = alerts.iter().collect();
        assert_same(
            "alerts, each once",
            once.iter().copied(),
            distinct.iter().copied(),
        );
        assert_eq!(
            alerts.len() - once.len(),
            caught,
            "only what was sent and not noted is sent again"
        );
        again += caught;
        assert!(replays < 50, "{killed} kills in {replays} replays");
    }
    println!(
        "{killed} of {tried} kills hit a living process in {replays} replays, {at_work} of them after it had written \
         something; {again} alerts came twice"
    );
    assert!(
        killed * 2 > tried,
        "{killed} of {tried} kills hit a living process"
    );
    assert!(
        at_work * 5 > killed,
        "{at_work} of {killed} kills came after something was written"
    );
}

/// The sizes of the files, which change with every write.
fn files(replay: &Replay<'_>) -> (u64, u64) {
    let wal = fs::metadata(replay.folder.path().join("test.db-wal")).map_or(0, |file| file.len());
    (replay.written(), wal)
}
