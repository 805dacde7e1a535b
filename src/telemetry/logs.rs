//! Where log lines go: to standard error, for people or for programs.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use crate::config::{LogFormat, LogSettings};

/// Begins to log. A second call changes nothing.
pub fn install(settings: &LogSettings) -> Result<(), ParseError> {
    // What the library says of the server's notices, and of a URL's parameters with their values.
    let quiet = "sqlx=error,".to_owned();
    let filter = EnvFilter::builder().parse(quiet + &settings.level)?;
    let lines = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(filter)
        .with_target(false);
    let _ = match settings.format {
        LogFormat::Text => lines.with_ansi(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).try_init(),
    };
    Ok(())
}

/// Makes a panic a log line that says where, and not with which words: they may repeat what was
/// received.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(
            place,
            "a bug of ours: a task panicked; the provider is asked to send again"
        );
    }));
}
