//! What every provider implements, and the types on the path of a delivery from bytes to an answer.

pub mod acknowledgement;
mod certificate_id;
mod definition;
mod delivery;
mod explanation;
mod judgement;
mod key;
mod meaning;
mod outcome;
mod provider;
mod refusal;
mod repeated_failures;
mod reply;
pub mod settings;
pub mod simulation;
mod unreadable;

pub use certificate_id::CertificateId;
pub use definition::Definition;
pub use delivery::{Authentic, Delivery, RedactedHeader};
pub use explanation::{Explanation, Signed};
pub use judgement::{Judgement, judge};
pub use key::{KeyDescription, LEAST_CREDENTIAL_BYTES};
pub use meaning::{Meaning, Notice, Unrelated};
pub use outcome::{Answer, Outcome, Verdict};
pub use provider::{Authenticate, Explain, Keys, Normalize, Provider, Respond, Simulate};
pub use refusal::{NotAuthentic, Refusal};
pub use repeated_failures::RepeatedFailures;
pub use reply::Reply;
pub use settings::{AccountSettings, Settings, SettingsError};
pub use unreadable::{Problem, Unreadable};
