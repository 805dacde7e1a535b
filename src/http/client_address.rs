//! Who called: the connection's address, or what trusted proxies say of it. It is kept with the
//! delivery for people to read; nothing is believed or refused because of it.
//!
//! TrustedProxies append, so what is said is read from the right: each address is taken only from a proxy
//! that is trusted itself. What stands left of the first address that is not a trusted proxy was
//! said by a stranger. Only the configured header is read: a proxy that writes the one lets
//! strangers write the other.

use std::net::{IpAddr, Ipv6Addr};

use http::header::{FORWARDED, HeaderMap, HeaderName, HeaderValue};

use crate::config::{ClientAddressHeader, HttpSettings, Networks};

/// The de-facto standard, which most load balancers write.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies that are trusted, and where they say whom they forward for.
#[derive(Debug)]
pub(super) struct TrustedProxies {
    trusted: Networks,
    header: ClientAddressHeader,
}

/// What a proxy says of its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hop {
    Address(IpAddr),
    /// `unknown`, an obfuscated identifier, or nothing: it does not tell.
    Hidden,
    /// Not as documented.
    Malformed,
}

impl TrustedProxies {
    pub(super) fn new(settings: &HttpSettings) -> Self {
        Self { trusted: settings.trusted_proxies.clone(), header: settings.client_address_header }
    }

    /// The address that called, on a connection from `connection`. Where a trusted proxy does not
    /// tell, it is the proxy's; where something is malformed, the connection's.
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

/// `client, proxy1, proxy2`
fn x_forwarded_for(line: &HeaderValue) -> Vec<Hop> {
    let Ok(line) = line.to_str() else { return vec![Hop::Malformed] };
    line.split(',').map(str::trim).filter(|element| !element.is_empty()).map(node).collect()
}

/// RFC 7239: `for=192.0.2.43;proto=https, for="[2001:db8::1]:4711"`
fn forwarded(line: &HeaderValue) -> Vec<Hop> {
    let elements = line.to_str().ok().and_then(|line| split(line, ','));
    let Some(elements) = elements else { return vec![Hop::Malformed] };
    let elements = elements.into_iter().map(str::trim).filter(|element| !element.is_empty());
    elements.map(|element| forwarded_for(element).unwrap_or(Hop::Malformed)).collect()
}

/// The `for` of one element; `None` when the element is malformed.
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

/// The parts between separators that stand outside of quotes; `None` when a quote does not end.
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

/// A value without its quotes and escapes; `None` when quotes stand elsewhere than around it.
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

/// An address or a word for one that is not told, with or without a port.
fn node(text: &str) -> Hop {
    let before_port = || {
        let (name, port) = text.rsplit_once(':')?;
        // Where the address ends and the port begins, only brackets tell.
        let is_clear = is_port(port) && name.parse::<Ipv6Addr>().is_err();
        is_clear.then(|| host(name)).flatten()
    };
    host(text).or_else(before_port).unwrap_or(Hop::Malformed)
}

/// Bare IPv6 is what `X-Forwarded-For` holds, and brackets are what `Forwarded` wants.
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

    /// The connection's address in most cases: a trusted proxy's.
    const PROXY: &str = "10.0.0.1";

    /// The client_address when `connection` sends these lines of the header, and a stranger's word in the
    /// other header.
    fn client_address(header: ClientAddressHeader, connection: &str, lines: &[&str]) -> String {
        let (name, other, strange) = match header {
            ClientAddressHeader::XForwardedFor => {
                ("x-forwarded-for", "forwarded", "for=203.0.113.66")
            }
            ClientAddressHeader::Forwarded => ("forwarded", "x-forwarded-for", "203.0.113.66"),
        };
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(other), HeaderValue::from_static(strange));
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
    fn x_forwarded_for_is_walked_from_the_right_past_trusted_proxies() {
        let cases: &[(&str, &[&str], &str)] = &[
            (PROXY, &[], PROXY),
            (PROXY, &["198.51.100.9"], "198.51.100.9"),
            (PROXY, &["203.0.113.66, 198.51.100.9"], "198.51.100.9"),
            (PROXY, &["203.0.113.66, 198.51.100.9, 10.1.2.3,192.0.2.7"], "198.51.100.9"),
            // Whoever is not trusted says nothing.
            ("198.51.100.1", &["203.0.113.66"], "198.51.100.1"),
            ("192.0.2.8", &["203.0.113.66"], "192.0.2.8"),
            // Several lines are one list.
            (PROXY, &["203.0.113.66", "198.51.100.9", "10.1.2.3"], "198.51.100.9"),
            // All trusted: the one farthest away.
            (PROXY, &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            // IPv6, bare and in brackets, and IPv4 in it.
            (PROXY, &["2001:db8::1"], "2001:db8::1"),
            (PROXY, &["[2001:db8::1]"], "2001:db8::1"),
            (PROXY, &["[2001:db8::1]:4711, 2001:db8:ffff::5"], "2001:db8::1"),
            ("::ffff:10.0.0.1", &["::ffff:198.51.100.9"], "198.51.100.9"),
            ("2001:db8:ffff::1", &["198.51.100.9:80"], "198.51.100.9"),
            ("2001:db8:fffe::1", &["198.51.100.9"], "2001:db8:fffe::1"),
            // Empty elements mean nothing.
            (PROXY, &[", ,198.51.100.9,, ", ""], "198.51.100.9"),
            // What is left of a stranger is not looked at.
            (PROXY, &["\u{e9}", "\"', 198.51.100.9"], "198.51.100.9"),
            // A proxy that does not tell is the client_address itself.
            (PROXY, &["unknown"], PROXY),
            (PROXY, &["203.0.113.66, Unknown, 10.0.0.2"], "10.0.0.2"),
            // Malformed: the connection.
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
    fn forwarded_is_read_as_rfc_7239_has_it() {
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
            // Not told.
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
