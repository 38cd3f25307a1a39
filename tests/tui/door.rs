//! The server's door and the app before it, as programs: where it may listen, TLS with a certificate of one's own, and
//! what the app says of a server it must not speak to. The README's lines are run as they stand.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use tests::certificate::{Authority, Pair};
use tests::daemon::Daemon;
use tests::program::{Finished, Home, eventually, workspace};

/// `expensed` with arguments, until it ends by itself.
fn expensed(home: &Home, arguments: &[&str]) -> Finished {
    Finished::of(home.command("expensed", arguments))
}

fn set_tls(home: &mut Home, pair: &Pair) {
    home.set(
        "EXPENSE__SERVER__TLS_CERT_FILE",
        &pair.cert_file.display().to_string(),
    );
    home.set(
        "EXPENSE__SERVER__TLS_KEY_FILE",
        &pair.key_file.display().to_string(),
    );
}

/// A home whose server speaks TLS, with what its clients need to know.
fn with_tls() -> (Home, Authority, Pair) {
    let mut home = Home::new();
    let authority = Authority::new();
    let pair = authority.issue(home.path(), &["localhost", "127.0.0.1"]);
    set_tls(&mut home, &pair);
    let ca = authority.write(home.path().join("ca.crt"));
    home.set("EXPENSE__APP__CA_FILE", &ca.display().to_string());
    (home, authority, pair)
}

