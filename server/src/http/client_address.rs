//! Whose request it is, as an address: the socket's other end, or what a proxy that is named in the settings says it
//! was. Everything that counts or throttles by address asks here, and nothing else reads `X-Forwarded-For`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use poem::{Endpoint, Middleware, Request, Result};

use crate::config::Network;

/// The client's address, with every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// What one subscriber has: an address of IPv4, of IPv6 a network of 64 bits, within which addresses are free.
    pub fn group(self) -> IpAddr {
        match self.0.to_canonical() {
            address @ IpAddr::V4(_) => address,
            IpAddr::V6(address) => {
                let network = address.to_bits() & (u128::MAX << 64);
                Ipv6Addr::from_bits(network).into()
            }
        }
    }

    /// That of a request; nowhere, for one that no socket brought.
    pub fn of(request: &Request) -> Self {
        let unknown = Self(Ipv4Addr::UNSPECIFIED.into());
        request.extensions().get().copied().unwrap_or(unknown)
    }
}

/// The layer that finds it out.
#[derive(Debug, Clone)]
pub struct ClientAddresses {
    proxies: Arc<[Network]>,
}

impl ClientAddresses {
    pub fn new(proxies: &[Network]) -> Self {
        Self {
            proxies: proxies.into(),
        }
    }

    /// From the socket outwards, for as long as it is a proxy that speaks. What stands further left is what the client
    /// itself sent, and is worth nothing.
    fn find<'a>(&self, peer: IpAddr, from_the_right: impl Iterator<Item = &'a str>) -> ClientAddress {
        let mut found = peer.to_canonical();
        for said in from_the_right {
            if !self.proxies.iter().any(|proxy| proxy.contains(found)) {
                break;
            }
            let Some(address) = address_in(said) else { break };
            found = address;
        }
        ClientAddress(found)
    }
}

/// Some proxies write the port too, and brackets around an IPv6 address.
fn address_in(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse().ok();
    address
        .or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))
        .map(|address: IpAddr| address.to_canonical())
}

impl<E: Endpoint> Middleware<E> for ClientAddresses {
    type Output = Addressed<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Addressed {
            inner,
            addresses: self.clone(),
        }
    }
}

/// An endpoint behind the layer.
#[derive(Debug)]
pub struct Addressed<E> {
    inner: E,
    addresses: ClientAddresses,
}

impl<E: Endpoint> Endpoint for Addressed<E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> Result<E::Output> {
        if let Some(peer) = request.remote_addr().as_socket_addr().map(SocketAddr::ip) {
            // Several lines are one list. What is no text is an entry that cannot be read.
            let lines = request.headers().get_all("x-forwarded-for").iter().rev();
            let from_the_right = lines.flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
            let address = self.addresses.find(peer, from_the_right);
            request.extensions_mut().insert(address);
        }
        self.inner.call(request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem::http::uri::Scheme;
    use poem::web::{LocalAddr, RemoteAddr};
    use poem::{Addr, Body, RequestParts};

    /// What a handler behind the layer is told.
    async fn told(proxies: &[&str], peer: &str, lines: &[&[u8]]) -> String {
        let mut head = poem::http::Request::new(());
        for line in lines {
            head.headers_mut()
                .append("x-forwarded-for", line.to_vec().try_into().unwrap());
        }
        let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
        let remote = RemoteAddr(Addr::from(peer));
        let parts = RequestParts::from((head.into_parts().0, LocalAddr::default(), remote, Scheme::HTTP));
        let request = Request::from_parts(parts, Body::empty());
        let proxies: Vec<Network> = proxies.iter().map(|text| text.parse().unwrap()).collect();
        let asked = poem::endpoint::make_sync(|request| ClientAddress::of(&request).0.to_string());
        let layer = ClientAddresses::new(&proxies);
        layer.transform(asked).call(request).await.unwrap()
    }

    #[tokio::test]
    async fn without_a_proxy_it_is_the_sockets_other_end_whatever_the_client_says() {
        assert_eq!(told(&[], "203.0.113.7", &[b"198.51.100.1"]).await, "203.0.113.7");
        assert_eq!(
            told(&["10.0.0.2"], "203.0.113.7", &[b"198.51.100.1"]).await,
            "203.0.113.7"
        );
        assert_eq!(told(&[], "::ffff:203.0.113.7", &[]).await, "203.0.113.7");
    }

    #[tokio::test]
    async fn a_proxy_is_believed_about_the_last_hop_only() {
        let forged: &[&[u8]] = &[b"127.0.0.1, 198.51.100.1"];
        assert_eq!(told(&["10.0.0.2"], "10.0.0.2", forged).await, "198.51.100.1");
        // Further proxies are passed over as long as they are ours, and on separate lines too.
        let chain: &[&[u8]] = &[b"1.1.1.1", b"198.51.100.1, 10.1.3.4", b"10.1.3.5"];
        assert_eq!(
            told(&["10.0.0.2", "10.1.0.0/16"], "10.0.0.2", chain).await,
            "198.51.100.1"
        );
        assert_eq!(told(&["10.0.0.2"], "10.0.0.2", chain).await, "10.1.3.5");
        assert_eq!(
            told(&["10.0.0.2"], "::ffff:10.0.0.2", &[b"198.51.100.1"]).await,
            "198.51.100.1"
        );
    }

    #[tokio::test]
    async fn what_a_proxy_says_badly_leaves_the_proxy() {
        for line in [
            &b""[..],
            b"unknown",
            b"198.51.100.1,",
            b"198.51.100.1, \xff",
            b"1.2.3.4.5",
            b"_hidden",
        ] {
            assert_eq!(
                told(&["10.0.0.2"], "10.0.0.2", &[line]).await,
                "10.0.0.2",
                "{line:?}"
            );
        }
        assert_eq!(told(&["10.0.0.2"], "10.0.0.2", &[]).await, "10.0.0.2");
        // All of it ours: the one that is furthest out.
        assert_eq!(
            told(&["10.0.0.0/8"], "10.0.0.2", &[b"10.0.0.4, 10.0.0.3"]).await,
            "10.0.0.4"
        );
    }

    #[tokio::test]
    async fn ports_and_brackets_are_taken_off() {
        for (line, address) in [
            (&b"198.51.100.1:4711"[..], "198.51.100.1"),
            (b"[2001:db8::1]:4711", "2001:db8::1"),
            (b"[2001:db8::1]", "2001:db8::1"),
            (b"2001:db8::1", "2001:db8::1"),
            (b"::ffff:198.51.100.1", "198.51.100.1"),
        ] {
            assert_eq!(told(&["10.0.0.2"], "10.0.0.2", &[line]).await, address);
        }
    }

    #[test]
    fn a_group_is_what_one_subscriber_has() {
        let group = |text: &str| ClientAddress(text.parse().unwrap()).group().to_string();
        assert_eq!(group("203.0.113.7"), "203.0.113.7");
        assert_eq!(group("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(group("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(group("2001:db8:1:2:ffff::"), group("2001:db8:1:2::1"));
        assert_ne!(group("2001:db8:1:3::1"), group("2001:db8:1:2::1"));
    }

    #[test]
    fn a_request_that_no_socket_brought_comes_from_nowhere() {
        assert_eq!(ClientAddress::of(&Request::default()).0.to_string(), "0.0.0.0");
    }
}
