//! Parses a database URL: one URL for each of its servers, and which kind of server to use.
//!
//! A URL names several servers in the way of libpq, which sqlx does not support:
//! `postgres://user@one:5432,two:5433/name` or `postgres:///name?host=one,two&port=5432,5433`, see
//! <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS>

use reqwest::Url;

/// The parameters that a URL may have. sqlx would log other parameters with their values.
const PARAMETERS: [&str; 13] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "user",
];

/// Parameters of other clients. They have no effect here, but a shared URL may contain them.
const WITHOUT_EFFECT: [&str; 8] = [
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "gssencmode",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
];

const NO_URL: &str = "expected a URL such as postgres://user@host/database";

/// Which kind of server to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The first server that accepts a connection.
    Any,
    /// The first server that accepts writes: no standby, and not read-only.
    TakesWrites,
}

/// The servers that a database URL names. It does not implement `Debug`, because each URL may
/// contain a password.
#[derive(Clone)]
pub struct DatabaseUrl {
    /// A URL for each server, in the order of the original. There is at least one.
    pub servers: Vec<String>,
    /// Which kind of server to use.
    pub target: Target,
}

impl DatabaseUrl {
    /// Parses `text`.
    ///
    /// # Errors
    ///
    /// Says what was expected. It repeats no part of the text, which may contain a password.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        let (first, several) = hosts_in_authority(text)?;
        if !matches!(first.scheme(), "postgres" | "postgresql") {
            return Err("expected a URL that begins with postgres://");
        }
        if !first.query_pairs().all(|(name, _)| is_known(&name)) {
            return Err("expected no parameters but application_name, dbname, host, hostaddr, \
                 options, password, port, sslcert, sslkey, sslmode, sslrootcert, \
                 target_session_attrs, user");
        }
        let target = target(&first)?;
        let listed = hosts_in_parameters(&first)?;
        let servers = match (several.is_empty(), listed.is_empty()) {
            (true, true) => vec![without(&first, &["target_session_attrs"])],
            (true, false) => listed,
            (false, true) => std::iter::once(&first)
                .chain(&several)
                .map(|url| without(url, &["target_session_attrs"]))
                .collect(),
            (false, false) => {
                return Err("expected several hosts in one place: before the path, or as host=");
            }
        };
        Ok(Self { servers, target })
    }
}

/// Returns a URL for each host between the user and the path: the first one, and the others.
fn hosts_in_authority(text: &str) -> Result<(Url, Vec<Url>), &'static str> {
    let (scheme, rest) = text.split_once("://").ok_or(NO_URL)?;
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (user, hosts) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
    let is_list = hosts.contains(',');
    let mut urls = Vec::new();
    for host in hosts.split(',') {
        if is_list && (host.is_empty() || host.starts_with(':')) {
            return Err("expected a host before and after each comma");
        }
        urls.push(Url::parse(&format!("{scheme}://{user}{host}{tail}")).map_err(|_| NO_URL)?);
    }
    let several = urls.split_off(1);
    Ok((urls.into_iter().next().ok_or(NO_URL)?, several))
}

/// Returns a URL for each host of a list in the parameters; none if there is no list.
fn hosts_in_parameters(url: &Url) -> Result<Vec<String>, &'static str> {
    let list = |name: &str| -> Vec<String> {
        let last = url.query_pairs().filter(|(known, _)| known == name).last();
        last.map(|(_, value)| value.split(',').map(str::to_owned).collect()).unwrap_or_default()
    };
    let (hosts, ports) = (list("host"), list("port"));
    if list("hostaddr").len() > 1 {
        return Err("expected one hostaddr: name several servers with host");
    }
    if hosts.len() <= 1 && ports.len() <= 1 {
        return Ok(Vec::new());
    }
    if hosts.iter().any(String::is_empty) {
        return Err("expected a host before and after each comma");
    }
    if ports.len() > 1 && ports.len() != hosts.len() {
        return Err("expected as many ports as hosts, or one for all");
    }
    let rest = without(url, &["host", "port", "target_session_attrs"]);
    let rest = Url::parse(&rest).map_err(|_| NO_URL)?;
    let one_for_all = ports.first().filter(|_| ports.len() == 1);
    let servers = hosts.iter().enumerate().map(|(place, host)| {
        let mut url = rest.clone();
        url.query_pairs_mut().append_pair("host", host);
        if let Some(port) = one_for_all.or(ports.get(place)) {
            url.query_pairs_mut().append_pair("port", port);
        }
        url.into()
    });
    Ok(servers.collect())
}

