//! Readers of the fields of an authentic message.
//!
//! Only the identity, the status word and the word for what a message is about can make a message
//! unreadable. Every other reader returns a [`Field`].

use time::{OffsetDateTime, UtcOffset};

pub use super::identity::{Identity, StatusWord};
use crate::contract::{Problem, Unreadable};
use crate::refund::{Currency, Field};
use crate::wire::document::Document;
use crate::wire::json::{Literal, Members};
use crate::wire::payload::storable;
use crate::wire::times;

/// The longest text that is accepted as an id or a word, in characters. Providers' declared lengths
/// are too short for their own examples.
pub const LONGEST_TEXT: usize = 128;

/// The longest free text, in characters. Longer text is cut, because no decision depends on it.
pub const LONGEST_FREE_TEXT: usize = 1024;

/// Reads a document as exactly one JSON object. `field` names it in the error.
pub fn read_object<'d>(
    document: &'d Document<'_>,
    field: &'static str,
) -> Result<Members<'d>, Unreadable> {
    document.members().map_err(Unreadable::from_error(Problem::MalformedContent, field))
}

/// The fields of a message or of an object in it, read by the names that the provider documents.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'m, 'a> {
    members: Source<'m, 'a>,
    /// The provider's name of the object, or empty text for the message itself.
    within: &'static str,
}

/// An object in a message. The default is one that the message does not have.
#[derive(Clone, Debug, Default)]
pub struct Object<'a> {
    members: Field<Members<'a>>,
    name: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Source<'m, 'a> {
    Absent,
    /// There is something else in the place of the object, so each of its fields is unread.
    Unread,
    Read(&'m Members<'a>),
}

impl<'a> Object<'a> {
    /// Returns the fields of the object. If the message has no such object, they are absent; if
    /// there is something else in its place, they are unread.
    pub fn fields(&self) -> Fields<'_, 'a> {
        let members = match &self.members {
            Field::Absent => Source::Absent,
            Field::Unread(_) => Source::Unread,
            Field::Read(members) => Source::Read(members),
        };
        Fields { members, within: self.name }
    }

    /// Names the object in the list of unread fields, where its own name says too little, such as
    /// `payment` for the `entity` in a `payment`.
    pub fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// Returns whether the message has the object.
    pub fn is_present(&self) -> bool {
        self.members.known().is_some()
    }

    /// Returns whether the message does not have the field at all.
    pub fn is_absent(&self) -> bool {
        matches!(self.members, Field::Absent)
    }
}

impl<'m, 'a> Fields<'m, 'a> {
    /// Reads the fields of a message.
    pub fn new(members: &'m Members<'a>) -> Self {
        Self { members: Source::Read(members), within: "" }
    }

    /// Returns a part of the identity, which the message must contain.
    ///
    /// # Errors
    /// [`Problem::MissingField`] if the field is absent or `null`, [`Problem::InvalidText`] if it
    /// is empty or cannot be read.
    pub fn identity(&self, field: &'static str) -> Result<Identity, Unreadable> {
        self.required(field).map(Identity)
    }

    /// Returns a part of the identity that the message need not contain.
    ///
    /// # Errors
    /// [`Problem::InvalidText`] if the field is present and cannot be read.
    pub fn optional_identity(&self, field: &'static str) -> Result<Option<Identity>, Unreadable> {
        match self.text(field) {
            Field::Absent => Ok(None),
            Field::Unread(_) => Err(Unreadable { problem: Problem::InvalidText, field }),
            Field::Read(text) => Ok(Some(Identity(text))),
        }
    }

    /// Returns the status word, which the message must contain.
    ///
    /// # Errors
    /// The errors of [`Self::identity`].
    pub fn status_word(&self, field: &'static str) -> Result<StatusWord, Unreadable> {
        self.required(field).map(StatusWord)
    }

    /// Returns the status word, or `absent` if the field is absent, `null` or empty.
    ///
    /// # Errors
    /// [`Problem::InvalidText`] if the field is present and cannot be read.
    pub fn status_word_or(
        &self,
        field: &'static str,
        absent: &str,
    ) -> Result<StatusWord, Unreadable> {
        let word = self.optional_identity(field)?;
        Ok(StatusWord(word.map_or_else(|| absent.to_owned(), String::from)))
    }

    /// Returns the word for what the message is about, which every message contains.
    ///
    /// # Errors
    /// The errors of [`Self::identity`].
    pub fn kind(&self, field: &'static str) -> Result<String, Unreadable> {
        self.required(field)
    }

    fn required(&self, field: &'static str) -> Result<String, Unreadable> {
        match self.optional_identity(field)? {
            Some(text) => Ok(text.0),
            None if matches!(self.get(field), Field::Read(Literal::Text(_))) => {
                Err(Unreadable { problem: Problem::InvalidText, field })
            }
            None => Err(Unreadable::missing(field)),
        }
    }

    /// Returns the text of a field, or the text of a number: 1 to [`LONGEST_TEXT`] characters
    /// without control characters.
    pub fn text(&self, field: &'static str) -> Field<String> {
        self.literal(field).and_then(
            || self.name(field),
            |text| {
                let is_sound =
                    text.chars().count() <= LONGEST_TEXT && !text.contains(char::is_control);
                is_sound.then(|| text.to_owned())
            },
        )
    }

