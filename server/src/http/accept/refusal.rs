//! Answers that no route can give, because there is no request yet: every connection taken, headers that are none.
//! They look like those of the error layer (RFC 9457), for a client should not have to know who refused it.

/// A whole answer, after which the connection is closed.
pub(super) fn answer(status: u16) -> Vec<u8> {
    let (reason, code, detail, extra) = match status {
        414 => (
            "URI Too Long",
            "uri-too-long",
            "The address of the request is too long.",
            "",
        ),
        431 => (
            "Request Header Fields Too Large",
            "headers-too-large",
            "The headers of the request are too long or too many.",
            "",
        ),
        503 => (
            "Service Unavailable",
            "overloaded",
            "Every connection of the server is taken; try again in a second.",
            "retry-after: 1\r\n",
        ),
        _ => ("Bad Request", "bad-request", "This is no HTTP/1.1 request.", ""),
    };
    let status = if reason == "Bad Request" { 400 } else { status };
    let body = format!(
        r#"{{"type":"/docs/errors/{code}","title":"{reason}","status":{status},"code":"{code}","detail":"{detail}"}}"#
    );
    let length = body.len();
    format!(
        "HTTP/1.1 {status} {reason}\r\ncontent-type: application/problem+json\r\n{extra}content-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
    .into_bytes()
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

    #[test]
    fn every_answer_is_whole_and_its_problem_reads() {
        for (status, expected) in [(503, 503), (431, 431), (414, 414), (400, 400), (418, 400)] {
            let text = String::from_utf8(answer(status)).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with(&format!("HTTP/1.1 {expected} ")), "{head}");
            assert!(
                head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())),
                "{head}"
            );
            let problem: serde_json::Value = serde_json::from_str(body).unwrap();
            assert_eq!(problem["status"], expected);
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
