//! Tokens and passwords in headers.
//!
//! A live delivery presents them as they are, a stored one as digests. The checks treat both alike.
//! A provider names its header in [`Definition`](crate::contract::Definition), so that the header's
//! value is never stored.

use serde::{Deserialize, Serialize};

use super::settings::required_text;
use crate::contract::{Delivery, KeyDescription, Refusal, SettingsError};
use crate::crypto::credential::basic_authorization;
use crate::crypto::{CredentialDigest, Proof, Secret};

/// Users with passwords, newest first, of which the provider presents one in `Authorization`
/// (<https://www.rfc-editor.org/rfc/rfc7617>): the setting `basic_auth`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BasicAuth(Vec<UserWithPassword>);

/// A user with a password in the configuration.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct UserWithPassword {
    user: String,
    password: Secret,
}

impl BasicAuth {
    /// Returns the values of `Authorization` that [`require`] takes. There may be none.
    ///
    /// # Errors
    /// An error at `basic_auth` if a user is empty or contains a colon, which ends a user's name.
    pub fn authorizations(&self) -> Result<Vec<Secret>, SettingsError> {
        let wrong = |message| SettingsError::new("basic_auth", message);
        let authorization = |one: &UserWithPassword| {
            if required_text("basic_auth", &one.user)?.contains(':') {
                return Err(wrong("expected a user without a colon, found one with it"));
            }
            basic_authorization(&one.user, &one.password)
                .ok_or_else(|| wrong("expected a user and a password"))
        };
        self.0.iter().map(authorization).collect()
    }

    /// Describes the passwords, for `check-config`.
    pub fn keys(&self) -> Vec<KeyDescription> {
        KeyDescription::credentials("password", self.0.iter().map(|one| &one.password))
    }
}

/// Verifies that the header `name` presents one of `tokens`, at a provider that signs nothing.
///
/// # Errors
/// Refuses a header that is absent, empty, repeated or wrong.
pub fn verify_bearer(
    delivery: &Delivery<'_>,
    name: &str,
    tokens: &[Secret],
) -> Result<Proof, Refusal> {
    presented(delivery, name)?.verify_bearer(tokens).ok_or(Refusal::CredentialMismatch)
}

/// Requires one of `credentials` in the header `name`, beside a signature. It proves nothing about
/// the content. If the account has no credentials, no header is right: call this only if the account
/// has some.
///
/// # Errors
/// Refuses a header that is absent, empty, repeated or wrong.
pub fn require(delivery: &Delivery<'_>, name: &str, credentials: &[Secret]) -> Result<(), Refusal> {
    let found = presented(delivery, name)?.find(credentials);
    found.map(drop).ok_or(Refusal::CredentialMismatch)
}

