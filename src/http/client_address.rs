//! The client address: the address of the connection, or the address that trusted proxies report.
//! It is stored with the delivery for people to read. No decision depends on it.
//!
//! Each proxy appends the address of its own client, so we read the header from the right, and we
//! believe an entry only if a trusted proxy wrote it. Everything left of the first address that is
//! not a trusted proxy was written by a stranger. We read only the configured header, because a
//! proxy that writes one of the two headers passes on whatever a stranger writes into the other.

use std::net::{IpAddr, Ipv6Addr};

use http::header::{FORWARDED, HeaderMap, HeaderName, HeaderValue};

use crate::config::{ClientAddressHeader, HttpSettings, Networks};

/// The de-facto standard header, which most load balancers write.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The trusted proxies, and the header in which they report their client.
#[derive(Debug)]
pub(super) struct TrustedProxies {
    trusted: Networks,
    header: ClientAddressHeader,
}

/// What a proxy reports about its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hop {
    /// The client's address.
    Address(IpAddr),
    /// The proxy hides the address: `unknown`, an obfuscated identifier, or no entry.
    Hidden,
    /// The entry does not follow the header's syntax.
    Malformed,
}

impl TrustedProxies {
    pub(super) fn new(settings: &HttpSettings) -> Self {
        Self { trusted: settings.trusted_proxies.clone(), header: settings.client_address_header }
    }

    /// Returns the address of the client that called over a connection from `connection`. If a
    /// trusted proxy hides its client, this is the proxy's address. If an entry is malformed, it is
    /// the connection's address.
    pub(super) fn client_address(&self, connection: IpAddr, headers: &HeaderMap) -> IpAddr {
        let connection = connection.to_canonical();
        let (name, hops): (_, fn(&HeaderValue) -> Vec<Hop>) = match self.header {
            ClientAddressHeader::XForwardedFor => (X_FORWARDED_FOR, x_forwarded_for),
            ClientAddressHeader::Forwarded => (FORWARDED, forwarded),
        };
        if !self.trusted.contains(connection) {
            return connection;
        }
        let lines: Vec<&HeaderValue> = headers.get_all(name).iter().collect();
        let mut client_address = connection;
        for hop in lines.into_iter().rev().flat_map(|line| hops(line).into_iter().rev()) {
            match hop {
                Hop::Address(address) => client_address = address.to_canonical(),
                Hop::Hidden => break,
                Hop::Malformed => return connection,
            }
            if !self.trusted.contains(client_address) {
                break;
            }
        }
        client_address
    }
}

/// Reads `client, proxy1, proxy2`.
fn x_forwarded_for(line: &HeaderValue) -> Vec<Hop> {
    let Ok(line) = line.to_str() else { return vec![Hop::Malformed] };
    line.split(',').map(str::trim).filter(|element| !element.is_empty()).map(node).collect()
}

/// Reads the form of RFC 7239: `for=192.0.2.43;proto=https, for="[2001:db8::1]:4711"`.
fn forwarded(line: &HeaderValue) -> Vec<Hop> {
    let elements = line.to_str().ok().and_then(|line| split(line, ','));
    let Some(elements) = elements else { return vec![Hop::Malformed] };
    let elements = elements.into_iter().map(str::trim).filter(|element| !element.is_empty());
    elements.map(|element| forwarded_for(element).unwrap_or(Hop::Malformed)).collect()
}

/// Returns the `for` of one element, or `None` if the element is malformed.
fn forwarded_for(element: &str) -> Option<Hop> {
    let mut hop = None;
    for pair in split(element, ';')? {
        let (name, value) = pair.trim().split_once('=')?;
        let value = unquoted(value)?;
        if name.eq_ignore_ascii_case("for") && hop.replace(node(&value)).is_some() {
            return None;
        }
    }
    Some(hop.unwrap_or(Hop::Hidden))
}

/// Splits the text at the separators outside of quotes. Returns `None` if a quote does not end.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut parts, mut begin) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (index, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if character == separator && !quoted => {
                parts.push(text.get(begin..index)?);
                begin = index + character.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(begin..)?);
    (!quoted).then_some(parts)
}

