//! The words of the broker's refund object, as `POST /refund/{merchant}` answers it
//! (<https://api.samarkand.io/doc/nomad-broker>), and the headers of our relay.

/// When the relay signed, in seconds since 1970.
pub(super) const TIMESTAMP: &str = "x-nomad-timestamp";

/// The relay's signature.
pub(super) const SIGNATURE: &str = "x-nomad-signature";

/// What the signature begins with.
pub(super) const VERSION: &str = "v1=";

/// The `code` of an object that tells of a refund.
pub(super) const OK: &str = "200";

/// The currency where none is named.
pub(super) const CURRENCY: &str = "CNY";

/// Personal data in it.
pub(super) const PERSONAL: [&str; 1] = ["userReceivedAccount"];
