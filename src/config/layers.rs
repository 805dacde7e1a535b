//! Putting the layers together and reading the result.

use std::path::PathBuf;

use config::{Config, File, FileFormat, Map, Value, ValueKind};

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
    references::resolve(&mut root, "")?;
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
    let mut builder = Config::builder().add_source(File::from_str(REFERENCE, FileFormat::Toml));
    if let Some(path) = &sources.file {
        if !path.is_file() {
            let message = format!("{}: expected a configuration file", path.display());
            return Err(ConfigurationError::plain(message));
        }
        builder = builder.add_source(File::from(path.as_path()).format(FileFormat::Toml));
    }
    let fail = |error| {
        let finding = Finding::new(&error);
        let origin = finding.origin.unwrap_or_else(|| "configuration".to_owned());
        ConfigurationError::plain(format!("{origin}: {}", finding.message))
    };
    let files = builder.clone().build().map_err(fail)?;
    let known: Vec<String> = match files.get_table("accounts") {
        Ok(accounts) => accounts.into_keys().collect(),
        Err(_) => Vec::new(),
    };
    let layer = sources.environment.layer(&known)?;
    let all = builder.add_source(layer).build().map_err(fail)?;
    match all.cache.kind {
        ValueKind::Table(table) => Ok(table),
        _ => Err(ConfigurationError::plain("expected a table of sections")),
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
