//! Which servers' certificates are believed: those that this machine believes, and those of a private authority that the
//! settings name. And what to say where one is not.

use reqwest::Certificate;
use rustls::CertificateError;
use std::error::Error;
use url::Url;

use super::ClientError;
use super::http::{is_loopback, shown};

/// Whom to believe beside those that this machine believes.
#[derive(Debug, Clone, Default)]
pub struct Trust(Vec<Certificate>);

impl Trust {
    /// The authorities of a PEM file.
    pub fn from_pem(pem: &[u8]) -> Result<Self, String> {
        let found = Certificate::from_pem_bundle(pem).map_err(|error| error.to_string())?;
        if found.is_empty() {
            return Err("it holds no certificate (PEM, -----BEGIN CERTIFICATE-----)".to_owned());
        }
        Ok(Self(found))
    }

    pub(super) fn apply(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        if self.0.is_empty() {
            builder
        } else {
            builder.tls_certs_merge(self.0.iter().cloned())
        }
    }
}

/// Refuses to send secrets where everybody on the way can read them.
pub(super) fn check_secrecy(address: &Url) -> Result<(), ClientError> {
    if address.scheme() == "https" || is_loopback(address) {
        return Ok(());
    }
    Err(ClientError::InClear {
        address: shown(address),
        host: address.host_str().unwrap_or_default().to_owned(),
        port: address.port_or_known_default().unwrap_or(80),
    })
}

/// What is wrong with the server's certificate or its TLS, where that is what an error is about.
pub(super) fn distrust(address: &str, error: &reqwest::Error) -> Option<ClientError> {
    let mut cause: &(dyn Error + 'static) = error;
    let fault = loop {
        match cause.downcast_ref::<rustls::Error>() {
            Some(fault) => break fault,
            None => cause = beneath(cause)?,
        }
    };
    let (reason, fix) = match fault {
        rustls::Error::InvalidCertificate(fault) => words(fault),
        rustls::Error::InvalidMessage(_) => (
            "it does not speak TLS".to_owned(),
            "check the port; on this machine, http:// may be meant",
        ),
        other => (other.to_string(), "check the address, and a proxy on the way"),
    };
    Some(ClientError::Untrusted {
        address: address.to_owned(),
        reason,
        fix,
    })
}

/// The next cause. An I/O error does not count what it holds among its sources.
fn beneath<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match cause.downcast_ref::<std::io::Error>() {
        Some(error) => Some(error.get_ref()?),
        None => cause.source(),
    }
}

fn words(fault: &CertificateError) -> (String, &'static str) {
    let (reason, fix) = match fault {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => (
            "this machine does not know who issued it",
            "if it is your own, name its authority's certificate in [app] ca_file",
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            ("it has expired", "have it renewed, or set this machine's clock")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            ("it is not valid yet", "set this machine's clock")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            "it is for another name",
            "use the name it was made for, or have one made for this name",
        ),
        CertificateError::Revoked => ("it was revoked", "have it renewed"),
        other => {
            let reason = other.to_string();
            return (reason, "have it made anew, signed by an authority");
        }
    };
    (reason.to_owned(), fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_refused() {
        for text in ["", "no PEM\n", "-----BEGIN CERTIFICATE-----\nhalf"] {
            Trust::from_pem(text.as_bytes()).unwrap_err();
        }
    }

    #[test]
    fn nothing_secret_goes_to_another_machine_in_clear() {
        for (address, is_good) in [
            ("http://127.0.0.1:8000", true),
            ("http://localhost:8000", true),
            ("http://[::1]:8000", true),
            ("https://books.example.org", true),
            ("http://books.example.org", false),
            ("http://10.0.0.1:8000", false),
            ("http://localhost.example.org", false),
        ] {
            let checked = check_secrecy(&Url::parse(address).unwrap());
            assert_eq!(checked.is_ok(), is_good, "{address}");
        }
        let refused = check_secrecy(&Url::parse("http://books.example.org:8000/x").unwrap()).unwrap_err();
        let sentence = refused.sentence();
        for part in [
            "http://books.example.org:8000/x",
            "https://",
            "ssh -L 8000:127.0.0.1:8000 books.example.org",
        ] {
            assert!(sentence.contains(part), "{sentence}");
        }
        assert!(!refused.is_passing());
    }
}
