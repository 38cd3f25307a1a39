//! Answers that no route can give, because there is no request yet: nobody may come in, headers that are none.
//! They look like those of the error layer (RFC 9457), for a client should not have to know who refused it.

use api::id::new_uuid;
use api::problem::Code;

/// Why there is no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Unreadable,
    UriTooLong,
    HeadersTooLarge,
    /// The whole server is full.
    Full,
    /// The one address has all it may have.
    AddressFull,
    /// Only proxies are let in, and this is none.
    NoProxy,
    /// Clear text where TLS is spoken.
    NoTls,
}

impl Refusal {
    /// That of a status that hyper chose.
    pub(super) fn of_status(status: u16) -> Self {
        match status {
            414 => Self::UriTooLong,
            431 => Self::HeadersTooLarge,
            _ => Self::Unreadable,
        }
    }

    fn words(self) -> (u16, &'static str, Code, &'static str) {
        match self {
            Self::Unreadable => (
                400,
                "Bad Request",
                Code::BadRequest,
                "This is no HTTP/1.1 request.",
            ),
            Self::UriTooLong => (
                414,
                "URI Too Long",
                Code::BadRequest,
                "The address of the request is too long.",
            ),
            Self::HeadersTooLarge => (
                431,
                "Request Header Fields Too Large",
                Code::HeadersTooLarge,
                "The headers of the request are too long or too many.",
            ),
            Self::Full => (
                503,
                "Service Unavailable",
                Code::Unavailable,
                "Every connection of the server is taken; try again in a second.",
            ),
            Self::AddressFull => (
                429,
                "Too Many Requests",
                Code::RateLimited,
                "Every connection that one address may have is taken; close some, or try again in a second.",
            ),
            Self::NoProxy => (
                403,
                "Forbidden",
                Code::Forbidden,
                "This server is reached through the proxies that its configuration names, and by nobody else.",
            ),
            Self::NoTls => (
                400,
                "Bad Request",
                Code::BadRequest,
                "This server speaks TLS: begin its address with https://.",
            ),
        }
    }

    /// For whoever reads the log.
    pub(super) fn reason(self) -> &'static str {
        self.words().3
    }

    /// A whole answer, after which the connection is closed.
    pub(super) fn answer(self) -> Vec<u8> {
        let (status, reason, code, detail) = self.words();
        let (word, title) = (code.as_str(), code.title());
        let retry = match self {
            Self::Full | Self::AddressFull => "retry-after: 1\r\n",
            _ => "",
        };
        let id = new_uuid();
        let body = format!(
            r#"{{"type":"/docs/errors/{word}","title":"{title}","status":{status},"code":"{word}","detail":"{detail}","request_id":"{id}","errors":[]}}"#
        );
        let length = body.len();
        tracing::info!(target: "request", %id, status, "refused before it was a request: {detail}");
        format!(
            "HTTP/1.1 {status} {reason}\r\ncontent-type: application/problem+json\r\n{retry}x-request-id: {id}\r\n\
             cache-control: no-store\r\nx-content-type-options: nosniff\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

/// The status of an answer that hyper makes by itself when it cannot read a request: headers only, no body.
pub(super) fn status_of_bare_error(written: &[u8]) -> Option<u16> {
    let rest = written.strip_prefix(b"HTTP/1.1 4")?;
    let text = std::str::from_utf8(rest).ok()?;
    let is_bare = text.ends_with("\r\n\r\n") && text.contains("\r\ncontent-length: 0\r\n");
    let digits = text.get(..2).filter(|_| is_bare)?;
    digits.parse::<u16>().ok().map(|rest| 400 + rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::problem::Problem;

    const ALL: [Refusal; 7] = [
        Refusal::Unreadable,
        Refusal::UriTooLong,
        Refusal::HeadersTooLarge,
        Refusal::Full,
        Refusal::AddressFull,
        Refusal::NoProxy,
        Refusal::NoTls,
    ];

    #[test]
    fn every_answer_is_whole_and_its_problem_reads() {
        for refusal in ALL {
            let text = String::from_utf8(refusal.answer()).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            let problem: Problem = serde_json::from_str(body).unwrap();
            assert!(
                head.starts_with(&format!("HTTP/1.1 {} ", problem.status)),
                "{head}"
            );
            assert!(
                head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())),
                "{head}"
            );
            assert!(problem.known_code().is_some(), "{body}");
            let id = format!("\r\nx-request-id: {}\r\n", problem.request_id);
            assert!(!problem.request_id.is_empty() && head.contains(&id), "{head}");
            assert!(head.contains("\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n"));
            let is_for_later = matches!(problem.status, 429 | 503);
            assert_eq!(head.contains("\r\nretry-after: "), is_for_later, "{head}");
        }
    }

    #[test]
    fn a_status_that_hyper_chose_keeps_its_meaning() {
        for (status, answered) in [(431, 431), (414, 414), (400, 400), (418, 400)] {
            let text = String::from_utf8(Refusal::of_status(status).answer()).unwrap();
            assert!(text.starts_with(&format!("HTTP/1.1 {answered} ")), "{text}");
        }
    }

    #[test]
    fn only_an_answer_without_a_body_is_taken_for_one_of_hyper() {
        let bare =
            b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(status_of_bare_error(bare), Some(431));
        for other in [
            &b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"[..],
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}",
            b"HTTP/1.1 4",
            b"",
        ] {
            assert_eq!(status_of_bare_error(other), None);
        }
    }
}
