//! Who comes in at the socket: how many connections one address may have, whether only proxies are let in, and whether
//! TLS is spoken. What is inside a request is decided further in.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use super::refusal::Refusal;
use super::tls::Tls;
use crate::config::{Config, Network};
use crate::http::client_address::ClientAddress;

/// The door of a listener. By default it is clear text for everybody, as on loopback.
#[derive(Debug, Clone, Default)]
pub struct Door {
    pub tls: Option<Tls>,
    /// The proxies before this server, each of which brings many clients.
    pub proxies: Vec<Network>,
    /// Whether nobody else is let in.
    pub is_for_proxies_only: bool,
}

impl Door {
    /// That of a listener: where other machines reach it and proxies are named, it is for those alone.
    pub fn new(config: &Config, listener: SocketAddr, tls: Option<Tls>) -> Self {
        let proxies = config.server.proxies.clone();
        Self {
            tls,
            is_for_proxies_only: !proxies.is_empty() && !listener.ip().to_canonical().is_loopback(),
            proxies,
        }
    }

    fn is_proxy(&self, peer: IpAddr) -> bool {
        self.proxies.iter().any(|proxy| proxy.contains(peer))
    }

    /// A place for one more connection of that peer, where there is one for it.
    pub(super) fn enter(&self, peer: IpAddr, crowd: &Crowd) -> Result<Option<Place>, Refusal> {
        if self.is_proxy(peer) {
            return Ok(None);
        }
        if self.is_for_proxies_only {
            return Err(Refusal::NoProxy);
        }
        crowd
            .enter(ClientAddress(peer))
            .map(Some)
            .ok_or(Refusal::AddressFull)
    }
}

/// How many connections each address has. No larger than the number of connections.
#[derive(Debug, Clone)]
pub(super) struct Crowd {
    most: usize,
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Crowd {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            counts: Arc::default(),
        }
    }

    fn enter(&self, client: ClientAddress) -> Option<Place> {
        let group = client.group();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(group).or_default();
        (*count < self.most).then(|| {
            *count += 1;
            Place {
                group,
                crowd: self.clone(),
            }
        })
    }
}

/// One connection's place, free again when it ends.
pub(super) struct Place {
    group: IpAddr,
    crowd: Crowd,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.crowd.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.group) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.group);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn door(proxies: &[&str], listener: &str) -> Door {
        let mut config = Config::default();
        config.server.proxies = proxies.iter().map(|text| text.parse().unwrap()).collect();
        Door::new(&config, listener.parse().unwrap(), None)
    }

    #[test]
    fn where_others_reach_it_and_proxies_are_named_only_they_come_in() {
        let crowd = Crowd::new(10);
        let far = door(&["10.0.0.2", "10.1.0.0/16"], "0.0.0.0:80");
        for proxy in ["10.0.0.2", "10.1.9.9", "::ffff:10.0.0.2"] {
            assert!(matches!(far.enter(ip(proxy), &crowd), Ok(None)), "{proxy}");
        }
        for other in ["10.0.0.3", "203.0.113.7", "127.0.0.1", "::1"] {
            assert_eq!(
                far.enter(ip(other), &crowd).err(),
                Some(Refusal::NoProxy),
                "{other}"
            );
        }
        let near = door(&["10.0.0.2"], "127.0.0.1:80");
        assert!(matches!(near.enter(ip("127.0.0.1"), &crowd), Ok(Some(_))));
        let open = door(&[], "0.0.0.0:80");
        assert!(matches!(open.enter(ip("203.0.113.7"), &crowd), Ok(Some(_))));
    }

    #[test]
    fn one_address_has_so_many_places_and_gets_them_back() {
        let crowd = Crowd::new(2);
        let door = door(&["10.0.0.2"], "127.0.0.1:80");
        let enter = |peer: &str| door.enter(ip(peer), &crowd);
        let first = enter("2001:db8::1").ok();
        let _second = enter("2001:db8::2").ok();
        assert_eq!(enter("2001:db8::3").err(), Some(Refusal::AddressFull));
        let other = enter("2001:db8:0:1::1");
        assert!(other.is_ok(), "another network has places of its own");
        drop(first);
        let third = enter("2001:db8::3");
        assert!(third.is_ok());
        for _ in 0..5 {
            assert!(enter("10.0.0.2").is_ok(), "a proxy brings many clients");
        }
    }

    #[test]
    fn nothing_is_kept_of_those_who_left() {
        let crowd = Crowd::new(1);
        let door = door(&[], "127.0.0.1:80");
        let place = door.enter(ip("127.0.0.1"), &crowd);
        assert!(door.enter(ip("127.0.0.1"), &crowd).is_err());
        drop(place);
        assert!(crowd.counts.lock().unwrap().is_empty());
    }
}
