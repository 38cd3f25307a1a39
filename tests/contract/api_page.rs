//! docs/api.md is true: each of its lines is run by a shell as it is printed, and gets the status its heading says.

use std::process::Command;
use tests::server::TestApp;

const PAGE: &str = include_str!("../../docs/api.md");

/// A line of the page with the status that its heading promises; none for what only sets a variable.
struct Line<'a> {
    text: &'a str,
    status: Option<u16>,
}

/// The shell lines below numbered headings.
fn lines(page: &'static str) -> Vec<Line<'static>> {
    let (mut status, mut is_code, mut found) = (None, false, Vec::new());
    for text in page.lines() {
        if let Some(heading) = text.strip_prefix("## ") {
            status = heading.rsplit(": ").next().and_then(|word| word.parse().ok());
        } else if text.starts_with("```") {
            is_code = !is_code;
        } else if is_code && status.is_some() {
            let is_call = text.starts_with("curl ") || text.contains("| curl ");
            found.push(Line {
                text,
                status: status.filter(|_| is_call),
            });
        }
    }
    found
}

/// One script for all lines, in one shell, as somebody would paste them. Each call also prints its status.
fn script(lines: &[Line<'_>]) -> String {
    let call = "curl() { command curl -sS -o answer -w '%{http_code}\\n' \"$@\"; cat answer >>answers; echo >>answers; }";
    let setup = "BOOK=$URL/v1/ledgers/default\nAUTH=\"Authorization: Bearer $TOKEN\"\nJSON=\"Content-Type: application/json\"";
    let lines: Vec<String> = lines
        .iter()
        .map(|line| match line.status {
            Some(_) => line.text.to_owned(),
            // What is kept in a variable is the answer itself.
            None => line.text.replace("$(curl ", "$(command curl "),
        })
        .collect();
    format!("set -u\n{call}\n{setup}\n{}\n", lines.join("\n"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_of_the_page_does_what_its_heading_says() {
    let app = TestApp::start().await;
    let lines = lines(PAGE);
    let promised: Vec<u16> = lines.iter().filter_map(|line| line.status).collect();
    assert_eq!(promised.len(), 12, "twelve lines are promised");
    let folder = app.test_db().folder().to_owned();
    let (url, token, text) = (app.url(), app.owner().token.clone(), script(&lines));
    let run = tokio::task::spawn_blocking(move || {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &text])
            .current_dir(&folder)
            .env("URL", url)
            .env("TOKEN", token);
        let output = shell.output().unwrap();
        (
            output,
            std::fs::read_to_string(folder.join("answers")).unwrap_or_default(),
        )
    });
    let (output, answers) = run.await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    let statuses: Vec<u16> = said.lines().filter_map(|line| line.parse().ok()).collect();
    assert_eq!(statuses, promised, "is curl installed? {errors}\n{answers}");
}

#[test]
fn the_page_shows_how_to_set_its_variables() {
    for name in ["URL=", "TOKEN=", "BOOK=", "AUTH=", "JSON="] {
        assert!(PAGE.lines().any(|line| line.starts_with(name)), "{name}");
    }
}
