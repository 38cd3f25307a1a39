//! Is there a server, and may it be used: the address, the way there, TLS, the version and the clock, each with a
//! sentence that says what is found and what to do about it. Nothing secret is sent.

use super::error::age;
use super::{Api, ClientError, HttpApi, Trust, shown};
use api::instant::Instant;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How long the way to an address may take.
const REACH_SECS: u64 = 5;
/// Clocks further apart than this are worth a word.
const CLOCKS_APART_SECS: i64 = 120;

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Good,
    /// It works, and something should be done.
    Odd,
    /// It does not work.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub verdict: Verdict,
    pub words: String,
}

impl Finding {
    /// What does not work.
    pub fn bad(words: impl Into<String>) -> Self {
        finding(Verdict::Bad, words)
    }
}

fn finding(verdict: Verdict, words: impl Into<String>) -> Finding {
    Finding {
        verdict,
        words: words.into(),
    }
}

/// Whether the name has an address and something listens there.
pub async fn reach(address: Url) -> Finding {
    let host = address.host_str().unwrap_or_default().to_owned();
    let port = address.port_or_known_default().unwrap_or_default();
    let limit = Duration::from_secs(REACH_SECS);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found = tokio::time::timeout(limit, tokio::net::lookup_host((bare, port))).await;
    let found: Vec<_> = match found {
        Ok(Ok(found)) => found.collect(),
        _ => Vec::new(),
    };
    if found.is_empty() {
        let words = format!("No address is known for {host}: check the spelling, and the network here.");
        return finding(Verdict::Bad, words);
    }
    let mut last = String::new();
    for socket in found {
        let tried = tokio::time::timeout(limit, tokio::net::TcpStream::connect(socket)).await;
        match tried {
            Ok(Ok(_)) => {
                let words = format!("{host} answers at {socket}.");
                return finding(Verdict::Good, words);
            }
            Ok(Err(error)) => last = format!("{socket}: {}", plain(&error)),
            Err(_) => last = format!("{socket}: no answer within {REACH_SECS} s"),
        }
    }
    let words = format!(
        "Nothing answers at {last}: check the port, that `expensed serve` runs there and listens to other machines, \
         and a firewall on the way."
    );
    finding(Verdict::Bad, words)
}

/// Without the number that the system adds.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text.get(..end).unwrap_or_default().to_lowercase()
}

/// TLS, version and clock, from one question that needs no token.
pub async fn greet(address: Url, trust: Trust, now: Instant) -> Vec<Finding> {
    let asked = match HttpApi::new(&address, "default", None, &trust) {
        Ok(http) => {
            let api: Arc<dyn Api> = Arc::new(http);
            api.livez().await
        }
        Err(error) => Err(error),
    };
    let health = match asked {
        Ok(health) => health,
        Err(error) => return vec![finding(Verdict::Bad, refused(&address, &error))],
    };
    let mut findings = vec![finding(
        Verdict::Good,
        if address.scheme() == "https" {
            "TLS: the certificate is trusted."
        } else {
            "No TLS, and none needed: it is this machine."
        },
    )];
    let Some(version) = health.version else {
        let words = format!(
            "What answers at {} is not an expense server: check the address and the port.",
            shown(&address)
        );
        findings.push(finding(Verdict::Bad, words));
        return findings;
    };
    let own = env!("CARGO_PKG_VERSION");
    findings.push(if version == own {
        finding(
            Verdict::Good,
            format!("expensed {version}, the same version as this app."),
        )
    } else {
        let words = format!("expensed {version}: {}.", age(Some(&version)));
        finding(Verdict::Odd, words)
    });
    findings.extend(health.now.map(|theirs| clocks(theirs, now)));
    findings
}

fn refused(address: &Url, error: &ClientError) -> String {
    match error {
        ClientError::Foreign { .. } | ClientError::Unreadable { .. } => format!(
            "What answers at {} is not an expense server: check the address and the port.",
            shown(address)
        ),
        _ => error.sentence(),
    }
}

fn clocks(theirs: Instant, ours: Instant) -> Finding {
    let secs = (theirs.utc() - ours.utc()).num_seconds();
    if secs.abs() <= CLOCKS_APART_SECS {
        return finding(Verdict::Good, "The clocks agree.");
    }
    let minutes = secs.unsigned_abs().div_ceil(60);
    let which = if secs > 0 { "ahead of" } else { "behind" };
    let words = format!(
        "The server's clock is {minutes} minutes {which} this machine's: set the wrong one, or rows get the wrong \
         times."
    );
    finding(Verdict::Odd, words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::install_tls;
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    /// Answers once, whatever is asked.
    async fn answering(body: &'static str) -> Url {
        install_tls();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut chunk = [0; 2048];
                let _ = tokio::io::AsyncReadExt::read(&mut socket, &mut chunk).await;
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                let _ = socket.write_all(head.as_bytes()).await;
            }
        });
        Url::parse(&format!("http://{address}")).unwrap()
    }

    #[tokio::test]
    async fn a_name_without_address_and_a_port_without_server_are_told_apart() {
        let none = reach(Url::parse("https://nowhere.invalid").unwrap()).await;
        assert_eq!(none.verdict, Verdict::Bad);
        assert!(
            none.words.contains("No address is known for nowhere.invalid"),
            "{none:?}"
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = Url::parse(&format!("http://{address}")).unwrap();
        assert_eq!(reach(url.clone()).await.verdict, Verdict::Good);
        drop(listener);
        let gone = reach(url).await;
        assert_eq!(gone.verdict, Verdict::Bad);
        assert!(
            gone.words.contains("connection refused: check the port"),
            "{gone:?}"
        );
    }

    #[tokio::test]
    async fn version_and_clock_are_compared_and_what_is_no_server_is_said() {
        let url = answering(r#"{"status":"ok","version":"0.0.1","now":"2026-11-21T12:05:00Z"}"#).await;
        let found = greet(url, Trust::default(), at("2026-11-21T12:00:00Z")).await;
        let words: Vec<&str> = found.iter().map(|finding| finding.words.as_str()).collect();
        assert!(words[1].contains("the server (0.0.1) is older"), "{words:?}");
        assert!(words[2].contains("5 minutes ahead"), "{words:?}");
        assert!(found.iter().all(|finding| finding.verdict != Verdict::Bad));
        let other = answering("{}").await;
        let found = greet(other, Trust::default(), at("2026-11-21T12:00:00Z")).await;
        assert_eq!(found.last().unwrap().verdict, Verdict::Bad);
        let clear = Url::parse("http://10.1.2.3:8000").unwrap();
        let found = greet(clear, Trust::default(), at("2026-11-21T12:00:00Z")).await;
        assert_eq!(found[0].verdict, Verdict::Bad);
        assert!(found[0].words.contains("in clear"), "{found:?}");
    }
}
