//! `[embedded]`

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// `[embedded]`: the private Postgres, for when no database URL is given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EmbeddedSettings {
    /// Its state directory.
    pub directory: PathBuf,
    /// Where the PostgreSQL programs are; absent: the newest ones found.
    pub programs: Option<PathBuf>,
}
