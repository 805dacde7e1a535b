//! The commands of the guides that the test does not run, each with its reason. A command that is
//! neither run nor named here fails the test, and so does a name here that no guide has.

use super::guide::Prompt;

/// The beginning of a command or of a statement, who runs it, and why the test does not.
pub(super) const NOT_RUN: [(Prompt, &str, &str); 6] = [
    (
        Prompt::Shell,
        "kill -HUP PID",
        "needs a service in the foreground: `rotation` of these tests reloads one and reads its log",
    ),
    (Prompt::Shell, "script/upgrade-check", "builds the previous version, and takes minutes"),
    (Prompt::Shell, "script/loss", "kills a service two hundred times, and takes minutes"),
    (
        Prompt::Shop,
        "listen ",
        "waits for a notification: `feed::reading` of these tests listens as the guide says",
    ),
    (
        Prompt::Shop,
        "select seq, merchant_refund_id, status from refunds_v1.refund_events where seq > 340358",
        "the second half of the example with `listen`",
    ),
    (
        Prompt::Silent,
        "alter role refunds_reader password",
        "changes a role that all databases of the test server share",
    ),
];
