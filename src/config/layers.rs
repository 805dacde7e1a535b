//! Putting the layers together and reading the result.

use std::path::PathBuf;

use config::{Config, ConfigError, File, FileFormat, Map, Source, Value, ValueKind};

use super::error::Finding;
use super::{
    Configuration, ConfigurationError, Environment, REFERENCE, Sections, accounts, references,
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
    let mut root = merge(sources)?;
    let configured = accounts::read(root.remove("accounts"));
    let sections = sections(root);
    match (sections, configured) {
        (Ok(Sections { http, database, embedded, recording, pen, log }), Ok(accounts)) => {
            Ok(Configuration { http, database, embedded, recording, pen, log, accounts })
        }
        (sections, accounts) => {
            let lines = [sections.err(), accounts.err()].into_iter().flatten();
            Err(ConfigurationError { lines: lines.flat_map(|error| error.lines).collect() })
        }
    }
}

fn merge(sources: &Sources) -> Result<Map<String, Value>, ConfigurationError> {
    let reference = Layer::of(File::from_str(REFERENCE, FileFormat::Toml))?;
    let file = match &sources.file {
        None => Layer::default(),
        Some(path) if path.is_file() => {
            Layer::of(File::from(path.as_path()).format(FileFormat::Toml))?
        }
        Some(path) => {
            let message = format!("{}: expected a configuration file", path.display());
            return Err(ConfigurationError::plain(message));
        }
    };
    let environment = sources.environment.layer(&file.account_names())?;
    let all = Config::builder()
        .add_source(reference)
        .add_source(file)
        .add_source(environment)
        .build()
        .map_err(|error| described(&error))?;
    match all.cache.kind {
        ValueKind::Table(table) => Ok(table),
        _ => Err(ConfigurationError::plain("expected a table of sections")),
    }
}

fn described(error: &ConfigError) -> ConfigurationError {
    let finding = Finding::new(error);
    let origin = finding.origin.unwrap_or_else(|| "configuration".to_owned());
    ConfigurationError::plain(format!("{origin}: {}", finding.message))
}

/// One source, with the files that it names read.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer(Map<String, Value>);

impl Layer {
    /// Reads the files that `table` names.
    pub(super) fn new(mut table: Map<String, Value>) -> Result<Self, ConfigurationError> {
        references::resolve(&mut table, "")?;
        Ok(Self(table))
    }

    fn of(source: impl Source + Send + Sync + 'static) -> Result<Self, ConfigurationError> {
        Self::new(source.collect().map_err(|error| described(&error))?)
    }

    fn account_names(&self) -> Vec<String> {
        match self.0.get("accounts").map(|accounts| &accounts.kind) {
            Some(ValueKind::Table(accounts)) => accounts.keys().cloned().collect(),
            Some(_) | None => Vec::new(),
        }
    }
}

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone())
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
    let mut lines: Vec<String> = unknown
        .iter()
        .map(|path| format!("{}: {path}: unknown key", origin_of(&root, path)))
        .collect();
    let problems = [
        ("http", sections.http.problem()),
        ("database", sections.database.problem()),
        ("recording", sections.recording.problem()),
        ("pen", sections.pen.problem()),
        ("log", sections.log.problem()),
        ("recording", sections.problem()),
    ];
    for (section, problem) in problems {
        if let Some((key, message)) = problem {
            let path = format!("{section}.{key}");
            lines.push(format!("{}: {path}: {message}", origin_of(&root, &path)));
        }
    }
    if lines.is_empty() { Ok(sections) } else { Err(ConfigurationError { lines }) }
}

/// The file or variable in which the value at `path` stands.
fn origin_of(root: &Map<String, Value>, path: &str) -> String {
    let mut table = root;
    let mut origin = None;
    for part in path.split('.') {
        let Some(value) = table.get(part) else { break };
        origin = value.origin().or(origin);
        match &value.kind {
            ValueKind::Table(inner) => table = inner,
            _ => break,
        }
    }
    origin.unwrap_or("configuration").to_owned()
}
