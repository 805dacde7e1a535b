//! The id of a certificate that a request names and that no account has.

use std::fmt;

/// The most characters of an id.
const LONGEST: usize = 64;

/// The beginning of every id.
const PREFIX: &str = "CERT-";

/// The id of a certificate, as a request names it: `CERT-`, then letters, digits and hyphens. The
/// sender chose it, but in this form it can be logged and shown, so that an operator can look the
/// certificate up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateId {
    bytes: [u8; LONGEST],
    length: usize,
}

impl CertificateId {
    /// No id, or one that has another form and is therefore not shown.
    pub const UNNAMED: Self = Self { bytes: [0; LONGEST], length: 0 };

    /// Takes the id, or [`Self::UNNAMED`] if the text has another form.
    pub fn named(text: &str) -> Self {
        let is_sound = text.strip_prefix(PREFIX).is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
        });
        let mut named = Self::UNNAMED;
        match named.bytes.get_mut(..text.len()) {
            Some(bytes) if is_sound => bytes.copy_from_slice(text.as_bytes()),
            Some(_) | None => return named,
        }
        named.length = text.len();
        named
    }

    /// Returns the id, or empty text for [`Self::UNNAMED`].
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl fmt::Debug for CertificateId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{CertificateId, LONGEST};

    #[test]
    fn an_id_is_shown_only_in_its_one_form() {
        let longest = format!("CERT-{}", "a".repeat(LONGEST - 5));
        for text in ["CERT-360caa42-fca2a594-1a5f47cb", "CERT-Z", &longest] {
            assert_eq!(CertificateId::named(text).as_str(), text);
        }
        let too_long = format!("{longest}a");
        for text in ["", "CERT-", "cert-1", "CERT-a b", "CERT-é", "CERT-a\n", "canary", &too_long]
        {
            assert_eq!(CertificateId::named(text), CertificateId::UNNAMED, "{text:?}");
        }
    }
}