/// Returns a value without its quotes and escapes, or `None` if it has quotes inside.
fn unquoted(value: &str) -> Option<String> {
    let Some(inner) = value.strip_prefix('"') else {
        return (!value.contains('"')).then(|| value.to_owned());
    };
    let (mut text, mut characters) = (String::new(), inner.strip_suffix('"')?.chars());
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.push(characters.next()?),
            '"' => return None,
            other => text.push(other),
        }
    }
    Some(text)
}

/// Reads an address or a word that hides it, with or without a port.
fn node(text: &str) -> Hop {
    let before_port = || {
        let (name, port) = text.rsplit_once(':')?;
        // Without brackets, an IPv6 address with a port is ambiguous: we do not split it.
        let is_clear = is_port(port) && name.parse::<Ipv6Addr>().is_err();
        is_clear.then(|| host(name)).flatten()
    };
    host(text).or_else(before_port).unwrap_or(Hop::Malformed)
}

/// Reads an address or a word that hides it. `X-Forwarded-For` has IPv6 addresses without brackets,
/// `Forwarded` with brackets.
fn host(text: &str) -> Option<Hop> {
    if text.eq_ignore_ascii_case("unknown") || is_obfuscated(text) {
        return Some(Hop::Hidden);
    }
    let address = match text.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?.parse::<Ipv6Addr>().map(IpAddr::from),
        None => text.parse::<IpAddr>(),
    };
    address.ok().map(Hop::Address)
}

fn is_port(text: &str) -> bool {
    is_obfuscated(text) || (text.parse::<u16>().is_ok() && !text.starts_with('+'))
}

