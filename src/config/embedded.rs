//! `[embedded]`

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// `[embedded]`: the private Postgres, which runs if no database URL is configured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EmbeddedSettings {
    /// Its state directory.
    pub directory: PathBuf,
    /// The directory of the PostgreSQL programs; `None` means the newest ones on this machine.
    pub programs: Option<PathBuf>,
}
