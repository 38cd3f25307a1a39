//! An answer and what tests ask of it. Each check prints the request and the whole answer where it fails.

use reqwest::header::HeaderMap;
use serde_json::Value;
use std::fmt;

/// An answer, read whole.
#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    /// `null` where the body is not JSON.
    pub json: Value,
    pub body: Vec<u8>,
    headers: HeaderMap,
    request: String,
    sent: Option<Vec<u8>>,
}

impl Answer {
    pub(super) fn new(
        request: String,
        sent: Option<Vec<u8>>,
        status: u16,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Self {
        let json = serde_json::from_slice(&body).unwrap_or_default();
        Self {
            status,
            json,
            body,
            headers,
            request,
            sent,
        }
    }

    /// A header's value, if it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The ETag, quotes included.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag")
            .unwrap_or_else(|| panic!("no ETag: {self:?}"))
            .to_owned()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Checks the status, and gives the body.
    #[track_caller]
    pub fn ok(self, status: u16) -> Value {
        self.expect(status).json
    }

    /// Checks the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert!(self.status == status, "expected {status}: {self:?}");
        self
    }

    /// Checks that it is a refusal by the contract of errors, with that status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let media_type = self.header("content-type");
        assert!(
            media_type == Some("application/problem+json"),
            "no problem+json: {self:?}"
        );
        let says = (self.json["status"].as_u64(), self.json["code"].as_str());
        assert!(
            self.status == status && says == (Some(status.into()), Some(code)),
            "expected {status} {code}: {self:?}"
        );
        for name in ["type", "title", "detail", "request_id"] {
            assert!(
                self.json[name].as_str().is_some_and(|text| !text.is_empty()),
                "no {name}: {self:?}"
            );
        }
        assert!(
            self.header("x-request-id") == self.json["request_id"].as_str(),
            "two request ids: {self:?}"
        );
        self
    }

    /// The pointer and code of each fault it tells, sorted.
    #[track_caller]
    pub fn faults(&self) -> Vec<(String, String)> {
        let faults = self.json["errors"]
            .as_array()
            .unwrap_or_else(|| panic!("no errors: {self:?}"));
        let text = |fault: &Value, name: &str| fault[name].as_str().unwrap_or_default().to_owned();
        let mut faults: Vec<_> = faults
            .iter()
            .map(|fault| (text(fault, "pointer"), text(fault, "code")))
            .collect();
        faults.sort();
        faults
    }

    /// Checks the faults it tells: these and no others, each with its pointer and code.
    #[track_caller]
    pub fn with_faults(self, expected: &[(&str, &str)]) -> Self {
        let mut expected: Vec<(String, String)> = expected
            .iter()
            .map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned()))
            .collect();
        expected.sort();
        assert!(self.faults() == expected, "expected {expected:?}: {self:?}");
        self
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes)
                .chars()
                .take(4000)
                .collect::<String>()
        };
        writeln!(f, "\n{}", self.request)?;
        if let Some(sent) = &self.sent {
            writeln!(f, "{}", cut(sent))?;
        }
        writeln!(f, "-> {}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", value.to_str().unwrap_or("?"))?;
        }
        write!(f, "{}", cut(&self.body))
    }
}
