//! The log: lines on standard error, as text or as JSON.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use crate::config::{LogFormat, LogSettings};

/// Starts logging. A second call changes nothing.
///
/// # Errors
///
/// The level in `settings` is not a valid list of directives.
pub fn install(settings: &LogSettings) -> Result<(), ParseError> {
    // sqlx logs the server's notices, and the parameters of a URL with their values.
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

/// Logs each panic as one line with its place. The line leaves out the panic's message, which may
/// repeat received data.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(
            place,
            "bug in refund-inbox: a task panicked; the provider is asked to send again"
        );
    }));
}