    /// Returns the first id in these fields that is not absent: text, or the `id` of an object in
    /// place of its id.
    pub fn first_id_of(&self, names: &[&'static str]) -> Field<String> {
        let id = |name: &'static str| {
            let object = self.object(name);
            if object.is_present() { object.fields().text("id") } else { self.text(name) }
        };
        names.iter().fold(Field::Absent, |found, name| found.or(|| id(name)))
    }

    /// Returns an object in this one.
    pub fn object(&self, name: &'static str) -> Object<'a> {
        let members = match self.get(name) {
            Field::Absent | Field::Read(Literal::Null) => Field::Absent,
            Field::Unread(name) => Field::Unread(name),
            Field::Read(Literal::Text(text)) if text.is_empty() => Field::Absent,
            Field::Read(value @ Literal::Nested(_)) => match value.object() {
                Some(members) => Field::Read(members),
                None => Field::Unread(self.name(name)),
            },
            Field::Read(
                Literal::Boolean(_) | Literal::Number(_) | Literal::Text(_) | Literal::Undecoded(_),
            ) => Field::Unread(self.name(name)),
        };
        Object { members, name }
    }

    /// Returns an object that the provider writes as `[]` if it has no members, as PHP does.
    pub fn object_or_empty_list(&self, name: &'static str) -> Object<'a> {
        match self.get(name) {
            Field::Read(Literal::Nested(text)) if is_empty_list(text) => {
                Object { members: Field::Absent, name }
            }
            Field::Absent | Field::Unread(_) | Field::Read(_) => self.object(name),
        }
    }

    /// Returns free text, cut at [`LONGEST_FREE_TEXT`] characters. A number or boolean is its text.
    pub fn free_text(&self, field: &str) -> Field<String> {
        let cut = |text: &str| storable(text).chars().take(LONGEST_FREE_TEXT).collect();
        match self.get(field) {
            Field::Read(Literal::Boolean(text)) => Field::Read((*text).to_owned()),
            Field::Absent | Field::Unread(_) | Field::Read(_) => {
                self.literal(field).and_then(|| self.name(field), |text| Some(cut(text)))
            }
        }
    }

    /// Returns a local time `yyyy-MM-dd HH:mm:ss` at `offset`.
    pub fn local_time(&self, field: &'static str, offset: UtcOffset) -> Field<OffsetDateTime> {
        self.time(field, |text| times::read_local(text, offset))
    }

    /// Returns a local time `yyyyMMddHHmmss` at `offset`.
    pub fn local_digits(&self, field: &'static str, offset: UtcOffset) -> Field<OffsetDateTime> {
        self.time(field, |text| times::read_digits(text, offset))
    }

    /// Returns a local time, with or without a fraction of a second, at `offset`.
    pub fn local_time_fraction(
        &self,
        field: &'static str,
        offset: UtcOffset,
    ) -> Field<OffsetDateTime> {
        self.time(field, |text| times::read_local_fraction(text, offset))
    }

    /// Returns a time in RFC 3339, such as `2026-01-01T07:59:58+08:00`.
    pub fn rfc3339(&self, field: &'static str) -> Field<OffsetDateTime> {
        self.time(field, times::read_rfc3339)
    }

    /// Returns a time in RFC 3339, or with an offset without a colon, such as
    /// `2026-01-01T07:59:58+0800`.
    pub fn iso8601(&self, field: &'static str) -> Field<OffsetDateTime> {
        self.time(field, times::read_iso8601)
    }

    /// Returns a time in whole seconds since 1970.
    pub fn unix_seconds(&self, field: &'static str) -> Field<OffsetDateTime> {
        self.time(field, times::read_unix_seconds)
    }

    fn time(
        &self,
        field: &'static str,
        read: impl FnOnce(&str) -> Option<OffsetDateTime>,
    ) -> Field<OffsetDateTime> {
        self.text(field).and_then(|| self.name(field), |text| read(&text))
    }

    /// Returns a currency: a code of ISO 4217 in capitals.
    pub fn currency(&self, field: &'static str) -> Field<Currency> {
        self.currency_by(field, Currency::iso)
    }

    /// Returns a currency whose code `read` reads.
    pub fn currency_by(
        &self,
        field: &'static str,
        read: impl FnOnce(&str) -> Option<Currency>,
    ) -> Field<Currency> {
        self.text(field).and_then(|| self.name(field), |code| read(&code))
    }

    /// Returns the text of a field, or the text of a number. `null` and empty text are absent.
    pub(super) fn literal(&self, field: &str) -> Field<&'m str> {
        match self.get(field) {
            Field::Absent | Field::Read(Literal::Null) => Field::Absent,
            Field::Unread(name) => Field::Unread(name),
            Field::Read(Literal::Boolean(_) | Literal::Nested(_) | Literal::Undecoded(_)) => {
                Field::Unread(self.name(field))
            }
            Field::Read(Literal::Number(text)) => Field::Read(*text),
            Field::Read(Literal::Text(text)) if text.is_empty() => Field::Absent,
            Field::Read(Literal::Text(text)) => Field::Read(text),
        }
    }

    fn get(&self, field: &str) -> Field<&'m Literal<'a>> {
        match self.members {
            Source::Absent => Field::Absent,
            Source::Unread => Field::Unread(self.within.to_owned()),
            Source::Read(members) => members.get(field).into(),
        }
    }

    /// Returns the provider's name of a field, with the object that contains it.
    pub(super) fn name(&self, field: &str) -> String {
        match self.within {
            "" => field.to_owned(),
            within => format!("{within}.{field}"),
        }
    }
}

fn is_empty_list(json: &str) -> bool {
    json.strip_prefix('[').is_some_and(|rest| rest.trim_start() == "]")
}

#[cfg(test)]
mod tests {
    use super::{Fields, LONGEST_FREE_TEXT, LONGEST_TEXT};
    use crate::refund::Field;
    use crate::wire::json::Members;

