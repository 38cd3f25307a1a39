//! The real programs, `expense` and `expensed`, as a user has them: found beside the test's own binary, run in a home
//! of their own with nothing of this machine's environment. What runs in a terminal is in `terminal`, what goes on
//! serving in `daemon`; no assertion lives here.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Runs what is async in a test that is not: the terminal and its processes are waited for with blocking calls.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("start the runtime")
    });
    runtime.block_on(work)
}

/// Whether there is time for the longer checks.
#[expect(clippy::disallowed_methods, reason = "how tests/run says so")]
pub fn is_long_run() -> bool {
    let is_set = |name: &str, value: &str| std::env::var(name).is_ok_and(|set| set == value);
    is_set("EXPENSE_TEST_LONG", "1") || is_set("CI", "true")
}

/// How many cases of what is random: as many as `EXPENSE_TEST_CASES` asks for, else what there is time for.
#[expect(clippy::disallowed_methods, reason = "how a longer command says so")]
pub fn cases(few: u32, many: u32) -> u32 {
    let asked = std::env::var("EXPENSE_TEST_CASES").ok();
    let asked = asked.and_then(|cases| cases.parse().ok());
    asked.unwrap_or(if is_long_run() { many } else { few })
}

/// Waits until something is so, looking again and again; for what nothing tells.
pub fn eventually(wanted: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(40);
    while !is_so() {
        assert!(Instant::now() < deadline, "waited in vain: {wanted}");
        pause(Duration::from_millis(10));
    }
}

/// Lets time pass, where its passing is what is tested.
pub fn pause(time: Duration) {
    let until = Instant::now() + time;
    while let Some(left) = until.checked_duration_since(Instant::now()) {
        std::thread::park_timeout(left);
    }
}

/// A program of the workspace, built from the sources as they are now: this package needs the others as libraries only,
/// so that cargo does not build their programs for it.
pub fn binary(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let test = std::env::current_exe().expect("the path of this test");
        let folder = test.parent().and_then(Path::parent).expect("target/PROFILE/deps");
        build_programs(folder);
        folder.to_owned()
    });
    let program = folder.join(name);
    assert!(
        program.is_file(),
        "{} is missing: run `cargo build --workspace --bins`",
        program.display()
    );
    program
}

/// A moment's work where nothing changed. Features and profile are those of the test, so that nothing is built twice.
#[expect(
    clippy::disallowed_methods,
    reason = "cargo says where it is, and what it says about this package must not reach the build"
)]
fn build_programs(folder: &Path) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build
        .args(["build", "--workspace", "--bins", "--quiet"])
        .current_dir(workspace());
    match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => {}
        Some(profile) => drop(build.args(["--profile", profile])),
    }
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let is_of_this_package = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
        if is_of_this_package.iter().any(|prefix| text.starts_with(prefix)) || text == "LD_LIBRARY_PATH" {
            build.env_remove(&name);
        }
    }
    let built = build.output().expect("run cargo");
    assert!(
        built.status.success(),
        "the programs cannot be built:\n{}",
        String::from_utf8_lossy(&built.stderr)
    );
}

/// The folder of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a workspace")
}

/// A file of the samples that lie beside the workspace or above it. They are not part of it, so a test without them
/// says so and ends.
pub fn sample(path: &str) -> Option<PathBuf> {
    let found = workspace()
        .ancestors()
        .flat_map(|folder| [folder.join("samples"), folder.join("shared/samples")])
        .map(|samples| samples.join(path))
        .find(|file| file.is_file());
    if found.is_none() {
        eprintln!("SKIPPED: no samples/{path} beside the workspace or above it");
    }
    found
}

/// An empty home: nothing of an earlier run, nothing of this machine's.
pub struct Home {
    folder: TempDir,
    env: BTreeMap<String, String>,
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Home {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("expense-home-")
            .tempdir()
            .expect("make a home");
        std::fs::create_dir(folder.path().join("tmp")).expect("make a folder for what is temporary");
        let path = |path: &str| folder.path().join(path).display().to_string();
        let env = [
            ("PATH", "/usr/bin:/bin".to_owned()),
            ("HOME", path("")),
            ("TMPDIR", path("tmp")),
            ("TERM", "xterm-256color".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
        ];
        let env = env
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Self { folder, env }
    }

    /// Sets a variable for everything that is started from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    pub fn unset(&mut self, name: &str) {
        self.env.remove(name);
    }

    pub fn env(&self) -> &BTreeMap<String, String> {
        &self.env
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The book of the server inside the app.
    pub fn database(&self) -> PathBuf {
        self.path().join(".local/share/expense/expense.db")
    }

    /// Where drafts and unsent entries lie.
    pub fn state(&self) -> PathBuf {
        self.path().join(".local/state/expense")
    }

    /// Everything in it, as paths from its top, in order.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path.clone());
                } else if let Ok(path) = path.strip_prefix(self.path()) {
                    found.push(path.to_owned());
                }
            }
        }
        found.sort();
        found
    }

    /// A program with arguments, in this home, without a terminal.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary(program));
        command
            .args(arguments)
            .env_clear()
            .envs(&self.env)
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }

    /// `expense` with arguments, until it ends.
    pub fn expense(&self, arguments: &[&str]) -> Finished {
        Finished::of(self.command("expense", arguments))
    }

    /// `expense` with arguments, its answer read no further than `bytes`.
    pub fn expense_read_in_part(&self, arguments: &[&str], bytes: usize) -> Finished {
        let mut command = self.command("expense", arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("start expense");
        let mut part = vec![0; bytes];
        let mut pipe = child.stdout.take().expect("its standard output");
        let read = pipe.read(&mut part).expect("read a part");
        part.truncate(read);
        drop(pipe);
        let ended = child.wait_with_output().expect("wait for expense");
        Finished {
            status: ended.status,
            stdout: text_of(part),
            stderr: text_of(ended.stderr),
        }
    }

    /// Writes a file into the home.
    pub fn write(&self, path: &str, text: &str) -> PathBuf {
        let file = self.path().join(path);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).expect("make a folder");
        }
        let mut open = std::fs::File::create(&file).expect("make a file");
        open.write_all(text.as_bytes()).expect("write a file");
        file
    }
}

/// A program that ended.
#[derive(Debug)]
pub struct Finished {
    status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    /// Runs a command to its end, with that on its standard input.
    pub fn fed(mut command: Command, input: &str) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("run the program");
        let mut pipe = child.stdin.take().expect("its standard input");
        // It may have ended without reading all of it.
        let _ = pipe.write_all(input.as_bytes());
        drop(pipe);
        let ended = child.wait_with_output().expect("wait for the program");
        Self {
            status: ended.status,
            stdout: text_of(ended.stdout),
            stderr: text_of(ended.stderr),
        }
    }

    /// Runs a command to its end.
    pub fn of(mut command: Command) -> Self {
        let ended = command.output().expect("run the program");
        Self {
            status: ended.status,
            stdout: text_of(ended.stdout),
            stderr: text_of(ended.stderr),
        }
    }

    /// Its exit code; -1 where a signal ended it.
    pub fn code(&self) -> i32 {
        self.status.code().unwrap_or(-1)
    }

    /// What it printed, having ended well.
    pub fn ok(self) -> String {
        assert_eq!(self.code(), 0, "{self:?}");
        self.stdout
    }

    /// What it said, having ended with this code.
    pub fn failed(self, code: i32) -> String {
        assert_eq!(self.code(), code, "{self:?}");
        self.stderr
    }

    /// What it printed, as JSON.
    pub fn json(self) -> serde_json::Value {
        let text = self.ok();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
    }
}

fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| panic!("{error}"))
}
