//! Constructors of throw-away accounts.

use crate::contract::simulation::{Authentication, Demonstration, OwnScenario};
use crate::crypto::SigningKey;
use crate::crypto::rsa::SigningError;

impl Demonstration {
    /// Makes an account of a dialect. The first word of the dialect is the provider's name.
    /// `settings` are the lines of the account's TOML table after `provider = …`.
    pub fn new(
        dialect: &'static str,
        authentication: Authentication,
        account: &'static str,
        settings: &str,
    ) -> Self {
        let provider = dialect.split_once(' ').map_or(dialect, |(provider, _)| provider);
        Self {
            provider,
            dialect,
            authentication,
            account,
            settings: format!("provider = \"{provider}\"\n{settings}"),
            signing_key: None,
            sample_body: "{}",
            own_scenarios: Vec::new(),
        }
    }

    /// Makes an RSA key that signs as the provider, and adds its public key to the setting
    /// `public_keys`.
    ///
    /// # Errors
    /// [`SigningError::Library`] if the library cannot make a key.
    pub fn with_signing_key(self, id: &str) -> Result<Self, SigningError> {
        self.with_signing_key_at("public_keys", id)
    }

    /// Makes an RSA key that signs as the provider, and adds its public key to the setting `name`.
    ///
    /// # Errors
    /// [`SigningError::Library`] if the library cannot make a key.
    pub fn with_signing_key_at(mut self, name: &str, id: &str) -> Result<Self, SigningError> {
        let key = SigningKey::generate()?;
        let public = key.public_pem()?;
        self.settings
            .push_str(&format!("{name} = [{{ id = \"{id}\", pem = \"\"\"\n{public}\"\"\" }}]\n"));
        self.signing_key = Some(key);
        Ok(self)
    }

    /// Sets the scenarios that only this dialect has.
    pub fn with_own_scenarios(self, own_scenarios: Vec<OwnScenario>) -> Self {
        Self { own_scenarios, ..self }
    }

    /// Makes an RSA key that signs as the provider, and pins a certificate of it in the settings.
    ///
    /// # Errors
    /// [`SigningError::Library`] if the library cannot make a key or a certificate.
    pub fn with_certificate(mut self, common_name: &str) -> Result<Self, SigningError> {
        let key = SigningKey::generate()?;
        let certificate = key.self_signed(common_name)?;
        self.settings.push_str(&format!(
            "pinned_certificates = [{{ id = \"demo\", pem = \"\"\"\n{certificate}\"\"\" }}]\n"
        ));
        self.signing_key = Some(key);
        Ok(self)
    }

    /// Sets a body from whose form the dialect is recognized. The default is an empty object.
    pub fn with_sample_body(self, sample_body: &'static str) -> Self {
        Self { sample_body, ..self }
    }
}
