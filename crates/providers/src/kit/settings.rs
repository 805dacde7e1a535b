//! Settings that several providers share: secrets, public keys, the clock window, required texts.
//!
//! Each is one field of a provider's settings, not a struct for `#[serde(flatten)]`: flattening
//! hides unknown keys from the check of the configuration, and a misspelt key must be an error.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, IntoDeserializer, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use time::UtcOffset;

use super::fields::{Fields, Identity};
use super::freshness::Window;
use crate::contract::{SettingsError, Unreadable};
use crate::crypto::{PublicKey, Secret};
use crate::wire::times;

/// Shared secrets, newest first. The configuration gives a list, or one text for a list of one.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Secrets(Vec<Secret>);

impl Secrets {
    /// Returns the secrets.
    ///
    /// # Errors
    /// An error at `key` if the list is empty.
    pub fn required(&self, key: &str) -> Result<Vec<Secret>, SettingsError> {
        if self.0.is_empty() {
            return Err(SettingsError::new(key, "expected at least one secret, found none"));
        }
        Ok(self.0.clone())
    }

    /// Returns the secrets in place. There may be none.
    pub fn all(&self) -> &[Secret] {
        &self.0
    }

    /// Returns the secrets. There may be none.
    pub fn optional(&self) -> Vec<Secret> {
        self.0.clone()
    }

    /// Returns whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Secrets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        one_or_many(deserializer).map(Self)
    }
}

/// How far the time of signing may be from the time of receipt, in seconds. The default is five
/// minutes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClockSkewSeconds(u32);

impl Default for ClockSkewSeconds {
    fn default() -> Self {
        Self(300)
    }
}

impl ClockSkewSeconds {
    /// Requires a window that is wide enough for the provider's repeats.
    ///
    /// # Errors
    /// An error at `key` if it has fewer than `seconds`.
    pub fn at_least(self, key: &str, seconds: u32) -> Result<Self, SettingsError> {
        let found = self.0;
        if found < seconds {
            let message = format!("expected at least {seconds} seconds, found {found}");
            return Err(SettingsError::new(key, message));
        }
        Ok(self)
    }

    /// Returns the window around the time of receipt.
    pub fn window(self) -> Window {
        Window::symmetric(self.0)
    }
}

/// How old a signature may be at the time of receipt, in seconds, at a provider of which nobody knows
/// whether it signs a repeated notification anew. The default is four days, which is longer than such
/// providers send again.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MaxAgeSeconds(u32);

impl Default for MaxAgeSeconds {
    fn default() -> Self {
        Self(345_600)
    }
}

impl MaxAgeSeconds {
    /// Returns the window from this age up to `ahead` after the time of receipt.
    pub fn window(self, ahead: ClockSkewSeconds) -> Window {
        Window { past_seconds: self.0, future_seconds: ahead.0 }
    }
}

/// A provider's public keys. Each has an id.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKeys(Vec<ConfiguredKey>);

/// A public key in the configuration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ConfiguredKey {
    /// The id of the key. If the provider names its keys, this is the provider's id.
    pub(super) id: String,
    /// A PEM public key, a PEM certificate or the bare base64 of a public key.
    pub(super) pem: String,
}

impl PublicKeys {
    /// Returns whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Parses the keys of the setting `public_keys`.
    ///
    /// # Errors
    /// The errors of [`Self::parse_at`].
    pub fn parse(&self, allow_legacy: bool) -> Result<Vec<PublicKey>, SettingsError> {
        self.parse_at("public_keys", allow_legacy)
    }

    /// Parses the keys of the setting `name`.
    ///
    /// # Errors
    /// An error at `name` or `name.ID` if there is no key, if an id is empty or occurs twice, or if
    /// a key cannot be used.
    pub fn parse_at(
        &self,
        name: &str,
        allow_legacy: bool,
    ) -> Result<Vec<PublicKey>, SettingsError> {
        if self.0.is_empty() {
            return Err(SettingsError::new(name, "expected at least one key, found none"));
        }
        let mut keys: Vec<PublicKey> = Vec::with_capacity(self.0.len());
        for one in &self.0 {
            let place = format!("{name}.{}", one.id);
            if one.id.trim().is_empty() {
                return Err(SettingsError::new(name, "expected an id, found empty text"));
            }
            if keys.iter().any(|key| key.id().as_str() == one.id) {
                return Err(SettingsError::new(place, "expected unique ids, found this one twice"));
            }
            let key = PublicKey::parse(&one.id, &one.pem, allow_legacy)
                .map_err(|error| SettingsError::new(place, error))?;
            keys.push(key);
        }
        Ok(keys)
    }
}

