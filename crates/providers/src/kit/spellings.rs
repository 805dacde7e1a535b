//! Names that a provider writes in several spellings, one or more of them in one message.

use super::fields::Fields;
use crate::contract::{Problem, Unreadable};

impl Fields<'_, '_> {
    /// Returns the spelling under which the message contains a part of the identity: `first`, or
    /// `second` if only that one is there. If both are there, they must agree.
    ///
    /// # Errors
    /// [`Problem::InvalidText`] if a field is present and cannot be read, or if they differ.
    pub fn spelling(
        &self,
        first: &'static str,
        second: &'static str,
    ) -> Result<&'static str, Unreadable> {
        match (self.optional_identity(first)?, self.optional_identity(second)?) {
            (None, Some(_)) => Ok(second),
            (Some(one), Some(other)) if one != other => {
                Err(Unreadable { problem: Problem::InvalidText, field: second })
            }
            (Some(_) | None, _) => Ok(first),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::kit::fields::Fields;
    use crate::wire::json::Members;

    #[test]
    fn spellings_of_a_part_of_the_identity_must_agree() {
        let members = Members::from_text(r#"{"a":"x","b":"x","c":"y","e":"","l":[]}"#).unwrap();
        let read = |first, other| {
            Fields::new(&members).spelling(first, other).map_err(|error| error.to_string())
        };
        for (first, other, found) in [("a", "b", "a"), ("e", "a", "a"), ("b", "-", "b")] {
            assert_eq!(read(first, other), Ok(found), "{first} {other}");
        }
        assert_eq!(read("-", "e"), Ok("-"));
        assert_eq!(read("a", "c"), Err("invalid_text:c".to_owned()));
        assert_eq!(read("a", "l"), Err("invalid_text:l".to_owned()));
    }
}
