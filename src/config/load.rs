//! Loads the configuration: merges the layers and validates the result.

use std::path::PathBuf;

use config::{Map, Value, ValueKind};

use super::layer::Layer;
use super::sections::{self, Sections};
use super::toml::read_toml;
use super::{
    Configuration, ConfigurationError, DeprecatedSetting, Environment, Files, accounts, deprecated,
};

/// The reference configuration: every key with its default and its explanation.
pub const REFERENCE: &str = include_str!("../../config/default.toml");

/// The sources of the configuration besides the embedded reference.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The configuration file, if there is one.
    pub file: Option<PathBuf>,
    /// The environment.
    pub environment: Environment,
}

/// Loads the whole configuration, keys included.
///
/// # Errors
///
/// One line for each mistake.
pub fn load(sources: &Sources) -> Result<Configuration, ConfigurationError> {
    load_with_files(sources).configuration
}

/// The result of loading a configuration, and the files that were read for it.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration, validated, or its mistakes.
    pub configuration: Result<Configuration, ConfigurationError>,
    /// The files, as they were read.
    pub files: Files,
}

/// Loads the configuration like [`load`], and returns the files that it read. It returns them even
/// if one of them has a mistake, so that the caller can notice the correction.
pub fn load_with_files(sources: &Sources) -> Loaded {
    let mut files = Files::default();
    let configuration = merge(sources, &mut files).and_then(validate);
    Loaded { configuration, files }
}

fn validate((mut root, deprecated): Merged) -> Result<Configuration, ConfigurationError> {
    let configured = accounts::read(root.remove("accounts"));
    let sections = sections::read(root);
    match (sections, configured) {
        (
            Ok(Sections {
                http,
                operator,
                database,
                embedded,
                recording,
                quarantine,
                at_rest,
                retention,
                reload,
                log,
            }),
            Ok(accounts),
        ) => Ok(Configuration {
            http,
            operator,
            database,
            embedded,
            recording,
            quarantine,
            at_rest,
            retention,
            reload,
            log,
            accounts,
            deprecated,
        }),
        (Err(sections), Err(mut accounts)) => {
            accounts.lines.splice(0..0, sections.lines);
            Err(accounts)
        }
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
    }
}

/// The merged layers, and the deprecated settings in them.
type Merged = (Map<String, Value>, Vec<DeprecatedSetting>);

fn merge(sources: &Sources, files: &mut Files) -> Result<Merged, ConfigurationError> {
    let Layer(mut all) = Layer::new(read_toml("default.toml", REFERENCE)?, files)?;
    let file = match &sources.file {
        None => Layer::default(),
        Some(path) => Layer::of_file(path, files)?,
    };
    let environment = sources.environment.layer(&file.account_names(), files)?;
    let mut given = file.0;
    overlay(&mut given, environment.0);
    let deprecated = deprecated::apply(&mut given)?;
    overlay(&mut all, given);
    Ok((all, deprecated))
}

/// Lays `above` over `below`: joins tables key by key, and replaces every other value.
fn overlay(below: &mut Map<String, Value>, above: Map<String, Value>) {
    for (key, value) in above {
        if let ValueKind::Table(table) = &value.kind
            && let Some(Value { kind: ValueKind::Table(inner), .. }) = below.get_mut(&key)
        {
            overlay(inner, table.clone());
        } else {
            below.insert(key, value);
        }
    }
}
