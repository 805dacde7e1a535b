//! Callers on the loopback interface, when nothing else is configured.

use std::net::IpAddr;

use http::HeaderMap;
use http::header::HOST;

/// Returns whether the address is on the loopback interface.
pub(super) fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Returns whether the request names this machine: `localhost`, an IP address, or nothing.
///
/// A page of a stranger can let its own name point to 127.0.0.1 and read our answers as if they were
/// its own; browsers then send that name. A proxy on this machine that lets the whole world in sends
/// its public name.
pub(super) fn names_this_machine(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let Some(host) = hosts.next() else { return true };
    hosts.next().is_none() && host.to_str().is_ok_and(is_local)
}

fn is_local(authority: &str) -> bool {
    if let Some(rest) = authority.strip_prefix('[') {
        let address = rest.split_once(']').map_or(rest, |(address, _)| address);
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let host = authority.split_once(':').map_or(authority, |(host, _)| host);
    let name = host.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn localhost_and_addresses_are_local_and_other_names_are_not() {
        for local in ["localhost", "LOCALHOST:8081", "a.localhost", "127.0.0.1:8081", "[::1]:8081"]
        {
            assert!(is_local(local), "{local}");
        }
        for foreign in
            ["evil.example", "localhost.evil.example:8081", "127.0.0.1.evil.example", "", "[evil]"]
        {
            assert!(!is_local(foreign), "{foreign}");
        }
    }
}
