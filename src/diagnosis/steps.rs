//! A diagnosis as steps in words, for people.

use super::findings::{Diagnosis, Judged};

impl Diagnosis {
    /// Returns the steps: what was looked at, and what was found.
    pub fn steps(&self) -> Vec<(&'static str, String)> {
        let announced = match self.announced_bytes {
            None => "no Content-Length".to_owned(),
            Some(announced) if announced == self.received_bytes => {
                "as Content-Length says".to_owned()
            }
            Some(announced) => format!("but Content-Length says {announced}"),
        };
        let account = match self.account_is_configured {
            true => self.account.clone(),
            false => format!("{}, which is not configured", self.account),
        };
        let (others, removed) = (self.other_accounts.iter(), self.removed_keys.iter());
        let mut steps = vec![
            ("path", self.path.clone()),
            ("account", account),
            ("verdict then", self.verdict_then.in_words()),
            ("key that it names", self.key_presented.clone().unwrap_or("none".to_owned())),
            ("keys tried", listed(self.keys_tried.iter().cloned())),
            ("signed", self.signed.clone()),
            (
                "verdict today",
                self.verdict_today.as_ref().map_or("not judged".to_owned(), Judged::in_words),
            ),
            (
                "other accounts that fit",
                listed(others.map(|one| format!("{} by {}", one.account, one.key_id))),
            ),
            (
                "keys that the account had",
                listed(removed.map(|one| format!("{}, until {}", one.key_id, one.until()))),
            ),
            ("length", format!("{} bytes, {announced}", self.received_bytes)),
            ("signs of a proxy", listed(self.signs_of_a_proxy.iter().cloned())),
            ("changed on the way", self.change.clone().unwrap_or("no sign".to_owned())),
            ("clock", clock(self.clock_difference_seconds)),
        ];
        if !self.decryption_keys.is_empty() {
            steps.push(("decryption keys", listed(self.decryption_keys.iter().cloned())));
        }
        if let Some(fits) = self.secret_in_file_fits {
            let found = if fits { "fits" } else { "does not fit" };
            steps.push(("secret in the file", found.to_owned()));
        }
        steps
    }
}

impl Judged {
    fn in_words(&self) -> String {
        let reason = self.reason.as_ref().map(|reason| format!(": {reason}"));
        let key = self.key_id.as_ref().map(|key| format!(", verified by {key}"));
        [self.verdict.clone(), reason.unwrap_or_default(), key.unwrap_or_default()].concat()
    }
}

fn clock(difference: Option<i64>) -> String {
    match difference {
        None => "the request names no time".to_owned(),
        Some(seconds @ 0..) => format!("received {seconds} s after the time that it names"),
        Some(seconds) => {
            format!("received {} s before the time that it names", seconds.unsigned_abs())
        }
    }
}

fn listed(words: impl IntoIterator<Item = String>) -> String {
    let words: Vec<String> = words.into_iter().collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
