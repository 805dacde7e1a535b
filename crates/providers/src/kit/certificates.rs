//! The setting of certificates that an account trusts.

use serde::{Deserialize, Serialize};

use super::settings::ConfiguredKey;
use crate::contract::SettingsError;
use crate::crypto::CertifiedKey;
use crate::crypto::certified_key::der_of_pem;

/// Certificates in PEM. Each has an id of the operator's choice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Certificates(Vec<ConfiguredKey>);

impl Certificates {
    /// Returns whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Parses certificates of senders. Their keys are named by the SHA-256 of the certificate, as the
    /// keys of certificates that come in messages are.
    ///
    /// # Errors
    /// An error at `key.ID` if a certificate cannot be used, or at `key` if an id is empty or
    /// occurs twice.
    pub fn senders(&self, key: &str) -> Result<Vec<CertifiedKey>, SettingsError> {
        self.parse(key, |_| None)
    }

    /// Parses certificates that issue others. Their keys are named by the configured ids.
    ///
    /// # Errors
    /// The errors of [`Self::senders`], and one at `key.ID` for a certificate that may not issue
    /// others.
    pub fn issuers(&self, key: &str) -> Result<Vec<CertifiedKey>, SettingsError> {
        let issuers = self.parse(key, |one| Some(one.id.as_str()))?;
        match issuers.iter().find(|issuer| !issuer.is_authority()) {
            None => Ok(issuers),
            Some(other) => Err(SettingsError::new(
                format!("{key}.{}", other.key().id()),
                "expected the certificate of an authority, which may issue others",
            )),
        }
    }

    fn parse(
        &self,
        key: &str,
        id: impl for<'k> Fn(&'k ConfiguredKey) -> Option<&'k str>,
    ) -> Result<Vec<CertifiedKey>, SettingsError> {
        let ids = || self.0.iter().map(|one| one.id.trim());
        if ids().any(str::is_empty) {
            return Err(SettingsError::new(key, "expected an id, found empty text"));
        }
        let certificates = self.0.iter().map(|one| {
            let place = format!("{key}.{}", one.id);
            if ids().filter(|id| *id == one.id.trim()).count() > 1 {
                return Err(SettingsError::new(place, "expected unique ids, found this one twice"));
            }
            let certificate = der_of_pem(one.pem.as_bytes())
                .and_then(|der| CertifiedKey::from_der(id(one), &der));
            certificate.map_err(|error| SettingsError::new(place, error))
        });
        certificates.collect()
    }
}
