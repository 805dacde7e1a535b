//! Putting the layers together and reading the result.

use std::path::{Path, PathBuf};

use config::{FileFormat, Format, Map, Value, ValueKind};

use super::error::{Finding, first_line};
use super::{
    Configuration, ConfigurationError, DeprecatedSetting, Environment, Files, REFERENCE, Sections,
    accounts, deprecated, references,
};

/// Where the configuration comes from besides the embedded reference.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// A file; without one the reference and the environment are all.
    pub file: Option<PathBuf>,
    /// The environment.
    pub environment: Environment,
}

/// Reads, merges and checks the whole configuration, keys included.
pub fn load(sources: &Sources) -> Result<Configuration, ConfigurationError> {
    load_with_files(sources).configuration
}

/// A configuration, or what is wrong with it, and the files that were read for it so far.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration, checked.
    pub configuration: Result<Configuration, ConfigurationError>,
    /// The files, as they were read.
    pub files: Files,
}

/// Does what [`load`] does, and tells which files it read: also when one of them is wrong, so that
/// its correction can be noticed.
pub fn load_with_files(sources: &Sources) -> Loaded {
    let mut files = Files::default();
    let configuration = merge(sources, &mut files).and_then(check);
    Loaded { configuration, files }
}

fn check((mut root, deprecated): Merged) -> Result<Configuration, ConfigurationError> {
    let configured = accounts::read(root.remove("accounts"));
    let sections = sections(root);
    match (sections, configured) {
        (
            Ok(Sections { http, database, embedded, recording, quarantine, reload, log }),
            Ok(accounts),
        ) => Ok(Configuration {
            http,
            database,
            embedded,
            recording,
            quarantine,
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

/// The whole configuration, and the deprecated settings in it.
type Merged = (Map<String, Value>, Vec<DeprecatedSetting>);

fn merge(sources: &Sources, files: &mut Files) -> Result<Merged, ConfigurationError> {
    let Layer(mut all) = Layer::new(read_toml("default.toml", REFERENCE)?, files)?;
    let file = match &sources.file {
        None => Layer::default(),
        Some(path) => Layer::of(path, files)?,
    };
    let environment = sources.environment.layer(&file.account_names(), files)?;
    let mut given = file.0;
    overlay(&mut given, environment.0);
    let deprecated = deprecated::apply(&mut given)?;
    overlay(&mut all, given);
    Ok((all, deprecated))
}

/// Lays `above` over `below`: tables are joined key by key, anything else replaces what was there.
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

/// Reads `text`, which stands in `origin`. The crate's own sources would take a quoted key for a
/// path, and grow a list to any index that stands in one.
pub(super) fn read_toml(
    origin: &str,
    text: &str,
) -> Result<Map<String, Value>, ConfigurationError> {
    FileFormat::Toml
        .parse(Some(&origin.to_owned()), text)
        .map_err(|error| ConfigurationError::plain(origin, first_line(&error.to_string())))
}

/// One source, with the files that it names read.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer(Map<String, Value>);

impl Layer {
    /// Reads the files that `table` names.
    pub(super) fn new(
        mut table: Map<String, Value>,
        files: &mut Files,
    ) -> Result<Self, ConfigurationError> {
        references::resolve(&mut table, "", files)?;
        Ok(Self(table))
    }

    fn of(file: &Path, files: &mut Files) -> Result<Self, ConfigurationError> {
        let origin = file.display().to_string();
        let text = files.read(file).map_err(|error| {
            let message = format!("expected a configuration file: {error}");
            ConfigurationError::plain(&origin, message)
        })?;
        Self::new(read_toml(&origin, text.strip_prefix('\u{feff}').unwrap_or(&text))?, files)
    }

    fn account_names(&self) -> Vec<String> {
        match self.0.get("accounts").map(|accounts| &accounts.kind) {
            Some(ValueKind::Table(accounts)) => accounts.keys().cloned().collect(),
            Some(_) | None => Vec::new(),
        }
    }
}

fn sections(root: Map<String, Value>) -> Result<Sections, ConfigurationError> {
    let mut unknown = Vec::new();
    let mut note = |path: serde_ignored::Path<'_>| unknown.push(path.to_string());
    let source = Value::new(None, ValueKind::Table(root.clone()));
    let read: Result<Sections, config::ConfigError> = serde_ignored::deserialize(source, &mut note);
    let sections = read.map_err(|error| {
        let finding = Finding::new(&error);
        let key = finding.key.unwrap_or_default();
        let origin = finding.origin.unwrap_or_else(|| origin_of(&root, &key));
        ConfigurationError::at(&origin, &key, finding.message)
    })?;
    let mut mistakes: Vec<ConfigurationError> = unknown
        .iter()
        .map(|path| ConfigurationError::at(&origin_of(&root, path), path, "unknown key"))
        .collect();
    let problems = [
        ("http", sections.http.problem()),
        ("database", sections.database.problem()),
        ("recording", sections.recording.problem()),
        ("quarantine", sections.quarantine.problem()),
        ("log", sections.log.problem()),
        ("recording", sections.problem()),
    ];
    for (section, problem) in problems {
        if let Some((key, message)) = problem {
            let path = format!("{section}.{key}");
            mistakes.push(ConfigurationError::at(&origin_of(&root, &path), &path, message));
        }
    }
    ConfigurationError::all(mistakes).map_or(Ok(sections), Err)
}

/// The file or variable in which the value at `path` stands.
fn origin_of(root: &Map<String, Value>, path: &str) -> String {
    // A quoted key may hold dots.
    if let Some(origin) = root.get(path).and_then(Value::origin) {
        return origin.to_owned();
    }
    let mut table = root;
    let mut origin = None;
    for part in path.split('.') {
        let Some(value) = table.get(part) else { break };
        origin = value.origin().or(origin);
        let ValueKind::Table(inner) = &value.kind else { break };
        table = inner;
    }
    origin.unwrap_or("configuration").to_owned()
}
