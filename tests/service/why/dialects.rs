//! Accounts of every dialect with several sets of keys, and what signs for them.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use refund_inbox::config::{ConfiguredAccount, read_account};
use refund_providers::contract::simulation::{
    Demonstration, Scenario, Simulated, SimulationError, SimulationOrder, Subject,
};
use refund_providers::crypto::SigningKey;
use refund_providers::provider::registry::definition;
use sha2::Sha256;
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
/// has since, two of accounts that get what is not for them, and one of nobody.
pub(super) const SETS: [&str; 7] = ["own", "other", "old", "new", "foreign", "second", "nobody"];

/// The accounts that get what is not for them: the end of the name, the set of keys, and whether it
/// is the second.
const MISDIRECTED: [(&str, &str, bool); 2] =
    [("-foreign", "foreign", false), ("-second", "second", true)];

/// Nomad's accounts that WeChat Pay itself notifies.
const NOMAD_WECHATPAY: &str = "nomad wechatpay";

/// Returns all dialects.
pub(super) fn dialects() -> Vec<Dialect> {
    let mut dialects: Vec<Dialect> = Vec::new();
    for set in SETS {
        let token = format!("{set}-throw-away-token");
        let of_wechatpay =
            demonstrations(&token).into_iter().filter(|it| it.dialect == "wechatpay v3");
        let of_nomad = of_wechatpay.map(|it| Demonstration {
            provider: "nomad",
            dialect: NOMAD_WECHATPAY,
            account: "demo-nomad-wechatpay",
            settings: it
                .settings
                .replace("provider = \"wechatpay\"", "provider = \"nomad\"\nmode = \"wechatpay\""),
            ..it
        });
        for demonstration in demonstrations(&token).into_iter().chain(of_nomad) {
            let Demonstration { provider, dialect, account, settings, signing_key, .. } =
                demonstration;
            // An account of v3 has the key of v2, too, but its own.
            let mut settings = match dialect {
                "wechatpay v3" | NOMAD_WECHATPAY => {
                    settings.replace(&format!("api_v2_keys = [\"{token}\"]\n"), "")
                }
                // Without it, a time of any age is accepted.
                "paymongo" => format!("{settings}clock_skew_seconds = 10800\n"),
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

/// A delivery that the keys of its account verify, or would, and that is not for the account.
pub(super) struct Misdirected {
    pub(super) cause: &'static str,
    pub(super) simulated: Simulated,
}

/// Returns the settings of an account whose keys are those of `settings`, and which is not the one
/// that [`Dialect::simulate_for`] makes notifications for; `None` if there can be none. The second
/// one differs otherwise than the first.
fn another(dialect: &str, settings: &str, second: bool) -> Option<(&'static str, String)> {
    let replaced = |cause, from: &str, to: &str| {
        assert!(settings.contains(from), "{settings}");
        Some((cause, settings.replace(from, to)))
    };
    let added = |cause, line: &str| Some((cause, format!("{settings}{line}\n")));
    let (wrong, foreign) = ("wrong_account", "foreign_account");
    match (dialect, second) {
        ("eftpay", false) => replaced(wrong, "S0003469", "S0003470"),
        ("alipay", false) => replaced(wrong, "2021000000000001", "2021000000000002"),
        ("antom", false) => replaced(wrong, "SANDBOX_DEMO", "SANDBOX_OTHER"),
        ("unionpay", false) => replaced(wrong, "777290058110048", "777290058110049"),
        ("wechatpay v3" | "wechatpay v2" | NOMAD_WECHATPAY, false) => {
            replaced(wrong, "1900000109", "1900000110")
        }
        ("wechatpay v3" | "wechatpay v2" | NOMAD_WECHATPAY, true) => {
            let theirs = "sp_mchid = \"1900000109\"\nsub_mchids = [\"1900000222\"]";
            replaced(foreign, "mchid = \"1900000109\"", theirs)
        }
        ("stripe" | "paymongo", false) => replaced(wrong, "livemode = false", "livemode = true"),
        ("stripe", true) => added(foreign, "connected_accounts = [\"acct_theirs\"]"),
        ("adyen", false) => replaced(foreign, "DemoMerchant", "OtherMerchant"),
        ("adyen", true) => replaced(wrong, "live = false", "live = true"),
        ("airwallex", false) => added(foreign, "account_ids = [\"acct_theirs\"]"),
        ("checkout", false) => added("credential_mismatch", "authorization = [\"throw-away one\"]"),
        ("qfpay", false) => replaced(foreign, "eqqmYMn0Zj", "another0Zj"),
        ("razorpay", false) => added(foreign, "account_ids = [\"acc_theirs\"]"),
        ("xendit", false) => added(foreign, "business_ids = [\"theirs\"]"),
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
        for (suffix, set, second) in MISDIRECTED {
            let settings = another(self.name, of(set), second);
            tables.extend(settings.map(|(_, settings)| table(suffix, &settings)));
        }
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

    /// Returns whether the account refuses an old signature.
    pub(super) fn has_window(&self) -> bool {
        let has_one = definition(self.provider).unwrap().has_window || self.name == "paymongo";
        has_one && self.name != "wechatpay v2"
    }

    /// Makes the notifications that are not for their account, each with the end of its name.
    pub(super) fn misdirected(&self, path: &str, serial: &str) -> Vec<(&'static str, Misdirected)> {
        let made = MISDIRECTED.into_iter().filter_map(|(suffix, set, second)| {
            let (settings, key) = &self.sets[set];
            let (cause, _) = another(self.name, settings, second)?;
            let (path, serial) = (format!("{path}{suffix}"), format!("{serial}{set}"));
            let scenario = Scenario::Succeeded;
            let (key, settings) = (key.as_ref(), self.ours(settings, second));
            let it = self.simulate_with(&settings, key, scenario, &path, &serial).unwrap();
            Some((suffix, Misdirected { cause, simulated: self.adjusted(it, set, second) }))
        });
        made.collect()
    }

    /// Returns the settings of the account that a misdirected notification is for.
    fn ours(&self, settings: &str, second: bool) -> String {
        match (self.name, second) {
            // Only an account with a list of others names one in its messages.
            ("airwallex", _) => format!("{settings}account_ids = [\"acct_ours\"]\n"),
            ("checkout", _) => format!("{settings}authorization = [\"throw-away two\"]\n"),
            ("wechatpay v3" | "wechatpay v2" | NOMAD_WECHATPAY, true) => settings.replace(
                "mchid = \"1900000109\"",
                "sp_mchid = \"1900000109\"\nsub_mchids = [\"1900000111\"]",
            ),
            _ => settings.to_owned(),
        }
    }

    /// Changes what the simulation of the provider cannot make.
    fn adjusted(&self, mut it: Simulated, set: &str, second: bool) -> Simulated {
        let Some((_, signature)) = it.headers.last_mut() else { return it };
        match (self.name, second) {
            // A test event with its signature in the place of live ones.
            ("paymongo", false) => {
                *signature =
                    signature.replace("te=", "x=").replace("li=", "te=").replace("x=", "li=");
            }
            // An event of a connected account.
            ("stripe", true) => {
                it.body = it.body.replacen('{', "{\"account\":\"acct_ours\",", 1);
                let (time, _) = signature.split_once(',').unwrap();
                let signed = format!("{}.{}", &time["t=".len()..], it.body);
                let secret = format!("{set}-throw-away-token");
                let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
                mac.update(signed.as_bytes());
                let digest = data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes());
                *signature = format!("{time},v1={digest}");
            }
            _ => {}
        }
        it
    }

    /// Returns whether a key of the account opens the content.
    pub(super) fn encrypts(&self) -> bool {
        ["wechatpay v3", NOMAD_WECHATPAY].contains(&self.name)
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