/// The accounts of the provider that messages may name, where one secret serves several of them: a
/// list, or `"any"`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NamedAccounts(#[serde(deserialize_with = "one_or_many")] Vec<String>);

impl NamedAccounts {
    /// The word that allows every account.
    const ANY: &str = "any";

    /// Checks the list.
    ///
    /// # Errors
    /// An error at `key` if a name is empty.
    pub fn check(&self, key: &str) -> Result<(), SettingsError> {
        self.0.iter().try_for_each(|name| required_text(key, name).map(drop))
    }

    /// Returns whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the account that a message names in `field`, if it names one. The account is part of
    /// the identity of a refund.
    ///
    /// # Errors
    /// [`Unreadable::FOREIGN_ACCOUNT`] if the account is not in the list.
    pub fn named_in(
        &self,
        fields: Fields<'_, '_>,
        field: &'static str,
    ) -> Result<Option<Identity>, Unreadable> {
        let named = fields.optional_identity(field)?;
        let is_allowed =
            |account: &Identity| self.0.iter().any(|it| it == account.as_str() || it == Self::ANY);
        if named.as_ref().is_none_or(is_allowed) {
            Ok(named)
        } else {
            Err(Unreadable::FOREIGN_ACCOUNT)
        }
    }

    /// Checks the account that a message names in `field`, where every message names one. An empty
    /// list allows every account.
    ///
    /// # Errors
    /// [`Unreadable::FOREIGN_ACCOUNT`] if the account is not in the list.
    pub fn require_ours(
        &self,
        fields: Fields<'_, '_>,
        field: &'static str,
    ) -> Result<(), Unreadable> {
        if self.0.is_empty() { Ok(()) } else { self.named_in(fields, field).map(drop) }
    }

    /// Returns the account in `field` if the list allows several. Only then is the account part of
    /// the identity of a refund, so the message must name it.
    ///
    /// # Errors
    /// The errors of [`Fields::identity`] if the list allows several.
    pub fn in_identity(
        &self,
        fields: Fields<'_, '_>,
        field: &'static str,
    ) -> Result<Option<Identity>, Unreadable> {
        let has_several = self.0.len() > 1 || self.0.iter().any(|it| it == Self::ANY);
        has_several.then(|| fields.identity(field)).transpose()
    }

    /// Returns the first account of the list, for simulation.
    pub fn first(&self) -> Option<&str> {
        self.0.iter().find(|it| *it != Self::ANY).map(String::as_str)
    }
}

/// Returns a text that must not be empty.
///
/// # Errors
/// An error at `key` if the text is empty or white space only.
pub fn required_text(key: &str, text: &str) -> Result<String, SettingsError> {
    if text.trim().is_empty() {
        return Err(SettingsError::new(key, "expected text, found none"));
    }
    Ok(text.to_owned())
}

/// Returns a text that may be absent but must not be empty.
///
/// # Errors
/// An error at `key` if the text is empty or white space only.
pub fn optional_text(key: &str, text: Option<&String>) -> Result<Option<String>, SettingsError> {
    text.map(|text| required_text(key, text)).transpose()
}

/// Returns the offset of a provider's times from UTC, such as `+08:00`.
///
/// # Errors
/// An error at `utc_offset` if the text is no offset.
pub fn utc_offset(text: &str) -> Result<UtcOffset, SettingsError> {
    times::read_offset(text)
        .ok_or_else(|| SettingsError::new("utc_offset", "expected an offset such as \"+08:00\""))
}