#[test]
fn an_address_that_others_reach_is_refused_in_clear_with_both_ways_to_mend_it() {
    let mut home = Home::new();
    home.set("EXPENSE__SERVER__LISTEN", "0.0.0.0:0");
    for arguments in [
        &["serve"][..],
        &["check-config"],
        &["serve", "--listen", "[::]:0"],
    ] {
        let said = expensed(&home, arguments).failed(78);
        for way in ["server.tls_cert_file", "server.tls_key_file", "server.proxies"] {
            assert!(said.contains(way), "{said}");
        }
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    home.set("EXPENSE__SERVER__PROXIES", "10.0.0.2");
    expensed(&home, &["check-config"]).ok();
}

#[test]
fn a_certificate_that_is_no_good_is_found_before_anything_is_opened() {
    let (mut home, _, pair) = with_tls();
    home.set("EXPENSE__SERVER__LISTEN", "0.0.0.0:0");
    expensed(&home, &["check-config"]).ok();
    std::fs::set_permissions(&pair.key_file, Permissions::from_mode(0o644)).unwrap();
    for arguments in [["check-config"], ["serve"]] {
        let said = expensed(&home, &arguments).failed(78);
        assert!(said.contains("chmod 600"), "{said}");
    }
    std::fs::remove_file(&pair.key_file).unwrap();
    for arguments in [["check-config"], ["serve"]] {
        let said = expensed(&home, &arguments).failed(78);
        assert!(said.contains("server.tls_key_file"), "{said}");
    }
    home.unset("EXPENSE__SERVER__TLS_KEY_FILE");
    let said = expensed(&home, &["check-config"]).failed(78);
    assert!(said.contains("server.tls_key_file: is missing"), "{said}");
    assert!(!home.database().exists(), "the book was made all the same");
}

#[test]
fn the_app_works_over_tls_with_an_authority_of_ones_own() {
    let (mut home, _, _) = with_tls();
    let mut server = Daemon::start(&home, None);
    assert!(server.url().starts_with("https://127.0.0.1:"), "{}", server.url());
    home.set("EXPENSE_SERVER", &server.url());
    home.expense(&["add", "12.50 lunch #food"]).ok();
    assert!(home.expense(&["list"]).ok().contains("lunch"));
    let by_name = format!("https://localhost:{}", server.address().port());
    home.set("EXPENSE_SERVER", &by_name);
    assert!(home.expense(&["list"]).ok().contains("lunch"));
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_server_that_cannot_be_trusted_is_told_nothing_and_the_reason_is_plain() {
    let (mut home, _, _) = with_tls();
    let server = Daemon::start(&home, None);
    home.set("EXPENSE_SERVER", &server.url());
    home.unset("EXPENSE__APP__CA_FILE");
    let unknown = home.expense(&["list"]).failed(69);
    assert!(unknown.contains("does not know who issued it"), "{unknown}");
    assert!(unknown.contains("ca_file"), "{unknown}");
    let stranger = Authority::new().write(home.path().join("stranger.crt"));
    home.set("EXPENSE__APP__CA_FILE", &stranger.display().to_string());
    let unknown = home.expense(&["list"]).failed(69);
    assert!(unknown.contains("does not know who issued it"), "{unknown}");
    home.set("EXPENSE__APP__CA_FILE", "missing.crt");
    let missing = home.expense(&["list"]).failed(78);
    assert!(missing.contains("missing.crt of app.ca_file"), "{missing}");
}

#[test]
fn a_certificate_for_another_name_is_not_believed() {
    let (mut home, authority, _) = with_tls();
    let pair = authority.issue(home.path(), &["books.example.org"]);
    set_tls(&mut home, &pair);
    let server = Daemon::start(&home, None);
    home.set("EXPENSE_SERVER", &server.url());
    let said = home.expense(&["list"]).failed(69);
    assert!(said.contains("it is for another name"), "{said}");
}

#[test]
fn speaking_tls_to_a_server_that_does_not_and_the_other_way_round_is_told() {
    let mut home = Home::new();
    let clear = Daemon::start(&home, None);
    home.set("EXPENSE_SERVER", &clear.url().replace("http://", "https://"));
    let said = home.expense(&["list"]).failed(69);
    assert!(said.contains("it does not speak TLS"), "{said}");

    let (mut home, _, _) = with_tls();
    let server = Daemon::start(&home, None);
    home.set("EXPENSE_SERVER", &server.url().replace("https://", "http://"));
    let said = home.expense(&["list"]).failed(65);
    assert!(said.contains("begin its address with https://"), "{said}");
}

#[test]
fn another_machine_is_not_spoken_to_in_clear() {
    let mut home = Home::new();
    home.set("EXPENSE_TOKEN", "exp_secret");
    // Nobody is there, and nobody is asked: it would take longer than this test may.
    home.set("EXPENSE_SERVER", "http://192.0.2.1:8000");
    let said = home.expense(&["list"]).failed(78);
    assert!(said.contains("in clear"), "{said}");
    assert!(said.contains("ssh -L 8000:127.0.0.1:8000 192.0.2.1"), "{said}");
    assert!(!said.contains("exp_secret"), "{said}");
}

#[test]
fn a_hang_up_reads_the_certificate_again_and_keeps_the_old_one_at_a_fault() {
    let (mut home, _, pair) = with_tls();
    let server = Daemon::start(&home, None);
    home.set("EXPENSE_SERVER", &server.url());
    home.expense(&["list"]).ok();
    let log = home.path().join("expensed.log");
    let says = |words: &str| std::fs::read_to_string(&log).is_ok_and(|log| log.contains(words));

    std::fs::write(&pair.cert_file, "half a certifi").unwrap();
    server.hang_up();
    eventually("the fault is in the log", || {
        says("the old certificate stays in use")
    });
    home.expense(&["list"]).ok();

    let renewed = Authority::new();
    renewed.issue(home.path(), &["127.0.0.1"]);
    server.hang_up();
    eventually("the new one is read", || says("certificate read again"));
    home.expense(&["list"]).failed(69);
    renewed.write(home.path().join("ca.crt"));
    home.expense(&["list"]).ok();
}

/// The README's blocks of that language below a heading, in order.
fn blocks(heading: &str, language: &str) -> Vec<String> {
    let readme = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    let (_, after) = readme.split_once(&format!("\n### {heading}\n")).unwrap();
    let section = after
        .split("\n## ")
        .next()
        .unwrap()
        .split("\n### ")
        .next()
        .unwrap();
    let fence = format!("```{language}\n");
    let parts = section.split(fence.as_str()).skip(1);
    parts
        .map(|part| part.split("```").next().unwrap().to_owned())
        .collect()
}

fn run_openssl(lines: &str, folder: &Path) {
    let mut shell = Command::new("sh");
    shell.args(["-euc", lines]).current_dir(folder);
    let output = shell.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "is openssl installed? {said}");
}

#[test]
fn the_lines_of_the_readme_make_a_certificate_that_server_and_app_take() {
    let mut home = Home::new();
    let lines = blocks("For other machines", "sh").remove(0);
    assert!(lines.contains("NAME=books.example.home\n"), "{lines}");
    run_openssl(
        &lines.replace("NAME=books.example.home", "NAME=localhost"),
        home.path(),
    );

    let at = |file: &str| home.path().join(file).display().to_string();
    let settings = blocks("For other machines", "toml").concat();
    for expected in [
        "/etc/expense/server.crt",
        "/etc/expense/server.key",
        "/etc/expense/ca.crt",
    ] {
        assert!(settings.contains(expected), "{settings}");
    }
    let settings = settings
        .replace("/etc/expense/server.crt", &at("server.crt"))
        .replace("/etc/expense/server.key", &at("server.key"))
        .replace("/etc/expense/ca.crt", &at("ca.crt"));
    home.write(".config/expense/config.toml", &settings);
    expensed(&home, &["check-config"]).ok();
    let server = Daemon::start(&home, None);
    let address = format!("https://localhost:{}", server.address().port());
    home.set("EXPENSE_SERVER", &address);
    // The app leaves this machine's own token to servers on it, by whichever name.
    home.expense(&["add", "12.50 lunch #food"]).ok();
    assert!(home.expense(&["list"]).ok().contains("lunch"));
}
