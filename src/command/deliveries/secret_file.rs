//! `--try-secret-file`: whether one more secret or public key fits a delivery.

use std::path::Path;

use serde_json::json;

use crate::command::Failure;
use crate::config::{ConfiguredAccount, Sources, load};
use crate::diagnosis::fit;
use refund_providers::contract::Delivery;

/// The keys of accounts that hold secrets and tokens, in the configuration.
const SECRETS: [&str; 5] =
    ["secrets", "hmac_keys", "callback_tokens", "api_v3_keys", "api_v2_keys"];

/// The keys of accounts that hold public keys and certificates.
const PUBLIC_KEYS: [&str; 3] = ["public_keys", "certificates", "pinned_certificates"];

/// The beginning of a public key or certificate in text.
const PEM: &str = "-----BEGIN ";

/// Returns whether the secret, public key or certificate in a file fits, in place of the account's.
pub(super) fn fits(
    sources: &Sources,
    path: &Path,
    account: &ConfiguredAccount,
    delivery: &Delivery<'_>,
) -> Result<bool, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let path = path.display();
        Failure::Usage(format!("--try-secret-file: cannot read {path}: {error}"))
    })?;
    let text = text.trim_end_matches(['\r', '\n']);
    let name = account.name.as_str();
    let tries = match text.contains(PEM) {
        true => {
            // A request that names its key must find it under that name.
            let named = account.provider.explain(delivery).named_key;
            let id = json!(named.as_deref().unwrap_or("tried"));
            let list = format!("[{{ id = {id}, pem = {} }}]", json!(text));
            PUBLIC_KEYS.map(|key| (key, list.clone())).to_vec()
        }
        false => SECRETS.map(|key| (key, json!([text]).to_string())).to_vec(),
    };
    let mut is_usable = false;
    for (key, list) in tries {
        let environment = sources.environment.with_account_list(name, key, list);
        let with = Sources { file: sources.file.clone(), environment };
        // The provider may have no such key, or the secret not its form.
        let Ok(configuration) = load(&with) else { continue };
        let accounts = &configuration.accounts;
        let Some(changed) = accounts.iter().find(|one| one.name == account.name) else { continue };
        is_usable = true;
        if fit(&*changed.provider, delivery).is_some() {
            return Ok(true);
        }
    }
    if is_usable {
        return Ok(false);
    }
    Err(Failure::Usage(format!(
        "--try-secret-file: expected a secret, or a public key in PEM, that the account {name} could \
         have"
    )))
}