/// Reads a list, or one text for a list of one, because the environment has no lists.
pub fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct OneOrMany<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a text or a list of texts")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            Ok(vec![T::deserialize(text.into_deserializer())?])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<T>, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = sequence.next_element()? {
                items.push(item);
            }
            Ok(items)
        }
    }

    deserializer.deserialize_any(OneOrMany(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::{ClockSkewSeconds, MaxAgeSeconds, NamedAccounts};
    use crate::contract::Unreadable;
    use crate::kit::fields::Fields;
    use crate::kit::freshness::Window;
    use crate::wire::json::Members;

    fn accounts(json: &str) -> NamedAccounts {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_window_may_have_to_be_wide() {
        let least = |seconds| ClockSkewSeconds(seconds).at_least("key", 10);
        assert!(least(10).is_ok());
        let error = least(9).unwrap_err().to_string();
        assert_eq!(error, "key: expected at least 10 seconds, found 9");
    }

    #[test]
    fn a_message_may_name_no_account_or_a_listed_one() {
        let named = |list: &str, message: &str| {
            let members = Members::from_text(message).unwrap();
            let named = accounts(list).named_in(Fields::new(&members), "account");
            named.map(|account| account.map(String::from))
        };
        let one = Ok(Some("acct_1".to_owned()));
        for (list, expected) in [
            ("[]", Err(Unreadable::FOREIGN_ACCOUNT)),
            (r#"["acct_2", "acct_1"]"#, one.clone()),
            (r#""acct_1""#, one.clone()),
            (r#""any""#, one),
            (r#""acct_2""#, Err(Unreadable::FOREIGN_ACCOUNT)),
        ] {
            assert_eq!(named(list, r#"{"account":"acct_1"}"#), expected, "{list}");
            assert_eq!(named(list, r#"{"account":null}"#), Ok(None), "{list}");
        }
        assert_eq!(Unreadable::FOREIGN_ACCOUNT.to_string(), "foreign_account");
    }

    #[test]
    fn an_account_is_part_of_the_identity_where_the_list_allows_several() {
        let foreign = Err(Unreadable::FOREIGN_ACCOUNT);
        let missing = Err(Unreadable::missing("account"));
        let (named, unnamed) = (r#"{"account":"acc_1"}"#, "{}");
        let one = || Ok(Some("acc_1".to_owned()));
        for (list, message, ours, identity) in [
            ("[]", named, Ok(()), Ok(None)),
            (r#"["acc_1"]"#, named, Ok(()), Ok(None)),
            (r#"["acc_2"]"#, named, foreign, Ok(None)),
            (r#"["acc_2"]"#, unnamed, Ok(()), Ok(None)),
            (r#"["acc_2", "acc_1"]"#, named, Ok(()), one()),
            (r#"["acc_2", "acc_1"]"#, unnamed, Ok(()), missing.clone()),
            (r#""any""#, named, Ok(()), one()),
            (r#""any""#, unnamed, Ok(()), missing.clone()),
        ] {
            let members = Members::from_text(message).unwrap();
            let (fields, accounts) = (Fields::new(&members), accounts(list));
            assert_eq!(accounts.require_ours(fields, "account"), ours, "{list} {message}");
            let found = accounts.in_identity(fields, "account");
            assert_eq!(found.map(|it| it.map(String::from)), identity, "{list} {message}");
        }
        assert_eq!(accounts(r#"["any", "acc_1"]"#).first(), Some("acc_1"));
        assert_eq!(accounts(r#""any""#).first(), None);
    }

    #[test]
    fn an_age_and_a_clock_that_is_ahead_have_limits_of_their_own() {
        let window = |age: MaxAgeSeconds| age.window(ClockSkewSeconds(7));
        let expected = |past_seconds| Window { past_seconds, future_seconds: 7 };
        assert_eq!(window(MaxAgeSeconds(9)), expected(9));
        assert_eq!(window(MaxAgeSeconds::default()), expected(4 * 24 * 60 * 60));
    }

    #[test]
    fn a_list_of_accounts_has_no_empty_name() {
        assert!(accounts("[]").check("key").is_ok());
        let error = accounts(r#"["acct_1", " "]"#).check("key").unwrap_err();
        assert_eq!(error.key, "key");
    }
}