    fn unread<T>(name: &str) -> Field<T> {
        Field::Unread(name.to_owned())
    }

    #[test]
    fn a_field_is_absent_read_or_unread() {
        let text =
            r#"{"t":"x","n":1.0,"e":"","z":null,"b":true,"o":{"a":"y","l":[]},"l":[],"c":"\t"}"#;
        let members = Members::from_text(text).unwrap();
        let fields = Fields::new(&members);
        let read = |text: &str| Field::Read(text.to_owned());
        assert_eq!((fields.text("t"), fields.text("n")), (read("x"), read("1.0")));
        for name in ["e", "z", "-"] {
            assert_eq!((fields.text(name), fields.free_text(name)), (Field::Absent, Field::Absent));
            assert!(fields.object(name).is_absent(), "{name}");
            assert_eq!(fields.object(name).fields().text("a"), Field::Absent, "{name}");
        }
        for name in ["o", "l"] {
            assert_eq!((fields.text(name), fields.free_text(name)), (unread(name), unread(name)));
        }
        assert_eq!((fields.text("b"), fields.text("c")), (unread("b"), unread("c")));
        assert_eq!((fields.free_text("b"), fields.free_text("c")), (read("true"), read("\t")));
        assert_eq!(fields.rfc3339("t"), unread("t"));
        assert_eq!(fields.currency("t"), unread("t"));

        let inside = fields.object("o");
        assert_eq!(inside.fields().text("a"), read("y"));
        assert_eq!(inside.fields().text("l"), unread("o.l"));
        for name in ["t", "n", "b", "l"] {
            assert_eq!(fields.object(name).fields().text("a"), unread(name));
            let named = fields.object(name).named("outer");
            assert_eq!(named.fields().text("a"), unread("outer"));
        }
        assert_eq!(fields.object("o").named("outer").fields().text("l"), unread("outer.l"));
    }

    #[test]
    fn an_empty_list_in_place_of_an_object_is_absent_where_the_provider_writes_it() {
        let members = Members::from_text(r#"{"e":[ ],"l":[1],"o":{"a":"y"},"t":"x"}"#).unwrap();
        let fields = Fields::new(&members);
        let text = |name| fields.object_or_empty_list(name).fields().text("a");
        assert_eq!((text("e"), text("-")), (Field::Absent, Field::Absent));
        assert_eq!(text("o"), Field::Read("y".to_owned()));
        assert_eq!([text("l"), text("t")], [unread("l"), unread("t")]);
        assert_eq!(fields.object("e").fields().text("a"), unread("e"));
    }

    #[test]
    fn ids_that_are_too_long_are_unread_and_free_text_is_cut() {
        let text = format!(r#"{{"t":"{}"}}"#, "x".repeat(LONGEST_FREE_TEXT + 1));
        let members = Members::from_text(&text).unwrap();
        let fields = Fields::new(&members);
        assert_eq!(fields.text("t"), unread("t"));
        assert_eq!(fields.free_text("t").value().unwrap().len(), LONGEST_FREE_TEXT);
        let text = format!(r#"{{"t":"{}"}}"#, "退".repeat(LONGEST_TEXT));
        let members = Members::from_text(&text).unwrap();
        assert!(Fields::new(&members).text("t").value().is_some());
    }

    #[test]
    fn only_identity_status_and_kind_can_make_a_message_unreadable() {
        let members = Members::from_text(r#"{"t":"x","e":"","z":null,"l":[]}"#).unwrap();
        let fields = Fields::new(&members);
        let error = |field| fields.identity(field).unwrap_err().to_string();
        assert_eq!(fields.identity("t").unwrap().as_str(), "x");
        assert_eq!([error("e"), error("l")], ["invalid_text:e", "invalid_text:l"]);
        assert_eq!([error("z"), error("-")], ["missing_field:z", "missing_field:-"]);
        assert_eq!(fields.status_word_or("e", "none").unwrap().as_str(), "none");
        assert!(fields.status_word_or("l", "none").is_err());
        assert_eq!(fields.optional_identity("-"), Ok(None));
    }
}
