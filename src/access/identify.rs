//! Identifies a caller.

use std::net::IpAddr;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};

use super::loopback::{is_loopback, names_this_machine};
use super::{Caller, Interface, Refusal};
use crate::config::{Networks, OperatorSettings, OperatorToken, Role};
use refund_providers::crypto::hash::{are_equal, sha256};

/// The name of callers on the loopback interface, for the audit.
const LOOPBACK: &str = "loopback";

/// The longest name that a login proxy may give, in bytes.
const LONGEST_NAME: usize = 256;

/// Who may use the API and the console.
#[derive(Clone, Debug)]
pub struct Access {
    tokens: Vec<OperatorToken>,
    proxy: Option<LoginProxy>,
    actions: bool,
}

#[derive(Clone, Debug)]
struct LoginProxy {
    header: HeaderName,
    role: Role,
    trusted: Networks,
}

impl Access {
    /// Takes the access from the configuration.
    pub fn new(settings: &OperatorSettings) -> Self {
        let proxy = settings.user_header.as_ref().map(|header| LoginProxy {
            header: header.name().clone(),
            role: settings.user_role,
            trusted: settings.trusted_proxies.clone(),
        });
        Self { tokens: settings.tokens.clone(), proxy, actions: settings.actions }
    }

    /// Returns who sent a request with these headers over a connection from `remote`.
    ///
    /// # Errors
    ///
    /// Why the caller does not get in.
    pub fn identify(
        &self,
        headers: &HeaderMap,
        remote: IpAddr,
        via: Interface,
    ) -> Result<Caller, Refusal> {
        let caller =
            |name: &str, role| Caller { name: name.to_owned(), role, via, actions: self.actions };
        let presented = bearer(headers);
        if let Some(token) = presented.and_then(|presented| self.token(presented)) {
            return Ok(caller(&token.name, token.role));
        }
        if let Some(proxy) = &self.proxy
            && proxy.trusted.contains(remote.to_canonical())
        {
            let name = person(headers, &proxy.header).ok_or(Refusal::NobodyNamed)?;
            return Ok(caller(name, proxy.role));
        }
        if !self.tokens.is_empty() || self.proxy.is_some() {
            return Err(match presented {
                Some(_) => Refusal::UnknownToken,
                None => Refusal::NoCredentials,
            });
        }
        if !is_loopback(remote) {
            return Err(Refusal::NotLoopback);
        }
        if !names_this_machine(headers) {
            return Err(Refusal::ForeignHost);
        }
        Ok(caller(LOOPBACK, Role::Viewer))
    }

    /// Returns the token with the digest of `presented`. It compares with all of them.
    fn token(&self, presented: &[u8]) -> Option<&OperatorToken> {
        let digest = sha256(presented);
        let fits = |token: &&OperatorToken| are_equal(token.sha256.bytes(), &digest);
        self.tokens.iter().filter(fits).fold(None, |_, token| Some(token))
    }
}

/// Returns the token in `Authorization: Bearer`, if there is one such line.
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let line = lines.next().filter(|_| lines.next().is_none())?.as_bytes();
    let (scheme, token) = line.split_at_checked(b"Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| token.trim_ascii())
}

