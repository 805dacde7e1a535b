//! One layer of the configuration: the reference, the configuration file or the environment.

use std::path::Path;

use config::{Map, Value, ValueKind};

use super::toml::read_toml;
use super::{ConfigurationError, Files, references};

/// A layer, with the contents of the files that its keys name.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer(pub(super) Map<String, Value>);

impl Layer {
    /// Makes a layer of `table`, and reads the files that it names.
    pub(super) fn new(
        mut table: Map<String, Value>,
        files: &mut Files,
    ) -> Result<Self, ConfigurationError> {
        references::resolve(&mut table, "", files)?;
        Ok(Self(table))
    }

    /// Reads the layer of a configuration file.
    pub(super) fn of_file(file: &Path, files: &mut Files) -> Result<Self, ConfigurationError> {
        let origin = file.display().to_string();
        let text = files.read(file).map_err(|error| {
            let message = format!("expected a configuration file: {error}");
            ConfigurationError::plain(&origin, message)
        })?;
        Self::new(read_toml(&origin, text.strip_prefix('\u{feff}').unwrap_or(&text))?, files)
    }

    /// Returns the names of the accounts in this layer.
    pub(super) fn account_names(&self) -> Vec<String> {
        match self.0.get("accounts").map(|accounts| &accounts.kind) {
            Some(ValueKind::Table(accounts)) => accounts.keys().cloned().collect(),
            Some(_) | None => Vec::new(),
        }
    }
}
