//! Prints the effective configuration, with secrets as fingerprints.

use serde_json::{Map, Value, json};

use super::Configuration;

impl Configuration {
    /// Returns the whole configuration as JSON, with secrets as fingerprints and without the
    /// credentials of the database.
    pub fn printable(&self) -> Value {
        let accounts: Map<String, Value> = self
            .accounts
            .iter()
            .map(|account| {
                let mut settings = account.settings.printable();
                if let Some(table) = settings.as_object_mut() {
                    table.insert("provider".to_owned(), json!(account.provider_name));
                    if let Some(alarm) = account.pending_alarm {
                        let seconds = alarm.whole_seconds();
                        table.insert("pending_alarm".to_owned(), json!(format!("{seconds}s")));
                    }
                }
                (account.name.to_string(), settings)
            })
            .collect();
        json!({
            "http": self.http,
            "operator": self.operator,
            "database": self.database,
            "embedded": self.embedded,
            "recording": self.recording,
            "quarantine": self.quarantine,
            "at_rest": self.at_rest,
            "retention": self.retention,
            "reload": self.reload,
            "log": self.log,
            "accounts": accounts,
        })
    }
}