fn is_obfuscated(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    text.strip_prefix('_').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(allowed))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::TrustedProxies;
    use crate::config::{ClientAddressHeader, Networks};

    /// The address of a trusted proxy, from which most cases connect.
    const PROXY: &str = "10.0.0.1";

    /// Returns the client address if `connection` sends these lines of the configured header. The
    /// other header always holds an address that a stranger wrote.
    fn client_address(header: ClientAddressHeader, connection: &str, lines: &[&str]) -> String {
        let (name, other, forged) = match header {
            ClientAddressHeader::XForwardedFor => {
                ("x-forwarded-for", "forwarded", "for=203.0.113.66")
            }
            ClientAddressHeader::Forwarded => ("forwarded", "x-forwarded-for", "203.0.113.66"),
        };
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(other), HeaderValue::from_static(forged));
        for line in lines {
            let line = HeaderValue::from_bytes(line.as_bytes()).unwrap();
            headers.append(HeaderName::from_static(name), line);
        }
        let trusted = ["10.0.0.0/8", "192.0.2.7", "2001:db8:ffff::/48"];
        let trusted = serde_json::from_value::<Networks>(serde_json::json!(trusted)).unwrap();
        let connection: IpAddr = connection.parse().unwrap();
        TrustedProxies { trusted, header }.client_address(connection, &headers).to_string()
    }

    #[test]
    fn x_forwarded_for_is_read_from_the_right_past_trusted_proxies() {
        let cases: &[(&str, &[&str], &str)] = &[
            (PROXY, &[], PROXY),
            (PROXY, &["198.51.100.9"], "198.51.100.9"),
            (PROXY, &["203.0.113.66, 198.51.100.9"], "198.51.100.9"),
            (PROXY, &["203.0.113.66, 198.51.100.9, 10.1.2.3,192.0.2.7"], "198.51.100.9"),
            // Entries from a proxy that is not trusted do not count.
            ("198.51.100.1", &["203.0.113.66"], "198.51.100.1"),
            ("192.0.2.8", &["203.0.113.66"], "192.0.2.8"),
            // Several lines are one list.
            (PROXY, &["203.0.113.66", "198.51.100.9", "10.1.2.3"], "198.51.100.9"),
            // All are trusted: the farthest is the client.
            (PROXY, &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            // IPv6 with and without brackets, and IPv4 mapped into IPv6.
            (PROXY, &["2001:db8::1"], "2001:db8::1"),
            (PROXY, &["[2001:db8::1]"], "2001:db8::1"),
            (PROXY, &["[2001:db8::1]:4711, 2001:db8:ffff::5"], "2001:db8::1"),
            ("::ffff:10.0.0.1", &["::ffff:198.51.100.9"], "198.51.100.9"),
            ("2001:db8:ffff::1", &["198.51.100.9:80"], "198.51.100.9"),
            ("2001:db8:fffe::1", &["198.51.100.9"], "2001:db8:fffe::1"),
            // Empty elements mean nothing.
            (PROXY, &[", ,198.51.100.9,, ", ""], "198.51.100.9"),
            // Entries left of the first untrusted address are not read.
            (PROXY, &["\u{e9}", "\"', 198.51.100.9"], "198.51.100.9"),
            // A proxy that hides its client is the client address itself.
            (PROXY, &["unknown"], PROXY),
            (PROXY, &["203.0.113.66, Unknown, 10.0.0.2"], "10.0.0.2"),
            // Malformed: the address of the connection.
            (PROXY, &["198.51.100.9, localhost, 10.0.0.2"], PROXY),
            (PROXY, &["198.51.100.9 10.0.0.2"], PROXY),
            (PROXY, &["198.51.100.9\t\u{e9}"], PROXY),
            (PROXY, &["198.51.100.999"], PROXY),
            (PROXY, &["198.51.100.9:port"], PROXY),
            (PROXY, &["198.51.100.9:65536"], PROXY),
            (PROXY, &["198.51.100.9]"], PROXY),
            (PROXY, &["[198.51.100.9]"], PROXY),
            (PROXY, &["[2001:db8::1"], PROXY),
            (PROXY, &["[2001:db8::1]4711"], PROXY),
            (PROXY, &["2001:db8::1%eth0"], PROXY),
            (PROXY, &["\"198.51.100.9\""], PROXY),
        ];
        for (connection, lines, expected) in cases {
            assert_eq!(
                client_address(ClientAddressHeader::XForwardedFor, connection, lines),
                *expected,
                "{lines:?}"
            );
        }
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_defines_it() {
        let cases: &[(&str, &[&str], &str)] = &[
            (PROXY, &[], PROXY),
            (PROXY, &["for=198.51.100.9"], "198.51.100.9"),
            (PROXY, &["For=\"198.51.100.9:4711\";proto=https; by=203.0.113.43"], "198.51.100.9"),
            (PROXY, &["for=203.0.113.66, for=198.51.100.9, for=10.0.0.2"], "198.51.100.9"),
            (PROXY, &["for=203.0.113.66", "for=198.51.100.9;by=10.9.9.9"], "198.51.100.9"),
            ("198.51.100.1", &["for=203.0.113.66"], "198.51.100.1"),
            (PROXY, &["for=\"[2001:db8:cafe::17]:4711\""], "2001:db8:cafe::17"),
            (PROXY, &["for=\"[2001:db8:cafe::17]\""], "2001:db8:cafe::17"),
            (PROXY, &["for=\"198.51.100.9:_port\""], "198.51.100.9"),
            // Quoted strings hold separators and escapes.
            (PROXY, &[r#"host="a,b;for=1.2.3.4\"";for=198.51.100.9"#], "198.51.100.9"),
            (PROXY, &[r#"for="198.51.100\.9""#], "198.51.100.9"),
            // Hidden.
            (PROXY, &["for=unknown"], PROXY),
            (PROXY, &["for=\"_gazonk\", for=10.0.0.2"], "10.0.0.2"),
            (PROXY, &["for=_hidden.1-2, for=10.0.0.2"], "10.0.0.2"),
            (PROXY, &["for=203.0.113.66, proto=https"], PROXY),
            // Malformed.
            (PROXY, &["for=198.51.100.9;for=203.0.113.66"], PROXY),
            (PROXY, &["198.51.100.9"], PROXY),
            (PROXY, &["for=\"198.51.100.9"], PROXY),
            (PROXY, &["for=1\"98.51.100.9\""], PROXY),
            (PROXY, &["for=\"198.51.100.9\"x"], PROXY),
            (PROXY, &["for="], PROXY),
            (PROXY, &["for=_"], PROXY),
            (PROXY, &["for=_hi,den"], PROXY),
            // A stranger's open quote spoils the line, not the lines after it.
            (PROXY, &["for=\"203.0.113.66, for=198.51.100.9"], PROXY),
            (PROXY, &["for=\"203.0.113.66", "for=198.51.100.9"], "198.51.100.9"),
        ];
        for (connection, lines, expected) in cases {
            assert_eq!(
                client_address(ClientAddressHeader::Forwarded, connection, lines),
                *expected,
                "{lines:?}"
            );
        }
    }
}