fn target(url: &Url) -> Result<Target, &'static str> {
    let wanted = url.query_pairs().filter(|(name, _)| name == "target_session_attrs").last();
    match wanted.as_ref().map(|(_, value)| &**value) {
        None | Some("any") => Ok(Target::Any),
        // For us, a read-only primary is no better than a standby.
        Some("read-write" | "primary") => Ok(Target::TakesWrites),
        Some(_) => Err("expected target_session_attrs=any, read-write or primary"),
    }
}

/// Returns the URL without these parameters.
fn without(url: &Url, names: &[&str]) -> String {
    if !url.query_pairs().any(|(name, _)| names.contains(&&*name)) {
        return url.as_str().to_owned();
    }
    let pairs = url.query_pairs().into_owned();
    let kept: Vec<_> = pairs.filter(|(name, _)| !names.contains(&name.as_str())).collect();
    let mut url = url.clone();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    url.into()
}

fn is_known(name: &str) -> bool {
    PARAMETERS.contains(&name) || WITHOUT_EFFECT.contains(&name) || name.starts_with("options[")
}

#[cfg(test)]
mod tests {
    use super::{DatabaseUrl, Target};

    fn servers(url: &str) -> Vec<String> {
        DatabaseUrl::read(url).map(|read| read.servers).unwrap_or_default()
    }

    #[test]
    fn a_url_of_one_server_is_unchanged() {
        for url in [
            "postgres://u:p@h:5433/d?sslmode=require&options=-c%20a%3Db",
            "postgres:///d?host=%2Frun%2Fa&port=5432&user=u&sslmode=disable",
            "postgres://[::1]:5432/d",
        ] {
            assert_eq!(servers(url), [url]);
        }
    }

    #[test]
    fn each_host_gets_a_url_of_its_own() {
        for (url, expected) in [
            (
                "postgres://u:p%40@one,two:5433/d?sslmode=require&target_session_attrs=read-write",
                [
                    "postgres://u:p%40@one/d?sslmode=require",
                    "postgres://u:p%40@two:5433/d?sslmode=require",
                ],
            ),
            (
                "postgres://u:p,@[::1]:5432,%2Frun%2Fa:5433",
                ["postgres://u:p,@[::1]:5432", "postgres://u:p,@%2Frun%2Fa:5433"],
            ),
            (
                "postgres:///d?host=/run/a,/run/b&port=1&user=u",
                [
                    "postgres:///d?user=u&host=%2Frun%2Fa&port=1",
                    "postgres:///d?user=u&host=%2Frun%2Fb&port=1",
                ],
            ),
            (
                "postgres:///d?host=one%2Ctwo&port=1,2",
                ["postgres:///d?host=one&port=1", "postgres:///d?host=two&port=2"],
            ),
        ] {
            assert_eq!(servers(url), expected);
        }
    }

    #[test]
    fn the_target_is_any_server_or_one_that_accepts_writes() {
        for (parameter, expected) in [
            ("", Ok(Target::Any)),
            ("?target_session_attrs=any", Ok(Target::Any)),
            ("?target_session_attrs=read-write", Ok(Target::TakesWrites)),
            ("?target_session_attrs=primary", Ok(Target::TakesWrites)),
            (
                "?target_session_attrs=prefer-standby",
                Err("expected target_session_attrs=any, read-write or primary"),
            ),
        ] {
            let read = DatabaseUrl::read(&format!("postgres://one,two/d{parameter}"));
            assert_eq!(read.map(|read| read.target), expected, "{parameter}");
        }
    }

    #[test]
    fn an_ambiguous_list_is_refused() {
        for url in [
            "postgres://one,,two/d",
            "postgres://u@:5432,two/d",
            "postgres://one,two/d?host=three,four",
            "postgres:///d?host=one,",
            "postgres:///d?host=one,two&port=1,2,3",
            "postgres://one/d?port=1,2",
            "postgres:///d?host=one,two&hostaddr=127.0.0.1,127.0.0.2",
        ] {
            assert!(DatabaseUrl::read(url).is_err(), "{url}");
        }
    }
}
