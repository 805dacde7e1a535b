//! A UnionPay account in the configuration.

use super::{UnionPay, Version, wire};
use crate::contract::{AccountSettings, SettingsError};
use crate::crypto::Trust;
use crate::kit::certificates::Certificates;
use crate::kit::exponents::Exponents;
use crate::kit::settings::required_text;
use crate::refund::Currency;

/// `[accounts.NAME]` with `provider = "unionpay"`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// The merchant that every message must name.
    mer_id: String,
    /// The only version that is accepted. The default is 5.1.0, and 5.0.0 if it is allowed.
    version: Option<Version>,
    /// How messages are signed. Only `01`, which is RSA, is supported.
    #[serde(default = "default_sign_method")]
    sign_method: String,
    /// The authorities at the ends of the chains.
    #[serde(default)]
    roots: Certificates,
    /// The authorities that issue UnionPay's certificates.
    #[serde(default)]
    intermediates: Certificates,
    /// UnionPay's own certificates. They need no chain.
    #[serde(default)]
    pinned_certificates: Certificates,
    /// Whether the certificates of a chain may be signed with SHA-1.
    #[serde(default)]
    allow_sha1_certificates: bool,
    /// Whether the certificate `00040000:SIGN` is accepted.
    #[serde(default)]
    allow_test_certificate: bool,
    /// Whether messages of version 5.0.0, which are signed with SHA-1, are accepted.
    #[serde(default)]
    allow_legacy_sha1: bool,
    /// The currency of messages that name none.
    currency: Option<String>,
    #[serde(default)]
    exponents: Exponents,
}

fn default_sign_method() -> String {
    wire::RSA.to_owned()
}

impl AccountSettings for Settings {
    type Account = UnionPay;

    fn account(&self) -> Result<UnionPay, SettingsError> {
        if self.sign_method != wire::RSA {
            return Err(SettingsError::new("sign_method", "expected \"01\", which is RSA"));
        }
        self.exponents.check()?;
        Ok(UnionPay {
            mer_id: required_text("mer_id", &self.mer_id)?,
            versions: self.versions()?,
            trust: self.trust()?,
            allow_test_certificate: self.allow_test_certificate,
            currency: self.currency.as_deref().map(|code| self.currency(code)).transpose()?,
            exponents: self.exponents.clone(),
        })
    }
}

impl Settings {
    fn versions(&self) -> Result<Vec<Version>, SettingsError> {
        match (self.version, self.allow_legacy_sha1) {
            (Some(Version::Current), _) | (None, false) => Ok(vec![Version::Current]),
            (Some(Version::Legacy), true) => Ok(vec![Version::Legacy]),
            (None, true) => Ok(vec![Version::Current, Version::Legacy]),
            (Some(Version::Legacy), false) => {
                let message = "5.0.0 is signed with SHA-1; expected allow_legacy_sha1 = true";
                Err(SettingsError::new("version", message))
            }
        }
    }

    fn trust(&self) -> Result<Trust, SettingsError> {
        let error = |key: &str, message: &str| Err(SettingsError::new(key, message));
        match (self.roots.is_empty(), self.intermediates.is_empty()) {
            (true, true) if self.pinned_certificates.is_empty() => {
                return error("pinned_certificates", "expected these, or intermediates and roots");
            }
            (true, false) => return error("roots", "expected the issuers of the intermediates"),
            (false, true) => return error("intermediates", "expected what the roots issued"),
            (true, true) | (false, false) => {}
        }
        if self.version == Some(Version::Legacy) && self.pinned_certificates.is_empty() {
            return error("pinned_certificates", "version 5.0.0 names one; expected at least one");
        }
        let pinned = self.pinned_certificates.senders("pinned_certificates")?;
        let intermediates = self.intermediates.issuers("intermediates")?;
        let roots = self.roots.issuers("roots")?;
        Trust::new(pinned, intermediates, roots, self.allow_sha1_certificates)
            .map_err(|error| SettingsError::new("roots", error))
    }

    fn currency(&self, code: &str) -> Result<Currency, SettingsError> {
        let currency = Currency::iso(code).and_then(|currency| self.exponents.of(currency));
        currency.ok_or_else(|| SettingsError::new("currency", "expected an ISO 4217 code"))
    }
}