/// Returns the digest of the only value of a header.
fn presented(delivery: &Delivery<'_>, name: &str) -> Result<CredentialDigest, Refusal> {
    let stored = delivery.redacted.iter().filter(|header| header.name == name);
    let mut stored = stored.map(|header| header.digest);
    let mut live = delivery.headers.get_all(name).iter().map(|value| value.as_bytes().trim_ascii());
    match (live.next(), live.next(), stored.next(), stored.next()) {
        (None, None, Some(digest), None) => Ok(digest),
        (None | Some(b""), None, None, None) => Err(Refusal::CredentialMissing),
        (Some(credential), None, None, None) => Ok(CredentialDigest::presented(credential)),
        (_, _, _, _) => Err(Refusal::CredentialRepeated),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use time::OffsetDateTime;

    use super::{BasicAuth, require, verify_bearer};
    use crate::contract::{Delivery, RedactedHeader, Refusal};
    use crate::crypto::{CredentialDigest, Salt, Secret};

    const NAME: &str = "x-callback-token";

    fn redacted(values: &[&str]) -> Vec<RedactedHeader> {
        let salt = Salt::new([9; 16]);
        let redact = |value: &&str| RedactedHeader {
            name: HeaderName::from_static(NAME),
            digest: CredentialDigest::salted(value.as_bytes(), salt),
        };
        values.iter().map(redact).collect()
    }

    /// Checks both functions, which must agree.
    fn check(live: &[&str], stored: &[RedactedHeader], tokens: &[&str]) -> Result<(), Refusal> {
        let tokens: Vec<Secret> = tokens.iter().map(|token| Secret::new(*token).unwrap()).collect();
        let mut headers = HeaderMap::new();
        for value in live {
            headers.append(NAME, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let delivery = Delivery {
            path_and_query: "/",
            headers: &headers,
            redacted: stored,
            body: b"",
            received_at: OffsetDateTime::UNIX_EPOCH,
        };
        let required = require(&delivery, NAME, &tokens);
        assert_eq!(verify_bearer(&delivery, NAME, &tokens).map(drop), required);
        required
    }

    #[test]
    fn a_credential_is_accepted_once_and_in_any_place_of_the_list_live_and_stored() {
        use Refusal::{CredentialMismatch, CredentialMissing, CredentialRepeated};
        let tokens = ["new-token", "old-t\u{f6}ken"];
        let cases: [(&[&str], Result<(), Refusal>); 9] = [
            (&["new-token"], Ok(())),
            (&["old-t\u{f6}ken"], Ok(())),
            (&[], Err(CredentialMissing)),
            (&["New-token"], Err(CredentialMismatch)),
            (&["new-toke"], Err(CredentialMismatch)),
            (&["new-token, new-token"], Err(CredentialMismatch)),
            (&["new-token", "new-token"], Err(CredentialRepeated)),
            (&["new-token", "wrong"], Err(CredentialRepeated)),
            (&["wrong", "new-token"], Err(CredentialRepeated)),
        ];
        for (values, expected) in cases {
            assert_eq!(check(values, &[], &tokens), expected, "live {values:?}");
            assert_eq!(check(&[], &redacted(values), &tokens), expected, "stored {values:?}");
        }
        assert_eq!(check(&[""], &[], &tokens), Err(CredentialMissing));
        assert_eq!(check(&["", ""], &[], &tokens), Err(CredentialRepeated));
        assert_eq!(
            check(&["new-token"], &redacted(&["new-token"]), &tokens),
            Err(CredentialRepeated)
        );
        assert_eq!(check(&["new-token"], &[], &[]), Err(CredentialMismatch));
    }

    #[test]
    fn a_user_with_a_password_is_required_live_and_stored() {
        let read = |json: &str| serde_json::from_str::<BasicAuth>(json).unwrap();
        let settings = read(
            r#"[{ "user": "hook", "password": "0123456789abcdef" },
            { "user": "old", "password": "canary" }]"#,
        );
        assert!(!format!("{settings:?}").contains("canary"));
        let shown = settings.keys();
        assert_eq!(shown.iter().map(|key| key.is_guessable).collect::<Vec<_>>(), [false, true]);
        assert_eq!(shown[0].kind, "password");
        let authorizations = settings.authorizations().unwrap();
        let mut headers = HeaderMap::new();
        let value = format!("Basic {}", data_encoding::BASE64.encode(b"old:canary"));
        headers.insert("authorization", HeaderValue::from_str(&value).unwrap());
        let delivery = Delivery {
            path_and_query: "/",
            headers: &headers,
            redacted: &[],
            body: b"",
            received_at: OffsetDateTime::UNIX_EPOCH,
        };
        assert_eq!(require(&delivery, "authorization", &authorizations), Ok(()));
        let newest = &authorizations[..1];
        let refused = require(&delivery, "authorization", newest);
        assert_eq!(refused, Err(Refusal::CredentialMismatch));
        for user in ["", "a:b"] {
            let settings = format!(r#"[{{ "user": "{user}", "password": "canary" }}]"#);
            let error = read(&settings).authorizations().unwrap_err().to_string();
            assert!(
                error.starts_with("basic_auth: expected") && !error.contains("canary"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_live_header_that_imitates_a_stored_one_is_a_wrong_credential() {
        let stored = redacted(&["new-token"]);
        let digest = serde_json::to_value(stored[0].digest).unwrap();
        let whole = digest.to_string();
        for imitation in
            [&whole, digest["sha256"].as_str().unwrap(), digest["salt"].as_str().unwrap()]
        {
            assert_eq!(check(&[imitation], &[], &["new-token"]), Err(Refusal::CredentialMismatch));
        }
        assert_eq!(check(&[], &stored, &["new-token"]), Ok(()));
    }
}
