//! Accounts of every dialect with several sets of keys, and what signs for them.

use std::collections::BTreeMap;

use refund_inbox::config::{ConfiguredAccount, read_account};
use refund_providers::contract::simulation::{
    Demonstration, Scenario, Simulated, SimulationError, SimulationOrder, Subject,
};
use refund_providers::crypto::SigningKey;
use refund_providers::provider::registry::definition;
use testing::provider_sim::demonstrations;
use testing::receiver::NOW;

/// The accounts of a dialect, and what signs for them.
pub(super) struct Dialect {
    pub(super) name: &'static str,
    pub(super) account: &'static str,
    pub(super) provider: &'static str,
    /// The settings and signing keys of each set of keys.
    pub(super) sets: BTreeMap<&'static str, (String, Option<SigningKey>)>,
}

/// The sets of keys: the account's own, another account's, one that an account had and one that it
/// has since, one of an account that names another merchant, and one of nobody.
pub(super) const SETS: [&str; 6] = ["own", "other", "old", "new", "foreign", "nobody"];

/// Returns all dialects.
pub(super) fn dialects() -> Vec<Dialect> {
    let mut dialects: Vec<Dialect> = Vec::new();
    for set in SETS {
        let token = format!("{set}-throw-away-token");
        for demonstration in demonstrations(&token) {
            let Demonstration { provider, dialect, account, settings, signing_key, .. } =
                demonstration;
            // An account of v3 has the key of v2, too, but its own.
            let mut settings = match dialect {
                "wechatpay v3" => settings.replace(&format!("api_v2_keys = [\"{token}\"]\n"), ""),
                _ => settings,
            };
            if set == "old" {
                for id in ["demo", "1", "CERT-demo", "PUB_KEY_ID_DEMO"] {
                    settings = settings
                        .replace(&format!("{{ id = \"{id}\""), &format!("{{ id = \"{id}-OLD\""));
                }
            }
            let keys = (settings, signing_key);
            match dialects.iter_mut().find(|known| known.name == dialect) {
                Some(known) => drop(known.sets.insert(set, keys)),
                None => {
                    let sets = BTreeMap::from([(set, keys)]);
                    dialects.push(Dialect { name: dialect, account, provider, sets });
                }
            }
        }
    }
    dialects
}

/// What makes the account of a dialect another merchant's than the message's.
pub(super) fn foreign(dialect: &str, settings: &str) -> Option<String> {
    let replaced = |from: &str, to: &str| {
        assert!(settings.contains(from), "{settings}");
        Some(settings.replace(from, to))
    };
    match dialect {
        "eftpay" => replaced("S0003469", "S0003470"),
        "alipay" => replaced("2021000000000001", "2021000000000002"),
        "antom" => replaced("SANDBOX_DEMO", "SANDBOX_OTHER"),
        "unionpay" => replaced("777290058110048", "777290058110049"),
        "wechatpay v3" | "wechatpay v2" => replaced("1900000109", "1900000110"),
        "stripe" => replaced("livemode = false", "livemode = true"),
        "adyen" => replaced("DemoMerchant", "OtherMerchant"),
        "qfpay" => replaced("eqqmYMn0Zj", "another0Zj"),
        "razorpay" => Some(format!("account_ids = [\"acc_other\"]\n{settings}")),
        "xendit" => Some(format!("business_ids = [\"other\"]\n{settings}")),
        _ => None,
    }
}

impl Dialect {
    /// Returns the accounts as lines of configuration. One account has the keys of the set
    /// `changing`.
    pub(super) fn configuration(&self, changing: &str) -> String {
        let table = |suffix: &str, settings: &str| {
            format!("\n[accounts.{}{suffix}]\n{settings}", self.account)
        };
        let of = |set: &str| self.sets[set].0.as_str();
        let mut tables = vec![
            table("", of("own")),
            table("-two", of("other")),
            table("-changing", of(changing)),
        ];
        tables
            .extend(foreign(self.name, of("foreign")).map(|settings| table("-foreign", &settings)));
        tables.concat()
    }

    /// Makes a notification that is signed with a set of keys, or `None` if the provider has none of
    /// the scenario.
    pub(super) fn simulate(
        &self,
        set: &str,
        scenario: Scenario,
        path: &str,
        serial: &str,
    ) -> Option<Simulated> {
        let (settings, signing_key) = &self.sets[set];
        self.simulate_with(settings, signing_key.as_ref(), scenario, path, serial)
    }

    /// Makes a notification as the provider of an account with these settings would.
    pub(super) fn simulate_with(
        &self,
        settings: &str,
        signing_key: Option<&SigningKey>,
        scenario: Scenario,
        path: &str,
        serial: &str,
    ) -> Option<Simulated> {
        let account: ConfiguredAccount = read_account(self.account, settings).unwrap();
        let subject = Subject::default();
        let order = SimulationOrder { scenario, now: NOW, serial, subject, path, signing_key };
        match account.provider.simulate(&order) {
            Ok(simulated) => Some(simulated),
            Err(SimulationError::NoSuchScenario { .. }) => None,
            Err(error) => panic!("{}: {error}", self.name),
        }
    }

    /// Returns whether the provider signs the bytes of the body.
    pub(super) fn signs_bytes(&self) -> bool {
        ![
            "adyen",
            "alipay",
            "eftpay",
            "paycools flat",
            "paycools envelope",
            "unionpay",
            "wechatpay v2",
            "xendit",
        ]
        .contains(&self.name)
    }

    /// Returns whether the account refuses an old signature. PayMongo's account has no window.
    pub(super) fn has_window(&self) -> bool {
        definition(self.provider).unwrap().has_window
            && !["paymongo", "wechatpay v2"].contains(&self.name)
    }

    /// Returns whether the bodies are JSON.
    pub(super) fn is_json(&self) -> bool {
        !["alipay", "unionpay", "wechatpay v2"].contains(&self.name)
    }

    /// Returns the cause of a delivery that no key of ours signed.
    pub(super) fn unknown_key(&self) -> &'static str {
        match self.name {
            // The password comes before the signature.
            "adyen" | "xendit" => "credential_mismatch",
            "unionpay" => "certificate_untrusted",
            _ => "signature_mismatch",
        }
    }
}