/// Returns the person whom a login proxy names, if it names one.
fn person<'a>(headers: &'a HeaderMap, header: &HeaderName) -> Option<&'a str> {
    let mut lines = headers.get_all(header).iter();
    let line = lines.next().filter(|_| lines.next().is_none())?;
    let name = std::str::from_utf8(line.as_bytes()).ok()?.trim();
    let is_sound = !name.is_empty() && name.len() <= LONGEST_NAME;
    (is_sound && !name.contains(char::is_control)).then_some(name)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::Access;
    use crate::access::{Caller, Interface, Permission, Refusal, Role};
    use crate::config::{Environment, Sources, load};

    const NOTHING: &str = "";
    /// The digests are those of `viewing`, `auditing` and `operating`.
    const TOKENS: &str = "[operator]\ntokens = [\
        { name = \"grafana\", role = \"viewer\", sha256 = \"VIEWING\" },\
        { name = \"audit\", role = \"auditor\", sha256 = \"AUDITING\" },\
        { name = \"desk\", role = \"operator\", sha256 = \"OPERATING\" }]\n";
    const PROXY: &str = "user_header = \"x-forwarded-user\"\nuser_role = \"auditor\"\n\
        trusted_proxies = [\"10.0.0.0/8\"]\n";
    const USER: &str = "x-forwarded-user";

    fn access(lines: &str) -> Access {
        let mut lines = lines.to_owned();
        for word in ["viewing", "auditing", "operating"] {
            let digest = data_encoding::HEXLOWER
                .encode(&refund_providers::crypto::hash::sha256(word.as_bytes()));
            lines = lines.replace(&word.to_uppercase(), &digest);
        }
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("a.toml");
        std::fs::write(&file, lines).unwrap();
        let sources = Sources { file: Some(file), environment: Environment::default() };
        Access::new(&load(&sources).unwrap().operator)
    }

    /// Returns the name and role of a caller with these headers, or why there is none.
    fn identify(
        lines: &str,
        remote: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<(String, Role), Refusal> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            map.append(HeaderName::from_static(name), value);
        }
        let caller = access(lines).identify(&map, remote.parse().unwrap(), Interface::Api);
        caller.map(|Caller { name, role, .. }| (name, role))
    }

    fn is(name: &str, role: Role) -> Result<(String, Role), Refusal> {
        Ok((name.to_owned(), role))
    }

    #[test]
    fn without_configuration_the_loopback_interface_is_a_viewer_and_nobody_else_gets_in() {
        for remote in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(identify(NOTHING, remote, &[]), is("loopback", Role::Viewer), "{remote}");
        }
        for remote in ["10.0.0.1", "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"] {
            assert_eq!(identify(NOTHING, remote, &[]), Err(Refusal::NotLoopback), "{remote}");
        }
        for header in [("authorization", "Bearer x"), (USER, "eve"), ("x-forwarded-for", "::1")] {
            assert_eq!(identify(NOTHING, "10.0.0.1", &[header]), Err(Refusal::NotLoopback));
            assert_eq!(identify(NOTHING, "::1", &[header]), is("loopback", Role::Viewer));
        }
    }

    #[test]
    fn without_configuration_a_foreign_host_name_does_not_get_in() {
        let host = |host| identify(NOTHING, "127.0.0.1", &[("host", host)]);
        assert_eq!(host("127.0.0.1:8081"), is("loopback", Role::Viewer));
        assert_eq!(host("evil.example:8081"), Err(Refusal::ForeignHost));
        let hosts = [("host", "localhost"), ("host", "localhost")];
        assert_eq!(identify(NOTHING, "127.0.0.1", &hosts), Err(Refusal::ForeignHost));
    }

    #[test]
    fn a_token_gives_its_name_and_role_from_anywhere() {
        for (token, name, role) in [
            ("Bearer viewing", "grafana", Role::Viewer),
            ("bearer auditing", "audit", Role::Auditor),
            ("BEARER  operating", "desk", Role::Operator),
        ] {
            let found = identify(TOKENS, "192.0.2.1", &[("authorization", token)]);
            assert_eq!(found, is(name, role), "{token}");
        }
    }

    #[test]
    fn with_tokens_nobody_gets_in_without_one_not_even_on_the_loopback_interface() {
        let refused = |headers: &[_]| identify(TOKENS, "127.0.0.1", headers).unwrap_err();
        assert_eq!(refused(&[]), Refusal::NoCredentials);
        assert_eq!(refused(&[(USER, "eve")]), Refusal::NoCredentials);
        assert_eq!(refused(&[("authorization", "Basic dmlld2luZw==")]), Refusal::NoCredentials);
        let wrong = ["Bearer", "Bearer ", "Bearer view", "Bearer viewings", "Bearer VIEWING"];
        for token in wrong {
            let refusal = refused(&[("authorization", token)]);
            let no_token = token.len() < "Bearer ".len();
            let expected = if no_token { Refusal::NoCredentials } else { Refusal::UnknownToken };
            assert_eq!(refusal, expected, "{token}");
        }
        let twice = [("authorization", "Bearer viewing"), ("authorization", "Bearer operating")];
        assert_eq!(refused(&twice), Refusal::NoCredentials);
    }

    #[test]
    fn the_header_of_a_login_proxy_is_believed_from_trusted_proxies_only() {
        let lines = format!("[operator]\n{PROXY}");
        let asked = |remote, headers: &[_]| identify(&lines, remote, headers);
        assert_eq!(asked("10.1.2.3", &[(USER, " 李雷 ")]), is("李雷", Role::Auditor));
        assert_eq!(asked("::ffff:10.1.2.3", &[(USER, "ann")]), is("ann", Role::Auditor));
        for remote in ["127.0.0.1", "192.0.2.1", "::1"] {
            assert_eq!(asked(remote, &[(USER, "ann")]), Err(Refusal::NoCredentials), "{remote}");
        }
        for headers in [&[][..], &[(USER, "")], &[(USER, " ")], &[(USER, "a"), (USER, "b")]] {
            assert_eq!(asked("10.1.2.3", headers), Err(Refusal::NobodyNamed), "{headers:?}");
        }
        let long = "x".repeat(257);
        assert_eq!(asked("10.1.2.3", &[(USER, &long)]), Err(Refusal::NobodyNamed));
    }

    #[test]
    fn tokens_and_a_login_proxy_work_beside_each_other() {
        let both = format!("{TOKENS}{PROXY}");
        let asked = |remote, headers: &[_]| identify(&both, remote, headers);
        let [token, other] =
            [("authorization", "Bearer operating"), ("authorization", "Bearer of the proxy")];
        assert_eq!(asked("192.0.2.1", &[token]), is("desk", Role::Operator));
        assert_eq!(asked("10.1.2.3", &[token, (USER, "ann")]), is("desk", Role::Operator));
        assert_eq!(asked("10.1.2.3", &[other, (USER, "ann")]), is("ann", Role::Auditor));
        assert_eq!(asked("192.0.2.1", &[other, (USER, "ann")]), Err(Refusal::UnknownToken));
    }

    #[test]
    fn a_role_may_do_what_lower_roles_may_and_acts_only_if_actions_are_on() {
        for (role, actions, sees, acts) in [
            (Role::Viewer, true, false, false),
            (Role::Auditor, true, true, false),
            (Role::Operator, false, true, false),
            (Role::Operator, true, true, true),
        ] {
            let caller = Caller { name: "a".to_owned(), role, via: Interface::Console, actions };
            assert_eq!(caller.may(Permission::SeeBodies), sees, "{role:?}");
            assert_eq!(caller.may(Permission::Act), acts, "{role:?} {actions}");
        }
    }
}
