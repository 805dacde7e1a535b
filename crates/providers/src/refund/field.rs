//! What a message contains in one field.

/// What a message contains in a field other than the identity and the status word. Such a field
/// never makes a message unreadable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub enum Field<T> {
    /// The message does not have the field, or the field is `null` or empty.
    #[default]
    Absent,
    /// The message has the field, and we cannot read it. This is the provider's name of the field.
    Unread(String),
    /// The message has the field, and this is its value.
    Read(T),
}

impl<T> Field<T> {
    /// Returns this field, or the result of `other` if this one is absent. A field that cannot be
    /// read is not replaced: the other field may mean something else.
    pub fn or(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Absent => other(),
            Self::Unread(_) | Self::Read(_) => self,
        }
    }

    /// Converts the value. `None` means that the value cannot be read; `name` then names the field.
    pub fn and_then<U>(
        self,
        name: impl FnOnce() -> String,
        convert: impl FnOnce(T) -> Option<U>,
    ) -> Field<U> {
        match self {
            Self::Absent => Field::Absent,
            Self::Unread(name) => Field::Unread(name),
            Self::Read(value) => match convert(value) {
                Some(value) => Field::Read(value),
                None => Field::Unread(name()),
            },
        }
    }

    /// Returns the value, if there is one that we can read.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Absent | Self::Unread(_) => None,
            Self::Read(value) => Some(value),
        }
    }

    /// Returns a reference to the value, if there is one that we can read.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Absent | Self::Unread(_) => None,
            Self::Read(value) => Some(value),
        }
    }
}

impl<T> From<Option<T>> for Field<T> {
    /// Takes a value that the message need not contain.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Read)
    }
}

#[cfg(test)]
mod tests {
    use super::Field;

    #[test]
    fn another_field_replaces_an_absent_one_and_no_unread_one() {
        let (read, unread) = (Field::Read(1), Field::Unread("a".to_owned()));
        assert_eq!(Field::Absent.or(|| read.clone()), read);
        assert_eq!(unread.clone().or(|| Field::Read(1)), unread);
        assert_eq!(Field::Read(2).or(|| read), Field::Read(2));
    }

    #[test]
    fn a_value_that_cannot_be_converted_is_unread() {
        let name = || "f".to_owned();
        let half = |number: i32| (number % 2 == 0).then_some(number / 2);
        assert_eq!(Field::Read(4).and_then(name, half), Field::Read(2));
        assert_eq!(Field::Read(3).and_then(name, half), Field::Unread("f".to_owned()));
        assert_eq!(Field::Absent.and_then(name, half), Field::Absent);
        assert_eq!(Field::Read(4).value(), Some(4));
        assert_eq!(Field::<i32>::Unread("f".to_owned()).known(), None);
        assert_eq!(Field::from(None::<i32>), Field::Absent);
    }
}
